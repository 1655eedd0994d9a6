"""A rollback: one person asks, another approves what exactly will be called, then it is called."""

import hashlib
import logging
from datetime import timedelta

from bot.actions import Target, Wish
from bot.cards import Approval, Card
from bot.errors import ActionError, RequestError
from bot.incident import PLUMMET, Fact, Incident, Person, Request, Rollback
from bot.incident.timeline import Mitigated, RollbackApproved, RollbackAsked, RollbackEnded
from bot.response.board import notice, show, show_again, tell
from bot.response.desk import Desk
from bot.response.recording import allow, record
from bot.response.watch import start_watch
from bot.settings import RollbackSettings

log = logging.getLogger(__name__)

_AGAIN_AFTER = 20
"""Seconds until a call is repeated whose end is not known; it carries the same key."""

_LONGEST_REASON = 300


def ask(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Show everybody what a rollback would call, and wait for a second person."""
    target, settings = _target(desk, incident)
    _require_another(desk, request.by, settings)
    resolved = "this incident is resolved; `/incident reopen WHY` first"
    allow(desk, request, incident, when=incident.is_open, otherwise=resolved)
    one, key = incident.rollback, _key(incident, request)
    if one is None or one.id != key:
        if one and one.waits(desk.clock()):
            raise RequestError(f"{one.asked_by.name} asked for a rollback already; see its card")
        asked = _asked(desk, request, incident, target, settings)
        incident = record(desk, request, incident, asked)
    desk.later("expire", incident.id, key=f"expire:{key}", seconds=60 * settings.approve_minutes)
    show_rollback(desk, incident)
    return None


def approve(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """A second person wants it too; it is carried out by a job of its own."""
    _, settings = _target(desk, incident)
    one = _pending(desk, request, incident)
    _refuse_others(desk, request.by, one, settings)
    until = desk.clock() + timedelta(minutes=settings.approve_minutes)
    incident = record(desk, request, incident, RollbackApproved(id=one.id, until=until))
    desk.later("rollback", incident.id, key=f"rollback:{one.id}")
    show_rollback(desk, incident)
    return None


def decline(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Anybody may say no, whoever asked included."""
    one = _pending(desk, request, incident)
    says = "nothing was called"
    incident = record(
        desk, request, incident, RollbackEnded(id=one.id, state="declined", says=says)
    )
    show_rollback(desk, incident)
    return None


def expire(desk: Desk, incident_id: str) -> None:
    """Let an asking lapse that nobody decided on in time."""
    incident = desk.incident(incident_id)
    one = incident.rollback
    if one and one.state == "asked" and not one.waits(desk.clock()):
        says = "nobody approved it in time, nothing was called"
        incident = _end(desk, incident, RollbackEnded(id=one.id, state="expired", says=says))
    if incident.rollback and incident.rollback.state == "expired":
        _tell_end(desk, incident)


def carry_out(desk: Desk, incident_id: str) -> None:
    """Make the approved call once, if what it rests on still holds; then watch the metric."""
    incident = desk.incident(incident_id)
    one = incident.rollback
    if one and one.state == "approved":
        incident = _carry_out(desk, incident, one)
    _tell_end(desk, incident)


def show_rollback(desk: Desk, incident: Incident) -> None:
    """The card as it should read now; posted once, edited from then on."""
    one = incident.rollback
    if one is None:
        return
    model = desk.model(incident)
    settings = model.actions.rollback if model else None
    approvers = settings.approvers if settings else ()
    card = Approval(incident=incident.id, rollback=one, approvers=approvers)
    step = f"rollback:{one.id}"
    if desk.store.journal.recall(incident.id, step):
        show_again(desk, incident, step, card)
    else:
        show(desk, incident, step, card)


def _carry_out(desk: Desk, incident: Incident, one: Rollback) -> Incident:
    try:
        failed = _failure(desk, incident, one)
    except ActionError as error:
        log.warning("how rollback %s ended is not known yet: %s", one.id, error)
        if one.waits(desk.clock() + timedelta(seconds=_AGAIN_AFTER)):
            key = f"rollback:{one.id}"
            desk.later("rollback", incident.id, key=key, seconds=_AGAIN_AFTER)
            return incident
        failed = f"it is not known whether it was done, so look for yourself: {error}"
    if failed:
        return _end(desk, incident, RollbackEnded(id=one.id, state="failed", says=failed))
    facts: list[Fact] = [RollbackEnded(id=one.id, state="done", says="")]
    if desk.incident(incident.id).is_open:
        facts.append(Mitigated(says=f"rollback: {one.call.says}"))
    return _end(desk, incident, *facts)


def _failure(desk: Desk, incident: Incident, one: Rollback) -> str:
    """Empty once the call was made, now or before a crash; else why it will not be.

    Raises:
        ActionError: It may have been made; to be looked at again.
    """
    try:
        target, _ = _target(desk, incident)
    except RequestError as error:
        return f"{error}; nothing was called"

    def call() -> str:
        if reason := _too_late(desk, incident.id, one):
            return reason
        desk.store.journal.once(incident.id, f"tried:{one.id}", lambda: True)
        try:
            target.carry_out(one.call, key=one.id)
        except ActionError as error:
            if error.again:
                raise
            return str(error)
        return ""

    def look() -> str | None:
        return "" if target.was_done(one.call) else None

    return desk.store.journal.write(incident.id, f"call:{one.id}", call, look)


def _too_late(desk: Desk, incident_id: str, one: Rollback) -> str:
    """Why what was approved is no longer wanted, if so, and whether it was tried before."""
    if not desk.incident(incident_id).is_open:
        why = "the incident was resolved meanwhile"
    elif not one.waits(desk.clock()):
        why = "the approval lapsed before it was called"
    else:
        return ""
    tried = desk.store.journal.recall(incident_id, f"tried:{one.id}")
    return f"{why}; {'an earlier try may have come through' if tried else 'nothing was called'}"


def _asked(
    desk: Desk, request: Request, incident: Incident, target: Target, settings: RollbackSettings
) -> Fact:
    why = request.args.get("says", "").strip()
    if len(why) > _LONGEST_REASON:
        raise RequestError(f"say why in at most {_LONGEST_REASON} characters")
    wish = Wish(
        model=incident.model or "", incident=incident.id, asked_by=request.by.name,
        to=request.args.get("to", ""), why=why,
    )  # fmt: skip
    until = desk.clock() + timedelta(minutes=settings.approve_minutes)
    key = _key(incident, request)
    return RollbackAsked(id=key, call=target.plan(wish), until=until, why=why)


def _target(desk: Desk, incident: Incident) -> tuple[Target, RollbackSettings]:
    name = incident.model or ""
    model, target = desk.model(incident), desk.rollbacks.get(name)
    if model is None or model.actions.rollback is None or target is None:
        raise RequestError(
            f"no rollback is configured for {name or 'a model that nobody named'};"
            f" `[models.{name or 'NAME'}.actions.rollback]` would say what to call"
        )
    return target, model.actions.rollback


def _pending(desk: Desk, request: Request, incident: Incident) -> Rollback:
    """The rollback that a button is about, as long as it waits to be decided on."""
    one = incident.rollback
    if one is None or one.id != request.args.get("rollback"):
        raise RequestError("that rollback is not the newest one; see the last card")
    lapsed = not one.waits(desk.clock())
    over = "it lapsed; ask anew" if lapsed and one.state == "asked" else f"it is {one.state}"
    is_open = one.state == "asked" and not lapsed
    allow(desk, request, incident, when=is_open, otherwise=f"nothing to decide on: {over}")
    return one


def _refuse_others(desk: Desk, person: Person, one: Rollback, settings: RollbackSettings) -> None:
    if _is_same(one.asked_by, person):
        raise RequestError("you asked for it, so somebody else has to approve it")
    if not person.id:
        raise RequestError("who you are is not known here, so somebody else has to approve it")
    if settings.approvers and not any(_is_same(one, person) for one in _known(desk, settings)):
        raise RequestError(f"only {', '.join(settings.approvers)} may approve this rollback")


def _require_another(desk: Desk, person: Person, settings: RollbackSettings) -> None:
    """Say at once, not when it is urgent, that nobody on the list could approve it."""
    if not settings.approvers:
        return
    if all(_is_same(one, person) for one in _known(desk, settings)):
        raise RequestError(
            f"nobody could approve it: of the approvers {', '.join(settings.approvers)} none is"
            " another person of this workspace; correct `approvers` (handles, e-mail addresses or"
            " user ids)"
        )


def _known(desk: Desk, settings: RollbackSettings) -> list[Person]:
    """The approvers that are here, by what nobody can take for himself."""
    found = (desk.chat.find_person(handle, proven=True) for handle in settings.approvers)
    return [one for one in found if one is not None]


def _is_same(one: Person, other: Person) -> bool:
    return one.id == other.id if one.id and other.id else one.name == other.name


def _key(incident: Incident, request: Request) -> str:
    """The same for a request that is delivered again; goes with the call as its key."""
    return f"{incident.id}-{hashlib.sha256(request.id.encode()).hexdigest()[:16]}"


def _end(desk: Desk, incident: Incident, *facts: Fact) -> Incident:
    once = f"ended:{incident.rollback.id}" if incident.rollback else None
    return desk.store.append(incident.id, *facts, by=PLUMMET, once=once)


def _tell_end(desk: Desk, incident: Incident) -> None:
    """Say what came of it, and watch the metric where it was done; safe to repeat."""
    one = incident.rollback
    if one is None or one.state in {"asked", "approved", "declined"}:
        return
    show_rollback(desk, incident)
    desk.refresh(incident.id)
    if one.state == "done":
        watched = start_watch(desk, incident)
        card = notice(f"Rolled back: {one.call.says}", watched, mood="good")
    else:
        headline = "failed" if one.state == "failed" else "lapsed"
        card = notice(f"The rollback {headline}: {one.outcome}", mood="bad")
    tell(desk, incident, f"ended:{one.id}", card)
