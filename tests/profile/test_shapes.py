"""The shape of a fall, held against the plain definition of what is looked for."""

from itertools import product

import numpy as np
import pytest

from bot.profile.changepoint import Series
from bot.profile.shapes import ramp_end, states

random = np.random.default_rng(7)


def series(share: np.ndarray, *, rows: int = 30) -> Series:
    """Random hits by these shares."""
    n = random.poisson(rows, len(share))
    return Series.of_counts(random.binomial(n, share), n)


def misfit(one: Series, shape: np.ndarray) -> float:
    """Squares that are left when level and height of a shape are fitted by numpy."""
    weight = np.sqrt(np.maximum(one.n, 1e-9))
    means = one.total / np.maximum(one.n, 1e-9)
    design = np.stack([weight, weight * shape], axis=1)
    fit, *_ = np.linalg.lstsq(design, weight * means, rcond=None)
    return float(((weight * means - design @ fit) ** 2).sum())


@pytest.mark.parametrize("slow", [1, 12, 40])
def test_the_best_ramp_is_the_one_that_leaves_the_least_squares(slow: int) -> None:
    clock = np.arange(120)
    one = series(0.9 - 0.3 * np.clip((clock - 60) / slow, 0, 1))
    step = misfit(one, (clock >= 66).astype(float))
    left = {
        (start, end): misfit(one, np.clip((clock - start + 0.5) / (end - start), 0, 1))
        for start in range(66 - 20, 67)
        for end in range(67, 121)
        if end - start >= 3
    }
    best = min(left, key=lambda each: left[each])

    start, end, gain = ramp_end(one, 66)

    assert (start, end) == best
    assert gain == pytest.approx((step - left[best]) / (2 * one.variance()), rel=1e-6)


def test_buckets_without_rows_say_nothing_of_the_shape() -> None:
    clock = np.arange(90)
    one = series(0.9 - 0.3 * np.clip((clock - 50) / 20, 0, 1))
    holes = clock % 7 == 3
    thin = Series(
        n=np.where(holes, 0, one.n), total=np.where(holes, 0, one.total),
        square=np.where(holes, 0, one.square),
    )  # fmt: skip
    start, end, gain = ramp_end(thin, 55)
    assert 45 <= start < end <= 80
    assert gain > 1.5


def test_the_states_are_the_likeliest_of_all_paths() -> None:
    good, bad, price = 0.91, 0.63, 1.5  # of no two paths the score is the same
    for _ in range(20):
        one = series(np.where(random.random(9) < 0.5, 0.9, 0.6), rows=12)
        gain = (good - bad) / one.variance() * (one.n * (good + bad) / 2 - one.total)

        def score(path: tuple[bool, ...], gain: np.ndarray = gain) -> float:
            switches = sum(a != b for a, b in zip((False, *path), path, strict=False))
            return float(gain[list(path)].sum()) - price * switches

        best = max(product((False, True), repeat=9), key=score)
        assert tuple(states(one, good=good, bad=bad, price=price).tolist()) == best
