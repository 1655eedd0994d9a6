"""Running an application on a port."""

import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from bot.errors import ListenError
from bot.web.patience import PATIENCE_SECONDS, patient

_CONNECTIONS = 1_000
"""Beyond these the server answers 503 by itself."""
_STOP_SECONDS = 5
_BACKLOG = 1024


class WebServer:
    """An application on a socket: `run` in this thread, or `start` and `stop` around a thread.

    Port 0 takes a free one; `url` names it once the socket is bound. `patience` is how many seconds
    a connection may take for the headers of a request.
    """

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=patient(patience),
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                limit_concurrency=_CONNECTIONS,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )

    @property
    def url(self) -> str:
        """Where it is reached, without a slash at the end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def bind(self) -> None:
        """Take the port; requests wait until it runs.

        Raises:
            ListenError: Another process has it, or this host has no such address.
        """
        if self._socket is not None:
            return
        try:
            self._socket = _listening(self._host, self._port)
        except OSError as error:
            raise ListenError(
                f"cannot listen on {self._host}:{self._port}: {error.strerror or error}; "
                "set server.host and server.port"
            ) from error
        self._port = self._socket.getsockname()[1]

    def run(self) -> None:
        """Serve in this thread until `stop`, or until a signal where this is the main one.

        Raises:
            ListenError: As `bind`.
        """
        self.bind()
        assert self._socket is not None  # noqa: S101 - bind has just set it
        self._server.run(sockets=[self._socket])

    def start(self) -> Self:
        """Serve in a thread; requests are taken from now on, the socket is bound.

        Raises:
            ListenError: As `bind`.
        """
        self.bind()
        self._thread = threading.Thread(target=self.run, name="web", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish the requests that are being answered, and let go of the port."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS * 2)
        if self._socket is not None:
            self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol has to be named: asyncio turns Nagle's algorithm off only where it sees TCP, and
    # with it each answer waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def serve_web(app: ASGIApp, *, host: str, port: int) -> None:
    """Serve in this thread until a signal comes.

    Raises:
        ListenError: Another process has the port, or this host has no such address.
    """
    WebServer(app, host=host, port=port).run()
