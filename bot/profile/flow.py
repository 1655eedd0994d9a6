"""How many rows arrive, against the same times of day before."""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.beginnings import beginning
from bot.profile.bins import FIRST
from bot.profile.changepoint import Series
from bot.profile.courses import Expected, expected_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Rows an hour before and during, their ratio, and how unusual that is.

    `due` is how many rows were to come during.
    """

    due: float
    before: float
    during: float
    ratio: float
    z: float
    since: datetime | None
    slow: bool

    @property
    def strength(self) -> float:
        """The evidence for a change in natural-log units."""
        return min(self.z**2 / 2, 50.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One value of a segment: how its rows grew or shrank."""

    column: str
    value: str
    ratio: float
    share_before: float
    share_during: float
    strength: float
    explained: float
    accounts: float
    rows: int
    since: datetime | None
    slow: bool


def flow_of(evidence: "Traffic") -> Flow:
    """The flow of all rows; how far the history strays from its course counts as error."""
    grid = evidence.grid
    rows, before, during = evidence.rows, evidence.before, evidence.during
    hours = grid.width / 3600
    course = _expected(evidence)
    usual = course.rows
    due, got = float(usual[during].sum()), float(rows[during].sum())
    span = max(during.sum() * hours, 1e-9)
    ratio = got / due if due else 1.0
    ends, spells = evidence.windows.end, evidence.windows.shape == "intermittent"
    swing = max(_swing(rows, usual, before, width=int(during.sum())), course.missed or 0.0)
    error = math.sqrt(1 / max(due, 1.0) + swing**2)
    bucket, slow = _turn(rows[:ends], usual[:ends], fewer=ratio < 1, spells=spells)
    return Flow(
        due=due, before=due / span, during=got / span, ratio=ratio,
        z=abs(math.log(max(ratio, 1e-6))) / error,
        since=grid.time(bucket), slow=slow,
    )  # fmt: skip


def _expected(evidence: "Traffic") -> Expected:
    """What each bucket was to have up to the end of the incident, and nothing after it."""
    ends, width = evidence.windows.end, evidence.grid.width
    found = expected_rows(evidence.rows[:ends], evidence.before[:ends], day=max(86_400 // width, 1))
    left = np.zeros(len(evidence.rows) - ends)
    return replace(found, rows=np.concatenate([found.rows, left]))


def _swing(
    rows: "Counts", usual: "Floats", before: "npt.NDArray[np.bool_]", *, width: int
) -> float:
    """How far spans of the incident's length strayed from the usual, as a share."""
    places = np.flatnonzero(before)
    parts = min(len(places) // max(width, 1), 30)
    if parts < 3:
        return 0.15
    ratios = [rows[cut].sum() / max(usual[cut].sum(), 1.0) for cut in np.array_split(places, parts)]
    return float(np.std(ratios, ddof=1))


def _turn(rows: "Counts", usual: "Floats", *, fewer: bool, spells: bool) -> tuple[int, bool]:
    """The bucket at which rows per usual row began to change, and whether slowly."""
    counted = rows.astype(np.float64)
    series = Series(n=usual, total=counted, square=counted**2 / np.maximum(usual, 1e-9))
    found = beginning(series if fewer else series.turned(), spells=spells)
    return (found.bucket, found.slow) if found else (len(rows) - 1, False)


def parts_of(evidence: "Traffic", *, due: float) -> "Iterator[Part]":
    """Every value of every segment, its rows held against its share of those that were `due`."""
    for column in evidence.having("segment") + evidence.having("host"):
        every = column.series.sum(axis=1)
        total0, total1 = every[evidence.before].sum(), every[evidence.during].sum()
        if not total0 or not total1:
            continue
        for code in range(FIRST, column.bins.size):
            n0, n1 = every[evidence.before, code].sum(), every[evidence.during, code].sum()
            if max(n0 / total0, n1 / total1) < 0.01:
                continue
            usual = n0 / total0 * due
            shift = evidence.shift(column, (code,))
            yield Part(
                column=column.name, value=column.bins.name_of(code),
                ratio=float(n1 / max(usual, 0.5)), share_before=shift.before,
                share_during=shift.during, strength=shift.strength,
                explained=evidence.explained(column, (code,)),
                accounts=evidence.accounts(column, (code,)), rows=int(n0 + n1),
                since=shift.since, slow=shift.slow,
            )  # fmt: skip
