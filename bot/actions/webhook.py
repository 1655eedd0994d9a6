"""A rollback by a webhook of the team's own, signed as the Standard Webhooks specification has it.

`webhook-id` is the idempotency key, `webhook-timestamp` the seconds since 1970, and
`webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, so that any of
its libraries can check it. `Idempotency-Key` carries the key once more, under its usual name.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable

from bot.actions.line import Line
from bot.actions.target import Wish
from bot.errors import ActionError, SettingsError
from bot.incident import Call

_LONGEST = 2_000
"""Characters of a body that a card can show whole."""

_PREFIX = "whsec_"


class Webhook:
    """POST with what is wanted as JSON; any 2xx says that it was done."""

    def __init__(
        self, line: Line, *, secret: bytes, seconds: Callable[[], float] = time.time
    ) -> None:
        self._line, self._secret, self._seconds = line, secret, seconds

    def plan(self, wish: Wish) -> Call:
        """The request as it will be sent; characters that are not plain are written as escapes."""
        wanted = {
            "action": "rollback",
            "asked_by": wish.asked_by,
            "incident": wish.incident,
            "model": wish.model,
            "to": wish.to or None,
            "why": wish.why,
        }
        body = json.dumps(wanted, indent=2, sort_keys=True)
        for sign in "`&<>":  # a card could not show these as they are
            body = body.replace(sign, f"\\u{ord(sign):04x}")
        if len(body) > _LONGEST:
            raise ActionError("the reason is too long to be shown whole; say it in fewer words")
        to = f" to version {wish.to}" if wish.to else ""
        says = f"have {self._line.host} roll back {wish.model}{to}"
        return Call(method="POST", url=self._line.address(""), body=body, says=says)

    def carry_out(self, call: Call, *, key: str) -> None:
        """Send it; a repeat carries the same key, by which the receiver knows it."""
        if call.url != self._line.address(""):
            raise ActionError(
                "the configuration names another address now than when it was asked for;"
                " nothing was called"
            )
        self._line.send(call, key=key, headers=self._signed(call.body, key=key))

    def was_done(self, call: Call) -> bool:  # noqa: ARG002 - nobody can ask a webhook
        """Not to be seen: a repeat goes out with the same key."""
        return False

    def symptom(self) -> str:
        """That it is configured: to call it would be to roll back."""
        return f"{self._line.host} is called when two people want it"

    def _signed(self, body: str, *, key: str) -> dict[str, str]:
        at = str(int(self._seconds()))
        text = f"{key}.{at}.{body}".encode()
        mark = base64.b64encode(hmac.new(self._secret, text, hashlib.sha256).digest()).decode()
        return {
            "webhook-id": key,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{mark}",
        }


def secret_of(text: str, *, where: str) -> bytes:
    """The key to sign with: base64 after `whsec_`, as the specification writes it, else the text.

    Raises:
        SettingsError: What follows `whsec_` is no base64; the text is not shown.
    """
    if not text.startswith(_PREFIX):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise SettingsError(f"{where} begins with {_PREFIX}, but is no base64") from None
