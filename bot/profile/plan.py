"""What is counted: the columns with their roles, and the bins of each, found beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.profile.bins import Bins, Role, distinct_edges
from bot.profile.types import ColumnType, asked_types
from bot.settings import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bot.settings import ModelSettings

QUANTILES = tuple(i / 20 for i in range(1, 20))
SCORE_QUANTILES = tuple(i / 60 for i in range(1, 60))
MOST_VALUES = {"category": 60, "numeric": 32}
MOST_CLASSES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The columns to count, and those that cannot be, with the reason."""

    columns: tuple[Bins, ...]
    skipped: Mapping[str, str]

    def with_bins(self, found: Mapping[str, Bins]) -> "Plan":
        """The same with bins filled in."""
        return replace(self, columns=tuple(found.get(b.name, b) for b in self.columns))


def plan_columns(log: "ir.Table", settings: "ModelSettings", reference: Any) -> Plan:
    """Every column of the log with its roles and kind, without its bins yet."""
    return plan_types(asked_types(log), settings, trained=asked_types(reference))


def plan_types(
    types: Mapping[str, ColumnType], settings: "ModelSettings", *,
    trained: Mapping[str, ColumnType],
) -> Plan:  # fmt: skip
    """The same of columns by their types; `trained` are those of the reference."""
    columns, skipped = [], {}
    for name, roles in _roles(list(types), settings, set(trained)).items():
        kind = types[name]
        if kind.nested:
            skipped[name] = f"its type {kind.name} is nested"
            continue
        numeric = kind.numeric and roles != ("segment",) and roles[0] not in _ALWAYS_CATEGORY
        parsed = kind.text and name in trained and trained[name].numeric
        columns.append(
            Bins(
                name=name,
                kind="numeric" if numeric or parsed else "category",
                roles=roles,
                type=kind.name,
                text=parsed,
            )
        )
    return Plan(columns=tuple(columns), skipped=skipped)


_ALWAYS_CATEGORY = frozenset({"version", "host", "fallback"})


def _roles(
    names: Sequence[str], settings: "ModelSettings", trained: "set[str]"
) -> dict[str, tuple[Role, ...]]:
    predictions = settings.predictions
    given = predictions.columns
    taken = given.taken() | set(predictions.segments)
    features = predictions.features
    if features is None:
        # A segment that the model was trained on is read by it as well.
        read = trained & set(predictions.segments)
        features = tuple(name for name in names if name not in taken or name in read)
    roles: dict[str, list[Role]] = {}
    wanted: list[tuple[str | None, Role]] = [
        *((name, "feature") for name in features),
        *((name, "segment") for name in predictions.segments),
        (given.model_version, "version"), (given.host, "host"), (given.fallback, "fallback"),
        (given.score, "score"), (given.latency_ms, "latency"),
    ]  # fmt: skip
    for name, role in wanted:
        if name is None:
            continue
        if name not in names:
            # A column that a feature or an optional role names may be gone: that is a finding.
            continue
        roles.setdefault(name, []).append(role)
    for name in names:
        if name not in roles and name not in taken:
            roles[name] = ["extra"]
    return {name: tuple(found) for name, found in roles.items()}


def require(log: "ir.Table", settings: "ModelSettings", *, where: str) -> None:
    """Raise `SourceError` where one of the three columns that a diagnosis needs is not there."""
    columns = settings.predictions.columns
    for role in ("time", "prediction", "label"):
        name = getattr(columns, role)
        if name in log.columns:
            continue
        hint = nearest(name, log.columns)
        raise SourceError(f"{where} has no column {name!r} (columns.{role}){hint}")


def numeric_bins(
    bins: Bins, *, quantiles: Sequence[float | None], lowest: float | None,
    highest: float | None, masses: Sequence[str],
) -> Bins:  # fmt: skip
    """Quantile edges between the least and the greatest known value, and the point masses."""
    import math  # noqa: PLC0415 - one function of it

    inner = distinct_edges(quantiles)
    outer = [] if highest is None or lowest is None else [lowest, math.nextafter(highest, math.inf)]
    return replace(bins, edges=distinct_edges([*inner, *outer]), values=tuple(masses))
