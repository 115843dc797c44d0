"""``manage.py backup``: a copy of the database and the files, made while all runs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat

from studio.keeping import CannotKeep
from studio.keeping.backup import Made, is_archive, make_backup
from studio.keeping.prune import prune


class Command(BaseCommand):
    """Make a backup."""

    help = (
        "Copies the database and all files to a folder (where files of earlier "
        "backups are used again) or to a new file that ends in .tar."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and whether the keys come along."""
        parser.add_argument("target", type=Path, help="a folder, or a file NAME.tar")
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="copy the secret keys, too: whoever reads the backup can then use "
            "the provider keys in it",
        )
        parser.add_argument(
            "--keep",
            type=at_least_one,
            metavar="N",
            help="in a folder, remove all but the N newest backups, and the files that "
            "no other backup names; the newest whole one stays in any case",
        )
        parser.add_argument("--data", metavar="FOLDER", help="the data folder")

    def handle(
        self, *, target: Path, with_secrets: bool, keep: int | None, **options: Any
    ) -> None:
        """Make it and say what it holds; ends with 1 where a file is missing."""
        if keep and is_archive(target):
            sys.exit("--keep is for a folder: a .tar holds one backup alone.")
        try:
            made = make_backup(target, with_secrets=with_secrets)
        except CannotKeep as problem:
            sys.exit(str(problem))
        except OSError as error:
            sys.exit(f"The backup cannot be written: {error.strerror or error}.")
        self.stdout.write(
            f"Made {made.where}: the database and {made.files} files "
            f"({filesizeformat(made.bytes)}), {made.new} of them new."
        )
        if made.is_linked:
            self.stdout.write(
                "It lies on the disk of the storage and shares its bytes: copy it to "
                "another machine."
            )
        self.stdout.write(about_secrets(is_in=with_secrets))
        if keep:
            self.prune(target, keep)
        if problems := list_problems(made):
            sys.exit(problems)

    def prune(self, folder: Path, keep: int) -> None:
        """Remove the oldest, and say which."""
        try:
            gone = prune(folder.absolute(), keep=keep)
        except CannotKeep as problem:
            sys.exit(str(problem))
        except OSError as error:
            sys.exit(f"An older backup cannot be removed: {error.strerror or error}.")
        if gone.moments:
            self.stdout.write(
                f"Removed {', '.join(gone.moments)}, and {gone.files} files that no "
                "other backup names."
            )


def at_least_one(text: str) -> int:
    """A number from 1. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number from 1.")
    return int(text)


def about_secrets(*, is_in: bool) -> str:
    """Whether the keys are in it, and what follows."""
    if is_in:
        return "The secret keys are in it: keep it where only you can read it."
    return (
        f"The secret keys are not in it: keep {settings.SECRETS_DIR} apart, or "
        "provider keys must be typed in again after a restore."
    )


def list_problems(made: Made) -> str:
    """The files that are not in it, a line each; empty where all are."""
    lines = [f"missing: {path}" for path in made.missing]
    lines += [f"damaged: {path}" for path in made.damaged]
    if not lines:
        return ""
    return "\n".join(["The database names files that are not in the backup:", *lines])
