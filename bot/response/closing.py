"""A fix, the end, and what is written down."""

import hashlib
from pathlib import Path

from bot.cards import Card, Link, Notice
from bot.errors import RenderError, RequestError
from bot.incident import PLUMMET, Incident, Request
from bot.incident.timeline import Mitigated, PostmortemWritten, Reopened, Resolved
from bot.postmortem import Postmortem, write_postmortem
from bot.response.address import postmortem_address
from bot.response.board import notice, tell
from bot.response.desk import Desk
from bot.response.recording import allow, record
from bot.response.watch import start_watch


def mitigate(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Record what was done about it, and watch the metric from here on."""
    says = request.args.get("says", "").strip()
    if not says:
        raise RequestError("say what was done: `/incident mitigate rolled back to v12`")
    resolved = "this incident is resolved; `/incident reopen WHY` first"
    allow(desk, request, incident, when=incident.is_open, otherwise=resolved)
    incident = record(desk, request, incident, Mitigated(says=says))
    watched = start_watch(desk, incident)
    tell(desk, incident, f"said:{request.id}", notice(f"Mitigated: {says}", watched))
    return None


def resolve(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """Close the incident and write the post-mortem."""
    resolved = "this incident is resolved already; `/incident finding` still adds to it"
    allow(desk, request, incident, when=incident.is_open, otherwise=resolved)
    fact = Resolved(cause=request.args.get("cause", ""), says=request.args.get("says", ""))
    incident = record(desk, request, incident, fact)
    lines = () if incident.recovered_at else ("The bot has not seen the metric recover.",)
    said = notice(f"{request.by.name} resolved the incident", *lines, mood="good")
    tell(desk, incident, f"said:{request.id}", said)
    return None


def reopen(desk: Desk, request: Request, incident: Incident) -> Card | None:
    """It was not over."""
    allow(desk, request, incident, when=not incident.is_open, otherwise="this incident is open")
    fact = Reopened(says=request.args.get("says", ""))
    incident = record(desk, request, incident, fact)
    lines = (*filter(None, (fact.says,)), "Once it is mitigated again, the metric is watched anew.")
    said = notice(f"{request.by.name} reopened the incident", *lines, mood="bad")
    tell(desk, incident, f"said:{request.id}", said)
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
        playbook=desk.readable_playbook(incident),
    )


def file_postmortem(desk: Desk, incident_id: str) -> None:
    """Write both forms to the folder for post-mortems and tell the channel."""
    incident = desk.incident(incident_id)
    try:
        document = write(desk, incident_id)
        path = _filed(desk, incident, document)
    except (RenderError, OSError) as error:
        says = "The post-mortem cannot be written; mend that, then `/incident postmortem`."
        step = f"no-postmortem:{_digest(str(error))}"
        tell(desk, incident, step, notice(says, str(error), mood="bad"))
        return
    once = f"postmortem:{_digest(document.markdown)}"
    desk.store.append(incident.id, PostmortemWritten(path=str(path)), by=PLUMMET, once=once)
    desk.refresh(incident.id)
    points = tuple(f"Open: {point}" for point in document.open_points)
    link = Link(says="Read it", url=postmortem_address(desk, incident))
    card = Notice(says="The post-mortem is written.", lines=points, links=(link,))
    tell(desk, incident, f"postmortem:{incident.resolved_at}", card)


def _filed(desk: Desk, incident: Incident, document: Postmortem) -> Path:
    """Both forms on the disk, each whole or not at all."""
    folder = desk.settings.path(desk.settings.files.postmortems)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{incident.room_name or incident.id}.md"
    for target, text in ((path, document.markdown), (path.with_suffix(".html"), document.html)):
        part = target.with_name(target.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    return path


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
