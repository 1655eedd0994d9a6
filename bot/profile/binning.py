"""Bins from a first, small look: common values, quantiles, and the classes that exist."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.profile.bins import Bins
from bot.profile.plan import (
    MOST_CLASSES,
    MOST_VALUES,
    QUANTILES,
    SCORE_QUANTILES,
    Plan,
    numeric_bins,
)

if TYPE_CHECKING:
    from bot.settings import ModelSettings

Common = Mapping[str, list[tuple[str, int, int]]]
"""Common values of a column: the value as text, rows, and rows of the last tenth of the time."""

Levels = tuple[float, ...]
Ends = tuple[float | None, float | None]

ERROR = "plummet_error"
"""What a regression is wrong by, among the names of the columns whose quantiles are asked."""


class Look(Protocol):
    """The rows on which bins are found: all, or a sample that is spread over the time."""

    @property
    def rows(self) -> int:
        """How many they are."""

    @property
    def types(self) -> Mapping[str, str]:
        """The type of each column."""

    def common(self, least: Mapping[str, int]) -> list[tuple[str, str, int, int]]:
        """Values with at least so many rows, by column: it, value, rows, rows of the last tenth."""

    def quantiles(self, levels: Mapping[str, Levels]) -> dict[str, list[float | None]]:
        """Of each finite number over the first half its quantiles, its least and its greatest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The plan with its bins, the classes, and for regression the largest error that is usual."""

    plan: Plan
    label: Bins
    prediction: Bins
    positive: int | None
    tolerance: float | None
    quantiles: Mapping[str, list[float | None]]
    """Of each number over the first half of the time."""


def find_bins(
    settings: "ModelSettings", plan: Plan, look: Look, *, known: Mapping[str, Ends]
) -> Survey:
    """The bins of every column; `known` are the ends that numbers have in the reference."""
    common = _common(settings, plan, look)
    numbers = _numbers(settings, plan, look, known)
    found = {}
    for bins in plan.columns:
        values = _chosen(bins, common.get(bins.name, []), look.rows)
        if bins.kind == "numeric":
            inner, lowest, highest = numbers[bins.name]
            found[bins.name] = numeric_bins(
                bins, quantiles=inner, lowest=lowest, highest=highest, masses=values
            )
        else:
            found[bins.name] = Bins(
                name=bins.name, kind=bins.kind, roles=bins.roles, type=bins.type, values=values
            )
    label, prediction, positive = _classes(settings, look.types, common, numbers)
    return Survey(
        plan=plan.with_bins(found), label=label, prediction=prediction, positive=positive,
        quantiles={name: inner for name, (inner, _, _) in numbers.items()},
        tolerance=numbers[ERROR][0][-4] if settings.task == "regression" else None,
    )  # fmt: skip


def _common(settings: "ModelSettings", plan: Plan, look: Look) -> Common:
    """Values that are common enough to have a code, over the whole log or over its end."""
    columns = settings.predictions.columns
    classes = [] if settings.task == "regression" else [columns.label, columns.prediction]
    few = max(3, look.rows // 20_000)
    least = dict.fromkeys(classes, few) | {
        # A mass is of no use with fewer rows than make one of the end.
        bins.name: few if bins.kind == "category" else max(few, math.ceil(_floor(look.rows) / 4))
        for bins in plan.columns if bins.name not in classes
    }  # fmt: skip
    found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    numeric = {name for name in least if look.types[name].lstrip("!").startswith(_NUMERIC)}
    for name, value, held, recent in look.common(least):
        spelled = _canonical(value) if name in numeric else value
        found[name].append((spelled, held, recent))
    return {name: sorted(rows, key=lambda r: (-r[1], r[0])) for name, rows in found.items()}


_NUMERIC = ("int8", "int16", "int32", "int64", "uint", "float", "decimal")


def _canonical(value: str) -> str:
    """One spelling of a number: 1, not 1.0."""
    whole = float(value)
    return str(int(whole)) if whole == whole // 1 and abs(whole) < 1e15 else repr(whole)


def _chosen(bins: Bins, common: list[tuple[str, int, int]], rows: int) -> tuple[str, ...]:
    """The values that get a code of their own: the commonest, and those that came lately."""
    most = MOST_VALUES[bins.kind]
    if bins.kind == "numeric":
        floor = _floor(rows)
        common = [c for c in common if (c[1] >= floor or c[2] >= floor / 4) and _is_number(c[0])]
    recent = sorted(common, key=lambda c: (-c[2], c[0]))[: most // 4]
    picked = common[: most - len(recent)] + recent
    unique = list(dict.fromkeys(value for value, _, _ in picked))
    return tuple(sorted(unique, key=float) if bins.kind == "numeric" else unique)


def _floor(rows: int) -> float:
    """The rows of a point mass."""
    return rows / 300


def _is_number(value: str) -> bool:
    try:
        return float(value) == float(value)
    except ValueError:
        return False


def _numbers(
    settings: "ModelSettings", plan: Plan, look: Look, known: Mapping[str, Ends]
) -> dict[str, tuple[list[float | None], float | None, float | None]]:
    """Quantiles of each number over the first half; its range over that and the reference."""
    names = {bins.name: bins.roles for bins in plan.columns if bins.kind == "numeric"}
    if settings.task == "regression":
        names |= {ERROR: ("extra",), settings.predictions.columns.label: ("label",)}
    found = {}
    for name, levels in look.quantiles(
        {name: SCORE_QUANTILES if "score" in roles else QUANTILES for name, roles in names.items()}
    ).items():
        *inner, low, high = levels
        lowest, highest = known.get(name, (None, None))
        found[name] = (inner, _least(low, lowest), _most(high, highest))
    return found


def _least(one: float | None, other: float | None) -> float | None:
    return min((v for v in (one, other) if v is not None), default=None)


def _most(one: float | None, other: float | None) -> float | None:
    return max((v for v in (one, other) if v is not None), default=None)


def _classes(
    settings: "ModelSettings", types: Mapping[str, str], common: Common, numbers: Mapping[str, Any]
) -> tuple[Bins, Bins, int | None]:
    """The same codes for label and prediction, and the code of the positive class."""
    columns, task = settings.predictions.columns, settings.task
    named = columns.label, columns.prediction

    def bins(name: str, **codes: Any) -> Bins:
        role: Any = "label" if name == columns.label else "prediction"
        return Bins(name=name, roles=(role,), type=types[name], **codes)

    if task == "regression":
        edges = tuple(sorted({q for q in numbers[columns.label][0][3::4] if q is not None}))
        made = (bins(name, kind="numeric", edges=edges) for name in named)
        return next(made), next(made), None
    rows: dict[str, int] = defaultdict(int)
    for name in named:
        for value, count, _ in common.get(name, []):
            rows[value] += count
    values = sorted(sorted(rows, key=lambda v: (-rows[v], v))[:MOST_CLASSES])
    positive = None
    if task == "binary":
        wanted = _positive(settings, values)
        values = [*(v for v in values if v != wanted), wanted]
        positive = 3 + len(values) - 1
    made = (bins(name, kind="category", values=tuple(values)) for name in named)
    return next(made), next(made), positive


def _positive(settings: "ModelSettings", values: list[str]) -> str:
    """The positive class as our bins spell it; without one configured, the last in order."""
    given = settings.positive
    if given is None:
        return values[-1] if values else "1"
    spelled = {"true": "1", "True": "1", "false": "0", "False": "0"}
    word = str(int(given)) if isinstance(given, bool) else str(given)
    if word in values or not values:
        return word
    if _is_number(word) and float(word) == float(word) // 1:
        return str(int(float(word)))
    return spelled.get(word, word)
