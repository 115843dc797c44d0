"""Who may be connected to: public addresses, and what the operator named.

The check sits where the connection is made, and the address that was checked is the
one that is used: a name that answers differently the second time gains nothing. TLS
still verifies the name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import (
    IPv4Address,
    IPv6Address,
    ip_address,
    ip_network,
)
from time import monotonic
from typing import Any, TypeVar

import httpcore
import httpx

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]
Connected = TypeVar("Connected")

WEB_PORTS = frozenset({80, 443})
MOST_ADDRESSES = 6  # of one name that are tried
GLOBAL_UNICAST = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")
# Globally routed by the registries, and still not the public web: the relays of 6to4,
# and the address at which a large cloud serves its own machines.
NOT_THE_WEB = (ip_network("192.88.99.0/24"), ip_network("168.63.129.16/32"))


class AddressRefused(httpx.ConnectError):
    """The address is not public, or the port is not one of the web."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only. Raises AddressRefused."""

    def __init__(
        self,
        allow: Iterable[str] = (),
        *,
        resolve: Resolver | None = None,
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self.allow = frozenset(read_pair(pair) for pair in allow)
        self.resolve = resolve or look_up
        self.backend = backend or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first checked address of the name that answers."""

        async def connect(
            address: str, share: float | None
        ) -> httpcore.AsyncNetworkStream:
            return await self.backend.connect_tcp(
                address, port, share, local_address, socket_options
            )

        return await self.reach(host, port, timeout, connect)

    async def reach(
        self,
        host: str,
        port: int,
        timeout: float | None,
        connect: Callable[[str, float | None], Awaitable[Connected]],
    ) -> Connected:
        """What ``connect`` makes of the first checked address that answers.

        It is called with an address and its share of the seconds.
        """
        end = None if timeout is None else monotonic() + timeout
        try:
            async with asyncio.timeout(timeout):
                addresses = await self.addresses(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("The name was not resolved in time.") from (
                error
            )
        while True:
            address, *addresses = addresses
            share = None if end is None else (end - monotonic()) / (len(addresses) + 1)
            try:
                return await connect(address, share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a name, every one of them checked."""
        is_allowed = (host.lower(), port) in self.allow
        if port not in WEB_PORTS and not is_allowed:
            raise AddressRefused(
                f"{host}:{port} is refused: only the ports 80 and 443 are open. "
                "Whoever runs this studio can name it in STUDIO_OUTBOUND_ALLOW."
            )
        try:
            found = await self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address.") from error
        if not found:
            raise httpcore.ConnectError(f"{host} has no address.")
        if not is_allowed and not all(is_public(ip_address(text)) for text in found):
            raise AddressRefused(
                f"{host}:{port} is refused: it is not a public address. Whoever runs "
                "this studio can name it in STUDIO_OUTBOUND_ALLOW."
            )
        return found[:MOST_ADDRESSES]

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise AddressRefused("A socket of this machine is no address of the web.")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self.backend.sleep(seconds)


async def look_up(host: str, port: int) -> list[str]:
    """All addresses of a name, in the order in which to try them. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether an address is of the public internet, with what it carries inside."""
    if isinstance(address, IPv4Address):
        return is_plain_public(address)
    if address.ipv4_mapped:
        return is_plain_public(address.ipv4_mapped)
    if address in NAT64:
        return is_plain_public(IPv4Address(int(address) & 0xFFFFFFFF))
    carried = address.sixtofour  # Teredo is no public network to begin with
    return (
        address in GLOBAL_UNICAST
        and is_plain_public(address)
        and (carried is None or is_plain_public(carried))
    )


def is_plain_public(address: Address) -> bool:
    """The registries' view, without the exceptions that Python's ``is_global`` has."""
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in NOT_THE_WEB)
    )


def read_pair(pair: str) -> tuple[str, int]:
    """``host:port`` as a pair. Raises ValueError for anything else."""
    host, separator, port = pair.strip().rpartition(":")
    if not separator or not host or not port.isdecimal():
        raise ValueError(f"STUDIO_OUTBOUND_ALLOW must list host:port, not {pair!r}.")
    return host.strip("[]").lower(), int(port)
