"""Keeping what is stored: backups, their return, and the check that files are whole.

A backup folder holds::

    storage/...        the files, each copied once, since they never change
    2026-11-21T03-00-00.123456Z/
                       the database at one moment, and what belongs to it:
        manifest.json
        files.sha256   for ``sha256sum -c``, from the folder above
        studio.sqlite3 or studio.pgdump
        secrets/       only where somebody asked for it

The folder of a moment gets its name last, so it is whole or not there.
"""

from __future__ import annotations


class CannotKeep(Exception):
    """A backup or a restore that cannot be; the text is for the operator."""
