"""A healthy log raises no suspicion, and what is absent is named instead of failing."""

from pathlib import Path

import pandas as pd
import pytest

from bot.checks import CHECKS
from bot.diagnosis import ask
from bot.errors import CheckError
from bot.profile import Evidence
from bot.sockets import Check
from tests.checks.checks_log import Examined, examined_log

FULL = sorted(set(CHECKS) - {"changes.recent", "system.metrics", "model.skew", "model.training"})


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return examined_log(tmp_path_factory.mktemp("calm"))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    absent = ("id", "score", "label_time", "model_version", "fallback", "host")
    return examined_log(tmp_path_factory.mktemp("bare"), without=absent)


@pytest.mark.parametrize("check", FULL)
def test_nothing_is_suspect_in_a_healthy_log(calm: Evidence, check: str) -> None:
    findings = ask(calm, check)

    assert [finding.says for finding in findings if finding.verdict == "suspect"] == []


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_sentence_has_a_number_and_no_defect_behind_it(calm: Evidence, check: str) -> None:
    for finding in ask(calm, check):
        assert "failed:" not in finding.says
        assert finding.verdict == "unknown" or any(letter.isdigit() for letter in finding.says)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("data.duplicates", "no column is configured for id"),
        ("model.version", "no column is configured for model_version"),
        ("model.fallback", "no column is configured for fallback"),
        ("model.threshold", "no column is configured for score"),
        ("model.skew", "no offline recomputation"),
        ("model.training", "no reference table is configured"),
        ("changes.recent", "no source of change events is configured"),
        ("system.metrics", "no source of system metrics is configured"),
        ("metric.labels", "no column is configured for label_time"),
        ("metric.recompute", "no table of reported values is configured"),
        ("data.schema", "no reference table is configured"),
    ],
)
def test_what_is_absent_is_named(bare: Evidence, check: str, words: str) -> None:
    unknown = [finding for finding in ask(bare, check) if finding.verdict == "unknown"]

    assert any(words in finding.says for finding in unknown)


def test_a_log_of_ten_rows_is_answered(examined: Examined) -> None:
    evidence = examined(lambda log: log.head(10))

    for check in CHECKS:
        findings = ask(evidence, check)
        assert findings
        assert not any("failed:" in finding.says for finding in findings), findings


def test_a_window_without_labels_is_answered(examined: Examined) -> None:
    def unlabel(log: pd.DataFrame) -> None:
        log["label"] = float("nan")

    evidence = examined(unlabel)

    for check in CHECKS:
        assert not any("failed:" in finding.says for finding in ask(evidence, check)), check


def test_a_check_that_breaks_becomes_an_unknown_finding_with_its_reason(calm: Evidence) -> None:
    def broken(_: Evidence) -> tuple[()]:
        raise ZeroDivisionError("by zero")

    checks = {"x": Check(name="x", question="?", arguments={}, run=broken)}

    (finding,) = ask(calm, "x", checks=checks)

    assert finding.verdict == "unknown"
    assert finding.says == "x failed: ZeroDivisionError: by zero"


@pytest.mark.parametrize(
    ("check", "args", "words"),
    [
        ("data.mising", {}, "did you mean 'data.missing'"),
        ("data.missing", {"leats": 0.1}, "did you mean 'least'"),
        ("data.missing", {"least": "much"}, "least is a float, not 'much'"),
    ],
)
def test_a_wrong_question_names_the_right_one(
    calm: Evidence, check: str, args: dict[str, object], words: str
) -> None:
    with pytest.raises(CheckError, match=words):
        ask(calm, check, args)


def test_a_threshold_from_a_playbook_is_taken(calm: Evidence) -> None:
    (finding, *_) = ask(calm, "data.distribution", {"psi": "0.0", "excess": -10})

    assert finding.verdict == "suspect"


def test_a_single_row_does_not_stop_the_scan(tmp_path: Path) -> None:
    evidence = examined_log(tmp_path, lambda log: log.head(1))

    assert evidence.rows.sum() == 1
