"""The checklist runs: checks are asked, people are asked, causes are ranked."""

from dataclasses import replace

from bot.diagnosis import ask, conclude, examine
from bot.errors import SettingsError, SourceError
from bot.incident import PLUMMET, Finding, Incident, Playbook, Step
from bot.incident.timeline import Diagnosed, StepMoved
from bot.playbook import has_ended, holds
from bot.profile import Evidence
from bot.response.board import link_to, notice, show, tell
from bot.response.desk import Desk
from bot.response.people_steps import step_card, whom
from bot.response.ranked import ranking

_AGAIN_AFTER = 300
"""Seconds until data that could not be read is tried again."""


def investigate(desk: Desk, incident_id: str) -> None:
    """Take every step whose turn has come; safe to repeat, and repeated after each answer."""
    incident = desk.incident(incident_id)
    if not incident.is_open:
        return
    playbook = desk.playbook(incident)
    if incident.model and _has_work(incident, playbook):
        incident = _run_checks(desk, incident, incident.model, playbook)
    if incident.diagnosis:
        # People wait for this one, and Slack takes about a message a second in a channel.
        show(desk, incident, "ranking", ranking(desk, incident))
    for step in playbook.steps:
        if step.kind != "check" and not has_ended(step, incident):
            incident = _offer(desk, incident, step)
    if incident.diagnosis:
        desk.later("details", incident.id, key=f"details:{incident.id}")
    desk.refresh(incident.id)


def _has_work(incident: Incident, playbook: Playbook) -> bool:
    checks = [step for step in playbook.steps if step.kind == "check"]
    return any(_may_run(step, incident) for step in checks) or (
        bool(checks) and _is_unranked(incident)
    )


def _may_run(step: Step, incident: Incident) -> bool:
    """Whether it is a check's turn; while the data was never read, what failed may try again."""
    progress = incident.progress.get(step.key)
    failed = incident.diagnosis is None and progress is not None and progress.state == "unknown"
    return (failed or not has_ended(step, incident)) and _turn(step, incident) is not None


def _is_unranked(incident: Incident) -> bool:
    """Whether the ranking does not rest on all findings; once mitigated, the data has changed."""
    if incident.diagnosis is None:
        return True
    ranked = tuple(replace(finding, id="") for finding in incident.diagnosis.findings)
    return incident.status == "investigating" and ranked != incident.findings


def _run_checks(desk: Desk, incident: Incident, model: str, playbook: Playbook) -> Incident:
    try:
        evidence = examine(desk.settings, model, sources=desk.sources, at=desk.clock())
    except (SourceError, SettingsError) as error:
        return _none_can_run(desk, incident, playbook, reason=str(error))
    for step in playbook.steps:
        if step.kind == "check" and _may_run(step, incident):
            incident = _check(desk, incident, step, evidence)
    if _is_unranked(incident):
        diagnosis = conclude(evidence, incident.findings)
        incident = _move(desk, incident, Diagnosed(diagnosis=diagnosis), message="ranking")
    if any(step.kind == "check" and _may_run(step, incident) for step in playbook.steps):
        # The ranking settled a condition; the next round takes those.
        desk.later("investigate", incident.id, key=f"investigate:{incident.id}")
    return incident


def _check(desk: Desk, incident: Incident, step: Step, evidence: Evidence) -> Incident:
    if not _turn(step, incident):
        return _skip(desk, incident, step)
    findings = ask(evidence, step.check or "", step.args, checks=desk.checks)
    worst = min(findings, key=lambda finding: _ORDER[finding.verdict], default=None)
    moved = StepMoved(
        step=step.key,
        title=step.says,
        state=worst.verdict if worst else "clear",
        says=worst.says if worst else "",
        findings=findings,
    )
    return _move(desk, incident, moved)


_ORDER = {"suspect": 0, "unknown": 1, "clear": 2}
"""A step of several findings shows the one that matters most."""


def _none_can_run(desk: Desk, incident: Incident, playbook: Playbook, *, reason: str) -> Incident:
    """Every check that has not run says why it cannot; the data is tried again later."""
    for step in playbook.steps:
        if step.kind == "check" and not has_ended(step, incident) and _turn(step, incident):
            finding = Finding(check=step.check or "", verdict="unknown", says=reason)
            moved = StepMoved(
                step=step.key, title=step.says, state="unknown", says=reason, findings=(finding,)
            )
            incident = _move(desk, incident, moved)
    key = f"investigate:{incident.id}"
    desk.later("investigate", incident.id, key=key, seconds=_AGAIN_AFTER)
    more = f"Trying again every {_AGAIN_AFTER // 60} minutes."
    said = notice("The data cannot be read, so no check can run.", reason, more, mood="bad")
    tell(desk, incident, "no-data", said)
    return incident


def _offer(desk: Desk, incident: Incident, step: Step) -> Incident:
    """Put a question or an action before the people, once its condition holds."""
    due = _turn(step, incident)
    if due is None:
        return incident
    if not due:
        # Only a diagnosis settles which causes lead, so nothing is left out before there is one.
        return _skip(desk, incident, step) if incident.diagnosis else incident
    if step.kind == "ask" and step.key not in incident.progress:
        # Recorded before it is shown: the answer may come the moment it is.
        says = f"asked {whom(desk, incident, step)}"
        asked = StepMoved(step=step.key, title=step.says, state="running", says=says)
        incident = _move(desk, incident, asked, once=f"asked:{step.key}")
    show(desk, incident, f"step:{step.key}", step_card(desk, incident, step))
    return incident


def _skip(desk: Desk, incident: Incident, step: Step) -> Incident:
    return _move(desk, incident, StepMoved(step=step.key, title=step.says, state="skipped"))


def _turn(step: Step, incident: Incident) -> bool | None:
    """Whether the step's condition holds; None while that is open."""
    return True if step.when is None else holds(step.when, incident)


def _move(
    desk: Desk, incident: Incident, fact: StepMoved | Diagnosed, *,
    once: str | None = None, message: str = "checklist",
) -> Incident:  # fmt: skip
    link = link_to(desk, incident, message) or link_to(desk, incident, "checklist")
    changed = desk.store.append(incident.id, fact, by=PLUMMET, once=once, link=link)
    desk.refresh(incident.id)
    return changed
