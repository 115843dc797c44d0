"""Re-read stored files against their checksums, slowly and in slices.

How far a look has come is written down every few seconds, so that whoever comes after
a kill goes on there. One looks at a time, by a lease, no faster than it was told.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
import uuid
from itertools import islice

from django.utils import timezone

from studio import faults
from studio.media.store import StoreAway, store
from studio.models import Asset, FileCheck, FileProblem, Lease

logger = logging.getLogger(__name__)

LEASE = "check_files"
NOTE_EVERY = 2.0  # seconds; the lease lasts for three times as long
CHUNK = 2**20
ROWS = 200  # read at once
STRAY_AFTER = 8 * 24 * 3600.0  # seconds: younger ones may be on their way


class Stopped(Exception):
    """Another process looks at the files."""


class Away(Exception):
    """Nothing can be said of any file now: a later slice goes on from the same one."""


class Slice:
    """A stretch of one look, for so many seconds at so many bytes a second."""

    def __init__(self, *, seconds: float | None, bytes_per_second: int) -> None:
        self.owner = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.begun = time.monotonic()
        self.seconds = seconds
        self.rate = bytes_per_second
        self.read = 0  # bytes
        self.noted = 0.0  # monotonic
        self.check = FileCheck()

    def run(self) -> FileCheck | None:
        """Look at files until the time is over; None where another process does.

        Raises Away.
        """
        if not Lease.take(LEASE, self.owner, timezone.now()):
            return None
        try:
            self.check = FileCheck.open_one()
            if self.look_at_files():
                self.check.finish(count_strays(), now=timezone.now())
                tell(self.check)
        except Stopped:
            return None
        except StoreAway as away:
            self.check.note()
            raise Away(str(away)) from away
        finally:
            Lease.give_back(LEASE, self.owner, timezone.now())
        return self.check

    def look_at_files(self) -> bool:
        """Go on after the last one; whether the end was reached."""
        while files := next_files(self.check):
            for asset in files:
                if self.is_over():
                    self.note()
                    return False
                self.look_at(asset)
                self.check.cursor = asset.pk
                self.check.files += 1
                self.keep_going()
                faults.point("check.file_read")
        self.note()
        return True

    def look_at(self, asset: Asset) -> None:
        """Read one file and report what is wrong with it."""
        kind = self.wrong_with(asset)
        if not kind:
            FileProblem.resolve(asset)
            return
        if not Asset.objects.filter(pk=asset.pk).exists():
            return  # deleted meanwhile, its file with it
        self.check.problems += 1
        if FileProblem.report(asset, kind, now=timezone.now()):
            logger.error("file %s is %s: %s", asset.pk, kind, asset.path)

    def wrong_with(self, asset: Asset) -> str:
        """What is wrong with a file; empty where nothing is."""
        try:
            sha256, size = self.digest(asset.path)
        except FileNotFoundError:
            return FileProblem.Kind.MISSING
        except StoreAway:
            raise  # it says nothing of the file
        except OSError:
            return FileProblem.Kind.UNREADABLE
        is_whole = (sha256, size) == (asset.sha256, asset.size)
        return "" if is_whole else FileProblem.Kind.DAMAGED

    def digest(self, name: str) -> tuple[str, int]:
        """SHA-256 and size, read at the rate that was given."""
        digest, size = hashlib.sha256(), 0
        with store().open_file(name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                self.check.bytes += len(chunk)
                self.pace(len(chunk))
                self.keep_going()
        return digest.hexdigest(), size

    def pace(self, count: int) -> None:
        """Wait where it has read faster than it may."""
        self.read += count
        ahead = self.read / self.rate - (time.monotonic() - self.begun)
        if ahead > 0:
            time.sleep(min(ahead, NOTE_EVERY))

    def keep_going(self) -> None:
        """Every few seconds: note how far it is, and keep the lease."""
        if time.monotonic() - self.noted > NOTE_EVERY:
            self.note()

    def note(self) -> None:
        """Raises Stopped where another process has taken over."""
        if not Lease.take(LEASE, self.owner, timezone.now()):
            raise Stopped
        self.check.note()
        self.noted = time.monotonic()

    def is_over(self) -> bool:
        """Whether the time is used up."""
        used = time.monotonic() - self.begun
        return self.seconds is not None and used >= self.seconds


def next_files(check: FileCheck) -> list[Asset]:
    """The files after the last one that was looked at."""
    rows = Asset.objects.select_related("generation").order_by("pk")
    if check.cursor is not None:
        rows = rows.filter(pk__gt=check.cursor)
    return list(rows[:ROWS])


def count_strays() -> int:
    """How many older files no row names: left by a restore, or put there by somebody.

    They may have been paid for: nothing removes them.
    """
    found = 0
    files = store().older_names(STRAY_AFTER)
    while paths := list(islice(files, ROWS)):
        known = Asset.objects.filter(path__in=paths).values_list("path", flat=True)
        for path in set(paths) - set(known):
            logger.warning("no row names the file %s", path)
            found += 1
    return found


def tell(check: FileCheck) -> None:
    """The end of a look in the log."""
    logger.log(
        logging.ERROR if check.problems else logging.INFO,
        "file check: %s files, %s bytes, %s problems, %s files of no row",
        check.files,
        check.bytes,
        check.problems,
        check.strays,
    )
