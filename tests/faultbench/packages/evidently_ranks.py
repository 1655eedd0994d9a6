"""Evidently's data-drift preset with its defaults: columns by how far they drifted."""

import sys
from pathlib import Path

import pandas as pd
from evidently import (  # type: ignore[import-not-found]  # lives in an environment of its own
    DataDefinition,
    Dataset,
    Report,
)
from evidently.presets import (  # type: ignore[import-not-found]  # likewise
    DataDriftPreset,
)

from tests.faultbench.packages.ranked import main
from tests.faultbench.rules import Case, Ranked

LEAST = 0.1
"""Evidently's own threshold of a drifted column where the reference has over 1,000 rows."""


def ranking(case: Case) -> Ranked:
    """The last eighth of the log against what was before; a drifted column is an alarm."""
    words = [f for f in case.features if not pd.api.types.is_numeric_dtype(case.before[f])]
    numbers = [f for f in case.features if f not in words]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=words)
    reference, current = (
        Dataset.from_pandas(
            part[numbers + words].astype(dict.fromkeys(words, "str")), data_definition=definition
        )
        for part in (case.before, case.after)
    )
    found = Report([DataDriftPreset()]).run(current, reference).dict()
    scores = {
        metric["config"]["column"]: float(metric["value"])
        for metric in found["metrics"]
        if "column" in metric.get("config", {})
    }
    return Ranked(scores=scores, alarm=max(scores.values()) >= LEAST)


if __name__ == "__main__":
    main("evidently", Path(sys.argv[1]), ranking)
