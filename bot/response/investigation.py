"""The checklist runs: checks are asked, people are asked, causes are ranked."""

from bot.cards import Findings, Question, Ranking, Task
from bot.diagnosis import ask, conclude, examine
from bot.errors import SettingsError, SourceError
from bot.incident import PLUMMET, Finding, Incident, Playbook, Step
from bot.incident.timeline import Diagnosed, StepMoved
from bot.playbook import has_ended, holds
from bot.profile import Evidence
from bot.response.board import post_once
from bot.response.desk import Desk


def investigate(desk: Desk, incident_id: str) -> None:
    """Take every step whose turn has come; safe to repeat, and repeated after each answer."""
    incident = desk.incident(incident_id)
    playbook = desk.playbook(incident)
    checks = [step for step in playbook.steps if step.kind == "check"]
    open_checks = any(not has_ended(step, incident) for step in checks)
    if open_checks or (checks and incident.diagnosis is None):
        incident = _run_checks(desk, incident, playbook)
    if incident.diagnosis:
        post_once(desk, incident, "ranking", Ranking(incident=incident))
    for step in playbook.steps:
        if step.kind != "check" and not has_ended(step, incident):
            incident = _offer(desk, incident, step)
    desk.refresh(incident.id)


def _run_checks(desk: Desk, incident: Incident, playbook: Playbook) -> Incident:
    try:
        evidence = _evidence(desk, incident)
    except (SourceError, SettingsError) as error:
        if all(has_ended(step, incident) for step in playbook.steps if step.kind == "check"):
            raise  # the findings are there and wait to be ranked: worth another try
        return _none_can_run(desk, incident, playbook, reason=str(error))
    before = incident.findings
    for step in playbook.steps:
        if step.kind == "check" and not has_ended(step, incident):
            incident = _check(desk, incident, step, evidence)
        elif step.kind == "ask" and not has_ended(step, incident):
            incident = _offer(desk, incident, step)
    if incident.findings != before or incident.diagnosis is None:
        incident = _rank(desk, incident, evidence)
    return incident


def _evidence(desk: Desk, incident: Incident) -> Evidence:
    if incident.model is None:
        raise SourceError("no model is named yet")
    return examine(desk.settings, incident.model, sources=desk.sources, at=desk.clock())


def _check(desk: Desk, incident: Incident, step: Step, evidence: Evidence) -> Incident:
    due = _turn(step, incident)
    if due is None:
        return incident
    if not due:
        return _skip(desk, incident, step)
    running = StepMoved(step=step.key, title=step.says, state="running")
    incident = _move(desk, incident, running)
    findings = ask(evidence, step.check or "", step.args)
    return _found(desk, incident, step, findings)


def _found(desk: Desk, incident: Incident, step: Step, findings: tuple[Finding, ...]) -> Incident:
    """Show first, record after: a step that has ended is never looked at again."""
    check = desk.checks.get(step.check or "")
    question = check.question if check else step.says
    thread = desk.store.journal.recall(incident.id, "checklist")
    card = Findings(title=step.says, question=question, findings=findings)
    post_once(desk, incident, f"step:{step.key}", card, thread=str(thread) if thread else None)
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
    """Every check that has not run says why it cannot; the incident goes on without them."""
    for step in playbook.steps:
        if step.kind == "check" and not has_ended(step, incident):
            finding = Finding(check=step.check or "", verdict="unknown", says=reason)
            moved = StepMoved(
                step=step.key, title=step.says, state="unknown", says=reason, findings=(finding,)
            )
            incident = _move(desk, incident, moved)
    return incident


def _rank(desk: Desk, incident: Incident, evidence: Evidence) -> Incident:
    diagnosis = conclude(evidence, incident.findings)
    incident = _move(desk, incident, Diagnosed(diagnosis=diagnosis))
    message = desk.store.journal.recall(incident.id, "ranking")
    if message:
        desk.chat.edit(incident.room or "", str(message), Ranking(incident=incident))
    return incident


def _offer(desk: Desk, incident: Incident, step: Step) -> Incident:
    """Put a question or an action before the people, once its condition holds."""
    due = _turn(step, incident)
    if due is None:
        return incident
    if not due:
        # Only a diagnosis settles which causes lead, so nothing is left out before there is one.
        return _skip(desk, incident, step) if incident.diagnosis else incident
    post_once(desk, incident, f"step:{step.key}", step_card(desk, incident, step))
    return incident


def step_card(desk: Desk, incident: Incident, step: Step) -> Question | Task:
    """The card of a question or an action as it should read now."""
    progress = incident.progress.get(step.key)
    says = progress.says if progress else ""
    if step.kind == "ask":
        answer = says if progress and progress.state == "answered" else ""
        asked = whom(desk, incident, step)
        return Question(incident=incident.id, step=step, asked=asked, answer=answer)
    return Task(
        incident=incident.id,
        step=step,
        taken_by=progress.by if progress else "",
        done=progress is not None and progress.state == "done",
    )


def whom(desk: Desk, incident: Incident, step: Step) -> str:
    """The people a step is for, by name where the configuration or the roles know them."""
    who = step.who or "lead"
    if who not in ("owner", "experts", "lead"):
        return who
    model = desk.settings.model(incident.model) if incident.model else None
    names = {
        "owner": (model.owner,) if model else (),
        "experts": model.experts if model else (),
        "lead": (f"@{incident.lead.name}",) if incident.lead else (),
    }[who]
    return ", ".join(name for name in names if name) or f"the {who}"


def _skip(desk: Desk, incident: Incident, step: Step) -> Incident:
    return _move(desk, incident, StepMoved(step=step.key, title=step.says, state="skipped"))


def _turn(step: Step, incident: Incident) -> bool | None:
    """Whether the step's condition holds; None while that is open."""
    return True if step.when is None else holds(step.when, incident)


def _move(desk: Desk, incident: Incident, fact: StepMoved | Diagnosed) -> Incident:
    changed = desk.store.append(incident.id, fact, by=PLUMMET)
    desk.refresh(incident.id)
    return changed
