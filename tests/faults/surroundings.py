"""What the machine does to the pipeline, each act in a process of its own."""

from __future__ import annotations

import ctypes
import os
import re
from datetime import timedelta

import time_machine
from django.conf import settings
from django.utils import timezone

from studio import tasks
from studio.models import Generation
from studio.pipeline import left_behind
from studio.pipeline.sweep import Sweep
from tests.faults import worker

WORK_SECONDS = 150.0
CAPABILITY_VERSION = 0x20080522  # linux/capability.h, version 3


def work_until_it_says(words: str) -> None:
    """Be the queues until each take waits for a reason in such words."""

    def says_so() -> bool:
        return all(re.search(words, reason) for reason in reasons().values())

    worker.work(WORK_SECONDS, until=says_so)


def work_with_room(wanted: int, words: str) -> None:
    """Be the queues of an installation that wants so many bytes free."""
    settings.MIN_FREE_BYTES = wanted
    work_until_it_says(words)


def work_as_anybody(words: str) -> None:
    """Be the queues, without root's leave to write where nobody may."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if os.geteuid() == 0 and ctypes.CDLL(None).capset(header, nothing):
        raise OSError("The privileges cannot be given up.")
    work_until_it_says(words)


def reasons() -> dict[str, str]:
    """Why each take waits, by prompt."""
    takes = Generation.objects.select_related("prompt")
    return {take.prompt.text: take.wait_reason for take in takes}


def see_the_clock_move(hours: float) -> dict[str, str]:
    """A slice, somebody moves the clock, and what a slice after it leaves behind."""
    tasks.CLOCK.begin()
    Sweep(clock=tasks.CLOCK).run(1.0, 0.3)
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        tasks.CLOCK.begin()
        left_behind.reap_lost(tasks.CLOCK())
        Sweep(clock=tasks.CLOCK).run(1.0, 0.3)
        return {
            take.prompt.text: take.status
            for take in Generation.objects.select_related("prompt")
        }


def work_elsewhen(seconds: float, hours: float) -> None:
    """Be the queues, on a machine whose clock is wrong."""
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        worker.work(seconds)
