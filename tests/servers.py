"""A PostgreSQL of our own for a while: on a free port, in a folder that goes away.

As a program it runs a command beside one: ``python tests/servers.py pytest …``.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

POSTGRES = "STUDIO_TEST_POSTGRES"
UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root
PATIENCE = 60.0  # seconds
# Below those that the system gives to connections on their way out: none of these takes
# a port between its choice and its use, or while a server is restarted on it.
FIRST_PORT, PORTS = 10_000, 20_000
numbers = count(os.getpid() * 37)  # runs beside each other begin apart
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def program(name: str) -> str | None:
    """Where a program of PostgreSQL's server is: Debian keeps it off the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or next((str(path) for path in places), None)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    for number in numbers:
        port = FIRST_PORT + number % PORTS
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError("The numbers never end.")


class Postgres:
    """One cluster, which can be stopped and started again in the middle of things."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = server_user()
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For ``DATABASE_URL``."""
        return f"postgres://studio@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """Make the cluster's files."""
        if self.user:
            shutil.chown(self.folder, self.user)
        self.call("initdb", "--username=studio", "--auth=trust", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "fsync": "off"}
        options |= {"unix_socket_directories": "", "max_connections": 200}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    str(program("postgres")),
                    f"-D{self.folder / 'data'}",
                    *(f"-c{name}={value}" for name, value in options.items()),
                ],
                user=self.user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )
        ready = [str(program("pg_isready")), "-h127.0.0.1", f"-p{self.port}", "-q"]
        for _try in range(int(PATIENCE * 10)):
            if subprocess.run(ready).returncode == 0:
                return
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        raise RuntimeError((self.folder / "log").read_text())

    def execute(self, statement: str) -> None:
        """Run one statement."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """End it at once, but in order; open connections are cut."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)

    def call(self, name: str, *arguments: str) -> None:
        """Run one of its programs."""
        subprocess.run(
            [str(program(name)), f"-D{self.folder / 'data'}", *arguments],
            user=self.user,
            cwd=self.folder,
            check=True,
            capture_output=True,
        )


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A cluster that runs."""
    with tempfile.TemporaryDirectory(prefix="dailies-postgres-") as folder:
        server = Postgres(Path(folder))
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()


class Redis:
    """One server that keeps nothing: whatever it held is gone when it is restarted."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For ``REDIS_URL``."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self.process = subprocess.Popen(
            [str(shutil.which("redis-server")), *options],
            stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        for _try in range(int(PATIENCE * 10)):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError("Redis does not answer.")

    def waiting(self) -> int:
        """How many clients wait for a message."""
        import redis

        with redis.Redis.from_url(self.url) as client:
            return int(client.info("clients")["blocked_clients"])

    def stop(self) -> None:
        """End it; open connections are cut."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)


def server_user() -> str | None:
    """Whom to run it as; None where we are nobody special ourselves."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in names)


def die_with_parent() -> None:
    """Stop when whoever started it is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def main() -> int:
    """Run a command with a PostgreSQL beside it: one of our own, if none is named."""
    if os.environ.get(POSTGRES):
        return subprocess.run(sys.argv[1:]).returncode
    with postgres() as server:
        return subprocess.run(
            sys.argv[1:], env={**os.environ, POSTGRES: server.url}
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
