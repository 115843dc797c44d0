"""What load balancers and containers ask: does it live, and does it work?"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio import queue
from studio.media.store import store
from studio.models import Heartbeat

logger = logging.getLogger(__name__)

WEB = "web"  # the heartbeat that this page writes
WRITTEN = timedelta(seconds=5)  # a younger one of any process is proof enough
QUIET = timedelta(seconds=90)  # heartbeats are due each minute


class NotReady(Exception):
    """What does not work, in words that give nothing away."""


@login_not_required  # whoever asks has no account
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is looked at."""
    return JsonResponse({"status": "ok"})


@login_not_required  # whoever asks has no account
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database and the storage can be written, and every queue works."""
    now = timezone.now()
    parts = {
        "database": state_of(lambda: write_database(now)),
        "storage": state_of(write_storage),
        "queue": state_of(lambda: look_at_queues(now)),
    }
    is_ready = set(parts.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if is_ready else "failing", "parts": parts},
        status=200 if is_ready else 503,
    )


def state_of(look: Callable[[], None]) -> str:
    """``ok``, or what is wrong; the details go to the log alone."""
    try:
        look()
    except NotReady as problem:
        return str(problem)
    except Error as error:
        logger.warning("Not ready: the database failed with %s", type(error).__name__)
        return "the database does not answer"
    except OSError as error:
        logger.warning("Not ready: %s", error)
        return "cannot be written"
    return "ok"


def write_database(now: datetime) -> None:
    """Leave a mark, unless somebody has just done so: the page is open to all."""
    recent = Heartbeat.objects.filter(queue=WEB, at__gt=now - WRITTEN, at__lte=now)
    if not recent.exists():
        Heartbeat.beat(WEB, now)


def write_storage() -> None:
    """Write a small file where downloads arrive, and take it away again; then where
    finished files are kept, if that is elsewhere."""
    settings.INCOMING_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=settings.INCOMING_DIR, suffix=".part") as file:
        file.write(b"ready")
        file.flush()
    store().check_writable()


def look_at_queues(now: datetime) -> None:
    """Every queue has worked lately. Raises NotReady."""
    beats = dict(Heartbeat.objects.values_list("queue", "at"))
    quiet = [name for name in queue.QUEUES if is_quiet(name, beats.get(name), now)]
    if quiet:
        raise NotReady(f"no sign of {', '.join(quiet)}")


def is_quiet(name: str, beat: datetime | None, now: datetime) -> bool:
    """Whether a queue has been silent for longer than its work explains."""
    signs = [sign for sign in (beat, queue.last_finished(name)) if sign]
    if not signs:
        return True
    silence = now - max(signs)
    if silence <= QUIET:
        return False
    longest = QUIET + timedelta(seconds=queue.task_timeout(name))
    return silence > longest or not queue.has_work_in_hand(name)
