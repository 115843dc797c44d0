"""``manage.py restore``: bring a backup back, and submit nothing again."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from studio.keeping import CannotKeep
from studio.keeping.mark import LOCK
from studio.keeping.restore import Restored, restore
from studio.supervision import StartRefused, ground


class Command(BaseCommand):
    """Restore a backup."""

    help = (
        "Brings back a backup that manage.py backup made: of a folder the newest, or "
        "the one whose folder is named. Files are added, none is deleted; the database "
        "that was here is kept aside. Stop Dailies first."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where, and whether the keys come along."""
        parser.add_argument("source", type=Path, help="a folder, or a file NAME.tar")
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="add the secret keys of the backup to those that are here",
        )
        parser.add_argument("--data", metavar="FOLDER", help="the data folder")

    def handle(self, *, source: Path, with_secrets: bool, **options: Any) -> None:
        """Restore it and say what became of what was under way."""
        try:
            run = ground.make_folders(settings.DATA_DIR)
            locks = [ground.hold(run, LOCK)]  # from here on nobody else comes in
            locks += [ground.hold(run, name) for name in holders(run)]
            restored = restore(source, with_secrets=with_secrets)
        except (CannotKeep, StartRefused) as problem:
            sys.exit(str(problem))
        except OSError as error:
            sys.exit(f"The backup cannot be restored: {error}.")
        for lock in locks:
            os.close(lock)
        for line in report(restored):
            self.stdout.write(line)


def holders(run: Path) -> list[str]:
    """Everybody who may work on this folder."""
    return ["up", *sorted(path.stem for path in run.glob("worker-*.lock"))]


def report(restored: Restored) -> list[str]:
    """What came back, and what a person has to do."""
    moment = timezone.localtime(restored.manifest.moment)
    lines = [
        f"Restored the backup of {moment:%Y-%m-%d %H:%M:%S %Z}: the database, "
        f"{restored.added} files added, {restored.kept} were here.",
        "Everybody has to sign in again.",
        "Members, keys, invitations and review links are as they were then: what was "
        "taken back since works again until it is taken back once more.",
    ]
    if restored.set_aside:
        lines.append(f"The database that was here is kept as {restored.set_aside}.")
    if count := restored.reopened.doubtful:
        lines.append(
            f"{count} takes waited or were being sent. They may have been sent since, "
            "so they are unclear now: settle them on the queue page."
        )
    if count := restored.reopened.asked_again:
        lines.append(f"{count} takes are asked for by their id, or fetched.")
    for path in restored.manifest.missing:
        lines.append(f"Was missing when the backup was made: {path}")
    if not restored.has_secrets:
        lines.append(
            "The secret keys were left as they are: without those of the backup, "
            "provider keys must be typed in again."
        )
    return lines
