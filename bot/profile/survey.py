"""The first, small look: which values are common, where the quantiles lie, which classes exist."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.profile.bins import Bins
from bot.profile.coding import finite, moment, number, seconds
from bot.profile.plan import (
    MOST_CLASSES,
    MOST_VALUES,
    QUANTILES,
    SCORE_QUANTILES,
    Plan,
    numeric_bins,
)
from bot.profile.values import common_values, quantiles

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bot.profile.engine import Engine
    from bot.profile.log import Log

Common = Mapping[str, list[tuple[str, int, int]]]
"""Common values of a column: the value as text, rows, and rows of the last tenth of the time."""


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


def survey(log: "Log", plan: Plan, engine: "Engine", reference: "ir.Table | None") -> Survey:
    """Find the bins of every column on the log and the reference."""
    columns = log.settings.predictions.columns
    classes = [] if log.settings.task == "regression" else [columns.label, columns.prediction]
    table = log.sample(engine)
    rows = log.rows
    if table is not log.table:
        ((rows,),) = engine.rows(table.aggregate(n=table.count()))
    common = _common(log, table, plan, engine, classes, rows=int(rows))
    numbers = _numbers(log, table, plan, engine, reference)
    found = {}
    for bins in plan.columns:
        values = _chosen(bins, common.get(bins.name, []), int(rows))
        if bins.kind == "numeric":
            inner, lowest, highest = numbers[bins.name]
            found[bins.name] = numeric_bins(
                bins, quantiles=inner, lowest=lowest, highest=highest, masses=values
            )
        else:
            found[bins.name] = Bins(
                name=bins.name, kind=bins.kind, roles=bins.roles, type=bins.type, values=values
            )
    label, prediction, positive = _classes(log, common, numbers)
    return Survey(
        plan=plan.with_bins(found), label=label, prediction=prediction, positive=positive,
        quantiles={name: inner for name, (inner, _, _) in numbers.items()},
        tolerance=numbers["plummet_error"][0][-4] if log.settings.task == "regression" else None,
    )  # fmt: skip


def _common(
    log: "Log",
    table: "ir.Table",
    plan: Plan,
    engine: "Engine",
    classes: list[str],
    *,
    rows: int,
) -> Common:
    """Values that are common enough to have a code, over the whole log or over its end."""
    late = _clock(log, table) >= log.last - (log.last - log.first) // 10
    names = list(dict.fromkeys([bins.name for bins in plan.columns] + classes))
    least = max(3, rows // 20_000)
    found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    schema = table.schema()
    numeric = {name for name in names if schema[name].is_numeric()}
    for name, value, held, recent in common_values(engine, table, names, late=late, least=least):
        spelled = _canonical(value) if name in numeric else value
        found[name].append((spelled, held, recent))
    return {name: sorted(rows, key=lambda r: (-r[1], r[0])) for name, rows in found.items()}


def _clock(log: "Log", table: "ir.Table") -> Any:
    return seconds(moment(table[log.settings.predictions.columns.time]))


def _canonical(value: str) -> str:
    """One spelling of a number: 1, not 1.0."""
    whole = float(value)
    return str(int(whole)) if whole == whole // 1 and abs(whole) < 1e15 else repr(whole)


def _chosen(bins: Bins, common: list[tuple[str, int, int]], rows: int) -> tuple[str, ...]:
    """The values that get a code of their own: the commonest, and those that came lately."""
    most = MOST_VALUES[bins.kind]
    if bins.kind == "numeric":
        floor = rows / 300
        common = [c for c in common if (c[1] >= floor or c[2] >= floor / 4) and _is_number(c[0])]
    recent = sorted(common, key=lambda c: (-c[2], c[0]))[: most // 4]
    picked = common[: most - len(recent)] + recent
    unique = list(dict.fromkeys(value for value, _, _ in picked))
    return tuple(sorted(unique, key=float) if bins.kind == "numeric" else unique)


def _is_number(value: str) -> bool:
    try:
        return float(value) == float(value)
    except ValueError:
        return False


def _numbers(
    log: "Log", table: "ir.Table", plan: Plan, engine: "Engine", reference: "ir.Table | None"
) -> dict[str, tuple[list[float | None], float | None, float | None]]:
    """Quantiles of each number over the first half; its range over that and the reference."""
    early = table.filter(_clock(log, table) < (log.first + log.last) // 2)
    numeric = [bins for bins in plan.columns if bins.kind == "numeric"]
    names = {bins.name: bins.roles for bins in numeric}
    if log.settings.task == "regression":
        columns = log.settings.predictions.columns
        early = early.mutate(
            plummet_error=(number(early[columns.prediction]) - number(early[columns.label])).abs()
        )
        names |= {"plummet_error": ("extra",), columns.label: ("label",)}
    found = {}
    for name, levels in quantiles(
        engine,
        early,
        {name: finite(number(early[name])) for name in names},
        {name: SCORE_QUANTILES if "score" in roles else QUANTILES for name, roles in names.items()},
    ).items():
        *inner, lowest, highest = levels
        found[name] = (inner, lowest, highest)
    if reference is not None:
        shared = [bins.name for bins in numeric if bins.name in reference.columns]
        values = {name: finite(number(reference[name])) for name in shared}
        ends = quantiles(engine, reference, values, dict.fromkeys(shared, ()))
        for name, (lowest, highest) in ends.items():
            inner, low, high = found[name]
            found[name] = (inner, _least(low, lowest), _most(high, highest))
    return found


def _least(one: float | None, other: float | None) -> float | None:
    return min((v for v in (one, other) if v is not None), default=None)


def _most(one: float | None, other: float | None) -> float | None:
    return max((v for v in (one, other) if v is not None), default=None)


def _classes(
    log: "Log", common: Common, numbers: Mapping[str, Any]
) -> tuple[Bins, Bins, int | None]:
    """The same codes for label and prediction, and the code of the positive class."""
    columns, task = log.settings.predictions.columns, log.settings.task
    types = {name: str(log.table[name].type()) for name in (columns.label, columns.prediction)}

    def bins(name: str, **codes: Any) -> Bins:
        role: Any = "label" if name == columns.label else "prediction"
        return Bins(name=name, roles=(role,), type=types[name], **codes)

    if task == "regression":
        edges = tuple(sorted({q for q in numbers[columns.label][0][3::4] if q is not None}))
        made = (bins(name, kind="numeric", edges=edges) for name in types)
        return next(made), next(made), None
    rows: dict[str, int] = defaultdict(int)
    for name in types:
        for value, count, _ in common.get(name, []):
            rows[value] += count
    values = sorted(sorted(rows, key=lambda v: (-rows[v], v))[:MOST_CLASSES])
    positive = None
    if task == "binary":
        wanted = _positive(log, values)
        values = [*(v for v in values if v != wanted), wanted]
        positive = 3 + len(values) - 1
    made = (bins(name, kind="category", values=tuple(values)) for name in types)
    return next(made), next(made), positive


def _positive(log: "Log", values: list[str]) -> str:
    """The positive class as our bins spell it; without one configured, the last in order."""
    given = log.settings.positive
    if given is None:
        return values[-1] if values else "1"
    spelled = {"true": "1", "True": "1", "false": "0", "False": "0"}
    word = str(int(given)) if isinstance(given, bool) else str(given)
    if word in values or not values:
        return word
    if _is_number(word) and float(word) == float(word) // 1:
        return str(int(float(word)))
    return spelled.get(word, word)
