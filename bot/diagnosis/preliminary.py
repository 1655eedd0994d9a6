"""A first answer for whoever waits: a look at small parts of the log, marked as preliminary."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.checks.words import figure, percent, when
from bot.errors import SourceError
from bot.settings import ModelSettings, Settings
from bot.sources import Sources

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile.first_look import Fall, Sample
    from bot.profile.first_moves import Movement
    from bot.sources.sources import Parts

PARTS, LATE_PARTS, PART_ROWS = 24, 16, 800
"""Narrow parts over the first nine tenths of the rows and over the last, and the rows of each."""
WIDE_PARTS, WIDE_ROWS = 2, 4_000
"""Parts of all columns, before and now."""
SCORED = frozenset({"log_loss", "brier"})
"""Metrics that want the score."""
MOST_CHUNKS = 200
"""Columns times wide parts: each is a page to unpack, and that is what the look costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """What a sample says: the metric before and now, and the column that moved the most.

    `read` of `total` rows were looked at; `since` is None where no change stands out.
    """

    fall: "Fall | None"
    movement: "Movement | None"
    since: datetime | None
    read: int
    total: int

    def __str__(self) -> str:
        """One line to read, marked as preliminary."""
        said = f"first look (preliminary, {self.read:,} of {self.total:,} rows): "
        return said + "; ".join([_metric(self), _moved(self.movement)])


def look_first(
    settings: Settings,
    model: str,
    *,
    sources: Sources,
    at: datetime | None = None,
    since: datetime | None = None,
) -> FirstLook:
    """Look at a few thousand rows spread over the time of the log, whatever its size.

    Raises:
        SettingsError: There is no such model.
        SourceError: The prediction log cannot be read.
    """
    found = settings.model(model)
    log = found.predictions
    with closing(sources.parts(log, time=log.columns.time, at=at)) as parts:
        missing = {log.columns.time, log.columns.label, log.columns.prediction} - set(parts.types)
        if missing or not parts.ranks:
            what = f"has no column {min(missing)!r}" if missing else "has no rows in time"
            raise SourceError(f"table {log.table!r} {what}")
        with sources.hold(*([] if parts.free else [log.source])):
            return _look(found, parts, at=at, since=since)


def _look(
    found: ModelSettings, parts: "Parts", *, at: datetime | None, since: datetime | None
) -> FirstLook:
    from bot.profile import first_look  # noqa: PLC0415 - numpy, which help must not wait for

    ranks = _spread(parts.ranks)
    sample = _sample(found, parts, ranks, at=at)
    forced = None if since is None else since.timestamp()
    fall = None
    if len(sample.clock):
        fall = first_look.look_first(sample, metric=found.metric, pieces=len(ranks), since=forced)
    start = len(ranks) - LATE_PARTS if fall is None else fall.start
    low = start if fall is None else fall.low
    movement, wide = _movement(found, parts, ranks, sample, start=start, low=low)
    begun = sample.clock[sample.piece >= start]
    return FirstLook(
        fall=fall, movement=movement, read=min(len(sample.clock) + wide, parts.rows),
        total=parts.rows,
        since=datetime.fromtimestamp(float(begun.min()), UTC)
        if len(begun) and fall is not None and (fall.found or forced is not None) else None,
    )  # fmt: skip


