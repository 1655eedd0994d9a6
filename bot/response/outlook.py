"""What waits for a person, in a sentence; and whether a metric can be watched at all."""

from bot.incident import Incident, Playbook
from bot.playbook import next_step, words


def what_next(incident: Incident, playbook: Playbook) -> str:
    """One sentence: the first thing that waits for a person."""
    if incident.status == "resolved":
        return "Resolved. Read the post-mortem and settle its open points."
    if incident.recovered_at:
        return "The metric has recovered. Resolve the incident, or say why not."
    if incident.status == "mitigated":
        return _watched(incident, playbook)
    if rollback := _rollback(incident):
        return rollback
    best = incident.diagnosis.best if incident.diagnosis else None
    if best and best.actions:
        action = best.actions[0]
        return _MITIGATE if _is_done(action.kind, incident, playbook) else action.says
    step = next_step(playbook, incident)
    return words(step) if step else "The checklist is through. Decide on a mitigation."


def can_be_judged(incident: Incident) -> bool:
    """Whether there is a drop to hold new windows against."""
    diagnosis = incident.diagnosis
    return (
        diagnosis is not None
        and diagnosis.baseline.value is not None
        and diagnosis.current.value is not None
    )


def _rollback(incident: Incident) -> str:
    one = incident.rollback
    if one is None or one.state not in {"asked", "approved"}:
        return ""
    if one.state == "approved":
        return f"A rollback is being carried out: {one.call.says}."
    return f"{one.asked_by.name} asks for a rollback; a second person decides on its card."


def _watched(incident: Incident, playbook: Playbook) -> str:
    if incident.model is None:
        return "Say which model it is with /incident model; until then no metric is watched."
    if incident.diagnosis and not can_be_judged(incident):
        return "The drop could not be measured. Look for yourself, then resolve the incident."
    wanted = playbook.watch.good_windows
    return f"Watching the metric: {incident.good_windows} of {wanted} good windows so far."


_MITIGATE = "Say what was done with /incident mitigate; the metric is watched from then on."


def _is_done(action: str, incident: Incident, playbook: Playbook) -> bool:
    """Whether a step that stands for this action has been done."""
    done = {key for key, progress in incident.progress.items() if progress.state == "done"}
    return any(step.action == action and step.key in done for step in playbook.steps)
