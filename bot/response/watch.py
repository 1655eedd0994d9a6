"""After a mitigation: window by window, has the metric come back?"""

from datetime import datetime, timedelta

from bot.diagnosis import read_metric, verify
from bot.errors import PlaybookError, SettingsError, SourceError
from bot.incident import PLUMMET, Diagnosis, Fact, Incident, Measure, Reading, WatchRule
from bot.incident.timeline import Recovered, Watched
from bot.response.board import notice, tell
from bot.response.desk import Desk
from bot.response.outlook import can_be_judged
from bot.settings import LOWER_IS_BETTER


def start_watch(desk: Desk, incident: Incident) -> str:
    """Set the first look, and say in a sentence what is watched."""
    rule = desk.playbook(incident).watch
    _look_later(desk, incident, rule)
    if incident.model is None:
        return "No model is named, so no metric is watched; say which with `/incident model NAME`."
    if incident.diagnosis is None:
        return "The metric is watched as soon as the checks know what it was before."
    if not can_be_judged(incident):
        return "The drop could not be measured, so nothing is watched; see for yourself."
    return (
        f"Watching: recovered after {rule.good_windows} good windows in a row of "
        f"{_minutes(rule.window_seconds)} with at least {rule.rows:,} labelled rows each."
    )


def watch(desk: Desk, incident_id: str) -> None:
    """Look at the windows that are complete since the last look; speak only of change."""
    incident: Incident | None = desk.incident(incident_id)
    if incident is None or incident.status != "mitigated" or incident.recovered_at:
        return
    if incident.diagnosis and not can_be_judged(incident):
        return
    try:
        rule = desk.playbook(incident).watch
        # Set before looking: whatever this look meets, it is not the last.
        _look_later(desk, incident, rule)
        while incident is not None:
            incident = _look(desk, incident, rule)
    except (PlaybookError, SettingsError, SourceError) as error:
        found = desk.incident(incident_id)
        _look_later(desk, found, WatchRule())
        said = notice("The metric cannot be read; trying again.", str(error), mood="bad")
        since = found.reading.until if found.reading else found.mitigated_at
        tell(desk, found, f"unreadable:{since}", said)


