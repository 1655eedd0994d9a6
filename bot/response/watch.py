"""After a mitigation: window by window, has the metric come back?"""

from datetime import datetime, timedelta

from bot.diagnosis import read_metric
from bot.incident import PLUMMET, Diagnosis, Incident, Measure, Reading, WatchRule
from bot.incident.timeline import Recovered, Watched
from bot.response.board import notice, tell
from bot.response.desk import Desk
from bot.settings import LOWER_IS_BETTER


def start_watch(desk: Desk, incident: Incident) -> str:
    """Set the first look, and say in a sentence what is watched."""
    rule = desk.playbook(incident).watch
    if incident.model is None or incident.diagnosis is None:
        return "No baseline is known, so the metric is not watched; resolve it by your own eyes."
    desk.later("watch", incident.id, key=f"watch:{incident.id}", seconds=rule.every_seconds)
    return (
        f"Watching: recovered after {rule.good_windows} good windows in a row of "
        f"{_minutes(rule.window_seconds)} with at least {rule.rows:,} labelled rows each."
    )


def watch(desk: Desk, incident_id: str) -> None:
    """Look at the windows that are complete since the last look; speak only of change."""
    incident = desk.incident(incident_id)
    if incident.status != "mitigated" or incident.recovered_at or not incident.mitigated_at:
        return
    if incident.model is None or incident.diagnosis is None:
        return
    rule = desk.playbook(incident).watch
    incident = _catch_up(desk, incident, incident.model, incident.mitigated_at, rule)
    if not incident.recovered_at:
        desk.later("watch", incident.id, key=f"watch:{incident.id}", seconds=rule.every_seconds)


def _catch_up(
    desk: Desk, incident: Incident, model: str, mitigated_at: datetime, rule: WatchRule
) -> Incident:
    """Read every window that is complete now, up to the first with too few labels."""
    now = desk.clock()
    while not incident.recovered_at:
        start, end = next_window(incident, mitigated_at, rule, now=now)
        if end > now:
            break
        measure = read_metric(
            desk.settings, model, sources=desk.sources, start=start, end=end, now=now
        )
        incident = _read(desk, incident, measure, rule)
        if incident.reading is None or incident.reading.good is None:
            break
    return incident


def next_window(
    incident: Incident, mitigated_at: datetime, rule: WatchRule, *, now: datetime
) -> tuple[datetime, datetime]:
    """Windows follow one another from the mitigation on.

    One with too few labels grows by whole windows until it has enough: traffic may be thin at
    night, and labels late.
    """
    width = timedelta(seconds=rule.window_seconds)
    reading = incident.reading
    if reading is None:
        return mitigated_at, mitigated_at + width
    if reading.good is None:
        return reading.at, reading.at + max(1, (now - reading.at) // width) * width
    return reading.until, reading.until + width


def _read(desk: Desk, incident: Incident, measure: Measure, rule: WatchRule) -> Incident:
    before = incident.reading
    reading = judge(incident.diagnosis, measure, rule, metric=incident.key.metric)
    if reading == before:
        return incident
    seen = f"{reading.at.isoformat()}:{reading.rows}:{reading.value}"
    fact = Watched(reading=reading)
    incident = desk.store.append(incident.id, fact, by=PLUMMET, once=f"watched:{seen}")
    if incident.good_windows >= rule.good_windows:
        recovered = Recovered(reading=reading, windows=incident.good_windows)
        once = f"recovered:{reading.at.isoformat()}"
        incident = desk.store.append(incident.id, recovered, by=PLUMMET, once=once)
        says = f"Recovered: {_words(incident, reading)}, {recovered.windows} good windows in a row."
        tell(desk, incident, f"recovered:{reading.at.isoformat()}", notice(says, mood="good"))
    elif before is None or before.good is not reading.good:
        mood = {True: "good", False: "bad", None: "info"}[reading.good]
        says = _words(incident, reading)
        tell(desk, incident, f"watched:{reading.at.isoformat()}", notice(says, mood=mood))
    desk.refresh(incident.id)
    return incident


def judge(
    diagnosis: Diagnosis | None, measure: Measure, rule: WatchRule, *, metric: str | None
) -> Reading:
    """Whether a window is good: at least the rule's share of the drop is made up again."""
    baseline = diagnosis.baseline.value if diagnosis else None
    current = diagnosis.current.value if diagnosis else None
    if baseline is None or current is None:
        floor, good = None, None
    else:
        floor = baseline - (1 - rule.share) * (baseline - current)
        good = _is_good(measure, floor, rule, lower_is_better=metric in LOWER_IS_BETTER)
    return Reading(
        at=measure.start, until=measure.end, value=measure.value, rows=measure.rows,
        floor=floor, good=good,
    )  # fmt: skip


def _is_good(
    measure: Measure, floor: float, rule: WatchRule, *, lower_is_better: bool
) -> bool | None:
    if measure.value is None or measure.rows < rule.rows:
        return None
    return measure.value <= floor if lower_is_better else measure.value >= floor


def _words(incident: Incident, reading: Reading) -> str:
    metric = incident.key.metric or "the metric"
    span = f"{reading.at:%H:%M}–{reading.until:%H:%M} UTC"
    if reading.good is None:
        return f"{span}: only {reading.rows:,} labelled rows yet, too early to tell"
    verb = "back" if reading.good else "still low"
    return f"{span}: {metric} {reading.value:.3f} over {reading.rows:,} rows, {verb}"


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
