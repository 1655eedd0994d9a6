"""The models whose answers are logged: scikit-learn's, trained on the first part of the data."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.faultbench.datasets import DATA_SETS, DataSet, load

Array = npt.NDArray[Any]
Algorithm = Literal["boosting", "forest", "linear"]
ROWS = 6000
"""Rows a model is trained on at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A fitted model and the codes it learnt for its categories."""

    data: DataSet
    codes: dict[str, dict[str, int]]
    estimator: Any
    classes: Array
    swapped: tuple[str, str] | None = None
    coarse: float = 0.0

    def matrix(self, rows: pd.DataFrame) -> Array:
        """Numbers as floats, categories as codes, what cannot be read as NaN: (rows, features)."""
        columns = []
        for name in self.data.features:
            if name in self.codes:
                column = rows[name].map(self.codes[name]).astype("float64")
            else:
                column = pd.to_numeric(rows[name], errors="coerce").astype("float64")
            columns.append(column.to_numpy())
        if self.swapped is not None:
            one, other = (self.data.features.index(name) for name in self.swapped)
            columns[one], columns[other] = columns[other], columns[one]
        return np.column_stack(columns)

    def likelihoods(self, rows: pd.DataFrame) -> Array:
        """Probability of each class, shape (rows, classes); a regression's value, (rows, 1)."""
        matrix = self.matrix(rows)
        if self.data.task == "regression":
            values: Array = self.estimator.predict(matrix)
            return values.reshape(-1, 1)
        chances: Array = self.estimator.predict_proba(matrix)
        if self.coarse:  # a runtime with another precision squeezes what it computes
            logits = np.log(np.clip(chances, 1e-4, 1)) + self.coarse * np.arange(chances.shape[1])
            chances = np.exp(logits)
            chances = chances / chances.sum(axis=1, keepdims=True)
        return chances


@lru_cache(maxsize=64)
def trained(name: str, algorithm: Algorithm, *, rows: int = ROWS, without: str = "") -> Model:
    """A model of one data set; `without` one feature or on few rows it is a worse version."""
    data = DATA_SETS[name]
    frame = load(name)
    past = frame.iloc[: int(len(frame) * data.train)]
    past = past.sample(min(rows, len(past)), random_state=len(name) + rows).sort_index()
    codes = {
        column: {value: i for i, value in enumerate(sorted(past[column].dropna().unique()))}
        for column in data.categorical
    }
    model = Model(data=data, codes=codes, estimator=None, classes=np.array([]))
    matrix = model.matrix(past)
    if without:
        matrix[:, data.features.index(without)] = 0.0
    estimator = _estimator(data, algorithm)
    estimator.fit(matrix, past["label"].to_numpy())
    classes = getattr(estimator, "classes_", np.array([]))
    return Model(data=data, codes=codes, estimator=estimator, classes=np.asarray(classes))


def _estimator(data: DataSet, algorithm: Algorithm) -> Any:
    value = data.task == "regression"
    if algorithm == "boosting":
        kind = HistGradientBoostingRegressor if value else HistGradientBoostingClassifier
        return kind(max_iter=50, max_leaf_nodes=20, random_state=3)
    if algorithm == "forest":
        grown = RandomForestRegressor if value else RandomForestClassifier
        return grown(n_estimators=30, max_depth=11, min_samples_leaf=4, random_state=3, n_jobs=1)
    numeric = list(range(len(data.numeric)))
    categorical = list(range(len(data.numeric), len(data.features)))
    encoded = ColumnTransformer(
        [
            ("n", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
            ("c", OneHotEncoder(handle_unknown="ignore", sparse_output=False), categorical),
        ]
    )
    return make_pipeline(encoded, Ridge() if value else LogisticRegression(max_iter=300))


@lru_cache(maxsize=64)
def importance(name: str, algorithm: Algorithm) -> dict[str, float]:
    """How much worse the model does with one feature shuffled, as a share of its loss range.

    Loss is 0 or 1 for a classifier; for a regression |error| over the labels' mean deviation.
    """
    model = trained(name, algorithm)
    frame = load(name)
    first = int(len(frame) * model.data.train)
    rows = frame.iloc[first : int(len(frame) * model.data.live)]
    rows = rows.sample(min(2500, len(rows)), random_state=1)
    rng = np.random.default_rng(1)
    clean = losses(model, model.likelihoods(rows), rows["label"]).mean()
    found = {}
    for feature in model.data.features:
        broken = rows.assign(**{feature: rng.permutation(rows[feature].to_numpy())})
        found[feature] = losses(model, model.likelihoods(broken), rows["label"]).mean() - clean
    return found


@lru_cache(maxsize=64)
def entangled(name: str, algorithm: Algorithm) -> frozenset[str]:
    """Features that matter, and those that go along with one that does (rank correlation 0.25)."""
    weights = importance(name, algorithm)
    model = trained(name, algorithm)
    rows = load(name).sample(3000, random_state=2)
    # A missing value is a value too: what comes along with gaps is tied to what has them.
    coded = pd.DataFrame(model.matrix(rows), columns=list(model.data.features)).fillna(-9.0)
    tied = coded.rank().corr().abs()
    matter = [feature for feature, weight in weights.items() if weight >= 0.005]
    return frozenset(f for f in tied.columns if f in matter or (tied.loc[f, matter] > 0.25).any())


def losses(model: Model, likelihoods: Array, labels: pd.Series) -> Array:
    """The loss of each row, as `importance` counts it."""
    if model.data.task == "regression":
        truth = labels.to_numpy(dtype=float)
        spread = np.abs(truth - np.median(truth)).mean()
        found: Array = np.abs(likelihoods[:, 0] - truth) / spread
        return found
    answers = model.classes[likelihoods.argmax(axis=1)]
    wrong: Array = (answers != labels.to_numpy()).astype(float)
    return wrong
