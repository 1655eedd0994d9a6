"""Which logged change is named: by its time, its kind and its words."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis.candidate import Candidate
from bot.diagnosis.causes import BY_NAME
from bot.diagnosis.cited import LEAST, fit_of
from bot.diagnosis.dated import Dated
from bot.diagnosis.logged import changes_before_turns
from bot.incident import Finding
from tests.checks.checks_log import ONSET, START, examined_log

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


def test_a_change_before_something_that_turned_is_told_though_it_is_far_from_the_fall(
    tmp_path: Path,
) -> None:
    turned = ONSET - timedelta(days=4)
    event = {"id": "chg-1", "time": f"{turned - timedelta(hours=2):%FT%TZ}", "kind": "pipeline",
             "what": "join rewritten", "details": {}}  # fmt: skip
    evidence = examined_log(tmp_path, changes=json.dumps(event))
    missing = Finding(check="data.missing", verdict="suspect", says="", strength=20.0, since=turned)

    found = list(changes_before_turns(evidence, [missing]))
    nothing = list(changes_before_turns(evidence, [replace(missing, strength=0.5)]))

    assert [one.subject["change"] for one in found] == ["chg-1"]
    assert "2 h before the time when something turned" in found[0].says
    assert not nothing


def test_a_reported_metric_left_the_rows_when_its_last_usual_period_ended(
    tmp_path: Path,
) -> None:
    """One period is not reported at all, and the next is low: it may have begun in the first."""
    times = pd.date_range(START, periods=24, freq="12h", tz="UTC").delete(20)
    reported = pd.DataFrame(
        {"time": times, "value": np.where(times >= pd.Timestamp(ONSET), 0.8, 0.9)}
    )

    evidence = examined_log(tmp_path, beside={"reported": reported})

    assert evidence.dashboard is not None
    assert evidence.dashboard.since == ONSET
