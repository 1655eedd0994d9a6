"""What goes to the app: interactions that wait for an answer, events that are sent again."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any

from bot.workspace.lines import Envelope, Line, NoAnswer
from bot.workspace.nouns import APP_ID, TEAM_ID, Channel, Json
from bot.workspace.team import Team
from bot.workspace.timing import Timing

_MESSAGE_EVENT = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_REASON = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}


class Delivery:
    """Hands interactions and events to the app over its line."""

    def __init__(self, *, team: Team, line: Line, timing: Timing) -> None:
        self._team = team
        self._line = line
        self._timing = timing
        self._running: set[asyncio.Task[None]] = set()
        self.sent: deque[Json] = deque(maxlen=1_000)

    def is_open(self) -> bool:
        """Whether the app can be reached."""
        return self._line.is_open()

    async def ask(self, kind: Envelope, payload: Json) -> Json:
        """Send an interaction; the answer that came with the acknowledgement.

        Raises:
            NoAnswer: The app was not there, or not within its three seconds.
        """
        entry: Json = {"kind": kind, "payload": payload, "attempt": 0, "result": "sent"}
        self.sent.append(entry)
        try:
            answer = await self._line.send(kind, payload)
        except NoAnswer as fault:
            entry["result"] = fault.code
            raise
        entry["result"] = "acknowledged"
        return answer or {}

    def event(self, event: Json, place: Channel | None) -> None:
        """Send an event if the app subscribed to it and is where it happened."""
        name = str(event["type"])
        if name == "message" and place is not None:
            name = f"message.{_MESSAGE_EVENT[place.kind]}"
        there = place is None or self._team.bot.id in place.members
        if there and self._team.manifest.subscribes(name):
            self._start(self._deliver(self._wrapped(event)))

    def _wrapped(self, event: Json) -> Json:
        bot = self._team.bot.id
        return {
            "token": "unused",
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": self._team.secret("Ev")[:14],
            "event_time": self._team.now(),
            "is_ext_shared_channel": False,
            "authorizations": [
                {"enterprise_id": None, "team_id": TEAM_ID, "user_id": bot, "is_bot": True,
                 "is_enterprise_install": False},
            ],
        }  # fmt: skip

    async def _deliver(self, payload: Json) -> None:
        """Send an event, and again when the app does not acknowledge it."""
        reason = ""
        for attempt, pause in enumerate((0.0, *self._timing.redelivery)):
            await asyncio.sleep(pause)
            entry: Json = {"kind": "events_api", "payload": payload, "attempt": attempt}
            self.sent.append(entry)
            try:
                await self._line.send("events_api", payload, attempt=attempt, reason=reason)
            except NoAnswer as fault:
                entry["result"] = fault.code
                reason = _REASON.get(fault.code, fault.code)
                if fault.final:
                    return
            else:
                entry["result"] = "acknowledged"
                return

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def stop(self) -> None:
        """Give up what was not delivered."""
        for task in tuple(self._running):
            task.cancel()
