"""Compare the catalog with the providers' live lists."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from studio.models import ProviderAccount
from studio.pipeline import refresh

WORDS = {"new": "+ new  ", "ended": "- ended", "price": "$ price"}


class Command(BaseCommand):
    """``manage.py refresh_catalog [--provider SLUG] [--yes | --dry-run]``."""

    help = "Show what changed at the providers, and take it over on confirmation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which providers, and whether to ask."""
        parser.add_argument(
            "--provider",
            action="append",
            default=[],
            choices=ProviderAccount.Provider.values,
        )
        parser.add_argument("--data", metavar="FOLDER", help="the data folder")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--yes", action="store_true", help="take over unasked")
        choice.add_argument("--dry-run", action="store_true", help="only show")

    def handle(self, **options: Any) -> None:
        """Show the differences, ask, and take over."""
        changes: list[refresh.Change] = []
        for comparison in refresh.compare_all(options["provider"]):
            self.show(comparison)
            changes += comparison.changes
        if not changes or options["dry_run"]:
            return
        if options["yes"] or self.confirm(len(changes)):
            done = refresh.take_over(changes, user=None)
            self.stdout.write(f"{done} taken over.")

    def show(self, comparison: refresh.Comparison) -> None:
        """One provider's differences, one line each."""
        self.stdout.write(f"{comparison.provider}: {len(comparison.changes)} changes")
        if comparison.trouble:
            self.stdout.write(f"  not compared: {comparison.trouble}")
        for change in comparison.changes:
            line = f"  {WORDS[change.kind]} {change.model}"
            if change.before or change.after:
                line += f"  {change.before or 'nothing'} -> {change.after or 'nothing'}"
            self.stdout.write(line)

    def confirm(self, number: int) -> bool:
        """Ask at the terminal."""
        answer = input(f"Take {number} changes over? [y/N] ")
        return answer.strip().lower() in {"y", "yes"}
