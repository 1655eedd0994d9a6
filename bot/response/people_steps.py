"""The steps of a checklist that people carry out, as cards."""

from bot.cards import Question, Task
from bot.incident import Incident, Step
from bot.response.courtesy import courtesy
from bot.response.desk import Desk


def step_card(desk: Desk, incident: Incident, step: Step) -> Question | Task:
    """The card of a question or an action as it should read now."""
    progress = incident.progress.get(step.key)
    if step.kind == "ask":
        answer = progress.says if progress and progress.state == "answered" else ""
        asked = whom(desk, incident, step)
        return Question(incident=incident.id, step=step, asked=asked, answer=answer)
    return Task(
        incident=incident.id,
        step=step,
        taken_by=progress.by if progress else "",
        done=progress is not None and progress.state == "done",
    )


def edit_step(desk: Desk, incident: Incident, step: Step) -> None:
    """Have the card of a step read as things stand, where it was posted."""
    message = desk.store.journal.recall(incident.id, f"step:{step.key}")
    if message and incident.room:
        with courtesy(incident, f"the edit of step {step.key}"):
            desk.chat.edit(incident.room, str(message), step_card(desk, incident, step))


def whom(desk: Desk, incident: Incident, step: Step) -> str:
    """The people a step is for, by name where the configuration or the roles know them."""
    who = step.who or "lead"
    if who not in ("owner", "experts", "lead"):
        return who
    model = desk.model(incident)
    names = {
        "owner": (model.owner,) if model else (),
        "experts": model.experts if model else (),
        "lead": (f"@{incident.lead.name}",) if incident.lead else (),
    }[who]
    return ", ".join(name for name in names if name) or f"the {who}"
