"""The drift part in plain pandas: no thrift, no tricks, everything in memory."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tests.bench.contenders.answer import answer
from tests.bench.contenders.frames import features, read_windows

BINS = 60


def counted(before: pd.Series, during: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Rows by bin, or by category, in the two windows."""
    if before.dtype.kind == "f":
        edges = np.histogram_bin_edges(before.dropna(), BINS)
        return np.histogram(before.dropna(), edges)[0], np.histogram(during.dropna(), edges)[0]
    one, other = before.value_counts(), during.value_counts()
    known = one.index.union(other.index)
    one, other = (found.reindex(known, fill_value=0) for found in (one, other))
    return one.to_numpy(), other.to_numpy()


def distances(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """How far two histograms lie apart."""
    p, q = (one + 0.5) / (one + 0.5).sum(), (other + 0.5) / (other + 0.5).sum()
    middle = (p + q) / 2
    return {
        "psi": float(((p - q) * np.log(p / q)).sum()),
        "js": float((p * np.log(p / middle) + q * np.log(q / middle)).sum() / 2),
        "wasserstein": float(np.abs(np.cumsum(p - q)).sum()),
        "chi2": chi2(one + 0.5, other + 0.5),
    }


def chi2(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's statistic of a table of two rows."""
    found = np.array([one, other])
    wanted = np.outer(found.sum(axis=1), found.sum(axis=0)) / found.sum()
    return float(((found - wanted) ** 2 / wanted).sum())


def described(window: pd.DataFrame) -> Iterator[object]:
    """Counts, nulls, range and mean of each feature by right and wrong; the slices; the minutes."""
    numbers, words = features(window)
    by_outcome = window.groupby("right")
    for name in numbers:
        yield by_outcome[name].agg(["count", "size", "min", "max", "mean"])
        low, high = window[name].min(), window[name].max()
        for _, part in by_outcome[name]:
            yield np.histogram(part.dropna(), BINS, (low, high))
    for name in words:
        yield window.groupby([name, "right"], dropna=False).size()
    yield window.groupby([window["event_time"].dt.floor("min"), "right"]).size()


def main() -> None:
    """Print how far the features moved."""
    before, during = (
        window.assign(right=window["prediction"] == window["label"]) for window in read_windows()
    )
    _ = [list(described(window)) for window in (before, during)]
    numbers, words = features(before)
    moved = {
        name: distances(*counted(before[name], during[name]))["psi"] for name in numbers + words
    }
    rows = [len(before), len(during)]
    answer(rows=rows, moved=max(moved, key=lambda name: moved[name]))


main()
