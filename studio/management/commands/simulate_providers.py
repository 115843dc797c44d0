"""manage.py simulate_providers: the four video vendors on this machine, for free."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from studio.simulator.control import help_text
from studio.simulator.running import LOOPBACK, serve_until_signal
from studio.simulator.world import Settings


class Command(BaseCommand):
    """Serve the simulated vendors until SIGTERM or Ctrl-C."""

    help = "Serve doubles of the video vendors, for tests, demos and training."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The options; each is a setting of the simulator."""
        add = parser.add_argument
        add("--port", type=int, default=9000, help=_("port to listen on"))
        add("--host", default=LOOPBACK, help=_("address to listen on"))
        add("--seed", type=int, default=0, help=_("seed of ids and job times"))
        add(
            "--speed",
            type=float,
            default=1.0,
            help=_("how many times faster jobs are; 0.04 is like the real models"),
        )
        add("--seconds", type=float, help=_("median time of every job, in seconds"))
        add(
            "--clip",
            choices=["animatic", "small"],
            default="animatic",
            help=_("draw each video, or serve one tiny clip for all (load tests)"),
        )
        add(
            "--short-side",
            type=int,
            default=360,
            help=_("most pixels of the short side of a drawn video"),
        )
        add("--url-life", type=int, help=_("seconds that result links hold"))
        add(
            "--strict",
            action="store_true",
            help=_("refuse fields that a model does not have"),
        )
        add("--state", type=Path, help=_("file that keeps the paid jobs"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        names = ("seed", "speed", "seconds", "clip", "short_side", "url_life")
        chosen = {name: options[name] for name in (*names, "strict", "state")}
        if options["speed"] <= 0:
            raise CommandError(_("The speed must be greater than zero."))
        try:
            asyncio.run(
                serve_until_signal(
                    Settings(**chosen), options["host"], options["port"], self._announce
                )
            )
        except OSError as error:
            raise CommandError(
                _("Cannot listen on port %(port)s: %(reason)s")
                % {"port": options["port"], "reason": error.strerror}
            ) from error

    def _announce(self, url: str) -> None:
        self.stdout.write(help_text(url))
        self.stdout.flush()
