"""`OPTIONS /alerts/{sender}`: CloudEvents ask first whether they may send.

Source: the CloudEvents specification, "HTTP 1.1 Web Hooks for Event Delivery"; of the senders here
only Azure Event Grid does so.
"""

import re
from collections.abc import Mapping

from starlette.responses import Response

from bot.alerts import Sender
from bot.web.refusal import Refusal


def greeting(sender: Sender, headers: Mapping[str, str]) -> Response:
    """Say yes to a sender that has shown all it can before it sends.

    Raises:
        Refusal: 405, this sender does not ask.
    """
    origin = headers.get("webhook-request-origin", "")
    if sender.format.name != "azure" or not re.fullmatch(r"[A-Za-z0-9.-]{1,100}", origin):
        raise Refusal(405, "no_handshake", "alerts are sent with POST", headers={"Allow": "POST"})
    allowed = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
    return Response(headers=allowed)
