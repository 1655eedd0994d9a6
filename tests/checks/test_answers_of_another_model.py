"""One default, or the several answers of another model."""

import numpy as np
import pandas as pd

from bot.diagnosis import ask
from bot.diagnosis.conclude import conclude
from bot.diagnosis.diagnose import every_finding
from tests.checks.checks_log import Examined, late

WITHOUT = ("fallback", "model_version")


def one_default(log: pd.DataFrame) -> None:
    """The server answers 0.3 in the model's place, in half of the rows."""
    hit = late(log) & (log.index % 2 == 0)
    log.loc[hit, ["score", "prediction"]] = [0.3, 0]


def small_model(log: pd.DataFrame) -> None:
    """A model with four leaves, of which one holds most rows, answers half of the rows."""
    hit = late(log) & (log.index % 2 == 0)
    leaf = pd.cut(log["distance"], [-1, 1700, 2000, 2400, 1e9], labels=[0.2, 0.61, 0.72, 0.88])
    log.loc[hit, "score"] = leaf[hit].astype(float)
    log.loc[hit, "prediction"] = (leaf[hit].astype(float) > 0.5).astype(int)


def test_one_new_score_in_many_rows_is_a_default(examined: Examined) -> None:
    found = [f for f in ask(examined(one_default, without=WITHOUT), "model.fallback")
             if f.subject.get("part") == "score"]  # fmt: skip

    assert [f.verdict for f in found] == ["suspect"]


def test_several_new_scores_are_another_model(examined: Examined) -> None:
    evidence = examined(small_model, without=WITHOUT)

    found = [f for f in ask(evidence, "model.fallback") if f.subject.get("part") == "score"]
    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert [f.verdict for f in found] == ["clear"]
    assert "another model" in found[0].says
    assert first.cause in {"model_version", "dependency_upgrade"}


def blurred_and_rounded(log: pd.DataFrame) -> None:
    """Scores lose half of what they said; the highest, where they always were, are one value."""
    hit = late(log) & (log.index % 2 == 0)
    log.loc[hit, "score"] = np.random.default_rng(3).permutation(log.loc[hit, "score"])
    log.loc[late(log) & (log["score"] > 0.999), "score"] = 0.9995


def test_defaults_hold_the_area_that_comes_back_without_them(examined: Examined) -> None:
    evidence = examined(one_default, without=WITHOUT, metric="auc")

    [found] = [f for f in ask(evidence, "model.fallback") if f.subject.get("part") == "score"]

    assert found.figures["accounts"] > 0.8


def test_one_value_where_scores_were_anyway_holds_none_of_the_area(examined: Examined) -> None:
    evidence = examined(blurred_and_rounded, without=WITHOUT, metric="auc")

    [found] = [f for f in ask(evidence, "model.fallback") if f.subject.get("part") == "score"]

    assert found.verdict == "suspect"
    assert found.figures["accounts"] < 0.2
