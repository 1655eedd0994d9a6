"""Two whylogs profiles, and how far their sketches of the numbers lie apart."""

import numpy as np
import whylogs  # type: ignore[import-not-found]  # lives in an environment of its own

from tests.bench.contenders.answer import answer
from tests.bench.contenders.frames import features, read_windows

before, during = read_windows()
numbers, words = features(before)
one, other = (whylogs.log(window[numbers + words]).view() for window in (before, during))
shares = np.linspace(0.05, 0.95, 19)
moved = {}
for name in numbers:
    sketches = [view.get_column(name).get_metric("distribution").kll.value for view in (one, other)]
    first, second = (np.array(sketch.get_quantiles(list(shares))) for sketch in sketches)
    moved[name] = float(np.abs(first - second).mean())
answer(rows=[len(before), len(during)], moved=max(moved, key=moved.__getitem__))
