import json
import urllib.error
import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.errors import PlummetError
from bot.workspace import LocalWorkspace
from tests.workspace.stage import MANIFEST, Started, client_of, refused


def test_a_method_that_is_not_there_is_refused_with_status_200(workspace: LocalWorkspace) -> None:
    with pytest.raises(SlackApiError) as caught:
        client_of(workspace).api_call("no.such")

    assert caught.value.response.status_code == 200
    assert caught.value.response["error"] == "unknown_method"


def test_junk_tokens_are_refused(workspace: LocalWorkspace) -> None:
    assert refused(client_of(workspace, token="xoxb-junk").auth_test) == "invalid_auth"
    app = client_of(workspace, token=workspace.app_token)
    assert refused(app.conversations_list) == "not_allowed_token_type"
    bot = {"app_token": workspace.bot_token}
    assert refused(client_of(workspace).apps_connections_open, **bot) == "not_allowed_token_type"


def test_no_token_is_another_error_than_a_wrong_one(workspace: LocalWorkspace) -> None:
    with urllib.request.urlopen(f"{workspace.api_url}auth.test", data=b"") as answer:  # noqa: S310 - our own address
        assert json.loads(answer.read())["error"] == "not_authed"


def test_a_scope_that_the_manifest_lacks_is_named(start: Started) -> None:
    slack = client_of(start(manifest=MANIFEST))

    with pytest.raises(SlackApiError) as caught:
        slack.pins_list(channel="#incidents")

    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "pins:read"
    assert refused(slack.conversations_create, name="p", is_private=True) == "missing_scope"
    assert slack.conversations_create(name="p")["ok"]
    scopes = slack.auth_test().headers["x-oauth-scopes"]
    assert scopes == "channels:history,channels:manage,chat:write"


def test_without_the_public_scope_one_has_to_be_inside_to_post(start: Started) -> None:
    slack = client_of(start(manifest=MANIFEST))
    slack.conversations_leave(channel="#incidents")

    assert refused(slack.chat_postMessage, channel="#incidents", text="x") == "not_in_channel"


def test_too_many_calls_are_told_when_to_come_back(start: Started) -> None:
    slack = client_of(start(rate_scale=0.1))

    for number in range(2):
        slack.conversations_create(name=f"inc-{number}")
    with pytest.raises(SlackApiError) as caught:
        slack.conversations_create(name="inc-2")

    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert 55 <= int(caught.value.response.headers["Retry-After"]) <= 60


def test_posts_are_counted_by_channel(start: Started) -> None:
    slack = client_of(start(rate_scale=0.125))  # one in eight seconds

    slack.chat_postMessage(channel="#incidents", text="1")
    slack.chat_postMessage(channel="#general", text="1")

    assert refused(slack.chat_postMessage, channel="#general", text="2") == "ratelimited"


def test_slacks_own_figures_let_an_incident_open(start: Started) -> None:
    slack = client_of(start())

    for number in range(20):
        slack.conversations_create(name=f"inc-{number}")

    assert refused(slack.conversations_create, name="inc-20") == "ratelimited"
    assert slack.conversations_info(channel="#inc-19")["ok"]


def test_the_sdks_retry_waits_as_long_as_it_is_told(workspace: LocalWorkspace) -> None:
    slack = client_of(workspace)
    slack.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    workspace.faults.add("chat.postMessage", "429", retry_after=1)

    assert slack.chat_postMessage(channel="#incidents", text="once")["ok"]

    calls = workspace.calls("chat.postMessage")
    assert [one["status"] for one in calls] == [429, 200]
    assert [one.text for one in workspace.messages("incidents")] == ["once"]


def test_a_port_in_use_is_named(workspace: LocalWorkspace) -> None:
    port = int(workspace.url.rpartition(":")[2])

    with pytest.raises(PlummetError, match=f"port {port} .* choose another one"):
        LocalWorkspace(port=port)


def test_the_ports_and_tokens_of_an_earlier_workspace_can_be_taken_up_again() -> None:
    with LocalWorkspace(bot_token="xoxb-fixed") as first:
        port, maria = int(first.url.rpartition(":")[2]), first.member("maria").id

    with LocalWorkspace(bot_token="xoxb-fixed", port=port) as second:
        slack = WebClient(token="xoxb-fixed", base_url=first.api_url)
        assert slack.users_info(user=maria)["user"]["name"] == "maria"
        assert second.url == first.url


def test_a_page_of_another_site_cannot_act_here(workspace: LocalWorkspace) -> None:
    def status(path: str, **headers: str) -> int:
        request = urllib.request.Request(  # noqa: S310 - our own address
            workspace.url + path, data=b'{"as": "maria", "channel": "general", "text": "x"}',
            headers=headers,
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - likewise
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    json_type = "application/json"
    assert status("/_/act/say", **{"Content-Type": "text/plain"}) == 415
    assert status("/_/act/say", **{"Content-Type": json_type, "Host": "evil.example"}) == 400
    assert status("/_/act/say", **{"Content-Type": json_type}) == 200
