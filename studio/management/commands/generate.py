"""Make takes from the shell, through the same form and pipeline as the page."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils.datastructures import MultiValueDict

from studio import catalog
from studio.forms.composer import TICK, ComposerForm
from studio.media.store import store
from studio.models import (
    Asset,
    Billed,
    Generation,
    Membership,
    OverBudget,
    Project,
    Role,
    Status,
    User,
    diagnose,
)
from studio.pipeline import create, uploads

OPTION_NAMES = ("aspect_ratio", "duration", "resolution", "seed", "negative_prompt")
IMAGE_NAMES = {
    "start_image": "start_image",
    "end_image": "end_image",
    "reference_image": "reference_images",
}
LOOK_EVERY = 0.3  # seconds
UNKNOWN_PRICE = (
    "The price is not known: give --accept-unknown-price to go on all the same."
)


class Command(BaseCommand):
    """``manage.py generate --model animatic --prompt "..." --wait``."""

    help = "Make takes from a prompt, as the page does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What can be asked for."""
        parser.add_argument("--model", required=True, metavar="PROVIDER:ID")
        parser.add_argument("--prompt", default="")
        parser.add_argument("--user", metavar="EMAIL", help="default: the first admin")
        parser.add_argument("--project", metavar="NAME_OR_ID")
        parser.add_argument("--mode", choices=[str(mode) for mode in catalog.Mode])
        for name in OPTION_NAMES:
            parser.add_argument(f"--{name.replace('_', '-')}")
        parser.add_argument("--start-image", type=Path, metavar="FILE")
        parser.add_argument("--end-image", type=Path, metavar="FILE")
        parser.add_argument(
            "--reference-image", type=Path, metavar="FILE", nargs="+", action="extend"
        )
        parser.add_argument(
            "--option", metavar="NAME=VALUE", action="append", default=[]
        )
        parser.add_argument("--takes", type=int, default=1)
        parser.add_argument(
            "--accept-unknown-price",
            action="store_true",
            help="go on although nobody knows the price",
        )
        parser.add_argument("--data", metavar="FOLDER", help="the data folder")
        parser.add_argument("--wait", action="store_true", help="until all are done")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, **options: Any) -> None:
        """Create the takes, wait where asked to, and print what became of them."""
        user = find_user(options["user"])
        project = find_project(user, options["project"])
        form = ComposerForm(
            form_values(options), form_files(options), user=user, project=project
        )
        is_valid = form.is_valid()
        if not is_valid:
            raise CommandError(sentences(form))
        keep_uploads(form)
        try:
            takes = create.create_takes(form.order(), user=user, project=project)
        except (OverBudget, create.ProjectGone) as error:
            raise CommandError(str(error)) from error
        if options["wait"]:
            wait_for(takes, None if options["as_json"] else self.stderr)
        report(takes, options["as_json"], self.stdout)
        failed = {Status.FAILED, Status.CANCELED, Status.UNKNOWN}
        if any(take.status in failed for take in refreshed(takes)):
            raise SystemExit(1)


def find_user(email: str | None) -> User:
    """The person named, else the first admin."""
    if email:
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {email}.")
        return user
    admins = User.objects.filter(is_superuser=True, is_active=True)
    user = admins.order_by("date_joined", "pk").first()
    if user is None:
        raise CommandError("There is no admin yet: run manage.py up once.")
    return user


def find_project(user: User, name: str | None) -> Project:
    """The project named, else the first one, of a team that this person may use."""
    editors = [role for role in Role if role.is_at_least(Role.EDITOR)]
    teams = Membership.objects.filter(user=user, role__in=editors)
    projects = Project.objects.visible_to(user).filter(team__in=teams.values("team"))
    if name is None:
        found = projects.order_by("created_at", "id").first()
    else:
        by_id = [p for p in projects if str(p.pk) == name]
        named = projects.filter(name__iexact=name).order_by("created_at", "id")
        found = by_id[0] if by_id else named.first()
    if found is None:
        what = f"called {name} " if name else ""
        raise CommandError(f"{user.email} has no project {what}to make takes in.")
    return found


