"""POST /api/{method}: token, faults, rates, scopes, then the method itself."""

import asyncio
import hmac
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.workspace.arguments import Arguments, read_arguments
from bot.workspace.call import Call, Method
from bot.workspace.faults import Fault, Faults
from bot.workspace.lines import SocketLine
from bot.workspace.methods import METHODS
from bot.workspace.nouns import APP_ID, Json
from bot.workspace.rates import Rates
from bot.workspace.refusal import Refusal
from bot.workspace.team import Team

_CONNECT = "apps.connections.open"


class Api:
    """The Web API of one workspace."""

    def __init__(
        self,
        *,
        team: Team,
        url: str,
        bot_token: str,
        app_token: str,
        faults: Faults,
        rates: Rates,
        sockets: SocketLine,
        drop: Callable[[Request], None],
    ) -> None:
        self._team = team
        self._url = url
        self._bot_token = bot_token
        self._app_token = app_token
        self._faults = faults
        self._rates = rates
        self._sockets = sockets
        self._drop = drop

    async def answer(self, request: Request) -> Response:
        """One call, from its bytes to its answer."""
        name = request.path_params["method"]
        entry: Json = {"method": name, "args": {}, "ok": None, "error": "", "status": 200}
        entry |= {"at": self._team.clock().isoformat(), "fault": None}
        self._team.calls.append(entry)
        fault = self._faults.draw(name) if name in METHODS or name == _CONNECT else None
        if fault is not None:
            entry["fault"] = fault.kind
            if not fault.kind.endswith("_after"):
                return await self._failed(request, fault, entry)
        answer = await self._perform(request, name, entry)
        if fault is not None:
            return await self._failed(request, fault, entry)
        self._team.changed("call")
        return answer

    async def _perform(self, request: Request, name: str, entry: Json) -> Response:
        try:
            args = await read_arguments(request)
            entry["args"] = {key: value for key, value in args.given.items() if key != "token"}
            waiting = self._checked(request, name, args)
            if waiting is not None:
                return self._limited(waiting, entry)
            body = {"ok": True, **self._run(name, args)}
        except Refusal as refusal:
            body = refusal.wire()
        entry |= {"ok": body["ok"], "error": body.get("error", ""), "answer": body}
        scopes = ",".join(sorted(self._team.manifest.scopes or ()))
        return JSONResponse(body, headers={"x-oauth-scopes": scopes})

    def _checked(self, request: Request, name: str, args: Arguments) -> int | None:
        """Refuse what may not be called; the seconds to wait where it comes too often."""
        method = METHODS.get(name)
        if method is None and name != _CONNECT:
            raise Refusal("unknown_method", req_method=name)
        self._check_token(name, _token(request, args))
        tier = "t1" if method is None else method.tier
        wait = self._rates.wait(name, tier, channel=args.text("channel"))
        if wait is None and method is not None and method.scope is not None:
            self._call(args).allow(method.scope)
        return wait

    def _check_token(self, name: str, token: str) -> None:
        if not token:
            raise Refusal("not_authed")
        is_bot = hmac.compare_digest(token.encode(), self._bot_token.encode())
        is_app = hmac.compare_digest(token.encode(), self._app_token.encode())
        if not (is_bot or is_app):
            raise Refusal("invalid_auth")
        if is_app != (name == _CONNECT) and name not in ("auth.test", "api.test"):
            raise Refusal("not_allowed_token_type")

    def _run(self, name: str, args: Arguments) -> Json:
        if name == _CONNECT:
            where = self._url.replace("http", "ws", 1)
            return {"url": f"{where}/link?ticket={self._sockets.ticket()}&app_id={APP_ID}"}
        method: Method = METHODS[name]
        return method.run(self._call(args))

    def _call(self, args: Arguments) -> Call:
        return Call(team=self._team, args=args, url=self._url)

    def _limited(self, seconds: int, entry: Json) -> Response:
        entry |= {"ok": False, "error": "ratelimited", "status": 429}
        body = {"ok": False, "error": "ratelimited"}
        return JSONResponse(body, status_code=429, headers={"Retry-After": str(seconds)})

    async def _failed(self, request: Request, fault: Fault, entry: Json) -> Response:
        """What a fault makes of the call."""
        if fault.kind == "429":
            return self._limited(fault.retry_after, entry)
        if fault.kind == "5xx":
            entry |= {"ok": False, "status": fault.status}
            return Response("upstream connect error", status_code=fault.status)
        if fault.kind == "error":
            entry |= {"ok": False, "error": fault.code}
            return JSONResponse({"ok": False, "error": fault.code})
        if fault.kind.startswith("hang"):
            await asyncio.sleep(fault.seconds)
        self._drop(request)
        return Response(status_code=500)  # never sent: the connection is closed


def _token(request: Request, args: Arguments) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    given: Any = token if scheme.lower() == "bearer" else args.given.get("token", "")
    return str(given)
