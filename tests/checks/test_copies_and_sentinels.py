"""Values that stand for other values: copies of the row before, sentinels, frozen ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask, examine
from bot.incident import Finding
from bot.profile.engine import Engine
from bot.profile.log import open_log
from bot.profile.sequence import OLD
from bot.profile.stretches import runs_of
from bot.sources import open_sources
from tests.checks.checks_log import ONSET, Examined, late, mispredict, written_log


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def the(findings: tuple[Finding, ...]) -> Finding:
    (found,) = suspects(findings)
    return found


def stale(log: pd.DataFrame, every: int, *, of: str | None = None) -> None:
    """Since the onset the distance is renewed only with every so manieth row (of a segment)."""
    hit = late(log)
    part = log[hit]
    place = part.groupby(of).cumcount() if of else pd.Series(np.arange(len(part)), part.index)
    kept = part["distance"].where(place % every == 0)
    filled = kept.groupby(part[of]).ffill() if of else kept.ffill()
    log.loc[hit, "distance"] = filled
    mispredict(log, hit & (np.arange(len(log)) % 2 == 0))


@pytest.mark.parametrize("every", [2, 4, 10])
def test_a_feature_that_repeats_the_row_before_is_found(examined: Examined, every: int) -> None:
    found = the(ask(examined(lambda log: stale(log, every)), "data.constants"))

    assert found.subject == {"feature": "distance", "sign": "frozen", "way": "copies"}
    assert found.figures["during"] == pytest.approx(1 - 1 / every, abs=0.06)
    assert found.figures["before"] == 0
    assert found.since is not None
    assert abs((found.since - ONSET).total_seconds()) <= 4 * 3600


def test_a_feature_that_repeats_the_last_value_of_its_segment_is_found(examined: Examined) -> None:
    found = the(ask(examined(lambda log: stale(log, 5, of="region")), "data.constants"))

    assert found.subject["way"] == "copies"
    assert "of the same region" in found.says


def test_the_counts_of_repeats_are_those_of_plain_pandas(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def copy(log: pd.DataFrame) -> None:
        stale(log, 3)
        logs.append(log)

    evidence = examined(copy)
    runs = next(r for r in evidence.repeats["distance"] if r.key is None)

    (log,) = logs
    during = log[log["time"] >= pd.Timestamp(evidence.start)].sort_values("time")
    alike = during["distance"].eq(during["distance"].shift())
    # All rows of the incident lie in the stretches; each stretch has a first row without neighbour.
    assert runs.pairs[OLD:].sum() == len(during) - (len(runs.pairs) - OLD)
    assert runs.alike[OLD:].sum() == pytest.approx(alike.sum(), abs=len(runs.pairs) - OLD)


def test_a_slow_feature_that_was_always_slow_is_no_copy(examined: Examined) -> None:
    def slow(log: pd.DataFrame) -> None:
        log["distance"] = log["distance"].where(np.arange(len(log)) % 4 == 0).ffill()

    assert suspects(ask(examined(slow), "data.constants")) == []


def test_a_value_that_became_common_is_no_copy(examined: Examined) -> None:
    def common(log: pd.DataFrame) -> None:
        random = np.random.default_rng(1)
        log.loc[late(log), "carrier"] = random.choice(
            ["AA", "DL", "UA", "WN"], late(log).sum(), p=[0.7, 0.1, 0.1, 0.1]
        )
        mispredict(log, late(log))

    found = ask(examined(common), "data.constants")

    assert [f for f in suspects(found) if f.subject.get("way") == "copies"] == []


def test_rows_that_are_logged_twice_are_no_copies_of_a_feature(examined: Examined) -> None:
    def twice(log: pd.DataFrame) -> pd.DataFrame:
        mispredict(log, late(log))
        return pd.concat([log, log[late(log)]]).sort_values("time").reset_index(drop=True)

    assert suspects(ask(examined(twice), "data.constants")) == []


@pytest.mark.parametrize("sentinel", [-1.0, -999.0, 0.0, 99999.0])
def test_a_sentinel_in_the_place_of_some_values_is_found(
    examined: Examined, sentinel: float
) -> None:
    def fill(log: pd.DataFrame) -> None:
        hit = late(log) & (np.arange(len(log)) % 3 == 0)
        log.loc[hit, "distance"] = sentinel
        mispredict(log, hit)

    found = the(ask(examined(fill), "data.constants"))

    assert found.subject == {
        "feature": "distance", "value": f"{sentinel:g}", "sign": "default",
    }  # fmt: skip
    assert found.figures["during"] == pytest.approx(1 / 3, abs=0.05)


def test_a_number_frozen_at_its_last_good_value_is_found(examined: Examined) -> None:
    def freeze(log: pd.DataFrame) -> None:
        log["distance"] = log["distance"].round()
        log.loc[late(log), "distance"] = log.loc[~late(log), "distance"].mode()[0]
        mispredict(log, late(log))

    found = the(ask(examined(freeze), "data.constants"))

    assert (found.subject["feature"], found.subject["sign"]) == ("distance", "frozen")


def test_both_roads_count_the_same_repeats(tmp_path: Path) -> None:
    settings = written_log(tmp_path, lambda log: stale(log, 3))
    found = []
    for fast in (True, False):
        with open_sources(settings) as sources:
            engine = Engine(sources.engine("files"))
            engine.fast = fast
            log = open_log(
                sources.table(settings.model("m").predictions), settings.model("m"), engine, at=None
            )
            evidence = examine(settings, "m", sources=sources)
            runs = runs_of(
                log, engine, windows=evidence.windows, rows=evidence.rows,
                start=evidence.grid.origin, width=evidence.grid.width, columns=evidence.columns,
            )  # fmt: skip
        found.append({
            (name, run.key): (run.pairs.tolist(), run.alike.tolist())
            for name, each in runs.items() for run in each
        })  # fmt: skip

    assert found[0] == found[1]
    assert sum(found[0]["distance", None][1]) > 0


def test_a_default_that_crept_in_before_the_fall_is_one(examined: Examined) -> None:
    def creeps(log: pd.DataFrame) -> None:
        chance = np.random.default_rng(5).uniform(size=len(log))
        days = (log["time"] - pd.Timestamp(ONSET)).dt.total_seconds() / 86_400
        first, then = (days > -1) & (chance < 0.05), (days >= 0) & (chance < 0.35)
        log.loc[first | then, "carrier"] = "none"
        mispredict(log, then)

    found = the(ask(examined(creeps), "data.constants"))

    assert found.subject == {"feature": "carrier", "value": "none", "sign": "default"}
