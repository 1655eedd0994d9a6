"""Which version of the model serves, and how each does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.registry import served_as_registered
from bot.checks.words import inside, percent, portion, rows, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column


@check("model.version")
def model_version(
    evidence: "Evidence", *, least: float = 0.02, sure: float = 6.0
) -> Iterator[Finding]:
    """Does another version of the model serve since the onset, and does it do worse?"""
    column = evidence.one("version")
    yield from served_as_registered(evidence, column)
    if column is not None:
        yield from _as_logged(evidence, column, least=least, sure=sure)
    elif evidence.registered is None:
        why = evidence.absent.get("model_version", "there is no such column")
        raise CheckError(f"which version serves is not known: {why}")


def _as_logged(
    evidence: "Evidence", column: "Column", *, least: float, sure: float
) -> Iterator[Finding]:
    """Versions that serve more rows than before, and how each does."""
    quiet = True
    for code, name in column.known():
        shift = evidence.shift(column, (code,))
        if shift.change < least or shift.strength < sure:
            continue
        quiet = False
        part, place = evidence.explained(column, (code,)), evidence.where(column, (code,))
        error, other = (
            evidence.error_of(column, code),
            evidence.error_of(column, code, inside=False),
        )
        worse = error - max(other, evidence.error_before)
        yield Finding(
            check="model.version", verdict="suspect", strength=shift.strength, rows=shift.rows,
            since=shift.since, slow=shift.slow, subject={"version": name},
            says=f"version {name} serves {percent(shift.during)} of rows{inside(place)}"
            f"{since(shift.since)}, {percent(shift.before)} before; it is wrong in"
            f" {percent(error)} of its labelled rows, others in {percent(other)}; its rows"
            f" hold {portion(part)} of the extra errors",
            segments=evidence.parts_with(column, place),
            figures={
                "before": shift.before, "during": shift.during, "z": shift.z, "explained": part,
                "accounts": evidence.accounts(column, (code,)),
                "worse": worse,
            },
            doubt="the old version doing as badly on the same traffic",
        )  # fmt: skip
    if quiet:
        served = column.over(evidence.during).sum(axis=0)
        names = ", ".join(name for code, name in column.known() if served[code])
        yield Finding(
            check="model.version", verdict="clear", rows=evidence.rows_during,
            says=f"the same version serves as before: {names} ({rows(evidence.rows_during)})",
        )  # fmt: skip
