"""Beginnings sharper than the fall of the metric, and falls that a release makes likely."""

from datetime import timedelta

import numpy as np
import pandas as pd

from bot.diagnosis import ask
from bot.profile.changepoint import Series
from bot.profile.turns import turning_points
from bot.profile.windows import find_windows
from tests.checks.checks_log import ONSET, START, Examined, late


def lower_threshold(log: pd.DataFrame) -> None:
    """Everything above 0.01 is answered with yes."""
    log.loc[late(log), "prediction"] = (log["score"] > 0.01).astype(int)


def test_a_moved_threshold_is_dated_by_the_answers(examined: Examined) -> None:
    (found,) = ask(examined(lower_threshold), "model.threshold")

    assert found.since is not None
    assert abs(found.since - ONSET) <= timedelta(hours=2)


def lower_threshold_slowly(log: pd.DataFrame) -> None:
    """The same for few answers at first, and for all of them in the end."""
    since = (log["time"] - pd.Timestamp(ONSET)) / pd.Timedelta(days=2)
    chance = np.random.default_rng(5).random(len(log))
    hit = late(log) & (log["score"] > 0.01) & (chance < since)
    log.loc[hit, "prediction"] = 1


def test_a_threshold_that_spreads_slowly_is_dated_by_the_first_that_contradict_their_score(
    examined: Examined,
) -> None:
    (found,) = ask(examined(lower_threshold_slowly), "model.threshold")

    assert found.since is not None
    assert abs(found.since - ONSET) <= timedelta(hours=6)


def test_time_outs_are_told_as_what_failing_servers_show(examined: Examined) -> None:
    hours = pd.date_range(START, periods=288, freq="h")
    after = hours >= pd.Timestamp(ONSET)
    noise = np.random.default_rng(2).normal(0, 1, 288)
    system = pd.concat([
        pd.DataFrame({"time": hours, "metric": "timeouts", "value": 5 + noise + 60 * after}),
        pd.DataFrame({"time": hours, "metric": "requests", "value": 500 + noise + 900 * after}),
    ])  # fmt: skip

    found = ask(examined(lower_threshold, system=system), "system.metrics")

    signs = {f.subject["metric"]: f.subject.get("sign") for f in found if "metric" in f.subject}
    assert signs == {"timeouts": "failing", "requests": None}


def test_a_fall_where_another_version_began_to_serve_needs_less_to_be_believed() -> None:
    """Its log likelihood ratio is 3.5: by chance one place of several hundred is as bad."""
    served = np.zeros((400, 3, 5), dtype=np.int64)
    served[:300, 1, 3] = served[300:, 1, 4] = 20
    right = np.concatenate([np.full(300, 18), np.resize([18] * 7 + [17] * 5, 100)])
    series = Series.of_counts(right, np.full(400, 20))

    as_any = find_windows(series, day=24, hints=turning_points([served]))
    as_version = find_windows(series, day=24, hints=turning_points([], versions=[served]))

    assert as_any.change is None
    assert as_version.change is not None
    assert abs(as_version.start - 300) <= 1


def test_each_of_several_versions_has_a_turn_of_its_own() -> None:
    served = np.zeros((400, 3, 6), dtype=np.int64)
    served[:210, 1, 3] = served[210:330, 1, 4] = served[330:, 1, 5] = 20

    turns = turning_points([], versions=[served])

    assert {turn.bucket for turn in turns} >= {210, 330}
    assert all(turn.released for turn in turns)
