"""Starts a worker: untrusted bytes are decoded there, never in this process.

The worker runs isolated (`python -I`), with an empty environment, no input but what it
is given, a time limit kept here and limits on memory, processor time, file size and
open files that it takes before it opens anything. Where the system knows no such limits
(Windows), the time limit remains.
"""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from studio.media.check import check_whole, sniff
from studio.media.facts import MediaError, Unusable

logger = logging.getLogger(__name__)

LONGEST_TRACE = 2000  # bytes of the worker's own words that go to the log

WORKER_FOLDER = Path(__file__).resolve().parent / "worker"

CONTAINERS = {
    "video/mp4": "mp4",
    "video/quicktime": "mp4",  # one demuxer reads both
    "video/webm": "webm",
    "video/x-matroska": "webm",
}

SENTENCES = {
    "cut_short": _("The video stops before its end: part of the file is missing."),
    "no_pictures": _("The video file holds no pictures."),
    "unknown_codec": _("The video is coded in a way this studio cannot read."),
    "too_slow": _("The video took too long to read."),
    "unreadable": _("The video file is damaged and cannot be read."),
}


def ask_about_video(
    video: Path, act: str, *, timeout: float, **details: Any
) -> dict[str, Any]:
    """Let a worker do `act` on a whole video. Raises MediaError in plain words."""
    check_whole(video)
    request = {
        "act": act,
        "video": str(video.resolve()),
        "container": CONTAINERS[sniff(video) or "video/mp4"],
        **details,
    }
    try:
        answer, _content = run_worker("videos_main.py", request, timeout=timeout)
    except Unusable as refusal:
        sentence = SENTENCES.get(refusal.code, SENTENCES["unreadable"])
        raise MediaError(str(sentence)) from refusal
    return answer


def run_worker(
    script: str, request: Mapping[str, Any], *, timeout: float, content: bytes = b""
) -> tuple[dict[str, Any], bytes]:
    """Run one request, `content` on its input; returns the answer and its bytes.

    `timeout` is seconds. Raises Unusable if the file will not do.
    """
    try:
        done = subprocess.run(  # noqa: S603  # our own program, and no shell
            command_for(script, request, timeout=timeout),
            input=content,
            capture_output=True,
            timeout=timeout,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Unusable("too_slow") from late
    return _read_answer(done)


def command_for(
    script: str, request: Mapping[str, Any], *, timeout: float
) -> list[str]:
    """The command line of a worker that may use `timeout` seconds of processor time."""
    asked = json.dumps({**request, "cpu_seconds": max(math.ceil(timeout), 1)})
    return [sys.executable, "-I", str(WORKER_FOLDER / script), asked]


def _environment() -> dict[str, str]:
    """Nothing, but for the one variable without which Windows starts no program."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def _read_answer(
    done: subprocess.CompletedProcess[bytes],
) -> tuple[dict[str, Any], bytes]:
    if done.returncode == -getattr(signal, "SIGXCPU", math.inf):
        raise Unusable("too_slow")
    line, _newline, content = done.stdout.partition(b"\n")
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(line)
        return answer, content
    tail = done.stderr[-LONGEST_TRACE:].decode(errors="replace")
    logger.info("Media worker left with %s: %s %s", done.returncode, line, tail)
    try:
        code = str(json.loads(line)["problem"])
    except (ValueError, KeyError, TypeError):
        code = "unreadable"  # it fell over the file
    raise Unusable(code)
