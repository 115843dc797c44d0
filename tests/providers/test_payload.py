"""Options to a request body: by the table, and nothing vanishes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.catalog import Mode, Option, VideoModel
from studio.providers.base import VideoRequest
from studio.providers.errors import UnsupportedOption
from studio.providers.payload import (
    build_body,
    media_value,
)

TEXT, IMAGE = Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO


def make_model(
    *options: Option, modes: tuple[Mode, ...] = (TEXT, IMAGE), **more: Any
) -> VideoModel:
    """A model with these options."""
    return VideoModel(
        provider="tiny",
        id="tiny-1",
        name="Tiny One",
        modes=modes,
        options=options,
        **more,
    )


def body_of(model: VideoModel, mode: str = TEXT, **details: Any) -> dict[str, Any]:
    """The body of a request for this model."""
    details = {"prompt": "", **details}
    request = VideoRequest(model=model, mode=mode, **details)
    return build_body(request, put_media=media_value)


def wired(option: Option, value: Any) -> Any:
    """What one option's value becomes."""
    return body_of(make_model(option), options={option.name: value})[option.name]


# Where things go


def test_it_puts_the_prompt_where_the_model_wants_it() -> None:
    assert body_of(make_model(), prompt="A boat") == {"prompt": "A boat"}
    model = make_model(prompt_wire="input.0.params.prompt")
    assert body_of(model, prompt="A boat") == {
        "input": [{"params": {"prompt": "A boat"}}]
    }


def test_it_leaves_an_empty_prompt_out() -> None:
    assert body_of(make_model()) == {}


def test_a_model_without_a_prompt_refuses_one() -> None:
    model = make_model(prompt_wire="")
    assert body_of(model) == {}
    with pytest.raises(UnsupportedOption, match="Tiny One takes no prompt"):
        body_of(model, prompt="A boat")


def test_it_calls_options_by_their_wire_names() -> None:
    model = make_model(
        Option(name="duration", type="integer", wire="parameters.durationSeconds"),
        Option(name="aspect_ratio", type="string", wire="parameters.aspectRatio"),
        Option(name="seed", type="integer"),
    )
    body = body_of(model, options={"seed": 7, "duration": 8, "aspect_ratio": "16:9"})
    assert body == {
        "parameters": {"durationSeconds": 8, "aspectRatio": "16:9"},
        "seed": 7,
    }


@pytest.mark.parametrize(
    ("wire", "body"),
    [
        ("keyframes.frame0.url", {"keyframes": {"frame0": {"url": "x"}}}),
        ("instances.0.prompt", {"instances": [{"prompt": "x"}]}),
        ("a.1", {"a": ["x"]}),  # the empty first place is left out
        ("a.0.0.b", {"a": [[{"b": "x"}]]}),
    ],
)
def test_it_follows_dotted_paths(wire: str, body: dict[str, Any]) -> None:
    model = make_model(Option(name="o", type="string", wire=wire))
    assert body_of(model, options={"o": "x"}) == body


def test_it_joins_paths_that_share_a_beginning() -> None:
    model = make_model(
        Option(name="a", type="string", wire="in.0.a"),
        Option(name="b", type="string", wire="in.0.b"),
        prompt_wire="in.0.text",
    )
    body = body_of(model, prompt="p", options={"a": "1", "b": "2"})
    assert body == {"in": [{"text": "p", "a": "1", "b": "2"}]}


def test_a_path_through_a_value_is_a_mistake_of_the_catalog() -> None:
    model = make_model(Option(name="o", type="string", wire="prompt.more"))
    with pytest.raises(ValueError, match="leads through a plain value"):
        body_of(model, prompt="p", options={"o": "x"})


def test_it_sends_what_the_model_fixes() -> None:
    fixed = {"parameters.sampleCount": 1, "meta": {"a": [1]}}
    model = make_model(transport={"fixed": fixed})
    body = body_of(model)
    assert body == {"parameters": {"sampleCount": 1}, "meta": {"a": [1]}}
    body["meta"]["a"].append(2)
    assert model.transport["fixed"]["meta"] == {"a": [1]}


def test_an_option_lies_over_what_is_fixed() -> None:
    option = Option(name="fps", type="integer", wire="meta.fps")
    model = make_model(option, transport={"fixed": {"meta": {"fps": 24, "x": 1}}})
    assert body_of(model, options={"fps": 30}) == {"meta": {"fps": 30, "x": 1}}


def test_extra_is_laid_over_everything() -> None:
    model = make_model(
        Option(name="seed", type="integer", wire="p.seed"),
        Option(name="fps", type="integer", wire="p.fps"),
    )
    extra = {"p": {"seed": 9, "deep": {"a": None}}, "list": [1], "prompt": ""}
    given = {"seed": 1, "fps": 24}
    assert body_of(model, prompt="A boat", options=given, extra=extra) == {
        "p": {"seed": 9, "fps": 24, "deep": {"a": None}},
        "list": [1],
        "prompt": "",
    }


