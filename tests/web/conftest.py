"""The real door: the application on uvicorn over a real store, reached over a socket."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from bot.alerts import open_senders
from bot.settings import SenderSettings, ServerSettings, Settings
from bot.store import Store
from bot.web import Metrics, Probe, SlackDispatch, WebServer, build_web
from bot.web.postmortem import PostmortemPage

SENDERS = {
    "am": SenderSettings(kind="alertmanager", bearer="s3cret-token"),
    "signed": SenderSettings(kind="grafana", hmac_secret="s3cret-token"),
    "free": SenderSettings(kind="generic", open=True),
}


@dataclass(frozen=True, kw_only=True)
class Door:
    """A running server, and what is behind it."""

    server: WebServer
    store: Store
    http: httpx.Client
    registry: CollectorRegistry

    def count(self, name: str, **labels: str) -> float:
        """A sample of the metrics; 0 if nobody counted it."""
        return self.registry.get_sample_value(name, labels) or 0.0


OpenDoor = Callable[..., Door]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "plummet.db") as opened:
        yield opened


@pytest.fixture
def open_door(store: Store) -> Iterator[OpenDoor]:
    """Opens a door; what is not said is as it would be in production."""
    with ExitStack() as stack:

        def open_one(
            *,
            behind: Store = store,
            ready: Mapping[str, Probe] | None = None,
            slack: SlackDispatch | None = None,
            postmortem: PostmortemPage | None = None,
            patience: float = 10.0,
            **server: Any,
        ) -> Door:
            registry = CollectorRegistry()
            app = build_web(
                store=behind,
                senders=open_senders(Settings(folder=Path(), alerts=SENDERS)),
                server=ServerSettings(**server),
                metrics=Metrics(registry),
                ready=ready or {},
                slack=slack,
                postmortem=postmortem,
            )
            running = stack.enter_context(
                WebServer(app, host="127.0.0.1", port=0, patience=patience)
            )
            http = stack.enter_context(httpx.Client(base_url=running.url, timeout=10))
            return Door(server=running, store=behind, http=http, registry=registry)

        yield open_one


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


@pytest.fixture(scope="session")
def delivery() -> Callable[[str], bytes]:
    """The raw body of a recorded delivery, by its file's name."""
    folder = Path(__file__).parent.parent / "alerts" / "payloads"
    return lambda name: json.dumps(
        json.loads((folder / f"{name}.json").read_text())["body"]
    ).encode()
