"""The onset in thirty days of minutes: CPU milliseconds to find it, and its shape as well."""

import json
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from bot.profile.changepoint import Series, locate
from bot.profile.windows import find_windows

MINUTES, FALL = 43_200, 40_000

random = np.random.default_rng(0)
rows = random.poisson(20, MINUTES)
share = np.where(np.arange(MINUTES) < FALL, 0.9, 0.8)
series = Series.of_counts(random.binomial(rows, share), rows)


def timed(search: Callable[[], int], times: int) -> float:
    """Milliseconds of CPU of one search, the median of several.

    Raises:
        AssertionError: The onset was missed by more than five minutes.
    """
    took = []
    for _ in range(times):
        begin = time.process_time()
        found = search()
        took.append((time.process_time() - begin) * 1000)
        assert abs(found - FALL) <= 5, found
    return median(took)


def located() -> int:
    """The bucket where the fall begins; -1 without one."""
    change = locate(series)
    return -1 if change is None else change.bucket


said = {
    "located": timed(located, 21),
    "windows": timed(lambda: find_windows(series, day=1_440).start, 3),
}
sys.stdout.write(f"{json.dumps(said)}\n")
