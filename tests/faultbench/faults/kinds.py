"""The faults by name: when in the making of a log each acts, and what goes with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.faultbench.faults import labels, outside, serving, source, world
from tests.faultbench.faults.fault import Fault
from tests.faultbench.replay import Scene

Stage = Literal["traffic", "source", "serving", "answer", "label", "log"]
STAGES: tuple[Stage, ...] = ("traffic", "source", "serving", "answer", "label", "log")
Culprit = Literal["any", "numeric", "categorical", "hour", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of fault.

    `causes` are the contract's names for it; `changes` the kinds of change that can bring it (none:
    nobody changed anything); `sliced` says how traffic may be cut; `tasks` where it can happen.
    """

    cause: str
    inject: Callable[[Scene, Fault], None]
    stage: Stage
    action: str
    changes: tuple[str, ...] = ()
    culprit: Culprit = "none"
    sliced: Literal["segments", "hosts", "host", "none"] = "segments"
    tasks: tuple[str, ...] = ("binary", "multiclass", "regression")
    harmless: bool = False
    shapes: tuple[str, ...] = ("step", "ramp", "intermittent")


CLASSIFIERS = ("binary", "multiclass")

KINDS: dict[str, Kind] = {
    "missing_values": Kind(
        cause="missing_values", inject=source.missing_values, stage="source", culprit="any",
        changes=("pipeline", "schema"), action="quarantine_feature",
    ),
    "default_fill": Kind(
        cause="default_fill", inject=source.default_fill, stage="source", culprit="any",
        changes=("pipeline", "infrastructure"), action="quarantine_feature",
    ),
    "unit_change": Kind(
        cause="unit_change", inject=source.unit_change, stage="source", culprit="numeric",
        changes=("pipeline", "schema"), action="quarantine_feature",
    ),
    "schema_change": Kind(
        cause="schema_change", inject=source.schema_change, stage="source", culprit="any",
        changes=("schema",), action="quarantine_feature",
    ),
    "frozen_feature": Kind(
        cause="frozen_feature", inject=source.frozen_feature, stage="source", culprit="any",
        changes=("pipeline", "infrastructure"), action="quarantine_feature",
    ),
    "join_break": Kind(
        cause="join_break", inject=source.join_break, stage="source", culprit="any",
        changes=("pipeline",), action="quarantine_feature",
    ),
    "category_recode": Kind(
        cause="category_recode", inject=source.category_recode, stage="source",
        culprit="categorical", changes=("pipeline", "schema"), action="quarantine_feature",
    ),
    "clock_shift": Kind(
        cause="clock_shift", inject=source.clock_shift, stage="source", culprit="hour",
        changes=("infrastructure", "pipeline"), action="quarantine_feature",
    ),
    "duplicate_rows": Kind(
        cause="duplicate_rows", inject=source.duplicate_rows, stage="log",
        changes=("pipeline",), action="quarantine_rows",
    ),
    "partial_ingestion": Kind(
        cause="partial_ingestion", inject=source.partial_ingestion, stage="log",
        changes=("pipeline", "infrastructure"), action="backfill",
    ),
    "training_serving_skew": Kind(
        cause="training_serving_skew", inject=serving.skewed_features, stage="serving",
        culprit="any", action="rollback",
    ),
    "preprocessing_change": Kind(
        cause="preprocessing_change", inject=serving.skewed_features, stage="serving",
        culprit="any", changes=("code", "pipeline"), action="rollback",
    ),
    "model_version": Kind(
        cause="model_version", inject=serving.model_version, stage="answer", changes=("model",),
        action="rollback", sliced="hosts",
    ),
    "dependency_upgrade": Kind(
        cause="dependency_upgrade", inject=serving.dependency_upgrade, stage="answer",
        changes=("dependency",), action="rollback", sliced="hosts",
    ),
    "threshold_change": Kind(
        cause="threshold_change", inject=serving.threshold_change, stage="answer",
        changes=("config",), action="rollback", tasks=("binary",),
    ),
    "fallback_predictions": Kind(
        cause="fallback_predictions", inject=serving.fallback_predictions, stage="answer",
        changes=("infrastructure",), action="restore_capacity", sliced="hosts",
    ),
    "regional_outage": Kind(
        cause="regional_outage", inject=serving.regional_outage, stage="serving",
        changes=("infrastructure", "dependency"), action="restore_capacity", sliced="host",
    ),
    "label_corruption": Kind(
        cause="label_corruption", inject=labels.label_corruption, stage="label",
        changes=("label",), action="fix_labels",
    ),
    "label_delay": Kind(
        cause="label_delay", inject=labels.label_delay, stage="label",
        changes=("label", "pipeline"), action="fix_labels", tasks=("binary",),
    ),
    "metric_definition": Kind(
        cause="metric_definition", inject=labels.metric_definition, stage="label",
        changes=("other",), action="fix_metric", sliced="none", shapes=("step",),
    ),
    "prior_shift": Kind(
        cause="prior_shift", inject=world.prior_shift, stage="traffic", action="recalibrate",
        tasks=CLASSIFIERS,
    ),
    "covariate_shift": Kind(
        cause="covariate_shift", inject=world.covariate_shift, stage="traffic", action="reweight",
    ),
    "concept_drift": Kind(
        cause="concept_drift", inject=world.concept_drift, stage="traffic", action="retrain",
    ),
    "traffic_mix": Kind(
        cause="traffic_mix", inject=world.traffic_mix, stage="traffic", action="reweight",
        changes=("traffic",), sliced="none",
    ),
    "adversarial": Kind(
        cause="adversarial", inject=world.adversarial, stage="traffic", action="rate_limit",
        sliced="none", tasks=CLASSIFIERS,
    ),
    "seasonality": Kind(
        cause="seasonality", inject=world.season, stage="traffic", action="wait", sliced="none",
        harmless=True,
    ),
    "healthy": Kind(
        cause="healthy", inject=lambda _scene, _fault: None, stage="traffic", action="wait",
        sliced="none", harmless=True,
    ),
    "healthy_drift": Kind(
        cause="healthy", inject=world.drift_without_harm, stage="traffic", action="wait",
        sliced="none", harmless=True,
    ),
    "answers_mixed_up": Kind(
        cause="unknown", inject=outside.answers_mixed_up, stage="answer", action="ask",
    ),
    "noisy_sources": Kind(
        cause="unknown", inject=outside.noisy_sources, stage="source", action="ask",
    ),
    "test_traffic": Kind(
        cause="unknown", inject=outside.test_traffic, stage="traffic", action="ask",
        sliced="none",
    ),
}  # fmt: skip
"""Every kind of fault by its family."""
