"""The training snapshot held against what production served before the incident."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.profile.distance import jensen_shannon

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Features of one side only or of another type, how far the others lie apart, the classes.

    `retyped` are features with the kind they had in training and the kind they are served in.
    `apart` is the Jensen-Shannon distance of each feature, the greatest first.
    """

    unknown: tuple[str, ...]
    unserved: tuple[str, ...]
    retyped: tuple[tuple[str, str, str], ...]
    apart: tuple[tuple[str, float], ...]
    name: str
    trained: float | None
    served: float | None
    rows: int


def training_of(evidence: "Traffic") -> Training | None:
    """The comparison; None without a reference table."""
    schema = evidence.reference_schema
    if schema is None:
        return None
    features = {column.name: column for column in evidence.features()}
    configured = evidence.settings.predictions.features or ()
    apart = [
        (name, jensen_shannon(column.reference, column.over(evidence.before).sum(axis=0)))
        for name, column in features.items()
        if column.reference is not None and column.reference.sum()
    ]
    labels = evidence.reference_labels
    code = evidence.tallies.positive if labels is not None else None
    served = evidence.tallies.confusion[evidence.before].sum(axis=(0, 2))[1:]
    return Training(
        unknown=tuple(name for name in features if name not in schema),
        unserved=tuple(name for name in configured if name not in features),
        retyped=tuple(
            (name, kind_of(schema[name]), kind_of(evidence.schema[name]))
            for name in features
            if name in schema and kind_of(schema[name]) != kind_of(evidence.schema[name])
        ),
        apart=tuple(sorted(apart, key=lambda one: (-one[1], one[0]))),
        name="" if code is None else evidence.label.name_of(code),
        trained=None if code is None or labels is None else _share(labels[1:], code - 1),
        served=None if code is None else _share(served, code - 1),
        rows=evidence.rows_before,
    )


KINDS = {"string": "text", "boolean": "true or false", "date": "date"}


def kind_of(type_: str) -> str:
    """What a type is to a model: whole and broken numbers are one kind, of any width."""
    plain = type_.lstrip("!").partition("(")[0]
    if plain.startswith(("int", "uint", "float", "decimal", "double", "long")):
        return "number"
    return "time" if plain.startswith(("time", "datetime")) else KINDS.get(plain, plain)


def _share(counts: "npt.NDArray[np.int64]", place: int) -> float | None:
    total = counts.sum()
    return float(counts[place] / total) if total else None
