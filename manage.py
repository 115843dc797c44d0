#!/usr/bin/env python
"""Dailies' command line: ``manage.py up`` starts everything."""

from __future__ import annotations

import os
import sys


def data_folder_of(arguments: list[str]) -> str | None:
    """The value of ``--data``: settings need it before any command is parsed."""
    for position, argument in enumerate(arguments):
        if argument == "--":
            return None
        if argument.startswith("--data="):
            return argument.removeprefix("--data=")
        if argument == "--data" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def main() -> None:
    """Run a management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    if data := data_folder_of(sys.argv[1:]):
        os.environ["STUDIO_DATA"] = data
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))  # a bad setting is the operator's, not a bug


if __name__ == "__main__":
    main()
