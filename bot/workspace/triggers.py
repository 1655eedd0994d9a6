"""Trigger ids: each opens one modal, and only for three seconds."""

import itertools
import secrets
import time

from bot.workspace.refusal import Refusal


class Triggers:
    """Hands trigger ids out and takes each back once."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._given: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()
        self._numbers = itertools.count(1000)

    def give(self, user: str) -> str:
        """A new trigger of this person's action."""
        id_ = f"{next(self._numbers)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._given[id_] = (user, time.monotonic() + self._seconds)
        return id_

    def exchange(self, id_: str) -> str:
        """The person whose trigger it is; it is used up then.

        Raises:
            Refusal: `exchanged_trigger_id`, `expired_trigger_id`, `invalid_trigger_id`.
        """
        if id_ in self._used:
            raise Refusal("exchanged_trigger_id")
        if id_ not in self._given:
            raise Refusal("invalid_trigger_id")
        user, until = self._given[id_]
        if time.monotonic() > until:
            raise Refusal("expired_trigger_id")
        self._used.add(id_)
        return user
