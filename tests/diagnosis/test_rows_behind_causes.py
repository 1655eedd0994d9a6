"""Rows that are missing, repeated or made up look like other causes, and speak against them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.diagnosis import examine
from bot.diagnosis.causes import BY_NAME
from bot.diagnosis.rank import candidates, outside
from bot.diagnosis.weighing import weighed
from bot.incident import Finding
from bot.profile import Evidence
from bot.settings import read_settings
from bot.sources import open_sources


@pytest.fixture(scope="module")
def evidence(case: Path) -> Evidence:
    settings = read_settings(case / "plummet.toml")
    with open_sources(settings) as sources:
        return examine(settings, "delays", sources=sources)


def suspect(check: str, evidence: Evidence, **subject: str) -> Finding:
    return Finding(
        check=check, verdict="suspect", strength=12.0, says="something moved", since=evidence.start,
        subject=subject,
    )  # fmt: skip


def test_labels_that_came_loose_because_right_answers_are_missing_are_not_wrong(
    evidence: Evidence,
) -> None:
    loose = suspect("data.rows", evidence, part="labels")
    missing = suspect("data.volume", evidence, part="selected")

    assert candidates(evidence, [loose])[0].cause == "label_corruption"
    assert candidates(evidence, [loose, missing])[0].cause == "partial_ingestion"


def test_rows_that_a_few_senders_make_up_are_theirs_and_nothing_unheard_of(
    evidence: Evidence,
) -> None:
    loose = suspect("data.joins", evidence, feature="distance", sign="both")
    made_up = suspect("data.rows", evidence, part="rows")
    few = replace(
        suspect("drift.adversarial", evidence, segment="client"),
        figures={"explained": 0.9, "accounts": 0.9},
    )

    assert candidates(evidence, [loose, few])[0].cause == "adversarial"
    assert outside(evidence, [made_up, few]).odds < outside(evidence, [made_up]).odds - 3


def test_repeated_rows_are_no_traffic_that_grew(evidence: Evidence) -> None:
    grown = replace(suspect("drift.mix", evidence, segment="client"), figures={"harm": 0.9})
    repeated = replace(suspect("data.duplicates", evidence), figures={"before": 0.0, "during": 0.3})

    assert candidates(evidence, [grown])[0].cause == "traffic_mix"
    assert candidates(evidence, [grown, repeated])[0].cause == "duplicate_rows"


def test_a_few_repeated_rows_say_little_of_other_causes(evidence: Evidence) -> None:
    moved = suspect("model.threshold", evidence, sign="moved")
    few = replace(
        suspect("data.duplicates", evidence),
        figures={"before": 0.0, "during": 0.01, "most": 0.1},
    )

    assert candidates(evidence, [moved, few])[0].cause == "threshold_change"


def test_other_rows_by_right_are_believed_though_the_fall_is_dated_otherwise(
    evidence: Evidence,
) -> None:
    later = evidence.onset_interval.high + timedelta(days=1)
    mix = replace(
        suspect("drift.covariate", evidence, column="distance"), since=later,
        figures={"harm": 0.8, "genuine": 1.0},
    )  # fmt: skip
    doubtful = replace(mix, figures={"harm": 0.8, "genuine": 0.0})
    declared = BY_NAME["covariate_shift"]

    sure, unsure = (weighed(evidence, declared, None, [one]).odds for one in (mix, doubtful))

    assert sure > unsure + 1


def test_values_that_were_never_there_are_no_other_mix(evidence: Evidence) -> None:
    mix = replace(suspect("drift.covariate", evidence, column="distance"), figures={"harm": 0.9})
    beyond = replace(
        suspect("data.ranges", evidence, feature="distance", sign="outside"),
        figures={"explained": 0.7, "accounts": 0.7},
    )

    assert candidates(evidence, [mix])[0].cause == "covariate_shift"
    assert candidates(evidence, [mix, beyond])[0].cause == "unit_change"
