"""`GET /post-mortems/{incident}/{slug}`: the document, for whoever was given its address."""

from collections.abc import Callable

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

PostmortemPage = Callable[[str, str], str | None]
"""From an incident and its slug to HTML, None where the slug is not the one given out."""

_HEADERS = {
    # The page is self-contained; what it quotes from outside may load and run nothing.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class PostmortemDoor:
    """Shows a post-mortem as it stands; a wrong address shows nothing, not even that it is one."""

    def __init__(self, page: PostmortemPage) -> None:
        self._page = page

    async def answer(self, request: Request) -> Response:
        """Render it off the event loop."""
        incident, slug = request.path_params["incident"], request.path_params["slug"]
        html = await run_sync(self._page, incident, slug)
        if html is None:
            return PlainTextResponse("There is no such post-mortem.\n", status_code=404)
        return HTMLResponse(html, headers=_HEADERS)
