"""How scores, predictions and labels hang together, before and during."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.distance import by_chance
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How often predictions contradict the decision rule that the baseline's scores show.

    `one_way` says how far only the answers to one side of it contradict it: 1 where a threshold
    moved, a half where as large a part of the answers on either side is turned round. `holds` is
    the part of the extra errors that lies in answers against the rule.
    """

    before: float
    during: float
    rows: int
    z: float
    old: float | None
    new: float | None
    one_way: float = 1.0
    holds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """How the frequencies of the classes moved, and what that alone explains.

    `stable` is how far P(prediction given label) stayed: 1 is the same, 0 is all different.
    """

    moved: float
    z: float
    mix: float
    stable: float
    rows: int
    name: str
    before: float
    during: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What became of the labels at equal score: extra errors that the scores do not foretell.

    `flat` compares the rise among the surest scores with the rise of all: 1 is what labels wrong
    at random look like.
    """

    within: float
    flat: float
    rise: float
    z: float
    rows: int


def rule_of(evidence: "Traffic") -> Rule | None:
    """The decision rule read off score and prediction; None without a score or two classes."""
    score, positive = evidence.one("score"), evidence.tallies.positive
    if score is None or positive is None:
        return None
    codes = score.bins.ascending()
    old = score.cells[:HISTORY].sum(axis=(0, 1)).astype(np.float64)[:, codes]
    new = score.cells[HISTORY:].sum(axis=(0, 1)).astype(np.float64)[:, codes]
    n0, n1 = old.sum(axis=0), new.sum(axis=0)
    share = old[positive] / np.maximum(n0, 1)
    settled = (n0 >= 5) & ((share < 0.03) | (share > 0.97))
    yes = share > 0.5
    against0 = np.where(yes, n0 - old[positive], old[positive])[settled].sum()
    against1 = np.where(yes, n1 - new[positive], new[positive])[settled].sum()
    total0, total1 = n0[settled].sum(), n1[settled].sum()
    if not total0 or not total1:
        return None
    ups = new[positive][settled & ~yes].sum()
    turned = np.array([ups, against1 - ups]) / np.array(
        [max(n1[settled & side].sum(), 1.0) for side in (~yes, yes)]
    )  # a part of each side's own rows: of a rare class few can be turned
    p0, p1 = float(against0 / total0), float(against1 / total1)
    pooled = (against0 + against1 + 1) / (total0 + total1 + 2)
    error = math.sqrt(pooled * (1 - pooled) * (1 / total0 + 1 / total1))
    return Rule(
        before=p0, during=p1, rows=int(total0 + total1), z=(p1 - p0) / error,
        old=_threshold(evidence, old, positive), new=_threshold(evidence, new, positive),
        one_way=float(turned.max() / turned.sum()) if against1 else 1.0,
        holds=_held_against(evidence, settled=settled, yes=yes),
    )  # fmt: skip


def _held_against(
    evidence: "Traffic", *, settled: "npt.NDArray[np.bool_]", yes: "npt.NDArray[np.bool_]"
) -> float:
    """The part of the extra errors that lies in answers against the rule, by score code in order.

    Had they kept to it, they would be as often wrong as answers of their score were before.
    """
    score, positive = evidence.one("score"), evidence.tallies.positive
    if score is None or positive is None or evidence.extra_errors <= 0:
        return 0.0
    known = score.cells[:, 1:, 1:, score.bins.ascending()].astype(np.float64)
    old, new = known[:HISTORY].sum(axis=0), known[HISTORY:].sum(axis=0)
    usual = 1 - (np.trace(old) + 0.5) / (old.sum(axis=(0, 1)) + 1)
    # Of two classes: the answer that the rule does not give, and whether it was right.
    other = 2 * FIRST + 1 - positive
    said, places = np.where(yes, other, positive) - 1, np.arange(len(yes))
    there = new[:, said, places].sum(axis=0)
    wrong = there - new[said, said, places]
    return float((wrong - there * usual)[settled].sum() / evidence.extra_errors)


def _threshold(evidence: "Traffic", counts: "Floats", positive: int) -> float | None:
    """The score at which the decision most cleanly turns."""
    score = evidence.one("score")
    if score is None:
        return None
    yes, no = counts[positive], counts.sum(axis=0) - counts[positive]
    wrong = np.concatenate([[0.0], np.cumsum(yes)]) + np.concatenate(
        [np.cumsum(no[::-1])[::-1], [0.0]]
    )
    place = int(np.argmin(wrong))
    codes = score.bins.ascending()
    if not 0 < place < len(codes):
        return None
    code = codes[place]
    if code < score.bins.under:
        return float(score.bins.values[code - FIRST])
    edge = code - score.bins.under - 1
    return float(score.bins.edges[edge]) if edge >= 0 else None


def prior_of(evidence: "Traffic") -> Prior | None:
    """The frequencies of the labels before and during."""
    old, new = (part.astype(np.float64) for part in _labelled(evidence))
    n0, n1 = old.sum(axis=1), new.sum(axis=1)
    if n0.sum() < 50 or n1.sum() < 50:
        return None
    p, q = n0 / n0.sum(), n1 / n1.sum()
    code = int(np.argmax(q - p))
    error = math.sqrt(max(p[code] * (1 - p[code]), 1e-9) * (1 / n0.sum() + 1 / n1.sum()))
    swing = _class_swing(evidence, code)
    wrong0 = 1 - np.diagonal(old) / np.maximum(n0, 1)
    mix = float(((q - p) * wrong0).sum() * n1.sum() / max(evidence.extra_errors, 1e-9))
    common = (n0 >= 20) & (n1 >= 20)
    given0, given1 = old / np.maximum(n0, 1)[:, None], new / np.maximum(n1, 1)[:, None]
    off = np.abs(given0 - given1).sum(axis=1) / 2
    off -= by_chance(
        given0, per_row=(1 / np.maximum(n0, 1) + 1 / np.maximum(n1, 1))[:, None], axis=1
    )
    weights = np.where(common, q, 0.0)
    stable = 1 - float((weights * np.maximum(off, 0.0)).sum() / max(weights.sum(), 1e-9))
    return Prior(
        moved=float(np.abs(q - p).sum() / 2), z=float(q[code] - p[code]) / math.hypot(error, swing),
        mix=mix, stable=stable, rows=int(n0.sum() + n1.sum()),
        name=evidence.label.name_of(code + 1), before=float(p[code]), during=float(q[code]),
    )  # fmt: skip


def _labelled(evidence: "Traffic") -> "tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]":
    """Cells of label and prediction before and during, rows without a label left out."""
    old, new = evidence.cells[:HISTORY].sum(axis=0), evidence.cells[HISTORY:].sum(axis=0)
    size = min(old.shape)
    return old[1:size, 1:size], new[1:size, 1:size]


def _class_swing(evidence: "Traffic", code: int) -> float:
    """How far the share of a class swings between spans of the history, beyond chance."""
    rows = evidence.cells[:HISTORY, 1:].sum(axis=2).astype(np.float64)
    n = rows.sum(axis=1)
    share = rows[n > 0, code] / n[n > 0]
    if len(share) < 3:
        return 0.0
    chance = float(np.mean(share * (1 - share) / n[n > 0]))
    return math.sqrt(max(float(np.var(share, ddof=1)) - chance, 0.0))


def relation_of(evidence: "Traffic") -> Relation | None:
    """Errors at equal score, before and during."""
    score = evidence.one("score")
    if score is None or evidence.extra_errors <= 0:
        return None
    old, new = score.over(evidence.before)[:2], score.over(evidence.during)[:2]
    n0, n1 = old.sum(axis=0).astype(np.float64), new.sum(axis=0).astype(np.float64)
    if n1.sum() < 50:
        return None
    rate0 = (old[0] + evidence.error_before) / (n0 + 1)
    rate1 = (new[0] + evidence.error_before) / (n1 + 1)
    expected = float((n1 * rate0).sum())
    extra = float(new[0].sum()) - expected
    sure = rate0 <= np.quantile(np.repeat(rate0, np.maximum(n1, 0).astype(int)), 0.4)
    rise = float((n1 * (rate1 - rate0)).sum() / max((n1 * (1 - 2 * rate0)).sum(), 1.0))
    there = n1[sure] * (rate1 - rate0)[sure]
    flat = float(there.sum() / max((n1[sure] * (1 - 2 * rate0[sure])).sum(), 1.0)) / max(rise, 1e-9)
    return Relation(
        within=extra / evidence.extra_errors, flat=flat, rise=rise,
        z=extra / math.sqrt(max(expected, 1.0)), rows=int(n0.sum() + n1.sum()),
    )  # fmt: skip
