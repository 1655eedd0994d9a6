"""Whether the values of a feature still go with the rest of their rows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.profile.belonging import Loss, loss_of
from bot.profile.joint import STILL, label_tie
from bot.profile.partners import Pairs

if TYPE_CHECKING:
    from bot.profile.columns import Column


def row_loss(pairs: Pairs, column: "Column", *, moved: Mapping[str, float]) -> Loss | None:
    """What a feature lost of its ties to the label and to the features that stayed as they were.

    None where no tie is close enough to tell. `moved` is how many rows of each chosen feature went
    to other bins; a feature that changed itself says nothing of its partners.
    """
    ties = [label_tie(column)]
    for (one, other), tie in pairs.items():
        if column.name in (one, other):
            partner = other if one == column.name else one
            if moved.get(partner, 0.0) <= STILL:
                ties.append(tie)
    return loss_of(ties)
