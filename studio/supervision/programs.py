"""What runs: the web server, a cluster for each queue, the simulator."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from studio.environment import env_int
from studio.queue import STOPPING_VARIABLE
from studio.supervision.children import Program
from studio.supervision.leftovers import stopping_mark

WEB_WORKERS = 2
WEB_THREADS = 16  # each
SIMULATOR_PORT = env_int("STUDIO_SIMULATOR_PORT", 9000, minimum=1)


def environment(run: Path, name: str, changed: Mapping[str, str]) -> dict[str, str]:
    """The variables of every child: ours, the changed ones, the folder, and where to
    look for the mark that says *stop*."""
    return {
        **os.environ,
        "STUDIO_DATA": str(settings.DATA_DIR),
        STOPPING_VARIABLE: str(stopping_mark(run, name)),
        **changed,
    }


def web(variables: Mapping[str, str], listener: int) -> Program:
    """The web server on a socket that is open already: no request is turned away
    while it starts again."""
    command = (
        *(sys.executable, "-m", "gunicorn", "studio.wsgi"),
        *("--pythonpath", str(settings.BASE_DIR), "--bind", f"fd://{listener}"),
        *("--worker-class", "gthread", "--threads", str(WEB_THREADS)),
        *("--workers", str(WEB_WORKERS), "--preload"),
        *("--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "5"),
        # A hundred chosen takes stand in one address.
        *("--limit-request-line", "8190"),
        *("--log-level", "warning", "--no-control-socket"),
    )
    return Program("web", command, dict(variables), (listener,))


def cluster(variables: Mapping[str, str], queue: str) -> Program:
    """The processes of one queue."""
    command = manage("qcluster", "--skip-checks")
    return Program(queue, command, {**variables, "Q_CLUSTER_NAME": queue})


def simulator(variables: Mapping[str, str]) -> Program:
    """The stand-ins for the providers."""
    book = str(settings.DATA_DIR / "simulator.json")  # its jobs outlive a restart
    command = manage(
        "simulate_providers", "--port", str(SIMULATOR_PORT), "--state", book
    )
    return Program("simulator", command, dict(variables))


def manage(*arguments: str) -> tuple[str, ...]:
    """The command line of a management command."""
    return (sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments)
