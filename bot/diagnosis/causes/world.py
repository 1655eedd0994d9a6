"""Causes in the world: nothing is broken, but it is no longer what the model was trained on."""

from bot.diagnosis.causes.shared import (
    NOT_BENT,
    NOT_ON_HOSTS,
    NOT_REPEATED,
    NOT_SELECTED,
    NOT_THE_LABELS,
)
from bot.diagnosis.declared import Declared, Neighbour, Remedy, Sign

_RETRAIN = Remedy(kind="retrain", says="retrain with rows since the onset once they have labels")

PRIOR_SHIFT = Declared(
    cause="prior_shift", prior=-0.3,
    first=Remedy(
        kind="recalibrate",
        says="recalibrate the scores to the new class frequencies, or move the threshold",
    ),
    then=(_RETRAIN,),
    signs=(Sign(check="drift.prior", most=6.0, clear=3.0, timed=False), NOT_SELECTED, NOT_REPEATED),
    neighbours=(
        Neighbour(
            cause="label_delay", by="when each label arrived", needs=("label_time",),
            asks="Do labels of one class come later than they used to?",
        ),
        Neighbour(
            cause="label_corruption", by="a sample of labels checked by hand",
            asks="Do labels of some wrong rows hold when they are checked by hand?",
        ),
    ),
)  # fmt: skip

COVARIATE_SHIFT = Declared(
    cause="covariate_shift", prior=-0.3,
    first=Remedy(
        kind="reweight",
        says="reweight the training data to the new mix, and watch the parts that grew",
    ),
    then=(_RETRAIN,),
    signs=(
        Sign(check="drift.covariate", most=5.0, reads="harm", clear=3.0),
        Sign(check="drift.mix", most=-3.0, why="a segment that grew explains it"),
        NOT_ON_HOSTS,
        NOT_BENT,
        NOT_SELECTED,
        NOT_REPEATED,
        Sign(
            check="data.categories", subject={"sign": "recoded"}, most=-5.0,
            why="a new name for old values looks like a new mix of them",
        ),
        Sign(
            check="data.clock", subject={"sign": "shifted"}, most=-4.0,
            why="hours off the clock make known cases look like others",
        ),
        Sign(
            check="data.ranges", most=-4.0, reads="explained",
            why="no other mix has values that hardly any row ever had",
        ),
        Sign(
            check="data.constants", most=-4.0, reads="explained",
            why="a value that does not go with its rows makes them look like others",
        ),
        Sign(
            check="model.skew", most=-5.0,
            why="a mix that moved in the world is in the offline recomputation as well",
        ),
        Sign(check="model.score", most=-3.0, why="the model answers otherwise at equal features"),
    ),
    neighbours=(
        Neighbour(cause="traffic_mix", by="whether the harder cases come from one segment"),
        Neighbour(cause="concept_drift", by="whether errors rose at equal features"),
    ),
    kinds=("traffic",),
)  # fmt: skip

CONCEPT_DRIFT = Declared(
    cause="concept_drift", prior=-0.3,
    first=Remedy(
        kind="retrain",
        says="retrain on labels since the onset, once bugs in data and labels are ruled out",
    ),
    then=(
        Remedy(kind="ask", says="ask the experts what changed in the world, and how long it will"
               " last"),
    ),
    signs=(
        Sign(check="drift.concept", subject={"sign": "local"}, most=4.5, clear=1.0),
        Sign(
            check="data.rows", subject={"part": "labels"}, most=-4.0,
            why="labels came loose from every feature alike; the world changes for some cases",
        ),
        *NOT_THE_LABELS,
        NOT_BENT,
    ),
    neighbours=(
        Neighbour(
            cause="label_corruption", by="a sample of labels checked by hand",
            asks="Do labels of some wrong rows hold when they are checked by hand?",
        ),
        Neighbour(
            cause="join_break", by="the features recomputed offline for the same ids",
            needs=("offline",), asks="Do a few values of the features, looked up by id, agree?",
        ),
    ),
)  # fmt: skip

TRAFFIC_MIX = Declared(
    cause="traffic_mix", prior=-0.2,
    first=Remedy(
        kind="reweight",
        says="look at what {what} sends, and reweight or retrain with its rows",
    ),
    then=(_RETRAIN,),
    signs=(
        Sign(check="drift.mix", most=7.0, reads="harm", clear=2.0),
        Sign(check="drift.adversarial", most=-4.0, why="a few senders ask near the decision"),
        NOT_SELECTED,
        NOT_REPEATED,
        Sign(
            check="data.categories", subject={"sign": "recoded"}, most=-5.0,
            why="a new name for old traffic looks like new traffic where it splits it as well",
        ),
    ),
    neighbours=(
        Neighbour(cause="covariate_shift", by="a segment that is new or grew"),
        Neighbour(cause="adversarial", by="how near to the decision the new traffic asks"),
        Neighbour(cause="category_recode", by="a known value that lost as much as this one gained"),
    ),
    kinds=("traffic", "config"),
)  # fmt: skip

ADVERSARIAL = Declared(
    cause="adversarial", prior=-1.0,
    first=Remedy(
        kind="rate_limit",
        says="limit the rate of {what}, and look at the requests by hand",
    ),
    then=(
        Remedy(kind="ask", says="let an expert of abuse judge the requests before any of their rows"
               " is trained on"),
    ),
    signs=(Sign(check="drift.adversarial", most=7.5, clear=2.5),),
    neighbours=(
        Neighbour(
            cause="traffic_mix", by="how near to the decision the new traffic asks",
            needs=("score",), asks="Are these senders a campaign or a new customer?",
        ),
    ),
)  # fmt: skip

WORLD = (PRIOR_SHIFT, COVARIATE_SHIFT, CONCEPT_DRIFT, TRAFFIC_MIX, ADVERSARIAL)
