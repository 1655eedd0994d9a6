"""What each cause predicts: the causes of the contract, each with its signs.

A sign is a kind of finding. It adds up to `most` to the log-odds of its cause when the finding is
`suspect`, and takes `clear` away when the same check says that there is nothing. Findings about
features make one hypothesis a feature. The order is the contract's.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.diagnosis.declared import Declared, Sign

_QUARANTINE = "stop serving {what} from the live feed: fall back to its last good values, or to the"
_QUARANTINE += " model without it, and tell the owner of the source"
_ROLLBACK = "roll back {what}"

_SCHEMA = Sign(check="data.schema", subject={"sign": "renamed"}, most=-6.0)

_OTHER_MODEL = (
    Sign(check="model.score", subject={"features": "same", "sign": "score"}, most=5.5, clear=2.0),
    Sign(check="model.score", subject={"features": "moved", "sign": "score"}, most=1.5),
    Sign(check="model.score", subject={"sign": "prediction"}, most=1.5),
    Sign(check="model.skew", most=-4.0),
    Sign(check="model.threshold", most=-3.0),
    Sign(check="model.fallback", subject={"part": "flag"}, most=-5.0),
    Sign(check="data.joins", most=-4.0),
    Sign(check="data.clock", most=-4.0),
)
"""Another model or runtime: it answers otherwise where the features are the same."""

_NOT_THE_LABELS = (
    Sign(check="model.score", most=-4.0),
    Sign(check="model.fallback", subject={"part": "flag"}, most=-5.0),
    Sign(check="model.threshold", most=-3.0),
    Sign(check="drift.prior", most=-2.0),
    Sign(check="data.joins", most=-3.0),
    Sign(check="data.clock", most=-3.0),
    Sign(check="metric.labels", subject={"part": "absent"}, most=-5.0),
)
"""What speaks for the model or its features, and so against the labels having changed."""

_NOT_THE_SOURCE = Sign(check="model.skew", most=-5.0)
"""A fault at the source is in the offline recomputation as well, so that the two do not differ."""

CAUSES: tuple[Declared, ...] = (
    Declared(
        cause="missing_values", prior=0.0, action="quarantine_feature", advice=_QUARANTINE,
        signs=(
            Sign(check="data.missing", most=7.5, without={"kind": "host"}, clear=2.0),
            Sign(check="data.missing", most=3.0, subject={"kind": "host"}),
            # What one ill host loses on its way is its own defect, not the feature's.
            Sign(check="system.hosts", subject={"sign": "both"}, most=-5.0),
            _SCHEMA,
        ),
        kinds=("pipeline", "schema", "code", "config"), by_feature=True,
    ),
    Declared(
        cause="default_fill", prior=0.0, action="quarantine_feature", advice=_QUARANTINE,
        signs=(Sign(check="data.constants", subject={"sign": "default"}, most=7.5, clear=2.0),),
        kinds=("pipeline", "code", "schema", "config"), by_feature=True,
    ),
    Declared(
        cause="unit_change", prior=0.0, action="quarantine_feature", advice=_QUARANTINE,
        signs=(
            Sign(check="data.units", most=8.5),
            Sign(check="data.ranges", subject={"sign": "scaled"}, most=8.5, clear=1.5),
            Sign(check="data.ranges", subject={"sign": "outside"}, most=5.5),
            Sign(check="data.constants", subject={"sign": "default"}, most=-4.0),
            _NOT_THE_SOURCE,
        ),
        kinds=("pipeline", "code", "schema", "dependency"), by_feature=True,
    ),
    Declared(
        cause="schema_change", prior=0.0, action="quarantine_feature", advice=_QUARANTINE,
        signs=(
            Sign(check="data.schema", subject={"sign": "renamed"}, most=8.5, clear=2.0),
            Sign(check="data.schema", subject={"sign": "format"}, most=8.0),
            Sign(check="data.schema", subject={"sign": "gone"}, most=8.0, timed=False),
            Sign(check="data.schema", subject={"sign": "type"}, most=0.5, timed=False),
        ),
        kinds=("schema", "pipeline", "code"), by_feature=True,
    ),
    Declared(
        cause="frozen_feature", prior=0.0, action="quarantine_feature", advice=_QUARANTINE,
        signs=(
            Sign(check="data.constants", subject={"sign": "frozen"}, most=7.5, clear=2.0),
            _NOT_THE_SOURCE,
            # Values that come more often by themselves change no answer at equal features.
            Sign(check="drift.covariate", most=-4.0),
        ),
        kinds=("pipeline", "infrastructure", "code"), by_feature=True,
    ),
    Declared(
        cause="join_break", prior=-0.5, action="quarantine_feature", advice=_QUARANTINE,
        signs=(
            Sign(check="data.joins", subject={"sign": "both"}, most=8.0, clear=2.0),
            Sign(check="data.joins", subject={"sign": "one"}, most=5.0),
            Sign(check="data.clock", most=-5.0),
            Sign(check="metric.labels", subject={"part": "absent"}, most=-5.0),
            _NOT_THE_SOURCE,
        ),
        kinds=("pipeline", "code", "schema"), by_feature=True,
        twins={"concept_drift": "the features recomputed offline for the same ids"},
    ),
    Declared(
        cause="category_recode", prior=0.0, action="quarantine_feature", advice=_QUARANTINE,
        signs=(
            Sign(check="data.categories", subject={"sign": "recoded"}, most=8.0, clear=2.0),
            Sign(check="data.categories", subject={"sign": "unseen"}, most=4.0),
            Sign(check="data.constants", subject={"sign": "default"}, most=-3.0),
        ),
        kinds=("pipeline", "schema", "code"), by_feature=True,
    ),
    Declared(
        cause="duplicate_rows", prior=0.0, action="quarantine_rows",
        advice="leave out the repeated rows by their id, then look at the metric again",
        signs=(Sign(check="data.duplicates", most=8.0, clear=5.0),),
        kinds=("pipeline", "code", "infrastructure"),
    ),
    Declared(
        cause="partial_ingestion", prior=-0.3, action="backfill",
        advice="load the rows that never reached the log, then look at the metric again",
        signs=(
            Sign(check="data.volume", subject={"part": "all", "way": "less"}, most=6.5, clear=1.5),
            Sign(check="data.volume", subject={"way": "less"}, without={"part": "all"}, most=3.0,
                 reads=""),
            Sign(check="data.freshness", subject={"part": "newest"}, most=3.0),
            Sign(check="data.freshness", subject={"part": "delay"}, most=1.5),
        ),
        kinds=("pipeline", "infrastructure", "schema"),
    ),
    Declared(
        cause="clock_shift", prior=-0.5, action="quarantine_feature", advice=_QUARANTINE,
        signs=(Sign(check="data.clock", most=8.5, clear=2.5), _NOT_THE_SOURCE),
        kinds=("config", "pipeline", "infrastructure", "code"), by_feature=True,
    ),
    Declared(
        cause="training_serving_skew", prior=-0.3, action="rollback", advice=_ROLLBACK,
        signs=(
            Sign(check="model.skew", subject={"release": "no"}, most=8.0, clear=4.0),
            Sign(check="model.skew", subject={"release": "yes"}, most=3.0),
            Sign(check="model.skew", subject={"release": "unknown"}, most=6.0),
        ),
        twins={"preprocessing_change": "the change log about the onset"}, by_feature=True,
    ),
    Declared(
        cause="preprocessing_change", prior=-0.3, action="rollback", advice=_ROLLBACK,
        signs=(
            Sign(check="model.skew", subject={"release": "yes"}, most=8.0, clear=4.0),
            Sign(check="model.skew", subject={"release": "unknown"}, most=6.0),
            Sign(check="model.skew", subject={"release": "no"}, most=2.0),
        ),
        kinds=("code", "pipeline"),
        twins={"training_serving_skew": "the change log about the onset"}, by_feature=True,
    ),
    Declared(
        cause="model_version", prior=-0.3, action="rollback", advice=_ROLLBACK,
        signs=(
            Sign(check="model.version", most=7.5, clear=6.0),
            *_OTHER_MODEL,
        ),
        kinds=("model",),
        twins={"dependency_upgrade": "the version of the model in the log"},
    ),
    Declared(
        cause="dependency_upgrade", prior=-0.3, action="rollback", advice=_ROLLBACK,
        signs=(
            *_OTHER_MODEL,
            Sign(check="model.version", most=-6.0),
        ),
        kinds=("dependency", "infrastructure"),
        twins={"model_version": "the version of the model in the log"},
    ),
    Declared(
        cause="threshold_change", prior=0.0, action="rollback", advice=_ROLLBACK,
        signs=(Sign(check="model.threshold", most=8.5, clear=5.0),),
        kinds=("config", "code", "model"),
    ),
    Declared(
        cause="fallback_predictions", prior=0.0, action="restore_capacity",
        advice="restore the serving capacity of {what}: see the time-outs and the load",
        signs=(
            Sign(check="model.fallback", subject={"part": "flag"}, most=7.5, clear=5.0),
            Sign(check="model.fallback", subject={"part": "score"}, most=6.0, clear=1.5),
        ),
        kinds=("infrastructure", "traffic", "config"),
    ),
    Declared(
        cause="label_corruption", prior=-0.3, action="fix_labels",
        advice="stop the label feed that changed, and have a sample of labels checked by hand",
        signs=(
            Sign(check="drift.concept", subject={"sign": "flat"}, most=4.5, clear=1.0),
            *_NOT_THE_LABELS,
        ),
        kinds=("label",),
        twins={"concept_drift": "a sample of labels checked by hand"},
    ),
    Declared(
        cause="label_delay", prior=-0.2, action="fix_labels",
        advice="wait for the late labels or join them again, and do not count absent ones as"
        " negative",
        signs=(
            Sign(check="metric.labels", subject={"part": "coverage"}, most=6.0, clear=1.0),
            Sign(check="metric.labels", subject={"part": "delay"}, most=5.0, clear=0.5),
            Sign(check="metric.labels", subject={"part": "absent"}, most=8.5),
        ),
        kinds=("label", "pipeline"),
    ),
    Declared(
        cause="metric_definition", prior=0.0, action="fix_metric",
        advice="correct how the dashboard computes the metric; the model is fine",
        signs=(Sign(check="metric.recompute", subject={"part": "reported"}, most=10.0, clear=6.0),),
        kinds=("config", "code", "other", "label"),
    ),
    Declared(
        cause="prior_shift", prior=-0.3, action="recalibrate",
        advice="recalibrate the scores to the new class frequencies, or move the threshold",
        signs=(Sign(check="drift.prior", most=6.0, clear=3.0, timed=False),),
        twins={"label_corruption": "a sample of labels checked by hand"},
    ),
    Declared(
        cause="covariate_shift", prior=-0.3, action="reweight",
        advice="reweight the training data to the new mix, and watch the parts that grew",
        signs=(
            Sign(check="drift.covariate", most=5.0, reads="harm", clear=3.0),
            Sign(check="drift.mix", most=-3.0),
            Sign(check="model.score", most=-3.0),
        ),
        kinds=("traffic",),
    ),
    Declared(
        cause="concept_drift", prior=-0.3, action="retrain",
        advice="retrain on labels since the onset, once bugs in data and labels are ruled out",
        signs=(
            Sign(check="drift.concept", subject={"sign": "local"}, most=4.5, clear=1.0),
            *_NOT_THE_LABELS,
        ),
        twins={"label_corruption": "a sample of labels checked by hand"},
    ),
    Declared(
        cause="traffic_mix", prior=-0.2, action="reweight",
        advice="look at what {what} sends, and reweight or retrain with its rows",
        signs=(
            Sign(check="drift.mix", most=7.0, reads="harm", clear=2.0),
            Sign(check="drift.adversarial", most=-4.0),
            # A new name for old traffic looks like new traffic where the feature splits it as well.
            Sign(check="data.categories", subject={"sign": "recoded"}, most=-5.0),
        ),
        kinds=("traffic", "config"),
    ),
    Declared(
        cause="adversarial", prior=-1.0, action="rate_limit",
        advice="limit the rate of {what}, and look at the requests by hand",
        signs=(
            Sign(check="drift.adversarial", most=7.5, clear=2.5),
        ),
    ),
    Declared(
        cause="regional_outage", prior=-0.2, action="restore_capacity",
        advice="take {what} out of rotation, then restore it",
        signs=(
            Sign(check="system.hosts", subject={"sign": "both"}, most=8.0, clear=1.5, reads=""),
            Sign(check="system.hosts", subject={"sign": "failing"}, most=4.0, reads=""),
            Sign(check="system.hosts", subject={"sign": "wrong"}, most=2.0),
            Sign(check="data.missing", subject={"kind": "host"}, most=3.0),
            Sign(check="model.fallback", subject={"part": "flag"}, most=-4.0),
        ),
        kinds=("infrastructure", "dependency"),
    ),
)  # fmt: skip
"""Every cause that the evidence can speak for; `healthy`, `seasonality` and `unknown` follow from
the verdict."""

BY_NAME: Mapping[str, Declared] = MappingProxyType({found.cause: found for found in CAUSES})
