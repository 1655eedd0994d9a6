"""Who is in the workspace, remembered."""

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_sdk import WebClient

from bot.errors import ChatError
from bot.incident import Person
from bot.slack.client import speaking

_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_AGAIN_AFTER = 60.0
"""Seconds between two listings: a name that nobody has must not use up `users.list`."""


class People:
    """Looks people up by id, handle, display name, real name or e-mail address.

    The workspace is listed once, and again when a name is not found, at most every minute.
    """

    def __init__(self, client: WebClient, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._seconds = seconds
        self._lock = threading.Lock()
        self._by_id: dict[str, Person] = {}
        self._by_handle: dict[str, Person] = {}
        self._by_name: dict[str, Person] = {}
        self._listed_at: float | None = None

    def find(self, handle: str, *, proven: bool = False) -> Person | None:
        """The person somebody means, or None.

        `proven` leaves out display and real names: anybody may call himself as another does.

        Raises:
            ChatError: Slack could not be asked.
        """
        wanted = handle.strip()
        if match := _MENTION.fullmatch(wanted):
            wanted = match[1]
        if _ID.fullmatch(wanted) and (found := self.by_id(wanted)):
            return found
        key = wanted.removeprefix("@").casefold()
        if not key:
            return None
        with self._lock:
            if key not in self._by_name and self._may_list():
                self._list()
            return (self._by_handle if proven else self._by_name).get(key)

    def by_id(self, user: str) -> Person | None:
        """The person of that user id.

        Raises:
            ChatError: Slack could not be asked.
        """
        if user in self._by_id:
            return self._by_id[user]
        try:
            with speaking("users.info", writes=False):
                answer = self._client.users_info(user=user)
        except ChatError as error:
            if error.code in {"user_not_found", "user_not_visible"}:
                return None
            raise
        found: dict[str, Any] = answer["user"]
        with self._lock:
            return self._by_id.setdefault(user, _person(found))

    def name(self, user: str) -> str:
        """The name to read of a user id; the id itself where Slack cannot be asked now."""
        try:
            found = self.by_id(user)
        except ChatError:
            return user
        return found.name if found else user

    def _may_list(self) -> bool:
        return self._listed_at is None or self._seconds() - self._listed_at >= _AGAIN_AFTER

    def _list(self) -> None:
        members: list[dict[str, Any]] = []
        cursor = ""
        with speaking("users.list", writes=False):
            while True:
                answer = self._client.users_list(limit=500, cursor=cursor or None)
                members += answer["members"]
                cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        self._listed_at = self._seconds()
        here = [member for member in members if not member.get("deleted")]
        self._by_id |= {member["id"]: _person(member) for member in here}
        self._by_handle = self._named(here, "email", "name")
        self._by_name = self._named(here, "real_name", "display_name") | self._by_handle

    def _named(self, members: Sequence[Mapping[str, Any]], *parts: str) -> dict[str, Person]:
        """By these parts; of two that are equal the later part wins."""
        return {
            name.casefold(): self._by_id[member["id"]]
            for part in parts
            for member in members
            if (name := _part(member, part))
        }


def _person(member: Mapping[str, Any]) -> Person:
    name = _part(member, "display_name") or _part(member, "name") or _part(member, "real_name")
    return Person(id=member["id"], name=name or member["id"])


def _part(member: Mapping[str, Any], part: str) -> str:
    profile = member.get("profile") or {}
    return str((member.get(part) if part == "name" else profile.get(part)) or "")
