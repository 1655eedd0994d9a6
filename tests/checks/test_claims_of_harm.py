"""No finding claims a harm that the labels do not show."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from bot.checks import CHECKS
from bot.diagnosis import ask, every_finding
from bot.diagnosis.conclude import conclude
from bot.diagnosis.harm import restored
from bot.incident import Finding
from bot.profile import Evidence
from tests.checks.checks_log import END, Examined, late, mispredict


def lose_carrier(log: pd.DataFrame) -> None:
    """A feature that this model does not use arrives empty."""
    log.loc[late(log), "carrier"] = None


def about_carrier(evidence: Evidence) -> Finding:
    found = [one for one in ask(evidence, "data.missing") if one.subject.get("feature")]
    assert [one.subject["feature"] for one in found] == ["carrier"]
    return found[0]


def test_a_defect_without_a_fall_says_that_no_harm_is_shown(examined: Examined) -> None:
    finding = about_carrier(examined(lose_carrier))

    assert (finding.verdict, finding.strength) == ("suspect", 0.0)
    assert "no harm shown" in finding.doubt
    assert finding.movement > 8


def test_a_claim_can_be_restored_as_the_check_made_it(examined: Examined) -> None:
    evidence = examined(lose_carrier)
    made = next(iter(CHECKS["data.missing"].run(evidence)))

    assert list(restored([about_carrier(evidence)])) == [made]


def test_a_defect_beside_a_fall_claims_harm(examined: Examined) -> None:
    def lose_and_fall(log: pd.DataFrame) -> None:
        lose_carrier(log)
        mispredict(log, late(log))

    assert about_carrier(examined(lose_and_fall)).strength > 8


def test_without_labels_since_it_moved_nothing_is_known_of_harm(examined: Examined) -> None:
    def lose_and_wait(log: pd.DataFrame) -> None:
        lose_carrier(log)
        log.loc[late(log), ["label", "label_time"]] = None

    assert about_carrier(examined(lose_and_wait)).strength > 8


def test_labels_that_stopped_say_nothing_of_the_time_since(examined: Examined) -> None:
    def lose_and_wait(log: pd.DataFrame) -> None:
        lose_carrier(log)
        log.loc[late(log), ["label", "label_time"]] = None

    evidence = examined(lose_and_wait)
    diagnosis = conclude(evidence, every_finding(evidence))

    assert diagnosis.verdict == "no_labels"
    assert diagnosis.hypotheses[0].cause not in {"healthy", "seasonality"}


def test_labels_of_which_some_still_come_are_judged(examined: Examined) -> None:
    def stop_half(log: pd.DataFrame) -> None:
        gone = late(log) & (np.arange(len(log)) % 2 == 0)
        log.loc[gone, ["label", "label_time"]] = None

    evidence = examined(stop_half)

    assert conclude(evidence, every_finding(evidence)).verdict == "healthy"


def test_a_part_that_alone_does_worse_is_confirmed(examined: Examined) -> None:
    def swap_region(log: pd.DataFrame) -> None:
        # One region's answers turn and the other ones come right, so that the metric of all
        # traffic stays where it was.
        now, here = log["time"] >= pd.Timestamp(END - timedelta(days=1)), log["region"] == "eu"
        turned = now & here & (log.index % 6 == 0)
        log.loc[turned, "prediction"] = 1 - log.loc[turned, "prediction"]
        log.loc[now & ~here, "label"] = log.loc[now & ~here, "prediction"].astype(float)

    evidence = examined(swap_region)

    assert not evidence.fell
    assert evidence.fallen_part is not None
    assert evidence.fallen_part.segment["region"] == "eu"
    [finding] = ask(evidence, "errors.slices")
    assert finding.strength > 6
    assert "region eu alone does worse" in finding.says


def test_no_part_of_a_healthy_log_is_confirmed(examined: Examined) -> None:
    assert examined().fallen_part is None


@pytest.mark.parametrize("every", [12, 3])
def test_the_few_rows_beside_a_defect_in_nearly_all_say_little_of_it(
    examined: Examined, every: int
) -> None:
    def lose(log: pd.DataFrame) -> None:
        rows = np.arange(len(log))
        hit = late(log) & (rows % every > 0)
        log.loc[hit, "distance"] = np.nan
        # A few more wrong answers than usual where the distance is there.
        mispredict(log, (hit & (rows % 5 < 2)) | (late(log) & (rows % (6 * every) == 0)))

    evidence = examined(lose)
    column = evidence.columns["distance"]
    plain = 1 - (1 - evidence.explained(column, (0, 1))) * every

    if every > 5:
        assert plain + 0.1 < evidence.accounts(column, (0, 1)) <= 1
    else:
        assert evidence.accounts(column, (0, 1)) == pytest.approx(plain, abs=0.05)
