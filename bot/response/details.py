"""What the checks found, a message for each section of the checklist, in the checklist's thread."""

from itertools import groupby

from bot.cards import Details, Findings
from bot.incident import Incident, Playbook, Step
from bot.response.board import show, show_again
from bot.response.desk import Desk


def show_details(desk: Desk, incident: Incident, playbook: Playbook) -> None:
    """Post what each section found, once; edit it where a later round found more.

    One message a check would take half a minute: Slack takes about one a second in a channel.
    Before the data was ever read there is nothing to show but one reason, told elsewhere.
    """
    if incident.diagnosis is None:
        return
    thread = desk.store.journal.recall(incident.id, "checklist")
    for section, steps in groupby(playbook.steps, key=lambda step: step.section):
        parts = tuple(filter(None, (_part(desk, incident, step) for step in steps)))
        if parts:
            card = Details(section=section, parts=parts)
            name = f"details:{section}"
            show(desk, incident, name, card, thread=str(thread) if thread else None)
            show_again(desk, incident, name, card)


def _part(desk: Desk, incident: Incident, step: Step) -> Findings | None:
    found = tuple(finding for finding in incident.findings if finding.check == step.check)
    if step.kind != "check" or not found or step.key not in incident.progress:
        return None
    check = desk.checks.get(step.check or "")
    question = check.question if check else step.says
    return Findings(title=step.says, question=question, findings=found)
