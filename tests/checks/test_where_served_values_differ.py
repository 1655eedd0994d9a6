"""A feature that is served otherwise than recomputed offline shows in which part of the traffic."""

import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import Examined, late, mispredict


def served(examined: Examined, region: str | None, *, every: int = 4) -> Finding:
    """The distance is served wrong in a region; offline every so many rows are recomputed."""
    offline = pd.DataFrame()

    def skew(log: pd.DataFrame) -> None:
        offline[["id", "distance"]] = log[["id", "distance"]].iloc[::every]
        hit = late(log) & (True if region is None else log["region"] == region)
        log.loc[hit, "distance"] *= 1.5
        mispredict(log, hit)

    (found,) = ask(examined(skew, beside={"offline": offline}), "model.skew")
    return found


@pytest.mark.parametrize(("region", "segments"), [("eu", ({"region": "eu"},)), (None, ())])
def test_the_rows_that_differ_tell_in_which_part_it_sits(
    examined: Examined, region: str | None, segments: tuple[dict[str, str], ...]
) -> None:
    assert served(examined, region).segments == segments


def test_few_rows_that_differ_tell_no_part(examined: Examined) -> None:
    assert served(examined, "eu", every=60).segments is None
