import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from pyarrow import parquet

from bot.demo import flights, subset
from bot.demo.flights import FEATURES, Frame, size


def test_the_shipped_flights_are_compact_and_say_where_they_come_from() -> None:
    folder = Path(flights.__file__).parent / "data"

    assert (folder / "flights.parquet").stat().st_size < 700_000
    assert "CC0" in (folder / "README.md").read_text(encoding="utf-8")


def test_every_flight_has_every_feature_and_an_outcome(training: Frame, served: Frame) -> None:
    for frame in (training, served):
        for name in FEATURES:
            values = frame[name]
            missing = values == "" if values.dtype == object else np.isnan(values)
            assert not missing.any(), name
        assert set(np.unique(frame["late"])) == {False, True}
    assert size(training) > 15_000
    assert size(served) > 60_000


def test_the_subset_is_cut_from_the_sdist_without_cancelled_flights(tmp_path: Path) -> None:
    columns = "year,month,day,dep_delay,arr_delay,carrier,origin,dest,air_time,distance,hour,minute"
    rows = [
        "2013,2,11,5,20,UA,EWR,IAH,200,1400,7,15,2013-02-11T12:00:00Z",
        "2013,2,11,,,UA,EWR,IAH,,1400,8,15,2013-02-11T13:00:00Z",
        "2013,5,27,-3,2,B6,JFK,BOS,40,187,9,0,2013-05-27T13:00:00Z",
        "2013,12,31,0,0,B6,JFK,BOS,40,187,9,0,2013-12-31T14:00:00Z",
    ]
    weather = "origin,time_hour,wind_speed,precip,visib\nEWR,2013-02-11T12:00:00Z,12.4,0.02,9\n"
    sdist = _sdist(tmp_path, "\n".join([columns + ",time_hour", *rows]), weather)
    target = tmp_path / "flights.parquet"

    count = subset.write(sdist, target)

    table = parquet.read_table(target).to_pylist()
    assert count == 2
    assert [(row["lane"], row["departed"], row["late"]) for row in table] == [
        (0, 7 * 60 + 15 + 5, True),
        (1, 9 * 60 - 3, False),
    ]
    assert table[0]["wind_speed"] == 12
    assert table[1]["visib"] == 10


def _sdist(folder: Path, csv: str, weather: str) -> Path:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as inner:
        inner.writestr("flights.csv", csv)
    path = folder / "sdist.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, body in (
            ("p/data/flights.csv.zip", zipped.getvalue()),
            ("p/data/weather.csv", weather.encode()),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return path
