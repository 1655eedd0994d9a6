"""`POST /changes`: the team's own release pipeline tells what it changed, with one `curl`.

The shape is the contract's: one event, a list of them, or `{"changes": […]}`. `what` is all that
has to be said; an event without an id is the same for ten minutes, so a `curl --retry` makes one.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.alerts.fields import Fields
from bot.alerts.labels import LabelMap, identity, one_line
from bot.alerts.times import Clock
from bot.alerts.vendor import Part, collected
from bot.errors import UnreadableAlert
from bot.incident import CHANGE_KINDS, ChangeEvent, Delivery
from bot.settings import SenderSettings, nearest

_REPEAT_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Reads change events."""

    name: str = "changes"
    sender: str
    clock: Clock

    @classmethod
    def of(cls, sender: str, _settings: SenderSettings, clock: Clock) -> "Changes":
        """The format for this sender."""
        return cls(sender=sender, clock=clock)

    def read(self, payload: object, *, headers: Mapping[str, str]) -> Delivery:  # noqa: ARG002 - nothing is said in them
        """The events of the document.

        Raises:
            UnreadableAlert: None can be read; says at which field.
        """
        parts = self._parts(payload)
        return collected(parts, sender=self.sender, labels=LabelMap(), now=self.clock())

    def _parts(self, payload: object) -> Iterator[Part]:
        found: Any = payload
        if isinstance(payload, dict) and "changes" in payload:
            found = Fields.of(payload).items("changes")
        events = found if isinstance(found, list) else [found]
        if not events:
            raise UnreadableAlert("the list of changes is empty")
        for at, raw in enumerate(events):
            try:
                yield self._event(Fields.of(raw, f"changes[{at}]"))
            except UnreadableAlert as fault:
                yield fault

    def _event(self, said: Fields) -> ChangeEvent:
        kind = said.text("kind") or "other"
        if kind not in CHANGE_KINDS:
            near = nearest(kind, CHANGE_KINDS)
            raise UnreadableAlert(f"{said.place('kind')} is {kind[:40]!r}{near}")
        what, time = one_line(said.wanted("what")), said.time("time")
        turn = "" if time else str(int(self.clock().timestamp() // _REPEAT_SECONDS))
        same = identity(json.dumps(said.raw, sort_keys=True), turn)[:12]
        return ChangeEvent(
            id=said.text("id") or f"{self.sender}-{same}",
            time=time or self.clock(),
            kind=kind,
            what=what,
            who=said.text("who"),
            ref=said.text("ref"),
            details=dict(said.inside("details").raw),
        )
