"""A server on loopback: real HTTP, whose answers a test makes up."""

import json
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived; names of headers are in lower case."""

    method: str
    target: str
    """Path and query, as they came."""
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def query(self) -> Mapping[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it says; several pieces of a body are sent one after the other, without a length."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    reason: str | None = None

    @classmethod
    def of(
        cls, document: object, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> "Answer":
        """A document as JSON."""
        return cls(status=status, headers=headers or {}, body=json.dumps(document).encode())


Answering = Callable[[Asked], Answer | None]
"""None where the connection is closed without a word."""


@contextmanager
def answering(
    answer: Answering, *, certificate: Path | None = None, clients: Path | None = None
) -> Iterator[str]:
    """The address of a server that answers so, over TLS where it has a certificate.

    It then answers none but clients of the authority `clients`, where there is one.
    """

    class Page(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            asked = Asked(
                method=self.command, target=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(int(self.headers["Content-Length"] or 0)),
            )  # fmt: skip
            said = answer(asked)
            if said is None:
                self.close_connection = True
                return
            self.send_response_only(said.status, said.reason)
            headers = {"Date": formatdate(usegmt=True), **said.headers}
            if isinstance(said.body, bytes):
                headers["Content-Length"] = str(len(said.body))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self._send(said.body)

        def _send(self, body: bytes | Iterable[bytes]) -> None:
            try:
                for piece in [body] if isinstance(body, bytes) else body:
                    self.wfile.write(piece)
            except OSError:
                return  # whoever asked has gone

        do_GET = do_POST = handle_any  # noqa: N815 - so http.server calls them

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        if certificate is not None:
            server.socket = _secured(certificate, clients).wrap_socket(
                server.socket, server_side=True
            )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            host = "127.0.0.1" if certificate is None else "localhost"
            yield f"http{'s' if certificate else ''}://{host}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _secured(certificate: Path, clients: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context
