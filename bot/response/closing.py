"""A fix, the end, and what is written down."""

import hashlib

from bot.cards import Card, Link, Notice
from bot.errors import RequestError
from bot.incident import PLUMMET, Incident, Request
from bot.incident.timeline import Mitigated, PostmortemWritten, Reopened, Resolved
from bot.postmortem import Postmortem, write_postmortem
from bot.response.address import postmortem_address
from bot.response.board import notice, tell
from bot.response.desk import Desk
from bot.response.watch import start_watch


def mitigate(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Record what was done about it, and watch the metric from here on."""
    says = request.args.get("says", "").strip()
    if not says:
        raise RequestError("say what was done: `/incident mitigate rolled back to v12`")
    if not incident.is_open:
        raise RequestError("this incident is resolved; `/incident reopen WHY` first")
    fact = Mitigated(says=says)
    incident = desk.store.append(incident.id, fact, by=request.by, once=f"request:{request.id}")
    watched = start_watch(desk, incident)
    tell(desk, incident, f"said:{request.id}", notice(f"Mitigated: {says}", watched))
    desk.refresh(incident.id)
    return None


def resolve(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Close the incident and write the post-mortem."""
    if not incident.is_open:
        raise RequestError("this incident is resolved already")
    fact = Resolved(cause=request.args.get("cause", ""), says=request.args.get("says", ""))
    incident = desk.store.append(incident.id, fact, by=request.by, once=f"request:{request.id}")
    lines = () if incident.recovered_at else ("The bot has not seen the metric recover.",)
    said = notice(f"{request.by.name} resolved the incident", *lines, mood="good")
    tell(desk, incident, f"said:{request.id}", said)
    desk.refresh(incident.id)
    desk.later("postmortem", incident.id, key=f"postmortem:{incident.id}")
    return None


def reopen(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """It was not over."""
    if incident.is_open:
        raise RequestError("this incident is open")
    fact = Reopened(says=request.args.get("says", ""))
    incident = desk.store.append(incident.id, fact, by=request.by, once=f"request:{request.id}")
    said = notice(
        f"{request.by.name} reopened the incident", *filter(None, (fact.says,)), mood="bad"
    )
    tell(desk, incident, f"said:{request.id}", said)
    desk.refresh(incident.id)
    return None


def postmortem(desk: Desk, _: Request, incident: Incident) -> Card | None:
    """Write the post-mortem as things stand, and say where it is."""
    desk.later("postmortem", incident.id, key=f"postmortem:{incident.id}")
    return Notice(
        says="The post-mortem as it stands:",
        links=(Link(says="read", url=postmortem_address(desk, incident)),),
    )


def write(desk: Desk, incident_id: str) -> Postmortem:
    """The post-mortem from the store, as Markdown and HTML."""
    incident = desk.incident(incident_id)
    return write_postmortem(
        incident,
        desk.store.timeline(incident_id),
        renderer=desk.renderer,
        playbook=desk.playbook(incident),
    )


def file_postmortem(desk: Desk, incident_id: str) -> None:
    """Write both forms to the folder for post-mortems and tell the channel."""
    incident = desk.incident(incident_id)
    document = write(desk, incident_id)
    folder = desk.settings.path(desk.settings.files.postmortems)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{incident.room_name or incident.id}.md"
    path.write_text(document.markdown, encoding="utf-8")
    path.with_suffix(".html").write_text(document.html, encoding="utf-8")
    digest = hashlib.sha256(document.markdown.encode()).hexdigest()
    fact = PostmortemWritten(path=str(path))
    desk.store.append(incident.id, fact, by=PLUMMET, once=f"postmortem:{digest}")
    points = tuple(f"Open: {point}" for point in document.open_points)
    link = Link(says="Read it", url=postmortem_address(desk, incident))
    card = Notice(says="The post-mortem is written.", lines=points, links=(link,))
    tell(desk, incident, f"postmortem:{incident.resolved_at}", card)
    desk.refresh(incident.id)
