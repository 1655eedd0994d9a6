"""What it did, in numbers, each with what it rests on."""

from datetime import datetime

from bot.incident import Diagnosis, Incident
from bot.incident.narration import figure
from bot.postmortem.course import Course
from bot.render import clock, day, duration, number
from bot.settings import LOWER_IS_BETTER

SHAPES = {"step": "abruptly", "ramp": "gradually", "intermittent": "on and off"}


def stamp(moment: datetime) -> str:
    """A moment with its date."""
    iso = moment.isoformat()
    return f"{day(iso)} {clock(iso)} UTC"


def impact_of(incident: Incident, course: Course) -> list[dict[str, object]]:
    """The figures of the impact: what, how much, and how that is known."""
    diagnosis = course.diagnosis
    if diagnosis is None:
        return [_lasted(incident, course)]
    if course.harmless:
        return [_metric(diagnosis)]
    rows, basis = rows_served(course)
    found = [_metric(diagnosis), _lasted(incident, course)]
    if rows is not None:
        found.append(_figure("Rows served while degraded", f"about {number(rows)}", basis))
    errors = extra_errors(course)
    if errors is not None:
        drop = figure(_drop(diagnosis))
        basis = f"the drop of {drop} times those rows"
        found.append(_figure("More errors than usual", f"about {number(errors)}", basis))
    where = segments(diagnosis)
    if where:
        found.append(_figure("Where", where, "segments of the most probable cause"))
    return found


def _figure(name: str, value: str, basis: str) -> dict[str, object]:
    return {"name": name, "value": value, "basis": basis}


def _metric(diagnosis: Diagnosis) -> dict[str, object]:
    before, now = diagnosis.baseline, diagnosis.current
    basis = f"over {number(before.rows)} labelled rows before, {number(now.rows)} since"
    value = f"{figure(before.value)} → {figure(now.value)}"
    if before.value is not None and now.value is not None:
        value += f" ({now.value - before.value:+.3f})".replace("-", "−")
    return _figure(diagnosis.metric, value, basis)


def _lasted(incident: Incident, course: Course) -> dict[str, object]:
    began = f"from the onset, {stamp(course.began)}"
    if course.onset is None:
        began = f"from when it was noticed, {stamp(course.began)}, as no onset is known"
    if course.recovered is not None:
        ended = f"to {stamp(course.until)}, after which every window was good"
    elif incident.is_open:
        ended = f"to the last entry, {stamp(course.until)}; it has not ended yet"
    else:
        ended = f"to its resolution, {stamp(course.until)}; recovery was not measured"
    return _figure("Degraded for", duration(course.degraded.total_seconds()), f"{began}, {ended}")


def rows_served(course: Course) -> tuple[int | None, str]:
    """Rows served from the onset to the end of the harm, at the rate the diagnosis counted."""
    diagnosis = course.diagnosis
    if diagnosis is None or course.onset is None or not course.degraded:
        return None, ""
    current = diagnosis.current
    counted = (current.end - current.start).total_seconds()
    served = _served(diagnosis)
    rows, kind = (served, "predictions") if served else (current.rows, "labelled rows")
    if counted <= 0 or not rows:
        return None, ""
    total = round(rows * course.degraded.total_seconds() / counted)
    basis = f"{number(rows)} {kind} in the {duration(counted)} before the diagnosis"
    return total, basis if total == rows else f"{basis}, carried on at that rate"


def _served(diagnosis: Diagnosis) -> int | None:
    """Predictions since the onset, labelled or not, where a check counted them."""
    return next(
        (
            round(finding.figures["served"])
            for finding in diagnosis.findings
            if finding.check == "metric.extent" and finding.figures.get("served", 0.0) > 0
        ),
        None,
    )


def extra_errors(course: Course) -> int | None:
    """Wrong answers beyond the usual ones; only accuracy counts answers."""
    rows, _ = rows_served(course)
    if rows is None or course.diagnosis is None or course.diagnosis.metric != "accuracy":
        return None
    drop = _drop(course.diagnosis)
    return round(rows * drop) if drop is not None and drop > 0 else None


def _drop(diagnosis: Diagnosis) -> float | None:
    before, now = diagnosis.baseline.value, diagnosis.current.value
    if before is None or now is None:
        return None
    return now - before if diagnosis.metric in LOWER_IS_BETTER else before - now


def segments(diagnosis: Diagnosis) -> str:
    """The segments of the most probable cause, in words."""
    best = diagnosis.best
    return " or ".join(
        ", ".join(f"{column} {value}" for column, value in segment.items())
        for segment in (best.segments if best else ())
        if segment
    )


def times_of(course: Course) -> list[dict[str, object]]:
    """Time to detect, to mitigate and to recover."""
    found: list[dict[str, object]] = []
    if course.to_notice is not None:
        seconds = course.to_notice.total_seconds()
        value = duration(seconds) if seconds >= 0 else f"{duration(seconds)} before the onset"
        found.append(_figure("Time to detect", value, "from the onset to the alert"))
    if course.to_mitigate is not None:
        value = duration(course.to_mitigate.total_seconds())
        found.append(_figure("Time to mitigate", value, "from the alert to the first mitigation"))
    if course.to_recover is not None:
        value = duration(course.to_recover.total_seconds())
        basis = "from the last mitigation to the proof that it helped"
        found.append(_figure("Time to recover", value, basis))
    return found
