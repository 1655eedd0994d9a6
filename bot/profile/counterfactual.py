"""What the model answers where one thing is put back as it was: rows scored again."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.restoring import restore

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.single_rows import Scorer, SingleRows
    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The mean loss of the same rows before and after one thing was put back.

    A loss is 1 for wrong and 0 for right, for regression the absolute error. `recovered` is the
    part of the drop that came back, `low` and `high` its 95 % interval; `part` says what was put
    back: a `feature`, the `version` that the hook serves, or the `former` one.
    """

    part: str
    feature: str | None
    usual: float
    lost: float
    restored: float
    recovered: float
    low: float
    high: float
    rows: int

    @property
    def z(self) -> float:
        """How many standard errors the recovery lies above nothing."""
        return self.recovered / max((self.high - self.low) / 3.92, 1e-9)


def restorations(
    evidence: "Traffic", *, rows: "SingleRows", scorer: "Scorer", former: "Scorer | None",
    features: Sequence[str], most: int,
) -> list[Restored]:  # fmt: skip
    """Score a sample of the incident as it was served, then with one thing put back at a time.

    Raises:
        SourceError: The rows cannot be read, or the model does not answer them.
    """
    columns = evidence.settings.predictions.columns
    names = [column.name for column in evidence.features()]
    wanted = list(dict.fromkeys([*names, columns.label, columns.prediction]))
    usual = rows.sample(wanted, during=False, most=most)
    lost = rows.sample(wanted, during=True, most=most)
    if not usual or not lost:
        return []
    loss = _loss_of(evidence)
    served = _served(evidence)
    base = float(served(usual).mean())
    logged = served(lost)
    asked = [{name: row[name] for name in names} for row in lost]
    again = loss(scorer.score(asked), lost)
    found = [_restored("version", None, base, logged, again)]
    if former is not None:
        found.append(_restored("former", None, base, logged, loss(former.score(asked), lost)))
    for name in features:
        values = restore([row[name] for row in lost], [row[name] for row in usual])
        changed = [row | {name: value} for row, value in zip(asked, values, strict=True)]
        found.append(_restored("feature", name, base, again, loss(scorer.score(changed), lost)))
    return [one for one in found if one is not None]


def _restored(
    part: str, feature: str | None, base: float, lost: "Floats", again: "Floats"
) -> Restored | None:
    """The paired difference of the losses as a part of the drop; None where there is no drop."""
    drop = float(lost.mean()) - base
    spread = float(lost.std(ddof=1)) / math.sqrt(len(lost)) if len(lost) > 1 else math.inf
    if drop <= 2 * spread:
        return None
    gain = lost - again
    recovered = float(gain.mean()) / drop
    error = 1.96 * float(gain.std(ddof=1)) / math.sqrt(len(gain)) / drop
    return Restored(
        part=part, feature=feature, usual=base, lost=float(lost.mean()),
        restored=float(again.mean()), recovered=recovered, low=recovered - error,
        high=recovered + error, rows=len(lost),
    )  # fmt: skip


def _served(evidence: "Traffic") -> "Callable[[Sequence[Row]], Floats]":
    """The loss of what was answered when the rows were served."""
    columns = evidence.settings.predictions.columns
    loss = _loss(evidence)
    return lambda rows: np.array(
        [loss(row[columns.prediction], row[columns.label]) for row in rows]
    )


def _loss_of(evidence: "Traffic") -> "Callable[[Sequence[object], Sequence[Row]], Floats]":
    """The loss of new answers against the labels of the rows."""
    settings = evidence.settings
    label = settings.predictions.columns.label
    loss = _loss(evidence)
    if settings.scoring is None or settings.scoring.returns == "prediction":
        return lambda answers, rows: np.array(
            [loss(answer, row[label]) for answer, row in zip(answers, rows, strict=True)]
        )
    limit = 0.5 if settings.threshold is None else settings.threshold
    positive = spelled(settings.positive)
    return lambda answers, rows: np.array([
        float((_real(answer) >= limit) != (spelled(row[label]) == positive))
        for answer, row in zip(answers, rows, strict=True)
    ])  # fmt: skip


def _loss(evidence: "Traffic") -> Callable[[object, object], float]:
    if evidence.settings.task == "regression":
        return lambda said, true: abs(_real(said) - _real(true))
    return lambda said, true: float(spelled(said) != spelled(true))


def _real(value: object) -> float:
    return float(str(value))


def spelled(value: object) -> str:
    """A class in one spelling: 1, 1.0, true and "1" are the same."""
    if isinstance(value, bool):
        return str(int(value))
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return str(int(number)) if number.is_integer() else str(number)
