"""Drift, hosts, scores and confusions: what is planted is found, and the numbers are right."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from bot.profile import Evidence
from tests.checks.checks_log import ONSET, Examined, healthy_log, late, mispredict


def the(evidence: Evidence, check: str) -> Finding:
    (found,) = [f for f in ask(evidence, check) if f.verdict == "suspect"]
    return found


def calm(evidence: Evidence, check: str) -> bool:
    return all(finding.verdict == "clear" for finding in ask(evidence, check))


def other_model(log: pd.DataFrame) -> None:
    """The same rows get another answer from the onset on."""
    random = np.random.default_rng(2)
    rows = late(log)
    noise = random.normal(0, 3.0, int(rows.sum()))
    odds = np.log(log.loc[rows, "score"].clip(1e-6, 1 - 1e-6) / (1 - log.loc[rows, "score"]))
    log.loc[rows, "score"] = 1 / (1 + np.exp(-(odds / 8 + noise / 2)))
    log.loc[rows, "prediction"] = (log.loc[rows, "score"] > 0.5).astype(int)


def flip_labels(log: pd.DataFrame) -> None:
    random = np.random.default_rng(4)
    flipped = late(log) & (random.uniform(size=len(log)) < 0.2)
    log.loc[flipped, "label"] = 1 - log.loc[flipped, "label"]


def split_by(segment: str, *, also: tuple[str, ...] = ()) -> dict[str, Any]:
    """The log's settings where a second column splits traffic; `also` are more features."""
    return {
        "source": "files", "table": "log.parquet", "segments": ["region", segment],
        "features": ["distance", "carrier", *also], "columns": healthy_columns(),
    }  # fmt: skip


def with_customers(log: pd.DataFrame) -> None:
    """Forty customers, of whom three begin to ask a lot where the model hesitates."""
    random = np.random.default_rng(6)
    names = [f"c{number}" for number in range(40)]
    log["customer"] = random.choice(names, len(log))
    gaming = late(log) & (random.uniform(size=len(log)) < 0.3)
    log.loc[gaming, "customer"] = random.choice(["c1", "c2", "c3"], int(gaming.sum()))
    log.loc[gaming, "score"] = random.uniform(0.4, 0.6, int(gaming.sum()))
    log.loc[gaming, "prediction"] = (log.loc[gaming, "score"] > 0.5).astype(int)
    log.loc[gaming, "label"] = random.integers(0, 2, int(gaming.sum())).astype(float)


def grow_partner(log: pd.DataFrame) -> None:
    """A client that is new, and on which the model knows little."""
    random = np.random.default_rng(8)
    log["client"] = random.choice(["web", "app"], len(log))
    new = late(log) & (random.uniform(size=len(log)) < 0.4)
    log.loc[new, "client"] = "partner"
    log.loc[new, "label"] = random.integers(0, 2, int(new.sum())).astype(float)


def grow_partner_extra(log: pd.DataFrame) -> pd.DataFrame:
    """The same, with the partner's rows coming on top of the others."""
    grow_partner(log)
    more = log[log["client"] == "partner"].copy()
    more["id"] = more["id"] + "x"
    return pd.concat([log, more], ignore_index=True).sort_values("time", ignore_index=True)


def harder_cases(log: pd.DataFrame) -> None:
    """Rows near the decision come more often; each kind is answered as well as before."""
    fresh = healthy_log(seed=11)
    hard = fresh[(fresh["distance"] - 1100).abs() < 200].reset_index(drop=True)
    rows = log.index[late(log)][::2]
    taken = hard.loc[np.arange(len(rows)) % len(hard)]
    for name in ("distance", "score", "prediction", "label"):
        log.loc[rows, name] = taken[name].to_numpy()


def ill_host(log: pd.DataFrame) -> None:
    hit = late(log) & (log["host"] == "h2")
    log.loc[hit, "distance"] = np.nan
    mispredict(log, hit)


def test_another_model_on_the_same_features_is_found(examined: Examined) -> None:
    found = the(examined(other_model), "model.score")

    assert found.subject == {"features": "same", "sign": "score"}
    assert found.figures["said"] > 0.1
    assert found.figures["true_z"] < 4


def test_wrong_labels_leave_scores_as_they_were(examined: Examined) -> None:
    evidence = examined(flip_labels)

    assert calm(evidence, "model.score")
    found = the(evidence, "drift.concept")
    assert found.subject["sign"] == "flat"


def test_a_few_customers_near_the_decision_are_found(examined: Examined) -> None:
    evidence = examined(with_customers, predictions=split_by("customer"))

    found = the(evidence, "drift.adversarial")

    values = {value for key, value in found.subject.items() if key.startswith("value")}
    assert found.subject["segment"] == "customer"
    assert values == {"c1", "c2", "c3"}
    assert found.figures["during"] == pytest.approx(0.35, abs=0.06)
    assert found.figures["boundary"] > 0.15


