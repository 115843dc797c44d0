"""Globant, Segmind and Vtrix: every entry, in every mode, small and large.

The judge of the bodies is the simulated services' own reading of the documents, which
was made apart from the catalog.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from studio.catalog import MediaInput, Option, Rule, VideoModel, get_model, models_of
from studio.catalog.checking import faults, rule_faults
from studio.catalog.snapshot import from_json, to_json
from studio.outbound import build_client
from studio.providers import provider_class
from studio.providers.base import Credentials, MediaItem, VideoRequest
from studio.providers.paths import at
from studio.providers.payload import wire_value
from studio.simulator.globant_models import model_schema
from studio.simulator.schema import Schema
from studio.simulator.shorthand import load_table
from tests.catalog.aimlapi_forms import kept_rules, smallest, untouched
from tests.providers.conformance import Reply, Wire

TODAY = date(2026, 11, 20)
COUNTS = {"globant": 9, "segmind": 34, "vtrix": 53}
MODELS = [model for provider in COUNTS for model in models_of(provider)]
EVERY_MODEL = [pytest.param(model, id=model.key) for model in MODELS]
EVERY_MODE = [
    pytest.param(model, mode, id=f"{model.key}-{mode}")
    for model in MODELS
    for mode in model.modes
]
EVERY_RULE = [
    pytest.param(model, rule, id=f"{model.key}-{number}")
    for model in MODELS
    for number, rule in enumerate(model.rules)
]
STANDARD = ("aspect_ratio", "duration", "resolution", "generate_audio")
ACCEPTED = {"id": "t-1", "request_id": "t-1", "name": "operations/t-1"}
MADE = {"type": "video", "url": "https://cdn.example/1.mp4", "id": "video-1"}
EARLIER = {"status": "completed", "output": [{"content": [MADE]}]}
# Fields of which the makers' own pages say more than the simulated tables hold.
PAGES_SAY_MORE = {
    "segmind:veo-3.1-lite": {"last_frame"},
    "segmind:wan-2.2-i2v-fast": {"resolution", "aspect_ratio"},
    "segmind:runway-gen3-alphaturbo": {"image", "promptImage", "promptText", "seed"},
    "vtrix:kirin_v1_i2v": {"static_mask"},
    "vtrix:kirin_v1_5_i2v": {"static_mask"},
    "vtrix:kirin_v2_6_i2v": {"sound"},
    "vtrix:kirin_v3_i2v": {"sound", "duration"},
    "vtrix:kirin_v3_t2v": {"duration"},
    "vtrix:kirin_v3_omni_video": {"duration"},
    "vtrix:kirin_video_o1": {"duration"},
    "vtrix:pixverse_v6_t2v": {"duration"},
}
VIDU_MUSIC = {"bgm"}


def picture() -> bytes:
    """A small true PNG."""
    file = BytesIO()
    Image.new("RGB", (320, 320)).save(file, "PNG")
    return file.getvalue()


PNG = picture()


# Forms


def largest(model: VideoModel, mode: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """Every option and input at its most, as far as the rules allow it together."""
    options = {o.name: greatest(o) for o in model.options_for(mode)}
    counts = {item.role: item.maximum for item in model.inputs_for(mode)}
    return kept_rules(model, mode, options, counts), counts


def greatest(option: Option) -> Any:
    """The largest value of an option."""
    if option.values:
        return option.values[-1]
    if option.maximum is not None:
        is_whole = option.type == "integer"
        return int(option.maximum) if is_whole else option.maximum
    usual: dict[str, Any] = {"integer": 12345, "boolean": True, "json": ["pan_left"]}
    return usual.get(option.type, "x" * (option.max_length or 100))


def values_of(option: Option) -> list[Any]:
    """Each value of a choice, or the ends of a range."""
    if option.type == "boolean":
        return [True, False]
    return list(option.values) or [
        int(end) if option.type == "integer" else end
        for end in (option.minimum, option.maximum)
        if end is not None
    ]


def media_of(taken: MediaInput, count: int) -> Iterator[MediaItem]:
    """So many items for an input; an earlier video is known to Vtrix by its task."""
    for _ in range(count):
        if taken.role != "source_video":
            yield MediaItem(role=taken.role, content=PNG, media_type="image/png")
        elif taken.transport == "url":
            yield MediaItem(role=taken.role, url="https://cdn.example/0.mp4")
        else:
            yield MediaItem(role=taken.role, operation_id="t-0")


def request_for(
    model: VideoModel,
    mode: str,
    options: dict[str, Any],
    counts: dict[str, int],
    prompt: str = "A boat at dawn",
) -> VideoRequest:
    """The request that a form makes."""
    taken = model.inputs_for(mode)
    media = tuple(m for i in taken for m in media_of(i, counts.get(i.role, 0)))
    return VideoRequest(
        model=model, mode=mode, prompt=prompt, options=options, media=media
    )


def sent_for(request: VideoRequest) -> Any:
    """The parameters that the adapter sends, without their wrapping."""
    provider = request.model.provider
    is_looked_up = any(item.operation_id for item in request.media)
    wire = Wire(*[Reply(json=EARLIER)] * is_looked_up, Reply(json=ACCEPTED))
    client = build_client(transport=httpx.MockTransport(wire))
    credentials = Credentials(base_url="https://a.example", secrets={"api_key": "k"})
    adapter = provider_class(provider)(credentials, client)
    asyncio.run(adapter.submit(request))
    body = json.loads(wire.requests[-1].read())
    return body["input"][0]["params"] if provider == "vtrix" else body


def complaints(model: VideoModel, body: Any) -> set[str]:
    """The fields that the simulated service would not take."""
    schema = schema_of(model)
    if model.provider == "globant":
        body = {**body["instances"], **body.get("parameters", {})}
    if schema is None:
        return set()
    problems = {problem.path.partition("[")[0] for problem in schema.check(body)}
    found = problems | set(schema.unknown(body))
    more = VIDU_MUSIC if model.maker == "Vidu" else set()
    return found - PAGES_SAY_MORE.get(model.key, set()) - more


def schema_of(model: VideoModel) -> Schema | None:
    """What the simulated service knows of a model; None where it does not have it."""
    if model.provider == "globant":
        return model_schema(model.id)
    listed = load_table(model.provider).get(model.id)
    return listed.schema if listed else None


# Every entry


@pytest.mark.parametrize("provider", COUNTS)
def test_it_lists_the_entries(provider: str) -> None:
    models = models_of(provider)

    assert len(models) == COUNTS[provider]
    assert len({model.name for model in models}) == len(models)


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_an_entry_tells_people_what_it_is(model: VideoModel) -> None:
    assert model.maker and model.family and model.documented
    assert model.docs.startswith("https://")
    assert model.summary.endswith(".")
    assert len(model.summary) < 140
    assert model.name != model.id
    assert model.checked == TODAY


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_an_entry_has_its_options_in_the_usual_order(model: VideoModel) -> None:
    names = [option.name for option in model.options]
    usual = [name for name in STANDARD if name in names]

    assert [name for name in names if name in STANDARD] == usual
    assert all(option.more for option in model.options if option.name == "seed")
    plain = [not option.more for option in model.options if option.name in STANDARD]
    assert all(plain)


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_a_successor_is_there_and_goes_on(model: VideoModel) -> None:
    if model.status == "current":
        assert (model.ends, model.successor) == (None, "")
        return
    successor = get_model(f"{model.provider}:{model.successor}")
    assert model.note
    assert not successor.is_custom
    assert not successor.is_ended(TODAY)


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_a_snapshot_keeps_an_entry_whole(model: VideoModel) -> None:
    assert from_json(json.loads(json.dumps(to_json(model)))) == model


# Every mode


@pytest.mark.parametrize(("model", "mode"), EVERY_MODE)
def test_a_mode_is_found_by_what_is_given(model: VideoModel, mode: str) -> None:
    roles = [item.role for item in model.inputs_for(mode) if item.minimum]

    assert model.mode_for(roles) == mode


@pytest.mark.parametrize("form", [smallest, untouched, largest])
@pytest.mark.parametrize(("model", "mode"), EVERY_MODE)
def test_a_form_makes_a_body_that_the_service_takes(
    model: VideoModel, mode: Any, form: Any
) -> None:
    options, counts = form(model, mode)
    options = kept_rules(model, mode, options, counts)
    request = request_for(model, mode, options, counts)

    assert faults(model, mode, request.prompt, options, counts) == {}
    assert complaints(model, sent_for(request)) == set()


@pytest.mark.parametrize(("model", "mode"), EVERY_MODE)
def test_nothing_that_was_asked_for_vanishes(model: VideoModel, mode: Any) -> None:
    options, counts = largest(model, mode)
    body = sent_for(request_for(model, mode, options, counts))

    assert at(body, model.prompt_wire) == "A boat at dawn"
    for name, value in options.items():
        option = model.option(name)
        assert option is not None
        wanted = wire_value(model, option, value)
        assert at(body, option.wire or option.name) == wanted
    for taken in model.inputs_for(mode):
        assert at(body, taken.wire)


@pytest.mark.parametrize(("model", "mode"), EVERY_MODE)
def test_every_value_makes_a_body_that_the_service_takes(
    model: VideoModel, mode: Any
) -> None:
    options, counts = smallest(model, mode)
    for option in model.options_for(mode):
        for value in values_of(option):
            chosen = kept_rules(model, mode, {**options, option.name: value}, counts)
            body = sent_for(request_for(model, mode, chosen, counts))
            assert complaints(model, body) == set(), f"{option.name} = {value}"


@pytest.mark.parametrize(("model", "mode"), EVERY_MODE)
def test_a_prompt_that_may_be_left_out_leaves_nothing(
    model: VideoModel, mode: Any
) -> None:
    if mode not in model.prompt_optional:
        return
    options, counts = smallest(model, mode)
    options = kept_rules(model, mode, options, counts)
    body = sent_for(request_for(model, mode, options, counts, prompt=""))

    assert complaints(model, body) == set()
    assert "text" not in json.dumps(body.get("content", ""))


# Rules


def broken_by(
    model: VideoModel, mode: str, options: dict[str, Any], counts: dict[str, int]
) -> dict[str, str]:
    """The rules that a form with a prompt breaks."""
    return rule_faults(model, mode, "A boat", options, counts)


def broken(model: VideoModel, rule: Rule) -> tuple[str, dict[str, Any], dict[str, int]]:
    """A form that breaks a rule."""
    facts = {name: allowed[0] for name, allowed in rule.when.items()}
    mode = facts.pop("mode", model.modes[0])
    counts = {r: int(bool(facts.pop(r))) for r in list(facts) if model.input(r)}
    for name, allowed in rule.require.items():
        option = model.option(name)
        assert option is not None
        facts[name] = next(v for v in values_of(option) if v not in allowed)
    for name in rule.forbid:
        facts.setdefault(name, True)
    return mode, facts, counts


@pytest.mark.parametrize(("model", "rule"), EVERY_RULE)
def test_a_broken_rule_is_refused_by_name(model: VideoModel, rule: Rule) -> None:
    mode, options, counts = broken(model, rule)
    found = broken_by(model, mode, options, counts)

    name = next(iter([*rule.require, *rule.forbid]))
    assert found.get(name)
    assert rule.message in {r.message for r in model.rules}
    alone = replace(model, rules=(rule,))
    assert broken_by(alone, mode, options, counts) == {name: rule.message}


@pytest.mark.parametrize(
    ("mode", "options", "name"),
    [
        ("text_to_video", {"resolution": "1080p", "duration": 6}, "duration"),
        ("text_to_video", {"resolution": "4k", "duration": 4}, "duration"),
        ("extend_video", {"resolution": "1080p"}, "resolution"),
        ("extend_video", {"duration": 6}, "duration"),
        ("reference_to_video", {"duration": 4}, "duration"),
        (
            "text_to_video",
            {"person_generation": "allow_adult"},
            "person_generation",
        ),
        ("extend_video", {"person_generation": "allow_adult"}, "person_generation"),
        ("image_to_video", {"person_generation": "allow_all"}, "person_generation"),
        ("first_last_frame", {"person_generation": "allow_all"}, "person_generation"),
        ("reference_to_video", {"person_generation": "allow_all"}, "person_generation"),
    ],
)
def test_veo_at_vtrix_keeps_the_documented_rules(
    mode: str, options: dict[str, Any], name: str
) -> None:
    model = get_model("vtrix:veo_31_fast")

    assert set(broken_by(model, mode, options, {})) == {name}


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("text_to_video", {"resolution": "4k", "duration": 8}),
        ("text_to_video", {"resolution": "720p", "duration": 4}),
        ("text_to_video", {"person_generation": "allow_all"}),
        ("image_to_video", {"duration": 4, "person_generation": "allow_adult"}),
        ("extend_video", {"duration": 8, "person_generation": "allow_all"}),
        ("reference_to_video", {}),
    ],
)
def test_veo_at_vtrix_takes_what_is_documented(
    mode: str, options: dict[str, Any]
) -> None:
    assert broken_by(get_model("vtrix:veo_31_fast"), mode, options, {}) == {}


def test_a_last_frame_needs_a_first_one() -> None:
    model = get_model("vtrix:veo_31_fast")

    assert model.mode_for(["end_image"]) is None
    found = faults(model, "first_last_frame", "A boat", {}, {"end_image": 1})
    assert set(found) == {"start_image"}


def test_more_than_three_references_are_refused() -> None:
    model = get_model("vtrix:veo_31_fast")
    counts = {"reference_images": 4}

    found = faults(model, "reference_to_video", "A boat", {}, counts)
    assert set(found) == {"reference_images"}


def test_klings_sound_wants_pro_and_no_last_frame() -> None:
    model = get_model("vtrix:kirin_v2_6_i2v")
    loud: dict[str, Any] = {"generate_audio": True}

    assert set(broken_by(model, "image_to_video", loud, {})) == {"quality_mode"}
    loud["quality_mode"] = "pro"
    assert broken_by(model, "image_to_video", loud, {}) == {}
    assert set(broken_by(model, "first_last_frame", loud, {})) == {"generate_audio"}


# What the documents say


@pytest.mark.parametrize(
    ("model_id", "durations"),
    [
        ("veo-2.0-generate-001", range(5, 9)),
        ("veo-3.0-generate-001", (4, 6, 8)),
        ("veo-3.0-fast-generate-001", (4, 6, 8)),
        ("veo-3.0-generate-preview", (4, 6, 8)),
        ("veo-3.0-fast-generate-preview", (4, 6, 8)),
        ("veo-3.1-generate-preview", (4, 6, 8)),
        ("veo-3.1-fast-generate-preview", (4, 6, 8)),
    ],
)
def test_globant_has_the_ids_and_durations_of_its_page(
    model_id: str, durations: Any
) -> None:
    model = get_model(f"globant:{model_id}")
    assert model.id == f"vertex_ai/{model_id}"
    taken = [
        seconds for seconds in range(1, 11) if not faults_of_duration(model, seconds)
    ]
    assert taken == list(durations)
    assert model.defaults("text_to_video") == {"duration": 8}
    assert model.is_ended(TODAY)


def faults_of_duration(model: VideoModel, seconds: int) -> bool:
    """Whether a duration is refused."""
    option = model.option("duration")
    assert option is not None
    if option.values:
        return seconds not in option.values
    return not (option.minimum or 0) <= seconds <= (option.maximum or 0)


@pytest.mark.parametrize("name", ["veo-3.1-generate-001", "veo-3.1-fast-generate-001"])
def test_globant_goes_on_with_the_named_replacements(name: str) -> None:
    model = get_model(f"globant:vertex_ai/{name}")

    assert model.status == "current"
    assert not model.is_ended(TODAY)


def test_the_veo_2_of_segmind_is_as_its_page_has_it() -> None:
    model = get_model("segmind:veo-2")

    assert model.defaults("text_to_video") == {"aspect_ratio": "16:9", "duration": 5}
    assert [option.name for option in model.options] == [
        "aspect_ratio",
        "duration",
        "seed",
    ]
    assert not model.is_ended(TODAY)


@pytest.mark.parametrize(
    ("key", "options", "micro_usd"),
    [
        ("segmind:veo-3.1", {"duration": 4, "generate_audio": False}, 800_000),
        ("segmind:veo-3.1", {}, 3_200_000),
        ("segmind:veo-3-fast", {"duration": 4}, 400_000),
        ("segmind:veo-3-fast", {"generate_audio": True}, 1_200_000),
        ("segmind:kling-2", {}, 1_750_000),
        ("segmind:kling-2", {"duration": 10}, 3_500_000),
        ("segmind:kling-2.5-turbo", {"duration": 10}, 880_000),
        ("segmind:hailuo-2.3", {}, 350_000),
        ("segmind:hailuo-2.3", {"resolution": "1080p"}, None),
        ("segmind:minimax-ai", {}, 625_000),
        ("segmind:wan-2.6-i2v", {}, 625_000),
        ("segmind:wan-2.6-i2v", {"duration": 15, "resolution": "1080p"}, 2_812_500),
        ("segmind:runway-gen4-turbo", {"duration": 10}, 1_000_000),
        ("segmind:ray-flash-2-720p", {"duration": 9}, 675_000),
        ("segmind:luma-ray-img-2-video", {}, 1_600_000),
        ("segmind:kling-2.6", {}, None),
        ("vtrix:veo_31_fast", {}, None),
        ("globant:veo-3.1-generate-001", {}, None),
    ],
)
def test_a_price_is_what_the_page_says_or_unknown(
    key: str, options: dict[str, Any], micro_usd: int | None
) -> None:
    model = get_model(key)

    assert model.estimate(model.modes[0], options) == micro_usd


@pytest.mark.parametrize(
    ("key", "like"),
    [
        ("segmind:seedance-2.6", "segmind:seedance-2.5"),
        ("vtrix:viduq4_turbo_text2video", "vtrix:viduq3_turbo_text2video"),
        ("globant:veo-3.2-generate-001", "globant:vertex_ai/veo-3.1-generate-001"),
    ],
)
def test_an_id_that_is_not_listed_is_taken_in_the_closest_shape(
    key: str, like: str
) -> None:
    model = get_model(key)

    assert model.is_custom
    assert {option.name for option in model.options} == {
        option.name for option in get_model(like).options
    }
