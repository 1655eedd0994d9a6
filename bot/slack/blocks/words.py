"""How figures, moments and confidences are said: short, and the same on every card."""

import math
from datetime import datetime

from bot.incident import Diagnosis, Hypothesis, Incident, Measure, State, Status, Verdict

SIGNS: dict[State, str] = {
    "waiting": "⬜",
    "running": "⏳",
    "suspect": "🔴",
    "clear": "✅",
    "unknown": "❔",
    "answered": "💬",
    "done": "☑️",
    "skipped": "⏭️",
}
VERDICT_SIGNS: dict[Verdict, str] = {"suspect": "🔴", "clear": "✅", "unknown": "❔"}
STATUS_SIGNS: dict[Status, str] = {"investigating": "🔴", "mitigated": "🟡", "resolved": "✅"}


def figure(value: float) -> str:
    """A metric's value: three decimals for a rate, four digits for anything larger."""
    if not math.isfinite(value):
        return "not a number"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.4g}"


def count(rows: int, what: str = "row") -> str:
    """So many of something."""
    return f"{rows:,} {what}{'' if rows == 1 else 's'}"


def moment(at: datetime) -> str:
    """A time, in UTC and saying so: charts, logs and alerts speak UTC too."""
    return f"{at.day} {at:%b %Y %H:%M} UTC"


def cause(name: str) -> str:
    """A cause of the contract, in words."""
    return name.replace("_", " ") or "unknown"


def confidence(value: float) -> str:
    """A probability as a word and a percentage."""
    for floor, word in (
        (0.9, "almost certain"),
        (0.7, "likely"),
        (0.5, "probable"),
        (0.25, "possible"),
        (0.05, "unlikely"),
    ):
        if value >= floor:
            return f"{word}, {value:.0%}"
    return f"very unlikely, {value:.0%}"


def measured(measure: Measure) -> str:
    """A metric with the rows it rests on."""
    if measure.value is None:
        return f"no labels yet ({count(measure.rows)})"
    return f"{figure(measure.value)} ({count(measure.rows)})"


def what_fell(incident: Incident) -> str:
    """Model and metric, as far as known."""
    where = ", ".join(f"{column}={value}" for column, value in incident.key.segment)
    names = " ".join(filter(None, (incident.model or "unnamed model", incident.key.metric)))
    return f"{names} ({where})" if where else names


def how_deep(incident: Incident) -> str:
    """Baseline and now in a few characters; empty when nobody knows yet."""
    diagnosis = incident.diagnosis
    if diagnosis is None:
        value = incident.alert.value if incident.alert else None
        return "" if value is None else f"now {figure(value)}"
    before, now = diagnosis.baseline.value, diagnosis.current.value
    if now is None:
        return "no labels yet"
    return figure(now) if before is None else f"{figure(before)} → {figure(now)}"


def headline(incident: Incident) -> str:
    """One plain line: how bad, what, how deep; a title where there are no figures."""
    deep = how_deep(incident)
    sign = STATUS_SIGNS[incident.status]
    status = "" if incident.status == "investigating" else f"{incident.status} · "
    says = f"{what_fell(incident)} {deep}" if deep else _titled(incident)
    return f"{sign} {incident.severity.upper()} · {status}{says}"


def _titled(incident: Incident) -> str:
    """The title, after what fell where the title does not say which model."""
    model, title = incident.model or "", incident.title
    if title and model.casefold() in title.casefold():
        return title
    return f"{what_fell(incident)}: {title}" if title else what_fell(incident)


def since(incident: Incident) -> datetime:
    """Since when: the onset, else what the alert says, else when it was opened."""
    if incident.diagnosis and incident.diagnosis.onset:
        return incident.diagnosis.onset.time
    return incident.alert.starts_at if incident.alert else incident.opened_at


def likely(diagnosis: Diagnosis | None) -> str:
    """The best hypothesis in one plain sentence."""
    best = diagnosis.best if diagnosis else None
    if best is None:
        return "not known yet"
    return f"{named(best)}: {best.says}" if best.says else named(best)


def named(hypothesis: Hypothesis) -> str:
    """A hypothesis by cause and confidence."""
    return f"{cause(hypothesis.cause)} ({confidence(hypothesis.confidence)})"
