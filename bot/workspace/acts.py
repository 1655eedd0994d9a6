"""POST /_/act/{deed}: a person's deeds over HTTP, for the page and for `Member` alike."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.errors import RequestError
from bot.workspace.deeds import Deeds
from bot.workspace.methods.reactions import react, unreact
from bot.workspace.modals import Modals
from bot.workspace.nouns import Channel, Json, User
from bot.workspace.refusal import Refusal

Act = Callable[[User, Json], Awaitable[Json]]


class Acts:
    """Reads what was posted and has it done; a wrong request is answered 400 with the reason."""

    def __init__(self, *, deeds: Deeds, modals: Modals) -> None:
        self._deeds = deeds
        self._modals = modals
        self._team = deeds.team
        self._acts: dict[str, Act] = {
            "say": self._say,
            "slash": self._slash,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "suggest": self._suggest,
            "shortcut": self._shortcut,
            "react": self._react,
            "join": self._join,
            "leave": self._leave,
            "read": self._read,
            "home": self._home,
            "direct": self._direct,
            "dismiss": self._dismiss,
        }

    async def answer(self, request: Request) -> Response:
        """Do one deed."""
        act = self._acts.get(request.path_params["deed"])
        if act is None:
            return _wrong(f"no deed of that name; known are {', '.join(self._acts)}", status=404)
        if not request.headers.get("content-type", "").startswith("application/json"):
            # A form could be posted by any other site that the browser has open.
            return _wrong("send the deed as application/json", status=415)
        try:
            given = await request.json()
            user = self._team.user(str(given["as"]))
            return JSONResponse(await act(user, given))
        except KeyError as missing:
            return _wrong(f"the deed needs {missing.args[0]!r}")
        except (RequestError, ValueError) as error:
            return _wrong(str(error))
        except Refusal as refusal:
            return _wrong(refusal.code)

    def _channel(self, given: Json) -> Channel:
        return self._team.channel(str(given["channel"]))

    async def _say(self, user: User, given: Json) -> Json:
        return await self._deeds.say(
            user, self._channel(given), text=str(given["text"]), thread=given.get("thread") or None
        )

    async def _slash(self, user: User, given: Json) -> Json:
        return await self._deeds.slash(user, self._channel(given), text=str(given["text"]))

    async def _press(self, user: User, given: Json) -> Json:
        named: dict[str, Any] = {
            "action_id": str(given["action"]),
            "block_id": given.get("block"),
            "value": given.get("value"),
        }
        if not given.get("view"):
            return await self._deeds.press(user, self._channel(given), str(given["ts"]), **named)
        view = self._modals.find(user, str(given["view"]))
        self._modals.fill(view, given.get("values") or {})
        return await self._deeds.press_in_view(user, view, **named)

    async def _submit(self, user: User, given: Json) -> Json:
        view = self._modals.find(user, given.get("view"))
        return await self._modals.submit(user, view, given.get("values") or {})

    async def _close(self, user: User, given: Json) -> Json:
        view = self._modals.find(user, given.get("view"))
        return await self._modals.dismiss(user, view, everything=bool(given.get("everything")))

    async def _suggest(self, user: User, given: Json) -> Json:
        view = self._modals.find(user, given.get("view"))
        return await self._modals.suggest(
            user, view, action_id=given["action"], block_id=given["block"], value=given["value"]
        )

    async def _shortcut(self, user: User, given: Json) -> Json:
        channel = self._channel(given) if given.get("ts") else None
        return await self._deeds.shortcut(
            user, callback_id=given["callback_id"], channel=channel, ts=given.get("ts", "")
        )

    async def _react(self, user: User, given: Json) -> Json:
        channel = self._channel(given)
        message = self._team.message(channel, str(given["ts"]))
        name = str(given["name"]).strip(":")
        back = user.id in message.reactions.get(name, []) and given.get("toggle")
        (unreact if back else react)(self._team, channel, message, name=name, user=user.id)
        return {"ok": True}

    async def _join(self, user: User, given: Json) -> Json:
        channel = self._channel(given)
        if channel.kind != "channel":
            raise RequestError(f"{channel.name} is private; somebody inside has to invite you")
        if user.id not in channel.members:
            self._team.enter(channel, user)
        return {"ok": True}

    async def _leave(self, user: User, given: Json) -> Json:
        channel = self._channel(given)
        if user.id in channel.members:
            text = f"<@{user.id}> has left the channel"
            self._team.remark(channel, user=user.id, subtype="channel_leave", text=text)
            channel.members.remove(user.id)
            self._team.event("member_left_channel", channel, user=user.id, channel=channel.id)
            self._team.changed("channels")
        return {"ok": True}

    async def _read(self, user: User, given: Json) -> Json:
        channel = self._channel(given)
        newest = next(reversed(channel.messages), "")
        if newest > channel.read.get(user.id, ""):
            channel.read[user.id] = newest
            self._team.changed("read", user=user.id)
        return {"ok": True}

    async def _home(self, user: User, _given: Json) -> Json:
        return self._deeds.open_home(user)

    async def _direct(self, user: User, given: Json) -> Json:
        other = self._team.user(str(given["with"]))
        direct = self._team.direct([user.id, other.id])
        self._team.changed("channels")
        return {"ok": True, "channel": direct.id}

    async def _dismiss(self, user: User, given: Json) -> Json:
        channel = self._channel(given)
        whisper = channel.whispers.get(str(given["ts"]))
        if whisper is not None and whisper.whispered_to == user.id:
            del channel.whispers[whisper.ts]
            self._team.changed("message", channel=channel.id, ts=whisper.ts)
        return {"ok": True}


def _wrong(words: str, *, status: int = 400) -> Response:
    return JSONResponse({"ok": False, "error": "wrong_deed", "says": words}, status_code=status)
