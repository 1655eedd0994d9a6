"""Secrets come from the environment and go nowhere else, least of all when something fails."""

import base64
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from bot.settings import read_settings
from bot.slack import manifest
from bot.wiring import Bot
from bot.workspace import LocalWorkspace, Member
from tests.loopback import Answer, Asked, answering
from tests.story.stage import PATIENT, SETTINGS, alert_body, free_port, pointed_at
from tests.story.test_story import eventually

SECRETS: Mapping[str, str] = MappingProxyType({
    "SLACK_BOT_TOKEN": "xoxb-Zq1bottoken", "SLACK_APP_TOKEN": "xapp-Zq2apptoken",
    "SLACK_SIGNING_SECRET": "Zq3signing", "ALERTS_TOKEN": "Zq4bearer", "BASIC": "Zq5basic",
    "IN_THE_ADDRESS": "Zq6address", "SIGNED": "Zq7hmac", "POLLED": "Zq8poll",
    "DATABASE": "Zq9data/base@word", "CHANGES": "Zq10changes", "QUERY": "Zq11query",
    "SCORER": "Zq12scorer", "ROLLBACK": "Zq13rollback", "CALLER": "Zq14caller",
})  # fmt: skip
"""A distinctive one in every setting that takes one, by its variable."""

MORE = """
[outgoing]
private = ["loopback"]

[sources.base]
kind = "table"
url = "postgres://reader:${{DATABASE}}@127.0.0.1:9/db"

[sources.told]
kind = "changes"
url = "{parrot}/changes?token=${{QUERY}}"
bearer = "${{CHANGES}}"

[models.delays.scoring]
kind = "http"
target = "{parrot}/score"
bearer = "${{SCORER}}"

[models.delays.actions.rollback]
kind = "webhook"
url = "{parrot}/back"
hmac_secret = "${{ROLLBACK}}"
bearer = "${{CALLER}}"

[models.churn]
task = "binary"
metric = "auc"

[models.churn.predictions]
source = "base"
table = "predictions"
columns = {{ time = "t", prediction = "p", label = "l" }}

[alerts.password]
kind = "generic"
basic = "us:${{BASIC}}"

[alerts.address]
kind = "generic"
token = "${{IN_THE_ADDRESS}}"

[alerts.signed]
kind = "generic"
hmac_secret = "${{SIGNED}}"

[alerts.prometheus]
poll_url = "{parrot}"
poll_bearer = "${{POLLED}}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A bot whose every secret is known, and whatever it writes to."""

    folder: Path
    parrot: "Parrot"
    workspace: LocalWorkspace
    bot: Bot

    def post(self, sender: str, body: object, **more: Any) -> int:
        door = f"{self.bot.url}/alerts/{sender}"
        return httpx.post(door, json=body, timeout=60, **more).status_code

    def fires(self, model: str, metric: str) -> None:
        proof = {"Authorization": f"Bearer {SECRETS['ALERTS_TOKEN']}"}
        body = alert_body("firing", {"alertname": "Low", "model": model, "metric": metric})
        assert self.post("alertmanager", body, headers=proof) == 202


@dataclass(kw_only=True)
class Parrot:
    """A server that refuses whatever it is asked, and repeats what it was sent."""

    url: str = ""
    heard: list[str] = field(default_factory=list)


@pytest.fixture
def parrot() -> Iterator[Parrot]:
    made = Parrot()

    def answer(asked: Asked) -> Answer:
        said = f"{asked.headers.get('authorization')} {asked.target} {asked.text}"
        made.heard.append(said)
        told = {"message": said, "error": said, "errorType": said}
        return replace(Answer.of(told, status=409), reason=said.splitlines()[0])

    with answering(answer) as made.url:
        yield made


@pytest.fixture
def house(
    fresh_case: Path,
    parrot: Parrot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[House]:
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.INFO, logger="bot")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    path = fresh_case / "plummet.toml"
    settled = SETTINGS.format(mode="socket", port=free_port(), spacing=0.1)
    text = path.read_text().replace('changes = ["changes"]', 'changes = ["changes", "told"]')
    path.write_text(text + settled + MORE.format(parrot=parrot.url), encoding="utf-8")
    settings = read_settings(path)
    with LocalWorkspace(
        members=["maria", "li", "ben"], manifest=manifest(settings), rate_limits=False,
        timing=PATIENT, bot_token=SECRETS["SLACK_BOT_TOKEN"],
        app_token=SECRETS["SLACK_APP_TOKEN"], signing_secret=SECRETS["SLACK_SIGNING_SECRET"],
    ) as workspace:  # fmt: skip
        bot = Bot.start(pointed_at(settings, workspace))
        try:
            yield House(folder=fresh_case, parrot=parrot, workspace=workspace, bot=bot)
        finally:
            bot.stop()


