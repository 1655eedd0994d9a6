from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from bot.demo.flights import joined, size
from bot.demo.log import Parts, PredictionLog
from bot.demo.stream import LAP, Stream, micros
from bot.demo.warehouse import make_warehouse

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_short_spans_add_up_to_the_long_one(stream: Stream) -> None:
    times = [micros(MONDAY + number * HOUR) for number in range(25)]

    parts = [stream.between(start, end) for start, end in pairwise(times)]

    whole = stream.between(times[0], times[-1])
    assert list(joined(parts)["request_id"]) == list(whole["request_id"])
    assert (np.diff(whole["event_time"]) >= 0).all()


def test_there_is_traffic_at_any_hour(stream: Stream) -> None:
    for hour in range(21 * 24):
        start = MONDAY + hour * HOUR

        rows = stream.between(micros(start), micros(start + HOUR))

        assert size(rows) > 50


def test_after_three_weeks_the_same_flights_come_under_new_ids(stream: Stream) -> None:
    first, again = (
        stream.between(micros(start), micros(start + HOUR)) for start in (MONDAY, MONDAY + LAP)
    )

    assert list(first["dep_delay"]) == list(again["dep_delay"])
    assert not set(first["request_id"]) & set(again["request_id"])


def test_a_span_over_the_end_of_a_lap_has_the_rows_of_both(stream: Stream) -> None:
    end = MONDAY + LAP

    rows = stream.between(micros(end - HOUR), micros(end + HOUR))

    assert {name.partition("-")[0] for name in rows["request_id"]} == {"d0", "d1"}


def test_labels_are_logged_only_once_their_time_has_come(tmp_path: Path, stream: Stream) -> None:
    log = PredictionLog(tmp_path)
    rows = stream.between(micros(MONDAY), micros(MONDAY + 3 * HOUR))
    log.append(rows | {"prediction": rows["label"]})

    early = log.flush(micros(MONDAY + 3 * HOUR))
    late = log.flush(micros(MONDAY + 24 * HOUR))

    assert 0 < size(early) < size(rows) / 2
    assert size(early) + size(late) == size(rows)
    assert early["label_time"].max() <= micros(MONDAY + 3 * HOUR)
    assert log.labelled(0, micros(MONDAY + 24 * HOUR)) == (size(rows), size(rows))


def test_a_part_is_written_once_and_never_touched_again(tmp_path: Path, stream: Stream) -> None:
    log = PredictionLog(tmp_path)
    written: dict[str, tuple[int, int]] = {}

    for hour in range(12):
        rows = stream.between(micros(MONDAY + hour * HOUR), micros(MONDAY + (hour + 1) * HOUR))
        log.append(rows | {"prediction": rows["label"]})
        log.flush(micros(MONDAY + (hour + 1) * HOUR))
        found = {str(path): path.stat() for path in tmp_path.rglob("*.parquet")}
        stamps = {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in found.items()}
        assert stamps.items() >= written.items()
        written = stamps

    assert len(written) > 20


def test_predictions_and_labels_join_to_one_log(tmp_path: Path, stream: Stream) -> None:
    log = PredictionLog(tmp_path)
    rows = stream.between(micros(MONDAY), micros(MONDAY + 3 * HOUR))
    log.append(rows | {"prediction": rows["label"]})
    labelled = log.flush(micros(MONDAY + 3 * HOUR))
    for name in ("offline", "reported", "system"):
        Parts(tmp_path / name).add({"time": rows["event_time"][:1]})

    make_warehouse(tmp_path)

    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select count(*), count(distinct request_id), count(label), count(label_time)"
            " from predictions"
        ).fetchall()
    assert found == [(size(rows), size(rows), size(labelled), size(labelled))]
