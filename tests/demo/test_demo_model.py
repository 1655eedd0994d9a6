from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bot.demo.faults import DEFAULT_FAULT, FAULTS, Fault
from bot.demo.flights import Frame
from bot.demo.model import GOOD, OLD, Model, shipped
from bot.demo.server import serve
from bot.demo.stream import Stream, micros
from bot.incident.causes import CAUSES

DAY = datetime(2026, 11, 10, tzinfo=UTC)


def test_the_good_version_beats_the_majority_by_ten_points(
    models: dict[str, Model], served: Frame
) -> None:
    late = served["late"]

    good = ((models[GOOD].score(served) >= 0.5) == late).mean()

    assert good == pytest.approx(0.912, abs=0.002)
    assert 0.75 < 1 - late.mean() < 0.8


def test_the_old_version_is_worse_than_the_good_one_by_ten_points(
    models: dict[str, Model], served: Frame
) -> None:
    late = served["late"]

    good, old = (((models[name].score(served) >= 0.5) == late).mean() for name in (GOOD, OLD))

    assert good - old > 0.1


def test_the_scores_are_probabilities(models: dict[str, Model], served: Frame) -> None:
    score, late = models[GOOD].score(served), served["late"]

    for low in np.arange(0, 1, 0.2):
        inside = (score >= low) & (score < low + 0.2)
        assert late[inside].mean() == pytest.approx(score[inside].mean(), abs=0.08)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_costs_at_least_three_points_of_accuracy(
    fault: Fault, models: dict[str, Model], stream: Stream
) -> None:
    requests = stream.between(micros(DAY), micros(DAY + timedelta(days=1)))

    healthy, broken = (
        serve(requests, models=models, fault=which, chance=np.random.default_rng(1))[0]
        for which in (None, fault)
    )

    right = [(rows["prediction"] == rows["label"]).mean() for rows in (healthy, broken)]
    assert right[0] - right[1] > 0.03


def test_only_faults_at_the_source_reach_the_offline_features(
    models: dict[str, Model], stream: Stream
) -> None:
    requests = stream.between(micros(DAY), micros(DAY + timedelta(hours=6)))
    chance = np.random.default_rng(1)

    _, lost = serve(requests, models=models, fault=FAULTS["missing-delays"], chance=chance)
    served, kept = serve(requests, models=models, fault=FAULTS["clipped-delays"], chance=chance)

    assert np.isnan(lost["dep_delay"]).all()
    assert kept["dep_delay"].max() > 10
    assert served["dep_delay"].max() == 10


def test_requests_that_time_out_get_the_default_answer(
    models: dict[str, Model], stream: Stream
) -> None:
    requests = stream.between(micros(DAY), micros(DAY + timedelta(days=1)))

    rows, _ = serve(
        requests, models=models, fault=FAULTS["timeouts"], chance=np.random.default_rng(1)
    )

    fallen = rows["fallback"]
    assert fallen.mean() == pytest.approx(0.85, abs=0.02)
    assert set(rows["prediction"][fallen]) == {0}
    assert rows["latency_ms"][fallen].min() == 2000


def test_every_fault_says_what_it_does_and_has_a_cause_of_the_contract() -> None:
    assert len(FAULTS) >= 7
    assert DEFAULT_FAULT in FAULTS
    assert len({fault.cause for fault in FAULTS.values()}) == len(FAULTS)
    for fault in FAULTS.values():
        assert fault.cause in CAUSES
        assert fault.says.endswith(".")


def test_the_shipped_models_are_what_training_gives(models: dict[str, Model]) -> None:
    kept = shipped()

    assert list(kept) == list(models)
    for version, trained in models.items():
        assert kept[version].carriers == trained.carriers
        assert kept[version].destinations == trained.destinations
        assert kept[version].departures == trained.departures
        assert np.allclose(kept[version].weights, trained.weights, atol=1e-6)
