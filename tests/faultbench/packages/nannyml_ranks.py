"""NannyML's correlation ranker: columns whose drift goes along with the realized performance."""

import sys
from pathlib import Path

import nannyml  # type: ignore[import-not-found]  # lives in an environment of its own
import pandas as pd

from tests.faultbench.packages.ranked import main
from tests.faultbench.rules import Case, Ranked

CHUNKS = 12
"""Parts of each half of the log; the ranker wants several in which the metric moved."""


def ranking(case: Case) -> Ranked:
    """The later half of the log in chunks against the earlier; an alarm where the last fell."""
    said, label = case.columns["prediction"], case.columns["label"]
    log = pd.concat([case.before, case.after], ignore_index=True)
    log = log[log[label].notna() & log[said].notna()].reset_index(drop=True)
    half = len(log) // 2
    words = [f for f in case.features if not pd.api.types.is_numeric_dtype(log[f])]
    log = log.astype(dict.fromkeys(words, "str"))
    regression = pd.api.types.is_float_dtype(log[said])
    metric = "mae" if regression else "accuracy"
    if not regression:
        # Its binary problems are 0 and 1; accuracy is the same when every row is right or wrong.
        right = (log[said].astype(str) == log[label].astype(str)).astype(int)
        log = log.drop(columns=[said, label]).assign(right=right, score=right, one=1)
        said, label = "right", "one"
    drift = nannyml.UnivariateDriftCalculator(
        column_names=case.features, treat_as_categorical=words, chunk_number=CHUNKS,
        continuous_methods=["jensen_shannon"], categorical_methods=["jensen_shannon"],
    )  # fmt: skip
    realized = nannyml.PerformanceCalculator(
        metrics=[metric], y_true=label, y_pred=said, chunk_number=CHUNKS,
        y_pred_proba=None if regression else "score",  # asked for, though accuracy needs none
        problem_type="regression" if regression else "classification_binary",
    )  # fmt: skip
    moved = drift.fit(log[:half]).calculate(log[half:])
    fell = realized.fit(log[:half]).calculate(log[half:])
    ranker = nannyml.CorrelationRanker().fit(fell.filter(period="reference"))
    ranked = ranker.rank(moved.filter(period="analysis"), fell.filter(period="analysis"))
    last = fell.filter(period="analysis").to_df()[metric]["alert"].tail(2)
    return Ranked(
        scores=dict(zip(ranked["column_name"], -ranked["rank"].astype(float), strict=True)),
        alarm=bool(last.any()),
    )  # fmt: skip


if __name__ == "__main__":
    main("nannyml", Path(sys.argv[1]), ranking)
