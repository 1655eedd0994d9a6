"""Where the post-mortem of an incident can be read."""

import secrets

from bot.incident import Incident
from bot.response.desk import Desk


def postmortem_address(desk: Desk, incident: Incident) -> str:
    """A link that nobody can guess; the same for the life of the incident."""
    server = desk.settings.server
    root = server.public_url or f"http://{server.host}:{server.port}"
    return f"{root.rstrip('/')}/post-mortems/{incident.id}/{_slug(desk, incident.id)}"


def is_address_of(desk: Desk, incident_id: str, slug: str) -> bool:
    """Whether a link is the one that was given out; compared in constant time."""
    known = desk.store.journal.recall(incident_id, "slug")
    return isinstance(known, str) and secrets.compare_digest(known.encode(), slug.encode())


def _slug(desk: Desk, incident_id: str) -> str:
    return str(desk.store.journal.once(incident_id, "slug", lambda: secrets.token_urlsafe(12)))
