"""How frequent each class was in the training data."""

from typing import TYPE_CHECKING, Any

from bot.profile.coding import code
from bot.profile.engine import Engine
from bot.sources import Sources

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.scan import Scan

    Counts = npt.NDArray[Any]


def training_labels(sources: Sources, result: "Scan", reference: Any) -> "Counts | None":
    """Rows of the reference by the code of their label; None where it has no label."""
    import numpy as np  # noqa: PLC0415 - beside the scan, which has imported it

    found = result.log.settings
    if reference is None or found.reference is None or found.task == "regression":
        return None
    names = (found.predictions.columns.label, "label")
    name = next((name for name in names if name in reference.columns), None)
    if name is None:
        return None
    base = reference.select(label=code(reference[name], result.survey.label))
    engine = Engine(sources.engine(found.reference.source))
    counts = np.zeros(result.survey.label.size, dtype=np.int64)
    for place, rows in engine.rows(base.group_by("label").aggregate(n=base.count())):
        counts[int(place)] = int(rows)
    return counts
