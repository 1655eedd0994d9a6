"""A threshold over the score of many classes, and what is none."""

import numpy as np
import pandas as pd

from bot.diagnosis import ask
from bot.diagnosis.conclude import conclude
from bot.diagnosis.diagnose import every_finding
from bot.incident import Finding
from bot.profile import Evidence
from tests.checks.checks_log import Examined, late

NAMES = np.array(["bus", "car", "van"])
WITHOUT = ("model_version",)


def classes(log: pd.DataFrame) -> None:
    """Three classes by carrier, the score of the answer anywhere from a third to one."""
    random = np.random.default_rng(3)
    best = log["carrier"].map({"AA": 0, "DL": 1, "UA": 1, "WN": 2}).to_numpy()
    sure = random.uniform(0.34, 1.0, len(log))
    other = (best + random.integers(1, 3, len(log))) % 3
    log["score"] = sure
    log["prediction"] = NAMES[best]
    log["label"] = np.where(random.random(len(log)) < 0.5 + sure / 2, NAMES[best], NAMES[other])


def unsure_to_van(log: pd.DataFrame) -> None:
    classes(log)
    hit = late(log) & (log["region"] != "asia") & (log["score"] < 0.7)
    log.loc[hit, "prediction"] = "van"


def any_to_van(log: pd.DataFrame) -> None:
    """As many answers become a van, at every score."""
    classes(log)
    hit = late(log) & (log["region"] != "asia") & (log.index % 2 == 0)
    log.loc[hit, "prediction"] = "van"


def unsure_to_any(log: pd.DataFrame) -> None:
    """A model that is worse where it is unsure says each of the other classes there."""
    classes(log)
    hit = late(log) & (log["score"] < 0.7)
    log.loc[hit, "prediction"] = np.roll(log.loc[hit, "prediction"].to_numpy(), 1)


def more_to_van_the_surer(log: pd.DataFrame) -> None:
    """A wrong feature makes the model say van, the more often the surer it would be otherwise."""
    classes(log)
    chance = np.random.default_rng(4).random(len(log))
    hit = late(log) & (log["score"] < 0.7) & (chance < (log["score"] - 0.3) * 2)
    log.loc[hit, "prediction"] = "van"


def unsure_are_vans(log: pd.DataFrame) -> None:
    """Where the model is unsure it says van, and is right."""
    unsure_to_van(log)
    hit = late(log) & (log["score"] < 0.7)
    log.loc[hit, "label"] = log.loc[hit, "prediction"]
    wrong = late(log) & (log["score"] >= 0.7) & (log.index % 3 == 0)
    log.loc[wrong, "label"] = "bus"


def of(evidence: Evidence) -> Finding:
    return next(iter(ask(evidence, "model.threshold")))


def test_answers_of_low_score_that_all_became_one_class_are_a_threshold(examined: Examined) -> None:
    evidence = examined(unsure_to_van, without=WITHOUT, task="multiclass", positive=None)

    found = of(evidence)
    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert found.verdict == "suspect"
    assert abs(found.figures["new"] - 0.7) < 0.03
    assert "van" in found.says
    assert first.cause == "threshold_change"


def test_answers_of_every_score_that_became_one_class_are_none(examined: Examined) -> None:
    found = of(examined(any_to_van, without=WITHOUT, task="multiclass", positive=None))

    assert found.verdict == "clear"


def test_answers_of_low_score_that_became_any_class_are_none(examined: Examined) -> None:
    found = of(examined(unsure_to_any, without=WITHOUT, task="multiclass", positive=None))

    assert found.verdict == "clear"


def test_answers_that_turned_at_some_scores_more_are_none(examined: Examined) -> None:
    found = of(examined(more_to_van_the_surer, without=WITHOUT, task="multiclass", positive=None))

    assert found.verdict == "clear"


def test_labels_that_turned_with_the_answers_are_no_threshold(examined: Examined) -> None:
    found = of(examined(unsure_are_vans, without=WITHOUT, task="multiclass", positive=None))

    assert found.verdict == "clear"
