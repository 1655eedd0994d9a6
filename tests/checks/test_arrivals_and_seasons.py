"""Late rows, labels that are written before they are known, and cycles."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask, conclude, examine
from bot.incident import Finding
from bot.profile import Evidence
from bot.sources import open_sources
from tests.checks.checks_log import COLUMNS, END, ONSET, Examined, late, mispredict, written_log


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def the(findings: tuple[Finding, ...]) -> Finding:
    (found,) = suspects(findings)
    return found


ARRIVALS = {
    "predictions": {
        "source": "files", "table": "log.parquet", "segments": ["region"],
        "features": ["distance", "carrier"], "columns": COLUMNS | {"arrival_time": "arrived"},
    }
}  # fmt: skip


def arriving(log: pd.DataFrame, *, later: float) -> None:
    random = np.random.default_rng(8)
    took = random.exponential(30, len(log)) * np.where(late(log), later, 1.0)
    log["arrived"] = log["time"] + pd.to_timedelta(took, unit="s")


def test_rows_that_arrive_later_are_found_with_both_delays(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def slow(log: pd.DataFrame) -> None:
        arriving(log, later=40)
        mispredict(log, late(log))
        logs.append(log)

    evidence = examined(slow, **ARRIVALS)
    found = the(ask(evidence, "data.freshness"))

    (log,) = logs
    took = log["arrived"] - log["time"]
    during = log["time"] >= pd.Timestamp(evidence.start)
    assert found.subject == {"part": "delay"}
    assert found.figures["before"] == pytest.approx(
        took[~during].dt.total_seconds().mean(), abs=0.1
    )
    assert found.figures["during"] == pytest.approx(took[during].dt.total_seconds().mean(), abs=0.1)
    assert found.since is not None
    assert abs((found.since - ONSET).total_seconds()) <= 4 * 3600


def test_rows_that_arrive_as_before_are_clear(examined: Examined) -> None:
    def usual(log: pd.DataFrame) -> None:
        arriving(log, later=1)
        mispredict(log, late(log))

    findings = ask(examined(usual, **ARRIVALS), "data.freshness")

    assert {finding.verdict for finding in findings} == {"clear"}


def test_without_times_of_arrival_freshness_says_what_is_missing(examined: Examined) -> None:
    findings = ask(examined(), "data.freshness")

    (unknown,) = [finding for finding in findings if finding.verdict == "unknown"]
    assert "no column is configured for arrival_time" in unknown.says


def absent(findings: tuple[Finding, ...]) -> Finding:
    (found,) = [finding for finding in findings if finding.subject.get("part") == "absent"]
    return found


def test_absent_labels_that_are_written_down_as_negative_are_found(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def default(log: pd.DataFrame) -> None:
        hit = late(log) & (np.arange(len(log)) % 2 == 0)
        log.loc[hit, "label"] = 0.0
        log.loc[hit, "label_time"] = pd.NaT
        logs.append(log)

    evidence = examined(default)
    found = absent(ask(evidence, "metric.labels"))

    (log,) = logs
    known = log["label_time"].isna() | (log["label_time"] <= pd.Timestamp(evidence.at))
    rows = log[known & (log["time"] >= pd.Timestamp(evidence.start))]
    assert found.verdict == "suspect"
    assert found.subject == {"part": "absent", "class": "0"}
    assert found.figures["during"] == pytest.approx(rows["label_time"].isna().mean())


def test_a_join_that_does_not_wait_for_labels_is_found_by_its_time(examined: Examined) -> None:
    def hasty(log: pd.DataFrame) -> None:
        took = (log["label_time"] - log["time"]).dt.total_seconds()
        hit = late(log) & (took > 1800)
        log.loc[hit, "label"] = 0.0
        log.loc[hit, "label_time"] = log.loc[hit, "time"] + pd.Timedelta(minutes=30)

    evidence = examined(hasty)
    found = absent(ask(evidence, "metric.labels"))

    assert found.verdict == "suspect"
    findings = [*ask(evidence, "metric.recompute"), *ask(evidence, "metric.labels")]
    assert conclude(evidence, findings).hypotheses[0].cause == "label_delay"


def test_a_class_that_became_rare_is_not_taken_for_absent_labels(examined: Examined) -> None:
    def rare(log: pd.DataFrame) -> pd.DataFrame:
        positive = log["label"] == 1
        kept = ~late(log) | ~positive | (np.arange(len(log)) % 4 == 0)
        left: pd.DataFrame = log.loc[kept].reset_index(drop=True)
        return left

    assert absent(ask(examined(rare), "metric.labels")).verdict == "clear"


def evenings(log: pd.DataFrame) -> None:
    """A third of what is predicted after six is wrong, every day."""
    bad = (log["time"].dt.hour >= 18) & (np.arange(len(log)) % 3 == 0)
    log.loc[bad, "prediction"] = 1 - log.loc[bad, "prediction"]
    log["label_time"] = log["time"]


def ask_since_six(
    tmp_path: Path, breaking: Callable[[pd.DataFrame], None]
) -> tuple[Evidence, tuple[Finding, ...]]:
    settings = written_log(tmp_path, breaking)
    with open_sources(settings) as opened:
        evidence = examine(
            settings, "m", sources=opened, at=END, since=END - timedelta(hours=6)
        )  # fmt: skip
    return evidence, ask(evidence, "metric.season")


def test_a_fall_that_came_every_evening_is_found_and_equals_plain_pandas(tmp_path: Path) -> None:
    logs: list[pd.DataFrame] = []

    def every_evening(log: pd.DataFrame) -> None:
        evenings(log)
        logs.append(log)

    evidence, findings = ask_since_six(tmp_path, every_evening)

    (log,) = logs
    found = the(findings)
    right = log["prediction"] == log["label"]
    phase = log["time"].dt.hour >= 18
    earlier = phase & (log["time"] < pd.Timestamp(evidence.start))
    by_day = right[earlier].groupby(log.loc[earlier, "time"].dt.date).mean()
    assert found.subject == {"cycle": "day"}
    assert found.figures["cycles"] == len(by_day)
    assert found.figures["earlier"] == pytest.approx(by_day.mean())
    assert found.figures["otherwise"] == pytest.approx(right[~phase].mean())
    assert found.figures["during"] == pytest.approx(right[phase & ~earlier].mean())


def test_an_evening_that_is_bad_for_the_first_time_is_no_season(tmp_path: Path) -> None:
    def one_evening(log: pd.DataFrame) -> None:
        mispredict(log, log["time"] >= pd.Timestamp(END - timedelta(hours=6)))
        log["label_time"] = log["time"]

    _, findings = ask_since_six(tmp_path, one_evening)

    assert [finding.verdict for finding in findings] == ["clear"]


def test_an_incident_longer_than_a_day_says_why_there_is_no_earlier_phase(
    examined: Examined,
) -> None:
    (unknown,) = ask(examined(lambda log: mispredict(log, late(log))), "metric.season")

    assert unknown.verdict == "unknown"
    assert "too few earlier days or weeks" in unknown.says


def test_where_nothing_fell_the_last_hours_are_held_against_those_of_earlier_days(
    examined: Examined,
) -> None:
    def nights(log: pd.DataFrame) -> None:
        hit = (log["time"].dt.hour >= 18) & (np.arange(len(log)) % 2 == 0)
        mispredict(log, hit)

    evidence = examined(nights)

    found = the(ask(evidence, "metric.season"))

    assert not evidence.fell
    assert found.subject == {"cycle": "day"}
    assert found.figures["gap"] > 0.02
