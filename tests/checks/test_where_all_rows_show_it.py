"""A defect of more rows than a segment has does not sit in that segment."""

import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.diagnosis.causes import BY_NAME
from bot.diagnosis.segments import segments_of
from bot.diagnosis.weighing import weighed
from tests.checks.checks_log import Examined, late, mispredict


@pytest.mark.parametrize(("everywhere", "segments"), [(True, ()), (False, ({"region": "eu"},))])
def test_rows_that_repeat_everywhere_do_not_sit_where_the_errors_are(
    examined: Examined, *, everywhere: bool, segments: tuple[dict[str, str], ...]
) -> None:
    def repeat(log: pd.DataFrame) -> pd.DataFrame:
        eu = late(log) & (log["region"] == "eu")
        mispredict(log, eu)
        again = log[late(log) if everywhere else eu]
        return pd.concat([log, again]).sort_values("time")

    evidence = examined(repeat)
    found = weighed(
        evidence, BY_NAME["duplicate_rows"], None, list(ask(evidence, "data.duplicates"))
    )

    assert segments_of(evidence, found) == segments