def form_values(options: dict[str, Any]) -> dict[str, Any]:
    """The arguments as the form's fields."""
    values = {
        "model": full_name(options["model"]),
        "prompt": options["prompt"],
        "mode": options["mode"] or "",
        "takes": options["takes"],
        TICK: options[TICK],
    }
    values |= {n: options[n] for n in OPTION_NAMES if options[n] is not None}
    for pair in options["option"]:
        name, separator, value = pair.partition("=")
        if not separator or not name:
            raise CommandError(f"--option takes name=value, not {pair!r}.")
        values[name] = value
    return values


def full_name(name: str) -> str:
    """``provider:id`` of the model, said at once when there is none."""
    try:
        return catalog.get_model(name).key
    except catalog.UnknownModel as error:
        raise CommandError(str(error)) from error


def form_files(options: dict[str, Any]) -> MultiValueDict[str, UploadedFile]:
    """The picture arguments as uploads."""
    files: MultiValueDict[str, UploadedFile] = MultiValueDict()
    for argument, role in IMAGE_NAMES.items():
        given = options[argument] or []
        for path in given if isinstance(given, list) else [given]:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise CommandError(
                    f"{path} cannot be read: {error.strerror}."
                ) from error
            files.appendlist(role, SimpleUploadedFile(path.name, content))
    return files


def sentences(form: ComposerForm) -> str:
    """Every fault of the form, one line each."""
    lines = []
    for name, errors in form.errors.items():
        if name == TICK:
            lines.append(UNKNOWN_PRICE)
            continue
        label = "" if name == "__all__" else f"{form.fields[name].label or name}: "
        lines += [f"{label}{error}" for error in errors]
    return "\n".join(lines)


def keep_uploads(form: ComposerForm) -> None:
    """Every new picture of the form becomes a file."""
    for item in form.video_model.inputs:
        for clean in form.new_images(item.role):
            asset = uploads.store_image(
                clean, project=form.project, user=form.user, name=item.role
            )
            form.keep_image(item.role, asset)


def wait_for(takes: list[Generation], progress: OutputWrapper | None) -> None:
    """Until the running queue has finished every take, or a person must settle it."""
    seen: dict[Any, str] = {}
    while True:
        rows = refreshed(takes)
        for take in rows:
            if seen.get(take.pk) != take.status:
                seen[take.pk] = take.status
                if progress is not None:
                    line = f"{take.pk} {take.status} {take.wait_reason}"
                    progress.write(line.rstrip())
        if not any(take.is_in_flight for take in rows):
            return
        time.sleep(LOOK_EVERY)


def refreshed(takes: list[Generation]) -> list[Generation]:
    """The rows as they are now, in order."""
    rows = Generation.objects.in_bulk([take.pk for take in takes])
    return [rows[take.pk] for take in takes]


def report(takes: list[Generation], as_json: bool, out: OutputWrapper) -> None:
    """What became of each take."""
    videos = {
        asset.generation_id: asset
        for asset in Asset.objects.filter(generation__in=takes, kind=Asset.Kind.VIDEO)
    }
    found = refreshed(takes)
    diagnose(found)
    rows = [description(take, videos.get(take.pk)) for take in found]
    if as_json:
        out.write(json.dumps(rows, indent=2))
        return
    for row in rows:
        out.write(
            " ".join(str(row[key]) for key in ("id", "status", "file") if row[key])
        )
        if row["error"]:
            out.write(f"  {row['cause'] or row['error']}")
            if row["next_step"]:
                out.write(f"  {row['next_step']}")
            if row["cause"]:
                out.write(f"  ({row['error']})")


def description(take: Generation, video: Asset | None) -> dict[str, Any]:
    """One take as JSON; money in micro-USD."""
    found = take.diagnosis
    return {
        "id": str(take.pk),
        "status": take.status,
        "model": take.model_key,
        "mode": take.mode,
        "options": take.options,
        "estimate": take.estimate,
        "cost": 0 if take.billed == Billed.NO else take.cost,
        "billed": take.billed,
        "error": take.error_message or None,
        "error_code": take.error_code or None,
        "cause": str(found.cause) if found else None,
        "fault": str(found.fault) if found else None,
        "next_step": str(found.next_step) if found else None,
        "file": store().where(video.path) if video else None,
    }