def test_a_known_sender_among_them_grew_fewer_times(examined: Examined) -> None:
    def with_a_known_one(log: pd.DataFrame) -> None:
        with_customers(log)
        usual = ~late(log) & (np.arange(len(log)) % 40 == 0)
        log.loc[usual, "customer"] = "c3"  # so that it grew less than three times

    evidence = examined(with_a_known_one, predictions=split_by("customer"))

    found = the(evidence, "drift.adversarial")

    values = {value for key, value in found.subject.items() if key.startswith("value")}
    assert values == {"c1", "c2", "c3"}


def test_a_new_client_is_new_traffic_and_nobody_s_game(examined: Examined) -> None:
    evidence = examined(grow_partner_extra, predictions=split_by("client"))

    found = the(evidence, "drift.mix")

    assert found.subject == {"segment": "client", "value": "partner", "kind": "new"}
    assert found.figures["accounts"] > 0.7
    assert calm(evidence, "drift.adversarial")


def test_a_segment_that_the_model_reads_is_no_traffic(examined: Examined) -> None:
    evidence = examined(grow_partner_extra, predictions=split_by("client", also=("client",)))

    assert calm(evidence, "drift.mix")


def test_mix_and_within_equal_plain_pandas(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def shift(log: pd.DataFrame) -> None:
        move = late(log) & (log["region"] == "eu") & (np.arange(len(log)) % 2 == 0)
        log.loc[move, "region"] = "us"
        mispredict(log, late(log) & (log["region"] == "us"))
        logs.append(log)

    evidence = examined(shift)
    found = evidence.mixture(evidence.columns["region"])

    (log,) = logs
    log = log[log["label_time"] <= pd.Timestamp(evidence.at)]
    wrong = (log["prediction"] != log["label"]).astype(float)
    during = log["time"] >= pd.Timestamp(evidence.start)
    w0, w1 = (log.loc[rows, "region"].value_counts(normalize=True) for rows in (~during, during))
    a0, a1 = (wrong[rows].groupby(log.loc[rows, "region"]).mean() for rows in (~during, during))
    assert found.mix == pytest.approx(((w1 - w0) * (a0 + a1) / 2).sum())
    assert found.within == pytest.approx(((w0 + w1) / 2 * (a1 - a0)).sum())
    assert found.mix + found.within + found.fresh == pytest.approx(found.rise)


def test_harder_cases_are_a_shift_of_the_features(examined: Examined) -> None:
    evidence = examined(harder_cases)

    found = the(evidence, "drift.covariate")

    assert found.subject == {"column": "distance"}
    assert found.figures["harm"] > 0.6
    assert calm(evidence, "model.score")
    assert calm(evidence, "drift.concept")


def test_an_ill_host_is_found_with_its_own_metrics(examined: Examined) -> None:
    times = pd.date_range("2026-03-01", "2026-03-12 23:00", freq="h", tz="UTC")
    random = np.random.default_rng(1)
    rows = [
        (time, "latency_p99_ms", host, 50 + random.normal(0, 3)
         + (400 if host == "h2" and time >= pd.Timestamp(ONSET) else 0))
        for time in times for host in ("h1", "h2", "h3")
    ]  # fmt: skip
    system = pd.DataFrame(rows, columns=["time", "metric", "host", "value"])

    found = the(examined(ill_host, system=system), "system.hosts")

    assert found.subject == {"host": "h2", "sign": "both"}
    assert found.figures["metrics"] == 1
    assert found.figures["during"] - found.figures["before"] > 0.2


def test_a_fault_on_every_host_is_no_host_s(examined: Examined) -> None:
    evidence = examined(lambda log: mispredict(log, late(log)))

    assert calm(evidence, "system.hosts")


def test_a_grown_confusion_equals_plain_pandas(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def say_no(log: pd.DataFrame) -> None:
        mispredict(log, late(log))
        logs.append(log)

    evidence = examined(say_no)
    found = the(evidence, "errors.confusion")

    (log,) = logs
    log = log[log["label_time"] <= pd.Timestamp(evidence.at)]
    missed = (log["label"] == 1) & (log["prediction"] == 0)
    during = log["time"] >= pd.Timestamp(evidence.start)
    assert found.subject == {"label": "1", "prediction": "0"}
    assert found.figures["before"] == pytest.approx(missed[~during].mean())
    assert found.figures["during"] == pytest.approx(missed[during].mean())
    assert found.figures["low"] < found.figures["during"] - found.figures["before"]


def test_training_data_of_another_kind_is_found(examined: Examined) -> None:
    training = healthy_log(seed=9)[["distance", "carrier", "label"]]
    training = training[training["label"] == 1]

    found = the(examined(beside={"reference": training}), "model.training")

    assert found.figures["farthest"] > 0.3
    assert "distance" in found.says
    assert found.figures["labels"] < -0.3


def test_training_data_like_the_traffic_is_no_finding_and_its_classes_are_right(
    examined: Examined,
) -> None:
    training = healthy_log(seed=9)[["distance", "carrier", "label"]]
    evidence = examined(beside={"reference": training})

    assert calm(evidence, "model.training")
    assert evidence.training is not None
    assert evidence.training.trained == pytest.approx(training["label"].mean())


def test_a_feature_that_was_never_trained_on_is_found(examined: Examined) -> None:
    training = healthy_log(seed=9)[["distance", "label"]]

    found = the(examined(beside={"reference": training}), "model.training")

    assert found.subject == {"part": "features", "feature": "carrier"}


def test_a_class_that_became_frequent_with_its_scores_unchanged_is_a_prior_shift(
    examined: Examined,
) -> None:
    def sample(log: pd.DataFrame) -> pd.DataFrame:
        random = np.random.default_rng(12)
        log["score"] = np.clip(log["label"] * 0.3 + random.normal(0.35, 0.2, len(log)), 0, 1)
        log["prediction"] = (log["score"] > 0.6).astype(int)
        dropped = late(log) & (log["label"] == 0) & (random.uniform(size=len(log)) < 0.85)
        return log[~dropped]

    found = the(examined(sample), "drift.prior")

    assert found.subject == {"class": "1"}
    assert found.figures["pure"] == 1


def healthy_columns() -> dict[str, str]:
    return {
        "id": "id", "time": "time", "prediction": "prediction", "label": "label",
        "score": "score", "label_time": "label_time", "host": "host",
    }  # fmt: skip


def large_houses(log: pd.DataFrame) -> pd.DataFrame:
    """Prices by area and rooms, which go together; large ones are harder, and more come later."""
    random = np.random.default_rng(12)
    area, late_rows = random.gamma(4.0, 30.0, len(log)), late(log).to_numpy()
    area[late_rows] = np.where(
        random.uniform(size=int(late_rows.sum())) < 0.6,
        random.gamma(12.0, 20.0, int(late_rows.sum())), area[late_rows],
    )  # fmt: skip
    log["distance"] = area
    log["rooms"] = np.maximum(1, np.round(area / 30 + random.normal(0, 1.2, len(log))))
    log["prediction"] = 5 * area + 40 * log["rooms"]
    log["label"] = log["prediction"] + random.normal(0, 1, len(log)) * area / 2
    return log


def test_in_a_regression_a_mix_is_no_other_model_where_labels_move_alike(
    examined: Examined,
) -> None:
    as_numbers = {"without": ("score",), "task": "regression", "metric": "mae", "positive": None}

    def other_answers(log: pd.DataFrame) -> pd.DataFrame:
        log = large_houses(log)
        log.loc[late(log), "prediction"] *= 1.4
        return log

    mix, model = examined(large_houses, **as_numbers), examined(other_answers, **as_numbers)

    found = the(mix, "drift.covariate")
    assert found.figures["harm"] > 0.6
    assert mix.said is not None
    assert mix.said.z >= 4.0
    assert calm(model, "drift.covariate")


def test_a_host_with_a_little_more_than_its_part_of_the_errors_is_not_ill(
    examined: Examined,
) -> None:
    def spread(log: pd.DataFrame) -> None:
        random = np.random.default_rng(15)
        log["host"] = random.choice([f"h{number}" for number in range(6)], len(log))
        one = late(log) & (log["host"] == "h1")
        chance = np.where(one, 0.06, 0.02)
        wrong = late(log) & (random.uniform(size=len(log)) < chance)
        log.loc[wrong, "label"] = 1 - log.loc[wrong, "label"]

    def ill(log: pd.DataFrame) -> None:
        spread(log)
        mispredict(log, late(log) & (log["host"] == "h1"))

    found = the(examined(ill), "system.hosts")

    assert found.subject == {"host": "h1", "sign": "wrong"}
    assert calm(examined(spread), "system.hosts")


def test_decisions_turned_round_on_both_sides_are_no_moved_threshold(examined: Examined) -> None:
    def turn(log: pd.DataFrame) -> pd.DataFrame:
        random = np.random.default_rng(4)
        kept = log[(log["prediction"] == 0) | (random.uniform(size=len(log)) < 0.1)].copy()
        hit = late(kept) & (random.uniform(size=len(kept)) < 0.33)
        kept.loc[hit, "prediction"] = 1 - kept.loc[hit, "prediction"]
        return kept

    (found,) = ask(examined(turn), "model.threshold")

    assert found.verdict == "suspect"
    assert found.subject == {"sign": "mixed"}


def test_a_class_that_became_frequent_at_every_age_is_no_pile_of_absent_labels(
    examined: Examined,
) -> None:
    def flood(log: pd.DataFrame) -> None:
        rows = np.flatnonzero(late(log))
        ones = rows[(log["label"] == 1).to_numpy()[rows]]
        drawn = np.random.default_rng(6).choice(ones, size=int(0.9 * len(rows)))
        told = ["distance", "carrier", "score", "prediction", "label"]
        log.loc[rows[: len(drawn)], told] = log.loc[drawn, told].to_numpy()
        log[["distance", "score", "label"]] = log[["distance", "score", "label"]].astype(float)
        log["prediction"] = log["prediction"].astype(int)

    found = [one for one in ask(examined(flood), "metric.labels") if one.verdict == "suspect"]

    assert [one.subject for one in found if one.subject.get("part") == "absent"] == []
