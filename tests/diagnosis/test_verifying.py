"""Did the fix work? On real rows, and by a test that holds however often one looks."""

import math
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bot.diagnosis import Verified, verify
from bot.diagnosis.sequential import evidence_above
from bot.errors import SourceError
from bot.settings import read_settings
from bot.sources import open_sources
from tests.conftest import CASE_END, FAULT_AGE

HOUR = timedelta(hours=1)
Serve = Callable[..., None]


def verified(folder: Path, *, since: datetime | None = None) -> Verified:
    settings = read_settings(folder / "plummet.toml")
    with open_sources(settings) as sources:
        return verify(settings, "delays", sources=sources, fixed=CASE_END, since=since)


@pytest.mark.parametrize(
    ("broken", "rows", "verdict"),
    [(False, 1500, "recovered"), (True, 1500, "not_recovered"), (False, 15, "too_early")],
)
def test_rows_after_the_fix_decide(
    own_case: Path, serve_rows: Serve, *, broken: bool, rows: int, verdict: str
) -> None:
    serve_rows(own_case, start=CASE_END, end=CASE_END + 12 * HOUR, rows=rows, broken=broken)

    found = verified(own_case)

    assert found.verdict == verdict
    assert found.before > found.floor > found.fallen
    assert f"{rows:,} rows" in found.says


def test_a_known_onset_is_taken(own_case: Path, serve_rows: Serve) -> None:
    serve_rows(own_case, start=CASE_END, end=CASE_END + 12 * HOUR, rows=1500, broken=False)

    found = verified(own_case, since=CASE_END - FAULT_AGE)

    assert found.verdict == "recovered"


def test_without_rows_since_the_fix_it_is_too_early(own_case: Path) -> None:
    found = verified(own_case)

    assert found.verdict == "too_early"
    assert found.rows <= 100


def test_without_a_fall_there_is_nothing_to_verify(own_case: Path, serve_rows: Serve) -> None:
    for part in (own_case / "predictions").iterdir():
        part.unlink()
    start = CASE_END - timedelta(days=13)
    serve_rows(own_case, start=start, end=CASE_END + HOUR, rows=9000, broken=False)

    with pytest.raises(SourceError, match=r"shows no fall before .* --since"):
        verified(own_case)


def test_looking_after_every_row_errs_no_more_often_than_it_says() -> None:
    random = np.random.default_rng(7)
    paths, length, level, alpha = 400, 1500, 0.8, 0.05
    values = random.random((paths, length)) < level
    deviations = np.cumsum(values - level, axis=1)
    variance = level * (1 - level)

    ever = sum(
        any(
            evidence_above(float(path[n]), (n + 1) * variance, tuned=20.0) > math.log(1 / alpha)
            for n in range(9, length, 10)
        )
        for path in deviations
    )

    assert ever / paths <= alpha + 2 * math.sqrt(alpha * (1 - alpha) / paths)


def test_the_evidence_is_the_integral_that_defines_it() -> None:
    deviation, variance, tuned = 7.0, 12.0, 5.0
    steps = np.linspace(0, 12, 400_001)
    prior = 2 * math.sqrt(tuned / (2 * math.pi)) * np.exp(-(steps**2) * tuned / 2)
    integral = np.trapezoid(prior * np.exp(steps * deviation - steps**2 * variance / 2), steps)

    said = evidence_above(deviation, variance, tuned=tuned)

    assert said == pytest.approx(math.log(integral), abs=1e-6)
    assert evidence_above(-200.0, variance, tuned=tuned) < 0


def test_the_command_says_it_in_a_line_and_a_status(own_case: Path, serve_rows: Serve) -> None:
    serve_rows(own_case, start=CASE_END, end=CASE_END + 12 * HOUR, rows=1500, broken=True)
    command = [
        sys.executable, "-m", "bot", "verify", "delays", "--quiet",
        "--config", str(own_case / "plummet.toml"), "--fixed", CASE_END.isoformat(),
    ]  # fmt: skip

    said = subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert said.returncode == 3
    assert said.stdout.startswith("not recovered: accuracy is ")