def test_no_secret_is_kept_logged_or_told(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    maria, ben = house.workspace.member("maria"), house.workspace.member("ben")
    deliver_what_is_wrong(house)
    house.fires("delays", "accuracy")
    house.fires("churn", "auc")
    delays, churn = room_of(house, "delays"), room_of(house, "churn")
    for member, room in ((maria, delays), (ben, delays), (maria, churn)):
        member.join(room)

    maria.sees(churn, "The data cannot be read")
    assert maria.slash(churn, "/incident run data.missing").ok
    maria.sees(churn, "cannot connect to postgres")
    maria.sees(delays, "What caused it?", within=120)
    assert maria.slash(delays, "/incident run counterfactual.restore").ok
    maria.sees(delays, "counterfactual.restore")
    roll_back(maria, ben, delays)
    for room in (delays, churn):
        assert maria.slash(room, "/incident resolve it was the feed").ok
        maria.sees(room, "The post-mortem is written")
    eventually(lambda: len(list((house.folder / "post-mortems").glob("*.html"))) == 2)

    captured = capfd.readouterr()
    places = {path.name: path.read_bytes() for path in house.folder.rglob("*") if path.is_file()}
    places |= {
        "the log": caplog.text.encode(),
        "the terminal": (captured.out + captured.err).encode(),
        "the workspace": json.dumps(house.workspace.state()).encode(),
    }
    assert {"plummet.db", "the log"} <= set(places)
    for words in (b"cannot connect to postgres", b"answered 409"):
        assert words in places["the workspace"]
    heard = " ".join(house.parrot.heard)
    for name in ("CHANGES", "QUERY", "SCORER", "CALLER", "POLLED"):
        assert SECRETS[name] in heard
    assert found_in(places) == []


def test_the_search_would_find_one() -> None:
    basic = base64.b64encode(b"us:" + SECRETS["BASIC"].encode())

    assert found_in({"a": b"Basic " + basic}) == [("a", "BASIC")]
    assert found_in({"b": b"... Zq9data ..."}) == [("b", "DATABASE")]


def deliver_what_is_wrong(house: House) -> None:
    """Deliveries whose proof is right and whose body is not, and the other way round."""
    told = {"model": "delays"}
    token, signed = SECRETS["IN_THE_ADDRESS"], SECRETS["SIGNED"]
    wrong = [
        house.post("password", "no object", auth=("us", SECRETS["BASIC"])),
        house.post("password", told, auth=("us", SECRETS["BASIC"] + "x")),
        house.post("address", "no object", params={"token": token}),
        house.post("address", told, params={"token": token + "x"}),
        house.post("signed", told, headers={"X-Signature": signed}),
    ]
    assert wrong == [400, 401, 400, 401, 401]


def roll_back(maria: Member, ben: Member, room: str) -> None:
    assert maria.slash(room, "/incident rollback").ok
    ben.press(room, ben.sees(room, "/back"), "Approve")
    maria.sees(room, "The rollback failed")


def room_of(house: House, model: str) -> str:
    def rooms() -> list[str]:
        names = [one["name"] for one in house.workspace.state()["channels"]]
        return [name for name in names if name.startswith("inc-") and model in name]

    eventually(lambda: len(rooms()) == 1)
    return rooms()[0]


def found_in(places: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Where which secret stands, whole, in a part of it that tells, or in base64."""
    return sorted(
        (place, name)
        for name, secret in SECRETS.items()
        for place, text in places.items()
        if any(form in text for form in forms_of(secret))
    )


def forms_of(secret: str) -> set[bytes]:
    telling = secret.partition("/")[0].encode()
    coded = base64.b64encode(b"us:" + secret.encode()).rstrip(b"=")
    return {telling, quote(secret, safe="").encode(), coded}
