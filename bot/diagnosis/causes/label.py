"""Causes in the ground truth or in the metric: the model is as good as it was."""

from bot.diagnosis.causes.shared import NOT_THE_LABELS, SYSTEMS
from bot.diagnosis.declared import Declared, Neighbour, Remedy, Sign

LABEL_CORRUPTION = Declared(
    cause="label_corruption", prior=-0.3,
    first=Remedy(
        kind="fix_labels",
        says="stop the label feed that changed, and have a sample of labels checked by hand",
    ),
    then=(
        Remedy(kind="ask", says="write the labels since the onset again once the feed is right;"
               " freeze retraining until then"),
    ),
    signs=(
        Sign(check="drift.concept", subject={"sign": "flat"}, most=4.5, clear=1.0),
        Sign(check="data.rows", subject={"part": "labels"}, most=6.0),
        Sign(check="metric.labels", subject={"part": "turned", "way": "positive"}, most=4.0),
        Sign(
            check="metric.labels", subject={"part": "coverage"}, most=-3.0,
            why="labels are missing as well: those that came may not be all there is",
        ),
        Sign(
            check="metric.labels", subject={"part": "turned", "way": "negative"}, most=-5.0,
            why="absent labels that are taken as negative look the same, and come more often",
        ),
        Sign(
            check="data.ranges", most=-4.0, reads="explained",
            why="numbers out of their range hold the extra errors",
        ),
        *NOT_THE_LABELS,
    ),
    neighbours=(
        Neighbour(
            cause="concept_drift", by="a sample of labels checked by hand",
            asks="Do labels of some wrong rows hold when they are checked by hand?",
        ),
    ),
    kinds=("label",), also=SYSTEMS,
)  # fmt: skip

LABEL_DELAY = Declared(
    cause="label_delay", prior=-0.2,
    first=Remedy(
        kind="fix_labels",
        says="wait for the late labels or join them again, and do not count absent ones as"
        " negative",
    ),
    then=(
        Remedy(kind="ask", says="count only rows whose labels have had their usual time to come"),
    ),
    signs=(
        Sign(check="metric.labels", subject={"part": "coverage"}, most=6.0, clear=1.0),
        Sign(check="metric.labels", subject={"part": "delay"}, most=5.0, clear=0.5),
        Sign(check="metric.labels", subject={"part": "absent"}, most=8.5),
        Sign(check="metric.labels", subject={"part": "turned", "way": "negative"}, most=5.5),
        Sign(check="data.rows", subject={"part": "labels"}, most=3.0),
    ),
    neighbours=(
        Neighbour(
            cause="prior_shift", by="when each label arrived", needs=("label_time",),
            asks="Do labels come later than they used to, or are absent ones taken as negative?",
        ),
        Neighbour(
            cause="label_corruption", by="when each label arrived", needs=("label_time",),
            asks="Do labels come later than they used to, or are absent ones taken as negative?",
        ),
    ),
    kinds=("label", "pipeline"), also=SYSTEMS,
)  # fmt: skip

METRIC_DEFINITION = Declared(
    cause="metric_definition", prior=0.0,
    first=Remedy(
        kind="fix_metric",
        says="correct how the dashboard computes the metric; the model is fine",
    ),
    then=(Remedy(kind="ask", says="recompute the dashboard since the onset, and say so on it"),),
    signs=(Sign(check="metric.recompute", subject={"part": "reported"}, most=10.0, clear=6.0),),
    neighbours=(
        Neighbour(
            cause="healthy", by="the metric as it was reported", needs=("reported",),
            asks="Was the query or the definition of the reported metric changed?",
        ),
    ),
    kinds=("config", "code", "other", "label"), also=SYSTEMS,
)  # fmt: skip

LABEL = (LABEL_CORRUPTION, LABEL_DELAY, METRIC_DEFINITION)