def _spread(rows: int) -> list[int]:
    """The ranks of the narrow parts: all along, and closer together at the end."""
    size = min(PART_ROWS, max(rows // (PARTS + LATE_PARTS), 1))
    late = rows * 9 // 10
    early = [late * i // PARTS for i in range(PARTS)]
    end = max(rows - size, 0)
    return [*early, *(late + (end - late) * i // (LATE_PARTS - 1) for i in range(LATE_PARTS))]


def _sample(
    found: ModelSettings, parts: "Parts", ranks: list[int], *, at: datetime | None
) -> "Sample":
    """The columns that the metric wants, of every narrow part."""
    import numpy as np  # noqa: PLC0415 - as above

    from bot.profile.first_look import Sample  # noqa: PLC0415 - as above

    asked = _asked(found, parts.types, at)
    size = min(PART_ROWS, max(parts.ranks // len(ranks), 1))
    rows = parts.read(asked, ranks=ranks, rows=size)
    plain = {name: _floats(rows[name]) for name in asked}
    piece = _floats(rows["piece"])
    clock = plain["clock"]
    inside = np.isfinite(clock) & np.isfinite(piece)
    if at is not None:
        inside &= clock <= at.timestamp()
    if not parts.ordered:
        # The rows of a part come from all times: parts of equal size in time take their place.
        order = np.argsort(np.argsort(clock, kind="stable"), kind="stable")
        piece = (order * len(ranks) // max(len(clock), 1)).astype(np.float64)
    known = plain.pop("known") > 0
    kept = {name: np.where(known, values, np.nan)[inside] for name, values in plain.items()}
    return Sample(**kept | {"clock": clock[inside], "piece": piece[inside].astype(np.int64)})


def _floats(column: Any) -> "npt.NDArray[np.float64]":
    """A column with NaN where there is no value."""
    import numpy as np  # noqa: PLC0415 - as above

    filled: npt.NDArray[np.float64] = np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)
    return filled


def _asked(found: ModelSettings, types: Mapping[str, str], at: datetime | None) -> dict[str, str]:
    """SQL for each array of a `Sample`."""
    from bot.profile import spelling  # noqa: PLC0415 - as above

    columns = found.predictions.columns
    known = f"{spelling.quoted(columns.label)} IS NOT NULL"
    if at is not None and columns.label_time in types:
        came = spelling.clock(str(columns.label_time), types)
        known += f" AND COALESCE({came}, 0) <= {at.timestamp()!r}e0"
    prediction, label = spelling.number(columns.prediction), spelling.number(columns.label)
    right = spelling.equal(columns.prediction, columns.label, types)
    positive = "1" if found.positive is None else found.positive
    said, was = (
        spelling.is_value(name, positive, types) for name in (columns.prediction, columns.label)
    )
    if found.task == "multiclass":
        said, was = "TRUE", right  # the score is that of the predicted class
    # A column more is a page more to unpack in each part.
    scored = found.metric in SCORED and columns.score is not None and columns.score in types
    score = spelling.number(str(columns.score)) if scored else "NULL"
    return {
        "clock": spelling.clock(columns.time, types), "known": f"CAST({known} AS DOUBLE)",
        "right": f"CAST({right} AS DOUBLE)", "error": f"{prediction} - {label}", "label": label,
        "said": f"CAST({said} AS DOUBLE)", "was": f"CAST({was} AS DOUBLE)",
        "score": f"CAST({score} AS DOUBLE)",
    }  # fmt: skip


def _movement(
    found: ModelSettings,
    parts: "Parts",
    ranks: list[int],
    sample: "Sample",
    *,
    start: int,
    low: int,
) -> "tuple[Movement | None, int]":
    """The column that moved the most between parts of before and of now, and the rows read."""
    import numpy as np  # noqa: PLC0415 - as above

    from bot.profile import spelling  # noqa: PLC0415 - as above
    from bot.profile.first_moves import largest_movement  # noqa: PLC0415 - as above

    asked = _features(found, parts.types)
    late = sample.clock[sample.piece >= start]
    if not asked or not len(late):
        return None, 0
    number = max(1, min(WIDE_PARTS, MOST_CHUNKS // (2 * len(asked))))
    rows = parts.read(
        asked | {"plummet_clock": spelling.clock(found.predictions.columns.time, parts.types)},
        ranks=_chosen(ranks, sample, start=start, low=low, number=number),
        rows=min(WIDE_ROWS, max(parts.ranks // (2 * number), 1)),
    )
    clock = _floats(rows["plummet_clock"])
    # Between the earliest and the likeliest onset nobody knows which of the two a row is.
    unsure = sample.clock[sample.piece >= low].min()
    kept = (clock <= sample.clock.max()) & ((clock < unsure) | (clock >= late.min()))
    columns = {
        name: np.ma.filled(rows[name], np.nan)[kept]
        if rows[name].dtype.kind == "f"
        else np.asarray(np.ma.filled(rows[name], ""), dtype=np.str_)[kept]
        for name in asked
    }
    piece = np.ma.filled(rows["piece"], -1)[kept]
    now = clock[kept] >= late.min()
    return largest_movement(columns, piece=piece, now=now), int(kept.sum())


def _features(found: ModelSettings, types: Mapping[str, str]) -> dict[str, str]:
    """SQL for each column that the model reads or that splits its traffic."""
    from bot.profile import spelling  # noqa: PLC0415 - as above

    log = found.predictions
    features = log.features or tuple(name for name in types if name not in log.columns.taken())
    asked = {}
    for name in dict.fromkeys([*features, *log.segments]):
        kind = types.get(name, "")
        if spelling.is_number(kind):
            asked[name] = spelling.number(name)
        elif spelling.is_word(kind):
            asked[name] = spelling.word(name)
    return asked


def _chosen(ranks: list[int], sample: "Sample", *, start: int, low: int, number: int) -> list[int]:
    """Ranks of wide parts: some of now, and as many whole days before, at the same hours."""
    import numpy as np  # noqa: PLC0415 - as above

    times = np.array([
        float(sample.clock[sample.piece == i].min()) if (sample.piece == i).any() else np.nan
        for i in range(len(ranks))
    ])  # fmt: skip
    there = np.flatnonzero(np.isfinite(times))
    now = there[there >= start]
    begun = float(times[there[there >= low]].min(initial=np.inf))
    first, day = float(times[there].min()), 86_400
    chosen = []
    for place in range(number):
        middle = (2 * place + 1) / (2 * number)
        pick = int(now[int(len(now) * middle)])
        wanted = first + (begun - first) * middle
        same_hour = times[pick] - np.ceil((times[pick] - wanted) / day) * day
        before = same_hour if same_hour >= first else wanted
        chosen += [ranks[pick], int(np.interp(before, times[there], np.array(ranks)[there]))]
    return sorted(chosen)


def _metric(look: FirstLook) -> str:
    fall = look.fall
    if fall is None:
        return "too few labels to tell the metric"
    levels = f"{figure(fall.metric, fall.before.value)} → {figure(fall.metric, fall.now.value)}"
    margin = "" if fall.margin is None else f" ± {figure(fall.metric, fall.margin)}"
    since = f" since about {when(look.since)}" if look.since else ", no clear onset"
    return f"{fall.metric} {levels}{margin}{since}"


def _moved(movement: "Movement | None") -> str:
    if movement is None:
        return "no column moved beyond its usual"
    shares = f"{percent(movement.before)} → {percent(movement.now)}"
    return f"largest movement: {movement.column} ({movement.value}: {shares} of rows)"
