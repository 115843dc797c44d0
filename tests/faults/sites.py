"""Installations for the crash tests, and processes that work and die on them."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from studio.simulator import Simulator
from tests.faults import worker

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["pytest", "tests.faults.ready", "tests.faults.worker"])
PATIENCE = 300.0  # seconds, for a machine that is busy with other things
LOST = 255  # how a child ended that the server which forked it has missed
WORK_SECONDS = 150.0  # after which a worker ends although something is left


class Installation:
    """One database, one storage and one key at the simulated providers."""

    def __init__(self, site: worker.Site, simulator: Simulator) -> None:
        self.site = site
        self.simulator = simulator
        self.patience = PATIENCE

    def do(self, act: Callable[..., Any], *given: Any) -> Any:
        """Have a process do something, and give back what it returned."""
        process, answer = self.start(act, *given)
        return outcome_of(process, answer, self.patience)

    def start(self, act: Callable[..., Any], *given: Any, **environment: str) -> Any:
        """Start a process; returns it and the pipe with its answer."""
        answer, sender = FORKS.Pipe(duplex=False)
        site = replace(self.site, environment=environment)
        process = FORKS.Process(target=worker.run, args=(site, act, sender, *given))
        process.start()
        sender.close()
        return process, answer

    def crash_at(self, point: str) -> bool:
        """Work until a point is reached, where the process dies; whether it died."""
        armed = {"STUDIO_FAULTS_ALLOWED": "1", "STUDIO_FAULT": point}
        process, answer = self.start(worker.work, WORK_SECONDS, **armed)
        process.join(PATIENCE)
        assert process.exitcode in {0, -signal.SIGKILL, LOST}
        return not has_answered(answer)

    def crash_when(self, has_come: Callable[[], bool]) -> None:
        """Work until something is seen from outside, and die there and then."""
        process, _answer = self.start(worker.work, WORK_SECONDS)
        end = time.monotonic() + PATIENCE
        while not has_come() and time.monotonic() < end and process.is_alive():
            time.sleep(0.01)
        kill(process)
        assert process.exitcode in {-signal.SIGKILL, LOST}

    def recover(self) -> worker.State:
        """Time passes, a worker is started again and does what there is to do."""
        self.do(worker.pass_time, 15)
        self.do(worker.work, WORK_SECONDS)
        return self.look()

    def look(self) -> worker.State:
        """What a person finds."""
        state: worker.State = self.do(worker.look)
        return state

    def paid(self) -> dict[str, list[str]]:
        """Prompt -> the ids of the jobs that were paid for it."""
        found: dict[str, list[str]] = {}
        for job in self.simulator.paid(key=self.site.key):
            found.setdefault(job["prompt"], []).append(job["id"])
        return found


def outcome_of(
    process: BaseProcess, answer: Connection, patience: float = PATIENCE
) -> Any:
    """What an act returns.

    It is read before the process has ended: a long answer fills the pipe, and whoever
    sends it waits for a reader.
    """
    assert answer.poll(patience), "it has not come to its end"
    try:
        result = answer.recv()
    except EOFError:
        process.join(patience)
        raise AssertionError(f"it ended with {process.exitcode}") from None
    process.join(patience)
    assert process.exitcode in {0, LOST}, f"it ended with {process.exitcode}"
    assert not isinstance(result, worker.Broken), result.trace
    return result


def has_answered(answer: Connection) -> bool:
    """Whether a process has come to its end and said so."""
    try:
        answer.recv()
    except EOFError:
        return False
    return True


def kill(process: BaseProcess) -> None:
    """Without a last word, and all that it started."""
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.join(PATIENCE)


class SqliteSites:
    """Databases as copies of one file."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self.folder = folder
        self.simulator = simulator
        self.template = folder / "template.sqlite3"
        self.of("template", self.template).do(worker.migrate)

    def of(self, name: str, path: Path) -> Installation:
        """The installation on a database file."""
        site = worker.Site(
            database={"NAME": str(path)},
            folder=self.folder / name,
            simulator=self.simulator.url,
            name=name,
        )
        return Installation(site, self.simulator)

    def make(self, name: str) -> Installation:
        """A fresh one."""
        path = self.folder / f"{name}.sqlite3"
        shutil.copy(self.template, path)
        return self.of(name, path)


class PostgresSites:
    """Databases of one server, made from a template and dropped at the end."""

    def __init__(
        self, server: Mapping[str, Any], folder: Path, simulator: Simulator
    ) -> None:
        self.server = server
        self.folder = folder
        self.simulator = simulator
        self.names: list[str] = []
        self.create("template", "template1")
        self.of("template").do(worker.migrate)

    def database(self, name: str) -> str:
        """What it is called there."""
        return f"dailies_faults_{os.getpid()}_{name}".replace("-", "_").lower()

    def create(self, name: str, template: str) -> None:
        """Make one."""
        self.execute(f'CREATE DATABASE "{self.database(name)}" TEMPLATE "{template}"')
        self.names.append(name)

    def execute(self, statement: str) -> None:
        """Run one statement on the server, outside of any transaction."""
        import psycopg

        with psycopg.connect(
            host=self.server["HOST"] or None,
            port=self.server["PORT"] or None,
            user=self.server["USER"] or None,
            password=self.server["PASSWORD"] or None,
            dbname=self.server["NAME"],
            autocommit=True,
        ) as connection:
            connection.execute(statement)

    def of(self, name: str) -> Installation:
        """The installation on a database."""
        site = worker.Site(
            database={**self.server, "NAME": self.database(name), "OPTIONS": {}},
            folder=self.folder / name,
            simulator=self.simulator.url,
            name=f"{name}-on-postgres",
        )
        return Installation(site, self.simulator)

    def make(self, name: str) -> Installation:
        """A fresh one."""
        self.create(name, self.database("template"))
        return self.of(name)

    def drop(self) -> None:
        """Leave nothing behind."""
        for name in self.names:
            self.execute(f'DROP DATABASE "{self.database(name)}" WITH (FORCE)')
