"""The local workspace: a Slack of one's own on 127.0.0.1."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.workspace.acts import Acts
from bot.workspace.api import Api
from bot.workspace.deeds import Deeds
from bot.workspace.delivery import Delivery
from bot.workspace.doors import Doors
from bot.workspace.faults import Faults
from bot.workspace.lines import HttpLine, Line, SocketLine
from bot.workspace.manifest import read_manifest
from bot.workspace.member import Member
from bot.workspace.modals import Modals
from bot.workspace.nouns import Profile
from bot.workspace.page import Control, Link, Page
from bot.workspace.rates import Rates
from bot.workspace.reader import Reader, Seen
from bot.workspace.replies import Replies
from bot.workspace.server import Server, Wires
from bot.workspace.team import Clock, Team, utcnow
from bot.workspace.timing import Timing
from bot.workspace.triggers import Triggers

PEOPLE = (
    Profile(handle="maria", real_name="Maria Lindqvist", title="ML engineer, on call"),
    Profile(handle="jonas", real_name="Jonas Weber", title="Data platform"),
    Profile(handle="aisha", real_name="Aisha Rahman", title="Domain expert, operations"),
)


class LocalWorkspace:
    """A local stand-in for Slack that an unmodified Bolt app talks to.

    With `request_url` it sends signed HTTP requests there; without, the app connects by Socket
    Mode. Port and tokens may be fixed, so that a bot in another process finds it again.
    """

    def __init__(  # noqa: PLR0913 - one keyword each thing that a demo or a test sets
        self,
        *,
        members: Sequence[str | Profile] = PEOPLE,
        channels: Sequence[str] = ("general", "incidents"),
        manifest: Mapping[str, Any] | None = None,
        port: int = 0,
        controls: Sequence[Control] = (),
        controls_title: str = "Controls",
        links: Sequence[Link] = (),
        request_url: str | None = None,
        rate_limits: bool = True,
        rate_scale: float = 1.0,
        timing: Timing | None = None,
        clock: Clock = utcnow,
        bot_token: str = "xoxb-local-workspace",  # noqa: S107 - opens nothing but this workspace
        app_token: str = "xapp-local-workspace",  # noqa: S107 - likewise
        signing_secret: str = "local-signing-secret",  # noqa: S107 - likewise
        seed: int = 0,
    ) -> None:
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.faults = Faults(seed=seed)
        self._timing = timing or Timing()
        self._rates = Rates(on=rate_limits, scale=rate_scale)
        self._wires = Wires()
        self._server = Server(port=port, wires=self._wires)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._sockets = SocketLine(ack_seconds=self._timing.ack)
        self._team = Team(
            members=[one if isinstance(one, Profile) else Profile(handle=one) for one in members],
            channels=channels,
            manifest=read_manifest(manifest),
            clock=clock,
            triggers=Triggers(seconds=self._timing.trigger),
        )
        self._delivery = Delivery(
            team=self._team, line=self._line(request_url), timing=self._timing
        )
        self._page = Page(
            team=self._team,
            delivery=self._delivery,
            controls=controls,
            controls_title=controls_title,
            links=links,
        )
        self._reader = Reader(url=self.url)

    @property
    def api_url(self) -> str:
        """What a `WebClient` takes as `base_url`."""
        return f"{self.url}/api/"

    def _line(self, request_url: str | None) -> Line:
        if request_url is None:
            return self._sockets
        return HttpLine(
            url=request_url, signing_secret=self.signing_secret, ack_seconds=self._timing.ack
        )

    def member(self, handle: str) -> Member:
        """Somebody who acts in the workspace, through the page's own HTTP endpoints."""
        return Member(handle=handle, reader=self._reader)

    def messages(self, channel: str) -> list[Seen]:
        """All messages of a channel, oldest first."""
        return self._reader.messages(channel)

    def state(self) -> dict[str, Any]:
        """Everything there is, as `GET /_/state` answers."""
        return self._reader.state()

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """The Web API calls so far, all or of one method."""
        calls: list[dict[str, Any]] = self._reader.state("calls")["calls"]
        return [one for one in calls if method in (None, one["method"])]

    def start(self) -> Self:
        """Serve, in a thread of its own."""
        self._server.start(self._app())
        return self

    def stop(self) -> None:
        """Stop serving; what was said is forgotten with this object."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _app(self) -> Starlette:
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        return Starlette(routes=self._routes(), middleware=[hosts], lifespan=self._lifespan)

    def _routes(self) -> list[BaseRoute]:
        replies = Replies(team=self._team, url=self.url, timing=self._timing)
        api = Api(
            team=self._team,
            url=self.url,
            bot_token=self.bot_token,
            app_token=self.app_token,
            faults=self.faults,
            rates=self._rates,
            sockets=self._sockets,
            drop=self._drop,
        )
        acts = Acts(
            deeds=Deeds(team=self._team, delivery=self._delivery, replies=replies),
            modals=Modals(team=self._team, delivery=self._delivery),
        )
        doors = Doors(team=self._team, replies=replies, faults=self.faults, delivery=self._delivery)
        return [
            Route("/api/{method}", api.answer, methods=["GET", "POST"]),
            WebSocketRoute("/link", self._sockets.serve),
            Route("/response/{key}", doors.response, methods=["POST"]),
            Route("/upload/{id}/{ticket}", doors.upload, methods=["POST", "PUT"]),
            Route("/files/{id}", doors.file),
            Route("/_/act/{deed}", acts.answer, methods=["POST"]),
            Route("/_/state", doors.state),
            Route("/_/faults", doors.faults, methods=["GET", "POST", "DELETE"]),
            Route("/_/socket/{deed}", doors.socket, methods=["POST"]),
            *self._page.routes(),
        ]

    def _drop(self, request: Request) -> None:
        self._wires.drop(request.client)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        self._team.on_event = self._delivery.event
        self._team.on_change = self._page.changed
        self._sockets.on_change = lambda: self._team.changed("line")
        self.faults.on_socket = lambda deed: self._on_socket(loop, deed)
        yield
        self._page.close()
        self._delivery.stop()

    def _on_socket(self, loop: asyncio.AbstractEventLoop, deed: str) -> None:
        """Cut or refresh, from whatever thread."""
        if deed == "cut":
            for socket in self._sockets.sockets:
                client = socket.client
                loop.call_soon_threadsafe(self._wires.drop, client)
        else:
            asyncio.run_coroutine_threadsafe(self._sockets.refresh(), loop)
