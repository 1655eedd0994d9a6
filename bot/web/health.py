"""Whether the process lives, and whether it can do its work."""

import logging
from collections.abc import Callable, Mapping

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

Probe = Callable[[], str | None]
"""None when the dependency is ready, else what is wrong, in words that anybody may read."""

PROBE_SECONDS = 5.0
"""How long a dependency may take to answer."""

_log = logging.getLogger(__name__)


async def live(_request: Request) -> Response:
    """The event loop turns."""
    return PlainTextResponse("ok\n")


class Readiness:
    """`GET /health/ready`: a line for each dependency, 503 unless all are ready."""

    def __init__(self, probes: Mapping[str, Probe], *, seconds: float = PROBE_SECONDS) -> None:
        self._probes = probes
        self._seconds = seconds

    async def answer(self, _request: Request) -> Response:
        """Ask every dependency, all at once."""
        found: dict[str, str | None] = {}

        async def ask(name: str, probe: Probe) -> None:
            found[name] = f"no answer within {self._seconds:g} seconds"
            with anyio.move_on_after(self._seconds):
                found[name] = await run_sync(_asked, name, probe, abandon_on_cancel=True)

        async with anyio.create_task_group() as tasks:
            for name, probe in self._probes.items():
                tasks.start_soon(ask, name, probe)
        lines = "".join(f"{name}: {found[name] or 'ready'}\n" for name in self._probes)
        ready = not any(found.values())
        return PlainTextResponse(lines or "ready\n", status_code=200 if ready else 503)


def _asked(name: str, probe: Probe) -> str | None:
    try:
        return probe()
    except Exception as error:  # noqa: BLE001 - a probe asks something foreign; failing is its answer
        _log.warning("the readiness of %s cannot be told", name, exc_info=error)
        return f"failed ({type(error).__name__})"
