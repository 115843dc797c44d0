"""What people say of a take: comments on its frames, and whom they name."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.belonging import aware
from studio.models.generations import Generation
from studio.models.share_links import ShareLink
from studio.models.strokes import Strokes, checked_strokes
from studio.models.users import shown_name
from studio.models.voices import MOST_NAME, Voice, record, touch

if TYPE_CHECKING:
    from studio.models.teams import Team
    from studio.models.users import User

MOST_TEXT = 4_000  # characters of a comment
MOST_MENTIONS = 20


class CommentQuerySet(models.QuerySet["Comment"]):
    """Questions about many comments."""

    def visible_to(self, user: User) -> Self:
        """Comments on the takes that somebody may see."""
        takes = Generation.objects.visible_to(user).values("pk")
        return self.filter(generation__in=takes, deleted_at=None)

    def of_link(self, link: ShareLink) -> Self:
        """What the guests of a link may read: their own discussion, not the team's."""
        return self.filter(Q(link=link) | Q(parent__link=link))


class Comment(Voice):
    """A word on a take, on one of its frames, or in answer to another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    generation = models.ForeignKey(Generation, models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="replies"
    )
    text = models.TextField(_("text"), max_length=MOST_TEXT)
    at_ms = models.PositiveIntegerField(_("at, ms"), null=True, blank=True)
    frame = models.PositiveIntegerField(_("frame"), null=True, blank=True)
    drawing = models.JSONField(
        _("drawing"), default=list, blank=True, validators=[checked_strokes]
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes: ClassVar = [
            # The discussion of a take.
            models.Index(
                fields=["generation", "created_at", "id"], name="comment_thread"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(guest_name="") | Q(author=None), name="comment_one_voice"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="comment_has_words"),
            # A pin is a moment and its frame, or nothing.
            models.CheckConstraint(
                condition=Q(at_ms=None, frame=None)
                | Q(at_ms__isnull=False, frame__isnull=False),
                name="comment_pin_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    # Factories

    @classmethod
    def say(
        cls,
        take: Generation,
        text: str,
        *,
        author: User | None = None,
        guest_name: str = "",
        link: ShareLink | None = None,
        parent: Comment | None = None,
        pin: tuple[int, int] | None = None,
        drawing: Strokes | None = None,
        now: datetime,
    ) -> Comment:
        """Write a comment; ``pin`` is the moment in ms and the number of the frame.

        Raises ValidationError for a drawing that is none.
        """
        at_ms, frame = pin or (None, None)
        strokes = checked_strokes(drawing or [])
        with transaction.atomic():
            touch(take)
            comment = cls.objects.create(
                generation=take,
                author=author,
                guest_name=guest_name[:MOST_NAME],
                link=link,
                parent=parent.root if parent else None,
                text=text[:MOST_TEXT],
                at_ms=at_ms,
                frame=frame,
                drawing=strokes if pin else [],
                created_at=now,
            )
            recount(take)
            comment.write_down("comment.written", author)
        return comment

    # Queries

    @classmethod
    def rows_of(cls, take_id: uuid.UUID, link: ShareLink | None = None) -> list[Said]:
        """All that is shown of a take's comments, or of what the guests of a link may
        read, the oldest first. In plain SQL, as a page may have a hundred of them."""
        keys = [cls._meta.pk.get_db_prep_value(take_id, connection)]
        if link:
            keys += [cls._meta.pk.get_db_prep_value(link.pk, connection)] * 2
        with connection.cursor() as cursor:
            cursor.execute(SAID.format(OF_LINK if link else ""), keys)
            return [Said(*row) for row in cursor.fetchall()]

    # Mutators

    def resolve(self, *, user: User, now: datetime) -> bool:
        """It has been seen to."""
        rows = Comment.objects.filter(pk=self.pk, resolved_at=None, deleted_at=None)
        return self._change(rows, "comment.resolved", user, at=now, by=user)

    def reopen(self, *, user: User) -> bool:
        """It has not, after all."""
        rows = Comment.objects.filter(pk=self.pk, deleted_at=None)
        rows = rows.exclude(resolved_at=None)
        return self._change(rows, "comment.reopened", user, at=None, by=None)

    def _change(
        self,
        rows: CommentQuerySet,
        verb: str,
        user: User,
        *,
        at: datetime | None,
        by: User | None,
    ) -> bool:
        with transaction.atomic():
            touch(self.generation)
            done = bool(rows.update(resolved_at=at, resolved_by=by))
            if done:
                recount(self.generation)
                self.write_down(verb, user)
        return done

    def delete_softly(self, *, user: User, now: datetime) -> bool:
        """Take it from every page; answers to it stay."""
        with transaction.atomic():
            touch(self.generation)
            rows = Comment.objects.filter(pk=self.pk, deleted_at=None)
            done = bool(rows.update(deleted_at=now))
            if done:
                recount(self.generation)
                self.write_down("comment.deleted", user)
        return done

    def mention(self, people: Iterable[User]) -> list[User]:
        """Tell those of these people whom the text names with an @."""
        named = [person for person in people if is_named(person, self.text)]
        named = [person for person in named if person.pk != self.author_id]
        for person in named[:MOST_MENTIONS]:
            Mention.objects.get_or_create(comment=self, user=person)
            self.write_down("comment.mentioned", self.author, user=person.pk)
        return named[:MOST_MENTIONS]

    def write_down(self, verb: str, actor: User | None, **data: Any) -> None:
        """An event of the take: never the words themselves."""
        guest = {"guest": self.guest_name} if self.guest_name else {}
        record(self.generation, verb, actor, comment=str(self.pk), **guest, **data)

    # Properties

    @property
    def root(self) -> Comment:
        """The head of its thread: answers to answers stand beside them."""
        return self.parent or self


class Said(NamedTuple):
    """A comment as the database gives it: a row is the same as long as it looks the
    same, so it serves as a key for what is drawn of it."""

    pk: Any
    parent: Any
    text: str
    frame: int | None
    strokes: str  # JSON
    guest_name: str
    link: Any
    created: datetime  # of SQLite without its zone
    resolved: datetime | None
    deleted: datetime | None
    author: int | None
    author_name: str | None
    author_email: str | None
    resolver_name: str | None
    resolver_email: str | None

    @property
    def by(self) -> str:
        """The name to show."""
        return self.guest_name or shown_name(
            self.author_name or "", self.author_email or ""
        )

    @property
    def at(self) -> datetime:
        """When it was said."""
        return aware(self.created)

    @property
    def resolved_by(self) -> str:
        """Who has seen to it."""
        return shown_name(self.resolver_name or "", self.resolver_email or "")


SAID = """
    SELECT comment.id, comment.parent_id, comment.text, comment.frame, comment.drawing,
        comment.guest_name, comment.link_id, comment.created_at, comment.resolved_at,
        comment.deleted_at, comment.author_id, author.name, author.email,
        resolver.name, resolver.email
    FROM studio_comment comment
    LEFT JOIN studio_comment parent ON parent.id = comment.parent_id
    LEFT JOIN studio_user author ON author.id = comment.author_id
    LEFT JOIN studio_user resolver ON resolver.id = comment.resolved_by_id
    WHERE comment.generation_id = %s {}
    ORDER BY comment.created_at, comment.id
