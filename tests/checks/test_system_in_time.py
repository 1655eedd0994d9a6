"""System metrics against the onset: before it, with it, after it; an effect follows its cause."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import ONSET, Examined, lose_distance


def load(hours: float, *, hosts: tuple[str | None, ...] = (None,), hit: int = 1) -> pd.DataFrame:
    """Latency that jumps so many hours after the onset, on the first `hit` of the hosts."""
    times = pd.date_range("2026-03-01", "2026-03-12 23:50", freq="10min", tz="UTC")
    random = np.random.default_rng(1)
    jump = pd.Timestamp(ONSET) + pd.Timedelta(hours=hours)
    rows = [
        (time, "latency_p99_ms", host,
         50 + random.normal(0, 3) + (400 if time >= jump and i < hit else 0))
        for time in times for i, host in enumerate(hosts)
    ]  # fmt: skip
    system = pd.DataFrame(rows, columns=["time", "metric", "host", "value"])
    return system.drop(columns="host") if hosts == (None,) else system


def timed(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(f.verdict, f.subject["timing"]) for f in findings if "timing" in f.subject]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, ("suspect", "at")), (-8, ("suspect", "before")), (-72, ("clear", "early")),
        (14, ("clear", "after")),
    ],
)  # fmt: skip
def test_a_metric_is_held_against_the_onset(
    examined: Examined, hours: float, expected: tuple[str, str]
) -> None:
    findings = ask(examined(lose_distance, system=load(hours)), "system.metrics")

    assert timed(findings) == [expected]
    dated = next(f for f in findings if "timing" in f.subject)
    assert dated.figures["hours"] == pytest.approx(hours, abs=3)


def test_what_moved_only_after_the_onset_leaves_the_system_cleared(examined: Examined) -> None:
    findings = ask(examined(lose_distance, system=load(14)), "system.metrics")

    assert {finding.verdict for finding in findings} == {"clear"}
    assert any("no cause of it" in finding.says for finding in findings)


def test_each_host_is_dated_on_its_own(examined: Examined) -> None:
    system = load(0, hosts=("h1", "h2", "h3"), hit=2)

    findings = ask(examined(lose_distance, system=system), "system.metrics")

    assert sorted(f.subject["host"] for f in findings) == ["h1", "h2"]
    assert all(f.since is not None and abs((f.since - ONSET).total_seconds()) <= 3600
               for f in findings)  # fmt: skip


def test_the_means_of_a_series_are_those_of_plain_pandas(examined: Examined) -> None:
    system = load(0)
    evidence = examined(lose_distance, system=system)

    (gauge,) = evidence.system or ()

    late = system["time"] >= pd.Timestamp(evidence.start)
    assert gauge.before == pytest.approx(system.loc[~late, "value"].mean())
    assert gauge.during == pytest.approx(system.loc[late, "value"].mean())
    assert gauge.spread == pytest.approx(system.loc[~late, "value"].std())
    assert (gauge.samples, gauge.samples_during) == ((~late).sum(), late.sum())
