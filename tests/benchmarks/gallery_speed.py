"""Server time, queries and bytes of the gallery, beside a bare signed-in view.

Run it by hand: ``.venv/bin/python tests/benchmarks/gallery_speed.py [takes ...]``.
It makes a database of its own in a temporary folder and leaves nothing behind.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
SIZES = (100, 10_000, 100_000)
ROUNDS = 60
CHUNK = 2_000


def set_up(folder: str) -> None:
    """Django on a fresh database in this folder."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"STUDIO_DATA": folder, "STUDIO_SECRET_KEY": "benchmark"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    django.setup()
    settings.ALLOWED_HOSTS.append("testserver")
    settings.ROOT_URLCONF = "benchmark_urls"
    sys.modules["benchmark_urls"] = urls_with_a_bare_view()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def urls_with_a_bare_view() -> ModuleType:
    """The site's pages and one that only knows who is signed in."""
    from django.http import HttpRequest, HttpResponse
    from django.urls import include, path

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"<p>{request.user}</p>")

    module = ModuleType("benchmark_urls")
    module.urlpatterns = [  # type: ignore[attr-defined]  # a module made here
        path("bare", bare),
        path("", include("studio.urls")),
    ]
    return module


def fill(number: int) -> None:
    """Bring the one project to this many finished takes."""
    from django.db import transaction
    from django.utils import timezone

    from studio import catalog
    from studio.models import Asset, Feed, Generation, Project, Prompt, Team, User
    from studio.pipeline.create import catalog_entry

    project = Project.objects.first()
    if project is None:
        user = User.objects.create_superuser("bench@example.org", "x", name="Bench")
        team = Team.create("Bench", user)
        project = Project.objects.create(team=team, name="Bench", created_by=user)
    user, team = User.objects.get(), project.team
    entry = catalog_entry(catalog.get_model("animatic"))
    start = timezone.now() - timedelta(days=200)
    have = Generation.objects.count()
    for first in range(have, number, CHUNK):
        count = min(CHUNK, number - first)
        with transaction.atomic():
            prompts = Prompt.objects.bulk_create(
                Prompt(
                    team=team,
                    project=project,
                    created_by=user,
                    text=f"Shot {n} of"
                    " the harbour at dawn, slow dolly in, drifting fog",
                )
                for n in range(first, first + count)
            )
            takes = Generation.objects.bulk_create(
                Generation(
                    team=team,
                    project=project,
                    prompt=prompt,
                    created_by=user,
                    created_at=start + timedelta(minutes=first + n),
                    provider="animatic",
                    model="animatic",
                    model_name="Animatic preview",
                    mode="text_to_video",
                    options={"aspect_ratio": "16:9", "duration": 4},
                    catalog_entry=entry,
                    estimate=0,
                    cost=0,
                    status="completed",
                    billed="no",
                    operation_id=uuid.uuid4().hex,
                    version=Feed.advance(team.pk) if n == 0 else first,
                    comments_said=n % 4,
                    comments_open=n % 2,
                )
                for n, prompt in enumerate(prompts)
            )
            Asset.objects.bulk_create(
                Asset(
                    team=team,
                    kind=kind,
                    generation=take,
                    path=f"{take.pk}-{kind}",
                    media_type=media_type,
                    size=1000,
                    sha256="0" * 64,
                    width=width,
                    height=width * 9 // 16,
                )
                for take in takes
                for kind, media_type, width in (
                    ("video", "video/mp4", 1280),
                    ("poster", "image/webp", 640),
                    ("poster_small", "image/webp", 320),
                    ("preview", "video/mp4", 480),
                )
            )
    analyse()


def analyse() -> None:
    """Let the database learn what it holds, as ``up`` and time would."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(ask: Callable[[], object]) -> float:
    """Median milliseconds of one answer."""
    for _round in range(5):
        ask()
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def beside(
    ask: Callable[[], object],
    reference: Callable[[], object],
    change: Callable[[], object] | None = None,
) -> tuple[float, float]:
    """Median milliseconds of one answer and of its reference, asked in turn.

    Of processor time, as a machine that others use as well lets nobody have all of the
    clock's. What changes something before each answer is not counted.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 5):
        if change:
            change()
        for asked, found in zip((reference, ask), times, strict=True):
            began = time.process_time()
            asked()
            if number >= 5:
                found.append((time.process_time() - began) * 1000)
    return statistics.median(times[1]), statistics.median(times[0])


def report(sizes: list[int]) -> None:
    """One line per page and size."""
    from django.db import connection
    from django.test import Client

    from studio.models import Feed, Project, User

    print(
        f"{'takes':>8} {'page':<12} {'ms':>7} {'x bare':>7} {'queries':>8} {'bytes':>8}"
    )
    for size in sizes:
        fill(size)
        client = Client()
        client.force_login(User.objects.get())
        project = Project.objects.get()
        version = Feed.objects.get().version
        gallery = client.get("/gallery/").content.decode()
        following = link_to_more(gallery)
        pages = {
            "bare": "/bare",
            "gallery": "/gallery/",
            "gallery anew": "/gallery/",
            "next page": following,
            "project": f"/projects/{project.pk}/",
            "live update": f"/updates?since={version}&scope=project:{project.pk}",
        }
        reference = 0.0
        for name, address in pages.items():
            headers = (
                {"HX-Request": "true"} if name in {"next page", "live update"} else {}
            )
            queries: list[str] = []
            ask = partial(client.get, address, headers=headers)
            if name == "gallery anew":  # as after a change of everything on it
                ask = partial(forgetful, ask)
            with connection.execute_wrapper(counter(queries)):
                answer = ask()
            assert answer.status_code in {200, 204}, (name, answer.status_code)
            spent = measure(ask)
            reference = reference or spent
            print(
                f"{size:>8} {name:<12} {spent:>7.2f} {spent / reference:>7.2f} "
                f"{len(queries):>8} {len(answer.content):>8}"
            )


def forgetful(ask: Callable[[], object]) -> object:
    """Ask a process that has drawn and counted nothing yet."""
    from django.core.cache import caches

    from studio.views import drawn, grid

    caches["memory"].clear()
    drawn._kept.values.clear()
    grid._pages.values.clear()
    return ask()


def counter(queries: list[str]) -> Callable[..., object]:
    """Writes down every statement on its way to the database."""

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        queries.append(sql)
        return execute(sql, params, many, context)

    return note


def link_to_more(page: str) -> str:
    """The address of the gallery's next page, as the page itself links it."""
    import re
    from html import unescape

    found = re.search(r'hx-get="(/gallery/[^"]+)"', page)
    assert found, "the gallery has no next page"
    return unescape(found.group(1))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        set_up(temporary)
        report([int(word) for word in sys.argv[1:]] or list(SIZES))
