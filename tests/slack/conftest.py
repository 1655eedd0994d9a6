"""A local workspace with a real Bolt app in it."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.incident import Incident, Request
from bot.settings import Settings, SlackSettings
from bot.slack.app import build_bolt
from bot.slack.client import build_client
from bot.slack.manifest import manifest
from bot.slack.people import People
from bot.slack.room import SlackChat
from bot.slack.socket_mode import SlackSocket
from bot.slack.tokens import Tokens
from bot.sockets import Argument, Check, Room
from bot.workspace import LocalWorkspace, Member
from tests.slack.samples import INCIDENT, NOON

CHECKS = {
    name: Check(
        name=name, question=f"Is it {name}?", run=lambda _: (),
        arguments={"floor": Argument(kind=float, default=0.05)},
    )
    for name in ("data.missing", "data.schema")
}  # fmt: skip


@pytest.fixture
def app_settings() -> Settings:
    return Settings(folder=Path())


@pytest.fixture
def workspace(app_settings: Settings) -> Iterator[LocalWorkspace]:
    with LocalWorkspace(manifest=manifest(app_settings), rate_limits=False) as running:
        yield running


@pytest.fixture
def slack_settings(workspace: LocalWorkspace) -> SlackSettings:
    return SlackSettings(api_url=workspace.api_url)


@pytest.fixture
def tokens(workspace: LocalWorkspace) -> Tokens:
    return Tokens(
        bot=workspace.bot_token, app=workspace.app_token, signing_secret=workspace.signing_secret
    )


@pytest.fixture
def chat(workspace: LocalWorkspace) -> SlackChat:
    return SlackChat(build_client(workspace.bot_token, api_url=workspace.api_url, timeout=2))


@pytest.fixture
def room(chat: SlackChat, workspace: LocalWorkspace) -> Room:
    """The incident's channel, with maria inside."""
    opened = chat.open_room(name="inc-1a2b3c4d", incident=INCIDENT.id, title=INCIDENT.title)
    maria = chat.find_person("maria")
    assert maria is not None
    assert workspace.member("maria").id == maria.id
    chat.invite(opened.id, [maria])
    return opened


@dataclass(kw_only=True)
class Heard:
    """What the listeners handed on; `broken` makes the keeping fail, `slow` makes it late."""

    requests: list[Request] = field(default_factory=list)
    incidents: tuple[Incident, ...] = (INCIDENT,)
    rooms: dict[str, str] = field(default_factory=dict)
    broken: bool = False
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def accept(self, request: Request) -> None:
        if self.broken:
            raise StoreError("the store is locked")
        with self.arrived:
            self.requests.append(request)
            self.arrived.notify_all()

    def only(self, *, within: float = 30.0) -> Request:
        """The one request that came, waiting for it."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: self.requests, timeout=within), "nothing came"
        time.sleep(0.05)
        (request,) = self.requests
        return request


@pytest.fixture
def heard(
    workspace: LocalWorkspace, slack_settings: SlackSettings, tokens: Tokens, room: Room
) -> Iterator[Heard]:
    """The bot's ears in the workspace, by Socket Mode."""
    kept = Heard(rooms={room.id: INCIDENT.id})
    client = build_client(tokens.bot, api_url=workspace.api_url)
    app = build_bolt(
        slack_settings, tokens=tokens, accept=kept.accept, models=("delays", "fares"),
        checks=CHECKS, open_incidents=lambda: kept.incidents,
        incident_in_room=kept.rooms.get, clock=lambda: NOON, people=People(client),
    )  # fmt: skip
    socket = SlackSocket(app, app_token=tokens.app, api_url=workspace.api_url)
    socket.start()
    yield kept
    socket.stop()


@pytest.fixture
def maria(workspace: LocalWorkspace, heard: Heard) -> Member:
    """Somebody in a workspace where the bot listens."""
    assert heard.requests == []
    return workspace.member("maria")
