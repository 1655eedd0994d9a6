"""Of two causes that act together, how much of the fall is whose: in every form of words."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from bot.diagnosis import as_text, every_finding, explain
from bot.diagnosis.candidate import Candidate, Contribution
from bot.diagnosis.causes import BY_NAME
from bot.diagnosis.conclude import conclude
from bot.diagnosis.hypotheses import act_together
from bot.diagnosis.rank import candidates
from bot.diagnosis.residual import beside
from bot.incident import Finding
from tests.checks.checks_log import Break, examined_log, late, lose_distance


def lose_distance_and_versions(log: pd.DataFrame) -> None:
    """The distance is empty in one region; in another a new version answers at random."""
    lose_distance(log)
    hit = late(log) & (log["region"] == "us")
    log.loc[hit, "version"] = "v2"
    log.loc[hit, "score"] = 0.1 + 0.8 * ((log["distance"] * 7919) % 1)
    log.loc[hit, "prediction"] = (log["score"] > 0.5).astype(int)


@pytest.mark.parametrize(
    ("breaking", "both"), [(lose_distance_and_versions, True), (lose_distance, False)]
)
def test_two_causes_are_told_with_the_part_of_each_and_one_is_told_alone(
    tmp_path: Path,
    breaking: Break,
    both: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    evidence = examined_log(tmp_path, breaking)
    findings = every_finding(evidence)
    diagnosis = conclude(evidence, findings)

    first, second = diagnosis.hypotheses[:2]

    assert ("two causes may act together" in explain(evidence, findings)) is both
    assert ("of the extra errors lie in its rows" in as_text(diagnosis)) is both
    if both:
        assert {first.cause, second.cause} == {"missing_values", "model_version"}
        assert 0.2 < (first.share or 0) < 0.8
        assert 0.2 < (second.share or 0) < 0.8


def holding(cause: str, share: float | None) -> Candidate:
    finding = Finding(
        check="any", verdict="suspect", strength=20.0, says=cause, id=cause,
        figures={} if share is None else {"explained": share},
    )  # fmt: skip
    why = Contribution(finding=finding, weight=5.0, most=5.0)
    return Candidate(declared=BY_NAME[cause], contributions=[why], odds=3.0)


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [(0.5, 0.4, True), (0.9, 0.9, False), (0.5, None, True), (0.99, None, False)],
)
def test_a_cause_that_holds_all_errors_leaves_none_to_another(
    first: float,
    second: float | None,
    both: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    found = [holding("missing_values", first), holding("concept_drift", second)]

    assert act_together(found) is both


def lose_distance_and_labels(log: pd.DataFrame) -> None:
    """The distance is empty in one region, and every third label is positive."""
    lose_distance(log)
    log.loc[late(log) & (log.index % 3 == 0), "label"] = 1.0


@pytest.mark.parametrize(
    ("breaking", "moved"), [(lose_distance_and_labels, True), (lose_distance, False)]
)
def test_labels_that_moved_beside_a_broken_feature_have_a_cause_of_their_own(
    tmp_path: Path, breaking: Break, *, moved: bool
) -> None:
    evidence = examined_log(tmp_path, breaking)
    findings = [replace(one, id=f"f{place}") for place, one in enumerate(every_finding(evidence))]
    ranked = sorted(candidates(evidence, findings), key=lambda one: one.cause != "missing_values")

    second, third = (one.cause for one in beside(evidence, findings, ranked)[1:3])

    assert ({second, third} == {"label_corruption", "concept_drift"}) == moved
