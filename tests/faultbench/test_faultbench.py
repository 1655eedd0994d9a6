"""The fault bench makes what it says it makes, and its small form has floors."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("sklearn", reason="the bench trains real models; scikit-learn is not installed")

from tests.faultbench.archives import DataUnavailableError
from tests.faultbench.datasets import load
from tests.faultbench.draw import SMALL, cut, draw
from tests.faultbench.faults.kinds import KINDS
from tests.faultbench.generate import KINDS_ONCE, generate
from tests.faultbench.marks import Mark, mark, marks
from tests.faultbench.packages.ranked import kept
from tests.faultbench.play import play, stage
from tests.faultbench.rules import RULES, Case, Ranked, answer, named, read
from tests.faultbench.run import cases, run
from tests.faultbench.score import macro, mean, score


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of each kind from the small data sets."""
    try:
        for name in SMALL:
            load(name)
    except DataUnavailableError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("faultbench") / "small"
    generate(folder, cases=KINDS_ONCE, among="small", seed=11, workers=2)
    return folder


@pytest.fixture(scope="module")
def found(made: Path) -> list[Mark]:
    """The small bench, diagnosed."""
    run(made, workers=2)
    return marks(made)


def truth(case: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((case / "truth.json").read_text())
    return known


@pytest.mark.slow
def test_nearly_every_kind_of_fault_can_be_made_with_real_harm(made: Path) -> None:
    families = {truth(case)["grader"]["family"] for case in cases(made)}

    assert len(families) >= KINDS_ONCE - 4


@pytest.mark.slow
def test_a_case_counts_only_with_real_harm_or_with_none(made: Path) -> None:
    for case in cases(made):
        known = truth(case)
        share, sigma = known["grader"]["share"], known["grader"]["sigma"]
        if known["onset"] is not None:
            assert share >= 0.01, case
            assert sigma > 3, case
        elif known["causes"] == ["healthy"]:
            assert abs(share) < 0.015, case


@pytest.mark.slow
def test_every_log_has_decoys_near_the_onset_that_did_nothing(made: Path) -> None:
    for case in cases(made):
        known = truth(case)
        assert len(known["decoys"]) >= 2
        assert known["change"] not in known["decoys"]


@pytest.mark.slow
def test_a_missing_feature_is_missing_in_its_slice_after_the_onset_only(made: Path) -> None:
    [case] = [c for c in cases(made) if truth(c)["causes"] == ["missing_values"]]
    known = truth(case)
    columns = known["grader"]["columns"]
    log = pd.read_parquet(case / known["grader"]["log"])
    after = log[columns["time"]] >= pd.Timestamp(known["onset"])
    [feature] = known["features"]

    assert log.loc[after, feature].isna().mean() > 0.03
    assert log.loc[~after, feature].isna().mean() < 0.01


@pytest.mark.slow
def test_the_same_seed_plays_the_same_case(made: Path) -> None:
    assert made.exists()
    plans = [draw("join_break", seed=77, among=SMALL) for _ in range(2)]
    logs = []
    for plan in plans:
        scene = stage(plan)
        cut(plan, scene)
        logs.append(play(plan, scene).rows)

    pd.testing.assert_frame_equal(logs[0], logs[1])


@pytest.mark.slow
def test_no_trivial_rule_comes_near(made: Path) -> None:
    for rule, named_by in RULES.items():
        given = [mark(c.name, truth(c), answer(*named_by(read(c)))) for c in cases(made)]
        assert macro(given, by=lambda m: m.right) < 0.4, rule


def test_what_a_package_ranked_first_is_named_by_rules_of_thumb(tmp_path: Path) -> None:
    log = pd.DataFrame({"id": range(80), "age": [30.0, 40.0] * 40, "pay": [1.0, 2.0] * 40})
    case = Case(
        seed=1, features=["age", "pay"], columns={"id": "id"}, changes=[],
        before=log[:70], after=log[70:].assign(pay=None),
    )  # fmt: skip
    kept_in = tmp_path / "answers" / "ranked-by-evidently.json"
    kept_in.parent.mkdir()
    kept_in.write_text('{"case-0001": {"scores": {"age": 0.1, "pay": 4.0}, "alarm": true}}')

    [ranked] = kept(tmp_path, "evidently").values()

    assert named(case, ranked) == ("missing_values", "pay")
    assert named(case, Ranked(scores=ranked.scores, alarm=False)) == ("healthy", "")
    assert kept(tmp_path, "nannyml") == {}


@pytest.mark.slow
def test_the_diagnoser_clears_the_floors(found: list[Mark]) -> None:
    figures = {s.name: s.value for s in score(found, draws=10)}

    assert not any(m.error for m in found)
    assert figures["macro top-1 cause"] >= 0.55
    assert figures["macro top-3"] >= 0.7
    assert figures["culprit feature"] >= 0.6
    assert mean(m.false_alarm for m in found) <= 0.34


def case_truth(**changed: Any) -> dict[str, Any]:
    return {
        "causes": ["missing_values"], "accept": [["missing_values"]], "features": ["age"],
        "segments": [{"region": "eu"}], "onset": "2025-01-02T00:00:00Z", "shape": "step",
        "action": "quarantine_feature", "change": "chg-1", "dataset": "d", "severity": "medium",
        "grader": {"bucket_s": 3600, "actions": ["quarantine_feature"], "aliases": []},
    } | changed  # fmt: skip


def said(cause: str, **changed: Any) -> dict[str, Any]:
    first = {
        "cause": cause, "confidence": 0.9, "features": ["age"], "segments": [{"region": "eu"}],
        "change": "chg-1", "actions": [{"kind": "quarantine_feature"}],
    } | changed  # fmt: skip
    onset = {"time": "2025-01-02T00:30:00Z"}
    return {"document": {"hypotheses": [first], "onset": onset}, "seconds": 0.1}


def test_a_perfect_answer_has_every_mark() -> None:
    given = mark("case", case_truth(), said("missing_values"))

    assert (given.right, given.top3, given.culprit, given.onset) == (True, True, True, True)
    assert (given.slice_f1, given.action, given.change) == (1.0, True, True)


def test_half_a_slice_is_half_right() -> None:
    known = case_truth(segments=[{"region": "eu"}, {"region": "us"}])

    assert mark("case", known, said("missing_values")).slice_f1 == pytest.approx(2 / 3)


def test_a_feature_named_where_none_is_at_fault_is_blamed() -> None:
    known = case_truth(causes=["prior_shift"], accept=[["prior_shift"]], features=[])

    assert mark("case", known, said("prior_shift")).blamed
    assert not mark("case", known, said("prior_shift", features=[])).blamed


def test_a_fault_claimed_without_harm_is_a_false_alarm_and_unknown_is_not() -> None:
    known = case_truth(causes=["healthy"], accept=[["healthy"]], onset=None, features=[])

    assert mark("case", known, said("join_break")).false_alarm
    assert not mark("case", known, said("unknown")).false_alarm


def test_an_error_is_a_wrong_answer() -> None:
    given = mark("case", case_truth(), {"error": "Traceback", "seconds": 1.0})

    assert given.error
    assert not given.right


def test_every_kind_has_a_cause_and_an_action_of_the_contract() -> None:
    from bot.incident.causes import CAUSES  # noqa: PLC0415 - only here are the two held together

    for kind in KINDS.values():
        assert kind.cause in CAUSES
