"""What was sent as a proof is not said again, although the other side may repeat it."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

_TELLING = 4
"""Characters; a shorter one is no secret, and stands in ordinary words too."""


def repeats(said: bytes, *, url: str, proofs: Mapping[str, str]) -> bool:
    """Whether an answer holds a secret of the request: of its headers, or of its address."""
    secrets = {*_of_headers(proofs), *_of_address(url)}
    return any(secret.encode() in said for secret in secrets if len(secret) >= _TELLING)


def _of_headers(proofs: Mapping[str, str]) -> Iterator[str]:
    for value in proofs.values():
        scheme, _, rest = value.partition(" ")
        secret = rest or scheme
        yield secret
        if scheme == "Basic":
            try:
                yield base64.b64decode(secret).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                continue


def _of_address(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    yield parts.password or ""
    for piece in parts.query.split("&"):
        yield piece.partition("=")[2]
    yield from (value for _, value in parse_qsl(parts.query))