def next_window(
    incident: Incident, mitigated_at: datetime, rule: WatchRule, *, now: datetime
) -> tuple[datetime, datetime]:
    """Windows follow one another from the mitigation on.

    One with too few labels grows by whole windows until it has enough: traffic may be thin at
    night, and labels late.
    """
    width = timedelta(seconds=rule.window_seconds)
    reading = incident.reading
    if reading is None or reading.at < mitigated_at:
        return mitigated_at, mitigated_at + width
    if reading.good is None:
        return reading.at, reading.at + max(1, (now - reading.at) // width) * width
    return reading.until, reading.until + width


def judge(
    diagnosis: Diagnosis | None, measure: Measure, rule: WatchRule, *, metric: str | None
) -> Reading:
    """Whether a window is good: at least the rule's share of the drop is made up again."""
    baseline = diagnosis.baseline.value if diagnosis else None
    current = diagnosis.current.value if diagnosis else None
    lower_is_better = metric in LOWER_IS_BETTER
    if baseline is None or current is None:
        floor, good = None, None
    else:
        # Where there was no drop, nobody can ask for more than there was before.
        worst = max(baseline, current) if lower_is_better else min(baseline, current)
        floor = baseline - (1 - rule.share) * (baseline - worst)
        good = _is_good(measure, floor, rule, lower_is_better=lower_is_better)
    return Reading(
        at=measure.start, until=measure.end, value=measure.value, rows=measure.rows,
        floor=floor, good=good,
    )  # fmt: skip


def _look(desk: Desk, incident: Incident, rule: WatchRule) -> Incident | None:
    """Read the next window; the incident after it, None when no more is to be read now."""
    if incident.model is None or incident.diagnosis is None or incident.mitigated_at is None:
        return None
    now = desk.clock()
    start, end = next_window(incident, incident.mitigated_at, rule, now=now)
    if end > now:
        return None
    measure = read_metric(
        desk.settings, incident.model, sources=desk.sources, start=start, end=end, now=now
    )
    if desk.incident(incident.id).mitigated_at != incident.mitigated_at:
        return None  # somebody mended something else meanwhile; its windows begin anew
    metric = incident.diagnosis.metric
    reading = judge(incident.diagnosis, measure, rule, metric=metric)
    if _says_the_same(reading, incident.reading):
        return None
    incident = _take(desk, incident, reading, rule)
    return None if incident.recovered_at or reading.good is None else incident


def _take(desk: Desk, incident: Incident, reading: Reading, rule: WatchRule) -> Incident:
    """Say first, record after: what is recorded is never looked at again, so never said again."""
    before, streak = incident.reading, incident.good_windows + 1
    window = f"{incident.mitigated_at}:{reading.at}:{reading.until}"
    facts: tuple[Fact, ...] = (Watched(reading=reading),)
    doubt = None
    # The test reads the metric along the whole log, so it is made once a row of so many windows.
    enough = bool(reading.good) and streak % rule.good_windows == 0
    if enough:
        doubt = _doubt(desk, incident, reading, rule, streak=streak)
    if enough and doubt is None:
        facts = (*facts, Recovered(reading=reading, windows=streak))
        says = f"Recovered: {_words(incident, reading)}, {streak} good windows in a row."
        tell(desk, incident, f"recovered:{window}", notice(says, mood="good"))
    elif doubt is not None:
        says = "Good windows in a row, but too few rows to be sure; watching on."
        tell(desk, incident, f"doubted:{incident.mitigated_at}", notice(says, doubt, mood="info"))
    elif before is None or before.good is not reading.good:
        mood = {True: "good", False: "bad", None: "info"}[reading.good]
        says = _words(incident, reading)
        tell(desk, incident, f"watched:{window}:{reading.good}", notice(says, mood=mood))
    once = f"watched:{window}:{reading.rows}:{reading.value}"
    incident = desk.store.append(incident.id, *facts, by=PLUMMET, once=once)
    desk.refresh(incident.id)
    return incident


def _doubt(
    desk: Desk, incident: Incident, reading: Reading, rule: WatchRule, *, streak: int
) -> str | None:
    """Why the good windows may still be chance, by the sequential test; None where they are not.

    The windows are those of the row in which they were good; where the fall itself cannot be seen
    in the log any more, they have to do.
    """
    diagnosis = incident.diagnosis
    if incident.model is None or diagnosis is None or diagnosis.onset is None:
        return None
    if incident.mitigated_at is None:
        return None
    counted = reading.until - streak * timedelta(seconds=rule.window_seconds)
    try:
        found = verify(
            desk.settings, incident.model, sources=desk.sources,
            fixed=incident.mitigated_at, since=diagnosis.onset.time, counted=counted,
            at=reading.until, share=rule.share,
        )  # fmt: skip
    except SourceError:
        return None
    return None if found.verdict == "recovered" else found.says


def _look_later(desk: Desk, incident: Incident, rule: WatchRule) -> None:
    desk.later("watch", incident.id, key=f"watch:{incident.id}", seconds=rule.every_seconds)


def _says_the_same(reading: Reading, before: Reading | None) -> bool:
    """Whether a window that was looked at again holds what it held."""
    return before is not None and (
        (reading.at, reading.rows, reading.value) == (before.at, before.rows, before.value)
    )


def _is_good(
    measure: Measure, floor: float, rule: WatchRule, *, lower_is_better: bool
) -> bool | None:
    if measure.value is None or measure.rows < rule.rows:
        return None
    return measure.value <= floor if lower_is_better else measure.value >= floor


def _words(incident: Incident, reading: Reading) -> str:
    metric = incident.diagnosis.metric if incident.diagnosis else "the metric"
    span = f"{reading.at:%H:%M}–{reading.until:%H:%M} UTC"
    if reading.good is None or reading.value is None:
        return f"{span}: only {reading.rows:,} labelled rows yet, too early to tell"
    verb = "back" if reading.good else "not back yet"
    return f"{span}: {metric} {reading.value:.3f} over {reading.rows:,} rows, {verb}"


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
