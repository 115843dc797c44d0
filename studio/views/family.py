"""What a take was made from, what was made from it, and what was changed each time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.models import Asset, Generation, Moderation, Role, Status, User
from studio.views.addresses import address, file_address
from studio.views.card_words import STAGES
from studio.views.cards import ratio_class, size_of
from studio.views.grid import takes_of_team
from studio.views.word_diff import Changed, Piece, changed_settings, word_diff

MOST = 24  # relatives on the page
RELATIONS = {
    "retry": gettext_lazy("Same again"),
    "remix": gettext_lazy("Remix"),
    "continue": gettext_lazy("Goes on from a frame"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Relative:
    """Another take, as a small picture, and how the words differ."""

    href: str
    relation: str
    name: str
    ratio: str
    poster: str = ""
    state: str = ""  # where it is, when it has no picture
    words: Sequence[Piece] = ()
    settings: Sequence[Changed] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """The relatives of one take."""

    parent: Relative | None = None
    children: Sequence[Relative] = ()
    siblings: Sequence[Relative] = ()  # of the same press of the button
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody."""
        return not (self.parent or self.children or self.siblings)


def family(take: Generation, user: User, role: Role) -> Family:
    """The relatives that this member of its team still sees: three queries."""
    relatives = relatives_of(take, user, role)
    labels = labels_of(take)
    above = [item for item in relatives if item.pk == take.parent_id]
    below = [item for item in relatives if item.parent_id == take.pk]
    beside = [item for item in relatives if item.prompt_id == take.prompt_id]
    return Family(
        parent=relative(above[0], above[0], take, labels) if above else None,
        children=[relative(item, take, item, labels) for item in below],
        siblings=[relative(item) for item in sorted(beside, key=lambda i: i.take)],
        labels=labels,
    )


def relatives_of(take: Generation, user: User, role: Role) -> Iterable[Generation]:
    """Parent, children and the other takes of its prompt, the oldest first."""
    kin = Q(parent=take) | Q(prompt_id=take.prompt_id)
    if take.parent_id:
        kin |= Q(pk=take.parent_id)
    takes = takes_of_team(take.team, user, role).filter(kin).exclude(pk=take.pk)
    return list(takes.order_by("created_at", "take", "id").with_cards()[:MOST])


def relative(
    item: Generation,
    before: Generation | None = None,
    after: Generation | None = None,
    labels: dict[str, str] | None = None,
) -> Relative:
    """One of them; with what changed from ``before`` to ``after``."""
    is_blocked = item.moderation == Moderation.BLOCKED
    posters = {} if is_blocked else {file.kind: file for file in item.files}
    poster = posters.get(Asset.Kind.POSTER_SMALL) or posters.get(Asset.Kind.POSTER)
    relation = after.parent_relation if after else ""
    return Relative(
        href=address("take", item.pk),
        relation=str(RELATIONS.get(relation, relation.capitalize())),
        name=_("Take %(n)d · %(model)s") % {"n": item.take, "model": item.model_name},
        ratio=ratio_class(*size_of(item)),
        poster=file_address(poster) if poster else "",
        state="" if poster else str(STAGES[Status(item.status)]),
        words=words_between(before, after),
        settings=settings_between(before, after, labels or {}),
    )


def words_between(
    before: Generation | None, after: Generation | None
) -> Sequence[Piece]:
    """What was done to the prompt; nothing where the words are the same."""
    if before is None or after is None or before.prompt.text == after.prompt.text:
        return ()
    return word_diff(before.prompt.text, after.prompt.text)


def settings_between(
    before: Generation | None, after: Generation | None, labels: dict[str, str]
) -> list[Changed]:
    """Model, mode, options and raw parameters that are others than before."""
    if before is None or after is None:
        return []
    return changed_settings(flat(before), flat(after), labels)


def flat(take: Generation) -> dict[str, object]:
    """Everything that was chosen besides the words, by name."""
    return {
        "model": take.model_name,
        "mode": take.mode.replace("_", " "),
        **take.options,
        **take.extra,
    }


def labels_of(take: Generation) -> dict[str, str]:
    """What the options of its model are called."""
    options = take.catalog_entry.entry.get("options", [])
    return {item["name"]: item.get("label", "") for item in options}
