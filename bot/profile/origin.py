"""Whose rows the values have that came more often: such rows as always had them, or others'."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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

NEARLY_ALL = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Of the rows that came to the values of a column beyond usual, the part that is their own.

    `own` is the likeliest part, by what labels and other features go with the values: 1 where as
    always, 0 where it is what goes with the values that lost rows. `sure` is the log likelihood
    ratio of all against none that is to be expected where it is 1.
    """

    own: float
    sure: float

    @property
    def genuine(self) -> bool:
        """Whether other rows came, each with its own value: the world, and no wrong value."""
        return self.own >= NEARLY_ALL and self.sure >= SURE


def origin_of(column: "Column", joint: "Joint | None") -> Origin | None:
    """By the labels, and by all other features together; the lower of the two, where both tell."""
    labels = _likelihood(*labels_by_code(column))
    others = [one for table in _partners(column, joint) if (one := _likelihood(*table)) is not None]
    others = [one for one in others if one[1] >= TELLS]
    told = [] if labels is None or labels[1] < TELLS else [labels]
    if others:
        # Features that go with each other say the same again: they count as one of them.
        curves, powers = zip(*others, strict=True)
        told.append((np.mean(curves, axis=0), float(np.mean(powers))))
    if not told:
        return None
    return Origin(
        own=min(float(PARTS[int(np.argmax(curve))]) for curve, _ in told),
        sure=sum(power for _, power in told),
    )  # fmt: skip


def _partners(column: "Column", joint: "Joint | None") -> "Iterator[tuple[Floats, Floats]]":
    """Rows by the code of another feature and of this one, before and during."""
    if joint is None:
        return
    for names, table in joint.pairs.items():
        if column.name in names:
            by = np.swapaxes(table, 1, 2) if names[0] == column.name else table
            yield by[:HISTORY].sum(axis=0).astype(float), by[HISTORY:].sum(axis=0).astype(float)


def _likelihood(old: "Floats", new: "Floats") -> "tuple[Floats, float] | None":
    """Log likelihood by the part of own rows, and what it gains from none to all if all are.

    What goes with the values, [other, code]. Whatever became more frequent in all rows alike is
    allowed for by the rows of the values that did not gain.
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
    average = scaled(old.sum(axis=1) + 0.5)
    fit = (old + PULLED * average[:, None]) / (before + PULLED)
    tilt = (new[:, ~came].sum(axis=1) + 5) / ((fit * during)[:, ~came].sum(axis=1) + 5)
    others = scaled((fit * left).sum(axis=1) * tilt)
    curve, power = np.zeros(len(PARTS)), 0.0
    for code in np.flatnonzero(known):
        own = scaled(fit[:, code] * tilt)
        foreign = (1 - PARTS) * moved[code] / now[code]
        mixed = (1 - foreign)[:, None] * own + foreign[:, None] * others
        curve += np.log(mixed) @ new[:, code]
        power += float(during[code] * (own * np.log(own / mixed[0])).sum())
    return curve - curve[0], power
