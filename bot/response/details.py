"""What the checks found, a message for each section of the checklist, in the checklist's thread."""

from itertools import groupby

from bot.cards import Details, Findings
from bot.incident import Incident, Step
from bot.response.board import show, show_again
from bot.response.desk import Desk


def show_details(desk: Desk, incident_id: str) -> None:
    """Post what each section found, once; edit it where a later round found more.

    One message a check would take half a minute: Slack takes about one a second in a channel. They
    go out at their own pace, so that an answer to a person finds room between them.
    """
    incident = desk.incident(incident_id)
    playbook = desk.playbook(incident)
    thread = desk.store.journal.recall(incident.id, "checklist")
    for section, steps in groupby(playbook.steps, key=lambda step: step.section):
        parts = tuple(filter(None, (_part(desk, incident, step) for step in steps)))
        if parts:
            card = Details(section=section, parts=parts)
            name = f"details:{section}"
            if desk.store.journal.recall(incident.id, name):
                show_again(desk, incident, name, card)
            else:
                desk.shown.take_turn(f"details of {incident.id}")
                show(desk, incident, name, card, thread=str(thread) if thread else None)


def _part(desk: Desk, incident: Incident, step: Step) -> Findings | None:
    found = tuple(finding for finding in incident.findings if finding.check == step.check)
    if step.kind != "check" or not found or step.key not in incident.progress:
        return None
    check = desk.checks.get(step.check or "")
    question = check.question if check else step.says
    return Findings(title=step.says, question=question, findings=found)
