"""What is counted: the columns with their roles, and the bins of each, found beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.profile.bins import Bins, Role, distinct_edges
from bot.settings import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bot.settings import ModelSettings

QUANTILES = tuple(i / 20 for i in range(1, 20))
SCORE_QUANTILES = tuple(i / 60 for i in range(1, 60))
MOST_VALUES = {"category": 60, "numeric": 32}
MOST_CLASSES = 12
NESTED = "array map struct json binary geospatial interval uuid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The columns to count, and those that cannot be, with the reason."""

    columns: tuple[Bins, ...]
    skipped: Mapping[str, str]

    def with_bins(self, found: Mapping[str, Bins]) -> "Plan":
        """The same with bins filled in."""
        return replace(self, columns=tuple(found.get(b.name, b) for b in self.columns))


def plan_columns(log: "ir.Table", settings: "ModelSettings", reference: Any) -> Plan:
    """Every column of the log with its roles and kind, without its bins yet.

    Raises:
        SourceError: A configured column is not in the log; names the nearest one.
    """
    schema = log.schema()
    columns, skipped = [], {}
    for name, roles in _roles(schema.names, settings, reference).items():
        kind = schema[name]
        if _nested(kind):
            skipped[name] = f"its type {kind} is nested"
            continue
        numeric = kind.is_numeric() and roles != ("segment",) and roles[0] not in _ALWAYS_CATEGORY
        known = reference.schema() if reference is not None else {}
        parsed = kind.is_string() and name in known and known[name].is_numeric()
        columns.append(
            Bins(
                name=name,
                kind="numeric" if numeric or parsed else "category",
                roles=roles,
                type=str(kind),
                text=parsed,
            )
        )
    return Plan(columns=tuple(columns), skipped=skipped)


_ALWAYS_CATEGORY = frozenset({"version", "host", "fallback"})


def _nested(kind: Any) -> bool:
    return any(getattr(kind, f"is_{word}", lambda: False)() for word in NESTED.split())


def _roles(
    names: Sequence[str], settings: "ModelSettings", reference: Any
) -> dict[str, tuple[Role, ...]]:
    predictions = settings.predictions
    given = predictions.columns
    taken = given.taken() | set(predictions.segments)
    features = predictions.features
    if features is None:
        # A segment that the model was trained on is read by it as well.
        trained = set(reference.columns) if reference is not None else set()
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
