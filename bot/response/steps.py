"""A person works on the checklist: runs a check, answers, takes and finishes a step."""

from bot.cards import Card, ChecklistCard, Findings
from bot.diagnosis import ask, examine
from bot.errors import RequestError, SettingsError, SourceError
from bot.incident import Incident, Request, Step
from bot.incident.timeline import CheckRun, ModelNamed, StepMoved
from bot.response.board import post_once
from bot.response.desk import Desk
from bot.response.investigation import step_card
from bot.settings import nearest
from bot.sockets import Check


def run(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Run one check now, with the arguments given, and show what it found to the channel."""
    check = _check(desk, request.args.get("check", ""))
    args = _arguments(check, request.args)
    if incident.model is None:
        raise RequestError("say first which model it is: `/incident model NAME`")
    try:
        evidence = examine(desk.settings, incident.model, sources=desk.sources, at=desk.clock())
    except (SourceError, SettingsError) as error:
        raise RequestError(f"{check.name} cannot run: {error}") from error
    findings = ask(evidence, check.name, args)
    fact = CheckRun(check=check.name, findings=findings)
    desk.store.append(incident.id, fact, by=request.by, once=f"request:{request.id}")
    card = Findings(title=check.name, question=check.question, findings=findings)
    post_once(desk, incident, f"run:{request.id}", card)
    desk.refresh(incident.id)
    return None


def checklist(desk: Desk, _: Request, incident: Incident) -> Card:
    """The checklist as it stands, for whoever asked."""
    return ChecklistCard(incident=incident, playbook=desk.playbook(incident))


def answer(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Record the answer to a question; the steps that waited for it go on."""
    step = _step(desk, request, incident)
    value = request.args.get("value", "").strip()
    if not value:
        raise RequestError(f"an answer is missing: {step.says}")
    if step.key == MODEL_QUESTION:
        return _named(desk, request, incident, value)
    incident = _moved(desk, request, incident, step, StepMoved(
        step=step.key, title=step.says, state="answered", says=value,
    ))  # fmt: skip
    desk.later("investigate", incident.id, key=f"investigate:{incident.id}")
    return None


def done(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Somebody finished an action of the checklist."""
    step = _step(desk, request, incident)
    moved = StepMoved(
        step=step.key, title=step.says, state="done", says=request.args.get("says", "")
    )
    _moved(desk, request, incident, step, moved)
    desk.later("investigate", incident.id, key=f"investigate:{incident.id}")
    return None


def take(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Somebody takes an action of the checklist on."""
    step = _step(desk, request, incident)
    moved = StepMoved(step=step.key, title=step.says, state="running")
    _moved(desk, request, incident, step, moved)
    return None


MODEL_QUESTION = "which-model"
"""The step of the unknown-model playbook whose answer names the model."""


def name_model(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Somebody says which model it is; the right checklist begins."""
    return _named(desk, request, incident, request.args.get("model", "").strip())


def _named(desk: Desk, request: Request, incident: Incident, model: str) -> Card | None:
    if model not in desk.settings.models:
        near = nearest(model, desk.settings.models)
        raise RequestError(f"no model {model!r} is configured{near}")
    chosen = desk.settings.model(model)
    fact = ModelNamed(model=model, metric=chosen.metric, playbook=chosen.playbook)
    desk.store.append(incident.id, fact, by=request.by, once=f"request:{request.id}")
    desk.refresh(incident.id)
    desk.later("open", incident.id, key=f"open:{incident.id}")
    return None


def _moved(
    desk: Desk, request: Request, incident: Incident, step: Step, moved: StepMoved
) -> Incident:
    changed = desk.store.append(incident.id, moved, by=request.by, once=f"request:{request.id}")
    message = desk.store.journal.recall(incident.id, f"step:{step.key}")
    if message and changed.room:
        desk.chat.edit(changed.room, str(message), step_card(desk, changed, step))
    desk.refresh(incident.id)
    return changed


def _step(desk: Desk, request: Request, incident: Incident) -> Step:
    key = request.args.get("step", "")
    playbook = desk.playbook(incident)
    found = playbook.step(key)
    if found is None:
        near = nearest(key, [step.key for step in playbook.steps])
        raise RequestError(f"the checklist {playbook.name} has no step {key!r}{near}")
    return found


def _check(desk: Desk, name: str) -> Check:
    if name not in desk.checks:
        raise RequestError(f"there is no check {name!r}{nearest(name, desk.checks)}")
    return desk.checks[name]


def _arguments(check: Check, given: dict[str, str]) -> dict[str, object]:
    """The words of a command as the types that the check takes."""
    values: dict[str, object] = {}
    for name, text in given.items():
        if name == "check":
            continue
        if name not in check.arguments:
            raise RequestError(f"{check.name} takes no {name!r}{nearest(name, check.arguments)}")
        kind = check.arguments[name].kind
        try:
            values[name] = text.lower() in ("1", "true", "yes") if kind is bool else kind(text)
        except ValueError as error:
            raise RequestError(
                f"{name} of {check.name} is a {kind.__name__}, not {text!r}"
            ) from error
    return values
