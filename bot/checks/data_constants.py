"""One value in the place of many: defaults, sentinels, values that stopped moving, and copies."""

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from bot.checks.words import inside, percent, portion, rows, since
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column
    from bot.profile.shift import Shift
    from bot.profile.slices import Place

WORDS = frozenset({"", "unknown", "none", "null", "nan", "na", "n/a", "default", "other", "-1"})
CAME = 3.0
"""Log likelihood ratio from which labels tell that a value's rows are its own."""

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
    if gained < least:
        return None
    # One value gains nearly all that is gained, and what it takes it takes from every other.
    everything = evidence.gained(column)
    shift = evidence.shift(column, (code,))
    if gained < alone * everything or shift.strength < sure:
        return None
    # A default is one value: where others came that were never there, values were renamed.
    held = column.over(evidence.during).sum(axis=0)
    if any(other != code and held[other] > 0.1 * held[code] for other in evidence.unseen(column)):
        return None
    value = column.bins.name_of(code)
    listed = WORDS if column.bins.kind == "category" else NUMBERS
    new = shift.before < 0.002
    sign = "default" if new or value.lower() in listed else "frozen"
    part, place = evidence.explained(column, (code,)), evidence.where(column, (code,))
    if sign == "frozen" and (
        _recoded(evidence, column, code) or not _stands_still(evidence, column, shift, place)
    ):
        return None
    what = "a value that it hardly ever had" if new else "an ordinary value of it"
    return Finding(
        check="data.constants", verdict="suspect", strength=shift.strength, rows=shift.rows,
        since=shift.since, subject={"feature": column.name, "value": value, "sign": sign},
        says=f"{column.name} is {value!r}, {what}, in {percent(shift.during)} of rows"
        f"{inside(place)}{since(shift.since)}, {percent(shift.before)} before; these rows hold"
        f" {portion(part)} of the extra errors",
        segments=evidence.parts_with(column, place),
        figures={
            "before": shift.before, "during": shift.during, "low": shift.low, "high": shift.high,
            "z": shift.z, "explained": part, "accounts": evidence.accounts(column, (code,)),
            "alone": gained / max(everything, 1e-9),
            "new": float(new),
        },
        doubt=f"traffic in which {column.name} really is {value!r}",
    )  # fmt: skip


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
    if place is not None and place.density >= 0.5:
        return True
    taken = shift.change / max(1 - shift.before, 1e-9)
    tie = evidence.tie(column)
    # A value that is frozen says nothing of the label; one that came more often by itself does.
    few = evidence.variety(column) < 8
    if few and tie is not None and tie.kept - 1.5 * tie.error > 1 - 0.4 * taken:
        return False
    return taken >= (0.5 if few else 0.1)


def _copies(evidence: "Evidence", column: "Column", *, least: float, sure: float) -> Finding | None:
    """Values that repeat the row before more often than they did, and than chance would have it."""
    copies = evidence.copies(column)
    if copies is None or copies.rise < least or copies.z < sure:
        return None
    # A value that became common repeats itself: copies leave the frequencies as they are.
    if evidence.gained(column) > 0.5 * copies.rise:
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
