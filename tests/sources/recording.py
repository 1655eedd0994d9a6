"""A server on loopback that answers what was recorded, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answers = Mapping[str, Any]


@dataclass
class Recorded:
    """`answers` by path and query, in order of the query's names; a text is sent as it is.

    An answer may be a pair of status and headers, and then the body.
    """

    answers: dict[str, Any]
    url: str = ""
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    ahead: float = 0
    """Seconds by which its clock is ahead."""

    def answer(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        found = self.answers.get(key_of(path), (404, {}, {"message": "Not Found"}))
        status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
        text = body if isinstance(body, str) else json.dumps(body)
        return status, headers, text.replace("{here}", self.url).encode()


def key_of(path: str) -> str:
    parts = urlsplit(path)
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query)))
    return f"{parts.path}?{query}" if query else parts.path


@contextmanager
def replayed(answers: Answers) -> Iterator[Recorded]:
    made = Recorded(dict(answers))

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(key_of(self.path))
            made.headers.append(dict(self.headers.items()))
            status, headers, body = made.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value.replace("{here}", made.url))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string((timestamp or time.time()) + made.ahead)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
