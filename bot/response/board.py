"""The messages of an incident that are posted once and edited in place."""

from bot.cards import Announcement, Card, ChecklistCard, Link, Notice, Situation
from bot.incident import Incident, Playbook
from bot.playbook import next_step, words
from bot.response.address import postmortem_address
from bot.response.desk import Desk


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


def tell(desk: Desk, incident: Incident, step: str, card: Card) -> None:
    """Say something in the thread of the situation card, once."""
    thread = desk.store.journal.recall(incident.id, "situation")
    post_once(desk, incident, step, card, thread=str(thread) if thread else None)


def refresh(desk: Desk, incident_id: str) -> None:
    """Bring the cards up to date; the edge sends only those that read differently now."""
    desk.shown.take_turn(incident_id)
    incident = desk.incident(incident_id)
    if incident.room is None:
        return
    playbook = desk.playbook(incident)
    set_topic(desk, incident)
    _show(desk, incident, "situation", situation(desk, incident, playbook))
    _show(desk, incident, "checklist", ChecklistCard(incident=incident, playbook=playbook))
    if desk.settings.slack.announce:
        card = Announcement(incident=incident)
        _show(desk, incident, "announcement", card, room=desk.settings.slack.announce)


def set_topic(desk: Desk, incident: Incident) -> None:
    """Bring the channel's topic up to date."""
    text = topic(incident)
    if desk.shown.differs(incident.id, "topic", text):
        desk.chat.set_topic(incident.room or "", text)
        desk.shown.note(incident.id, "topic", text)


def _show(
    desk: Desk, incident: Incident, step: str, card: Card, *, room: str | None = None
) -> None:
    message = desk.store.journal.recall(incident.id, step)
    if message:
        desk.chat.edit(room or incident.room or "", str(message), card)


def situation(desk: Desk, incident: Incident, playbook: Playbook) -> Situation:
    """The pinned card as it should read now."""
    links = [Link(says="Post-mortem", url=postmortem_address(desk, incident))]
    if incident.alert and incident.alert.link:
        links.append(Link(says=f"Alert in {incident.alert.sender}", url=incident.alert.link))
    return Situation(incident=incident, next_step=what_next(incident, playbook), links=tuple(links))


def what_next(incident: Incident, playbook: Playbook) -> str:
    """One sentence: the first thing that waits for a person."""
    if incident.status == "resolved":
        return "Resolved. Read the post-mortem and settle its open points."
    if incident.recovered_at:
        return "The metric has recovered. Resolve the incident, or say why not."
    if incident.status == "mitigated":
        return f"Watching the metric: {incident.good_windows} good windows so far."
    best = incident.diagnosis.best if incident.diagnosis else None
    if best and best.actions:
        return best.actions[0].says
    step = next_step(playbook, incident)
    return words(step) if step else "The checklist is through. Decide on a mitigation."


def topic(incident: Incident) -> str:
    """The channel's topic: severity, status and who leads."""
    lead = f"lead {incident.lead.name}" if incident.lead else "no lead yet"
    return f"{incident.severity.upper()} · {incident.status} · {lead} · {incident.key}"


def notice(says: str, *lines: str, mood: str = "info") -> Notice:
    """A short message of the bot's own."""
    return Notice(says=says, lines=lines, mood=mood)
