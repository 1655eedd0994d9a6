"""Reading a request's body no further than it may go, and no longer."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from bot.web.refusal import FIRST_PART, Refusal


async def read_body(request: Request, *, limit: int, seconds: float) -> bytes:
    """The whole body; never more than `limit` bytes of it are held.

    Raises:
        Refusal: 413 with the first part when it is longer, 503 when it does not arrive in time.
    """
    too_long = _declared(request) > limit
    enough = min(limit, FIRST_PART) if too_long else limit
    held = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                held += chunk
                if len(held) > enough:
                    raise Refusal(
                        413,
                        "too_large",
                        f"the body is longer than the limit of {limit} bytes (server.body_limit)",
                        body=bytes(held[:enough][:FIRST_PART]),
                    )
    except TimeoutError as error:
        raise Refusal(
            503,
            "slow",
            f"the body did not arrive within {seconds:g} seconds",
            body=bytes(held[:FIRST_PART]),
            headers={"Retry-After": "10", "Connection": "close"},
        ) from error
    except ClientDisconnect as error:
        raise Refusal(400, "disconnected", "the client went away", keep=False) from error
    return bytes(held)


def _declared(request: Request) -> int:
    """The length that the request announces; the server holds the client to it."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0
