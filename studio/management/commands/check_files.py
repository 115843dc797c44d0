"""``manage.py check_files``: re-read every stored file against its checksum."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat

from studio.keeping.checking import Away, Slice
from studio.models import FileCheck, FileProblem


class Command(BaseCommand):
    """Look at all files now."""

    help = (
        "Re-reads every stored file against its checksum; goes on with a look that "
        "was interrupted. Ends with 1 where a file is missing or damaged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How fast."""
        parser.add_argument(
            "--rate",
            type=int,
            default=settings.CHECK_RATE // 2**20,
            help="MiB a second at most (%(default)s)",
        )
        parser.add_argument("--data", metavar="FOLDER", help="the data folder")

    def handle(self, *, rate: int, **options: Any) -> None:
        """Look at every file and list what is wrong."""
        if rate < 1:
            sys.exit("--rate must be at least 1.")
        try:
            check = Slice(seconds=None, bytes_per_second=rate * 2**20).run()
        except Away as away:
            sys.exit(f"{away}: the next look goes on from here.")
        if check is None:
            sys.exit("Another process looks at the files now: try again later.")
        self.stdout.write(summary(check))
        problems = FileProblem.objects.select_related("asset").order_by("asset__path")
        for problem in problems:
            self.stdout.write(f"{problem.kind}: {problem.asset.path}")
        if check.problems:
            sys.exit(1)


def summary(check: FileCheck) -> str:
    """What was looked at, in one line."""
    return (
        f"{check.files} files ({filesizeformat(check.bytes)}): {check.problems} "
        f"missing or damaged, {check.strays} that no row names."
    )
