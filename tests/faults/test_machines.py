"""Real workers: their database and broker are restarted, and they share a load."""

from __future__ import annotations

import importlib.util
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from studio import queue
from studio.simulator import Simulator
from tests import servers
from tests.commands.site import wait_for
from tests.faults import machines
from tests.faults.machines import Machines
from tests.faults.scenarios import AIMLAPI, ANIMATIC, MODELS, VTRIX

SLOW = f"{VTRIX} [fault:slow=100]"  # five seconds
has_redis = pytest.mark.skipif(
    shutil.which("redis-server") is None or importlib.util.find_spec("redis") is None,
    reason="redis-server or its client is not installed",
)


@pytest.fixture(scope="module")
def server() -> Iterator[servers.Postgres]:
    """A PostgreSQL that may be restarted."""
    if servers.program("initdb") is None:
        pytest.skip("there is no initdb here")
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="module")
def migrated(
    server: servers.Postgres,
    tmp_path_factory: pytest.TempPathFactory,
    crash_simulator: Simulator,
) -> None:
    """Its template has the tables of a new installation."""
    place = server.url.replace("/postgres", "/template1")
    folder = tmp_path_factory.mktemp("template")
    machine = Machines(place, folder / "template", crash_simulator)
    machine.manage("migrate")
    machine.manage("createcachetable")


@dataclass(frozen=True)
class Locked:
    """How it went on a database that was locked for a long time."""

    machine: Machines
    sent: int  # before
    ended: dict[str, str]


@pytest.fixture(scope="module", autouse=True)
def locked(
    tmp_path_factory: pytest.TempPathFactory, crash_simulator: Simulator
) -> Iterator[Future[Locked]]:
    """Told beside the other tests of this module: nearly all of it is waiting."""
    folder = tmp_path_factory.mktemp("locked")
    place = f"sqlite:///{folder}/studio.sqlite3"
    machine = Machines(place, folder / "locked", crash_simulator)
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work_through_a_lock, machine)


def work_through_a_lock(machine: Machines) -> Locked:
    """Work, while somebody writes for half a minute and keeps all others out."""
    machine.manage("migrate")
    machine.manage("createcachetable")
    machine.order({SLOW: MODELS[VTRIX], ANIMATIC: MODELS[ANIMATIC]})
    with machine.working("first"):
        sent = machine.site.do(machines.wait_until_sent, 1)
        # Thirty times as long as anybody is willing to wait for it.
        machine.site.do(machines.hold_the_lock, 30.0)
        ended = machine.site.do(machines.wait_until_done)
    return Locked(machine, sent, ended)


@pytest.fixture
def redis() -> Iterator[servers.Redis]:
    """A Redis that may be restarted."""
    server = servers.Redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def on_postgres(
    server: servers.Postgres,
    migrated: None,
    tmp_path: Path,
    crash_simulator: Simulator,
    request: pytest.FixtureRequest,
) -> Callable[..., Machines]:
    """Machines on a database of their own."""

    def make(redis: str = "") -> Machines:
        name = request.node.name.replace("test_", "", 1)[:40].lower()
        server.execute(f'CREATE DATABASE "{name}"')
        place = server.url.replace("/postgres", f"/{name}")
        return Machines(place, tmp_path / name, crash_simulator, redis)

    return make


def once(machine: Machines) -> bool:
    """Whether each take was paid once."""
    return all(len(jobs) == 1 for jobs in machine.site.paid().values())


def test_postgres_is_restarted_in_mid_run(
    on_postgres: Callable[..., Machines], server: servers.Postgres
) -> None:
    machine = on_postgres()
    machine.order({SLOW: MODELS[VTRIX], ANIMATIC: MODELS[ANIMATIC]})
    with machine.working("first"):
        assert machine.site.do(machines.wait_until_sent, 1)
        server.stop()
        time.sleep(2)
        server.start()
        ended = machine.site.do(machines.wait_until_done)

    assert ended == {SLOW: "completed", ANIMATIC: "completed"}
    assert once(machine)
    assert machine.site.look().broken == []


@has_redis
def test_two_machines_share_a_load_on_redis(
    on_postgres: Callable[..., Machines], redis: servers.Redis
) -> None:
    machine = on_postgres(redis.url)
    prompts = {
        f"{name} {number}": MODELS[name]
        for name in (VTRIX, AIMLAPI, ANIMATIC)
        for number in range(8)
    }
    with machine.working("first", "second"):
        wait_for(lambda: redis.waiting() == 2 * len(queue.QUEUES))
        machine.order(prompts)
        at_work = machine.site.do(machines.watch_owners)
        ended = machine.site.do(machines.wait_until_done)

    assert ended == dict.fromkeys(prompts, "completed")
    assert once(machine)
    assert len(at_work) == 2
    assert machine.site.look().broken == []


@has_redis
def test_redis_is_restarted_in_mid_run(
    on_postgres: Callable[..., Machines], redis: servers.Redis
) -> None:
    machine = on_postgres(redis.url)
    with machine.working("first"):
        machine.order({SLOW: MODELS[VTRIX], ANIMATIC: MODELS[ANIMATIC]})
        assert machine.site.do(machines.wait_until_sent, 1)
        redis.stop()
        time.sleep(8)  # the video is ready, and nobody can be told
        redis.start()
        machine.site.do(machines.pass_time, 2)
        ended = machine.site.do(machines.wait_until_done)

    assert ended == {SLOW: "completed", ANIMATIC: "completed"}
    assert once(machine)


@has_redis
def test_an_order_outlives_a_redis_that_is_away(
    on_postgres: Callable[..., Machines], redis: servers.Redis
) -> None:
    machine = on_postgres(redis.url)
    redis.stop()

    machine.order({VTRIX: MODELS[VTRIX]})  # the page says queued all the same

    redis.start()
    with machine.working("first"):
        ended = machine.site.do(machines.wait_until_done)
    assert ended == {VTRIX: "completed"}
    assert once(machine)


def test_a_locked_database_is_waited_for(locked: Future[Locked]) -> None:
    seen = locked.result()

    assert seen.sent
    assert seen.ended == {SLOW: "completed", ANIMATIC: "completed"}
    assert "database is locked" in seen.machine.log("first")
    assert once(seen.machine)
    assert seen.machine.site.look().broken == []
