import math
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.alerts.labels import number
from bot.alerts.times import read_time
from bot.errors import UnreadableAlert


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-21T19:34:36.031414125Z", datetime(2026, 11, 21, 19, 34, 36, 31414, tzinfo=UTC)),
        ("2026-11-21T20:34:36+01:00", datetime(2026, 11, 21, 19, 34, 36, tzinfo=UTC)),
        ("2026-11-21 19:34:36", datetime(2026, 11, 21, 19, 34, 36, tzinfo=UTC)),
        (1795289676, datetime(2026, 11, 21, 19, 34, 36, tzinfo=UTC)),
        (1795289676000, datetime(2026, 11, 21, 19, 34, 36, tzinfo=UTC)),
        (1795289676.5, datetime(2026, 11, 21, 19, 34, 36, 500000, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_is_read_in_utc_however_it_is_written(written: Any, meant: datetime | None) -> None:
    assert read_time(written, where="at") == meant


@pytest.mark.parametrize(
    "written", ["soon", "9999-12-31T23:59:59-14:00", True, [], math.inf, 1e300, "1795289676x"]
)
def test_what_is_no_time_is_refused_with_its_field(written: Any) -> None:
    with pytest.raises(UnreadableAlert, match="startsAt is no time"):
        read_time(written, where="startsAt")


@pytest.mark.parametrize(
    ("written", "meant"), [(0.5, 0.5), ("0.78", 0.78), (3, 3.0), ("1e-3", 0.001)]
)
def test_a_number_or_its_text_is_a_value(written: Any, meant: float) -> None:
    assert number(written) == meant


@pytest.mark.parametrize("written", ["n/a", "", "NaN", "inf", 10**400, True, None, [], {}])
def test_anything_but_a_finite_number_is_no_value(written: Any) -> None:
    assert number(written) is None
