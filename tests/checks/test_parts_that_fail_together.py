"""Several features lost in one region, and defaults under a metric that counts no wrong answers."""

from typing import Any

import numpy as np
import pandas as pd

from bot.diagnosis import ask
from bot.diagnosis.conclude import conclude
from bot.diagnosis.diagnose import every_finding
from bot.incident import Finding
from bot.profile import Evidence
from tests.checks.checks_log import COLUMNS, Examined, late

MORE = ("speed", "weight", "height")


def with_more(log: pd.DataFrame) -> None:
    random = np.random.default_rng(5)
    for name in MORE:
        log[name] = random.gamma(3.0, 10.0, len(log))


def lost_in_eu(*names: str) -> Any:
    def lose(log: pd.DataFrame) -> None:
        with_more(log)
        hit = late(log) & (log["region"] == "eu")
        log.loc[hit, list(names)] = np.nan
        log.loc[hit, "score"] = np.random.default_rng(6).uniform(0.05, 0.95, int(hit.sum()))
        log.loc[hit, "prediction"] = (log.loc[hit, "score"] > 0.5).astype(int)

    return lose


def predictions() -> dict[str, Any]:
    return {
        "source": "files", "table": "log.parquet", "segments": ["region"],
        "features": ["distance", "carrier", *MORE], "columns": COLUMNS,
    }  # fmt: skip


def missing(evidence: Evidence) -> list[Finding]:
    return [one for one in ask(evidence, "data.missing") if one.verdict == "suspect"]


def test_features_lost_in_one_region_are_an_outage_of_it(examined: Examined) -> None:
    evidence = examined(lost_in_eu("distance", *MORE), predictions=predictions())

    found = missing(evidence)
    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert [one.subject.get("lost") for one in found] == ["together"] * 4
    assert first.cause == "regional_outage"


def test_two_features_lost_there_may_have_a_source_in_common(examined: Examined) -> None:
    evidence = examined(lost_in_eu("distance", "speed"), predictions=predictions())

    found = missing(evidence)
    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert [one.subject.get("lost") for one in found] == [None, None]
    assert first.cause == "missing_values"


def default_in_half(log: pd.DataFrame) -> None:
    """The server answers the commoner class, which is as often right as the model."""
    hit = late(log) & (log.index % 2 == 0)
    log.loc[hit, "score"] = 0.0
    log.loc[hit, "fallback"] = True


def test_defaults_explain_a_fall_of_the_area_though_no_more_answers_are_wrong(
    examined: Examined,
) -> None:
    evidence = examined(default_in_half, metric="auc")

    flag = next(one for one in ask(evidence, "model.fallback") if one.subject == {"part": "flag"})
    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert flag.figures["explained"] > 0.8
    assert flag.figures["accounts"] > 0.8
    assert first.cause == "fallback_predictions"


def test_of_answers_that_are_right_or_wrong_they_explain_nothing(examined: Examined) -> None:
    evidence = examined(default_in_half)

    flag = next(one for one in ask(evidence, "model.fallback") if one.subject == {"part": "flag"})

    assert flag.figures["accounts"] < 0.1
