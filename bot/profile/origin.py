"""Whose rows the values have that came more often: such rows as always had them, or others'."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.distance import by_chance
from bot.profile.replaced import labels_by_code, scaled
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.joint import Joint

    Floats = npt.NDArray[np.float64]

PARTS = np.linspace(0.0, 1.0, 11)
"""The parts of own rows that are tried."""

PULLED = 20
"""What few rows of a value go with is pulled to what all go with, as if so many rows of it were."""

TELLS = 5.0
"""The log likelihood ratio that is to be expected of a table that tells whose rows came."""

SURE = 20.0
"""The same of all tables together, from which the answer holds."""

MOST = 0.75
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Of the rows that came to the values of a column beyond usual, the part that is their own.

    `own` is the likeliest part, by what labels and other features go with the values: 1 where as
    always, 0 where it is what goes with the values that lost rows. `sure` is the log likelihood
    ratio of all against none that is to be expected where it is 1. `turned` is how many labels
    changed at equal values, for each row that came to another value.
    """

    own: float
    sure: float
    turned: float = 0.0

    @property
    def genuine(self) -> bool:
        """Whether other rows came, each with its own value: the world, and no wrong value."""
        return self.own >= MOST and self.sure >= SURE and self.turned <= HALF


def origin_of(column: "Column", joint: "Joint | None") -> Origin | None:
    """By the labels, and by all other features together; the lower of the two, where both tell."""
    labels = _told(*labels_by_code(column))
    others = [one for table in _partners(column, joint) if (one := _told(*table)) is not None]
    told = [] if labels is None else [labels]
    if others:
        # Features that go with each other say the same again: they count as one of them.
        sure = float(np.mean([one.sure for one in others]))
        parts = [one.own * one.sure for one in others]
        told.append(Origin(own=float(np.mean(parts)) / sure, sure=sure))
    if not told:
        return None
    return Origin(
        own=min(one.own for one in told), sure=sum(one.sure for one in told),
        turned=_turned(*labels_by_code(column)),
    )  # fmt: skip


def _partners(column: "Column", joint: "Joint | None") -> "Iterator[tuple[Floats, Floats]]":
    """Rows by the code of another feature and of this one, before and during."""
    if joint is None:
        return
    for names, table in joint.pairs.items():
        if column.name in names:
            by = np.swapaxes(table, 1, 2) if names[0] == column.name else table
            yield by[:HISTORY].sum(axis=0).astype(float), by[HISTORY:].sum(axis=0).astype(float)


def _turned(old: "Floats", new: "Floats") -> float:
    """How many labels changed at equal values, beyond chance, for each row that changed values."""
    n0, n1 = np.maximum(old.sum(axis=0), 1), np.maximum(new.sum(axis=0), 1)
    given = old / n0
    turned = np.abs(given - new / n1).sum(axis=0) / 2
    turned -= by_chance(given, per_row=1 / n0 + 1 / n1, axis=0)
    full = (n0 >= PULLED) & (n1 >= 5)
    moved = float(np.abs(scaled(n0) - scaled(n1)).sum() / 2)
    return max(float((scaled(n1) * turned)[full].sum()), 0.0) / max(moved, 1e-9)


def _told(old: "Floats", new: "Floats") -> Origin | None:
    """What one table, [what goes with it, code], tells; None where it hardly tells anything.

    The part is asked for value by value, those that tell more counting more: rows of another unit
    have what goes with a third value, which is like neither at some values and like both at others.
    """
    before, during = old.sum(axis=0), new.sum(axis=0)
    if before.sum() < 200 or during.sum() < 50:
        return None
    share, now = before / before.sum(), during / during.sum()
    error = np.sqrt(share * (1 - share) * (1 / during.sum() + 1 / before.sum()))
    moved = now - share
    came = (moved > 2 * error) & (during >= 10)
    known = came & (before >= PULLED)
    left = np.where(moved < -error, -moved, 0.0)
    if not left.sum() or moved[known].sum() < 0.5 * moved[came].sum() or not known.any():
        return None  # where hardly any row had the values before, nothing goes with them as always
    fit = (old + PULLED * scaled(old.sum(axis=1) + 0.5)[:, None]) / (before + PULLED)
    others = scaled((fit * left).sum(axis=1))
    own, sure = 0.0, 0.0
    for code in np.flatnonzero(known):
        foreign = (1 - PARTS) * moved[code] / now[code]
        mixed = np.log((1 - foreign)[:, None] * fit[:, code] + foreign[:, None] * others)
        power = float(during[code] * (fit[:, code] * (mixed[-1] - mixed[0])).sum())
        own += power * float(PARTS[int(np.argmax(mixed @ new[:, code]))])
        sure += power
    return Origin(own=own / sure, sure=sure) if sure >= TELLS else None
