"""What happened, in a sentence: one for each fact of a timeline, in plain text."""

from typing import assert_never

from bot.incident import timeline as t
from bot.incident.alert import Alert
from bot.incident.causes import CAUSES, in_words
from bot.incident.finding import Diagnosis, Finding, Reading

_SHOWN_CAUSES = 3


def sentence(entry: t.Entry) -> str:
    """What this entry says happened; who did it and when stand beside it."""
    return " ".join(_says(entry.fact).split())


def _says(fact: t.Fact) -> str:  # noqa: C901, PLR0911, PLR0912 - one line a fact
    match fact:
        case t.Opened():
            return _opened(fact)
        case t.AlertJoined(alert=alert):
            return f"The alert fired again: {alert.title}{_value(alert)}"
        case t.AlertCleared(alert=alert):
            return f"{alert.sender} says that the alert no longer fires: {alert.title}"
        case t.ModelNamed(model=model):
            return f"Named the model: {model}"
        case t.RoomOpened(name=name):
            return f"Opened the channel #{name}"
        case t.StepMoved():
            return _moved(fact)
        case t.CheckRun(check=check, findings=findings):
            return f"Ran {check} by hand: {findings_in_words(findings)}"
        case t.Diagnosed(diagnosis=diagnosis):
            return diagnosis_in_words(diagnosis)
        case t.FindingRecorded(says=says):
            return f"Found: {says}"
        case t.SeveritySet(severity=severity):
            return f"Set the severity to {severity}"
        case t.RoleTaken(role=role, person=person):
            return f"{person.name} is {role} now"
        case t.ActionAdded():
            return _added(fact)
        case t.ActionDone(number=number):
            return f"Finished action item {number}"
        case t.RollbackAsked(call=call, why=why):
            return f"Asked for a rollback, to {call.says}{_after(why, '. ')}"
        case t.RollbackApproved():
            return "Approved the rollback"
        case t.RollbackEnded(state=state, says=says):
            return f"The rollback {_ENDED[state]}{_after(says, ': ')}"
        case t.Mitigated(says=says):
            return f"Mitigated: {says}"
        case t.Watched(reading=reading):
            return f"Looked at the metric: {reading_in_words(reading)}"
        case t.Recovered(reading=reading, windows=windows):
            return f"Recovered, {windows} good windows in a row: {reading_in_words(reading)}"
        case t.Resolved(cause=cause, says=says):
            named = in_words(cause) if cause in CAUSES else cause
            return f"Resolved{_after(named, ', root cause: ')}{_after(says, '. ')}"
        case t.Reopened(says=says):
            return f"Reopened{_after(says, ': ')}"
        case t.PostmortemWritten():
            return "Wrote the post-mortem"
        case _:
            assert_never(fact)


_ENDED = {
    "done": "was carried out",
    "declined": "was declined",
    "expired": "lapsed",
    "failed": "failed",
}


def _after(says: str, joint: str) -> str:
    return f"{joint}{says}" if says else ""


def _opened(fact: t.Opened) -> str:
    source = f", alert from {fact.alert.sender}{_value(fact.alert)}" if fact.alert else ""
    return f"Opened incident {fact.number} as {fact.severity}: {fact.title}{source}" + _after(
        fact.says, ". "
    )


def _value(alert: Alert) -> str:
    return "" if alert.value is None else f" (at {figure(alert.value)})"


def _moved(fact: t.StepMoved) -> str:
    if fact.state == "running":
        return f"Began: {fact.title}"
    if fact.state == "waiting":
        return f"Waits for its turn again: {fact.title}"
    if fact.state in {"done", "skipped"}:
        return f"{fact.state.capitalize()}: {fact.title}{_after(fact.says, ' ')}"
    ended = {"answered": "", "unknown": "not known: "}.get(fact.state, f"{fact.state}: ")
    return f"{fact.title} – {ended}{fact.says}".removesuffix(": ").removesuffix(" – ")


def _added(fact: t.ActionAdded) -> str:
    owner = f", {fact.owner.name}" if fact.owner else ", nobody yet"
    due = f", due {fact.due.isoformat()}" if fact.due else ""
    return f"Action item {fact.number}: {fact.says}{owner}{due}"


def findings_in_words(findings: tuple[Finding, ...]) -> str:
    """The suspect findings, or what there is in their place."""
    suspect = [finding.says for finding in findings if finding.verdict == "suspect"]
    if suspect:
        return "; ".join(suspect)
    unknown = [finding.says for finding in findings if finding.verdict == "unknown"]
    return f"not known: {'; '.join(unknown)}" if unknown else "clear"


def diagnosis_in_words(diagnosis: Diagnosis) -> str:
    """The verdict with the most probable causes."""
    if diagnosis.verdict == "no_labels":
        verdict = f"Too few labels to tell whether {diagnosis.metric} dropped"
    elif diagnosis.verdict == "healthy":
        verdict = f"No drop of {diagnosis.metric} beyond what its history shows"
    else:
        before, now = figure(diagnosis.baseline.value), figure(diagnosis.current.value)
        verdict = f"{diagnosis.metric} went from {before} to {now}"
    causes = ", ".join(
        f"{in_words(hypothesis.cause)} {hypothesis.confidence:.0%}"
        for hypothesis in diagnosis.hypotheses[:_SHOWN_CAUSES]
    )
    return f"{verdict}; probable causes: {causes}" if causes else verdict


def reading_in_words(reading: Reading) -> str:
    """One window after a mitigation."""
    if reading.good is None or reading.value is None:
        return f"only {reading.rows:,} labelled rows, too few to tell"
    verdict = "good" if reading.good else "not good"
    floor = "" if reading.floor is None else f", has to reach {figure(reading.floor)}"
    return f"{figure(reading.value)} over {reading.rows:,} rows, {verdict}{floor}"


def figure(value: float | None) -> str:
    """A metric's value as people write it: three decimals, fewer for large ones."""
    if value is None:
        return "not known"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.1f}"
