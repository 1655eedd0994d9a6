"""What a verb has at hand, and the jobs it can leave for later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.actions import Target
from bot.alerts import Poll
from bot.errors import PlaybookError, RequestError
from bot.incident import Incident, Playbook
from bot.playbook import Shelf
from bot.render import Renderer
from bot.response.shown import Shown
from bot.settings import ModelSettings, Settings
from bot.sockets import Chat, Check
from bot.sources import AliasWatch, Sources
from bot.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything real that the verbs of the response work with, handed in once by the wiring."""

    settings: Settings
    store: Store
    chat: Chat
    sources: Sources
    checks: Mapping[str, Check]
    renderer: Renderer
    playbooks: Shelf
    clock: Callable[[], datetime]
    shown: Shown
    rollbacks: Mapping[str, Target] = field(default_factory=dict)
    """Where each model is rolled back, for those that have such a place."""
    polls: Mapping[str, Poll] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    """Alerts that each poll saw the last time, by its sender."""
    registries: Mapping[str, AliasWatch] = field(default_factory=dict)
    """Where model registries are looked at for a move, by the name of their source."""

    def incident(self, incident_id: str) -> Incident:
        """The incident as it stands now."""
        found = self.store.incident(incident_id)
        if found is None:
            raise RequestError(f"there is no incident {incident_id}")
        return found

    def playbook(self, incident: Incident) -> Playbook:
        """The checklist of that incident, the team's own before the shipped one."""
        return self.playbooks.find(incident.playbook)

    def readable_playbook(self, incident: Incident) -> Playbook | None:
        """The same, for what can do without: a playbook may be renamed or broken years later."""
        try:
            return self.playbook(incident)
        except PlaybookError:
            return None

    def model(self, incident: Incident) -> ModelSettings | None:
        """What the configuration says of its model; None where it (no longer) names that one."""
        return self.settings.models.get(incident.model) if incident.model else None

    def later(
        self, kind: str, incident: str, *, key: str | None = None, seconds: float = 0
    ) -> None:
        """Leave a job for the worker; jobs of one kind and incident never run side by side."""
        self.store.enqueue(
            kind,
            {"incident": incident},
            lane=f"{kind}:{incident}",
            key=key,
            due=self.clock() + timedelta(seconds=seconds),
        )

    def refresh(self, incident: str) -> None:
        """Have the cards of that incident brought up to date; several wishes become one edit."""
        self.later("refresh", incident, key=f"refresh:{incident}")
