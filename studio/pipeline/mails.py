"""Mails about the takes of one press of the button: they have ended, they wait for
approval, or that was decided."""

from __future__ import annotations

from collections import Counter
from smtplib import SMTPException
from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio import formats
from studio.models import (
    Delivery,
    Generation,
    NoticeMail,
    Prompt,
    Role,
    Status,
    Topic,
    User,
    diagnose,
)
from studio.models.approvals import NOT_APPROVED
from studio.pipeline.webhooks import Outcome

MOST_WORDS = 60  # characters of the prompt in the subject


def send(delivery: Delivery) -> Outcome:
    """One try; not to somebody who has left the team or wants none any more."""
    user, prompt = cast(User, delivery.user), cast(Prompt, delivery.prompt)
    topic, takes = Topic(delivery.topic), takes_of(prompt, user)
    if topic == Topic.ASKED:
        takes = [take for take in takes if may_decide(user, take)]
    if not takes or not user.is_active or not wants(user, topic):
        return Outcome(is_done=False, is_final=True, said=_("Nobody wants it."))
    mail = EmailMessage(
        subject=subject_of(prompt, takes, topic),
        body=body_of(prompt, takes, topic),
        to=[user.email],
        headers={"Message-ID": f"<{delivery.pk}@dailies>", "X-Auto-Suppress": "All"},
    )
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        return Outcome(is_done=False, said=type(error).__name__)
    return Outcome(is_done=True, said=_("Handed to the mail server."))


def wants(user: User, topic: Topic) -> bool:
    """Whether somebody wants such a mail, still."""
    if topic == Topic.ENDED:
        return user.notice_mail != NoticeMail.NEVER
    return user.approval_mail


def may_decide(user: User, take: Generation) -> bool:
    """Whether it waits for a word, still, and this person may give it."""
    role = take.team.role_of(user)
    is_lead = role is not None and role.is_at_least(Role.ADMIN)
    return is_lead and take.is_awaiting_approval


def takes_of(prompt: Prompt, user: User) -> list[Generation]:
    """The takes of the order that this person still sees, in order."""
    visible = Generation.objects.visible_to(user).filter(prompt=prompt)
    takes = list(
        visible.select_related("project", "team", "created_by").order_by("take")
    )
    diagnose(takes)
    return takes


def subject_of(prompt: Prompt, takes: list[Generation], topic: Topic) -> str:
    """How many are ready or decided, and of what."""
    words = " ".join(prompt.text.split()) or _("No words, only pictures")
    short = words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS].rstrip()}…"
    if topic == Topic.ASKED:
        return f"{asked_words(takes)}: {short}"
    summary = summary_of(takes) if topic == Topic.ENDED else decided_words(takes)
    return f"{summary}: {short}"


def asked_words(takes: list[Generation]) -> str:
    """``2 takes wait for your approval (about $1.20)``; the price of all of them."""
    words = ngettext(
        "%(n)d take waits for your approval (%(price)s)",
        "%(n)d takes wait for your approval (%(price)s)",
        len(takes),
    )
    return words % {"n": len(takes), "price": price_of(takes)}


def price_of(takes: list[Generation]) -> str:
    """About how much these cost together; or that nobody knows."""
    estimates = [take.estimate for take in takes if take.estimate is not None]
    if len(estimates) < len(takes):
        return formats.money(None)
    return _("about %(amount)s") % {"amount": formats.money(sum(estimates))}


def decided_words(takes: list[Generation]) -> str:
    """``2 takes approved, 1 not``."""
    refused = sum(take.error_code == NOT_APPROVED for take in takes)
    approved = len(takes) - refused
    if not approved:
        words = ngettext("%(n)d take not approved", "%(n)d takes not approved", refused)
        return words % {"n": refused}
    words = ngettext("%(n)d take approved", "%(n)d takes approved", approved)
    more = _("%(n)d not") % {"n": refused}
    return f"{words % {'n': approved}}, {more}" if refused else words % {"n": approved}


def summary_of(takes: list[Generation]) -> str:
    """``3 takes ready, 1 failed``."""
    counts = Counter(take.status for take in takes)
    ready = counts[Status.COMPLETED]
    parts = [
        ngettext("%(n)d take ready", "%(n)d takes ready", ready) % {"n": ready},
        _("%(n)d failed") % {"n": counts[Status.FAILED]},
        _("%(n)d canceled") % {"n": counts[Status.CANCELED]},
        _("%(n)d unclear") % {"n": counts[Status.UNKNOWN]},
    ]
    numbers = [ready, *(counts[s] for s in (Status.FAILED, Status.CANCELED))]
    numbers.append(counts[Status.UNKNOWN])
    return ", ".join(part for part, n in zip(parts, numbers, strict=True) if n)


def body_of(prompt: Prompt, takes: list[Generation], topic: Topic) -> str:
    """A line for each take, and where to look."""
    lines = [prompt.text.strip(), ""]
    if topic == Topic.ASKED:
        lines += asked_lines(takes)
    else:
        lines += [line_of(take) for take in takes]
        project = reverse("project", args=[prompt.project_id])
        lines += ["", settings.STUDIO_URL + project]
    where = settings.STUDIO_URL + reverse("profile")
    lines += ["", _("You can switch these mails off: %(where)s") % {"where": where}]
    return "\n".join(lines)


def asked_lines(takes: list[Generation]) -> list[str]:
    """Who asks for what, why it waits, and where the word is given."""
    take = takes[0]
    facts = {
        "name": take.created_by or "",
        "project": take.project.name,
        "model": take.model_name,
    }
    return [
        _("%(name)s asks for it in %(project)s, with %(model)s.") % facts,
        take.wait_reason,
        "",
        settings.STUDIO_URL + reverse("queue"),
    ]


def line_of(take: Generation) -> str:
    """One take with its address, and why it failed where it did."""
    address = settings.STUDIO_URL + reverse("take", args=[take.pk])
    line = _("Take %(n)d: %(status)s  %(address)s") % {
        "n": take.take,
        "status": take.get_status_display(),
        "address": address,
    }
    if take.error_code == NOT_APPROVED:
        return f"{line}\n  {take.error_message}"
    found = take.diagnosis
    return line if found is None else f"{line}\n  {found.cause} {found.next_step}"
