import signal
import socket
import threading
import time
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import ListenError
from bot.web import WebServer, serve_web


async def slowly(_request: Request) -> Response:
    import anyio  # noqa: PLC0415 - only this handler sleeps

    await anyio.sleep(0.3)
    return PlainTextResponse("done")


async def quickly(_request: Request) -> Response:
    return PlainTextResponse("done")


APP = Starlette(routes=[Route("/", slowly), Route("/quick", quickly)])


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(ListenError, match=rf"cannot listen on 127.0.0.1:{port}: .*in use"):
            WebServer(APP, host="127.0.0.1", port=port).start()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_this_host_has_not_is_named(host: str) -> None:
    with pytest.raises(ListenError, match=f"cannot listen on {host}:0: .*server.host"):
        WebServer(APP, host=host, port=0).bind()


def test_stopping_finishes_what_is_being_answered_and_frees_the_port() -> None:
    begun = threading.Event()

    async def answer(request: Request) -> Response:
        begun.set()
        return await slowly(request)

    app = Starlette(routes=[Route("/", answer)])
    server = WebServer(app, host="127.0.0.1", port=0).start()
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(server.url)))
    asking.start()
    assert begun.wait(10)

    server.stop()

    asking.join()
    assert answers[0].text == "done"
    port = int(server.url.rpartition(":")[2])
    socket.create_server(("127.0.0.1", port)).close()


def test_a_server_that_is_stopped_at_once_does_not_hang() -> None:
    server = WebServer(APP, host="127.0.0.1", port=0).start()

    server.stop()

    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_in_the_main_thread_it_serves_until_a_signal(request: pytest.FixtureRequest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    answers: list[str] = []

    def ask_and_interrupt() -> None:
        transport = httpx.HTTPTransport(retries=8)
        with httpx.Client(transport=transport) as client:
            answers.append(client.get(f"http://127.0.0.1:{port}").text)
        signal.raise_signal(signal.SIGINT)

    # A shell's background job ignores the signal, and what it ignores stays ignored.
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, former))
    threading.Thread(target=ask_and_interrupt).start()

    with pytest.raises(KeyboardInterrupt):
        serve_web(APP, host="127.0.0.1", port=port)

    assert answers == ["done"]


def test_an_answer_does_not_wait_for_the_client_s_acknowledgement() -> None:
    took = []
    with (
        WebServer(APP, host="127.0.0.1", port=0) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        for _ in range(20):
            began = time.perf_counter()
            client.get("/quick")
            took.append(time.perf_counter() - began)

    # With Nagle's algorithm on, all but the first few take 40 ms.
    assert sorted(took)[len(took) // 2] < 0.035
