"""Keeping a rollup true to its log: hours whose rows or labels changed are counted again."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from bot.profile.binning import Survey
from bot.profile.bins import Bins
from bot.profile.coded_log import BUCKET, LABEL, OUTCOME, PREDICTION, Coding
from bot.profile.coding import literal, moment, seconds
from bot.profile.grid import Grid
from bot.profile.log import Log, open_log
from bot.profile.measures import SUMS
from bot.profile.plan import Plan, plan_columns
from bot.profile.rollup import HOUR, Hour, Layout, Section
from bot.profile.scan import open_coded, reference_counts
from bot.profile.survey import survey

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy.typing as npt

    from bot.profile.coded_log import CodedLog
    from bot.profile.engine import Engine
    from bot.settings import ModelSettings

    Counts = npt.NDArray[np.int64]

MOST_CELLS = 8_000_000
"""Hours are counted so many at a time that their dense counts stay below this."""
MOST_SPANS = 40
"""Of more separate spans of changed hours than this, one that covers all is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is frozen: the bins, found when a version of the model or of its settings was new."""

    key: str
    found: Survey
    reference: "Mapping[str, list[int]]"

    def to_json(self) -> str:
        """As text that `from_json` reads back to the last digit."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Frame":
        """The frame that was written."""
        raw = json.loads(text)
        found = raw["found"]
        plan = Plan(
            columns=tuple(_bins(one) for one in found["plan"]["columns"]),
            skipped=found["plan"]["skipped"],
        )
        made = Survey(**found | {
            "plan": plan, "label": _bins(found["label"]), "prediction": _bins(found["prediction"]),
        })  # fmt: skip
        return cls(key=raw["key"], found=made, reference=raw["reference"])


def _bins(raw: dict[str, Any]) -> Bins:
    fields: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    return Bins(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the rollup was counted from: the log's rows, its span, and the moment of its labels."""

    at: datetime
    rows: int
    undated: int
    first: int
    last: int


class HourShelf(Protocol):
    """Where the hours of one model's rollup are kept."""

    def frame(self) -> Frame | None:
        """What is frozen; None before the first hour."""

    def begin(self, frame: Frame) -> None:
        """Forget all hours and freeze this."""

    def prints(self) -> Mapping[int, str]:
        """Hours with the print that each was counted at."""

    def put(self, hours: Sequence[Hour]) -> None:
        """Keep these hours in place of what was kept of them, all or none."""

    def drop(self, hours: Sequence[int]) -> None:
        """Forget hours that the log no longer has."""

    def close_with(self, counted: Counted) -> None:
        """Note what the hours as a whole stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """What an update did: hours in all, and those that were counted again."""

    hours: int
    again: int
    rebuilt: bool


def roll(
    table: "ir.Table", settings: "ModelSettings", engine: "Engine", *, shelf: HourShelf,
    at: datetime | None, reference: "ir.Table | None", rebuild: bool = False,
    told: Callable[[str], object] = lambda _: None,
) -> Rolled:  # fmt: skip
    """Bring the rollup up to the log: late rows, late labels and changed ones are taken in.

    With a new model version, other settings, or `rebuild`, the bins are found anew and everything
    is counted; else one narrow scan tells which hours differ, and only those are.

    Raises:
        SourceError: The log has no rows up to `at`.
    """
    log = open_log(table, settings, engine, at=at)
    key = _key(log, engine)
    frame = shelf.frame()
    fresh = rebuild or frame is None or frame.key != key
    if frame is None or fresh:
        found = survey(log, plan_columns(table, settings, reference), engine, reference)
        known = reference_counts(_coding(log, found, 0, 1), engine, reference)
        counts = {name: rows.tolist() for name, rows in known.items()}
        frame = Frame(key=key, found=found, reference=counts)
        shelf.begin(frame)
    wanted, kept = _prints(log, frame.found, engine), shelf.prints()
    changed = sorted(hour for hour, print_ in wanted.items() if kept.get(hour) != print_)
    shelf.drop(sorted(set(kept) - set(wanted)))
    for first, last in _spans(changed, _most(frame.found)):
        told(f"counting {last - first + 1} hours")
        hours = _count(log, frame.found, engine, first, last)
        shelf.put([replace(hour, print=wanted[hour.hour]) for hour in hours])
    shelf.close_with(
        Counted(at=log.at, rows=log.rows, undated=log.undated, first=log.first, last=log.last)
    )
    return Rolled(hours=len(wanted), again=len(changed), rebuilt=fresh)


def _key(log: Log, engine: "Engine") -> str:
    """The model's settings and columns, and the version that serves most of its last day."""
    schema = {name: str(kind) for name, kind in log.table.schema().items()}
    wanted = ("task", "positive", "predictions", "reference")
    about = [log.settings.model_dump(mode="json", include=set(wanted)), schema, list(SUMS)]
    name = log.settings.predictions.columns.model_version
    if name is not None and name in schema:
        lately = log.table.filter(log.clock > log.last - 86_400)
        found = engine.rows(lately.group_by(v=lately[name].cast("string")).agg(n=lately.count()))
        about.append(max(found, key=lambda row: (row[1], str(row[0])), default=("",))[0])
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]


