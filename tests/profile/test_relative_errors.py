"""A relative error varies by its own square, not by its size."""

import numpy as np
import pytest

from bot.profile.measures import SUMS, Tallies


def test_the_spread_of_relative_errors_is_that_of_the_rows() -> None:
    errors = np.random.default_rng(5).gamma(2.0, 0.03, (20, 40))
    sums = {name: np.zeros((20, 3)) for name in SUMS}
    sums["relative"][:, 1] = errors.sum(axis=1)
    sums["relative2"][:, 1] = (errors**2).sum(axis=1)
    outcomes = np.zeros((20, 3), dtype=np.int64)
    outcomes[:, 1] = 40
    tallies = Tallies(
        metric="mape", positive=None, confusion=np.zeros((20, 4, 4), dtype=np.int64), scores=None,
        outcomes=outcomes, sums=sums,
    )  # fmt: skip

    assert tallies.series().variance() == pytest.approx(errors.var())
