"""``manage.py worker``: the queues on a machine of their own."""

from __future__ import annotations

import os
import platform
import sys
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from studio import queue, secrets
from studio.keeping import CannotKeep
from studio.keeping.mark import refuse_half_restored
from studio.supervision import StartRefused, ground, leftovers, preparation
from studio.supervision.programs import cluster, environment
from studio.supervision.supervisor import StopRequest, Supervisor


class Command(BaseCommand):
    """Run queues, and keep them running; database and keys are there already."""

    help = "Runs the queues without the web server, until Ctrl-C."
    requires_system_checks: list[str] = []  # once there are keys: below

    def add_arguments(self, parser: CommandParser) -> None:
        """Which queues, and where the data is."""
        parser.add_argument(
            "--queues", default=",".join(queue.QUEUES), help="Comma-separated names."
        )
        parser.add_argument(
            "--data", help="The folder for everything that must be kept (var)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM."""
        try:
            self.run_queues(chosen(options["queues"]))
        except (StartRefused, CannotKeep) as refusal:
            sys.exit(str(refusal))

    def run_queues(self, names: list[str]) -> None:
        """Look, start, tend, stop. Raises StartRefused."""
        # Worker machines may share the data folder: each has its own lock and list.
        name = f"worker-{platform.node()}"
        run = ground.make_folders(settings.DATA_DIR)
        lock = ground.hold(run, name)
        refuse_half_restored()
        ground.require_keys(settings.SECRETS_DIR)
        secrets.cipher()  # a key that is none is named before anything starts
        self.check(tags=[Tags.models, "studio"])
        with StopRequest() as stop:
            leftovers.end_leftovers(run, name)
            preparation.require_database()
            connection.close()
            variables = environment(run, name, {})
            programs = [cluster(variables, queue_name) for queue_name in names]
            supervisor = Supervisor(programs, names, run, name)
            self.stdout.write(f"Running {', '.join(names)} (Ctrl-C stops it).")
            self.stdout.flush()
            try:
                supervisor.run(stop)
            finally:
                supervisor.stop(stop)
        os.close(lock)


def chosen(text: str) -> list[str]:
    """The queues of the option. Raises StartRefused."""
    names = list(
        dict.fromkeys(word.strip() for word in text.split(",") if word.strip())
    )
    if not names or not set(names) <= set(queue.QUEUES):
        raise StartRefused(
            f"--queues must name some of {', '.join(queue.QUEUES)}, not {text!r}."
        )
    return names
