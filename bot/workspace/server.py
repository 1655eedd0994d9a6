"""The HTTP server of a workspace: uvicorn in a thread, on a socket bound beforehand."""

import asyncio
import socket
import threading

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Address
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import PlummetError

_START_SECONDS = 15.0


class Wires:
    """The open TCP connections, so that one can be dropped without an answer."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """The HTTP protocol of uvicorn that notes its connections here."""
        wires = self._open

        class Noted(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn declares it
                wires[transport.get_extra_info("peername")[:2]] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                wires.pop(self.transport.get_extra_info("peername")[:2], None)
                super().connection_lost(exc)

        return Noted

    def drop(self, client: Address | None) -> None:
        """Close the connection of this client at once."""
        transport = self._open.pop((client.host, client.port), None) if client else None
        if transport is not None:
            transport.abort()


class _Announced(uvicorn.Server):
    """A server that says when it takes connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready.set()


class Server:
    """Runs an application until it is stopped."""

    def __init__(self, *, port: int, wires: Wires) -> None:
        self._wires = wires
        self._listener = _bound(port)
        self.port: int = self._listener.getsockname()[1]
        self._server: _Announced | None = None
        self._thread: threading.Thread | None = None

    def start(self, app: Starlette) -> None:
        """Serve; returns when connections are taken."""
        config = uvicorn.Config(
            app,
            http=self._wires.protocol(),
            ws="websockets-sansio",
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=2,
        )
        self._server = _Announced(config)
        self._thread = threading.Thread(
            target=self._run, args=(self._server,), name="workspace", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            raise PlummetError(f"the local workspace did not start on port {self.port}")

    def _run(self, server: uvicorn.Server) -> None:
        with self._listener:
            server.run(sockets=[self._listener])

    def stop(self) -> None:
        """Stop serving; returns when the thread has ended."""
        if self._server is None or self._thread is None:
            self._listener.close()
            return
        self._server.should_exit = True
        self._thread.join(timeout=_START_SECONDS)


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PlummetError(
            f"port {port} of 127.0.0.1 cannot be used for the local workspace: {error.strerror}; "
            "choose another one, or 0 for any"
        ) from error
    return listener
