"""Which logged change is named: by its time, its kind and its words."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.diagnosis.candidate import Candidate
from bot.diagnosis.causes import BY_NAME
from bot.diagnosis.cited import LEAST, fit_of
from bot.diagnosis.dated import Dated
from bot.incident import Finding

BEGAN = datetime(2026, 3, 11, 6, tzinfo=UTC)
SHARP = Dated(
    time=BEGAN, low=BEGAN - timedelta(hours=1), high=BEGAN + timedelta(hours=1), slow=False,
    own=True,
)  # fmt: skip
MISSING = Candidate(declared=BY_NAME["missing_values"])


def change(*, hours: float, kind: str = "pipeline", named: float = 0.0) -> Finding:
    """A change so many hours before the beginning."""
    return Finding(
        check="changes.recent", verdict="suspect", says="", since=BEGAN - timedelta(hours=hours),
        subject={"change": "chg", "kind": kind}, figures={"named": named},
    )  # fmt: skip


def test_what_came_just_before_fits_best_and_nothing_fits_that_came_after() -> None:
    fits = [fit_of(MISSING, change(hours=hours), SHARP) for hours in (0.2, 3, 8, 60, -6)]

    assert fits[0] > fits[1] > fits[2] > LEAST > fits[3] > fits[4]


@pytest.mark.parametrize("kind", ["config", "infrastructure"])
def test_a_kind_that_seldom_brings_it_about_fits_close_by_but_less(kind: str) -> None:
    near, usual = (
        fit_of(MISSING, change(hours=0.2, kind=one), SHARP) for one in (kind, "pipeline")
    )

    assert LEAST <= near < usual


def test_a_kind_that_never_brings_it_about_is_not_named() -> None:
    assert fit_of(MISSING, change(hours=0.2, kind="label"), SHARP) == 0


def test_words_that_name_what_moved_tie_a_change_to_it() -> None:
    named, other = (fit_of(MISSING, change(hours=3, named=one), SHARP) for one in (1.0, 0.0))

    assert named > other
