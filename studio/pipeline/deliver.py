"""A checked video and its pictures to where finished files are kept.

A folder is a rename away: that is done inside the transaction of the last step. A
bucket is a network away, and no transaction may wait for one: the files are sent first,
while the lease is held, and the checked video stays here until the row names it. An
upload that failed is repeated from there, without another download.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from studio.media.store import store
from studio.models import Asset, Generation, Status
from studio.pipeline.bring import LEASE, Stopped, Watch, hold, renew_until_done

CHECKED = ".checked"


def kept_here(generation: Generation) -> Path:
    """Where a checked video waits for its upload."""
    return Path(settings.INCOMING_DIR) / f"{generation.pk}{CHECKED}"


def take_back(generation: Generation, part: Path) -> bool:
    """Go on with a video that an earlier try could not upload, if there is one.

    It is checked anew, and stays here until the row names it, whoever dies meanwhile.
    """
    try:
        os.link(kept_here(generation), part)
    except FileNotFoundError:
        return False
    return True


def is_waited_for(path: Path) -> bool:
    """Whether a file that came in long ago is a checked video that is still to go."""
    if path.suffix != CHECKED:
        return False
    take = Generation.objects.filter(pk=path.stem, status=Status.COLLECTING)
    return take.exists()


def send(
    generation: Generation, owner: str, video: Path, files: Mapping[Asset, Path]
) -> None:
    """Upload everything while the lease is held. Raises Stopped and OSError."""
    with suppress(FileExistsError):
        os.link(video, kept_here(generation))
    for asset, path in files.items():
        send_one(generation, owner, path, asset)


def send_one(generation: Generation, owner: str, path: Path, asset: Asset) -> None:
    """Upload one file; it breaks off where somebody else has the take now."""
    hold(generation, owner, LEASE)
    watch = Watch()

    def go_on(sent: int) -> None:
        if watch.is_over:
            raise Stopped

    with ThreadPoolExecutor(1) as thread:
        upload = thread.submit(store().place, path, asset.path, asset.media_type, go_on)
        renew_until_done(generation, owner, upload, watch)


def forget(generation: Generation) -> None:
    """The row names the files, or the video that waited here went bad."""
    kept_here(generation).unlink(missing_ok=True)
