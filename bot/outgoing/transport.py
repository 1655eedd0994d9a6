"""An httpx transport that connects only to addresses that were looked at."""

from collections.abc import Collection
from ssl import SSLContext

import httpx

from bot.outgoing.addresses import reachable


class LookedAt(httpx.BaseTransport):
    """Looks the host up once, and connects to an allowed address under the host's own name.

    The certificate is held against the name, by httpcore's extension `sni_hostname`. No proxy of
    the environment is used: it would look the name up itself.
    """

    def __init__(self, *, allowed: Collection[str], where: str, verify: SSLContext | bool) -> None:
        self._allowed, self._where = allowed, where
        self._inner = httpx.HTTPTransport(verify=verify, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it to the first address that takes the connection."""
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = reachable(url.host, port, allowed=self._allowed, where=self._where)
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        for address in addresses[:-1]:
            request.url = url.copy_with(host=address)
            try:
                return self._inner.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        request.url = url.copy_with(host=addresses[-1])
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Let go of the connections."""
        self._inner.close()
