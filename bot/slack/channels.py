"""Channels by name: Slack's own methods mostly take ids."""

import re
from collections.abc import Iterator
from typing import Any

from slack_sdk import WebClient

from bot.errors import ChatError
from bot.slack.client import speaking

_ID = re.compile(r"[CGD][A-Z0-9]{6,}")


class Channels:
    """Finds public channels by name; an id is an id already."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._ids: dict[str, str] = {}

    def id_of(self, room: str) -> str:
        """The channel's id, from its id or its `#name`.

        Raises:
            ChatError: There is none of that name, or Slack could not be asked.
        """
        if _ID.fullmatch(room):
            return room
        name = room.removeprefix("#")
        if name not in self._ids:
            found = self.named(name)
            if found is None:
                raise ChatError(
                    f"no public channel #{name}; for a private one configure its id "
                    "(channel name → View channel details, at the bottom) and invite the app",
                    code="channel_not_found",
                    permanent=True,
                )
            self._ids[name] = found["id"]
        return self._ids[name]

    def named(self, name: str) -> dict[str, Any] | None:
        """The public channel of that name, archived ones left out."""
        return next((one for one in self._all() if one.get("name") == name), None)

    def _all(self) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            with speaking("conversations.list", writes=False):
                answer = self._client.conversations_list(
                    types="public_channel",
                    exclude_archived=True,
                    limit=999,
                    cursor=cursor or None,
                )
            yield from answer["channels"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
