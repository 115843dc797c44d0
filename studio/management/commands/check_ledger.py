"""Check the ledger against takes, budgets and sums, and count them anew on request."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from studio.models import Team, ledger_check


class Command(BaseCommand):
    """``manage.py check_ledger [--rebuild]``."""

    help = "Say where ledger, takes, budgets and sums disagree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What can be asked for."""
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="add missing entries, and count budgets and sums anew from the ledger",
        )
        parser.add_argument("--data", metavar="FOLDER", help="the data folder")

    def handle(self, **options: Any) -> None:
        """Every team in turn; an exit status of 1 where something disagrees."""
        found = 0
        for team in Team.objects.order_by("created_at", "id"):
            if options["rebuild"]:
                added = ledger_check.rebuild(team)
                self.stdout.write(f"{team}: counted anew, {added} entries added")
            for line in ledger_check.disagreements(team):
                self.stderr.write(f"{team}: {line}")
                found += 1
        if found:
            raise SystemExit(1)
        self.stdout.write("Ledger, takes, budgets and sums agree.")
