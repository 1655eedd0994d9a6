"""An incident gets its channel, its cards and its people."""

import re

from bot.cards import Announcement, ChecklistCard
from bot.errors import ChatError
from bot.incident import PLUMMET, Incident, Person, named
from bot.incident.timeline import RoomOpened
from bot.response.address import postmortem_address
from bot.response.board import keep_link, notice, post_once, set_topic, show, situation, tell
from bot.response.courtesy import courtesy
from bot.response.desk import Desk
from bot.sockets import Room

_LEAD_WITHIN = 600
"""Seconds after which a missing lead is worth a reminder."""

_NAME_LIMIT = 80
"""Slack's limit for the name of a channel."""


def open_incident(desk: Desk, incident_id: str) -> None:
    """Do whatever of the opening has not been done yet, then have it investigated.

    What people wait for comes first. Whatever else Slack refuses for good is done without.
    """
    incident = _with_room(desk, desk.incident(incident_id))
    playbook = desk.playbook(incident)
    card = show(desk, incident, "situation", situation(desk, incident, playbook))
    show(desk, incident, "checklist", ChecklistCard(incident=incident, playbook=playbook))
    for step in ("situation", "checklist"):
        keep_link(desk, incident, step)
    if incident.model:
        desk.later("first_look", incident.id, key=f"first_look:{incident.id}")
    desk.later("investigate", incident.id, key=f"investigate:{incident.id}")
    desk.later("remind", incident.id, key=f"remind:{incident.id}", seconds=_LEAD_WITHIN)
    _announce(desk, incident)
    invite(desk, incident, _wanted(desk, incident))
    room = incident.room or ""
    if card:
        with courtesy(incident, "the pin"):
            desk.chat.pin(room, card)
    with courtesy(incident, "the bookmark"):
        desk.chat.bookmark(room, title="Post-mortem", url=postmortem_address(desk, incident))
    set_topic(desk, incident)


def room_name(incident: Incident, prefix: str) -> str:
    """A channel name within Slack's rules, the same for the life of the incident."""
    day = incident.opened_at.strftime("%Y%m%d")
    about = re.sub(r"[^a-z0-9]+", "-", (incident.model or incident.title).lower()).strip("-")
    room = _NAME_LIMIT - len(f"{prefix}-{day}--{incident.id}")
    return "-".join(filter(None, (prefix, day, about[:room].strip("-"), incident.id)))


def invite(desk: Desk, incident: Incident, people: list[Person]) -> None:
    """Invite people to the channel, and say in it who cannot be found."""
    if not people or not incident.room:
        return
    missing: tuple[Person, ...] = ()
    with courtesy(incident, "the invitations"):
        missing = desk.chat.invite(incident.room, people)
    if missing:
        names = ", ".join(f"@{person.name}" for person in missing)
        says = f"Not found in Slack, so not invited: {names}. Check owner and experts."
        tell(desk, incident, f"not-invited:{names}", notice(says, mood="bad"))


def _wanted(desk: Desk, incident: Incident) -> list[Person]:
    """The model's owner and experts, and whoever opened the incident."""
    model = desk.model(incident)
    handles = (model.owner, *model.experts) if model else ()
    wanted = [named(handle) for handle in handles if handle]
    return wanted if incident.opened_by == PLUMMET else [*wanted, incident.opened_by]


def _with_room(desk: Desk, incident: Incident) -> Incident:
    if incident.room:
        return incident
    name = room_name(incident, desk.settings.slack.channel_prefix)

    def create() -> dict[str, str]:
        return _as_json(_create(desk, incident, name))

    def look() -> dict[str, str] | None:
        found = desk.chat.find_room(name=name, incident=incident.id)
        return _as_json(found) if found else None

    try:
        room = desk.store.journal.write(incident.id, "room", create, look)
    except ChatError as error:
        if error.permanent:
            _go_on_without_room(desk, incident, error)
        raise
    if not isinstance(room, dict):
        raise TypeError(f"the journal kept {room!r} for the room of {incident.id}")
    fact = RoomOpened(id=str(room["id"]), name=str(room["name"]))
    return desk.store.append(incident.id, fact, by=PLUMMET, once="room")


def _go_on_without_room(desk: Desk, incident: Incident, error: ChatError) -> None:
    """The data is looked at all the same, and people hear of it where they can."""
    desk.later("investigate", incident.id, key=f"investigate:{incident.id}")
    if channel := desk.settings.slack.announce:
        show(desk, incident, "announcement", Announcement(incident=incident), room=channel)
        says = f"Incident {incident.number} has no channel of its own."
        show(desk, incident, "no-room", notice(says, str(error), mood="bad"), room=channel)


def _create(desk: Desk, incident: Incident, name: str) -> Room:
    """The channel; a taken name is ours if it carries our mark, else the next one is tried."""
    for suffix in ("", "-2", "-3", "-4"):
        tried = name[: _NAME_LIMIT - len(suffix)] + suffix
        try:
            return desk.chat.open_room(name=tried, incident=incident.id, title=incident.title)
        except ChatError as error:
            if error.code != "name_taken":
                raise
            found = desk.chat.find_room(name=tried, incident=incident.id)
            if found:
                return found
    raise ChatError(f"every channel name like {name} is taken", code="name_taken", permanent=True)


def _as_json(room: Room) -> dict[str, str]:
    return {"id": room.id, "name": room.name}


def _announce(desk: Desk, incident: Incident) -> None:
    channel = desk.settings.slack.announce
    if not channel:
        return
    try:
        post_once(desk, incident, "announcement", Announcement(incident=incident), room=channel)
    except ChatError as error:
        if not error.permanent:
            raise
        says = f"This incident could not be announced in {channel}."
        tell(desk, incident, "no-announcement", notice(says, str(error), mood="bad"))
