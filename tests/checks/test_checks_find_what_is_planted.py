import json
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import ONSET, Examined, late, lose_distance, mispredict


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def the(findings: tuple[Finding, ...]) -> Finding:
    (found,) = suspects(findings)
    return found


def near(finding: Finding, *, hours: float = 4) -> bool:
    assert finding.since is not None
    return abs((finding.since - ONSET).total_seconds()) <= 3600 * hours


def test_a_feature_that_arrives_empty_in_one_region_is_found_there(examined: Examined) -> None:
    evidence = examined(lose_distance)

    found = the(ask(evidence, "data.missing"))

    assert found.subject == {"feature": "distance"}
    assert near(found)
    assert found.figures["during"] == pytest.approx(1 / 3, abs=0.05)
    assert found.figures["explained"] > 0.9
    assert "region eu" in found.says


def test_the_recomputed_fall_equals_plain_pandas(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def lose(log: pd.DataFrame) -> None:
        lose_distance(log)
        logs.append(log)

    evidence = examined(lose)
    found = suspects(ask(evidence, "metric.recompute"))[0]

    (log,) = logs
    during = log["time"] >= pd.Timestamp(evidence.start)
    right = log["prediction"] == log["label"]
    known = log["label_time"] <= pd.Timestamp(evidence.at)
    assert found.figures["before"] == pytest.approx(right[~during & known].mean())
    assert found.figures["during"] == pytest.approx(right[during & known].mean())
    assert found.rows == int(known.sum())


def test_the_onset_is_found_with_its_interval_and_shape(examined: Examined) -> None:
    found = the(ask(examined(lose_distance), "metric.onset"))

    assert near(found)
    assert found.subject == {"shape": "step"}
    assert found.figures["low"] <= ONSET.timestamp() + 4 * 3600
    assert found.figures["high"] >= ONSET.timestamp() - 4 * 3600


def test_extra_errors_are_placed_in_their_slice(examined: Examined) -> None:
    evidence = examined(lose_distance)

    found = the(ask(evidence, "errors.slices"))

    assert found.subject == {"region": "eu"}
    assert found.figures["share"] > 0.8
    assert the(ask(evidence, "metric.extent")).subject == {"part": "slice"}


def test_a_default_in_the_place_of_values_is_found(examined: Examined) -> None:
    def default(log: pd.DataFrame) -> None:
        hit = late(log) & (np.arange(len(log)) % 2 == 0)
        log.loc[hit, "distance"] = -1.0
        mispredict(log, hit)

    found = the(ask(examined(default), "data.constants"))

    assert found.subject == {"feature": "distance", "value": "-1", "sign": "default"}
    assert near(found)
    assert found.figures["during"] == pytest.approx(0.5, abs=0.05)


def test_a_value_that_stands_still_is_found(examined: Examined) -> None:
    def freeze(log: pd.DataFrame) -> None:
        log.loc[late(log), "carrier"] = "WN"
        mispredict(log, late(log))

    found = the(ask(examined(freeze), "data.constants"))

    assert found.subject == {"feature": "carrier", "value": "WN", "sign": "frozen"}


def test_a_changed_unit_is_found_with_its_factor(examined: Examined) -> None:
    def metres(log: pd.DataFrame) -> None:
        log["distance"] += 500
        log.loc[late(log), "distance"] *= 1000.0
        mispredict(log, late(log))

    found = the(ask(examined(metres), "data.ranges"))

    assert found.subject == {"feature": "distance", "sign": "scaled"}
    assert found.figures["factor"] == pytest.approx(1000, rel=0.05)


def test_renamed_categories_are_found_as_such(examined: Examined) -> None:
    def recode(log: pd.DataFrame) -> None:
        names = {"AA": "1", "DL": "2", "UA": "3", "WN": "4"}
        log.loc[late(log), "carrier"] = log.loc[late(log), "carrier"].map(names)
        mispredict(log, late(log))

    found = the(ask(examined(recode), "data.categories"))

    assert found.subject == {"feature": "carrier", "sign": "recoded"}
    assert found.figures["values"] == 4


def test_a_distribution_that_moved_is_found_and_its_harm_weighed(examined: Examined) -> None:
    def drift(log: pd.DataFrame) -> None:
        random = np.random.default_rng(3)
        log.loc[late(log), "carrier"] = random.choice(["UA", "WN"], late(log).sum())

    found = the(ask(examined(drift), "data.distribution"))

    assert found.subject == {"feature": "carrier"}
    assert found.figures["psi"] > 0.25
    assert abs(found.figures["mix"]) < 0.5


def test_psi_equals_plain_pandas(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def drift(log: pd.DataFrame) -> None:
        log.loc[late(log) & (log["carrier"] == "AA"), "carrier"] = "WN"
        mispredict(log, late(log) & (log["carrier"] == "WN"))
        logs.append(log)

    evidence = examined(drift)
    found = the(ask(evidence, "data.distribution"))

    (log,) = logs
    during = log["time"] >= pd.Timestamp(evidence.start)
    names = ["AA", "DL", "UA", "WN", *["missing", "NaN", "other"]]
    p, q = (
        log.loc[rows, "carrier"].value_counts().reindex(names).fillna(0).clip(lower=0.5)
        for rows in (~during, during)
    )
    old, new = p / p.sum(), q / q.sum()
    assert found.figures["psi"] == pytest.approx(((new - old) * np.log(new / old)).sum())


def test_repeated_rows_are_found(examined: Examined) -> None:
    def repeat(log: pd.DataFrame) -> None:
        rows = log.index[late(log)]
        log.loc[rows[1::2], "id"] = log.loc[rows[: len(rows[1::2]) * 2 : 2], "id"].to_numpy()

    found = the(ask(examined(repeat), "data.duplicates"))

    assert found.figures["during"] == pytest.approx(0.5, abs=0.05)


def test_rows_that_never_arrive_are_found(examined: Examined) -> None:
    def lose(log: pd.DataFrame) -> pd.DataFrame:
        mispredict(log, late(log))
        return log[~late(log) | (np.arange(len(log)) % 5 >= 3)]

    found = [f for f in suspects(ask(examined(lose), "data.volume")) if "part" in f.subject]

    assert [f.subject["way"] for f in found] == ["less"]
    assert found[0].figures["ratio"] == pytest.approx(0.4, abs=0.1)


def test_a_renamed_column_is_found_with_its_twin(examined: Examined) -> None:
    def rename(log: pd.DataFrame) -> None:
        log["trip_distance"] = log["distance"].where(late(log))
        log.loc[late(log), "distance"] = np.nan
        mispredict(log, late(log))

    found = the(ask(examined(rename), "data.schema"))

    assert found.subject == {"feature": "distance", "column": "trip_distance", "sign": "renamed"}


def test_a_configured_feature_that_is_gone_is_found(examined: Examined) -> None:
    evidence = examined(lambda log: log.__delitem__("carrier"))

    assert the(ask(evidence, "data.schema")).subject == {"feature": "carrier", "sign": "gone"}


def test_another_version_that_does_worse_is_found(examined: Examined) -> None:
    def release(log: pd.DataFrame) -> None:
        log.loc[late(log), "version"] = "v2"
        mispredict(log, late(log) & (log["region"] != "us"))

    found = the(ask(examined(release), "model.version"))

    assert found.subject == {"version": "v2"}
    assert found.figures["worse"] > 0.1
    assert near(found)


def test_another_decision_rule_is_found_with_both_thresholds(examined: Examined) -> None:
    def move(log: pd.DataFrame) -> None:
        log.loc[late(log), "prediction"] = (log.loc[late(log), "score"] > 0.99).astype(int)

    found = the(ask(examined(move), "model.threshold"))

    assert found.figures["old"] == pytest.approx(0.5, abs=0.1)
    assert found.figures["new"] == pytest.approx(0.99, abs=0.02)


def test_fallbacks_are_found_by_their_flag_and_by_their_score(examined: Examined) -> None:
    def fall_back(log: pd.DataFrame) -> None:
        log.loc[late(log), "fallback"] = True
        mispredict(log, late(log))

    parts = {f.subject["part"] for f in suspects(ask(examined(fall_back), "model.fallback"))}

    assert parts == {"flag", "score"}


def test_served_features_that_differ_from_the_offline_ones_are_found(examined: Examined) -> None:
    offline: list[pd.DataFrame] = []

    def skew(log: pd.DataFrame) -> None:
        offline.append(log[["id", "distance", "carrier"]].copy())
        log.loc[late(log), "distance"] *= 1.5
        mispredict(log, late(log))

    kept: dict[str, pd.DataFrame] = {"offline": pd.DataFrame()}

    def breaking(log: pd.DataFrame) -> None:
        skew(log)
        kept["offline"][["id", "distance", "carrier"]] = offline[0]

    found = the(ask(examined(breaking, beside=kept), "model.skew"))

    assert found.subject == {"feature": "distance", "release": "unknown"}
    assert found.figures["during"] == pytest.approx(1.0)


def test_a_class_that_became_frequent_is_found(examined: Examined) -> None:
    def flood(log: pd.DataFrame) -> None:
        # The model misses many of the positive rows, and from the onset on nearly all are positive.
        random = np.random.default_rng(5)
        log["label"] = (random.uniform(size=len(log)) < np.where(late(log), 0.9, 0.3)).astype(float)
        missed = random.uniform(size=len(log)) < 0.4
        log["prediction"] = np.where((log["label"] == 1) & missed, 0, log["label"]).astype(int)
        log["score"] = np.where(log["prediction"] == 1, 0.8, 0.2)

    found = the(ask(examined(flood), "drift.prior"))

    assert found.subject == {"class": "1"}
    assert found.figures["mix"] > 0.7


def test_labels_that_stay_away_are_found(examined: Examined) -> None:
    def stop(log: pd.DataFrame) -> None:
        gone = late(log) & (np.arange(len(log)) % 2 == 0)
        log.loc[gone, "label"] = np.nan
        log.loc[gone, "label_time"] = pd.NaT

    (found, *_) = suspects(ask(examined(stop), "metric.labels"))

    assert found.subject == {"part": "coverage"}
    assert found.figures["during"] == pytest.approx(0.5, abs=0.06)


def test_changes_before_the_onset_are_named_and_later_ones_are_not(examined: Examined) -> None:
    events = [
        {"id": "good", "time": "2026-03-10T23:00:00Z", "kind": "pipeline", "what": "feed v2"},
        {"id": "late", "time": "2026-03-12T12:00:00Z", "kind": "model", "what": "promote v9"},
        {"id": "old", "time": "2026-03-02T12:00:00Z", "kind": "model", "what": "promote v8"},
    ]
    lines = "\n".join(json.dumps(event) for event in events) + "\nnonsense\n"
    findings = ask(examined(lose_distance, changes=lines), "changes.recent")

    assert [f.subject["change"] for f in suspects(findings)] == ["good"]
    assert any("line 4" in f.says for f in findings if f.verdict == "unknown")


def test_a_metric_of_one_host_that_jumps_is_found(examined: Examined) -> None:
    times = pd.date_range("2026-03-01", "2026-03-12 23:00", freq="h", tz="UTC")
    random = np.random.default_rng(1)
    rows = [
        (time, "latency_p99_ms", host, 50 + random.normal(0, 3)
         + (400 if host == "h2" and time >= pd.Timestamp(ONSET) else 0))
        for time in times for host in ("h1", "h2", "h3")
    ]  # fmt: skip
    system = pd.DataFrame(rows, columns=["time", "metric", "host", "value"])

    found = the(ask(examined(lose_distance, system=system), "system.metrics"))

    assert found.subject == {
        "metric": "latency_p99_ms", "host": "h2", "timing": "at", "alone": "yes",
        "sign": "failing",
    }  # fmt: skip


def test_a_dashboard_that_falls_alone_is_found(examined: Examined) -> None:
    times = pd.date_range("2026-03-01", "2026-03-12", freq="6h", tz="UTC")
    values = np.where(times < pd.Timestamp(ONSET), 0.92, 0.70)
    reported = pd.DataFrame({"time": times, "value": values})

    found = the(ask(examined(beside={"reported": reported}), "metric.recompute"))

    assert found.subject["part"] == "reported"
    assert near(found, hours=12)


def test_rows_of_some_values_that_are_missing_are_told_from_other_traffic(
    examined: Examined,
) -> None:
    def lose(log: pd.DataFrame) -> pd.DataFrame:
        # Far from the threshold the model is never wrong; half of those rows stay away.
        easy = (log["distance"] - 1100).abs() > 300
        return log[~late(log) | ~easy | (np.arange(len(log)) % 10 >= 8)]

    (found,) = [
        f
        for f in suspects(ask(examined(lose), "data.volume"))
        if f.subject.get("part") == "selected"
    ]

    assert found.figures["gained"] < 0.05 < found.figures["lost"]
    assert near(found, hours=6)


def test_right_answers_that_were_left_out_are_missing_rows(examined: Examined) -> None:
    def lose(log: pd.DataFrame) -> pd.DataFrame:
        odd = np.arange(len(log)) % 7 == 0
        log.loc[odd, "label"] = 1 - log.loc[odd, "label"]
        right = log["prediction"] == log["label"]
        return log[~late(log) | ~right | (np.arange(len(log)) % 10 >= 6)]

    (found,) = [
        f
        for f in suspects(ask(examined(lose), "data.volume"))
        if f.subject.get("part") == "selected"
    ]

    assert found.figures["right"] == pytest.approx(0.4, abs=0.1)
    assert found.figures["wrong"] == pytest.approx(1.0, abs=0.2)


def test_wrong_answers_that_came_more_often_are_no_missing_rows(examined: Examined) -> None:
    def lose(log: pd.DataFrame) -> pd.DataFrame:
        mispredict(log, late(log))
        return log[~late(log) | (np.arange(len(log)) % 10 >= 3)]

    found = suspects(ask(examined(lose), "data.volume"))

    assert not [f for f in found if f.subject.get("part") == "selected"]


def test_harder_traffic_at_the_usual_volume_misses_no_rows(examined: Examined) -> None:
    def shift(log: pd.DataFrame) -> pd.DataFrame:
        easy = late(log) & ((log["distance"] - 1100).abs() > 300)
        hard = log[late(log) & ~easy]
        more = hard.sample(int(easy.sum() * 0.8), replace=True, random_state=1)
        more = more.assign(id=[f"s{number}" for number in range(len(more))])
        kept = log[~easy | (np.arange(len(log)) % 10 >= 8)]
        return pd.concat([kept, more]).sort_values("time")

    found = suspects(ask(examined(shift), "data.volume"))

    assert not [f for f in found if f.subject.get("part") == "selected"]


@pytest.mark.parametrize(("hours", "release"), [(-2, "yes"), (-9, "no")])
def test_a_release_is_held_against_the_beginning_of_the_skew(
    examined: Examined, hours: int, release: str
) -> None:
    kept: dict[str, pd.DataFrame] = {"offline": pd.DataFrame()}

    def skew(log: pd.DataFrame) -> None:
        kept["offline"][["id", "distance", "carrier"]] = log[["id", "distance", "carrier"]]
        log.loc[late(log), "distance"] *= 1.5
        # The answers get worse half a day after the feature began to differ.
        mispredict(log, late(log) & (log["time"] >= pd.Timestamp(ONSET + timedelta(hours=12))))

    time = (ONSET + timedelta(hours=hours)).isoformat()
    change = {"id": "c1", "time": time, "kind": "pipeline", "what": "feature job 2.4"}

    found = the(ask(examined(skew, beside=kept, changes=json.dumps(change)), "model.skew"))

    assert near(found)
    assert found.subject["release"] == release
