"""Labels that are wrong, absent or late, told from a world that changed."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.diagnosis.conclude import conclude
from bot.diagnosis.diagnose import every_finding
from tests.checks.checks_log import Break, Examined, late

ODD = np.random.default_rng(11).random(6_000)


def one_class_wrong(log: pd.DataFrame) -> None:
    """Four in ten negative labels are written down as positive."""
    log.loc[late(log) & (log["label"] == 0) & (ODD < 0.4), "label"] = 1.0


def absent_as_negative(log: pd.DataFrame) -> None:
    """Four in ten positive labels do not come, and are written down as negative."""
    log.loc[late(log) & (log["label"] == 1) & (ODD < 0.4), "label"] = 0.0


def world_changed(log: pd.DataFrame) -> None:
    """Far flights of one carrier are no longer what they were."""
    log.loc[late(log) & (log["carrier"] == "DL") & (log["distance"] > 1100), "label"] = 0.0


def come_late(log: pd.DataFrame) -> None:
    """Labels take five times as long, so that the newest are not there yet."""
    hit = late(log)
    log.loc[hit, "label_time"] = log["time"] + 5 * (log["label_time"] - log["time"])
    log.loc[log["label_time"] > log["time"].max(), "label"] = np.nan


@pytest.mark.parametrize(
    ("breaking", "cause"),
    [
        (one_class_wrong, "label_corruption"),
        (absent_as_negative, "label_delay"),
    ],
)
def test_what_turned_labels_is_told_by_the_way_they_turned(
    examined: Examined, breaking: Break, cause: str
) -> None:
    evidence = examined(breaking)

    assert conclude(evidence, every_finding(evidence)).hypotheses[0].cause == cause


def test_a_world_that_changed_for_some_cases_turned_no_labels_alike(examined: Examined) -> None:
    found = ask(examined(world_changed), "metric.labels")

    assert not [f for f in found if f.subject.get("part") == "turned"]


def test_the_chance_of_a_turned_label_is_read_off(examined: Examined) -> None:
    flips = examined(one_class_wrong).flips

    assert flips is not None
    assert (flips.way, flips.fits) == ("positive", True)
    assert flips.chance == pytest.approx(0.4, abs=0.07)


def test_late_labels_are_seen_by_an_age_that_every_row_has_reached(examined: Examined) -> None:
    slow, usual = (
        [f for f in ask(examined(breaking), "metric.labels") if f.subject.get("part") == "delay"]
        for breaking in (come_late, lambda _: None)
    )

    assert [f.verdict for f in slow] == ["suspect"]
    assert "after their prediction" in slow[0].says
    assert [f.verdict for f in usual] == ["clear"]
