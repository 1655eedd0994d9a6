"""Tokens, the two ways in, and what the doctor says of them."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from slack_bolt import App
from slack_sdk.signature import SignatureVerifier

from bot import cards
from bot.errors import ChatError, SettingsError
from bot.settings import Settings, SlackSettings
from bot.slack import (
    SlackSocket,
    Tokens,
    build_bolt,
    dispatch,
    manifest,
    prove_bot_token,
    read_tokens,
    slack_symptoms,
)
from bot.slack.client import build_client
from bot.slack.room import SlackChat
from bot.sockets import Room
from bot.workspace import LocalWorkspace
from tests.slack.conftest import CHECKS, Heard
from tests.slack.reading import until
from tests.slack.samples import INCIDENT

NOTICE = cards.Notice(says="hello")
RIGHT = {
    "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "abc",
}  # fmt: skip
SOCKET, HTTP = SlackSettings(), SlackSettings(mode="http")


def test_each_mode_reads_the_secrets_it_needs() -> None:
    by_socket = read_tokens(SOCKET, environment=RIGHT | {"SLACK_SIGNING_SECRET": ""})
    by_http = read_tokens(HTTP, environment=RIGHT | {"SLACK_APP_TOKEN": ""})

    assert by_socket == Tokens(bot="xoxb-1", app="xapp-1")
    assert by_http == Tokens(bot="xoxb-1", signing_secret="abc")
    assert "xoxb" not in repr(by_socket)


@pytest.mark.parametrize(
    ("settings", "variable", "value", "words"),
    [
        (SOCKET, "SLACK_BOT_TOKEN", "", ["is not set", "OAuth & Permissions"]),
        (SOCKET, "SLACK_APP_TOKEN", "", ["App-Level Tokens", "connections:write"]),
        (HTTP, "SLACK_SIGNING_SECRET", "", ["Signing Secret", 'slack.mode = "http"']),
        (SOCKET, "SLACK_BOT_TOKEN", "xapp-2", ["begins with xapp-", "the app-level token"]),
        (SOCKET, "SLACK_APP_TOKEN", "xoxb-2", ["begins with xoxb-", "the bot token"]),
        (SOCKET, "SLACK_BOT_TOKEN", "xoxp-2", ["begins with xoxp-", "a user token"]),
        (SOCKET, "SLACK_BOT_TOKEN", "secret", ["should begin with xoxb-"]),
        (HTTP, "SLACK_SIGNING_SECRET", "xoxb-2", ["is not the signing secret"]),
        (SOCKET, "SLACK_BOT_TOKEN", "xoxb-1 2", ["a space"]),
    ],
)
def test_a_wrong_secret_is_named_with_the_place_where_the_right_one_is(
    settings: SlackSettings, variable: str, value: str, words: list[str]
) -> None:
    with pytest.raises(SettingsError) as refused:
        read_tokens(settings, environment=RIGHT | {variable: value})

    said = str(refused.value)
    assert said.startswith(variable)
    assert [word for word in [*words, "api.slack.com/apps"] if word not in said] == []
    assert "\n" not in said
    assert not value or value not in said


def test_an_app_is_built_while_slack_is_away() -> None:
    app = build_bolt(
        SlackSettings(api_url="http://127.0.0.1:1/api/"), tokens=Tokens(bot="xoxb-1"),
        accept=print, models=(), checks={},
    )  # fmt: skip

    assert isinstance(app, App)


def test_what_the_environment_holds_for_other_apps_does_not_matter(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "x")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-another-app")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    workspace: LocalWorkspace = request.getfixturevalue("workspace")
    heard: Heard = request.getfixturevalue("heard")
    maria = workspace.member("maria")

    opened = maria.slash("general", "/incident new")
    asked = maria.slash("general", "/incident list")

    assert opened.ok
    assert asked.ok
    assert heard.only().verb == "list"
    heard_chat: SlackChat = request.getfixturevalue("chat")
    heard_chat.answer(heard.only().reply_to or "", NOTICE)
    assert "hello" in maria.ephemerals("general")[-1].says
    assert caplog.records == []


def test_a_token_slack_does_not_know_ends_the_start(workspace: LocalWorkspace) -> None:
    settings = SlackSettings(api_url=workspace.api_url)
    away = SlackSettings(api_url="http://127.0.0.1:1/api/")

    with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN: .*invalid_auth.*OAuth"):
        prove_bot_token(settings, Tokens(bot="xoxb-wrong"))
    prove_bot_token(settings, Tokens(bot=workspace.bot_token))
    prove_bot_token(away, Tokens(bot="xoxb-wrong"))


def test_a_socket_with_a_wrong_token_says_where_the_right_one_is(
    workspace: LocalWorkspace, tokens: Tokens
) -> None:
    settings = SlackSettings(api_url=workspace.api_url)
    app = build_bolt(settings, tokens=tokens, accept=print, models=(), checks={})
    socket = SlackSocket(app, app_token="xapp-wrong", api_url=workspace.api_url)

    with pytest.raises(SettingsError, match="App-Level Tokens"):
        socket.start()
    socket.stop()


def test_a_socket_comes_up_when_slack_does(workspace: LocalWorkspace, tokens: Tokens) -> None:
    workspace.faults.add("apps.connections.open", "5xx", times=1)
    settings = SlackSettings(api_url=workspace.api_url)
    app = build_bolt(settings, tokens=tokens, accept=print, models=(), checks={})
    socket = SlackSocket(app, app_token=tokens.app, api_url=workspace.api_url)

    socket.start()
    before = socket.connected
    until(lambda: socket.connected)
    socket.stop()

    assert before is False


def test_a_socket_that_slack_refreshes_goes_on_hearing(
    workspace: LocalWorkspace, heard: Heard, room: Room
) -> None:
    workspace.faults.refresh_socket()
    time.sleep(1.0)

    outcome = workspace.member("maria").slash(room.name, "/incident status")

    assert outcome.ok
    assert heard.only().verb == "status"


def test_an_event_that_could_not_be_kept_is_delivered_again(
    workspace: LocalWorkspace, heard: Heard, room: Room
) -> None:
    maria = workspace.member("maria")
    ts = maria.say(room.name, "look")
    heard.broken = True

    maria.react(room.name, ts, "pushpin")
    time.sleep(0.5)
    heard.broken = False

    assert heard.only(within=90).id == f"pin:{room.id}:{ts}"


class Served(BaseHTTPRequestHandler):
    """Hands each request to the Bolt app, as the web room does."""

    app: App

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        status, headers, content = dispatch(self.app, body, dict(self.headers.items()))
        self.send_response(status)
        for name, values in headers.items():
            self.send_header(name, ", ".join(values))
        self.send_header("content-length", str(len(content.encode())))
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def by_http() -> Iterator[tuple[LocalWorkspace, Heard, str]]:
    """A workspace in HTTP mode, the bot behind a server."""
    settings = Settings(folder=Path(), slack=HTTP)
    server = settings.server.model_copy(update={"public_url": "https://x.example"})
    served = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    url = f"http://127.0.0.1:{served.server_address[1]}/slack/events"
    heard = Heard()
    with LocalWorkspace(
        manifest=manifest(settings.model_copy(update={"server": server})), request_url=url
    ) as workspace:
        tokens = Tokens(bot=workspace.bot_token, signing_secret=workspace.signing_secret)
        Served.app = build_bolt(
            SlackSettings(mode="http", api_url=workspace.api_url), tokens=tokens,
            accept=heard.accept, models=("delays",), checks=CHECKS,
        )  # fmt: skip
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield workspace, heard, url
        served.shutdown()
        thread.join()
        served.server_close()


def test_signed_http_requests_reach_the_same_listeners(
    by_http: tuple[LocalWorkspace, Heard, str],
) -> None:
    workspace, heard, _ = by_http
    maria = workspace.member("maria")

    wrong = maria.slash("general", "/incident sevrity 1")
    right = maria.slash("general", "/incident new delays got worse")
    opened = maria.slash("general", "/incident new")

    assert wrong.ok
    assert right.ok
    assert opened.ok
    assert heard.only().args == {"title": "delays got worse"}
    assert "did you mean “severity”" in maria.ephemerals("general")[0].says
    assert maria.sees_modal("Open an incident")


@pytest.mark.parametrize(
    ("stamp", "secret", "status"),
    [("now", "right", 200), ("now", "wrong", 401), ("old", "right", 401), ("soon", "right", 401),
     ("words", "right", 401), ("", "right", 401), ("٣", "right", 401)],
)  # fmt: skip
def test_a_request_that_slack_did_not_sign_now_is_refused(
    by_http: tuple[LocalWorkspace, Heard, str], stamp: str, secret: str, status: int
) -> None:
    workspace, heard, _ = by_http
    shift = {"now": 0, "old": -400, "soon": 400}
    at = str(int(time.time()) + shift[stamp]) if stamp in shift else stamp
    body = "ssl_check=0&command=%2Fincident&text=help&user_id=U1&trigger_id=1.2&team_id=T1"
    signer = SignatureVerifier(workspace.signing_secret if secret == "right" else "other")
    headers = {
        "content-type": "application/x-www-form-urlencoded", "x-slack-request-timestamp": at,
        "x-slack-signature": signer.generate_signature(timestamp=at, body=body) or "",
    }  # fmt: skip

    answered, _, content = dispatch(Served.app, body, headers)

    assert answered == status
    assert ("help" in content) == (status == 200)
    assert heard.requests == []


def test_the_doctor_finds_everything_well(workspace: LocalWorkspace) -> None:
    settings = SlackSettings(api_url=workspace.api_url, announce="#incidents")
    environment = {
        "SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": workspace.app_token,
    }  # fmt: skip

    lines = slack_symptoms(settings, environment=environment, approvers=["@maria"])

    assert [line.part for line in lines] == [
        "bot_token", "scopes", "announce", "approvers", "app_token",
    ]  # fmt: skip
    assert [line for line in lines if not line.well] == []


def test_the_doctor_names_an_approver_whom_nobody_knows(workspace: LocalWorkspace) -> None:
    settings = SlackSettings(api_url=workspace.api_url)
    environment = {"SLACK_BOT_TOKEN": workspace.bot_token}

    lines = slack_symptoms(settings, environment=environment, approvers=["@maria", "@mraia"])

    (line,) = (line for line in lines if line.part == "approvers")
    assert not line.well
    assert line.says.endswith("user id @mraia")


def test_the_doctor_names_each_fault(app_settings: Settings) -> None:
    document = manifest(app_settings)
    document["oauth_config"]["scopes"]["bot"].remove("pins:write")
    with LocalWorkspace(manifest=document) as workspace:
        settings = SlackSettings(api_url=workspace.api_url, announce="#nowhere")

        lines = slack_symptoms(settings, environment={
            "SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": "xapp-wrong",
        })  # fmt: skip
        unknown = slack_symptoms(settings, environment={"SLACK_BOT_TOKEN": "xoxb-wrong"})

    said = {line.part: (line.well, line.says) for line in lines}
    assert said["bot_token"][0]
    assert said["scopes"] == (False, said["scopes"][1])
    assert "missing pins:write" in said["scopes"][1]
    assert "no public channel #nowhere" in said["announce"][1]
    assert "App-Level Tokens" in said["app_token"][1]
    assert [(line.part, line.well) for line in unknown] == [
        ("bot_token", False), ("app_token", False),
    ]  # fmt: skip
    assert "SLACK_APP_TOKEN is not set" in unknown[1].says


def test_a_scope_that_is_missing_is_named_where_it_is_missed(app_settings: Settings) -> None:
    document = manifest(app_settings)
    document["oauth_config"]["scopes"]["bot"].remove("channels:manage")
    with LocalWorkspace(manifest=document) as workspace:
        chat = SlackChat(build_client(workspace.bot_token, api_url=workspace.api_url))

        with pytest.raises(ChatError, match="needs the scope channels:manage"):
            chat.open_room(name="inc-x", incident=INCIDENT.id, title="x")
