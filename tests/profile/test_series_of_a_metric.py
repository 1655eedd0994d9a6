"""The series in which a fall is searched moves as its metric does, and with all that moves it."""

import numpy as np
import numpy.typing as npt
import pytest

from bot.profile.bins import FIRST
from bot.profile.columns import RIGHT, WRONG
from bot.profile.measures import SUMS, Tallies
from bot.profile.windows import find_windows

BUCKETS, ROWS, TURN = 240, 40, 200

Floats = npt.NDArray[np.float64]


def of_numbers(label: Floats, prediction: Floats) -> Tallies:
    """A regression's, from [bucket, row]."""
    nothing = np.zeros((BUCKETS, 3))
    sums = dict.fromkeys(SUMS, nothing)
    squared = (prediction - label) ** 2
    each = {"squared": squared, "squared2": squared**2, "label": label, "label2": label**2}
    for name, values in each.items():
        sums[name] = nothing.copy()
        sums[name][:, RIGHT] = values.sum(axis=1)
    outcomes = np.zeros((BUCKETS, 3), dtype=np.int64)
    outcomes[:, RIGHT] = ROWS
    return Tallies(
        metric="r2", positive=None, confusion=np.zeros((BUCKETS, 1, 1), dtype=np.int64),
        scores=None, outcomes=outcomes, sums=sums,
    )  # fmt: skip


def of_scores(score: Floats, positive: npt.NDArray[np.bool_]) -> Tallies:
    """A classifier's, from [bucket, row]; the scores are between 0 and 1."""
    codes = FIRST + np.clip((score * 50).astype(np.int64), 0, 49)
    scores = np.zeros((BUCKETS, FIRST + 2, FIRST + 50), dtype=np.int64)
    places = np.repeat(np.arange(BUCKETS), score.shape[1])
    np.add.at(scores, (places, (FIRST + positive).ravel(), codes.ravel()), 1)
    outcomes = np.zeros((BUCKETS, 3), dtype=np.int64)
    outcomes[:, (WRONG, RIGHT)] = score.shape[1] // 2
    return Tallies(
        metric="auc", positive=FIRST + 1, confusion=np.zeros((BUCKETS, 1, 1), dtype=np.int64),
        scores=scores, outcomes=outcomes, sums=dict.fromkeys(SUMS, np.zeros((BUCKETS, 3))),
    )  # fmt: skip


def since_turn(values: Floats, by: float) -> Floats:
    moved = values.copy()
    moved[TURN:] += by
    return moved


def test_r2_falls_where_labels_come_closer_to_each_other_and_errors_stay() -> None:
    random = np.random.default_rng(5)
    truth = random.normal(0, 3, (BUCKETS, ROWS))
    error = random.standard_t(5, (BUCKETS, ROWS))
    truth[TURN:] *= 0.5
    error[TURN:] *= 0.95
    tallies = of_numbers(truth, truth + error)

    windows = find_windows(tallies.series(), day=24)

    assert windows.change is not None
    assert abs(windows.change.bucket - TURN) <= 2


def test_r2_of_steady_rows_shows_no_fall() -> None:
    random = np.random.default_rng(6)
    truth = random.normal(0, 3, (BUCKETS, ROWS))
    tallies = of_numbers(truth, truth + random.standard_t(5, (BUCKETS, ROWS)))

    assert find_windows(tallies.series(), day=24).change is None


def test_the_mean_of_the_series_is_the_metric_over_all_time() -> None:
    random = np.random.default_rng(7)
    truth = random.normal(50, 3, (BUCKETS, ROWS))
    everywhere = np.ones(BUCKETS, dtype=np.bool_)
    numbers = of_numbers(truth, truth + random.normal(0, 1, (BUCKETS, ROWS)))
    positive = random.random((BUCKETS, ROWS)) < 0.1
    scores = of_scores(random.beta(2 + positive, 3), positive)

    for tallies in (numbers, scores):
        assert tallies.series().mean() == pytest.approx(tallies.value(everywhere))


@pytest.mark.parametrize(("which", "by"), [("few positives", -0.08), ("many negatives", 0.08)])
def test_the_area_falls_with_either_class(which: str, by: float) -> None:
    random = np.random.default_rng(8)
    positive = random.random((BUCKETS, ROWS)) < 0.06
    score = np.clip(random.normal(0.35 + 0.25 * positive, 0.12), 0, 0.999)
    moved = np.clip(since_turn(score, by), 0, 0.999)
    theirs = positive if which == "few positives" else ~positive
    tallies = of_scores(np.where(theirs, moved, score), positive)

    windows = find_windows(tallies.series(), day=24)

    assert windows.change is not None
    assert abs(windows.change.bucket - TURN) <= 24
