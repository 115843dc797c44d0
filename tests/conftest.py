"""The people: alice owns, bob edits, victor views, charlie is a stranger.

Also the run's own last check: that no provider key was written anywhere.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from django.test import Client

from studio.models import Project, Team, User
from tests import canary
from tests.factories import make_project, make_team, make_user

# Playwright runs an event loop in the test's own thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# The same examples in each run, and no clock: a busy machine is no failure.
hypothesis.settings.register_profile(
    "dailies",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("dailies")
ClientFor = Callable[[User], Client]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Look for keys in what each test printed."""
    canary.look_through(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A key that was written somewhere fails the run."""
    if canary.Listener.heard and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where keys were found."""
    for place in dict.fromkeys(canary.Listener.heard):
        terminalreporter.write_line(f"PROVIDER KEY SHOWN: {place}", red=True)


@pytest.fixture(autouse=True)
def closed_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reaches anything but this machine."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"A test tried to reach {address[0]}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    yield


@pytest.fixture
def alice(db: None) -> User:
    """Owns the team."""
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    """Edits in the team."""
    return make_user("bob")


@pytest.fixture
def victor(db: None) -> User:
    """Views in the team."""
    return make_user("victor")


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger: owns another team with a project of its own."""
    user = make_user("charlie")
    make_project(make_team(user, name="Elsewhere"), name="Theirs")
    return user


@pytest.fixture
def team(alice: User, bob: User, victor: User) -> Team:
    """Alice's team, with bob and victor in it."""
    return make_team(alice, editor=bob, viewer=victor)


@pytest.fixture
def project(team: Team) -> Project:
    """A project of the team."""
    return make_project(team, name="Harbour film")


@pytest.fixture
def client_for() -> ClientFor:
    """A browser in which somebody is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture(scope="session")
def htmx() -> dict[str, str]:
    """The headers of a request that htmx makes."""
    return {"HX-Request": "true"}
