"""When a share began to move: at once, slowly, or in spells."""

import numpy as np
import pytest

from bot.profile.beginnings import beginning
from bot.profile.changepoint import Series

CLOCK = np.arange(300)


def share(moved: np.ndarray, *, rows: int = 30) -> Series:
    """Random hits whose share falls by four fifths where `moved` is 1."""
    random = np.random.default_rng(3)
    n = random.poisson(rows, len(moved))
    return Series.of_counts(random.binomial(n, 0.9 - 0.8 * moved), n)


@pytest.mark.parametrize("partly", [0.0, 0.5])
def test_what_came_at_once_is_not_called_slow_though_it_came_within_a_bucket(
    partly: float,
) -> None:
    found = beginning(share(np.where(CLOCK == 199, partly, CLOCK >= 200)))

    assert found is not None
    assert not found.slow
    assert abs(found.bucket - 200) <= 1


def test_what_came_slowly_is_dated_by_its_start_not_its_middle() -> None:
    found = beginning(share(np.clip((CLOCK - 200) / 60, 0, 1)))

    assert found is not None
    assert found.slow
    assert abs(found.bucket - 200) <= 8


def test_spells_are_no_slow_change() -> None:
    moved = np.clip((CLOCK - 200) / 60, 0, 1)

    found = beginning(share(moved), spells=True)

    assert found is not None
    assert not found.slow
