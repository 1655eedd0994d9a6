"""Evidently's data-drift preset with its defaults."""

from evidently import (  # type: ignore[import-not-found]  # lives in an environment of its own
    DataDefinition,
    Dataset,
    Report,
)
from evidently.presets import (  # type: ignore[import-not-found]  # likewise
    DataDriftPreset,
)

from tests.bench.contenders.answer import answer
from tests.bench.contenders.frames import features, read_windows

before, during = read_windows()
numbers, words = features(before)
definition = DataDefinition(numerical_columns=numbers, categorical_columns=words)
reference, current = (
    Dataset.from_pandas(window[numbers + words], data_definition=definition)
    for window in (before, during)
)
found = Report([DataDriftPreset()]).run(current, reference).dict()
drifts = {
    metric["config"]["column"]: float(metric["value"])
    for metric in found["metrics"]
    if "column" in metric.get("config", {})
}
assert set(drifts) == {*numbers, *words}, drifts
answer(rows=[len(before), len(during)], moved=max(drifts, key=drifts.__getitem__))
