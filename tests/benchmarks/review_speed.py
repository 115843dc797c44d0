"""Server time and queries of the review queue, beside a bare signed-in view.

Run it by hand: ``.venv/bin/python tests/benchmarks/review_speed.py [waiting ...]``.
It makes a database of its own in a temporary folder and leaves nothing behind.

Each page is asked for *again*, with nothing changed, and *after* a change each time: a
take that somebody judged and put back. *Next* is the take that
follows a verdict and that nobody has looked at before, *talk* the first one, each time
with a comment more. A page and the bare view are asked for in turn, and processor time
is compared.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent))

from gallery_speed import analyse, beside, counter, fill, set_up

if TYPE_CHECKING:
    from django.test import Client

    from studio.models import Generation

SIZES = (100, 10_000)
MOST_TIMES, JUDGED = 5, 10_000  # times the bare view, with so many waiting
TALK = 40  # comments on the take at hand, before the rounds that add one each


def ask_for_all() -> None:
    """Put every take in the line, a second apart, and let people talk of the first."""
    from django.db.models import F
    from django.utils import timezone

    from studio.models import Comment, Generation, User

    Generation.objects.update(review_asked_at=F("created_at"))
    first = Generation.objects.awaiting_review()[0]
    first.comments.all().delete()  # each size begins with as many
    author, now = User.objects.get(), timezone.now()
    for n in range(TALK):
        at = now + timedelta(seconds=n)
        Comment.say(first, "Slower here", author=author, pin=(n * 10, n), now=at)


def report(sizes: list[int]) -> bool:
    """One line per page and size; whether all are fast enough."""
    from django.db import connection
    from django.test import Client

    from studio.models import Generation, User

    print(f"{'waiting':>8} {'page':<18} {'bare':>6} {'ms':>7} {'x bare':>7} queries")
    is_fast = True
    for size in sizes:
        fill(size)
        ask_for_all()
        analyse()
        client = Client()
        client.force_login(User.objects.get())
        line = list(Generation.objects.awaiting_review())
        midst = f"/review/?take={line[size // 2].pk}"
        fresh = iter(line[size // 5 :])  # drawn for no other size
        following = partial(follow, client, fresh)
        pages = {
            "again": (partial(client.get, "/review/"), None, True),
            "after": (partial(client.get, "/review/"), changes(line[-70:]), True),
            "midst, again": (partial(client.get, midst), None, True),
            "next": (following, None, True),
            "talk": (partial(client.get, "/review/"), talk(line[0]), False),
        }
        for name, (ask, change, is_judged) in pages.items():
            queries: list[str] = []
            ask()
            with connection.execute_wrapper(counter(queries)):
                ask()
            spent, bare = beside(ask, partial(client.get, "/bare"), change)
            times = spent / bare
            is_judged = is_judged and size >= JUDGED
            is_fast = is_fast and (times <= MOST_TIMES or not is_judged)
            print(
                f"{size:>8} {name:<18} {bare:>6.2f} {spent:>7.2f} {times:>7.2f} "
                f"{len(queries):>7}"
            )
    return is_fast


def follow(client: Client, line: Iterator[Generation]) -> None:
    """Where a verdict on a take leads to."""
    take = next(line)
    after = urlencode({"after": f"{take.review_asked_at.isoformat()}_{take.pk}"})
    assert client.get(f"/review/?{after}").status_code == 200


def changes(takes: list[Generation]) -> Callable[[], object]:
    """Somebody judges one, and asks for another's verdict."""
    from django.utils import timezone

    from studio.models import Decision, User, Verdict, verdicts

    turn, user = cycle(takes), User.objects.get()

    def change() -> None:
        take, now = next(turn), timezone.now()
        Verdict.give(take, Decision.APPROVED, author=user, now=now)
        verdicts.ask_for_review(take, user=user, now=now)

    return change


def talk(take: Generation) -> Callable[[], object]:
    """Somebody says a word more of the take at hand."""
    from django.utils import timezone

    from studio.models import Comment, User

    user = User.objects.get()
    return lambda: Comment.say(take, "And here", author=user, now=timezone.now())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        set_up(temporary)
        fast = report([int(word) for word in sys.argv[1:]] or list(SIZES))
    sys.exit(0 if fast else "The review queue is too slow.")