def _prints(log: Log, found: Survey, engine: "Engine") -> dict[int, str]:
    """Of each hour how its rows turned out, and when: one scan of a few columns.

    Sums of the seconds beside the counts tell two rows that changed places from none that did.
    """
    columns = log.settings.predictions.columns
    hour = log.clock // HOUR
    values = {"clock": log.clock - hour * HOUR}
    for name, column in (("label", columns.label_time), ("arrival", columns.arrival_time)):
        if column is not None and column in log.table.columns:
            values[name] = seconds(moment(log.table[column])) - log.clock
    base = log.table.select(hour=hour, outcome=log.outcome(tolerance=found.tolerance), **values)
    rows = engine.rows(
        base.group_by("hour", "outcome")
        .aggregate(n=base.count(), **{f"s_{name}": base[name].sum() for name in values})
        .order_by("hour", "outcome")
    )
    prints: dict[int, str] = {}
    for place, *rest in rows:
        said = ",".join(str(int(value or 0)) for value in rest)
        prints[int(place)] = f"{prints[int(place)]};{said}" if int(place) in prints else said
    return prints


def _most(found: Survey) -> int:
    """How many hours are counted at a time."""
    largest = max(section.size for section in Layout(found).sections.values())
    return max(1, min(24 * 31, MOST_CELLS // largest))


def _spans(hours: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Consecutive hours as first and last, none longer than `most`."""
    spans: list[list[int]] = []
    for hour in hours:
        if spans and hour - spans[-1][1] == 1:
            spans[-1][1] = hour
        else:
            spans.append([hour, hour])
    if len(spans) > MOST_SPANS:
        spans = [[hours[0], hours[-1]]]
    for first, last in spans:
        for start in range(first, last + 1, most):
            yield start, min(start + most - 1, last)


def _coding(log: Log, found: Survey, first: int, hours: int) -> Coding:
    grid = Grid(origin=first * HOUR, width=HOUR, size=hours)
    return Coding(log=log, found=found, grid=grid)


def _count(log: Log, found: Survey, engine: "Engine", first: int, last: int) -> Iterator[Hour]:
    """Every hour from `first` to `last` that has rows."""
    begin, end = (datetime.fromtimestamp(h * HOUR, log.at.tzinfo) for h in (first, last + 1))
    time = moment(log.table[log.settings.predictions.columns.time])
    part = log.table.filter((time >= literal(begin)) & (time < literal(end)))
    coding = _coding(replace(log, table=part), found, first, last - first + 1)
    with open_coded(coding, engine) as coded:
        hour, place, rows = _sparse(coded, Layout(found), hours=coding.grid.size)
        sums, arrivals, ids = coded.sums, coded.arrivals, coded.ids
    ends = np.searchsorted(hour, np.arange(coding.grid.size + 1))
    nothing: npt.NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
    for at in range(coding.grid.size):
        inside = slice(ends[at], ends[at + 1])
        if not len(place[inside]):
            continue
        yield Hour(
            hour=first + at, print="", places=place[inside].astype(np.uint32),
            rows=rows[inside].astype(np.uint32),
            sums=np.stack([sums[name][at] for name in SUMS]),
            arrivals=nothing if arrivals is None else arrivals[at].ravel().astype(np.uint32),
            ids=-1 if ids is None else int(ids[at]),
        )  # fmt: skip


def _sparse(coded: "CodedLog", layout: Layout, *, hours: int) -> "tuple[Counts, Counts, Counts]":
    """All that is not zero, as hour, place and rows, in the order of the hours."""
    found = []
    for sections in _batches(layout, hours):
        by = (BUCKET, OUTCOME, LABEL, PREDICTION)[: 1 + len(sections[0].groups)]
        counted = coded.counted([section.key for section in sections], by)
        for section, counts in zip(sections, counted, strict=True):
            flat = counts.reshape(hours, -1)
            at, place = np.nonzero(flat)
            found.append((at, place + section.start, flat[at, place]))
    hour, place, rows = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(hour, kind="stable")
    return hour[order], place[order], rows[order]


def _batches(layout: Layout, hours: int) -> Iterator[list[Section]]:
    """Sections of equal groups that are counted together, so many that their counts are small."""
    batch: list[Section] = []
    for section in layout.sections.values():
        size = hours * sum(one.size for one in [*batch, section])
        if batch and (size > MOST_CELLS or section.groups != batch[0].groups):
            yield batch
            batch = []
        batch.append(section)
    yield batch
