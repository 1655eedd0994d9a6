"""When is a window after a mitigation good?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.incident import Diagnosis, Measure, WatchRule
from bot.response.watch import judge

START = datetime(2026, 3, 5, 12, tzinfo=UTC)
END = START + timedelta(hours=1)
RULE = WatchRule(rows=100, share=0.75)


def measure(value: float | None, rows: int = 1000) -> Measure:
    return Measure(value=value, rows=rows, start=START, end=END)


def diagnosis(
    *, metric: str = "accuracy", baseline: float = 0.9, current: float = 0.7
) -> Diagnosis:
    return Diagnosis(
        model="delays",
        metric=metric,
        at=END,
        verdict="degraded",
        baseline=measure(baseline),
        current=measure(current),
        onset=None,
        hypotheses=(),
        findings=(),
    )


def test_three_quarters_of_the_drop_made_up_again_is_good() -> None:
    assert judge(diagnosis(), measure(0.86), RULE, metric="accuracy").good is True


def test_half_of_the_drop_made_up_again_is_not() -> None:
    assert judge(diagnosis(), measure(0.80), RULE, metric="accuracy").good is False


def test_the_floor_is_told_with_the_reading() -> None:
    reading = judge(diagnosis(), measure(0.86), RULE, metric="accuracy")

    assert reading.floor is not None
    assert abs(reading.floor - 0.85) < 1e-9


def test_too_few_labelled_rows_say_nothing() -> None:
    assert judge(diagnosis(), measure(0.9, rows=99), RULE, metric="accuracy").good is None


def test_no_labels_say_nothing() -> None:
    assert judge(diagnosis(), measure(None, rows=0), RULE, metric="accuracy").good is None


def test_of_an_error_metric_less_is_better() -> None:
    sick = diagnosis(metric="rmse", baseline=10, current=20)

    assert judge(sick, measure(11), RULE, metric="rmse").good is True
    assert judge(sick, measure(18), RULE, metric="rmse").good is False


def test_without_a_baseline_nothing_is_good_or_bad() -> None:
    sick = replace(diagnosis(), baseline=measure(None, rows=0))

    assert judge(sick, measure(0.9), RULE, metric="accuracy").good is None
