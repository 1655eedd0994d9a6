"""A server on loopback that answers as a test wants, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.outgoing import Endpoint
from bot.settings import OutgoingSettings, Settings

Reply = tuple[int, Mapping[str, str], bytes]


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Service:
    """Its address; `answers` are given one after the other, the last one for ever."""

    url: str = ""
    answers: list[Reply] = field(default_factory=lambda: [(200, {}, b"{}")])
    asked: list[Asked] = field(default_factory=list)

    def says(self, *statuses: int, body: object = None, **headers: str) -> None:
        """Answer with these statuses in turn."""
        text = json.dumps(body or {}).encode()
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers = [(status, told, text) for status in statuses]


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Page(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            made.asked.append(Asked(self.command, self.path, dict(self.headers.items()), body))
            status, headers, text = (
                made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = handle_any  # noqa: N815 - so http.server calls them

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def allowing(*private: Any) -> Settings:
    return Settings(folder=Path(), outgoing=OutgoingSettings(private=private))


@pytest.fixture
def endpoint(service: Service) -> Endpoint:
    return Endpoint.of(allowing("loopback"), service.url, where="sources.x.url", seconds=2)
