"""The composer's fields as its template needs them: one control per option, one well
per picture that the model takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from studio.catalog import MediaInput, Option
from studio.catalog.checking import label_of
from studio.forms.composer import ComposerForm
from studio.forms.fields import ACCEPTED
from studio.models import Asset
from studio.views.cards import shape

MOST_SEGMENTS = 6  # more choices than these become an ordinary list
WIDEST_SEGMENTS = 34  # characters of all labels together
BOX_SIDE = 20  # pixels around a drawn shape
SHAPE_SIDE = 18  # of its longer side
FIRST = ("duration", "resolution", "generate_audio")


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One value of a list."""

    value: str
    label: str
    is_chosen: bool
    width: float = 0  # of the drawn shape, pixels; 0: the label alone
    height: float = 0

    @property
    def x(self) -> float:
        """Where the shape begins, so that it stands in the middle."""
        return (BOX_SIDE - self.width) / 2

    @property
    def y(self) -> float:
        """The same from above."""
        return (BOX_SIDE - self.height) / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """One field with all that is said around it."""

    name: str
    label: str
    kind: str  # shapes, segments, list, number, seed, line or text
    value: str = ""
    choices: Sequence[Choice] = ()
    help: str = ""
    errors: Sequence[str] = ()
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    modes: str = ""  # those it exists in, where it is not in all
    is_off: bool = False  # not in the mode of the moment

    @property
    def described_by(self) -> str:
        """The ids of the sentences that belong to it."""
        ids = [f"id_{self.name}_error"] if self.errors else []
        return " ".join([*ids, *([f"id_{self.name}_help"] if self.help else [])])

    @property
    def is_filled(self) -> bool:
        """Whether *More* must stay open for it."""
        return bool(self.errors) or (self.kind not in LISTS and bool(self.value))


LISTS = frozenset({"shapes", "segments", "list"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Well:
    """A place to drop pictures into."""

    name: str  # the input's role
    label: str
    help: str = ""
    errors: Sequence[str] = ()
    assets: Sequence[Asset] = ()
    maximum: int = 1
    is_needed: bool = False  # in every mode of the model
    is_video: bool = False
    accept: str = ACCEPTED

    @property
    def ids(self) -> str:
        """The value of the hidden field."""
        return " ".join(str(asset.pk) for asset in self.assets)

    @property
    def described_by(self) -> str:
        """The ids of the sentences that belong to it."""
        ids = [f"id_{self.name}_error"] if self.errors else []
        return " ".join([*ids, *([f"id_{self.name}_help"] if self.help else [])])


def controls(form: ComposerForm, mode: str) -> tuple[list[Control], list[Control]]:
    """The controls in view, and those under *More*."""
    built = [(o, control(form, o, mode)) for o in form.video_model.options]
    shown = [c for option, c in built if not option.more]
    more = [c for option, c in built if option.more]
    rank = {name: place for place, name in enumerate(("aspect_ratio", *FIRST))}
    shown.sort(key=lambda c: rank.get(c.name, len(rank)))
    return shown, more


def control(form: ComposerForm, option: Option, mode: str) -> Control:
    """The control of one option."""
    field = form[option.name]
    choices = choices_of(field)
    return Control(
        name=option.name,
        label=label_of(option.name, option.label),
        kind=kind_of(option, choices),
        value=value_of(field),
        choices=choices,
        help=str(field.help_text),
        errors=[str(message) for message in field.errors],
        minimum=str(field.field.widget.attrs.get("min", "")),
        maximum=str(field.field.widget.attrs.get("max", "")),
        step=str(field.field.widget.attrs.get("step", "")),
        modes=" ".join(sorted(option.modes)),
        is_off=not option.applies_to(mode),
    )


def kind_of(option: Option, choices: Sequence[Choice]) -> str:
    """How a control is drawn."""
    if option.name == "seed":
        return "seed"
    if choices and option.name == "aspect_ratio":
        return "shapes"
    if choices:
        wide = sum(len(choice.label) + 2 for choice in choices)
        few = len(choices) <= MOST_SEGMENTS and wide <= WIDEST_SEGMENTS
        return "segments" if few else "list"
    if option.type in {"integer", "number"}:
        return "number"
    return "text" if option.type in {"text", "json"} else "line"


def value_of(field: BoundField) -> str:
    """The value as the field shows it."""
    value = field.value()
    return "" if value is None else str(value)


def choices_of(field: BoundField) -> list[Choice]:
    """The values of a list; a drawn shape for those that are one."""
    chosen = value_of(field)
    listed: Iterable[tuple[Any, Any]] = getattr(field.field.widget, "choices", ())
    return [choice(str(value), str(label), chosen) for value, label in listed]


def choice(value: str, label: str, chosen: str) -> Choice:
    """One value of a list."""
    width, height = drawn(value)
    return Choice(
        value=value,
        label=label,
        is_chosen=value == chosen,
        width=width,
        height=height,
    )


def drawn(value: str) -> tuple[float, float]:
    """Pixels of the small shape for an aspect ratio; zero for any other word."""
    size = shape(value)
    if size is None:
        return 0, 0
    scale = SHAPE_SIDE / max(size)
    width, height = size
    return max(round(width * scale, 1), 4), max(round(height * scale, 1), 4)


def wells(form: ComposerForm, files: dict[str, list[Asset]]) -> list[Well]:
    """A well for each picture or video that the model takes."""
    return [well(form, item, files) for item in form.video_model.inputs]


def well(form: ComposerForm, item: MediaInput, files: dict[str, list[Asset]]) -> Well:
    """One well, with what is in it."""
    modes = form.video_model.modes
    errors = [
        str(message)
        for name in (item.role, f"{item.role}_asset")
        if name in form.fields
        for message in map(str, form[name].errors)
    ]
    return Well(
        name=item.role,
        label=label_of(item.role, item.label),
        help=item.help or well_help(item),
        errors=errors,
        assets=files.get(item.role, ()),
        maximum=item.maximum,
        is_needed=bool(item.minimum) and all(item.applies_to(mode) for mode in modes),
        is_video=item.role == "source_video",
    )


def well_help(item: MediaInput) -> str:
    """How many, where it is more than one."""
    return _("Up to %(n)d") % {"n": item.maximum} if item.maximum > 1 else ""


def named_assets(form: ComposerForm) -> dict[str, list[Asset]]:
    """The files that the form names by id, per role: one query, or none."""
    values = form.data if form.is_bound else form.initial
    ids = {
        item.role: str(values.get(f"{item.role}_asset") or "").replace(",", " ").split()
        for item in form.video_model.inputs
    }
    wanted = {word for words in ids.values() for word in words if is_uuid(word)}
    if not wanted:
        return {}
    visible = Asset.objects.visible_to(form.user).usable_in(form.project)
    visible = visible.filter(team=form.project.team_id)
    found = {str(asset.pk): asset for asset in visible.filter(pk__in=wanted)}
    return {
        role: [found[word] for word in words if word in found]
        for role, words in ids.items()
    }


def is_uuid(word: str) -> bool:
    """Whether it may be an id at all."""
    return len(word) == 36 and all(c in "0123456789abcdef-" for c in word)
