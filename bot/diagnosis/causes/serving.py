"""Causes where the model is served: the offline recomputation does not show them."""

from bot.diagnosis.causes.shared import (
    MEND_SOURCE,
    NOT_BENT,
    NOT_NOISE,
    NOT_OTHER_ANSWERS,
    NOT_OTHER_ROWS,
    NOT_REPEATED,
    RELEASE_AGAIN,
    ROLLBACK,
    SYSTEMS,
)
from bot.diagnosis.declared import Declared, Neighbour, Remedy, Sign

_OTHER_MODEL = (
    Sign(check="model.score", subject={"features": "same", "sign": "score"}, most=5.5, clear=2.0),
    Sign(check="model.score", subject={"features": "moved", "sign": "score"}, most=1.5),
    Sign(check="model.score", subject={"features": "same", "sign": "prediction"}, most=4.0),
    Sign(check="model.score", subject={"features": "moved", "sign": "prediction"}, most=1.5),
    Sign(
        check="model.skew",
        most=-4.0,
        why="the model was served other features, which explains other answers",
    ),
    Sign(check="model.threshold", most=-3.0, why="the rule over the score changed, not the score"),
    Sign(
        check="model.fallback",
        subject={"part": "flag"},
        most=-5.0,
        why="defaults were answered in the model's place",
    ),
    Sign(
        check="model.fallback",
        subject={"part": "score"},
        most=-3.0,
        reads="explained",
        why="one and the same answer to many: a default, not another model",
    ),
    Sign(
        check="data.joins",
        most=-4.0,
        reads="relied",
        why="a feature no longer goes with the others",
    ),
    Sign(check="data.clock", most=-4.0, why="hours do not agree with the clock"),
    Sign(
        check="drift.adversarial",
        most=-4.0,
        reads="explained",
        why="answers are wrong for a few senders that suddenly ask a lot, not for all",
    ),
    NOT_OTHER_ROWS,
    Sign(
        check="data.rows",
        subject={"part": "default"},
        most=-3.0,
        why="what answers gained is one and the same value: a default, not another model",
    ),
    NOT_NOISE,
    NOT_BENT,
    # Released to some hosts only: the requests of the others are like theirs.
    Sign(check="system.hosts", subject={"sign": "wrong"}, most=4.0),
)
"""Another model or runtime: it answers otherwise where the features are the same."""

_NOT_ONE_HOST = (
    Sign(
        check="system.hosts", subject={"sign": "failing"}, most=-3.0,
        why="what one ill host loses on its way is its own defect",
    ),
    Sign(
        check="system.hosts", subject={"sign": "both"}, most=-4.0,
        why="what one ill host loses on its way is its own defect",
    ),
    Sign(
        check="data.missing", subject={"kind": "host"}, most=-3.0, reads="explained",
        why="what one ill host loses on its way is its own defect",
    ),
    Sign(
        check="data.missing", subject={"lost": "together"}, most=-5.0, reads="explained",
        why="several features are lost in one part of the traffic: its upstreams fail",
    ),
)  # fmt: skip
"""What speaks against features being served otherwise than they are recomputed, on every host."""

_WHICH_VERSION = "the version of the model in the log"
_ASKS_VERSION = "Which version of the model, and which runtime, serves since the onset?"
_RELEASES = "the change log about the onset"
_ASKS_RELEASE = "Was the preprocessing released at the onset?"

TRAINING_SERVING_SKEW = Declared(
    cause="training_serving_skew", prior=-0.3, first=ROLLBACK, then=MEND_SOURCE[1:],
    signs=(
        Sign(check="model.skew", subject={"release": "no"}, most=8.0, clear=4.0),
        Sign(check="model.skew", subject={"release": "yes"}, most=3.0),
        Sign(check="model.skew", subject={"release": "unknown"}, most=6.0),
        *_NOT_ONE_HOST,
    ),
    neighbours=(
        Neighbour(
            cause="preprocessing_change", by=_RELEASES, needs=("changes",), asks=_ASKS_RELEASE,
            twins=True,
        ),
    ),
    by_feature=True,
)  # fmt: skip

