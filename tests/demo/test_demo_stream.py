from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from pyarrow import parquet

from bot.demo.flights import joined, size
from bot.demo.log import PredictionLog
from bot.demo.stream import LAP, Stream, micros

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


def test_labels_show_only_once_their_time_has_come(tmp_path: Path, stream: Stream) -> None:
    log = PredictionLog(tmp_path)
    rows = stream.between(micros(MONDAY), micros(MONDAY + 3 * HOUR))
    log.append(rows | {"prediction": rows["label"]})

    log.flush(micros(MONDAY + 3 * HOUR))
    early = parquet.read_table(tmp_path / "2026-11-02.parquet")
    log.flush(micros(MONDAY + 24 * HOUR))
    late = parquet.read_table(tmp_path / "2026-11-02.parquet")

    assert early.num_rows == late.num_rows == size(rows)
    assert early["label"].null_count == early["label_time"].null_count > size(rows) / 2
    assert late["label"].null_count == 0
    assert [path.name for path in tmp_path.iterdir()] == ["2026-11-02.parquet"]


def test_a_day_whose_labels_are_all_there_is_left_alone(tmp_path: Path, stream: Stream) -> None:
    log = PredictionLog(tmp_path)
    rows = stream.between(micros(MONDAY), micros(MONDAY + HOUR))
    log.append(rows | {"prediction": rows["label"]})
    log.flush(micros(MONDAY + 24 * HOUR))
    written = (tmp_path / "2026-11-02.parquet").stat().st_mtime_ns

    log.flush(micros(MONDAY + 48 * HOUR))

    assert (tmp_path / "2026-11-02.parquet").stat().st_mtime_ns == written
