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

FULLY = 0.9
"""From this part of the rows on, values changed places in all of them."""


@check("data.categories")
def data_categories(
    evidence: "Evidence", *, least: float = 0.005, sure: float = 6.0
) -> Iterator[Finding]:
    """Are there categories that were never seen, and did known ones vanish as they came?"""
    categories = [column for column in evidence.features() if column.bins.kind == "category"]
    suspects = 0
    for column in categories:
        for found in (
            _unseen(evidence, column, least=least, sure=sure),
            _exchanged(evidence, column, sure=sure),
            _merged(evidence, column, sure=sure),
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
    evidence: "Evidence", column: "Column", *, least: float, sure: float
) -> Finding | None:  # fmt: skip
    fresh = evidence.unseen(column)
    if not fresh:
        return None
    shift = evidence.shift(column, fresh)
    if shift.change < least or shift.strength < sure:
        return None
    part, place = evidence.explained(column, fresh), evidence.where(column, fresh)
    recoded = evidence.renamed(column)
    names = listed([repr(column.bins.name_of(code)) for code in fresh])
    tail = ""
    if recoded is not None:
        olds = listed([repr(column.bins.name_of(code)) for code in recoded.names_of])
        tail = f"; {olds} lost as much"
    return Finding(
        check="data.categories", verdict="suspect", strength=shift.strength, rows=shift.rows,
        since=shift.since, slow=shift.slow,
        subject={"feature": column.name, "sign": "unseen" if recoded is None else "recoded"},
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


def _exchanged(evidence: "Evidence", column: "Column", *, sure: float) -> Finding | None:
    """Known values that changed places: what one has now is what another had."""
    found = evidence.exchanged(column)
    if found is None:
        return None
    shift = max((evidence.shift(column, (code,)) for code in found.codes), key=lambda one: one.z)
    strength = min(max(shift.strength, found.told), 50.0)
    if strength < sure:
        return None
    names = [
        f"{column.bins.name_of(old)!r} is now {column.bins.name_of(new)!r}"
        for new, old in zip(found.codes, found.names_of, strict=True)
    ]
    part = "" if found.part > FULLY else f" in about {portion(found.part)} of rows"
    return Finding(
        check="data.categories", verdict="suspect", strength=strength, rows=shift.rows,
        since=shift.since, slow=shift.slow, subject={"feature": column.name, "sign": "recoded"},
        says=f"{column.name}: values changed places{part}{since(shift.since)}: {listed(names)}",
        figures={
            "explained": evidence.explained(column, found.codes),
            "accounts": evidence.accounts(column, found.codes), "told": found.told,
        },
        doubt="traffic that turned around by itself",
    )  # fmt: skip


def _merged(evidence: "Evidence", column: "Column", *, sure: float) -> Finding | None:
    """Several known values that are now written as one of them."""
    found = evidence.merged(column)
    if found is None:
        return None
    shift = evidence.shift(column, (found.into,))
    if shift.strength < sure:
        return None
    place = evidence.where(column, (found.into,))
    names = listed([repr(column.bins.name_of(code)) for code in found.codes])
    return Finding(
        check="data.categories", verdict="suspect", strength=shift.strength, rows=shift.rows,
        since=shift.since, slow=shift.slow, subject={"feature": column.name, "sign": "recoded"},
        says=f"{column.name} is {column.bins.name_of(found.into)!r} in {percent(shift.during)} of"
        f" rows{inside(place)}{since(shift.since)}, {percent(shift.before)} before; it took the"
        f" rows of {names}, and of no other value",
        segments=evidence.parts_with(column, place),
        figures={
            "before": shift.before, "during": shift.during, "z": shift.z, "told": found.told,
            "explained": evidence.explained(column, (found.into,)),
            "accounts": evidence.accounts(column, (found.into,)),
        },
        doubt="traffic that really is of one kind now",
    )  # fmt: skip
