"""Somebody reports a drop by hand."""

from datetime import timedelta

from bot.cards import Card
from bot.errors import RequestError
from bot.incident import IncidentKey, Request, Severity
from bot.incident.timeline import FindingRecorded, Opened
from bot.response.board import notice, tell
from bot.response.choosing import chosen_playbook
from bot.response.desk import Desk
from bot.response.opening import invite
from bot.settings import nearest

_SEVERITIES: dict[str, Severity] = {
    name: severity
    for severity in ("sev1", "sev2", "sev3", "sev4")
    for name in (severity, severity.removeprefix("sev"))
}


def declare(desk: Desk, request: Request) -> Card:
    """Open an incident for what a person says, or lead them to the open one of the same key."""
    fact = _opening(desk, request)
    said = (fact.title, fact.says)
    incident, is_new = desk.store.open_or_join(
        key=fact.key,
        since=desk.clock() - timedelta(hours=desk.settings.incidents.window_hours),
        opened=lambda number: _numbered(fact, number),
        joined=FindingRecorded(says=f"reported again: {'. '.join(filter(None, said))}"),
        by=request.by,
        once=f"request:{request.id}",
    )
    if not is_new and incident.room:
        desk.refresh(incident.id)
        invite(desk, incident, [request.by])
        again = notice(f"{request.by.name} reports it too: {fact.title}", *filter(None, said[1:]))
        tell(desk, incident, f"said:{request.id}", again)
        return notice(f"That is incident {incident.number} already: #{incident.room_name}")
    desk.later("open", incident.id, key=f"open:{incident.id}")
    return notice(f"Incident {incident.number} is being opened: {fact.title}", mood="good")


def _opening(desk: Desk, request: Request) -> Opened:
    title = request.args.get("title", "").strip()
    if not title:
        raise RequestError("say what is wrong: `/incident new accuracy of delays fell`")
    model = request.args.get("model") or _model_in(title, desk)
    if model and model not in desk.settings.models:
        near = nearest(model, desk.settings.models)
        raise RequestError(f"no model {model!r} is configured{near}")
    metric = request.args.get("metric") or (desk.settings.model(model).metric if model else None)
    default: Severity = desk.settings.incidents.severity
    return Opened(
        number=0,
        key=IncidentKey(model=model, metric=metric, segment=() if model else (("title", title),)),
        title=title,
        severity=_SEVERITIES.get(request.args.get("severity", "").lower(), default),
        playbook=chosen_playbook(
            desk, model=model, metric=metric, wanted=request.args.get("playbook", "")
        ),
        says=request.args.get("says", ""),
    )


def _model_in(title: str, desk: Desk) -> str | None:
    """The one configured model whose name the title has as a word."""
    words = title.lower().replace(",", " ").split()
    named = [model for model in desk.settings.models if model.lower() in words]
    if len(named) == 1:
        return named[0]
    only = list(desk.settings.models)
    return only[0] if len(only) == 1 else None


def _numbered(fact: Opened, number: int) -> Opened:
    return Opened(
        number=number,
        key=fact.key,
        title=fact.title,
        severity=fact.severity,
        playbook=fact.playbook,
        says=fact.says,
    )
