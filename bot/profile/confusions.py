"""Which class is taken for which, before and during."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.profile.bins import NULL
from bot.profile.columns import RIGHT, WRONG

if TYPE_CHECKING:
    from bot.profile.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """One class taken for another, as a part of the labelled rows.

    `share` is its part of all the extra errors, `low` and `high` bound the difference.
    """

    label: str
    prediction: str
    before: float
    during: float
    low: float
    high: float
    z: float
    share: float


def confusions_of(evidence: "Traffic") -> list[Confusion]:
    """Every confusion of two classes, the most grown first."""
    tables = [evidence.tallies.confusion[m].sum(axis=0) for m in (evidence.before, evidence.during)]
    known = [
        int(evidence.tallies.outcomes[m][:, (WRONG, RIGHT)].sum())
        for m in (evidence.before, evidence.during)
    ]
    if not all(known):
        return []
    found = []
    for label in range(NULL + 1, tables[0].shape[0]):
        for said in range(tables[0].shape[1]):
            hits = [int(table[label, said]) for table in tables]
            if label == said or not sum(hits):
                continue
            p, q = hits[0] / known[0], hits[1] / known[1]
            error = math.sqrt(
                sum((k + 1) / n * (1 - k / n) / n for k, n in zip(hits, known, strict=True))
            )
            extra = (q - p) * known[1]
            found.append(
                Confusion(
                    label=evidence.label.name_of(label),
                    prediction=evidence.prediction.name_of(said),
                    before=p, during=q, low=q - p - 1.96 * error, high=q - p + 1.96 * error,
                    z=(q - p) / max(error, 1e-9),
                    share=extra / evidence.extra_errors if evidence.extra_errors > 0 else 0.0,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (-(one.during - one.before), one.label, one.prediction))
