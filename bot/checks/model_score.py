"""Scores and predictions, given the features."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import listed, number, percent
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column


@check("model.score")
def model_score(
    evidence: "Evidence", *, least: float = 0.05, sure: float = 4.0, drifted: float = 6.0,
    js: float = 0.1,
) -> Iterator[Finding]:  # fmt: skip
    """Does the model answer otherwise than before where the features are the same?"""
    said = evidence.said
    if said is None:
        raise CheckError("predictions at equal features need some hundred rows before and during")
    true, score = evidence.true, evidence.one("score")
    drift = None if score is None else evidence.drift(score)
    predictions = said.size >= least and said.z >= sure
    moved = [
        c.name for c in evidence.features()
        if (d := evidence.drift(c)).z >= drifted and d.psi >= js
        and (not predictions or _explains(evidence, c, said.size))
    ]  # fmt: skip
    scores = drift is not None and drift.z >= sure and drift.js >= js
    # Other features bring other scores: with them, only what is said at equal features counts, and
    # not that either where the rows are others, of which one feature alone does not tell all.
    others = any(_genuine(evidence, name) for name in moved)
    answers = (predictions and not others) or (scores and not moved)
    # Labels that moved as far as the answers tell of other rows, though few of them are known.
    labels = true is not None and true.size >= least and (
        true.z >= sure or (true.z >= sure / 2 and true.size >= 0.7 * said.size)
    )  # fmt: skip
    suspect = answers and not labels
    z = max(said.z, 0.0 if drift is None else drift.z)
    rest = f"{listed(moved)} moved as well" if moved else "no feature moved as much"
    how = "not known for want of a score" if drift is None else f"Jensen-Shannon {drift.js:.2f}"
    yield Finding(
        check="model.score", verdict="suspect" if suspect else "clear", rows=said.rows,
        strength=min(z, 12.0) if suspect else 0.0, since=evidence.start if suspect else None,
        subject={
            "features": "moved" if moved else "same",
            "sign": "prediction" if drift is not None and not scores else "score",
        },
        says=f"at equal features predictions moved by {percent(said.size)} ({number(said.z)}"
        f" spreads of the history), labels by {percent(0.0 if true is None else true.size)};"
        f" scores: {how}; {rest}",
        figures={
            "said": said.size, "said_z": said.z, "true": 0.0 if true is None else true.size,
            "true_z": 0.0 if true is None else true.z,
            "score_js": 0.0 if drift is None else drift.js,
            "score_z": 0.0 if drift is None else drift.z, "moved": len(moved),
        },
        doubt="a feature that is wrong in the same proportions as it was right",
    )  # fmt: skip


def _genuine(evidence: "Evidence", name: str) -> bool:
    """Whether the rows that came have the values of a feature by right."""
    origin = evidence.origin(evidence.columns[name])
    return origin is not None and origin.genuine


def _explains(evidence: "Evidence", column: "Column", size: float, *, held: float = 0.6) -> bool:
    """Whether a feature that moved may be why answers did: at its own values they still hold.

    Features drift beside every fault. Another model answers otherwise at each of their values; a
    model that reads a wrong value answers to it as it always did.
    """
    at_it = evidence.said_at(column)
    return at_it is None or at_it.size < held * size
