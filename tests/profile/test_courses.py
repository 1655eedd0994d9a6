"""How many rows were to come is foretold by the course that foretold the history best."""

import numpy as np
import pytest

from bot.profile.courses import expected_rows

DAY = 24
RANDOM = np.random.default_rng(4)


def _rows(levels: list[float]) -> np.ndarray:
    hours = 1 + 0.5 * np.sin(np.arange(DAY) / DAY * 2 * np.pi)
    return RANDOM.poisson(np.concatenate([level * hours for level in levels]))


def _expected(levels: list[float], *, late: int) -> float:
    """The expected rows of the last days, as a part of what their levels say."""
    rows = _rows(levels)
    before = np.arange(len(rows)) < len(rows) - late * DAY
    found = expected_rows(rows, before, day=DAY)
    return float(found.rows[~before].sum() / (sum(levels[-late:]) * DAY))


def test_steady_traffic_is_expected_to_stay() -> None:
    assert _expected([40.0] * 20, late=2) == pytest.approx(1, abs=0.05)


def test_growing_traffic_is_expected_to_grow_on() -> None:
    assert _expected([20 * 1.06**day for day in range(24)], late=2) == pytest.approx(1, abs=0.08)


def test_a_quiet_end_of_the_week_is_expected_again() -> None:
    week = [50, 50, 50, 50, 50, 20, 15]
    assert _expected([*week, *week, *week, *week], late=2) == pytest.approx(1, abs=0.1)


def test_a_course_that_needs_more_days_than_there_are_is_not_asked() -> None:
    assert _expected([30.0, 30.0], late=1) == pytest.approx(1, abs=0.1)


def test_what_a_day_strays_by_chance_is_no_growth() -> None:
    levels = [float(level) for level in RANDOM.uniform(25, 50, size=20)]
    rows = _rows(levels)
    found = expected_rows(rows, np.arange(len(rows)) < 18 * DAY, day=DAY)
    assert found.missed is None or found.missed > 0.1
