"""Features that hold timestamps: hours off, grown stale, or as they always were."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from bot.profile.sequence import STEP, YOUNGEST
from bot.profile.windows import HISTORY
from tests.checks.checks_log import ONSET, Examined, late, mispredict

FEATURES = {
    "predictions": {
        "source": "files", "table": "log.parquet", "segments": ["region"],
        "features": ["distance", "seen"],
        "columns": {"time": "time", "prediction": "prediction", "label": "label"},
    }
}  # fmt: skip


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def the(findings: tuple[Finding, ...]) -> Finding:
    (found,) = suspects(findings)
    return found


def with_stamps(log: pd.DataFrame) -> None:
    """Each row tells when its customer was last seen: some minutes to some hours ago."""
    ago = np.random.default_rng(9).gamma(2.0, 40 * 60, len(log))
    log["seen"] = (log["time"] - pd.to_timedelta(ago, unit="s")).dt.floor("s")


@pytest.mark.parametrize(("hours", "every"), [(1.0, 1), (-5.0, 1), (5.5, 1), (2.0, 2)])
def test_timestamps_of_another_zone_are_found_with_their_hours(
    examined: Examined, hours: float, every: int
) -> None:
    def shift(log: pd.DataFrame) -> None:
        with_stamps(log)
        hit = late(log) & (np.arange(len(log)) % every == 0)
        log.loc[hit, "seen"] += pd.Timedelta(hours=hours)
        mispredict(log, hit)

    found = the(ask(examined(shift, **FEATURES), "data.clock"))

    assert found.subject == {"feature": "seen", "sign": "shifted"}
    assert found.figures["hours"] == hours
    assert found.figures["share"] == pytest.approx(1 / every, abs=0.15)


def test_timestamps_that_stand_still_grow_stale(examined: Examined) -> None:
    def freeze(log: pd.DataFrame) -> None:
        with_stamps(log)
        log.loc[late(log), "seen"] = log.loc[late(log), "seen"].iloc[0]
        mispredict(log, late(log))

    found = the(ask(examined(freeze, **FEATURES), "data.clock"))

    assert found.subject == {"feature": "seen", "sign": "stale"}
    assert found.figures["during"] > 0.7
    assert found.since is not None
    assert abs((found.since - ONSET).total_seconds()) <= 12 * 3600


def test_timestamps_that_keep_their_age_are_clear(examined: Examined) -> None:
    (found,) = ask(examined(with_stamps, **FEATURES), "data.clock")

    assert found.verdict == "clear"
    assert "1 features" in found.says


def test_timestamps_written_as_seconds_since_1970_are_read_as_such(examined: Examined) -> None:
    def numbers(log: pd.DataFrame) -> None:
        with_stamps(log)
        log.loc[late(log), "seen"] -= pd.Timedelta(hours=3)
        log["seen"] = log["seen"].dt.as_unit("s").astype("int64")
        mispredict(log, late(log))

    found = the(ask(examined(numbers, **FEATURES), "data.clock"))

    assert found.figures["hours"] == -3


def test_the_counted_ages_are_those_of_plain_pandas(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def keep(log: pd.DataFrame) -> None:
        with_stamps(log)
        logs.append(log)

    evidence = examined(keep, **FEATURES)

    (log,) = logs
    seconds = log["time"].dt.floor("s") - log["seen"]
    steps = (seconds.dt.total_seconds() // STEP).astype(int) - YOUNGEST
    before = log["time"] < pd.Timestamp(evidence.start)
    plain = np.bincount(steps[before], minlength=evidence.stamps["seen"].steps.shape[1])
    assert list(evidence.stamps["seen"].steps[:HISTORY].sum(axis=0)) == list(plain)