# What is given


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_not_given(nothing: Any) -> None:
    model = make_model(Option(name="seed", type="integer"))
    assert body_of(model, options={"seed": nothing, "unheard_of": nothing}) == {}


@pytest.mark.parametrize("value", [False, 0])
def test_false_and_zero_are_given(value: Any) -> None:
    option = Option(name="o", type="boolean" if value is False else "integer")
    assert wired(option, value) is value


def test_an_unknown_option_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedOption, match="Tiny One has no option glitter"):
        body_of(make_model(), options={"glitter": 1})


def test_an_option_of_another_mode_is_refused() -> None:
    model = make_model(Option(name="o", type="string", modes=frozenset({IMAGE})))
    with pytest.raises(UnsupportedOption, match="o in the mode text_to_video"):
        body_of(model, options={"o": "x"})
    assert body_of(model, IMAGE, options={"o": "x"}) == {"o": "x"}


def test_defaults_are_the_providers_own_unless_always_sent() -> None:
    model = make_model(
        Option(name="duration", type="integer", default=5),
        Option(name="generate_audio", type="boolean", default=False, always=True),
        Option(name="o", type="string", always=True),
        Option(
            name="elsewhere",
            type="string",
            default="x",
            always=True,
            modes=frozenset({IMAGE}),
        ),
    )
    assert body_of(model) == {"generate_audio": False}
    assert body_of(model, options={"generate_audio": True}) == {"generate_audio": True}


# Values


@pytest.mark.parametrize(
    ("option", "value", "wanted"),
    [
        (Option(name="o", type="choice", values=(5, 10)), "5", 5),
        (Option(name="o", type="choice", values=(5, 10)), 5.0, 5),
        (Option(name="o", type="choice", values=("5", "10")), 5, "5"),
        (Option(name="o", type="choice", values=(5,), wire_type="string"), 5, "5"),
        (Option(name="o", type="choice", values=("5s",)), "7s", "7s"),
        (Option(name="o", type="integer"), "7", 7),
        (Option(name="o", type="integer"), 2**63, 2**63),
        (Option(name="o", type="integer"), 7.0, 7),
        (Option(name="o", type="integer", wire_type="string"), 7, "7"),
        (Option(name="o", type="number"), "0.5", 0.5),
        (Option(name="o", type="number"), 1.0, 1),
        (Option(name="o", type="number", wire_type="string"), 0.5, "0.5"),
        (Option(name="o", type="boolean"), "false", False),
        (Option(name="o", type="boolean"), "on", True),
        (Option(name="o", type="boolean", wire_type="string"), True, "true"),
        (Option(name="o", type="text"), "a\nb", "a\nb"),
        (Option(name="o", type="json"), '{"a": [1]}', {"a": [1]}),
        (Option(name="o", type="json"), {"a": 1}, {"a": 1}),
    ],
)
def test_it_writes_values_as_the_wire_wants_them(
    option: Option, value: Any, wanted: Any
) -> None:
    found = wired(option, value)
    assert found == wanted
    assert type(found) is type(wanted)


def test_it_translates_values() -> None:
    sizes = {"720p": {"width": 1280}, "5": "five", "true": 1}
    option = Option(name="o", type="string", wire_values=sizes)
    assert wired(option, "720p") == {"width": 1280}
    assert wired(option, 5) == "five"
    assert wired(option, True) == 1
    assert wired(option, "other") == "other"


def test_a_translated_value_keeps_its_type_unless_the_wire_has_one() -> None:
    words = {"true": "on", "false": "off"}
    assert wired(Option(name="o", type="boolean", wire_values=words), True) == "on"
    numbers = Option(
        name="o", type="string", wire_values={"a": "5"}, wire_type="integer"
    )
    assert wired(numbers, "a") == 5


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "many"),
        ("integer", 5.5),
        ("integer", True),
        ("number", "nan"),
        ("number", float("inf")),
        ("number", True),
        ("boolean", "perhaps"),
        ("json", "{"),
    ],
)
def test_a_value_that_cannot_be_written_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(UnsupportedOption, match="Tiny One cannot be told o"):
        wired(Option(name="o", type=kind), value)


@given(st.integers(min_value=-(2**63), max_value=2**63))
def test_a_whole_number_survives_as_text_and_back(number: int) -> None:
    as_text = wired(Option(name="o", type="integer", wire_type="string"), number)
    assert wired(Option(name="o", type="integer"), as_text) == number
