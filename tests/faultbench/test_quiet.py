"""Over real traffic in which nothing was broken, hardly anybody is told of a harm."""

from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the bench trains real models; scikit-learn is not installed")

from tests.faultbench.archives import DataUnavailableError
from tests.faultbench.datasets import load
from tests.faultbench.draw import SMALL
from tests.faultbench.quiet import LOOKS, Look, looks, table

LOGS = 3


@pytest.mark.slow
def test_few_windows_of_unbroken_traffic_are_disturbed(tmp_path: Path) -> None:
    try:
        for name in SMALL:
            load(name)
    except DataUnavailableError as error:
        pytest.skip(str(error))

    found = list(looks(tmp_path, logs=LOGS, among="small", seed=7, workers=2))

    assert len(found) == LOGS * LOOKS
    # The windows of one log share most of their rows: one natural fall may disturb all of them.
    disturbed = {one.log for one in found if one.disturbed}
    assert len(disturbed) <= 1, table(found)


def test_a_window_is_disturbed_by_a_verdict_or_by_a_claim() -> None:
    def look(verdict: str, *cries: str) -> Look:
        return Look(
            log="log-0", data="taxi", verdict=verdict, cause="healthy", share=0.0, sigma=0.0,
            cries=cries, moved=("drift.covariate",),
        )  # fmt: skip

    windows = [look("healthy"), look("degraded"), look("healthy", "system.hosts")]

    assert [one.disturbed for one in windows] == [False, True, True]
    assert table(windows).startswith("3 windows: 2 disturbed (66.7%), 1 called a drop (33.3%)")
