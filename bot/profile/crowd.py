"""Whether a few of very many senders took over, and whether they keep to the decision boundary."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.columns import RIGHT, WRONG

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.shift import Shift
    from bot.profile.traffic import Traffic

ALSO = 2.0
"""How many times its rows a value has that grew beside the most grown, and does worse."""

SURE = 4.0
"""Standard errors beyond which a value does worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A few values of an id-like column that grew out of proportion, and what they hold.

    `boundary` is by how much the part of all scores grew that lie near the decision, None without
    a score.
    """

    column: str
    values: tuple[str, ...]
    shift: "Shift"
    since: datetime | None
    explained: float
    accounts: float
    boundary: float | None


def crowd_of(
    evidence: "Traffic", *, many: int, few: int, times: float, least: float
) -> Crowd | None:
    """The most grown few values of any segment that has many, and is not what the model reads."""
    best: Crowd | None = None
    for column in evidence.having("segment"):
        if column.is_("feature") or column.bins.kind != "category":
            continue
        codes = _grown(evidence, column, many=many, times=times, least=least)
        if not codes or len(codes) > few:
            continue
        shift = evidence.shift(column, codes)
        found = Crowd(
            column=column.name, values=tuple(column.bins.name_of(code) for code in codes),
            shift=shift, since=shift.since, explained=evidence.explained(column, codes),
            accounts=evidence.accounts(column, codes), boundary=_boundary(evidence),
        )  # fmt: skip
        if best is None or shift.strength > best.shift.strength:
            best = found
    return best


def _grown(
    evidence: "Traffic", column: "Column", *, many: int, times: float, least: float
) -> list[int]:
    before = column.over(evidence.before).sum(axis=0)
    during = column.over(evidence.during).sum(axis=0)
    if (before[FIRST:] > 0).sum() < many or not during.sum():
        return []
    p, q = before / max(before.sum(), 1), during / during.sum()
    grown = (q > least) & (q > times * np.maximum(p, 1e-4))
    if grown.any():
        # Known senders that ask as much more have more of their own before: they grow fewer times.
        grown |= (q > least) & (q > ALSO * p) & _worse(evidence, column)
    codes = [int(code) for code in np.flatnonzero(grown) if code >= FIRST]
    return sorted(codes, key=lambda code: (-q[code], code))


def _worse(evidence: "Traffic", column: "Column") -> "npt.NDArray[np.bool_]":
    """The values whose labelled rows are wrong more often than before, beyond chance."""
    before, during = (
        column.over(mask)[[WRONG, RIGHT]].astype(np.float64)
        for mask in (evidence.before, evidence.during)
    )
    n0, n1 = before.sum(axis=0), during.sum(axis=0)
    usual = (before[0] + evidence.error_before) / (n0 + 1)
    spread = np.sqrt(usual * (1 - usual) * (1 / np.maximum(n1, 1) + 1 / (n0 + 1)))
    found: npt.NDArray[np.bool_] = during[0] / np.maximum(n1, 1) - usual > SURE * spread
    return found


def _boundary(evidence: "Traffic", *, near: float = 0.25) -> float | None:
    """By how much the scores within `near` of the decision grew, as a part of all."""
    score = evidence.one("score")
    if score is None or not score.bins.edges:
        return None
    given = evidence.settings.threshold
    turn = 0.5 if given is None else float(given)
    edges = np.array([score.bins.edges[0], *score.bins.edges, score.bins.edges[-1]])
    middles = (edges[1:] + edges[:-1]) / 2
    masses = [float(value) for value in score.bins.values]
    places = np.array([*([np.nan] * FIRST), *masses, *middles])
    close = np.abs(places - turn) < near
    before, during = (score.over(m).sum(axis=0) for m in (evidence.before, evidence.during))
    return float(
        during[close].sum() / max(during.sum(), 1) - before[close].sum() / max(before.sum(), 1)
    )
