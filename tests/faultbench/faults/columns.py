"""What can happen to one column: each takes the column and the rows hit, and gives it back."""

from typing import Any

import numpy as np
import pandas as pd

from tests.faultbench.models import Array

FACTORS = {
    "miles to km": (1.609344, 0.0), "feet to metres": (0.3048, 0.0), "inch to cm": (2.54, 0.0),
    "minutes to seconds": (60.0, 0.0), "minutes to hours": (1 / 60, 0.0),
    "to thousandths": (0.001, 0.0), "to thousands": (1000.0, 0.0), "to per cent": (100.0, 0.0),
    "kg to pounds": (2.2046226, 0.0), "pounds to kg": (0.45359237, 0.0),
    "celsius to fahrenheit": (1.8, 32.0), "fahrenheit to celsius": (1 / 1.8, -32 / 1.8),
    "sign turned": (-1.0, 0.0),
}  # fmt: skip


def missing(column: pd.Series, hit: Array) -> pd.Series:
    """Nothing arrives."""
    return column.where(~hit)


def default(column: pd.Series, hit: Array, rng: np.random.Generator) -> pd.Series:
    """One default arrives: 0, −1 or 999 for a number, a word for a category."""
    if pd.api.types.is_numeric_dtype(column):
        value: Any = float(rng.choice([0.0, -1.0, -999.0, 999.0]))
        return column.astype("float64").where(~hit, value)
    word = str(rng.choice(["unknown", "NA", "none", "other"]))
    return column.where(~hit, word)


def other_unit(column: pd.Series, hit: Array, rng: np.random.Generator) -> pd.Series:
    """Another unit: a known factor, for temperatures with its offset."""
    scale, offset = FACTORS[str(rng.choice(list(FACTORS)))]
    numbers = column.astype("float64")
    return numbers.where(~hit, (numbers * scale + offset).round(4))


def frozen(column: pd.Series, hit: Array, rng: np.random.Generator) -> pd.Series:
    """The last good value stands still, or is refreshed only now and then (a stale copy)."""
    first = int(np.argmax(hit)) if hit.any() else 0
    if rng.random() < 0.7:
        values = column.iloc[max(0, first - 50) : first].dropna()
        kept = values.iloc[-1] if len(values) else column.dropna().iloc[0]
        return column.where(~hit, kept)
    every = int(rng.integers(60, 200))
    last = np.maximum(np.arange(len(column)) // every * every, 0)
    return column.where(~hit, column.iloc[last].to_numpy())


def of_other_rows(column: pd.Series, hit: Array, rng: np.random.Generator) -> pd.Series:
    """Each row gets the value of another row that was hit."""
    changed = column.copy()
    changed[hit] = rng.permutation(column[hit].to_numpy())
    return changed


def recoded(column: pd.Series, hit: Array, rng: np.random.Generator) -> pd.Series:
    """The same categories by other names: upper case, numbers, a prefix, or two merged."""
    values = sorted(column.dropna().unique())
    style = str(rng.choice(["case", "codes", "prefix", "merged"]))
    if style == "case" and all(v.upper() == v for v in values):
        style = "case down" if any(v.lower() != v for v in values) else "prefix"
    if style == "merged" and len(values) < 3:
        style = "codes"
    if style == "codes" and all(v.isdigit() for v in values):
        style = "prefix"
    match style:
        case "case":
            names = {v: v.upper() for v in values}
        case "case down":
            names = {v: v.lower() for v in values}
        case "codes":
            names = {v: str(100 + i) for i, v in enumerate(values)}
        case "prefix":
            names = {v: f"v2:{v}" for v in values}
        case _:
            frequent = column.value_counts().index
            names = {v: v for v in values} | {frequent[0]: frequent[-1], frequent[1]: "grouped"}
    return column.where(~hit, column.map(names))


def later_hours(column: pd.Series, hit: Array, rng: np.random.Generator) -> pd.Series:
    """Hours of the day some hours off, as by a time zone."""
    offset = int(rng.choice([-8, -7, -6, -5, -4, 4, 5, 6, 7, 8]))
    return column.where(~hit, (column + offset) % 24)


def noisy(column: pd.Series, hit: Array, rng: np.random.Generator) -> pd.Series:
    """Another computation of the same: rounded, clipped or with an error."""
    numbers = column.astype("float64")
    spread = float(numbers.std()) or 1.0
    changed = (numbers * rng.uniform(0.4, 0.7) + rng.normal(0, spread, len(numbers))).round(2)
    return numbers.where(~hit, changed)
