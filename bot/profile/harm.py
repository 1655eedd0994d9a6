"""Whether harm is shown: the metric fell, of all traffic or of one part of it."""

from collections.abc import Iterator
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


def fell(evidence: "Traffic", *, least: float = 0.005, sure: float = 4.0) -> bool:
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
    """The slice noticed in one half of the incident and confirmed in the other; None without one.

    Of many slices one always looks bad. It is therefore chosen on one half alone, and the other
    half tests that one slice only, once each way round. Held against the rest of the traffic, so
    that what comes and goes for all is no slice's fall.
    """
    slices = list(_slices(evidence))
    if not slices:
        return None
    halves = range(HISTORY, HISTORY + INCIDENT)
    found = []
    for noticed in halves:
        place, code = max(
            ((place, int(one.z[noticed].argmax())) for place, one in enumerate(slices)),
            key=lambda each: slices[each[0]].z[noticed, each[1]],
        )
        others = [half for half in halves if half != noticed]
        part = slices[place]
        again = min(float(part.z[half, code]) for half in others)
        if part.z[noticed, code] > 0 and again >= sure:
            found.append((again, part, code))
    if not found:
        return None
    z, part, code = max(found, key=lambda one: one[0])
    return _named(evidence, part, code, z)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slices:
    """Wrong and labelled rows by epoch and slice of one split, and how far each stands out."""

    names: tuple[str, ...]
    shape: tuple[int, ...]
    wrong: "Floats"
    known: "Floats"
    z: "Floats"


def _slices(evidence: "Traffic") -> Iterator[_Slices]:
    epochs = evidence.windows.epochs()
    # A version is no part of the traffic, but what may be wrong with it.
    versions = {column.name for column in evidence.having("version")}
    for column in evidence.columns.values():
        if {"segment", "host"} & set(column.bins.roles) and column.name not in versions:
            counts = np.stack([column.over(epochs == e) for e in range(HISTORY + INCIDENT)])
            yield _held((column.name,), counts)
    for key, counts in evidence.pairs.items():
        if not versions & set(key):
            yield _held(key, counts)


def _held(names: tuple[str, ...], counts: "Counts") -> _Slices:
    shape = counts.shape[2:]
    flat = counts.reshape(*counts.shape[:2], -1).astype(np.float64)
    wrong, known = flat[:, WRONG], flat[:, WRONG] + flat[:, RIGHT]
    named = np.all(np.array(np.unravel_index(np.arange(flat.shape[2]), shape)) >= FIRST, axis=0)
    return _Slices(
        names=names, shape=shape, wrong=wrong, known=known, z=_stands_out(wrong, known, named)
    )


def _stands_out(wrong: "Floats", known: "Floats", named: "npt.NDArray[np.bool_]") -> "Floats":
    """How many standard errors each slice's gap to the rest lies above its usual one, by epoch.

    The standard error is that of the rows, and on top what the gap varies between epochs of the
    history beyond its rows (a random effect, by moments: DerSimonian and Laird 1986).
    """
    other_wrong, other = wrong.sum(axis=1)[:, None] - wrong, known.sum(axis=1)[:, None] - known
    gap = wrong / np.maximum(known, 1) - other_wrong / np.maximum(other, 1)
    chance = _variance(wrong, known) + _variance(other_wrong, other)
    full = (known >= LABELLED) & (other >= LABELLED) & named
    old, weight = gap[:HISTORY], np.where(full, 1 / np.maximum(chance, 1e-12), 0.0)[:HISTORY]
    total = np.maximum(weight.sum(axis=0), 1e-12)
    usual = (weight * old).sum(axis=0) / total
    excess = (weight * (old - usual) ** 2).sum(axis=0) - (full[:HISTORY].sum(axis=0) - 1)
    scale = np.maximum(total - (weight**2).sum(axis=0) / total, 1e-12)
    between = np.maximum(excess / scale, 0.0)
    error = np.sqrt(chance + between * (1 + 1 / HISTORY) + 1 / total)
    seen = full & full[:HISTORY].all(axis=0)
    return np.where(seen, (gap - usual) / error, -np.inf)


def _variance(wrong: "Floats", known: "Floats") -> "Floats":
    """Of a share in each epoch, with the rate of the history pulled a little towards a half."""
    rate = (wrong[:HISTORY].sum(axis=0) + 1) / (known[:HISTORY].sum(axis=0) + 2)
    found: Floats = rate * (1 - rate) / np.maximum(known, 1)
    return found


def _named(evidence: "Traffic", part: _Slices, code: int, z: float) -> FallenPart:
    codes = np.unravel_index(code, part.shape)
    wrong, known = part.wrong[:, code], part.known[:, code]
    return FallenPart(
        segment={
            name: evidence.columns[name].bins.name_of(int(each))
            for name, each in zip(part.names, codes, strict=True)
        },
        before=float(wrong[:HISTORY].sum() / known[:HISTORY].sum()),
        during=float(wrong[HISTORY:].sum() / known[HISTORY:].sum()),
        rows=int(known[HISTORY:].sum()), z=z,
    )  # fmt: skip
