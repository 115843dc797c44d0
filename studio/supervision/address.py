"""Where the site listens, and under which names it may be called."""

from __future__ import annotations

import errno
import http.client
import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from studio.environment import env
from studio.supervision import StartRefused

BACKLOG = 512
# Nothing is sent to these: the system only tells from which address it would send.
DESTINATIONS = (
    (socket.AF_INET, "192.0.2.1"),
    (socket.AF_INET, "10.255.255.254"),
    (socket.AF_INET, "172.31.255.254"),
    (socket.AF_INET, "192.168.255.254"),
    (socket.AF_INET, "100.127.255.254"),
    (socket.AF_INET6, "2001:db8::1"),
    (socket.AF_INET6, "fd00::1"),
)


@dataclass(frozen=True)
class Address:
    """A host and a port as typed by whoever starts the site."""

    host: str
    port: int

    @property
    def is_everywhere(self) -> bool:
        """Whether it listens on all addresses of this machine."""
        try:
            return ip_address(self.host).is_unspecified
        except ValueError:
            return False  # a name

    @property
    def local_host(self) -> str:
        """A host under which this machine itself reaches it."""
        if not self.is_everywhere:
            return self.host
        return "::1" if self.host == "::" else "127.0.0.1"

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        return f"http://{in_url(self.local_host)}:{self.port}"

    def urls(self) -> list[str]:
        """Every address that it listens on, as far as this machine knows them."""
        if not self.is_everywhere:
            return [self.url]
        return [self.url, *(f"http://{name}:{self.port}" for name in self.names())]

    def names(self) -> list[str]:
        """The names and addresses of this machine that lead here."""
        families = {socket.AF_INET, socket.AF_INET6}
        if ":" not in self.host:
            families.remove(socket.AF_INET6)
        return names_of_this_machine(families)

    def variables(self) -> dict[str, str]:
        """The settings that follow from it where the user has not set them."""
        if env("STUDIO_URL"):
            return {}
        found = {"STUDIO_URL": self.url}
        if self.is_everywhere and not env("STUDIO_ALLOWED_HOSTS"):
            hosts = ["localhost", "127.0.0.1", "[::1]", *self.names()]
            found["STUDIO_ALLOWED_HOSTS"] = ",".join(hosts)
        return found

    def answers(self, site: str) -> bool:
        """Whether the site that calls itself ``site`` says that it lives."""
        connection = http.client.HTTPConnection(self.local_host, self.port, timeout=2)
        try:
            connection.request(
                "GET", "/healthz", headers={"Host": urlsplit(site).netloc}
            )
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def in_url(host: str) -> str:
    """A host as URLs write it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def names_of_this_machine(families: Collection[int]) -> list[str]:
    """Its host name, and the addresses that others may reach it by."""
    names = [socket.gethostname().lower()]
    for family, destination in DESTINATIONS:
        if family not in families:
            continue
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((destination, 9))
            except OSError:
                continue  # no way there: no address for it
            names.append(in_url(probe.getsockname()[0]))
    return list(dict.fromkeys(names))


def parse(host: str, port: str) -> Address:
    """The address of two options. Raises StartRefused."""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        raise StartRefused(f"--port must be a number from 1 to 65535, not {port!r}.")
    if not host.strip("[]"):
        raise StartRefused("--host must name an address of this machine.")
    return Address(host.strip("[]"), int(port))


def listen(address: Address) -> socket.socket:
    """Open the address. Raises StartRefused."""
    try:
        found = socket.getaddrinfo(
            address.host,
            address.port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )
        family, place = found[0][0], found[0][4]
        return socket.create_server(
            place[:2],
            family=family,
            backlog=BACKLOG,
            dualstack_ipv6=address.host == "::" and socket.has_dualstack_ipv6(),
        )
    except (socket.gaierror, UnicodeError) as error:
        raise StartRefused(f"There is no host called {address.host}.") from error
    except OSError as error:
        raise StartRefused(why_not(address, error.errno)) from error


def why_not(address: Address, code: int | None) -> str:
    """Why an address cannot be opened, and what to do."""
    if code == errno.EADDRINUSE:
        return (
            f"Port {address.port} is in use by another program: stop that one, or "
            "choose another port with --port."
        )
    if code == errno.EACCES:
        return f"Port {address.port} needs more rights: choose one above 1023."
    if code == errno.EADDRNOTAVAIL:
        return f"{address.host} is not an address of this machine."
    return f"Cannot listen on {address.url}: {os.strerror(code or 0)}."
