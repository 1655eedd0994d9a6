"""A person's request on its way to the worker: kept first, done after."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.incident import Request
from bot.store import Store

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def accept(store: Store, request: Request) -> bool:
    """Keep a request as a job; False when it was kept before (the chat delivered it again)."""
    slow = ":run" if request.verb == "run" else ""
    return store.enqueue(
        "request",
        _adapter().dump_python(request, mode="json"),
        lane=f"request:{_place(store, request)}{slow}",  # the buttons do not wait for a check
        key=f"request:{request.id}",
        remember=True,
    )


def _place(store: Store, request: Request) -> str:
    """One lane an incident: a command and a button press there are done in the order they came."""
    if request.incident or not request.room:
        return request.incident or "nowhere"
    incident = store.incident_in_room(request.room)
    return incident.id if incident else request.room


def read_request(payload: Mapping[str, Any]) -> Request:
    """The request that a job holds."""
    return _adapter().validate_python(payload)


@cache
def _adapter() -> "TypeAdapter[Request]":
    from pydantic import TypeAdapter  # noqa: PLC0415 - the command line's help must not wait for it

    return TypeAdapter(Request)
