"""The metric's course as a drawing: plain coordinates, rounded so that bytes repeat."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.incident import Measure, Reading
from bot.incident.narration import figure
from bot.postmortem.course import Course
from bot.render import clock, day

WIDTH, HEIGHT = 720, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 20, 54, 34
_LEAD_IN = 0.3
"""Share of the drawing that shows the time before the onset."""

_LETTER = 6.2
"""Width of a letter of a mark's words, on the generous side."""

_STEPS = tuple(
    60 * minutes
    for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200)
)
"""Between two moments that are named below the drawing, in seconds."""

Scale = Callable[[float], float]


def chart_of(course: Course) -> dict[str, object] | None:
    """What to draw; None where nothing fell, or there are no two values to compare."""
    diagnosis = course.diagnosis
    if diagnosis is None or course.harmless:
        return None
    if diagnosis.baseline.value is None or diagnosis.current.value is None:
        return None
    start, onset, end = _span(course)
    values = [diagnosis.baseline.value, diagnosis.current.value]
    values += [each.value for each in course.readings if each.value is not None]
    values += [each.floor for each in course.readings[:1] if each.floor is not None]
    x, y = _across(start, end), _down(min(values), max(values))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": _LEFT,
        "right": WIDTH - _RIGHT,
        "top": _TOP,
        "bottom": HEIGHT - _BOTTOM,
        "metric": diagnosis.metric,
        "ticks": _ticks(min(values), max(values), y),
        "times": _times(start, end, x),
        "baseline": _level(diagnosis.baseline, x(start.timestamp()), x(onset.timestamp()), y),
        "current": _level(
            diagnosis.current, x(onset.timestamp()),
            x(_fallen_until(course, end).timestamp()), y,
        ),
        "floor": _floor(course.readings, x, y),
        "readings": [_dot(each, x, y) for each in course.readings if each.value is not None],
        "path": " ".join(_points(course.readings, x, y)),
        "marks": _marks(course, x, start, end),
    }  # fmt: skip


def _span(course: Course) -> tuple[datetime, datetime, datetime]:
    diagnosis = course.diagnosis
    if diagnosis is None:
        raise ValueError("a chart needs a diagnosis")
    onset = diagnosis.onset.time if diagnosis.onset else diagnosis.current.start
    ends = [diagnosis.current.end, onset + timedelta(minutes=1)]
    ends += [reading.until for reading in course.readings]
    ends += [entry.at for entry in course.mitigations]
    end = max(ends)
    return onset - (end - onset) * _LEAD_IN, onset, end


def _fallen_until(course: Course, end: datetime) -> datetime:
    return course.mitigations[-1].at if course.mitigations else end


def _across(start: datetime, end: datetime) -> Scale:
    first, last = start.timestamp(), end.timestamp()
    width = WIDTH - _LEFT - _RIGHT

    def x(moment: float) -> float:
        share = (min(max(moment, first), last) - first) / (last - first)
        return round(_LEFT + share * width, 1)

    return x


def _down(low: float, high: float) -> Scale:
    pad = (high - low) * 0.12 or abs(high) * 0.05 or 1.0
    bottom, top = low - pad, high + pad
    height = HEIGHT - _TOP - _BOTTOM

    def y(value: float) -> float:
        return round(_TOP + (top - value) / (top - bottom) * height, 1)

    return y


def _ticks(low: float, high: float, y: Scale) -> list[dict[str, object]]:
    middle = (low + high) / 2
    values = [low, middle, high] if high > low else [low]
    return [{"y": y(value), "says": figure(value)} for value in values]


def _times(start: datetime, end: datetime, x: Scale) -> list[dict[str, object]]:
    """Round moments, few enough to read."""
    first, last = start.timestamp(), end.timestamp()
    step = next((each for each in _STEPS if (last - first) / each <= 7), last - first)
    found: list[dict[str, object]] = []
    moment = math.ceil(first / step) * step
    while moment <= last:
        iso = datetime.fromtimestamp(moment, UTC).isoformat()
        words = f"{day(iso)[5:]} {clock(iso)}" if last - first > 108_000 else clock(iso)
        found.append({"x": x(moment), "says": words})
        moment += step
    return found


def _level(measure: Measure, left: float, right: float, y: Scale) -> dict[str, object]:
    value = measure.value or 0.0
    return {"x1": left, "x2": right, "y": y(value), "says": figure(value)}


def _floor(readings: tuple[Reading, ...], x: Scale, y: Scale) -> dict[str, object] | None:
    floor = next((each.floor for each in readings if each.floor is not None), None)
    if floor is None:
        return None
    left = x(readings[0].at.timestamp())
    right = x(readings[-1].until.timestamp())
    return {"x1": left, "x2": right, "y": y(floor), "says": figure(floor)}


def _points(readings: tuple[Reading, ...], x: Scale, y: Scale) -> list[str]:
    dots = [_dot(each, x, y) for each in readings if each.value is not None]
    return [f"{dot['x']},{dot['y']}" for dot in dots]


def _dot(reading: Reading, x: Scale, y: Scale) -> dict[str, object]:
    middle = reading.at + (reading.until - reading.at) / 2
    value = reading.value or 0.0
    state = {True: "good", False: "bad", None: "thin"}[reading.good]
    return {"x": x(middle.timestamp()), "y": y(value), "says": figure(value), "state": state}


def _marks(course: Course, x: Scale, start: datetime, end: datetime) -> list[dict[str, object]]:
    """Upright lines; the words of each stand above the lines that they would run into."""
    moments = [("noticed", course.noticed)]
    if course.onset is not None:
        moments.insert(0, ("onset", course.onset.time))
    moments += [("mitigated", entry.at) for entry in course.mitigations[-1:]]
    shown = sorted((each for each in moments if start <= each[1] <= end), key=lambda each: each[1])
    found: list[dict[str, object]] = []
    rows: list[tuple[float, int]] = []
    for says, moment in reversed(shown):
        at, words = x(moment.timestamp()), f"{says} {clock(moment.isoformat())}"
        reach = at + _LETTER * len(words)
        row = max((other + 1 for right, other in rows if right < reach), default=0)
        rows.append((at, row))
        found.append({"x": at, "says": words, "y": _TOP - 10 - 13 * row})
    return found[::-1]
