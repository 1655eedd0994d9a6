"""Rows whose parts do not belong together."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from bot.checks.words import number, percent, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.belonging import Belonging, Loss

Part = Literal["answers", "labels", "rows", "default"]

SAYS: dict[Part, str] = {
    "answers": "predictions lost the same part ({lost}) of their tie to every feature, while they"
    " come as often as before and labels keep theirs: answers of other rows, or drawn at random",
    "labels": "labels lost the same part ({lost}) of their tie to every feature, while predictions"
    " keep theirs: labels of other rows, or drawn at random",
    "default": "predictions lost the same part ({lost}) of their tie to every feature, and what"
    " they gained is one and the same value, while labels keep theirs: a default in many rows",
    "rows": "features lost the same part ({lost}) of their ties to each other, and labels theirs to"
    " all of them, while each comes as often as before: rows that nobody asked, or put together"
    " anew",
}


CHANCE = 1.64
"""Standard errors of a loss that may be chance: what kept its ties exceeds that in a twentieth."""


@check("data.rows")
def data_rows(
    evidence: "Evidence", *, sure: float = 5.0, least: float = 0.08, even: float = 0.5,
    keeps: float = 0.35, few: float = 0.3, one: float = 0.8,
) -> Iterator[Finding]:  # fmt: skip
    """Do the features, the answer and the label of a row still belong together?"""
    found = evidence.belonging
    if found.answers is None and found.labels is None:
        raise CheckError("no feature goes with predictions or labels closely enough to tell")
    part = _loosened(found, sure=sure, least=least, even=even, keeps=keeps, few=few)
    if part == "other answers":
        # Of two classes one always gains; with a score, that says whether it is a default.
        default = found.to_one >= one and evidence.settings.task != "binary"
        part = "default" if default else None
    losses = {
        "answers": found.answers, "default": found.answers, "labels": found.labels,
        "rows": found.features,
    }  # fmt: skip
    figures = {f"{name}_lost": loss.lost for name, loss in losses.items() if loss is not None}
    figures |= {"answers_moved": found.answers_moved, "to_one": found.to_one}
    loss = losses.get(part) if part is not None else None
    if part is None or loss is None:
        yield Finding(
            check="data.rows", verdict="clear", rows=evidence.rows_during, figures=figures,
            says="no part of the rows came loose from all the rest: " + ", ".join(
                f"{name} lost {percent(loss.lost)} of {loss.ties} ties"
                for name, loss in losses.items() if loss is not None and name != "default"
            ),
        )  # fmt: skip
        return
    yield Finding(
        check="data.rows", verdict="suspect", strength=min(loss.z**2 / 2, 30.0),
        rows=evidence.rows_during, since=evidence.start, subject={"part": part} | _kind(evidence),
        says=SAYS[part].format(lost=percent(min(loss.lost, 1.0))) + since(evidence.start)
        + f" ({number(loss.z)} standard errors over {loss.ties} ties)",
        figures=figures | {"z": loss.z, "uneven": loss.uneven},
        doubt="another model, or a world, that loosens every tie alike by chance",
    )  # fmt: skip


def _kind(evidence: "Evidence") -> dict[str, str]:
    """What only some hosts mix up is a matter of those hosts."""
    place = evidence.where_wrong
    return {"kind": "host"} if place is not None and evidence.only_hosts(place) else {}


def _loosened(
    found: "Belonging", *, sure: float, least: float, even: float, keeps: float, few: float
) -> Part | Literal["other answers"] | None:  # fmt: skip
    """Which part of the rows no longer belongs to the rest."""

    def gone(loss: "Loss | None") -> bool:
        return loss is not None and loss.z >= sure and loss.lost >= least and loss.even(part=even)

    def kept(loss: "Loss | None", beside: "Loss") -> bool:
        return loss is None or loss.lost <= keeps * beside.lost

    def nearly(loss: "Loss | None", beside: "Loss") -> bool:
        return loss is None or loss.lost - CHANCE * loss.error <= keeps * beside.lost

    answers, labels, features = found.answers, found.labels, found.features
    if gone(features) and gone(labels) and answers is not None and answers.z >= sure / 2:
        return "rows"
    # A feature that drifts beside the fault takes a little of the ties of the features.
    if (
        gone(answers)
        and answers is not None
        and kept(labels, answers)
        and nearly(features, answers)
    ):
        # Another model and a default answer otherwise; answers of other rows come as often.
        return "answers" if found.answers_moved <= few * answers.lost else "other answers"
    if gone(labels) and labels is not None and kept(answers, labels) and kept(features, labels):
        return "labels" if found.even_rise or found.labels_alike else None
    return None
