"""A share that was hardly ever seen before is dated by its counts."""

import numpy as np
import pytest

from bot.profile.beginnings import beginning
from bot.profile.changepoint import Series, locate
from bot.profile.counted import Counted

CLOCK = np.arange(900)


def rare(moved: np.ndarray, *, usual: float, now: float, seed: int) -> Series:
    """Hits of a share that goes from `usual` to `now` where `moved` is 1; their rise is a fall."""
    random = np.random.default_rng(seed)
    n = random.poisson(12, len(moved))
    return Series.of_counts(random.binomial(n, usual + (now - usual) * moved), n).turned()


def errors_of(moved: np.ndarray, *, usual: float, now: float) -> list[int]:
    found = [beginning(rare(moved, usual=usual, now=now, seed=seed)) for seed in range(20)]
    return sorted(abs(one.bucket - 700) for one in found if one is not None)


@pytest.mark.parametrize("usual", [0.0, 0.001])
def test_a_rare_share_that_came_at_once_is_dated_to_two_buckets(usual: float) -> None:
    away = errors_of((CLOCK >= 700).astype(float), usual=usual, now=0.08)

    assert len(away) == 20
    assert away[15] <= 2


def test_a_rare_share_that_came_slowly_is_dated_by_its_first_hits_not_its_middle() -> None:
    away = errors_of(np.clip((CLOCK - 700) / 60, 0, 1), usual=0.0, now=0.08)

    assert away[10] <= 12


def test_a_share_may_be_told_by_what_is_left_of_it() -> None:
    n = np.full(900, 12)
    hits = np.where(CLOCK >= 700, 1, 0)
    left, own = Series.of_counts(n - hits, n), Series.of_counts(hits, n).turned()

    found = [Counted.of(series) for series in (left, own)]

    assert [one and one.step(least_before=20, least_after=5) for one in found] == [700, 700]


def test_losses_are_no_counts() -> None:
    loss = Series(n=np.ones(9), total=-np.arange(9.0), square=np.arange(9.0) ** 2)

    assert Counted.of(loss) is None


def test_what_began_while_no_rows_came_is_dated_by_the_first_that_show_it() -> None:
    n = np.where((CLOCK >= 695) & (CLOCK < 702), 0, 12)
    series = Series.of_counts(np.where(CLOCK >= 702, n, 0), n).turned()

    fall, counted = locate(series, phi=1.0), beginning(series)

    assert fall is not None
    assert (fall.low, fall.bucket) == (695, 702)
    assert counted is not None
    assert counted.bucket == 702
