"""What a video model can do, as frozen values. Forms, prices and adapters read these.

Words: an *option* is one setting besides the prompt (duration, resolution, ...); an
*input* is a picture or video that goes in; a *rule* ties options to one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

OptionValue = str | int | float | bool


class Mode(StrEnum):
    """What a model makes a video from."""

    TEXT_TO_VIDEO = "text_to_video"
    IMAGE_TO_VIDEO = "image_to_video"
    FIRST_LAST_FRAME = "first_last_frame"
    REFERENCE_TO_VIDEO = "reference_to_video"
    EXTEND_VIDEO = "extend_video"


@dataclass(frozen=True, kw_only=True)
class Option:
    """One setting of a model: its values for people and its name on the wire."""

    name: str
    type: str  # choice, integer, number, boolean, string, text or json
    label: str = ""
    help: str = ""
    values: tuple[OptionValue, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    max_length: int | None = None
    default: Any = None  # what the form starts with; None leaves it to the provider
    required: bool = False
    more: bool = False  # shown under *More*
    modes: frozenset[str] = frozenset()  # empty: in every mode of the model
    wire: str = ""  # dotted path in the request body; empty: the name itself
    wire_type: str = ""  # string, integer, number or boolean, where it differs
    wire_values: Mapping[str, Any] = field(default_factory=dict)  # ours -> theirs
    # Sent although nobody chose it: for a provider default that costs extra.
    always: bool = False

    def applies_to(self, mode: str) -> bool:
        """Whether this option exists in a mode."""
        return not self.modes or mode in self.modes


@dataclass(frozen=True, kw_only=True)
class MediaInput:
    """A picture or video that a model takes, and how it goes on the wire."""

    role: str  # start_image, end_image, reference_images, static_mask, source_video
    wire: str  # dotted path in the request body
    # How one item is written: string, url_object {type, url}, bytes_object
    # {bytesBase64Encoded, mimeType}, or a shape that only its provider knows.
    form: str = "string"
    transport: str = ""  # url, data_uri or base64; empty: the provider's usual way
    is_list: bool = False
    minimum: int = 0  # in the modes named
    maximum: int = 1
    modes: frozenset[str] = frozenset()
    max_bytes: int | None = None
    max_side: int | None = None  # pixels
    media_types: tuple[str, ...] = ("image/jpeg", "image/png")
    label: str = ""
    help: str = ""
    more: bool = False

    def applies_to(self, mode: str) -> bool:
        """Whether a mode takes this input."""
        return not self.modes or mode in self.modes


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When every ``when`` holds, ``require`` must hold and ``forbid`` must be absent.

    Keys are option names, ``mode``, or what is compared with true or false (is it
    given?): input roles and ``prompt``. Values are lists of what is allowed.
    """

    message: str
    when: Mapping[str, tuple[Any, ...]]
    require: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    forbid: tuple[str, ...] = ()

    def broken_by(self, facts: Mapping[str, Any]) -> str | None:
        """The name of the first option at fault, or None where the rule is kept.

        A required option that was not given counts as its own default: the caller
        puts defaults into ``facts``.
        """
        if not all(facts.get(name) in allowed for name, allowed in self.when.items()):
            return None
        for name, allowed in self.require.items():
            if facts.get(name) not in allowed:
                return name
        for name in self.forbid:
            if facts.get(name) not in (None, False, "", ()):
                return name
        return None


@dataclass(frozen=True, kw_only=True)
class PriceRow:
    """One line of a price table: its amount holds when every condition does."""

    amount: int  # micro-USD
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a take costs, in micro-USD."""

    unit: str  # second, video, free or unknown
    rows: tuple[PriceRow, ...] = ()
    note: str = ""
    checked: date | None = None

    def amount(self, facts: Mapping[str, Any]) -> int | None:
        """Micro-USD of one take with these settings; None when nobody knows."""
        if self.unit == "free":
            return 0
        rate = self.rate(facts)
        if rate is None or self.unit == "video":
            return rate
        seconds = facts.get("duration")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            return None
        return round(rate * seconds)

    @property
    def depends_on(self) -> frozenset[str]:
        """The names of what makes it another one."""
        named = {name for row in self.rows for name in row.when}
        return frozenset(named | {"duration"} if self.unit == "second" else named)

    def rate(self, facts: Mapping[str, Any]) -> int | None:
        """The amount of the first row that fits."""
        for row in self.rows:
            if all(facts.get(name) in allowed for name, allowed in row.when.items()):
                return row.amount
        return None


@dataclass(frozen=True, kw_only=True)
class VideoModel:
    """One entry of the catalog: something that a provider can run."""

    provider: str
    id: str  # as the provider spells it
    name: str
    maker: str = ""
    family: str = ""  # entries of one family suggest one another
    summary: str = ""
    modes: tuple[Mode, ...]
    options: tuple[Option, ...] = ()
    inputs: tuple[MediaInput, ...] = ()
    rules: tuple[Rule, ...] = ()
    price: Price = field(default_factory=lambda: Price(unit="unknown"))
    prompt_wire: str = "prompt"
    prompt_max: int = 4000  # characters
    prompt_optional: frozenset[str] = frozenset()  # modes that do without
    # What only this provider's adapter reads: paths, dialects, fixed fields.
    transport: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    docs: str = ""
    documented: str = ""  # what is documented, and since when
    checked: date | None = None
    status: str = "current"  # current, deprecated or ended
    ends: date | None = None
    successor: str = ""
    note: str = ""
    typical_seconds: int | None = None  # as documented; history replaces it
    deadline_seconds: int = 1800  # give up asking after this long
    is_custom: bool = False  # a free-text id in the shape of another entry

    @property
    def key(self) -> str:
        """``provider:id``: how addresses, forms and the shell name it."""
        return f"{self.provider}:{self.id}"

    def option(self, name: str) -> Option | None:
        """The option of that name."""
        return next((option for option in self.options if option.name == name), None)

    def input(self, role: str) -> MediaInput | None:
        """The input of that role."""
        return next((item for item in self.inputs if item.role == role), None)

    def options_for(self, mode: str) -> tuple[Option, ...]:
        """The options that exist in a mode."""
        return tuple(option for option in self.options if option.applies_to(mode))

    def inputs_for(self, mode: str) -> tuple[MediaInput, ...]:
        """The inputs that a mode takes."""
        return tuple(item for item in self.inputs if item.applies_to(mode))

    def defaults(self, mode: str) -> dict[str, Any]:
        """Each option's starting value in a mode, where it has one."""
        return {
            option.name: option.default
            for option in self.options_for(mode)
            if option.default is not None
        }

    def mode_for(self, roles: Iterable[str]) -> Mode | None:
        """The mode that takes just these inputs, the plainest first."""
        given = set(roles)
        for mode in self.modes:
            takes = {item.role: item for item in self.inputs_for(mode)}
            needs = {role for role, item in takes.items() if item.minimum}
            if needs <= given <= takes.keys():
                return mode
        return None

    def estimate(self, mode: str, options: Mapping[str, Any]) -> int | None:
        """Micro-USD of one take before it is made; None when nobody knows."""
        return self.price.amount({**self.defaults(mode), **options, "mode": mode})

    def is_ended(self, today: date) -> bool:
        """Whether the provider has said that it no longer runs."""
        return self.status == "ended" or (self.ends is not None and self.ends <= today)
