"""Where the site listens, and what follows from it."""

from __future__ import annotations

import socket

import pytest

from studio.supervision import StartRefused, address
from studio.supervision.address import Address


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000.5", "", "٣٣٣٣"])
def test_it_refuses_what_is_no_port(port: str) -> None:
    with pytest.raises(StartRefused, match="--port must be a number"):
        address.parse("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("studio.local", "http://studio.local:8000"),
        ("::1", "http://[::1]:8000"),
        ("[::1]", "http://[::1]:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104  (only a text here)
        ("::", "http://[::1]:8000"),
    ],
)
def test_it_knows_its_url(host: str, url: str) -> None:
    assert address.parse(host, "8000").url == url


def test_it_tells_the_children_where_they_are() -> None:
    assert Address("127.0.0.1", 8123).variables() == {
        "STUDIO_URL": "http://127.0.0.1:8123"
    }


def test_it_leaves_the_users_own_address_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_URL", "https://studio.example.com")

    assert Address("::", 8123).variables() == {}


def test_it_answers_to_the_names_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(address, "DESTINATIONS", ((socket.AF_INET, "127.0.0.1"),))

    everywhere = address.parse("::", "8123")
    hosts = everywhere.variables()["STUDIO_ALLOWED_HOSTS"].split(",")

    assert socket.gethostname().lower() in hosts
    assert {"localhost", "127.0.0.1", "[::1]"} <= set(hosts)


def test_it_names_no_address_of_a_family_that_it_does_not_hear(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(address, "DESTINATIONS", ((socket.AF_INET6, "::1"),))

    assert Address("0.0.0.0", 8123).names() == [socket.gethostname().lower()]  # noqa: S104  (only a text here)


def test_it_listens() -> None:
    with address.listen(Address("127.0.0.1", 0)) as listener:
        place = listener.getsockname()
        with socket.create_connection(place, timeout=60):
            pass

    assert place[0] == "127.0.0.1"


def test_it_names_a_port_in_use() -> None:
    with address.listen(Address("127.0.0.1", 0)) as listener:
        taken = Address("127.0.0.1", listener.getsockname()[1])

        with pytest.raises(StartRefused, match=f"Port {taken.port} is in use"):
            address.listen(taken)


def test_it_names_an_address_of_another_machine() -> None:
    with pytest.raises(StartRefused, match="not an address of this machine"):
        address.listen(Address("192.0.2.7", 0))


def test_it_names_a_host_that_cannot_be() -> None:
    with pytest.raises(StartRefused, match="no host called"):
        address.listen(Address("a" * 70, 0))


def test_it_hears_no_answer_where_nobody_is() -> None:
    with address.listen(Address("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert Address("127.0.0.1", port).answers("http://localhost") is False
