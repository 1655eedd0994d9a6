"""`POST /changes`: from one `curl` of a pipeline to the check that shows it."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from bot.alerts import open_senders
from bot.diagnosis import examine
from bot.diagnosis.ask import ask
from bot.diagnosis.received import open_evidence
from bot.errors import SourceError
from bot.settings import SenderSettings, ServerSettings, Settings, SourceSettings, read_settings
from bot.store import Store
from bot.web import Metrics, WebServer, build_web


@dataclass(frozen=True, kw_only=True)
class Told:
    """A bot of the small case whose model takes its changes from what the bot is told."""

    settings: Settings
    url: str
    store: Store


@pytest.fixture
def told(own_case: Path) -> Iterator[Told]:
    read = read_settings(own_case / "plummet.toml")
    (model,) = read.models.values()
    evidence = model.evidence.model_copy(update={"changes": ("releases",)})
    settings = read.model_copy(
        update={
            "alerts": {"changes": SenderSettings(bearer="s3cret-token")},
            "sources": {**read.sources, "releases": SourceSettings(kind="received")},
            "models": {"delays": model.model_copy(update={"evidence": evidence})},
        }
    )
    with Store.open(settings.path(settings.store.path)) as store:
        app = build_web(
            store=store,
            senders=open_senders(settings),
            server=ServerSettings(),
            metrics=Metrics(CollectorRegistry()),
            ready={},
        )
        with WebServer(app, host="127.0.0.1", port=0) as server:
            yield Told(settings=settings, url=server.url, store=store)


@pytest.mark.skipif(shutil.which("curl") is None, reason="NO CURL HERE")
def test_one_curl_of_a_release_is_shown_by_the_check(told: Told) -> None:
    with open_evidence(told.settings) as sources:
        onset = examine(told.settings, "delays", sources=sources, at=None).onset_interval
        when = (onset.time - timedelta(minutes=20)).isoformat()
        event = f'{{"kind": "model", "what": "v12 to v13", "who": "ci", "time": "{when}"}}'

        done = subprocess.run(
            ["curl", "-sS", "--fail", "-H", "Authorization: Bearer s3cret-token", "-d", event,
             f"{told.url}/changes"],
            capture_output=True, text=True, timeout=30,
        )  # fmt: skip

        assert done.returncode == 0, done.stderr
        evidence = examine(told.settings, "delays", sources=sources, at=None)
        (finding,) = ask(evidence, "changes.recent")
    assert finding.verdict == "suspect"
    assert "v12 to v13" in finding.says
    assert "by ci" in finding.says


def test_whoever_has_no_token_tells_nothing(told: Told) -> None:
    done = subprocess.run(
        ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-d", '{"what": "x"}',
         f"{told.url}/changes"],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip

    assert done.stdout == "401"
    assert told.store.changes() == ()


def narrowed(told: Told, **options: str) -> Settings:
    source = SourceSettings(kind="received", options=options)
    return told.settings.model_copy(update={"sources": {"releases": source}})


def test_a_source_may_be_narrowed_to_a_sender_or_a_model(told: Told) -> None:
    for sender, what in (("ci", {}), ("mlflow", {"model": "delays"}), ("mlflow", {"model": "x"})):
        body = {"what": f"{sender} {what}", "time": "2026-01-01", "details": what}
        settings = Settings(
            folder=Path(), alerts={sender: SenderSettings(kind="changes", open=True)}
        )
        delivery = open_senders(settings)[sender].format.read(body, headers={})
        told.store.receive(sender=sender, body=b"", headers={}, alerts=(), changes=delivery.changes)

    def found(**options: str) -> list[str]:
        with open_evidence(narrowed(told, **options)) as sources:
            return sorted(event["what"] for event in sources.changes(["releases"])[0])

    assert len(found()) == 3
    assert found(sender="ci") == ["ci {}"]
    assert found(sender="mlflow", model="delays") == ["mlflow {'model': 'delays'}"]
    assert found(model="delays") == ["ci {}", "mlflow {'model': 'delays'}"]
    with pytest.raises(SourceError, match=r"options.sendr; did you mean 'sender'\?"):
        found(sendr="ci")


def test_without_a_store_the_source_says_what_is_missing(told: Told, tmp_path: Path) -> None:
    elsewhere = told.settings.store.model_copy(update={"path": str(tmp_path / "none.db")})
    settings = told.settings.model_copy(update={"store": elsewhere})

    with (
        open_evidence(settings) as sources,
        pytest.raises(SourceError, match=r"sources.releases cannot be read: there is no store"),
    ):
        sources.changes(["releases"])
