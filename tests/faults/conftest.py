"""The crash scenarios that were asked for, run a few at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import dj_database_url
import pytest

from studio.simulator import Simulator, running_simulator
from tests import servers
from tests.faults.scenarios import SCENARIOS, Ending, Scenario
from tests.faults.sites import PostgresSites, SqliteSites

AT_ONCE = 6  # a scenario mostly waits
Endings = dict[tuple[str, str], Future[Ending]]


@pytest.fixture(scope="session")
def crash_simulator() -> Iterator[Simulator]:
    """The providers of all scenarios, which are told apart by their keys."""
    with running_simulator(clip="small", seconds=0.05, seed=11) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def sqlite_sites(
    crash_simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> SqliteSites:
    """Installations on SQLite."""
    return SqliteSites(tmp_path_factory.mktemp("crashes"), crash_simulator)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server that a variable names, or one of our own where that can be had."""
    if url := os.environ.get(servers.POSTGRES):
        yield url
    elif servers.program("initdb") is None:
        pytest.skip(f"no initdb here, and {servers.POSTGRES} names no server")
    else:
        with servers.postgres() as server:
            yield server.url


@pytest.fixture(scope="session")
def postgres_sites(
    postgres_url: str,
    crash_simulator: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PostgresSites]:
    """Installations on a PostgreSQL server."""
    server = dj_database_url.parse(postgres_url)
    folder = tmp_path_factory.mktemp("crashes-postgres")
    sites = PostgresSites(server, folder, crash_simulator)
    yield sites
    sites.drop()


@pytest.fixture(scope="session")
def sites(request: pytest.FixtureRequest, database: str) -> SqliteSites | PostgresSites:
    """Installations on the database of the test's parameter."""
    found: SqliteSites | PostgresSites = request.getfixturevalue(f"{database}_sites")
    return found


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """Which database; set by the tests' parameters."""
    return str(request.param)


@pytest.fixture(scope="session")
def endings(
    request: pytest.FixtureRequest, sites: SqliteSites | PostgresSites, database: str
) -> Iterator[Endings]:
    """Every scenario of this run, started ahead of the test that asks for it."""
    wanted = [
        item.callspec.params["scenario"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and item.callspec.params.get("database") == database
        and item.callspec.params.get("scenario") in SCENARIOS
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            (database, scenario.name): pool.submit(play, scenario, sites)
            for scenario in wanted
        }


def play(scenario: Scenario, sites: SqliteSites | PostgresSites) -> Ending:
    """One scenario on an installation of its own."""
    return scenario.play(sites.make(scenario.name.replace(".", "-").replace(" ", "-")))
