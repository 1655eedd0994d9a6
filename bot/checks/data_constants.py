"""One value in the place of many: defaults, sentinels, values that stopped moving, and copies."""

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from bot.checks.words import inside, percent, portion, rows, since
from bot.incident import Finding
from bot.profile.in_place import gains_in
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column
    from bot.profile.shift import Shift
    from bot.profile.slices import Place

WORDS = frozenset({"", "unknown", "none", "null", "nan", "na", "n/a", "default", "other", "-1"})
LEAST_THERE = 0.3
"""The part of the rows of a place that a value has to have taken, to have taken over there."""

CAME = 3.0
"""Log likelihood ratio from which labels tell that a value's rows are its own."""

NEW = 0.002
"""A value with a smaller share of the rows than this before is one that it hardly ever had."""

BESIDE = 0.05
"""Other new values with this part of the rows of one show that it is not the only one."""

KEPT = 0.1
"""Values that lost no more than this part of what another gained did not give it their rows."""

NUMBERS = frozenset({"0", "-1", "-99", "-999", "-9999", "99", "999", "9999", "99999", "999999"})


@check("data.constants")
def data_constants(
    evidence: "Evidence", *, least: float = 0.02, sure: float = 8.0, alone: float = 0.7,
    repeated: float = 0.15,
) -> Iterator[Finding]:  # fmt: skip
    """Does a feature arrive as one default, or stand still, where it used to vary?"""
    suspects = 0
    for column in evidence.features():
        found = _one_value(evidence, column, least=least, sure=sure, alone=alone) or _copies(
            evidence, column, least=repeated, sure=sure
        )
        if found is not None:
            suspects += 1
            yield found
    if not suspects:
        yield Finding(
            check="data.constants", verdict="clear", rows=evidence.rows_during,
            says=f"no value took the place of others in {len(evidence.features())} features"
            f" ({rows(evidence.rows_during)})",
        )  # fmt: skip


def _one_value(
    evidence: "Evidence", column: "Column", *, least: float, sure: float, alone: float
) -> Finding | None:
    best = max(
        ((evidence.gain(column, code), code) for code, _ in column.known()
         if code < column.bins.under or column.bins.kind == "category"),
        default=(0.0, 0),
    )  # fmt: skip
    gained, code = best
    shift = evidence.shift(column, (code,)) if gained >= least else None
    if shift is None or shift.strength < sure:
        return None
    # One value gains nearly all that is gained, and what it takes it takes from every other.
    everything = evidence.gained(column)
    if gained < alone * everything and not _alone_there(evidence, column, code, alone=alone):
        return None
    # What crept in before the fall was seen is as new as what came with it.
    new = shift.before < NEW or not _had(evidence, column, code)
    place = evidence.where(column, (code,))
    if new:
        # A default is one value: where others came with it, they are names, or marks of a scale.
        took = len(evidence.came(column)) <= 1 and not _name_of_one(evidence, column)
        took = took and evidence.came_beside(column, code) < BESIDE
    else:
        took = len(evidence.came(column)) <= 1 and not _recoded(evidence, column, code)
        took = took and _stands_still(evidence, column, shift, place)
    if not took:
        return None
    return _taken_over(evidence, column, code, shift=shift, new=new, place=place)


def _taken_over(
    evidence: "Evidence", column: "Column", code: int, *, shift: "Shift", new: bool,
    place: "Place | None",
) -> Finding:  # fmt: skip
    gained, everything = evidence.gain(column, code), evidence.gained(column)
    value, limit = column.bins.name_of(code), evidence.limit(column, code)
    listed = value.lower() in (WORDS if column.bins.kind == "category" else NUMBERS)
    # A value of its own that it had long before, however rarely, is one that stood still.
    sign = "default" if listed or (new and not _had(evidence, column, code)) else "frozen"
    part, accounts = evidence.explained(column, (code,)), evidence.accounts(column, (code,))
    what = "a value that it hardly ever had" if new else "an ordinary value of it"
    if limit is not None:
        sign, what = "limit", f"the value of all that lay {limit.side} it and of no other"
    if not new:
        accounts *= evidence.came_where_wrong(column, code)
    return Finding(
        check="data.constants", verdict="suspect", strength=shift.strength, rows=shift.rows,
        since=shift.since, slow=shift.slow,
        subject={"feature": column.name, "value": value, "sign": sign},
        says=f"{column.name} is {value!r}, {what}, in {percent(shift.during)} of rows"
        f"{inside(place)}{since(shift.since)}, {percent(shift.before)} before; these rows hold"
        f" {portion(part)} of the extra errors",
        segments=evidence.parts_with(column, place),
        figures={
            "before": shift.before, "during": shift.during, "low": shift.low, "high": shift.high,
            "z": shift.z, "explained": part, "accounts": accounts,
            "alone": gained / max(everything, 1e-9),
            "new": float(new),
        },
        doubt=f"traffic in which {column.name} really is {value!r}",
    )  # fmt: skip


