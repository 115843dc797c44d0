"""Rules between the fields of a request, as the vendors document them in prose.

A rule is a table with one of these words (see schemas/aimlapi_rules.toml):

    exclusive  of these fields at most one is given
    one_of     of these fields at least one is given
    needs      {field = [others]}: the field comes with at least one of the others
    when, allow   where all of `when` holds, each field of `allow` has one of its values
    when, needs   where all of `when` holds, at least one of these fields is given
    refuse     this combination of values is not possible
    steps      {field, step, offset}: the number is a multiple of step, plus offset
    pair       {field, by, values}: a list of two where `by` has one of these values
    each       {field, needs}: every item of the list has these keys
    single     {field, key}: at most one item of the list has this key
    image      limits of the pictures in `fields` (see `media.Limits`)
    extra      false: unknown fields are refused (`fields` is filled in by the vendor)

In `when`, "*" means: given, whatever its value; "-" means: not given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from studio.simulator.media import BadMedia, Limits, check_media

Rule = Mapping[str, Any]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a request."""

    path: str
    text: str
    code: str = "invalid"
    """missing, type, enum, range, length, media, rule, extra or invalid."""

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


def broken_rules(rule: Rule, values: Values) -> Iterator[Problem]:
    """What these values break of one rule."""
    if not _holds(rule.get("when", {}), values):
        return
    for word, check in _CHECKS.items():
        if word in rule:
            yield from check(rule, values)


def _holds(conditions: Mapping[str, Any], values: Values) -> bool:
    for name, wanted in conditions.items():
        value = values.get(name)
        allowed = wanted if isinstance(wanted, list) else [wanted]
        if value is None and "-" in allowed:
            continue
        if value is None or ("*" not in allowed and _plain(value) not in allowed):
            return False
    return True


def _plain(value: Any) -> Any:
    """A value as the tables write it: "5" and 5 are the same number."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _given(names: list[str], values: Values) -> list[str]:
    return [name for name in names if values.get(name) not in (None, "", [])]


def _exclusive(rule: Rule, values: Values) -> Iterator[Problem]:
    given = _given(rule["exclusive"], values)
    if len(given) > 1:
        yield Problem(given[1], f"cannot be combined with {given[0]}", "rule")


def _one_of(rule: Rule, values: Values) -> Iterator[Problem]:
    if not _given(rule["one_of"], values):
        names = " or ".join(rule["one_of"])
        yield Problem(rule["one_of"][0], f"{names} is required", "missing")


def _needs(rule: Rule, values: Values) -> Iterator[Problem]:
    needs = rule["needs"]
    if isinstance(needs, list):
        needs = {next(iter(rule["when"])): needs}
    for name, others in needs.items():
        if _given([name], values) and not _given(others, values):
            yield Problem(name, f"needs {' or '.join(others)}", "rule")


def _allow(rule: Rule, values: Values) -> Iterator[Problem]:
    cause = ", ".join(rule.get("when", {}))
    for name, allowed in rule["allow"].items():
        value = _plain(values.get(name, rule.get("default", {}).get(name)))
        if value is not None and value not in allowed:
            text = f"with {cause} it must be {' or '.join(map(str, allowed))}"
            yield Problem(name, text, "rule")


def _refuse(rule: Rule, values: Values) -> Iterator[Problem]:
    if _holds(rule["refuse"], values):
        names = list(rule["refuse"])
        pairs = " and ".join(f"{name}={values[name]}" for name in names)
        yield Problem(names[0], f"{pairs} cannot be combined", "rule")


def _steps(rule: Rule, values: Values) -> Iterator[Problem]:
    name, step, offset = (rule["steps"][key] for key in ("field", "step", "offset"))
    value = values.get(name)
    if isinstance(value, int) and (value - offset) % step:
        yield Problem(name, f"must be a multiple of {step} plus {offset}", "rule")


def _pair(rule: Rule, values: Values) -> Iterator[Problem]:
    name, by = rule["pair"]["field"], rule["pair"]["by"]
    value, wants_two = values.get(name), values.get(by) in rule["pair"]["values"]
    if wants_two and not (isinstance(value, list) and len(value) == 2):
        yield Problem(name, f"{by} {values[by]} needs a list of two", "rule")


def _each(rule: Rule, values: Values) -> Iterator[Problem]:
    name = rule["each"]["field"]
    for index, item in enumerate(values.get(name) or []):
        for key in rule["each"]["needs"]:
            if not item.get(key):
                yield Problem(f"{name}[{index}].{key}", "required", "missing")


def _single(rule: Rule, values: Values) -> Iterator[Problem]:
    name, key = rule["single"]["field"], rule["single"]["key"]
    if sum(bool(item.get(key)) for item in values.get(name) or []) > 1:
        yield Problem(name, f"only one item may have {key}", "rule")


def _image(rule: Rule, values: Values) -> Iterator[Problem]:
    words: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in rule["image"].items()
    }
    limits = Limits(**words)
    for name in rule["fields"]:
        value = values.get(name)
        for text in value if isinstance(value, list) else [value]:
            # A link cannot be measured without fetching it: only data is.
            if isinstance(text, str) and not text.startswith(("http:", "https:")):
                yield from _picture_problems(name, text, limits)


def _picture_problems(name: str, text: str, limits: Limits) -> Iterator[Problem]:
    try:
        check_media(text, "image", limits=limits)
    except BadMedia as error:
        yield Problem(name, str(error), "media")


def _extra(rule: Rule, values: Values) -> Iterator[Problem]:
    for name in values:
        if name not in rule["fields"]:
            yield Problem(name, "unknown field", "extra")


_CHECKS: dict[str, Callable[[Rule, Values], Iterator[Problem]]] = {
    "exclusive": _exclusive,
    "one_of": _one_of,
    "needs": _needs,
    "allow": _allow,
    "refuse": _refuse,
    "steps": _steps,
    "pair": _pair,
    "each": _each,
    "single": _single,
    "image": _image,
    "extra": _extra,
}
