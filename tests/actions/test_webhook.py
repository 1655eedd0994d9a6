"""A webhook of the team's own hears one signed request for each approval."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

import pytest

from bot.actions import Target, Wish
from bot.actions.webhook import Webhook, secret_of
from bot.errors import ActionError, SettingsError
from tests.actions.conftest import SECRETS, Opened, configured
from tests.actions.servers import Hook
from tests.loopback import Answer, answering

WISH = Wish(model="fraud", incident="1a2b3c4d", asked_by="maria", to="12", why="worse since v13")


@pytest.fixture
def target(hook: Hook, opened: Opened) -> Target:
    return opened(kind="webhook", url=f"{hook.url}/back", hmac_secret="${HOOK_SECRET}")


def test_the_receiver_gets_what_was_shown_and_can_prove_who_sent_it(
    hook: Hook, target: Target
) -> None:
    call = target.plan(WISH)

    target.carry_out(call, key="inc-key")

    (told,) = hook.told
    assert (told.method, hook.url + told.path, told.text) == ("POST", call.url, call.body)
    assert json.loads(told.text) == {
        "action": "rollback", "asked_by": "maria", "incident": "1a2b3c4d", "model": "fraud",
        "to": "12", "why": "worse since v13",
    }  # fmt: skip
    assert told.headers["idempotency-key"] == told.headers["webhook-id"] == "inc-key"
    at = told.headers["webhook-timestamp"]
    assert abs(int(at) - time.time()) < 60
    key = base64.b64decode(SECRETS["HOOK_SECRET"].removeprefix("whsec_"))
    mark = hmac.new(key, f"inc-key.{at}.{told.text}".encode(), hashlib.sha256).digest()
    assert told.headers["webhook-signature"] == "v1," + base64.b64encode(mark).decode()


def test_the_signature_is_the_specifications_own_example(opened: Opened) -> None:
    """The vector that the Standard Webhooks libraries are tested with."""
    made = opened(kind="webhook", url="https://hook.example", hmac_secret="${HOOK_SECRET}")
    assert isinstance(made, Webhook)
    made = Webhook(made._line, secret=made._secret, seconds=lambda: 1614265330)

    signed = made._signed('{"test": 2432232314}', key="msg_p5jXN8AQM9LWM0D4loKWxJek")

    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_may_be_any_text(hook: Hook, opened: Opened) -> None:
    target = opened(kind="webhook", url=hook.url, hmac_secret="a-secret")

    target.carry_out(target.plan(WISH), key="k")

    told = hook.told[0]
    text = f"k.{told.headers['webhook-timestamp']}.{told.text}".encode()
    mark = hmac.new(b"a-secret", text, hashlib.sha256).digest()
    assert told.headers["webhook-signature"] == "v1," + base64.b64encode(mark).decode()


def test_the_body_holds_no_sign_that_a_card_would_show_otherwise(target: Target) -> None:
    why = "``` <!channel> & \u202eevil"

    call = target.plan(Wish(model="fraud", incident="1", asked_by="m", why=why))

    assert json.loads(call.body)["why"] == why
    assert call.body.isascii()
    assert not set("`<>&") & set(call.body)


def test_a_reason_too_long_to_show_is_refused(target: Target) -> None:
    with pytest.raises(ActionError, match="too long to be shown whole"):
        target.plan(Wish(model="fraud", incident="1", asked_by="m", why="ü" * 400))


@pytest.mark.parametrize(("meets", "again"), [(409, False), (500, True), ("lost", True)])
def test_a_failure_says_whether_it_may_have_been_done(
    hook: Hook, target: Target, meets: int | str, *, again: bool
) -> None:
    call = target.plan(WISH)
    hook.fails = [meets]

    with pytest.raises(ActionError) as caught:
        target.carry_out(call, key="k")

    assert caught.value.again is again
    assert len(hook.told) == 1
    assert not target.was_done(call)


def test_another_address_than_was_shown_is_not_called(
    hook: Hook, target: Target, opened: Opened
) -> None:
    call = target.plan(WISH)
    moved = opened(kind="webhook", url=f"{hook.url}/other", hmac_secret="x")

    with pytest.raises(ActionError, match="names another address now"):
        moved.carry_out(call, key="k")

    assert hook.told == []


def test_ones_own_network_is_called_only_where_that_is_allowed(hook: Hook, opened: Opened) -> None:
    target = opened(kind="webhook", url=hook.url, hmac_secret="x", private=())

    with pytest.raises(ActionError, match="a loopback address"):
        target.carry_out(target.plan(WISH), key="k")

    assert hook.told == []


@pytest.mark.parametrize("url", [
    "https://u:p@hook.example/x", "https://hook.example/x?token=1", "https://h.example/${SECRET}",
    "hook.example/x", "https://",
])  # fmt: skip
def test_an_address_that_could_hold_a_secret_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        configured(kind="webhook", url=url, hmac_secret="x")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, "models.fraud.actions.rollback needs hmac_secret"),
        ({"hmac_secret": "${NO_SUCH}"}, "hmac_secret needs the environment variable NO_SUCH"),
        ({"hmac_secret": "x", "bearer": "a", "basic": "b:c"}, "either bearer or basic"),
        ({"hmac_secret": "whsec_!"}, "begins with whsec_, but is no base64"),
    ],
)
def test_a_wrong_setting_names_its_key(opened: Opened, keys: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        opened(kind="webhook", url="https://hook.example", **keys)


def test_an_error_about_a_secret_does_not_show_it() -> None:
    with pytest.raises(SettingsError) as caught:
        secret_of("whsec_very!secret", where="x")

    assert "very" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_service_behind_an_authority_of_one_s_own_is_called(
    opened: Opened, localhost: Path
) -> None:
    with answering(lambda _: Answer.of({}), certificate=localhost) as url:
        target = opened(
            kind="webhook", url=url, hmac_secret="${HOOK_SECRET}", ca_file=str(localhost)
        )

        target.carry_out(target.plan(WISH), key="k")
