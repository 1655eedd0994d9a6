"""Features whose values belong to other rows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import percent, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.loosened import Loosened


@check("data.joins")
def data_joins(
    evidence: "Evidence", *, sure: float = 3.5, least: float = 0.15, others: float = 0.5,
    moved: float = 0.12, most: int = 2, label: float = 1.8,
    tied: float = 0.015,
) -> Iterator[Finding]:  # fmt: skip
    """Does a feature look like itself, but no longer go with the label and the other features?"""
    joint = evidence.joint
    if joint is None or not joint.chosen:
        raise CheckError("no feature says enough about the label to see whether it still does")
    found = [
        one
        for name in joint.chosen
        if (one := evidence.loosened(evidence.columns[name])) is not None
    ]
    broken = [
        one for one in found
        # A partner that still goes with it says that its values are in the right rows.
        if one.z >= (sure if one.both else 1.5 * sure) and one.label_z >= label
        and (one.both or not one.held)
        and one.lost >= least and one.before >= tied and one.moved <= moved
        and one.others <= others * one.lost and (one.rest <= others or not one.both)
    ]  # fmt: skip
    broken.sort(key=lambda one: (-one.z * one.relied, one.feature))
    # One that is only loose from a feature that is itself broken is not broken by that.
    first = broken[:1]
    broken = [*first, *(one for one in broken[1:] if one.partner != first[0].feature)]
    for one in broken[:most]:
        yield _finding(evidence, one)
    if not broken:
        yield Finding(
            check="data.joins", verdict="clear", rows=evidence.rows_during,
            says=f"{len(found)} features go with the label and with each other as before (the"
            f" least of them keeps {percent(1 - max((one.lost for one in found), default=0.0))})",
        )  # fmt: skip


def _finding(evidence: "Evidence", one: "Loosened") -> Finding:
    with_others = ""
    if one.partner is not None:
        with_others = f" and {percent(max(one.partner_kept, 0.0))} of it with {one.partner}"
    segment = {"segment": one.place[0], "value": one.place[1]} if one.place else {}
    inside = f" in {one.place[0]} {one.place[1]}" if one.place else ""
    return Finding(
        check="data.joins", verdict="suspect", strength=min(one.z**2 / 2, 30.0), rows=one.rows,
        since=evidence.start,
        subject={"feature": one.feature, "sign": "both" if one.both else "one"} | segment,
        says=f"{one.feature} is distributed as before{inside}, but keeps only"
        f" {percent(max(one.label_kept, 0.0))} of what it said about the label{with_others}"
        f"{since(evidence.start)} (mutual information with the label {one.before:.3f} nats before,"
        f" {max(one.during, 0.0):.3f} during); other features keep theirs",
        figures={
            "label_kept": one.label_kept, "low": one.label_kept - 1.96 * one.error,
            "high": one.label_kept + 1.96 * one.error, "partner_kept": one.partner_kept,
            "before": one.before, "during": one.during, "z": one.z, "moved": one.moved,
            "others_lost": one.others, "rest_lost": one.rest, "relied": one.relied,
        } | _held(evidence, one),
        doubt=f"a world in which {one.feature} no longer matters; its values by id would tell",
    )  # fmt: skip


def _held(evidence: "Evidence", one: "Loosened") -> dict[str, float]:
    """How far the extra errors keep to the one part of the traffic where it came loose."""
    column = evidence.columns.get(one.place[0]) if one.place else None
    code = None if column is None or one.place is None else column.bins.code(one.place[1])
    if column is None or code is None:
        return {}
    return {"accounts": evidence.accounts(column, (code,))}
