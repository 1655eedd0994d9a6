"""Values of categories that are new, or that are gone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import inside, listed, percent, portion, rows, since
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column

OTHER = 2


@check("data.categories")
def data_categories(
    evidence: "Evidence", *, least: float = 0.005, sure: float = 6.0, match: float = 0.3
) -> Iterator[Finding]:
    """Are there categories that were never seen, and did known ones vanish as they came?"""
    categories = [column for column in evidence.features() if column.bins.kind == "category"]
    suspects = 0
    for column in categories:
        for found in (
            _unseen(evidence, column, least=least, sure=sure, match=match),
            _swapped(evidence, column, sure=sure),
        ):
            if found is not None:
                suspects += 1
                yield found
                break
    if not suspects:
        yield Finding(
            check="data.categories", verdict="clear", rows=evidence.rows_during,
            says=f"{len(categories)} categorical features have their known values"
            f" ({rows(evidence.rows_during)})",
        )  # fmt: skip


def _unseen(
    evidence: "Evidence", column: "Column", *, least: float, sure: float, match: float
) -> Finding | None:
    fresh = evidence.unseen(column)
    if not fresh:
        return None
    shift = evidence.shift(column, fresh)
    if shift.change < least or shift.strength < sure:
        return None
    part, place = evidence.explained(column, fresh), evidence.where(column, fresh)
    lost = evidence.lost(column, fresh)
    # Each new value has the rows of one old value: the same things under other names.
    paired = len(fresh) > 1 or (
        bool(lost) and abs(lost[0][1] + shift.change) < match * shift.change
    )
    recoded = bool(lost) and paired
    names = listed([repr(column.bins.name_of(code)) for code in fresh])
    tail = ""
    if lost:
        tail = f"; {listed([repr(column.bins.name_of(code)) for code, _ in lost])} lost as much"
    return Finding(
        check="data.categories", verdict="suspect", strength=shift.strength, rows=shift.rows,
        since=shift.since,
        subject={"feature": column.name, "sign": "recoded" if recoded else "unseen"},
        says=f"{column.name} has values never seen before, {names}, in {percent(shift.during)} of"
        f" rows{inside(place)}{since(shift.since)}{tail}; these rows hold"
        f" {portion(part)} of the extra errors",
        segments=evidence.parts_with(column, place),
        figures={
            "before": shift.before, "during": shift.during, "z": shift.z, "explained": part,
            "accounts": evidence.accounts(column, fresh),
            "values": len(fresh),
        },
        doubt="a new kind of customer, product or place that is really there",
    )  # fmt: skip


def _swapped(evidence: "Evidence", column: "Column", *, sure: float) -> Finding | None:
    """Known values that changed places: what one has now is what another had."""
    swap = evidence.swap(column)
    if swap is None or swap.strength < sure:
        return None
    one, other = (column.bins.name_of(code) for code in swap.codes)
    return Finding(
        check="data.categories", verdict="suspect", strength=swap.strength, rows=swap.rows,
        since=swap.since, subject={"feature": column.name, "sign": "recoded"},
        says=f"{column.name}: {one!r} and {other!r} changed places{since(swap.since)}"
        f" ({percent(swap.before[0])} and {percent(swap.before[1])} before,"
        f" {percent(swap.during[0])} and {percent(swap.during[1])} during)",
        figures={"explained": swap.explained, "accounts": swap.accounts},
        doubt="traffic that turned around by itself",
    )  # fmt: skip
