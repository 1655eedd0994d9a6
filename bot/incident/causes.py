"""The causes and actions of the diagnosis contract, version 1, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Group = Literal["data", "serving", "label", "world", "system", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseKind:
    """One cause: its group, what happened, and the action expected first."""

    group: Group
    happened: str
    action: str


def _kind(group: Group, happened: str, action: str) -> CauseKind:
    return CauseKind(group=group, happened=happened, action=action)


_Q = "quarantine_feature"

CAUSES: Mapping[str, CauseKind] = MappingProxyType({
    "missing_values": _kind("data", "a feature arrives null where it did not", _Q),
    "default_fill": _kind("data", "a feature arrives as one default or sentinel value", _Q),
    "unit_change": _kind("data", "a numeric feature changed unit, scale or offset", _Q),
    "schema_change": _kind("data", "a column was renamed, dropped, or changed type or format", _Q),
    "frozen_feature": _kind("data", "a feature stopped updating", _Q),
    "join_break": _kind("data", "a feature's values belong to other rows", _Q),
    "category_recode": _kind("data", "category values were renamed, merged or re-encoded", _Q),
    "duplicate_rows": _kind("data", "rows are logged more than once", "quarantine_rows"),
    "partial_ingestion": _kind("data", "part of the rows never reached the log", "backfill"),
    "clock_shift": _kind("data", "time-derived values moved by a fixed offset", _Q),
    "training_serving_skew": _kind(
        "serving", "served features differ from their offline recomputation", "rollback"
    ),
    "preprocessing_change": _kind(
        "serving", "a release of the preprocessing changed the served features", "rollback"
    ),
    "model_version": _kind("serving", "another model version serves", "rollback"),
    "dependency_upgrade": _kind(
        "serving", "the same model runs on another runtime, library or hardware", "rollback"
    ),
    "threshold_change": _kind("serving", "the decision rule over the score changed", "rollback"),
    "fallback_predictions": _kind(
        "serving", "the server answers with a default instead of the model", "restore_capacity"
    ),
    "label_corruption": _kind("label", "the ground truth is wrong", "fix_labels"),
    "label_delay": _kind("label", "labels are late or partly joined", "fix_labels"),
    "metric_definition": _kind(
        "label", "only the reported metric changed, the rows are fine", "fix_metric"
    ),
    "prior_shift": _kind("world", "class frequencies moved", "recalibrate"),
    "seasonality": _kind("world", "the same phase of earlier cycles looks the same", "wait"),
    "covariate_shift": _kind("world", "the feature mix moved inside known traffic", "reweight"),
    "concept_drift": _kind("world", "the label at fixed features changed", "retrain"),
    "traffic_mix": _kind("world", "a segment or client is new or grew", "reweight"),
    "adversarial": _kind(
        "world", "some entities game the model near its decision boundary", "rate_limit"
    ),
    "regional_outage": _kind(
        "system", "one host, zone or region is degraded", "restore_capacity"
    ),
    "healthy": _kind("none", "nothing harmful happened", "wait"),
    "unknown": _kind("none", "the evidence fits no cause above well", "ask"),
})  # fmt: skip

ACTIONS = frozenset(kind.action for kind in CAUSES.values())


def in_words(name: str) -> str:
    """A cause, an action or a state as a person writes it."""
    return name.replace("_", " ")
