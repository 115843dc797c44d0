"""Create takes: check who asks, freeze the request, write the rows, wake the sweep."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.catalog import VideoModel, snapshot
from studio.models import (
    CatalogEntry,
    Event,
    Feed,
    Generation,
    GenerationInput,
    Moderation,
    Order,
    Project,
    Prompt,
    Status,
    User,
    approvals,
    ledger,
    offered_model,
)
from studio.pipeline import wake

MAX_SEED = 2**31 - 1


class FormChanged(Exception):
    """The same form was sent before, with other words or settings."""


class ProjectGone(Exception):
    """It or its team was deleted: nobody would see what is paid for."""


class PriceUnknown(Exception):
    """Nobody knows what it costs, and nobody said to go on all the same."""


def create_takes(order: Order, *, user: User, project: Project) -> list[Generation]:
    """The takes of one press of *Generate*, queued; the same press finds its own again.

    One transaction: either every take is on disk and the queue has been woken, or
    nothing is. Raises FormChanged where the form's key was used for another wish,
    ProjectGone, and OverBudget where a budget has not so much left.
    """
    if order.form_key and (takes := takes_of_form(order, user)):
        return takes
    try:
        with transaction.atomic():
            takes = write_takes(order, user, project)
            wake.wake_sweep()
            return takes
    except IntegrityError:
        # The other click was faster: its takes are ours.
        if order.form_key and (takes := takes_of_form(order, user)):
            return takes
        raise


def takes_of_form(order: Order, user: User) -> list[Generation]:
    """What this form has already made."""
    prompt = Prompt.objects.filter(created_by=user, form_key=order.form_key).first()
    if prompt is None:
        return []
    if prompt.fingerprint != order.fingerprint():
        raise FormChanged(_("This form was already sent with other settings."))
    return list(prompt.generations.order_by("take"))


def write_takes(order: Order, user: User, project: Project) -> list[Generation]:
    """The prompt, its takes, what is held for them and their inputs as rows."""
    version = Feed.advance(project.team_id)
    # Whoever deletes it holds the feed as well: they stop these takes, or come first.
    there = Project.objects.filter(pk=project.pk, deleted_at=None)
    if not there.filter(team__deleted_at=None).exists():
        raise ProjectGone(_("This project was deleted. Nothing was sent."))
    prompt = Prompt.objects.create(
        team_id=project.team_id,
        project=project,
        created_by=user,
        text=order.prompt,
        settings=order.settings(),
        takes=order.takes,
        form_key=order.form_key,
        fingerprint=order.fingerprint(),
    )
    now = timezone.now()
    takes = Generation.objects.bulk_create(
        new_takes(order, prompt, user=user, now=now, version=version)
    )
    approvals.ask(takes, now)
    ledger.reserve(takes, ledger.day_of(takes[0]))
    write_inputs(order, takes)
    Event.objects.bulk_create(
        Event(
            team_id=project.team_id,
            project=project,
            generation=take,
            actor=user,
            verb="generation.queued",
            at=now,
            data={"estimate": order.estimate},
        )
        for take in takes
    )
    return takes


def new_takes(
    order: Order, prompt: Prompt, *, user: User, now: datetime, version: int
) -> Iterator[Generation]:
    """The takes of a prompt, queued and not saved yet."""
    project = prompt.project
    entry = catalog_entry(order.model)
    is_pending = project.team.needs_moderation
    waits = approvals.waiting_fields(order.total_estimate, project, user)
    for number in range(1, order.takes + 1):
        yield Generation(
            team_id=project.team_id,
            project=project,
            prompt=prompt,
            created_by=user,
            created_at=now,
            take=number,
            parent=order.parent,
            parent_relation=order.parent_relation,
            provider=order.model.provider,
            model=order.model.id,
            model_name=order.model.name,
            mode=order.mode,
            options=options_of_take(order, number),
            extra=order.extra,
            catalog_entry=entry,
            estimate=order.estimate,
            moderation=Moderation.PENDING if is_pending else Moderation.NONE,
            status=Status.QUEUED,
            status_at=now,
            version=version,
            **waits,
        )


def write_inputs(order: Order, takes: list[Generation]) -> None:
    """Which pictures each take is made from."""
    positions: dict[str, int] = {}
    rows = []
    for role, asset in order.inputs:
        position = positions.get(role, 0)
        positions[role] = position + 1
        rows += [
            GenerationInput(generation=take, asset=asset, role=role, position=position)
            for take in takes
        ]
    GenerationInput.objects.bulk_create(rows)


def options_of_take(order: Order, number: int) -> dict[str, Any]:
    """The options of one take: defaults that are sent, and a seed of its own.

    A locked seed counts up from take to take, since the same seed twice would pay for
    the same video twice.
    """
    options = {**order.model.defaults(order.mode), **order.options}
    seed = order.model.option("seed")
    if seed is None or not seed.applies_to(order.mode):
        return options
    if "seed" in order.options:
        options["seed"] = int(order.options["seed"]) + number - 1
        if seed.maximum is not None and options["seed"] > seed.maximum:
            options["seed"] = int(seed.minimum or 0) + number - 1
    elif order.model.provider == "animatic":
        options["seed"] = random.randrange(MAX_SEED)
    return options


def catalog_entry(model: VideoModel) -> CatalogEntry:
    """The catalog's words on the model as they are now, kept once."""
    table: Mapping[str, Any] = snapshot.to_json(model)
    entry, _created = CatalogEntry.objects.get_or_create(
        digest=snapshot.digest(dict(table)),
        defaults={"provider": model.provider, "model": model.id, "entry": table},
    )
    return entry


def retry_take(
    generation: Generation,
    *,
    user: User,
    form_key: str = "",
    accepts_unknown_price: bool = False,
) -> Generation:
    """The same request once more, as a new take that knows what it repeats.

    Raises UnknownModel where the model has been switched off since, PriceUnknown where
    nobody knows the price and nobody said to go on, ProjectGone and OverBudget.
    """
    order = retry_order(generation, form_key)
    if order.estimate is None and not accepts_unknown_price:
        raise PriceUnknown(
            _("The price is not known: tick the box to go on all the same.")
        )
    return create_takes(order, user=user, project=generation.project)[0]


def retry_order(generation: Generation, form_key: str = "") -> Order:
    """What a retry asks for, at today's price. Raises UnknownModel."""
    offered = offered_model(generation.model_key, generation.team_id)
    inputs = generation.inputs.select_related("asset").order_by("role", "position")
    model = generation.video_model()
    if offered.estimate(generation.mode, generation.options) is not None:
        model = replace(model, price=offered.price)
    return Order(
        model=model,
        mode=generation.mode,
        prompt=generation.prompt.text,
        options=generation.options,
        inputs=tuple((item.role, item.asset) for item in inputs),
        extra=generation.extra,
        form_key=form_key or f"retry-{uuid.uuid4().hex}",
        parent=generation,
        parent_relation="retry",
    )