PREPROCESSING_CHANGE = Declared(
    cause="preprocessing_change", prior=-0.3, first=ROLLBACK, then=RELEASE_AGAIN,
    signs=(
        Sign(check="model.skew", subject={"release": "yes"}, most=8.0, clear=4.0),
        Sign(check="model.skew", subject={"release": "unknown"}, most=6.0),
        Sign(check="model.skew", subject={"release": "no"}, most=2.0),
        *_NOT_ONE_HOST,
    ),
    neighbours=(
        Neighbour(
            cause="training_serving_skew", by=_RELEASES, needs=("changes",), asks=_ASKS_RELEASE,
            twins=True,
        ),
    ),
    kinds=("code", "pipeline"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

MODEL_VERSION = Declared(
    cause="model_version", prior=-0.3, first=ROLLBACK, then=RELEASE_AGAIN,
    # Another version may answer by other features: then answers look as if they were of other rows.
    signs=(
        # Of part of the traffic another version moves little of all that is said: it speaks itself.
        Sign(check="model.version", most=9.0, clear=6.0),
        *_OTHER_MODEL,
    ),
    neighbours=(
        Neighbour(
            cause="dependency_upgrade", by=_WHICH_VERSION, needs=("model_version",),
            asks=_ASKS_VERSION, twins=True,
        ),
    ),
    kinds=("model",), also=SYSTEMS,
)  # fmt: skip

DEPENDENCY_UPGRADE = Declared(
    cause="dependency_upgrade", prior=-0.3, first=ROLLBACK, then=RELEASE_AGAIN,
    signs=(
        *_OTHER_MODEL,
        NOT_OTHER_ANSWERS,
        Sign(check="model.version", most=-6.0, why="another version of the model serves"),
    ),
    neighbours=(
        Neighbour(
            cause="model_version", by=_WHICH_VERSION, needs=("model_version",),
            asks=_ASKS_VERSION, twins=True,
        ),
    ),
    kinds=("dependency", "infrastructure"), also=SYSTEMS,
)  # fmt: skip

THRESHOLD_CHANGE = Declared(
    cause="threshold_change", prior=0.0, first=ROLLBACK,
    then=(
        Remedy(kind="recalibrate", says="choose the threshold on labelled rows, and keep it in"
               " the record of the model"),
    ),
    signs=(
        Sign(
            check="model.threshold", without={"sign": "mixed"}, most=8.5, clear=5.0
        ),
        Sign(
            check="model.threshold", subject={"sign": "mixed"}, most=-3.0,
            why="a threshold that moved turns answers one way only",
        ),
        NOT_REPEATED,
    ),
    neighbours=(
        Neighbour(
            cause="model_version", by="the score of each prediction in the log", needs=("score",),
            asks="Was the threshold, or the rule over the score, changed?",
        ),
    ),
    kinds=("config", "code", "model"), also=SYSTEMS,
)  # fmt: skip

FALLBACK_PREDICTIONS = Declared(
    cause="fallback_predictions", prior=0.0,
    first=Remedy(
        kind="restore_capacity",
        says="restore the serving capacity of {what}: see the time-outs and the load",
    ),
    then=(
        Remedy(kind="ask", says="answer with the last good score of the same entity rather than"
               " with one default, and alert on the share of fallbacks"),
    ),
    signs=(
        Sign(check="model.fallback", subject={"part": "flag"}, most=7.5, clear=6.5),
        Sign(check="model.fallback", subject={"part": "score"}, most=6.0, clear=1.5),
        Sign(check="data.rows", subject={"part": "default"}, most=5.0),
        Sign(check="system.metrics", subject={"sign": "failing"}, most=2.0),
    ),
    neighbours=(
        Neighbour(cause="default_fill", by="one score, not one value of a feature"),
        Neighbour(
            cause="regional_outage", by="whether the fallbacks come from one host only",
            needs=("host",), asks="Do the time-outs come from one host or zone only?",
        ),
    ),
    kinds=("infrastructure", "traffic", "config"), also=SYSTEMS,
)  # fmt: skip

SERVING = (
    TRAINING_SERVING_SKEW, PREPROCESSING_CHANGE, MODEL_VERSION, DEPENDENCY_UPGRADE,
    THRESHOLD_CHANGE, FALLBACK_PREDICTIONS,
)  # fmt: skip
