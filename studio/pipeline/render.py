"""Draw an animatic on this machine, in the queue, as often as a crash makes needed.

It is repeatable: the same take gives the same video, so a drawing that was interrupted
is simply drawn again.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import faults, queue
from studio.animatic import AnimaticSpec, frame_size, render
from studio.media.storage import write_durably
from studio.media.store import store
from studio.models import AT_PROVIDER, Billed, Generation, Status
from studio.models.progress import is_news
from studio.pipeline.owner import new_owner

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
NOTE_EVERY = timedelta(seconds=1)
MOST_TRIES = 3  # a drawing that kills its worker each time is given up


class Stopped(Exception):
    """Somebody canceled the take, or another worker has it."""


def render_generation(generation_id: str) -> None:
    """Draw the take's video and hand it to collect; quietly nothing if not ours."""
    owner = new_owner()
    generation = claim(generation_id, owner)
    if generation is None:
        return
    faults.point("render.claimed")
    target = Path(settings.INCOMING_DIR) / f"{generation.pk}.drawn.mp4"
    part = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    for leftover in part.parent.glob(f"{target.name}.*.part"):
        leftover.unlink(missing_ok=True)  # of a worker that died: the lease is ours
    try:
        with ExitStack() as copies:
            spec = spec_of(generation, copies)
            render(spec, part, Reporter(generation, owner))
        faults.point("render.drawn")
        write_durably(part, target)
    except Stopped:
        return
    except ValueError as error:
        fail(generation, "render_failed", str(error))
        return
    except OSError as error:
        logger.exception("drawing of take %s failed", generation.pk)
        later(generation, owner, error)
        return
    finally:
        part.unlink(missing_ok=True)
    finish(generation, target)


def claim(generation_id: str, owner: str) -> Generation | None:
    """Take the lease of one drawing, counting the tries before the work."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = Generation.objects.filter(free, pk=generation_id, status__in=AT_PROVIDER)
    generation = rows.select_related("prompt").first()
    if generation is None:
        return None
    tries = generation.collect_attempts + 1
    if tries > MOST_TRIES:
        fail(generation, "render_failed", _("This machine could not draw it."))
        return None
    changed = rows.update(
        lease_by=owner, lease_until=now + LEASE, collect_attempts=tries
    )
    if changed != 1:
        return None
    generation.mark_processing(now=now)
    return generation


def spec_of(generation: Generation, copies: ExitStack) -> AnimaticSpec:
    """The frozen request in the renderer's terms; its pictures while `copies` lasts."""
    options = generation.options
    width, height = frame_size(options["aspect_ratio"], options["resolution"])
    files: dict[str, list[Path]] = {}
    for item in generation.inputs.select_related("asset").order_by("role", "position"):
        path = copies.enter_context(store().at_hand(item.asset.path))
        files.setdefault(item.role, []).append(path)
    return AnimaticSpec(
        prompt=generation.prompt.text,
        negative_prompt=options.get("negative_prompt") or "",
        seed=options["seed"],
        duration=options["duration"],
        width=width,
        height=height,
        frame_rate=options.get("frame_rate") or 24,
        sound=bool(options.get("generate_audio")),
        start_image=next(iter(files.get("start_image", [])), None),
        end_image=next(iter(files.get("end_image", [])), None),
        reference_images=tuple(files.get("reference_images", [])),
    )


class Reporter:
    """Notes how far the drawing is, about once a second, and renews its lease."""

    def __init__(self, generation: Generation, owner: str) -> None:
        self.generation = generation
        self.owner = owner
        self.noted_at = timezone.now()

    def __call__(self, fraction: float) -> None:
        """Called by the renderer. Raises Stopped when the take is no longer ours."""
        faults.point("render.drawing")
        now = timezone.now()
        if now - self.noted_at < NOTE_EVERY:
            return
        self.noted_at = now
        if not self.note(round(fraction, 3), now):
            raise Stopped

    def note(self, fraction: float, now: datetime) -> bool:
        """Write it down, and tell open pages once a bar has visibly moved."""
        take, before = self.generation, self.generation.fraction
        take.fraction = fraction
        fields = {"fraction": fraction, "lease_until": now + LEASE}
        ours = Generation.objects.filter(
            pk=take.pk, status=Status.PROCESSING, lease_by=self.owner
        )
        if is_news(before, fraction):
            return ours.tell(take.team_id, **fields) == 1
        return ours.update(**fields) == 1


def finish(generation: Generation, target: Path) -> None:
    """The drawing is whole on disk: on to collect, which checks and stores it."""
    faults.point("render.stored")
    relative = str(target.relative_to(settings.STORAGE_DIR))
    with transaction.atomic():
        if generation.mark_collecting(
            [{"path": relative}], now=timezone.now(), collect_attempts=0
        ):
            faults.point("render.collecting_marked")
            queue.enqueue("collect", generation_id=str(generation.pk))
            return
    target.unlink(missing_ok=True)  # canceled meanwhile


def fail(generation: Generation, code: str, message: str) -> None:
    """It cannot be drawn; it cost nothing."""
    generation.mark_failed(
        code, message, now=timezone.now(), billed=Billed.NO, frm=AT_PROVIDER
    )


def later(generation: Generation, owner: str, error: OSError) -> None:
    """The storage is full or away: the sweep wakes this again when the lease ends."""
    message = _("The storage of this installation cannot be written: %(reason)s.")
    Generation.objects.filter(pk=generation.pk, lease_by=owner).update(
        wait_reason=(message % {"reason": error.strerror or error})[:300],
        collect_attempts=0,
    )
