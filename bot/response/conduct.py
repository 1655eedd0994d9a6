"""A person asks for something: one function a verb, each returning the private answer if any."""

import itertools
from collections.abc import Callable, Mapping
from datetime import date

from bot.cards import ActionList, Card, IncidentList
from bot.errors import (
    ActionError,
    PlaybookError,
    RenderError,
    RequestError,
    SettingsError,
    SourceError,
)
from bot.incident import SEVERITIES, Incident, Person, Request, Verb
from bot.incident.timeline import (
    ActionAdded,
    ActionDone,
    FindingRecorded,
    RoleTaken,
    SeveritySet,
)
from bot.response import closing, declaring, rollback, steps
from bot.response.answering import answer_privately, incident_of
from bot.response.board import notice, situation, tell
from bot.response.desk import Desk
from bot.response.opening import invite
from bot.response.recording import allow, record

Conduct = Callable[[Desk, Request, Incident], Card | None]


_MISTAKES = (
    RequestError, SettingsError, PlaybookError, SourceError, RenderError, ActionError,
)  # fmt: skip
"""What a person can mend, so what they are told in its own words."""


def take_request(desk: Desk, request: Request) -> None:
    """Do what was asked and answer whoever asked; a redelivered request does nothing twice."""
    try:
        answer = _perform(desk, request)
    except _MISTAKES as error:
        answer = notice(str(error), mood="wrong")
    if answer is not None:
        answer_privately(desk, request, answer)


def _perform(desk: Desk, request: Request) -> Card | None:
    if request.verb == "new":
        return declaring.declare(desk, request)
    incident = incident_of(desk, request)
    if request.verb == "list" or (request.verb == "status" and incident is None):
        return IncidentList(incidents=desk.store.incidents(open_only=True))
    if incident is None:
        raise RequestError(
            f"`/incident {request.verb.replace('.', ' ')}` works in an incident's channel; "
            "`/incident list` shows them"
        )
    return CONDUCT[request.verb](desk, request, incident)


def _status(desk: Desk, _: Request, incident: Incident) -> Card:
    return situation(desk, incident, desk.playbook(incident))


def _finding(desk: Desk, request: Request, incident: Incident) -> Card | None:
    says = _wanted(request, "says", "/incident finding WHAT YOU FOUND")
    fact = FindingRecorded(says=says, link=request.args.get("link"))
    record(desk, request, incident, fact, link=fact.link)
    _say(desk, request, incident, f"{request.by.name} found: {says}")
    return None


def _action_add(desk: Desk, request: Request, incident: Incident) -> Card | None:
    form = "/incident action add WHAT @OWNER by YYYY-MM-DD"
    says = _wanted(request, "says", form)
    owner = _person(desk, request.args.get("owner"))
    due = _date(request.args.get("due"), form)
    number = _number(desk, request, incident)
    fact = ActionAdded(number=number, says=says, owner=owner, due=due)
    record(desk, request, incident, fact)
    who = f" — {owner.name}" if owner else " — no owner yet"
    when = f", by {due.isoformat()}" if due else ", no date yet"
    _say(desk, request, incident, f"Action {number}: {says}{who}{when}")
    return None


def _number(desk: Desk, request: Request, incident: Incident) -> int:
    """The first number that no other request has; the same again when it is delivered again."""
    for number in itertools.count(1):
        holder = desk.store.journal.once(incident.id, f"action:{number}", lambda: request.id)
        if holder == request.id:
            return number
    raise AssertionError  # numbers do not end


def _action_done(desk: Desk, request: Request, incident: Incident) -> Card | None:
    number = _wanted(request, "number", "/incident action done NUMBER").lstrip("#")
    open_numbers = [str(item.number) for item in incident.actions if not item.done_at]
    known = ", ".join(open_numbers) or "none"
    missing = f"no open action {number}; open are: {known}"
    allow(desk, request, incident, when=number in open_numbers, otherwise=missing)
    record(desk, request, incident, ActionDone(number=int(number)))
    _say(desk, request, incident, f"Action {number} is done")
    return None


def _action_list(_: Desk, __: Request, incident: Incident) -> Card:
    return ActionList(incident=incident.id, actions=incident.actions)


def _severity(desk: Desk, request: Request, incident: Incident) -> Card | None:
    level = request.args.get("level", "").lower()
    for known in SEVERITIES:
        if level in (known, known.removeprefix("sev")):
            record(desk, request, incident, SeveritySet(severity=known))
            _say(desk, request, incident, f"Severity is now {known.upper()}")
            return None
    raise RequestError(f"no severity {level!r}; use `/incident severity {'|'.join(SEVERITIES)}`")


def _role(desk: Desk, request: Request, incident: Incident) -> Card | None:
    role = _wanted(request, "role", "/incident role lead @PERSON").lower()
    person = _person(desk, request.args.get("person")) or request.by
    record(desk, request, incident, RoleTaken(role=role, person=person))
    _say(desk, request, incident, f"{person.name} is {role}")
    invite(desk, incident, [person])
    return None


def _say(desk: Desk, request: Request, incident: Incident, says: str) -> None:
    tell(desk, incident, f"said:{request.id}", notice(says))


def _wanted(request: Request, name: str, form: str) -> str:
    value = request.args.get(name, "").strip()
    if not value:
        raise RequestError(f"that needs more words: `{form}`")
    return value


def _person(desk: Desk, handle: str | None) -> Person | None:
    if not handle:
        return None
    found = desk.chat.find_person(handle)
    if found is None:
        raise RequestError(f"nobody here is called @{handle.removeprefix('@')}")
    return found


def _date(text: str | None, form: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestError(f"{text!r} is no date; `{form}`") from error


CONDUCT: Mapping[Verb, Conduct] = {
    "status": _status,
    "run": steps.run,
    "checklist": steps.checklist,
    "finding": _finding,
    "action.add": _action_add,
    "action.done": _action_done,
    "action.list": _action_list,
    "severity": _severity,
    "role": _role,
    "rollback": rollback.ask,
    "rollback.approve": rollback.approve,
    "rollback.decline": rollback.decline,
    "mitigate": closing.mitigate,
    "resolve": closing.resolve,
    "reopen": closing.reopen,
    "postmortem": closing.postmortem,
    "answer": steps.answer,
    "step.done": steps.done,
    "step.take": steps.take,
    "model": steps.name_model,
}
