"""The page where a person sees the workspace and acts in it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

from bot.shipped import shipped
from bot.workspace.delivery import Delivery
from bot.workspace.drawing import Drawing
from bot.workspace.nouns import Channel, Json, User
from bot.workspace.refusal import Refusal
from bot.workspace.team import Team

_KINDS = {".js": "text/javascript", ".css": "text/css"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: https: http:; style-src 'self' 'unsafe-inline'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A button of the page's own strip; `run` answers in a few words."""

    name: str
    says: str
    run: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to look, in the sidebar."""

    label: str
    url: str


class Page:
    """Draws the workspace, tells open pages what changed, runs the controls."""

    def __init__(
        self,
        *,
        team: Team,
        delivery: Delivery,
        controls: Sequence[Control],
        controls_title: str,
        links: Sequence[Link],
    ) -> None:
        self._team = team
        self._controls = {control.name: control for control in controls}
        fixed = {"controls": controls, "controls_title": controls_title, "links": links}
        self._drawing = Drawing(team=team, delivery=delivery, fixed=fixed)
        self._watchers: set[asyncio.Queue[str | None]] = set()

    def routes(self) -> list[BaseRoute]:
        """Where the page answers."""
        return [
            Route("/", self._whole),
            Route("/archives/{channel}/{message}", self._permalink),
            Route("/_/draw/{part}", self._part),
            Route("/_/live", self._live),
            Route("/_/control", self._control, methods=["POST"]),
            Route("/_/static/{name}", self._static),
        ]

    def changed(self, change: Json) -> None:
        """Tell every open page."""
        for watcher in self._watchers:
            watcher.put_nowait(json.dumps(change))

    def close(self) -> None:
        """Let the open pages go."""
        for watcher in self._watchers:
            watcher.put_nowait(None)

    def _seen(self, request: Request) -> tuple[User, Channel]:
        """Who looks, and at which channel."""
        asked = request.query_params
        people = self._team.people()
        user = self._team.user(asked.get("as") or people[0].id)
        if asked.get("channel"):
            return user, self._team.channel(asked["channel"])
        mine = [one for one in self._team.channels.values() if user.id in one.members]
        return user, self._team.named("incidents") or mine[0]

    async def _whole(self, request: Request) -> Response:
        """GET /?as=&channel=&thread=&tab=."""
        try:
            user, channel = self._seen(request)
        except Refusal as refusal:
            return PlainTextResponse(f"{refusal.code}: go back to /", status_code=404)
        asked = request.query_params
        drawn = self._drawing.page(
            user,
            channel,
            thread=asked.get("thread", ""),
            tab=asked.get("tab", ""),
            since=channel.read.get(user.id, ""),
        )
        return HTMLResponse(drawn, headers=_HEADERS)

    async def _part(self, request: Request) -> Response:
        """GET /_/draw/{sidebar|main|thread|modal|wire}: one part, drawn again."""
        try:
            user, channel = self._seen(request)
        except Refusal as refusal:
            return PlainTextResponse(refusal.code, status_code=404)
        asked = request.query_params
        part = request.path_params["part"]
        if part == "main":
            tab, since = asked.get("tab", ""), asked.get("since", "")
            drawn = self._drawing.main(user, channel, tab=tab, since=since)
        elif part == "sidebar":
            drawn = self._drawing.sidebar(user, channel)
        elif part == "thread":
            drawn = self._drawing.thread(user, channel, asked.get("thread", ""))
        elif part == "modal":
            drawn = self._drawing.modal(user)
        elif part == "wire":
            drawn = self._drawing.wire(user)
        else:
            return PlainTextResponse("no such part", status_code=404)
        return HTMLResponse(drawn, headers=_HEADERS)

    async def _permalink(self, request: Request) -> Response:
        """GET /archives/{channel}/p{ts}: the page at a message."""
        digits = request.path_params["message"].removeprefix("p")
        ts = f"{digits[:-6]}.{digits[-6:]}"
        where = {"channel": request.path_params["channel"]}
        thread = request.query_params.get("thread_ts")
        if thread:
            where["thread"] = thread
        return RedirectResponse(f"/?{urlencode(where)}#m-{ts}")

    async def _live(self, _request: Request) -> Response:
        """GET /_/live: server-sent events, one a change."""
        return StreamingResponse(
            self._changes(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _changes(self) -> AsyncIterator[str]:
        watcher: asyncio.Queue[str | None] = asyncio.Queue()
        self._watchers.add(watcher)
        try:
            yield "retry: 500\n\n"
            while (change := await watcher.get()) is not None:
                yield f"data: {change}\n\n"
        finally:
            self._watchers.discard(watcher)

    async def _control(self, request: Request) -> Response:
        """POST /_/control {"name": …}: run one of the page's own controls."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"ok": False, "says": "send application/json"}, status_code=415)
        name = str((await request.json()).get("name"))
        control = self._controls.get(name)
        if control is None:
            known = ", ".join(self._controls) or "none"
            says = f"no control {name!r}; known are {known}"
            return JSONResponse({"ok": False, "says": says}, status_code=404)
        return JSONResponse({"ok": True, "says": await run_in_threadpool(control.run)})

    async def _static(self, request: Request) -> Response:
        """GET /_/static/{name}: the page's scripts and style sheets, nothing else."""
        folder = shipped("templates") / "workspace"
        path = folder / request.path_params["name"]
        if path.parent != folder or path.suffix not in _KINDS or not path.is_file():
            return PlainTextResponse("no such file", status_code=404)
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return FileResponse(path, media_type=_KINDS[path.suffix], headers=headers)
