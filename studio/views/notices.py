"""What has ended for somebody while they were on another page, what waits for their
word or was decided, and how to be told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from studio import formats
from studio.forms.profile import NoticeForm
from studio.http import StudioRequest
from studio.models import Generation, Notice, Prompt, Status, Topic, User
from studio.models.notices import NoticeQuerySet
from studio.models.teams import MANAGERS
from studio.views.addresses import address, read_moment

LOOK_SECONDS = 8  # between two looks of a page while something is in flight
LEAD_SECONDS = 30  # of somebody who may be asked for a word at any time
OVERLAP = timedelta(seconds=30)  # a commit may come later than its time; pages forget
LONGEST = timedelta(hours=12)  # a page that slept longer tells nothing old
MOST = 20
MAX_WORDS = 80
WORDS = {
    Status.COMPLETED: gettext_lazy("Ready: %(words)s"),
    Status.FAILED: gettext_lazy("Failed: %(words)s"),
    Status.UNKNOWN: gettext_lazy("Unclear: %(words)s"),
}


DECISIONS = {
    Topic.APPROVED: gettext_lazy("Approved: %(words)s"),
    Topic.REFUSED: gettext_lazy("Not approved: %(words)s"),
}


@require_GET
@never_cache
def notices(request: StudioRequest) -> HttpResponse:
    """What there is to tell since a moment, and when to look again."""
    now, user = timezone.now(), request.user
    moment, is_asked = read_since(request, now), may_be_asked(user)
    rows = own(user, moment) + (asked(user, moment) if is_asked else [])
    rows.sort(key=lambda notice: notice.at)
    return JsonResponse(
        {
            "now": now.isoformat(),
            "seconds": next_look(user, is_asked),
            "notices": [line(notice) for notice in rows[-MOST:]],
        }
    )


def may_be_asked(user: User) -> bool:
    """Whether takes of some team wait for a word of theirs."""
    leads = user.memberships.filter(role__in=MANAGERS, team__deleted_at=None)
    return leads.filter(team__approval_above__isnull=False).exists()


def next_look(user: User, is_asked: bool) -> int:
    """Seconds; 0 for somebody for whom nothing can come by itself."""
    if Generation.objects.filter(created_by=user).in_flight().exists():
        return LOOK_SECONDS
    return LEAD_SECONDS if is_asked else 0


def read_since(request: StudioRequest, now: datetime) -> datetime:
    """From when on to tell: the page's last look, and nothing from before its first."""
    first, last = (read_moment(request.GET.get(name, "")) for name in ("from", "since"))
    moment = last or first
    if moment is None:
        return now
    earliest = max(min(moment, now) - OVERLAP, now - LONGEST)
    return max(earliest, first) if first else earliest


def own(user: User, moment: datetime) -> list[Notice]:
    """What became of one's own takes after that moment."""
    told = Q(status__in=WORDS) | Q(topic__in=DECISIONS)
    return newest(Notice.objects.of(user).filter(told), user, moment)


def asked(user: User, moment: datetime) -> list[Notice]:
    """What somebody was asked for after that moment."""
    return newest(Notice.objects.asked_of(user), user, moment)


def newest(rows: NoticeQuerySet, user: User, moment: datetime) -> list[Notice]:
    """Those of takes that are still to be seen."""
    seen = Generation.objects.visible_to(user)
    rows = rows.filter(at__gt=moment, generation__in=seen)
    return list(rows.select_related("generation__prompt").order_by("-at")[:MOST])


def line(notice: Notice) -> dict[str, Any]:
    """One notice for the page's script. On a page with the card of ``take`` the card is
    word enough; of approvals it says too little."""
    take, topic = notice.generation, Topic(notice.topic)
    words = words_of(take.prompt)
    if topic == Topic.ASKED:
        said, href = asked_words(take, words), reverse("queue")
    elif topic in DECISIONS:
        said = str(DECISIONS[topic]) % {"words": words}
        href = address("take", take.pk)
    else:
        said = str(WORDS[Status(notice.status)]) % {"words": words}
        href = address("take", take.pk)
    return {
        "id": str(notice.pk),
        "take": str(take.pk) if topic == Topic.ENDED else "",
        "href": href,
        "words": said,
    }


def words_of(prompt: Prompt) -> str:
    """The prompt as far as a line bears it."""
    text = " ".join(prompt.text.split())
    short = text if len(text) <= MAX_WORDS else f"{text[:MAX_WORDS].rstrip()}…"
    return short or _("No words, only pictures")


def asked_words(take: Generation, words: str) -> str:
    """What a lead is asked for: takes of one press, with their price together."""
    number = take.prompt.takes
    price = None if take.estimate is None else take.estimate * number
    parts = {"price": formats.money(price), "words": words, "n": number}
    return (
        ngettext(
            "Waits for your approval: %(words)s · %(price)s",
            "Wait for your approval: %(n)d takes of %(words)s · %(price)s",
            number,
        )
        % parts
    )


@require_POST
def profile_notices(request: StudioRequest) -> HttpResponse:
    """When somebody wants a mail."""
    form = NoticeForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Choose when you want a mail."))
    return redirect("profile")
