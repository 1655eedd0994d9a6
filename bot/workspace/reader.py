"""What somebody sees of a workspace, read over HTTP from whatever process."""

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.errors import RequestError
from bot.workspace.inputs import elements_of
from bot.workspace.nouns import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message, or a modal, as somebody sees it."""

    ts: str
    text: str
    by: str
    blocks: list[Json] = field(repr=False)
    raw: Json = field(repr=False)

    @property
    def says(self) -> str:
        """Every word that is shown, one part a line, in Slack's own markup."""
        shown = "\n".join(_words(self.blocks))
        return shown or self.text

    @property
    def buttons(self) -> dict[str, str]:
        """Action ids of the buttons, by the words on them."""
        return {
            element["text"]["text"]: element["action_id"]
            for _block, element in elements_of(self.blocks)
            if element["type"] == "button"
        }

    @property
    def thread(self) -> str | None:
        """The message this one answers."""
        found = self.raw.get("thread_ts")
        return found if found != self.ts else None

    @property
    def whispered(self) -> bool:
        """Whether only one person sees it."""
        return self.raw.get("whispered_to") is not None

    @property
    def metadata(self) -> Json:
        """What the app kept with the message."""
        return self.raw.get("metadata") or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a deed ended, as its person saw it."""

    ok: bool
    error: str = ""
    says: str = ""
    raw: Json = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> Mapping[str, str]:
        """A modal's complaints, by block."""
        return self.raw.get("errors") or {}


def _words(part: Any) -> Iterator[str]:
    """All text in blocks, in order."""
    if isinstance(part, list):
        for one in part:
            yield from _words(one)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for key, value in part.items():
            if key not in ("options", "option_groups", "confirm", "placeholder"):
                yield from _words(value) if isinstance(value, dict | list) else ()


class Reader:
    """Talks to a workspace over HTTP, from any process."""

    def __init__(self, *, url: str) -> None:
        self._where = urlsplit(url)

    def ask(self, verb: str, path: str, body: Json | None = None) -> Json:
        """One request; a refusal raises with its words."""
        connection = http.client.HTTPConnection(
            self._where.hostname or "", self._where.port, timeout=30
        )
        try:
            data = None if body is None else json.dumps(body)
            connection.request(verb, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            found: Json = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status >= 400:
            raise RequestError(str(found.get("says") or found.get("error")))
        return found

    def state(self, *only: str) -> Json:
        """Everything there is, or only these parts of it."""
        return self.ask("GET", f"/_/state?only={','.join(only)}")

    def channel(self, name: str) -> Json:
        """A channel by `#name` or id."""
        wanted = name.removeprefix("#")
        for channel in self.state("channels")["channels"]:
            if wanted in (channel["id"], channel["name"]):
                return dict(channel)
        raise RequestError(f"there is no channel {name}")

    def messages(self, channel: str) -> list[Seen]:
        """The messages of a channel and of its threads, oldest first."""
        return [seen(one) for one in self.channel(channel)["messages"]]


def seen(message: Json) -> Seen:
    """A message of the wire, to read."""
    return Seen(
        ts=message["ts"],
        text=message.get("text", ""),
        by=message["user"],
        blocks=message.get("blocks", []),
        raw=message,
    )
