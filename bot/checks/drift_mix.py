"""Other traffic than before, or the same traffic judged worse."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import percent, portion, rows, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("drift.mix")
def drift_mix(
    evidence: "Evidence", *, explains: float = 0.3, grown: float = 1.3, sure: float = 6.0
) -> Iterator[Finding]:
    """Is it other traffic than before, a new or grown segment, or the same traffic done worse?"""
    if evidence.extra_errors <= 0:
        raise CheckError("there are no extra errors to divide into mix and within")
    columns = [
        c for c in [*evidence.having("segment"), *evidence.having("score")]
        if not c.is_("feature")
    ]  # fmt: skip
    if not columns:
        raise CheckError("it needs a segment that the model does not read, or a score")
    suspects = 0
    for column in columns:
        mixture = evidence.mixture(column)
        parts = [
            part for part in evidence.parts
            if part.column == column.name and part.ratio >= grown and part.strength >= sure
            and part.share_during > part.share_before
        ]  # fmt: skip
        part = max(parts, key=lambda p: (p.explained, p.value), default=None)
        if part is None or max(mixture.moved, part.accounts) < explains:
            continue
        suspects += 1
        kind = "new" if part.share_before < 0.002 else "grown"
        yield Finding(
            check="drift.mix", verdict="suspect", rows=part.rows, since=part.since, slow=part.slow,
            strength=min(part.strength, 20.0),
            subject={"segment": column.name, "value": part.value, "kind": kind},
            says=f"{column.name} {part.value} is {percent(part.share_during)} of rows"
            f"{since(part.since)}, {percent(part.share_before)} before ({part.ratio:.2g} times its"
            f" rows); by {column.name} other traffic explains {portion(mixture.moved)} of the"
            f" fall, and its rows hold {portion(part.explained)} of the extra errors",
            figures={
                "mix": mixture.mix, "within": mixture.within, "fresh": mixture.fresh,
                "rise": mixture.rise, "moved": mixture.moved, "accounts": part.accounts,
                "harm": max(mixture.moved, part.accounts), "ratio": part.ratio,
            },
            doubt="a fault that came together with the new traffic",
        )  # fmt: skip
    if not suspects:
        most = max((evidence.mixture(column) for column in columns), key=lambda m: m.moved)
        yield Finding(
            check="drift.mix", verdict="clear", rows=most.rows,
            says=f"no segment grew that holds the fall ({rows(most.rows)}); by {most.column} other"
            f" traffic explains at most {percent(max(most.moved, 0.0))} of it",
            figures={"mix": most.mix, "within": most.within, "moved": most.moved},
        )  # fmt: skip
