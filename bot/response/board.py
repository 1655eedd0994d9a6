"""The messages of an incident that are posted once and edited in place."""

from bot.cards import Announcement, Card, ChecklistCard, Link, Notice, Situation
from bot.errors import ChatError
from bot.incident import Incident, Playbook
from bot.response.address import postmortem_address
from bot.response.courtesy import courtesy
from bot.response.desk import Desk
from bot.response.outlook import what_next
from bot.response.ranked import ranking

FIRST_LOOK = "first-look"
"""The step under which the journal keeps what a sample said before the diagnosis."""


def post_once(
    desk: Desk, incident: Incident, step: str, card: Card, *, room: str | None = None,
    thread: str | None = None,
) -> str:  # fmt: skip
    """Post a card as the named step of an incident, however often this is called; its id."""
    place = room or incident.room
    if place is None:
        raise ValueError(f"incident {incident.id} has no room yet for {step}")

    def post() -> str:
        return desk.chat.post(place, card, incident=incident.id, step=step, thread=thread)

    def look() -> str | None:
        return desk.chat.find_post(place, incident=incident.id, step=step)

    return str(desk.store.journal.write(incident.id, step, post, look))


def show(
    desk: Desk, incident: Incident, step: str, card: Card, *, room: str | None = None,
    thread: str | None = None,
) -> str | None:  # fmt: skip
    """As `post_once`; None where there is no room, or the chat refuses the message for good."""
    posted: str | None = None
    if room or incident.room:
        with courtesy(incident, f"the message {step}"):
            posted = post_once(desk, incident, step, card, room=room, thread=thread)
    return posted


def tell(desk: Desk, incident: Incident, step: str, card: Card) -> None:
    """Say something in the thread of the situation card, once; beside it where that is gone."""
    thread = desk.store.journal.recall(incident.id, "situation")
    if thread and show(desk, incident, step, card, thread=str(thread)):
        return
    show(desk, incident, step, card)


def keep_link(desk: Desk, incident: Incident, step: str) -> None:
    """Remember the address of a message, for the timeline."""
    room, message = incident.room, desk.store.journal.recall(incident.id, step)
    if room and message:
        with courtesy(incident, f"the link to {step}"):
            desk.store.journal.once(
                incident.id, f"link:{step}", lambda: desk.chat.link(room, str(message))
            )


def link_to(desk: Desk, incident: Incident, step: str) -> str | None:
    """The address of a message, where it was kept; asks nobody."""
    kept = desk.store.journal.recall(incident.id, f"link:{step}")
    return str(kept) if kept else None


def refresh(desk: Desk, incident_id: str) -> None:
    """Bring the cards up to date; the edge sends only those that read differently now."""
    desk.shown.take_turn(incident_id)
    incident = desk.incident(incident_id)
    playbook = desk.playbook(incident)
    if incident.room:
        show_again(desk, incident, "situation", situation(desk, incident, playbook))
        show_again(desk, incident, "checklist", ChecklistCard(incident=incident, playbook=playbook))
        if incident.diagnosis:
            show_again(desk, incident, "ranking", ranking(desk, incident))
    if announce := desk.settings.slack.announce:
        show_again(desk, incident, "announcement", Announcement(incident=incident), room=announce)
    set_topic(desk, incident)  # last: Slack limits topics the most, and cards must not wait for it


def set_topic(desk: Desk, incident: Incident) -> None:
    """Bring the channel's topic up to date."""
    text = topic(incident)
    if incident.room and desk.shown.differs(incident.id, "topic", text):
        with courtesy(incident, "the topic"):
            desk.chat.set_topic(incident.room, text)
        desk.shown.note(incident.id, "topic", text)


def show_again(
    desk: Desk, incident: Incident, step: str, card: Card, *, room: str | None = None
) -> None:
    """Edit the message of a step, where it was posted; whoever deleted it hears that it is gone."""
    place, message = room or incident.room, desk.store.journal.recall(incident.id, step)
    if not place or not message or not desk.shown.differs(incident.id, step, _GONE):
        return
    with courtesy(incident, f"the edit of {step}"):
        try:
            desk.chat.edit(place, str(message), card)
        except ChatError as error:
            if error.code == "message_not_found":
                desk.shown.note(incident.id, step, _GONE)
                lost = f"Somebody deleted the {step} card. `/incident status` and `checklist` show"
                tell(desk, incident, f"lost:{step}", notice(f"{lost} how things stand."))
            raise


_GONE = "deleted by a person"


def situation(desk: Desk, incident: Incident, playbook: Playbook) -> Situation:
    """The pinned card as it should read now."""
    links = [Link(says="Post-mortem", url=postmortem_address(desk, incident))]
    if incident.alert and incident.alert.link:
        links.append(Link(says=f"Alert in {incident.alert.sender}", url=incident.alert.link))
    seen = None if incident.diagnosis else desk.store.journal.recall(incident.id, FIRST_LOOK)
    return Situation(
        incident=incident, next_step=what_next(incident, playbook), links=tuple(links),
        first_look=str(seen or ""),
    )  # fmt: skip


def topic(incident: Incident) -> str:
    """The channel's topic: severity, status and who leads."""
    lead = f"lead {incident.lead.name}" if incident.lead else "no lead yet"
    return f"{incident.severity.upper()} · {incident.status} · {lead} · {incident.key}"


def notice(says: str, *lines: str, mood: str = "info") -> Notice:
    """A short message of the bot's own."""
    return Notice(says=says, lines=lines, mood=mood)
