"""Whether harm is shown: the metric fell, of all traffic or of one part of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.columns import RIGHT, WRONG
from bot.profile.windows import HISTORY, INCIDENT

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

LABELLED = 50
"""Fewer labelled rows than this, before or during, say nothing about a metric."""

SURE = 3.5
"""Student's t with `HISTORY` - 1 degrees of freedom that chance exceeds in one of 200 windows.

A slice has two chances, one for each half of the incident in which it may be noticed: together
chance confirms one in a hundred windows, a third of the false alarms that are allowed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FallenPart:
    """A slice that did worse than its own history while the rest did not, twice over.

    `before` and `during` are its share of wrong among labelled rows, `z` what the half of the
    incident says in which it was not noticed first.
    """

    segment: dict[str, str]
    before: float
    during: float
    rows: int
    z: float


def fell(evidence: "Traffic", *, least: float = 0.005, sure: float = 3.0) -> bool:
    """Whether the metric, recomputed from rows, fell by more than its history explains.

    `least` is the smallest fall that counts, in parts of the metric where it exceeds 1; `sure` the
    log likelihood ratio, after over-dispersion.
    """
    tallies, change = evidence.tallies, evidence.windows.change
    before, during = tallies.value(evidence.before), tallies.value(evidence.during)
    if before is None or during is None or change is None or change.strength < sure:
        return False
    return tallies.worse(before, during) >= least * max(1.0, abs(before))


def fallen_part(evidence: "Traffic", *, sure: float = SURE) -> FallenPart | None:
    """The slice noticed in one half of the incident and confirmed in the other; None without."""
    splits = list(_splits(evidence))
    found = noticed_twice([counts for _, counts in splits], sure=sure)
    if found is None:
        return None
    names, counts = splits[found.split]
    here = counts.reshape(*counts.shape[:2], -1)
    here = here[:, :, np.ravel_multi_index(found.codes, counts.shape[2:])]
    wrong, known = here[:, WRONG], here[:, WRONG] + here[:, RIGHT]
    return FallenPart(
        segment={
            name: evidence.columns[name].bins.name_of(code)
            for name, code in zip(names, found.codes, strict=True)
        },
        before=float(wrong[:HISTORY].sum() / known[:HISTORY].sum()),
        during=float(wrong[HISTORY:].sum() / known[HISTORY:].sum()),
        rows=int(known[HISTORY:].sum()),
        z=found.z,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """A slice by its split and codes; `z` is from the half in which it was not noticed first."""

    split: int
    codes: tuple[int, ...]
    z: float


def noticed_twice(splits: "Sequence[Counts]", *, sure: float = SURE) -> Noticed | None:
    """The slice that stands out in one half of the incident, and by `sure` in the other.

    Each split is [epoch, outcome, code, ...]. Of many slices one always looks bad: it is therefore
    chosen by one half alone, and the other half tests that one slice only, once each way round.
    """
    found = []
    scores = [_stands_out(counts) for counts in splits]
    for first, second in ((HISTORY, HISTORY + 1), (HISTORY + 1, HISTORY)):
        place = max(range(len(scores)), key=lambda at: scores[at][first].max(), default=None)
        if place is None:
            return None
        code = int(scores[place][first].argmax())
        z = float(scores[place].reshape(len(scores[place]), -1)[second, code])
        if scores[place][first].max() > 0 and z >= sure:
            codes = np.unravel_index(code, scores[place].shape[1:])
            found.append(Noticed(split=place, codes=tuple(int(each) for each in codes), z=z))
    return max(found, key=lambda one: one.z, default=None)


def _splits(evidence: "Traffic") -> "Iterator[tuple[tuple[str, ...], Counts]]":
    epochs = evidence.windows.epochs()
    # A version is no part of the traffic, but what may be wrong with it.
    versions = {column.name for column in evidence.having("version")}
    for column in evidence.columns.values():
        if {"segment", "host"} & set(column.bins.roles) and column.name not in versions:
            counts = [column.over(epochs == epoch) for epoch in range(HISTORY + INCIDENT)]
            yield (column.name,), np.stack(counts)
    for key, counted in evidence.pairs.items():
        if not versions & set(key):
            yield key, counted


def _stands_out(counts: "Counts") -> "Floats":
    """How many standard errors each slice's gap to the rest lies above its usual one, by epoch.

    Held against the rest, so that what comes and goes for all is no slice's fall. The standard
    error is that of the rows, and on top what the gap varies between epochs of the history beyond
    its rows (a random effect, by moments: DerSimonian and Laird 1986).
    """
    wrong, known = (
        part.astype(np.float64) for part in (counts[:, WRONG], counts[:, WRONG] + counts[:, RIGHT])
    )
    slices = tuple(range(1, wrong.ndim))
    other_wrong = wrong.sum(axis=slices, keepdims=True) - wrong
    other = known.sum(axis=slices, keepdims=True) - known
    gap = wrong / np.maximum(known, 1) - other_wrong / np.maximum(other, 1)
    chance = _variance(wrong, known) + _variance(other_wrong, other)
    full = (known >= LABELLED) & (other >= LABELLED)
    weight = np.where(full, 1 / np.maximum(chance, 1e-12), 0.0)[:HISTORY]
    total = np.maximum(weight.sum(axis=0), 1e-12)
    usual = (weight * gap[:HISTORY]).sum(axis=0) / total
    excess = (weight * (gap[:HISTORY] - usual) ** 2).sum(axis=0) - (HISTORY - 1)
    scale = np.maximum(total - (weight**2).sum(axis=0) / total, 1e-12)
    between = np.maximum(excess / scale, 0.0)
    error = np.sqrt(chance + between * (1 + 1 / HISTORY) + 1 / total)
    # Only values of their own, and only where each epoch has labels enough.
    seen = full & full[:HISTORY].all(axis=0)
    for axis in slices:
        seen &= np.expand_dims(
            np.arange(seen.shape[axis]) >= FIRST, [a for a in range(seen.ndim) if a != axis]
        )
    return np.where(seen, (gap - usual) / error, -np.inf)


def _variance(wrong: "Floats", known: "Floats") -> "Floats":
    """Of a share in each epoch, with the rate of the history pulled a little towards a half."""
    rate = (wrong[:HISTORY].sum(axis=0) + 1) / (known[:HISTORY].sum(axis=0) + 2)
    found: Floats = rate * (1 - rate) / np.maximum(known, 1)
    return found
