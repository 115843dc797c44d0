"""``manage.py up``: one command from nothing to a running site."""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import timezone

from studio import queue, secrets
from studio.keeping import CannotKeep
from studio.keeping.mark import refuse_half_restored
from studio.models import Heartbeat
from studio.supervision import StartRefused, address, ground, leftovers, preparation
from studio.supervision.address import Address
from studio.supervision.first_account import (
    admin_email,
    make_first_account,
    set_simulated_accounts,
)
from studio.supervision.programs import (
    SIMULATOR_PORT,
    cluster,
    environment,
    simulator,
    web,
)
from studio.supervision.supervisor import StopRequest, Supervisor

NAME = "up"
# What can be wrong here although all tests passed; the rest would cost half a second.
CHECKED = (Tags.models, Tags.translation, "studio")
READY_SECONDS = 60.0  # for the web server and the queues to answer


class Command(BaseCommand):
    """Prepare what is missing, start everything, and keep it running."""

    help = (
        "Makes keys, tables and the first account where they are missing, and runs "
        "the web server and the queues until Ctrl-C."
    )
    requires_system_checks: list[str] = []  # once there are keys: below

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and where the data is."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")
        parser.add_argument(
            "--data", help="The folder for everything that must be kept (var)."
        )
        parser.add_argument(
            "--with-simulator",
            action="store_true",
            help="Also run stand-ins for the providers: free, and plainly not real.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM."""
        try:
            place = address.parse(options["host"], options["port"])
            self.run_site(place, has_simulator=options["with_simulator"])
        except (StartRefused, CannotKeep) as refusal:
            sys.exit(str(refusal))

    def run_site(self, place: Address, *, has_simulator: bool) -> None:
        """Prepare, start, tend, stop. Raises StartRefused."""
        run = ground.make_folders(settings.DATA_DIR)
        lock = ground.hold(run, NAME)
        refuse_half_restored()
        if ground.make_keys(settings.SECRETS_DIR):
            self.say("Preparing the data folder: the first start takes a moment.")
            begin_again()
        secrets.cipher()  # a key that is none is named before anything starts
        self.check(tags=CHECKED)
        with StopRequest() as stop:
            leftovers.end_leftovers(run, NAME)
            variables = environment(run, NAME, changed(place, has_simulator))
            with address.listen(place) as listener:
                self.prepare(has_simulator)
                programs = [web(variables, listener.fileno())]
                programs += [cluster(variables, name) for name in queue.QUEUES]
                programs += [simulator(variables)] if has_simulator else []
                supervisor = Supervisor(programs, queue.QUEUES, run, NAME)
                try:
                    self.keep_running(supervisor, stop, place, variables["STUDIO_URL"])
                finally:
                    listener.close()  # nobody new comes in
                    supervisor.stop(stop)
        os.close(lock)

    def prepare(self, has_simulator: bool) -> None:
        """All that is missing among tables, rows and static files."""
        if has_simulator:
            require_simulator_port()
        with preparation.plainly_refused():
            preparation.prepare_database()
            preparation.collect_static()
            account = make_first_account()
            set_simulated_accounts(is_on=has_simulator)
        connection.close()
        if account:
            password = account.made_up_password or "(the one you gave)"
            self.say(f"Made the first account: {account.email}, password {password}")

    def keep_running(
        self, supervisor: Supervisor, stop: StopRequest, place: Address, site: str
    ) -> None:
        """From the first start to the wish to stop. Raises StartRefused."""
        since = timezone.now()
        queue.ask_for_heartbeats(queue.QUEUES)
        queue.enqueue("sweep")  # takes that were in flight go on at once
        waiting = wait_until_ready(supervisor, stop, place, site, since)
        if not stop.count:
            self.announce(site, place, waiting)
        supervisor.run(stop)
        self.say("Stopping: running tasks may end. Ctrl-C again ends them now.")

    def announce(self, site: str, place: Address, waiting: set[str]) -> None:
        """Say where it is, and what does not answer yet. Raises StartRefused."""
        if "web" in waiting:
            raise StartRefused(
                "The web server does not answer: its messages stand above."
            )
        for name in sorted(waiting):
            self.say(f"The queue {name} has not answered yet.")
        self.say(f"Dailies runs at {site} (Ctrl-C stops it).")
        if others := [url for url in place.urls() if url != site]:
            self.say(f"It listens at {', '.join(others)}.")
        self.say(f"Sign in as {admin_email()}.")
        connection.close()

    def say(self, line: str) -> None:
        """Print at once, wherever the output goes."""
        self.stdout.write(line)
        self.stdout.flush()


def require_simulator_port() -> None:
    """The simulator's port is free. Raises StartRefused."""
    try:
        address.listen(Address("127.0.0.1", SIMULATOR_PORT)).close()
    except StartRefused as error:
        raise StartRefused(
            f"The simulator needs port {SIMULATOR_PORT}, which another program uses: "
            "stop that one, or set STUDIO_SIMULATOR_PORT."
        ) from error


def changed(place: Address, has_simulator: bool) -> dict[str, str]:
    """The settings that the options of this command change."""
    variables = place.variables()
    if has_simulator:
        allowed = [*settings.OUTBOUND_ALLOW, f"127.0.0.1:{SIMULATOR_PORT}"]
        variables["STUDIO_OUTBOUND_ALLOW"] = ",".join(allowed)
    return {"STUDIO_URL": settings.STUDIO_URL, **variables}


def wait_until_ready(
    supervisor: Supervisor,
    stop: StopRequest,
    place: Address,
    site: str,
    since: datetime,
) -> set[str]:
    """Tend until the web server and each queue have answered; who has not in time."""
    waiting = {"web", *queue.QUEUES}
    deadline = time.monotonic() + READY_SECONDS
    while waiting and not stop.count and time.monotonic() < deadline:
        supervisor.tend()
        if "web" in waiting and place.answers(site):
            waiting.discard("web")
        answered = Heartbeat.objects.filter(at__gte=since)
        waiting.difference_update(answered.values_list("queue", flat=True))
        time.sleep(0.1)
    return waiting


def begin_again() -> None:
    """Start this command anew: the settings were read before there were keys."""
    sys.stdout.flush()
    command = [sys.executable, *sys.orig_argv[1:]]
    os.execv(sys.executable, command)  # noqa: S606  (the very command typed)
