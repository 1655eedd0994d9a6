"""Which addresses may be called: public ones, and others where the configuration allows them."""

import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

from bot.errors import SourceError

Address = IPv4Address | IPv6Address
Kind = Literal["public", "loopback", "private", "never"]

_SHARED = ip_network("100.64.0.0/10")
"""Behind a carrier's NAT (RFC 6598): no one's public address."""

_TRANSLATED = ip_network("64:ff9b::/96")
"""An IPv4 address in the clothes of IPv6 (RFC 6052)."""

_CLOUD = frozenset({ip_address("fd00:ec2::254")})
"""Where a cloud tells a machine its credentials; over IPv4 that is a link-local address."""


def kind_of(address: Address) -> Kind:
    """What kind of address it is; `never` for those that no service of a team stands at."""
    inner = _inner(address)
    if inner.is_loopback:
        return "loopback"
    if inner in _CLOUD or inner.is_link_local or inner.is_multicast or inner.is_unspecified:
        return "never"
    if inner.version == 4 and inner.is_reserved:
        return "never"
    if inner.is_private or (inner.version == 4 and inner in _SHARED):
        return "private"
    return "public" if inner.is_global else "never"


def reachable(host: str, port: int, *, allowed: Collection[str], where: str) -> list[str]:
    """The addresses of a host that may be called, looked up now.

    Whoever calls has to connect to one of these and not look the name up again: it may stand for
    something else by then.

    Raises:
        SourceError: The name is not known, or stands for nothing that may be called.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(
            f"{where}: the name {host} cannot be looked up ({error})", permanent=False
        ) from error
    addresses = dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found)
    kinds = {text: kind_of(ip_address(text)) for text in addresses}
    open_to_us = [text for text, kind in kinds.items() if kind == "public" or kind in allowed]
    if open_to_us:
        return open_to_us
    text, kind = next(iter(kinds.items()))
    stands = f"{host} is" if host == text else f"{host} is {text},"
    if kind == "never":
        raise SourceError(f"{where}: {stands} an address that is never called")
    raise SourceError(
        f"{where}: {stands} a {kind} address; if that is meant, allow it with"
        f' private = ["{kind}"] under [outgoing]'
    )


def _inner(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
