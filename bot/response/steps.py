"""A person works on the checklist: runs a check, answers, takes and finishes a step."""

from bot.cards import Card, ChecklistCard, Findings
from bot.diagnosis import ask, examine
from bot.errors import RequestError
from bot.incident import Incident, Request, Step
from bot.incident.timeline import CheckRun, ModelNamed, StepMoved
from bot.response.board import link_to, notice, show, tell
from bot.response.choosing import UNKNOWN_MODEL
from bot.response.desk import Desk
from bot.response.people_steps import edit_step
from bot.response.recording import allow, record
from bot.settings import nearest
from bot.sockets import Check

MODEL_QUESTION = "which-model"
"""The step of the unknown-model playbook whose answer names the model."""


def run(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Run one check now, with the arguments given, and show what it found to the channel."""
    check = _check(desk, request.args.get("check", ""))
    args = _arguments(check, request.args)
    if incident.model is None:
        raise RequestError("say first which model it is: `/incident model NAME`")
    step = f"run:{request.id}"
    if desk.store.journal.recall(incident.id, step):
        return None  # it was done; only the process did not live to say so
    # A source or a setting that is wrong goes back to the person in its own words.
    evidence = examine(desk.settings, incident.model, sources=desk.sources, at=desk.clock())
    findings = ask(evidence, check.name, args, checks=desk.checks)
    incident = record(desk, request, incident, CheckRun(check=check.name, findings=findings))
    card = Findings(title=check.name, question=check.question, findings=findings)
    show(desk, incident, step, card)
    desk.later("investigate", incident.id, key=f"investigate:{incident.id}")  # it is ranked with
    return None


def checklist(desk: Desk, _: Request, incident: Incident) -> Card:
    """The checklist as it stands, for whoever asked."""
    return ChecklistCard(incident=incident, playbook=desk.playbook(incident))


def answer(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Record the answer to a question; the steps that waited for it go on."""
    value = request.args.get("value", "").strip()
    if request.args.get("step") == MODEL_QUESTION:
        return _named(desk, request, incident, value)
    step = _step(desk, request, incident, kind="ask")
    if not value:
        raise RequestError(f"an answer is missing: {step.says}")
    given = incident.progress.get(step.key)
    is_open = given is None or given.state != "answered"
    first = f"{given.by} answered already: {given.says}" if given else ""
    more = f"{first}; `/incident finding` adds what you know"
    allow(desk, request, incident, when=is_open, otherwise=more)
    _moved(desk, request, incident, step, StepMoved(
        step=step.key, title=step.says, state="answered", says=value,
    ))  # fmt: skip
    return None


def done(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Somebody finished an action of the checklist."""
    step = _step(desk, request, incident, kind="do")
    progress = incident.progress.get(step.key)
    is_over = progress is not None and progress.state == "done"
    over = f"{progress.by} has done that already" if progress else ""
    allow(desk, request, incident, when=not is_over, otherwise=over)
    says = request.args.get("says", "")
    moved = StepMoved(step=step.key, title=step.says, state="done", says=says)
    _moved(desk, request, incident, step, moved)
    return None


def take(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Somebody takes an action on; what is done stays done, whatever an old card offers."""
    step = _step(desk, request, incident, kind="do")
    progress = incident.progress.get(step.key)
    is_free = progress is None or progress.state not in {"running", "done"}
    ended = progress is not None and progress.state == "done"
    whose = f"{progress.by} {'has done that' if ended else 'is on it'} already" if progress else ""
    allow(desk, request, incident, when=is_free, otherwise=whose)
    moved = StepMoved(step=step.key, title=step.says, state="running")
    _moved(desk, request, incident, step, moved)
    return None


def name_model(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Somebody says which model it is; the right checklist begins."""
    return _named(desk, request, incident, request.args.get("model", "").strip())


def _named(desk: Desk, request: Request, incident: Incident, model: str) -> Card | None:
    if model not in desk.settings.models:
        near = nearest(model, desk.settings.models)
        raise RequestError(f"no model {model!r} is configured{near}")
    is_open = incident.model not in desk.settings.models
    other = f"this incident is about {incident.model}; for another: `/incident new … model={model}`"
    allow(desk, request, incident, when=is_open, otherwise=other)
    chosen = desk.settings.model(model)
    asked = desk.playbooks.find(UNKNOWN_MODEL)
    step = asked.step(MODEL_QUESTION)
    title = step.says if step else "Which model is it?"
    answered = StepMoved(step=MODEL_QUESTION, title=title, state="answered", says=model)
    named = ModelNamed(model=model, metric=chosen.metric, playbook=chosen.playbook)
    incident = record(desk, request, incident, answered, named)
    desk.later("open", incident.id, key=f"open:{incident.id}")
    if step:
        edit_step(desk, incident, step)
    says = f"{request.by.name} says it is {model}; its checklist {chosen.playbook} begins."
    tell(desk, incident, f"said:{request.id}", notice(says))
    return None


def _moved(desk: Desk, request: Request, incident: Incident, step: Step, moved: StepMoved) -> None:
    link = link_to(desk, incident, "checklist")
    incident = record(desk, request, incident, moved, link=link)
    desk.later("investigate", incident.id, key=f"investigate:{incident.id}")
    edit_step(desk, incident, step)


def _step(desk: Desk, request: Request, incident: Incident, *, kind: str) -> Step:
    key = request.args.get("step", "")
    playbook = desk.playbook(incident)
    found = playbook.step(key)
    if found is None or found.kind != kind:
        near = nearest(key, [step.key for step in playbook.steps if step.kind == kind])
        raise RequestError(f"the checklist {playbook.name} has no {kind} step {key!r}{near}")
    return found


def _check(desk: Desk, name: str) -> Check:
    if name not in desk.checks:
        raise RequestError(f"there is no check {name!r}{nearest(name, desk.checks)}")
    return desk.checks[name]


_WORDS = dict.fromkeys(("1", "true", "yes"), True) | dict.fromkeys(("0", "false", "no"), False)


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
            values[name] = _WORDS[text.lower()] if kind is bool else kind(text)
        except (KeyError, ValueError, OverflowError) as error:
            raise RequestError(
                f"{name} of {check.name} is a {kind.__name__}, not {text!r}"
            ) from error
    return values
