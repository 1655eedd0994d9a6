"""The side doors: state and faults for tests in another process, answers and uploads of the app."""

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.errors import PlummetError
from bot.workspace.arguments import read_arguments
from bot.workspace.delivery import Delivery
from bot.workspace.faults import Faults
from bot.workspace.nouns import Channel, Json, Message, View
from bot.workspace.refusal import Refusal
from bot.workspace.replies import Replies
from bot.workspace.team import Team

_LARGEST_FILE = 20_000_000


class Doors:
    """Everything over HTTP that is neither the Web API nor the page."""

    def __init__(self, *, team: Team, replies: Replies, faults: Faults, delivery: Delivery) -> None:
        self._team = team
        self._replies = replies
        self._faults = faults
        self._delivery = delivery

    async def state(self, request: Request) -> Response:
        """GET /_/state?only=channels,calls: everything there is, or those parts."""
        parts: dict[str, Callable[[], Any]] = {
            "connected": self._delivery.is_open,
            "bot": self._team.bot.wire,
            "users": lambda: [user.wire() for user in self._team.users.values()],
            "channels": lambda: [self._channel(one) for one in self._team.channels.values()],
            "views": lambda: [self._view(view) for view in self._team.views.values()],
            "stacks": lambda: {user: list(ids) for user, ids in self._team.stacks.items()},
            "homes": lambda: self._team.homes,
            "calls": lambda: list(self._team.calls),
            "sent": lambda: list(self._delivery.sent),
            "faults": self._faults.wire,
        }
        only = [one for one in request.query_params.get("only", "").split(",") if one in parts]
        return JSONResponse({name: parts[name]() for name in only or parts})

    def _view(self, view: View) -> Json:
        shown = view.wire(bot_id=self._team.bot.bot_id or "")
        return shown | {"user": view.user, "errors": view.errors}

    def _channel(self, channel: Channel) -> Json:
        messages = channel.messages
        return channel.wire(seen_by=self._team.bot.id) | {
            "name": channel.name,
            "members": channel.members,
            "messages": [one.wire(metadata=True) for one in messages.values()],
            "whispers": [_whisper(one) for one in channel.whispers.values()],
            "pins": list(channel.pins),
            "bookmarks": list(channel.bookmarks.values()),
            "read": channel.read,
        }

    async def faults(self, request: Request) -> Response:
        """GET, POST and DELETE /_/faults."""
        if request.method == "DELETE":
            self._faults.clear()
        elif request.method == "POST":
            try:
                given: dict[str, Any] = await request.json()
                self._faults.add(given.pop("method", "*"), given.pop("kind"), **given)
            except (KeyError, TypeError, AttributeError, json.JSONDecodeError, PlummetError) as why:
                return JSONResponse({"ok": False, "error": str(why)}, status_code=400)
        return JSONResponse({"ok": True, "faults": self._faults.wire()})

    async def socket(self, request: Request) -> Response:
        """POST /_/socket/cut or /_/socket/refresh."""
        deed = request.path_params["deed"]
        if deed not in ("cut", "refresh"):
            return JSONResponse({"ok": False, "error": "cut or refresh"}, status_code=404)
        self._faults.on_socket(deed)
        return JSONResponse({"ok": True})

    async def response(self, request: Request) -> Response:
        """POST /response/{key}: the app answers an interaction."""
        try:
            body = (await read_arguments(request)).given
            packed = body.get("payload")
            self._replies.answer(request.path_params["key"], json.loads(packed) if packed else body)
        except Refusal as refusal:
            status = 404 if refusal.code in ("used_url", "expired_url") else 400
            return JSONResponse(refusal.wire(), status_code=status)
        return PlainTextResponse("ok")

    async def upload(self, request: Request) -> Response:
        """POST or PUT /upload/{id}/{ticket}: the bytes of a file."""
        kept = self._team.files.get(request.path_params["id"])
        if kept is None or kept["ticket"] != request.path_params["ticket"]:
            return PlainTextResponse("no such upload", status_code=404)
        content = await request.body()
        if len(content) > _LARGEST_FILE:
            return PlainTextResponse("the file is too large", status_code=413)
        kept["content"], kept["size"] = content, len(content)
        return PlainTextResponse(f"OK - {len(content)}")

    async def file(self, request: Request) -> Response:
        """GET /files/{id}: never shown inside the page, so that a file cannot act in it."""
        kept = self._team.files.get(request.path_params["id"])
        if kept is None or kept["content"] is None:
            return PlainTextResponse("no such file", status_code=404)
        headers = {
            "Content-Disposition": "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
        return Response(kept["content"], media_type="application/octet-stream", headers=headers)


def _whisper(message: Message) -> Json:
    return message.wire() | {"whispered_to": message.whispered_to}