"""
OF_LINK = "AND (comment.link_id = %s OR parent.link_id = %s)"  # as ``of_link``


class MentionQuerySet(models.QuerySet["Mention"]):
    """Questions about many mentions."""

    def unread_by(self, user: User) -> Self:
        """Of their own, those that they have not read."""
        return self.filter(user=user, read_at=None)

    def visible_to(self, user: User, team: Team) -> Self:
        """Those in a team's comments that they may see; asked of each mention."""
        takes = Generation.objects.visible_to(user).filter(
            pk=OuterRef("comment__generation"), team=team
        )
        return self.filter(Exists(takes), comment__deleted_at=None)


class Mention(models.Model):
    """Somebody was named in a comment, and has read it or not."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions"
    )
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        indexes: ClassVar = [
            # What somebody has not read yet.
            models.Index(
                fields=["user", "-id"],
                condition=Q(read_at=None),
                name="mention_unread",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "user"], name="mention_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.comment_id}"

    # Queries

    @classmethod
    def any_unread(cls, user_id: int) -> bool:
        """Whether somebody was named anywhere and has not read it: asked by each page
        of the review queue, so in plain SQL."""
        with connection.cursor() as cursor:
            cursor.execute(UNREAD, [user_id])
            return cursor.fetchone() is not None


UNREAD = """
    SELECT 1 FROM studio_mention WHERE user_id = %s AND read_at IS NULL LIMIT 1
"""


def recount(take: Generation) -> None:
    """Count what is said of it anew, on its row, where every card finds it.

    In the transaction of whatever changed, after ``touch``: that has the team's feed in
    hand, so nobody else counts meanwhile.
    """
    comments = Comment.objects.filter(generation=take, deleted_at=None)
    counted = comments.aggregate(
        comments_said=Count("pk"),
        comments_open=Count("pk", filter=Q(parent=None, resolved_at=None)),
    )
    Generation.objects.filter(pk=take.pk).update(**counted)
    take.comments_said = counted["comments_said"]
    take.comments_open = counted["comments_open"]


def is_named(person: User, text: str) -> bool:
    """Whether ``@`` and their name, first name or address's beginning is in there."""
    first = person.display_name.partition(" ")[0]
    for name in {person.display_name, first, person.email.partition("@")[0]}:
        if name and re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text, re.IGNORECASE):
            return True
    return False
