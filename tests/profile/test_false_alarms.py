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


@pytest.mark.parametrize("swing", [0.0, 0.03])
def test_none_of_forty_slices_is_often_confirmed_by_chance(swing: float) -> None:
    random = np.random.default_rng(4)
    confirmed = [noticed_twice([slices(random, swing=swing)]) is not None for _ in range(HISTORIES)]

    assert np.mean(confirmed) < ALLOWED


def test_a_slice_that_does_much_worse_is_nearly_always_confirmed() -> None:
    random = np.random.default_rng(5)
    found = [noticed_twice([slices(random, swing=0.01, worse=0.25)]) for _ in range(100)]

    assert np.mean([one is not None and one.codes == (20,) for one in found]) > 0.9