def _name_of_one(evidence: "Evidence", column: "Column") -> bool:
    """Whether a new value has the rows of one known value, where others kept theirs."""
    found = evidence.renamed(column) if column.bins.kind == "category" else None
    if found is None or len(found.codes) > 1 or len(found.names_of) > 1:
        return False
    moved = {*found.codes, *found.names_of}
    lost = [
        min(evidence.gain(column, code), 0.0) for code, _ in column.known() if code not in moved
    ]
    return -sum(lost) <= KEPT * evidence.gain(column, found.codes[0])


def _alone_there(evidence: "Evidence", column: "Column", code: int, *, alone: float) -> bool:
    """Whether a value took over in one part of the traffic, which all of it blurs."""
    place = evidence.where(column, (code,))
    moved = None if place is None else gains_in(evidence, column, place)
    if moved is None:
        return False
    gained = float(moved[moved > 0].sum())
    return bool(moved[code] >= max(LEAST_THERE, alone * gained))


def _had(evidence: "Evidence", column: "Column", code: int, *, old: float = 0.8) -> bool:
    """Whether a value was there in training, or in rows from well before the onset."""
    if column.reference is not None and column.reference[code]:
        return True
    long_before = evidence.before.copy()
    long_before[int(old * evidence.windows.start) :] = False
    return bool(column.over(long_before).sum(axis=0)[code])


def _recoded(evidence: "Evidence", column: "Column", code: int) -> bool:
    """Whether the rows are the value's own, or those of a few values that have its name now."""
    if evidence.taken(column, code) < -CAME:
        return True
    merge = evidence.merged(column) if column.bins.kind == "category" else None
    return merge is not None and merge.into == code


def _stands_still(
    evidence: "Evidence", column: "Column", shift: "Shift", place: "Place | None"
) -> bool:
    """Whether an ordinary value took over, rather than grew: of few values one always grows."""
    if place is not None and place.density >= LEAST_THERE:
        return True
    taken = shift.change / max(1 - shift.before, 1e-9)
    if evidence.own(column, taken):
        return False
    return taken >= (0.5 if evidence.variety(column) < 8 else 0.1)


def _copies(evidence: "Evidence", column: "Column", *, least: float, sure: float) -> Finding | None:
    """Values that repeat the row before more often than they did, and than chance would have it."""
    copies = evidence.copies(column)
    if copies is None or copies.rise < least or copies.z < sure:
        return None
    taken = copies.rise / max(1 - copies.before, 1e-9)
    if evidence.own(column, taken):
        return None
    # A value that became common repeats itself, less often than it gained rows. Where no tie tells
    # whose rows they are: copies leave the frequencies as they are.
    loss = evidence.row_loss(column)
    if loss is None and evidence.gained(column) > 0.5 * copies.rise:
        return None
    # Where every feature repeats the row before, whole rows do: other traffic, not a stale feature.
    others = [c.rise for f in evidence.features() if f is not column
              and (c := evidence.copies(f)) is not None]  # fmt: skip
    if len(others) >= 2 and median(others) > 0.5 * copies.rise:
        return None
    of = "the row before" if copies.key is None else f"the row before of the same {copies.key}"
    return Finding(
        check="data.constants", verdict="suspect", strength=min(copies.z**2 / 2, 50.0),
        rows=copies.rows, since=evidence.start,
        subject={"feature": column.name, "sign": "frozen", "way": "copies"},
        says=f"{column.name} repeats {of} in {percent(copies.during)} of rows"
        f"{since(evidence.start)}, {percent(copies.before)} before",
        figures={
            "before": copies.before, "during": copies.during, "rise": copies.rise, "z": copies.z,
        },
        doubt=f"several requests about one thing, of which {column.name} is the same",
    )  # fmt: skip
