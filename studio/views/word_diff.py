"""What changed between two prompts, and between two lists of settings, word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from studio.catalog.checking import label_of

SAME, ADDED, REMOVED = "same", "added", "removed"
MOST_WORDS = 1500  # beyond that a comparison takes longer than a page may
WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and whether they came, went or stayed."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One setting that is another than before."""

    label: str
    before: str
    after: str


def word_diff(before: str, after: str) -> list[Piece]:
    """The later text with what was taken out and put in marked."""
    if before == after:
        return [Piece(SAME, after)] if after else []
    old, new = WORD.findall(before), WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        both = (Piece(REMOVED, before), Piece(ADDED, after))
        return [piece for piece in both if piece.text]
    pieces: list[Piece] = []
    for is_same, gone, come in runs(old, new):
        if is_same:
            pieces.append(Piece(SAME, come))
        else:
            pieces += [Piece(REMOVED, gone), Piece(ADDED, come)]
    return [piece for piece in pieces if piece.text]


def runs(old: list[str], new: list[str]) -> list[tuple[bool, str, str]]:
    """What stays and what changes in turn; a space alone parts no changes."""
    found: list[tuple[bool, str, str]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for act, a, b, c, d in matcher.get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        is_same = act == "equal"
        if found and not is_same and found[-1][0] and not found[-1][1].strip():
            _same, space, _space = found.pop()
            gone, come = space + gone, space + come
        if found and not is_same and not found[-1][0]:
            _same, before, after = found.pop()
            gone, come = before + gone, after + come
        found.append((is_same, gone, come))
    return found


def changed_settings(
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Mapping[str, str]
) -> list[Changed]:
    """The settings whose value is another; one that is missing shows as nothing."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        Changed(
            label=label_of(name, labels.get(name, "")),
            before=value_text(before.get(name)),
            after=value_text(after.get(name)),
        )
        for name in names
        if value_text(before.get(name)) != value_text(after.get(name))
    ]


def value_text(value: Any) -> str:
    """A setting's value as people write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return str(value)
