"""What the ranking holds to, whatever the checks find."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bot.diagnosis import every_finding, examine
from bot.diagnosis.calibration import TEMPERATURES, UNKNOWNS, Calibration, Weighed, fit
from bot.diagnosis.candidate import Candidate
from bot.diagnosis.causes import BY_NAME
from bot.diagnosis.conclude import conclude
from bot.diagnosis.neighbours import level_twins
from bot.diagnosis.rank import candidates, outside, rank
from bot.diagnosis.residual import beside
from bot.diagnosis.weighing import fits, weighed
from bot.incident import Finding, Hypothesis
from bot.profile import Evidence
from bot.settings import read_settings
from bot.sources import open_sources


@pytest.fixture(scope="module")
def evidence(case: Path) -> Evidence:
    settings = read_settings(case / "plummet.toml")
    with open_sources(settings) as sources:
        return examine(settings, "delays", sources=sources)


def skewed(evidence: Evidence) -> Finding:
    return Finding(
        check="model.skew", verdict="suspect", strength=20.0, says="distance differs",
        since=evidence.start, subject={"feature": "distance", "release": "unknown"},
    )  # fmt: skip


def test_equal_evidence_gives_twins_equal_belief(evidence: Evidence) -> None:
    found = [
        Candidate(declared=BY_NAME[name], odds=odds)
        for name, odds in (("model_version", 2.0), ("dependency_upgrade", 1.4))
    ]
    assert "model_version" in evidence.absent

    level_twins(evidence, found)

    assert found[0].odds == found[1].odds == pytest.approx(1.7)


def test_a_cause_never_begins_after_its_effect(evidence: Evidence) -> None:
    onset = evidence.onset_interval

    at_once = fits(evidence, onset.time)
    before = fits(evidence, onset.time - timedelta(days=1))
    after = fits(evidence, onset.time + timedelta(days=1))

    assert at_once == 1.0
    assert after < before < at_once


def test_what_differs_from_its_recomputation_is_no_fault_of_the_source(evidence: Evidence) -> None:
    for declared in (BY_NAME[name] for name in BY_NAME if BY_NAME[name].by_feature):
        alone = weighed(evidence, declared, "distance", [])
        served = weighed(evidence, declared, "distance", [skewed(evidence)])

        serving = declared.cause in {"training_serving_skew", "preprocessing_change"}
        assert (served.odds > alone.odds) is serving, declared.cause


def found_of(evidence: Evidence, check: str, **subject: str) -> Finding:
    return Finding(
        check=check, verdict="suspect", strength=50.0, says=f"{check} says so",
        since=evidence.start, subject={"feature": "distance", **subject},
        figures={"accounts": 1.0},
    )  # fmt: skip


def test_no_pile_of_evidence_makes_a_fault_of_the_source_of_what_is_served_otherwise(
    evidence: Evidence,
) -> None:
    seen = [
        found_of(evidence, "data.units", sign="scaled"),
        found_of(evidence, "data.ranges", sign="scaled"),
    ]
    unit, skew = (BY_NAME[name] for name in ("unit_change", "training_serving_skew"))

    assert weighed(evidence, unit, "distance", seen).odds > 0
    seen.append(skewed(evidence))
    assert weighed(evidence, unit, "distance", seen).odds < 0
    assert weighed(evidence, skew, "distance", seen).odds > 0


def conclude_of(evidence: Evidence, findings: list[Finding]) -> list[Hypothesis]:
    """The hypotheses as the ranking states them, of a metric that fell."""
    numbered = [replace(one, id=f"f{place}") for place, one in enumerate(findings, start=1)]
    return list(rank(evidence, numbered, verdict="degraded"))


def test_swapped_features_are_no_cause_of_the_contract_and_both_are_named(
    evidence: Evidence,
) -> None:
    swapped = found_of(evidence, "data.schema", sign="swapped", other="carrier")
    findings = [found_of(evidence, "data.units", sign="scaled"), swapped]

    (*_, unknown) = sorted(conclude_of(evidence, findings), key=lambda one: one.confidence)

    assert (unknown.cause, unknown.features) == ("unknown", ("distance", "carrier"))


def test_a_limit_is_no_frozen_value_and_moved_hours_did_not_stand_still(evidence: Evidence) -> None:
    frozen = BY_NAME["frozen_feature"]
    limit = found_of(evidence, "data.constants", sign="limit")
    still = found_of(evidence, "data.constants", sign="frozen")
    moved = found_of(evidence, "data.clock", sign="shifted")

    assert outside(evidence, [limit]).odds > outside(evidence, [still]).odds
    assert weighed(evidence, frozen, "distance", [limit]).odds < 0
    alone, beside_it = (
        weighed(evidence, frozen, "distance", found).odds for found in ([still], [still, moved])
    )
    assert alone > beside_it


def test_a_fault_that_is_taken_out_turns_the_verdict(
    own_case: Path, serve_rows: Callable[..., None]
) -> None:
    settings = read_settings(own_case / "plummet.toml")
    end = datetime.fromisoformat((own_case / "at.txt").read_text())
    newest = max((own_case / "predictions").iterdir())
    newest.unlink()
    serve_rows(own_case, start=end - timedelta(days=1), end=end, rows=2000, broken=False)

    with open_sources(settings) as sources:
        found = examine(settings, "delays", sources=sources)
        diagnosis = conclude(found, every_finding(found))

    assert diagnosis.verdict == "healthy"
    assert diagnosis.hypotheses[0].cause == "healthy"


def test_the_fit_finds_the_temperature_that_made_the_cases() -> None:
    true = Calibration(temperature=2.0, unknown=0.0, surest=1.0)
    cases = []
    for step in range(1, 13):
        odds = {"join_break": step / 2, "unit_change": 0.0}
        (share, other), left = true.shares(list(odds.values()))
        rows = [("join_break", share), ("unit_change", other), ("unknown", left)]
        cases += [
            Weighed(odds=odds, right=frozenset({cause}))
            for cause, part in rows
            for _ in range(round(100 * part))
        ]

    found = fit(cases, surest=1.0)

    believed = [max(found.shares(list(case.odds.values()))[0]) for case in cases]
    right = sum("join_break" in case.right for case in cases) / len(cases)
    assert sum(believed) / len(cases) == pytest.approx(right, abs=0.03)
    assert 1.5 < found.temperature < 2.5


def test_of_fits_as_good_the_one_that_is_right_most_often_is_taken() -> None:
    random, cases = np.random.default_rng(5), []
    true = Calibration(temperature=1.0, unknown=-0.6, surest=1.0)
    for _ in range(60):
        odds = dict(zip("abc", random.normal(-0.5, 1.0, 3).tolist(), strict=True))
        shares, left = true.shares([*odds.values()])
        right = random.choice(["a", "b", "c", "unknown"], p=[*shares, left])
        cases.append(Weighed(odds=odds, right=frozenset({str(right)})))

    def told(one: Calibration) -> tuple[float, int]:
        firsts = [one.first(case) for case in cases]
        return sum((belief - hit) ** 2 for belief, hit in firsts), sum(hit for _, hit in firsts)

    every = [
        told(Calibration(temperature=temperature, unknown=unknown, surest=1.0))
        for temperature in TEMPERATURES for unknown in UNKNOWNS
    ]  # fmt: skip
    least = min(loss for loss, _ in every)
    loss, hits = told(fit(cases, surest=1.0))

    assert loss <= 1.01 * least
    assert hits == max(hits for loss, hits in every if loss <= 1.01 * least)
    assert hits > dict(sorted(every, reverse=True))[least]


def test_a_fit_needs_cases() -> None:
    with pytest.raises(ValueError, match="needs cases"):
        fit([])


def suspect(check: str, evidence: Evidence, *, strength: float = 20.0, **subject: str) -> Finding:
    return Finding(
        check=check, verdict="suspect", strength=strength, says=check, since=evidence.start,
        subject=subject, id=f"{check} {subject}",
    )  # fmt: skip


def test_a_second_cause_has_evidence_of_its_own(evidence: Evidence) -> None:
    findings = [
        suspect("model.skew", evidence, feature="distance", release="no"),
        suspect("data.constants", evidence, feature="distance", sign="default"),
        suspect("model.version", evidence, version="v2"),
    ]
    ranked = candidates(evidence, findings)
    alone = next(one for one in ranked if one.cause == "model_version").odds

    first, second, *_ = beside(evidence, findings, ranked)

    assert first is ranked[0]
    assert (first.cause, first.feature) == ("training_serving_skew", "distance")
    assert second.cause == "model_version"
    assert second.odds > alone + 3


def test_what_speaks_for_no_cause_speaks_for_unknown_unless_a_defect_is_there(
    evidence: Evidence,
) -> None:
    mixed_up = suspect("data.rows", evidence, part="answers")
    served = suspect("model.version", evidence, version="v2")

    assert outside(evidence, [mixed_up]).odds > 4
    assert outside(evidence, [mixed_up, served]).odds < 2
    assert outside(evidence, [served]).odds == 0.0


def test_harder_cases_of_another_feature_speak_against_another_unit(evidence: Evidence) -> None:
    unit = suspect("data.units", evidence, feature="distance", sign="scaled")
    elsewhere = replace(suspect("drift.covariate", evidence, column="hour"), figures={"harm": 0.9})
    of_itself = replace(elsewhere, subject={"column": "distance"})
    declared = BY_NAME["unit_change"]

    alone = weighed(evidence, declared, "distance", [unit]).odds

    assert weighed(evidence, declared, "distance", [unit, of_itself]).odds == alone
    assert weighed(evidence, declared, "distance", [unit, elsewhere]).odds < alone - 3


def test_a_plain_defect_is_believed_though_the_fall_is_dated_otherwise(evidence: Evidence) -> None:
    later = evidence.onset_interval.high + timedelta(days=1)
    empty = replace(
        suspect("data.missing", evidence, feature="distance"), since=later,
        figures={"before": 0.0, "during": 0.3, "accounts": 0.9},
    )  # fmt: skip
    faint = replace(empty, figures={"before": 0.2, "during": 0.3, "accounts": 0.9})
    declared = BY_NAME["missing_values"]

    assert weighed(evidence, declared, "distance", [empty]).odds > 0
    assert weighed(evidence, declared, "distance", [faint]).odds < 0


def test_what_an_ill_host_loses_is_no_release_of_the_preprocessing(evidence: Evidence) -> None:
    served = replace(skewed(evidence), subject={"feature": "distance", "release": "yes"})
    ill = suspect("system.hosts", evidence, host="h1", sign="both")

    alone = candidates(evidence, [served])[0]
    beside_it = candidates(evidence, [served, ill])[0]

    assert alone.cause == "preprocessing_change"
    assert beside_it.cause == "regional_outage"


def test_values_under_other_names_are_not_those_of_other_rows(evidence: Evidence) -> None:
    loose = suspect("data.joins", evidence, feature="carrier", sign="both")
    renamed = suspect("data.categories", evidence, feature="carrier", sign="recoded")

    assert candidates(evidence, [loose])[0].cause == "join_break"
    assert candidates(evidence, [loose, renamed])[0].cause == "category_recode"


def test_a_frozen_value_makes_cases_look_like_others(evidence: Evidence) -> None:
    mix = replace(suspect("drift.covariate", evidence, column="distance"), figures={"harm": 0.9})
    still = replace(
        suspect("data.constants", evidence, feature="distance", sign="frozen"),
        figures={"explained": 0.9, "accounts": 0.9},
    )

    assert candidates(evidence, [mix])[0].cause == "covariate_shift"
    assert candidates(evidence, [mix, still])[0].cause == "frozen_feature"


def test_values_that_left_their_range_are_not_those_of_other_rows(evidence: Evidence) -> None:
    loose = suspect("data.joins", evidence, feature="distance", sign="both")
    outside_it = suspect("data.ranges", evidence, feature="distance", sign="scaled")

    assert candidates(evidence, [loose, outside_it])[0].cause == "unit_change"


def test_another_version_may_answer_by_other_features_altogether(evidence: Evidence) -> None:
    mixed = Finding(
        check="data.rows", verdict="suspect", strength=30.0, says="answers of other rows",
        since=evidence.start, subject={"part": "answers"},
    )  # fmt: skip

    def moved(cause: str) -> float:
        alone = weighed(evidence, BY_NAME[cause], None, [])
        return weighed(evidence, BY_NAME[cause], None, [mixed]).odds - alone.odds

    assert moved("model_version") == 0
    assert moved("dependency_upgrade") < 0
    assert moved("label_corruption") < 0


def test_a_feature_that_is_served_otherwise_speaks_against_a_join_of_another(
    evidence: Evidence,
) -> None:
    loose = suspect("data.joins", evidence, feature="carrier", sign="both")
    served = replace(skewed(evidence), subject={"feature": "distance", "release": "no"})

    assert candidates(evidence, [loose])[0].cause == "join_break"
    assert candidates(evidence, [loose, served])[0].cause == "training_serving_skew"


def test_no_fault_before_the_score_breaks_the_rule_over_it(evidence: Evidence) -> None:
    broken = replace(
        found_of(evidence, "model.threshold", sign="mixed"), figures={"holds": 0.9}
    )  # fmt: skip
    without = replace(broken, figures={"holds": 0.0})

    for declared in (BY_NAME[name] for name in ("category_recode", "join_break", "default_fill")):
        alone = weighed(evidence, declared, "distance", []).odds

        assert weighed(evidence, declared, "distance", [broken]).odds < alone - 5
        assert weighed(evidence, declared, "distance", [without]).odds == pytest.approx(alone)


@pytest.mark.parametrize(("held", "first"), [(0.9, "unit_change"), (0.0, "label_corruption")])
def test_labels_are_right_where_numbers_out_of_range_hold_the_extra_errors(
    evidence: Evidence, held: float, first: str
) -> None:
    outside_range = Finding(
        check="data.ranges", verdict="suspect", strength=50.0, says="distance is out of its range",
        since=evidence.start, subject={"feature": "distance", "sign": "outside"},
        figures={"explained": held, "accounts": held},
    )  # fmt: skip
    turned = suspect("metric.labels", evidence, part="turned", way="positive")
    flat = suspect("drift.concept", evidence, sign="flat")

    ranked = candidates(evidence, [outside_range, turned, flat])

    assert ranked[0].cause == first


@pytest.mark.parametrize(("relied", "first"), [(0.8, "join_break"), (0.0, "model_version")])
def test_a_join_that_broke_beside_the_answers_hides_no_other_cause(
    evidence: Evidence, relied: float, first: str
) -> None:
    loose = Finding(
        check="data.joins", verdict="suspect", strength=30.0, says="distance came loose",
        since=evidence.start, subject={"feature": "distance", "sign": "both"},
        figures={"relied": relied},
    )  # fmt: skip
    other = suspect("model.score", evidence, features="same", sign="score")

    ranked = candidates(evidence, [loose, other])

    assert ranked[0].cause == first


def test_a_default_that_holds_the_errors_speaks_against_answers_of_other_rows(
    evidence: Evidence,
) -> None:
    mixed = found_of(evidence, "data.rows", part="answers")
    pile = found_of(evidence, "model.fallback", part="score")
    held, harmless = (replace(pile, figures={"explained": part}) for part in (0.8, 0.0))

    assert outside(evidence, [mixed, held]).odds == 0.0
    assert outside(evidence, [mixed, harmless]).odds == outside(evidence, [mixed]).odds


def test_what_only_some_hosts_answer_wrong_comes_after_the_request(evidence: Evidence) -> None:
    wrong = found_of(evidence, "system.hosts", sign="wrong", host="h1")

    def moved(cause: str) -> float:
        alone = weighed(evidence, BY_NAME[cause], None, []).odds
        return weighed(evidence, BY_NAME[cause], None, [wrong]).odds - alone

    assert min(moved("dependency_upgrade"), moved("model_version")) > 3
    assert max(moved("concept_drift"), moved("label_corruption"), moved("covariate_shift")) < -3
    assert outside(evidence, [found_of(evidence, "data.noise"), wrong]).odds < 6
