"""A few senders of very many that game the model."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import listed, percent, portion, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("drift.adversarial")
def drift_adversarial(
    evidence: "Evidence", *, many: int = 20, few: int = 10, times: float = 3.0,
    least: float = 0.005, sure: float = 6.0, holds: float = 0.25,
) -> Iterator[Finding]:  # fmt: skip
    """Do a few of very many senders suddenly ask a lot, near the model's decision?"""
    if not any(not c.is_("feature") for c in evidence.having("segment")):
        raise CheckError("it needs a segment such as a customer or a sender, with many values")
    crowd = evidence.crowd(many=many, few=few, times=times, least=least)
    if crowd is None or crowd.shift.strength < sure or crowd.accounts < holds:
        grew = "none" if crowd is None else f"{len(crowd.values)}"
        yield Finding(
            check="drift.adversarial", verdict="clear", rows=evidence.rows_during,
            says=f"of the segments with at least {many} values {grew} grew {times:.3g} times or"
            " more and hold the extra errors",
        )  # fmt: skip
        return
    shift, near = crowd.shift, crowd.boundary
    edge = (
        "" if near is None
        else f"; scores near the decision became {percent(abs(near))} of all rows"
        f" {'more' if near > 0 else 'less'}"
    )  # fmt: skip
    yield Finding(
        check="drift.adversarial", verdict="suspect", rows=shift.rows, since=crowd.since,
        slow=shift.slow,
        # Newcomers far from the decision are rather a new customer than somebody who tries it out.
        strength=shift.strength if near is None or near > 0 else shift.strength / 4,
        subject={"segment": crowd.column}
        | {f"value{place or ''}": value for place, value in enumerate(crowd.values)},
        says=f"{len(crowd.values)} of many values of {crowd.column}, {listed(list(crowd.values))},"
        f" send {percent(shift.during)} of rows{since(crowd.since)}, {percent(shift.before)}"
        f" before; these rows hold {portion(crowd.explained)} of the extra errors{edge}",
        figures={
            "before": shift.before, "during": shift.during, "low": shift.low, "high": shift.high,
            "z": shift.z, "explained": crowd.explained, "accounts": crowd.accounts,
            "values": len(crowd.values), "boundary": near or 0.0,
        },
        doubt="a campaign or a batch job of these senders that is as it should be",
    )  # fmt: skip
