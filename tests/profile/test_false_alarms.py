"""Over many healthy histories, chance raises the alarm about as seldom as it is said to."""

import numpy as np
import numpy.typing as npt
import pytest

from bot.profile.changepoint import Series
from bot.profile.harm import noticed_twice
from bot.profile.windows import HISTORY, INCIDENT, find_windows

HISTORIES = 400
ALLOWED = 0.03
"""Of healthy windows that may be disturbed; the thresholds are set for one in a hundred each."""


def healthy_series(random: np.random.Generator, *, swing: float) -> Series:
    """Twenty days by the hour of a model that is right in 85 %, more on some days than others."""
    hours = 20 * 24
    rows = random.poisson(30, hours)
    level = 0.85 + np.repeat(random.normal(0, swing, 20), 24)
    return Series.of_counts(random.binomial(rows, level), rows)


def slices(
    random: np.random.Generator, *, swing: float, worse: float = 0.0
) -> npt.NDArray[np.int64]:
    """[epoch, outcome, code] of forty slices, each with errors of its own; one gets `worse`."""
    epochs, codes = HISTORY + INCIDENT, 40
    known = random.poisson(np.r_[np.full(HISTORY, 300), np.full(INCIDENT, 150)][:, None], (10, 40))
    error = np.clip(
        random.uniform(0.05, 0.3, codes) + random.normal(0, swing, (epochs, codes)), 0.01, 0.99
    )
    error[HISTORY:, 20] += worse
    wrong = random.binomial(known, error)
    return np.stack([wrong, known - wrong, np.zeros_like(known)], axis=1)


@pytest.mark.parametrize("swing", [0.0, 0.02])
def test_a_fall_over_time_is_seldom_seen_where_none_is(swing: float) -> None:
    random = np.random.default_rng(3)
    called = [
        find_windows(healthy_series(random, swing=swing), day=24).change is not None
        for _ in range(HISTORIES)
    ]

    assert np.mean(called) < ALLOWED


def squared_errors(random: np.random.Generator) -> Series:
    """Twenty days by the hour of a regression whose errors are normal."""
    rows = np.full(20 * 24, 30)
    squares = [random.normal(0, 10, 30) ** 2 for _ in rows]
    loss = np.array([one.sum() for one in squares])
    return Series(
        n=rows.astype(np.float64), total=-loss, square=np.array([(s**2).sum() for s in squares])
    )


def test_one_huge_error_is_no_fall_of_the_model() -> None:
    random = np.random.default_rng(6)
    called = []
    for _ in range(50):
        series, huge = squared_errors(random), 150.0**2
        series.total[-10] -= huge
        series.square[-10] += huge**2
        called.append(find_windows(series, day=24).change is not None)

    assert np.mean(called) < ALLOWED


def test_errors_that_stay_large_are_a_fall() -> None:
    random = np.random.default_rng(7)
    called = []
    for _ in range(50):
        series = squared_errors(random)
        series.total[-24:] *= 1.6
        series.square[-24:] *= 1.6**2
        called.append(find_windows(series, day=24).change is not None)

    assert np.mean(called) > 0.9


@pytest.mark.parametrize(("bad_days", "calls"), [((), True), ((3, 4, 9, 10, 13), False)])
def test_a_fall_counts_only_beyond_what_the_days_before_do(
    *, bad_days: tuple[int, ...], calls: bool
) -> None:
    """The same two bad days at the end, after a history without such days and with some."""
    level = np.full(20, 0.85)
    level[[*bad_days, 18, 19]] -= 0.06
    random = np.random.default_rng(8)
    found = []
    for _ in range(50):
        rows = random.poisson(30, 20 * 24)
        series = Series.of_counts(random.binomial(rows, np.repeat(level, 24)), rows)
        found.append(find_windows(series, day=24).change is not None)

    assert np.mean(found) == pytest.approx(float(calls), abs=0.15)


@pytest.mark.parametrize("swing", [0.0, 0.03])
def test_none_of_forty_slices_is_often_confirmed_by_chance(swing: float) -> None:
    random = np.random.default_rng(4)
    confirmed = [noticed_twice([slices(random, swing=swing)]) is not None for _ in range(HISTORIES)]

    assert np.mean(confirmed) < ALLOWED


def test_a_slice_that_does_much_worse_is_nearly_always_confirmed() -> None:
    random = np.random.default_rng(5)
    found = [noticed_twice([slices(random, swing=0.01, worse=0.25)]) for _ in range(100)]

    assert np.mean([one is not None and one.codes == (20,) for one in found]) > 0.9


@pytest.mark.parametrize(
    ("good", "level", "believed"), [(24, 0.90, False), (216, 0.90, True), (24, 0.50, True)]
)
def test_a_short_good_time_at_the_start_of_a_log_is_no_history_of_a_faint_fall(
    good: int, level: float, *, believed: bool
) -> None:
    called = []
    for seed in range(12):
        random = np.random.default_rng(seed)
        rate = np.where(np.arange(240) < good, 0.94, level)
        rows = np.full(240, 50)
        series = Series.of_counts(random.binomial(rows, rate), rows)
        called.append(find_windows(series, day=24).change is not None)

    assert sum(called) >= 11 if believed else sum(called) <= 1
