"""Somebody who acts in a workspace: what the story tests read like."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bot.errors import PlummetError, RequestError
from bot.workspace.nouns import Json
from bot.workspace.reader import Outcome, Reader, Seen, seen

Found = TypeVar("Found")


class Member:
    """A person of the workspace; every deed goes through the endpoints of the page."""

    def __init__(self, *, handle: str, reader: Reader) -> None:
        self.handle = handle
        self._reader = reader

    @property
    def id(self) -> str:
        """The user id."""
        for user in self._reader.state("users")["users"]:
            if user["name"] == self.handle:
                return str(user["id"])
        raise RequestError(f"there is nobody called {self.handle} here")

    def _act(self, deed: str, **given: Any) -> Outcome:
        body = {"as": self.handle, **given}
        found = self._reader.ask("POST", f"/_/act/{deed}", body)
        return Outcome(
            ok=found["ok"], error=found.get("error", ""), says=found.get("says", ""), raw=found
        )

    def say(self, channel: str, text: str, *, thread: str | Seen | None = None) -> str:
        """Write a message; its time stamp."""
        return str(self._act("say", channel=channel, text=text, thread=_ts(thread)).raw["ts"])

    def slash(self, channel: str, text: str) -> Outcome:
        """Type a slash command, as `/incident new`; returns once the app acknowledged."""
        return self._act("slash", channel=channel, text=text)

    def press(
        self,
        channel: str,
        ts: str | Seen,
        action_id: str,
        value: Any = None,
        *,
        block: str | None = None,
    ) -> Outcome:
        """Press a button by its action id or its words; with `value`, choose that."""
        return self._act(
            "press", channel=channel, ts=_ts(ts), action=action_id, value=value, block=block
        )

    def choose(self, channel: str, ts: str | Seen, action_id: str, value: Any) -> Outcome:
        """Choose in a select, an overflow, a date picker; options by value or by words."""
        return self.press(channel, ts, action_id, value)

    def press_in_modal(
        self, action_id: str, value: Any = None, *, values: Mapping[str, Any] | None = None
    ) -> Outcome:
        """Press or choose something inside the open modal, with what is typed so far."""
        view = self.modal()
        if view is None:
            raise RequestError(f"{self.handle} has no modal open")
        typed = dict(values or {})
        return self._act("press", view=view["id"], action=action_id, value=value, values=typed)

    def open_shortcut(
        self, callback_id: str, *, channel: str | None = None, ts: str | Seen | None = None
    ) -> Outcome:
        """Start a global shortcut, or one on a message."""
        return self._act("shortcut", callback_id=callback_id, channel=channel, ts=_ts(ts))

    def submit(
        self, view_id: str | None = None, values: Mapping[str, Any] | None = None
    ) -> Outcome:
        """Fill the (topmost) modal in and send it; `values` by `block_id/action_id`."""
        return self._act("submit", view=view_id, values=dict(values or {}))

    def dismiss(self, view_id: str | None = None) -> Outcome:
        """Close the modal without sending it."""
        return self._act("close", view=view_id)

    def react(self, channel: str, ts: str | Seen, name: str) -> Outcome:
        """Put an emoji under a message."""
        return self._act("react", channel=channel, ts=_ts(ts), name=name)

    def join(self, channel: str) -> Outcome:
        """Enter a public channel."""
        return self._act("join", channel=channel)

    def leave(self, channel: str) -> Outcome:
        """Go out of a channel."""
        return self._act("leave", channel=channel)

    def open_home(self) -> Outcome:
        """Look at the app's home tab."""
        return self._act("home")

    def messages(self, channel: str) -> list[Seen]:
        """All messages of a channel, oldest first."""
        return self._reader.messages(channel)

    def ephemerals(self, channel: str) -> list[Seen]:
        """What only this person was shown in a channel, oldest first."""
        me = self.id
        whispers = self._reader.channel(channel)["whispers"]
        return [seen(one) for one in whispers if one["whispered_to"] == me]

    def modal(self) -> Json | None:
        """The topmost modal, with `state` and `errors`."""
        state = self._reader.state("views", "stacks")
        stack = state["stacks"].get(self.id) or [None]
        return next((view for view in state["views"] if view["id"] == stack[-1]), None)

    @property
    def modal_errors(self) -> dict[str, str]:
        """What the open modal complains of, by block."""
        view = self.modal()
        return dict(view["errors"]) if view else {}

    def suggestions(self, block: str, action_id: str, typed: str) -> dict[str, str]:
        """The words of the options that the app offers in an external select, by value."""
        found = self._act("suggest", view=None, block=block, action=action_id, value=typed)
        return {one["value"]: one["text"]["text"] for one in found.raw["options"]}

    def home(self) -> Json | None:
        """The App Home as the app published it for this person."""
        state = self._reader.state("views", "homes")
        wanted = state["homes"].get(self.id)
        return next((view for view in state["views"] if view["id"] == wanted), None)

    def sees(self, channel: str, words: str, *, within: float = 60.0) -> Seen:
        """Wait for a message, public or for this person only, that shows these words."""

        def look() -> Seen | None:
            try:
                found = self.messages(channel) + self.ephemerals(channel)
            except RequestError:
                return None  # the channel is not there yet
            return next((one for one in reversed(found) if words in one.says), None)

        return _awaited(look, f"{self.handle} does not see {words!r} in {channel}", within=within)

    def sees_modal(self, title: str = "", *, within: float = 60.0) -> Json:
        """Wait for a modal with this in its title."""

        def look() -> Json | None:
            view = self.modal()
            return view if view and title in view["title"]["text"] else None

        return _awaited(look, f"{self.handle} has no modal {title!r} open", within=within)


def _awaited(look: Callable[[], Found | None], fault: str, *, within: float) -> Found:
    until = time.monotonic() + within
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > until:
            raise PlummetError(f"{fault} (waited {within:g} s)")
        time.sleep(0.15)  # each look takes time from the app that it waits for


def _ts(message: str | Seen | None) -> str | None:
    return message.ts if isinstance(message, Seen) else message
