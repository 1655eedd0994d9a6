"""NannyML's univariate drift: Jensen-Shannon only, the last day against the days before."""

import nannyml  # type: ignore[import-not-found]  # lives in an environment of its own

from tests.bench.contenders.answer import answer
from tests.bench.contenders.frames import features, read_windows

before, during = read_windows()
numbers, words = features(before)
calculator = nannyml.UnivariateDriftCalculator(
    column_names=numbers + words,
    treat_as_categorical=words,
    timestamp_column_name="event_time",
    chunk_period="D",
    continuous_methods=["jensen_shannon"],
    categorical_methods=["jensen_shannon"],
)
result = calculator.fit(before).calculate(during)
found = result.filter(period="analysis").to_df(multilevel=False)
moved = {name: float(found[f"{name}_jensen_shannon_value"].max()) for name in numbers + words}
answer(rows=[len(before), len(during)], moved=max(moved, key=moved.__getitem__))
