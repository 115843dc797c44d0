"""What is said of a take, worked out before the templates: threads, pins, verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from studio.forms.reviews import CommentForm
from studio.http import StudioRequest
from studio.models import (
    Comment,
    Decision,
    Generation,
    Role,
    ShareLink,
    Verdict,
)
from studio.views.addresses import address, read_id
from studio.views.card_words import TONES
from studio.views.spoken import Reader, Spoken, Word, spoken

LISTEN_SECONDS = 5  # between two looks of a page on which nothing runs
MOST_VERDICTS = 20  # of a take's history on its page
VERBS = {
    Decision.APPROVED: (gettext_lazy("Approve"), "check", "a"),
    Decision.CHANGES_REQUESTED: (gettext_lazy("Ask for changes"), "pencil", "r"),
    Decision.REJECTED: (gettext_lazy("Reject"), "x", ""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """A comment and the answers to it."""

    head: Spoken
    replies: list[Spoken] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        """A deleted comment stays as long as there are answers to it."""
        return bool(self.replies) or not self.head.word.is_gone

    @property
    def html(self) -> str:
        """The thread as a piece of a list."""
        mark = " is-resolved" if self.head.word.is_resolved else ""
        answers = "".join(f"<li>{reply.html}</li>" for reply in self.replies)
        inner = f'<ol class="replies">{answers}</ol>' if answers else ""
        return f'<li class="thread{mark}">{self.head.html}{inner}</li>'


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What stands in the form for a comment: nothing, or what was sent and refused."""

    text: str = ""
    at: str = "0"
    drawing: str = ""
    text_errors: Sequence[str] = ()
    errors: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Discussion:
    """All that is said of a take."""

    threads: Sequence[Thread]
    action: str
    can_comment: bool
    is_inside: bool  # read by the team, and answered without a new page
    form: Typed
    answers: Word | None  # the thread that the form answers

    @property
    def html(self) -> SafeString:
        """The threads, put together here: a template takes far longer."""
        return SafeString("".join(thread.html for thread in self.threads))  # noqa: S308  (drawn by templates)

    @property
    def markers(self) -> SafeString:
        """The pins on the line below the player."""
        return SafeString("".join(thread.head.marker for thread in self.threads))  # noqa: S308  (drawn by a template)

    @property
    def still_open(self) -> int:
        """How many threads are not resolved."""
        heads = [thread.head.word for thread in self.threads]
        return sum(not (word.is_resolved or word.is_gone) for word in heads)


def discuss(
    take: Generation,
    reader: Reader,
    *,
    link: ShareLink | None = None,
    form: CommentForm | None = None,
    answers: str = "",
) -> Discussion:
    """The discussion, or what the guests of a link may read of it; ``answers`` is the
    id of a thread."""
    # Its row counts them: most takes have none, and need not be asked.
    said = Comment.rows_of(take.pk, link) if take.comments_said else []
    threads = threads_of(spoken(take, said, reader))
    wanted = str(form["parent"].value() or answers) if form else answers
    heads = [thread.head.word for thread in threads]
    return Discussion(
        threads=threads,
        action=reader.action,
        can_comment=reader.may_answer(take),
        is_inside=reader.user is not None,
        form=typed_in(form) if form else Typed(),
        answers=next((word for word in heads if str(word.id) == wanted), None),
    )


def typed_in(form: CommentForm) -> Typed:
    """What was sent, and what is wrong with it."""
    others = [name for name in form.errors if name != "text"]
    return Typed(
        text=form["text"].value() or "",
        at=form["at"].value() or "0",
        drawing=form["drawing"].value() or "",
        text_errors=[str(error) for error in form["text"].errors],
        errors=[str(error) for name in others for error in form.errors[name]],
    )


def threads_of(words: Sequence[Spoken]) -> list[Thread]:
    """In the order of the film; what is about all of it comes first."""
    threads = {w.word.id: Thread(head=w) for w in words if w.word.parent is None}
    for answer in words:
        if answer.word.parent in threads and not answer.word.is_gone:
            threads[answer.word.parent].replies.append(answer)
    shown = [thread for thread in threads.values() if thread.is_shown]
    return sorted(shown, key=lambda thread: thread.head.place)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A verdict as it is shown."""

    decision: str
    label: str
    tone: str
    by: str
    is_guest: bool
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A button that gives a verdict."""

    value: str
    label: str
    symbol: str
    key: str
    is_current: bool


def verdicts_of(take: Generation, link: ShareLink | None = None) -> list[Said]:
    """The newest first; of a link only what its guests have said."""
    if not take.verdict:
        return []  # there never was one
    rows = take.verdicts.select_related("author").order_by("-id")
    if link:
        rows = rows.filter(link=link)
    return [said(row) for row in rows[:MOST_VERDICTS]]


def said(row: Verdict) -> Said:
    """One verdict; needs its author."""
    decision = Decision(row.decision)
    return Said(
        decision=decision,
        label=str(decision.label),
        tone=TONES[decision],
        by=row.by,
        is_guest=row.is_guest,
        at=row.created_at,
    )


def choices_of(take: Generation, current: str | None = None) -> list[Choice]:
    """The buttons."""
    chosen = take.verdict if current is None else current
    return [
        Choice(
            value=value,
            label=str(label),
            symbol=symbol,
            key=key,
            is_current=chosen == value,
        )
        for value, (label, symbol, key) in VERBS.items()
    ]


def about(
    request: StudioRequest,
    take: Generation,
    role: Role,
    form: CommentForm | None = None,
) -> dict[str, Any]:
    """What the review's templates need for a member: at most two queries."""
    queue = queue_of(request)
    reader = Reader(
        action=address("comments", take.pk) + queue,
        queue=queue,
        user=request.user,
        role=role,
    )
    answers = request.GET.get("reply", "")
    talk = discuss(take, reader, form=form, answers=answers)
    return {"discussion": talk, **judged(take, role, queue)}


def queue_of(request: StudioRequest) -> str:
    """The query by which an answer leads back to the review queue it came from."""
    match = request.resolver_match
    if "queue" not in request.GET and not (match and match.url_name == "review"):
        return ""
    project = request.GET.get("project", "")[:36]
    return f"?{urlencode({'queue': '1', 'project': project})}"


def judged(take: Generation, role: Role, queue: str = "") -> dict[str, Any]:
    """What the verdict's template needs."""
    return {
        "take": take,
        "queue": queue,
        "verdict_action": address("take-verdict", take.pk) + queue,
        "verdicts": verdicts_of(take),
        "choices": choices_of(take) if role.is_at_least(Role.ADMIN) else [],
        "can_ask": role.is_at_least(Role.EDITOR),
        "can_share": role.is_at_least(Role.ADMIN),
    }


def note_of(request: StudioRequest) -> Comment | None:
    """The note that the composer was opened from, where its reader may see it."""
    pk = read_id(request.POST.get("note") or request.GET.get("note") or "")
    visible = Comment.objects.visible_to(request.user)
    found = visible.select_related("author", "generation")
    return found.filter(pk=pk).first() if pk else None
