"""The AI/ML API entries: which there are, what they say, what their rules refuse."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from studio.catalog import Mode, get_model, models_of
from studio.providers.payload import wire_value
from studio.simulator.aimlapi_models import load_models
from tests.catalog.aimlapi_forms import schemas_of

TODAY = date(2026, 11, 21)
# Every video model that the seed documents name, and what each is for.
SEEDS = {
    "wan/v2.1/1.3b/text-to-video": "text",
    "veo2": "text",
    "veo2/image-to-video": "image end",
    "kling-video/v1/standard/image-to-video": "image end",
    "kling-video/v1/standard/text-to-video": "text",
    "kling-video/v1/pro/image-to-video": "image end",
    "kling-video/v1/pro/text-to-video": "text",
    "kling-video/v1.6/standard/text-to-video": "text",
    "kling-video/v1.6/standard/image-to-video": "image",
    "kling-video/v1.6/pro/image-to-video": "image end",
    "kling-video/v1.6/pro/text-to-video": "text",
    "klingai/kling-video-v1.6-standard-effects": "image reference",
    "klingai/kling-video-v1.6-pro-effects": "image reference",
    "klingai/v2-master-image-to-video": "image",
    "klingai/v2-master-text-to-video": "text",
    "ray-1-6": "text image end extend",
    "ray-1-6/v1": "text image end extend",
    "video-01": "text image",
    "video-01-live2d": "image",
    "gen3a_turbo": "image end",
    "runway/gen4_turbo": "image end",
}
WORDS = {
    "text": Mode.TEXT_TO_VIDEO,
    "image": Mode.IMAGE_TO_VIDEO,
    "end": Mode.FIRST_LAST_FRAME,
    "reference": Mode.REFERENCE_TO_VIDEO,
    "extend": Mode.EXTEND_VIDEO,
}
# Documented fields that no form offers: sounds that go in, editing a video, what the
# catalog decides itself, and what has no documented values.
LEFT_OUT = {
    "audio_url",
    "audio_urls",
    "audio_setting",
    "video_url",
    "type",
    "task",
    "delivery",
    "previous_interaction_id",
    "video_output_type",
    "external_task_id",
    "generation_type",
    "callback_url",
    "concepts",
}
LEFT_OUT_OF = {
    "ray-1-6": {"resolution", "duration"},  # without any documented value
    # Its sibling takes the pictures.
    "bytedance/seedance-1-0-pro-t2v": {"image_url", "last_image_url"},
}
# Defaults of the provider that do not go with one of the model's modes.
OTHER_DEFAULTS = {
    ("minimax/h3", "aspect_ratio"),
    ("klingai/video-v3-omni-720p-image-to-video", "generate_audio"),
    ("klingai/video-v3-omni-1080p-image-to-video", "generate_audio"),
}
ENTRIES = models_of("aimlapi")
BY_ID = {entry.id: entry for entry in ENTRIES}


# The list


def test_it_has_every_model_of_the_seeds() -> None:
    found = {entry.id: list(entry.modes) for entry in ENTRIES if entry.id in SEEDS}

    assert found == {
        name: [WORDS[word] for word in words.split()] for name, words in SEEDS.items()
    }


def test_it_has_every_documented_model_whose_modes_a_form_can_say() -> None:
    known = {name for entry in ENTRIES for name in (entry.id, *entry.aliases)}
    documented = {model.id: model.modes for model in load_models().values()}
    missing = {name: modes for name, modes in documented.items() if name not in known}

    beyond = {
        "avatar",
        "lip_sync",
        "motion_transfer",
        "performance_transfer",
        "video_to_video",
        "video_to_audio",
    }
    assert len(ENTRIES) == 126
    assert {
        name: modes for name, modes in missing.items() if not beyond & {*modes}
    } == {}


def test_it_has_all_eighty_effects() -> None:
    for tier in ("standard", "pro"):
        effect = BY_ID[f"klingai/kling-video-v1.6-{tier}-effects"].option("effect")

        assert effect and len(effect.values) == 80
        assert effect.wire == "effect_scene"


def test_each_entry_says_in_words_what_it_is() -> None:
    for entry in ENTRIES:
        assert entry.maker and entry.family and entry.documented, entry.id
        assert entry.summary.endswith(".") and len(entry.summary) < 120, entry.id
        assert "/" not in entry.name and entry.name[0].isupper(), entry.id
        assert entry.checked and entry.checked <= TODAY, entry.id
        assert entry.docs[:25] in ("", "https://docs.aimlapi.com/"), entry.id


def test_what_is_going_says_so_and_names_what_comes_after() -> None:
    for entry in ENTRIES:
        if entry.status != "current":
            assert entry.note and entry.successor, entry.id
        if entry.successor:
            assert not BY_ID[entry.successor].is_ended(TODAY), entry.id


def test_no_two_entries_have_the_same_name() -> None:
    names = [entry.name for entry in ENTRIES]

    assert sorted(set(names)) == sorted(names)


def test_siblings_share_a_family() -> None:
    for family, count in (("kling-1.6-pro", 2), ("veo-3.1", 5), ("veo-2", 2)):
        ids = [entry.id for entry in ENTRIES if entry.family == family]

        assert len(ids) == count, ids


def test_the_names_of_the_documents_are_found() -> None:
    assert get_model("aimlapi:gen4_turbo").id == "runway/gen4_turbo"
    assert get_model("aimlapi:luma/ray-1.6").id == "luma/ray-1-6"


def test_an_unlisted_id_is_taken_in_the_closest_shape() -> None:
    model = get_model("aimlapi:google/veo-3.2-t2v")

    assert model.is_custom and model.id == "google/veo-3.2-t2v"
    assert model.option("generate_audio")


# Options


def test_the_usual_options_come_first_and_in_their_order() -> None:
    usual = ["aspect_ratio", "duration", "resolution", "generate_audio"]
    for entry in ENTRIES:
        shown = [option.name for option in entry.options if option.name in usual]
        more = [option.more for option in entry.options]

        assert shown == sorted(shown, key=usual.index), entry.id
        assert more == sorted(more), entry.id


def test_sizes_are_written_in_one_way() -> None:
    resolutions = [entry.option("resolution") for entry in ENTRIES]
    sizes = {size for found in resolutions if found for size in found.values}

    known = "360p 480p 540p 720p 768p 1080p 1440p 2160p 2k 4k"
    assert sizes == set(known.split())


def test_sound_that_costs_is_always_said() -> None:
    for entry in ENTRIES:
        sound = entry.option("generate_audio")

        if "generate_audio" in schemas_of(entry)[0].fields:
            assert sound and sound.always and sound.default is not None, entry.id
        elif sound:
            assert sound.default is False, entry.id  # off at the provider as well


def test_a_default_is_the_documented_one() -> None:
    for entry in ENTRIES:
        fields = schemas_of(entry)[0].fields
        for option in entry.options:
            where = (entry.id, option.name)
            documented = fields.get(option.wire or option.name, {}).get("default")
            if None in (documented, option.default) or where in OTHER_DEFAULTS:
                continue
            assert wire_value(entry, option, option.default) == documented, where


def test_no_documented_field_is_forgotten() -> None:
    for entry in ENTRIES:
        wires = {option.wire or option.name for option in entry.options}
        wires |= {item.wire for item in entry.inputs} | {entry.prompt_wire}
        known = {wire.partition(".")[0] for wire in wires}
        known |= LEFT_OUT | LEFT_OUT_OF.get(entry.id, set())

        assert schemas_of(entry)[0].fields.keys() <= known, entry.id


# Rules

NO_REFERENCE = {
    "mode": "reference_to_video",
    "source_video": False,
    "reference_images": False,
}
LITE = "google/veo-3-1-lite-generate-preview"
EFFECTS = "klingai/kling-video-v1.6-pro-effects"
KLING_TEXT = "kling-video/v1.6/pro/text-to-video"
KLING_3 = "klingai/video-v3-pro-text-to-video"
OMNI = "klingai/video-v3-omni-720p-image-to-video"
# An entry, what breaks one of its rules, and the name at fault.
BROKEN: list[tuple[str, dict[str, Any], str]] = [
    (LITE, {"end_image": True, "duration": 4}, "duration"),
    (KLING_TEXT, {"camera_axis": "pan"}, "camera_strength"),
    (KLING_TEXT, {"camera_strength": 0}, "camera_axis"),
    (EFFECTS, {"effect": "hug", "mode": "image_to_video"}, "mode"),
    (EFFECTS, {"effect": "squish", "mode": "reference_to_video"}, "mode"),
    (KLING_3, {"prompt": True, "multi_prompt": ["A door"]}, "multi_prompt"),
    (OMNI, {"end_image": True, "generate_audio": True}, "generate_audio"),
    ("luma/ray-3.2", {"hdr": True, "duration": 10, "resolution": "720p"}, "duration"),
    ("luma/ray-3.2", {"hdr": True, "duration": 5, "resolution": "540p"}, "resolution"),
    ("luma/ray-3.2", {"exr_export": True, "hdr": False}, "hdr"),
    (
        "minimax/h3",
        {"mode": "text_to_video", "aspect_ratio": "adaptive"},
        "aspect_ratio",
    ),
    ("minimax/h3", NO_REFERENCE, "reference_images"),
    ("bytedance/seedance-2-0", NO_REFERENCE, "reference_images"),
    (
        "alibaba/wan-2-6-t2v",
        {"shot_type": "multi", "enhance_prompt": False},
        "enhance_prompt",
    ),
    ("alibaba/wan-2-7-r2v", {**NO_REFERENCE, "start_image": False}, "start_image"),
    ("pixverse/v5/text-to-video", {"resolution": "1080p", "duration": 8}, "duration"),
    ("pixverse/v5-5-text-to-video", {"resolution": "1080p", "duration": 8}, "duration"),
]


@pytest.mark.parametrize(("name", "facts", "fault"), BROKEN)
def test_a_documented_rule_is_refused_by_name(
    name: str, facts: dict[str, Any], fault: str
) -> None:
    entry = BY_ID[name]

    assert fault in [rule.broken_by(facts) for rule in entry.rules]


def test_no_rule_goes_untested() -> None:
    tested = {
        rule.message
        for name, facts, _ in BROKEN
        for rule in BY_ID[name].rules
        if rule.broken_by(facts)
    }

    assert {rule.message for entry in ENTRIES for rule in entry.rules} == tested


def test_a_kept_rule_is_not_in_the_way() -> None:
    kept = [
        (LITE, {"end_image": True, "duration": 8}),
        (EFFECTS, {"effect": "hug", "mode": "reference_to_video"}),
        (EFFECTS, {"effect": "fight", "mode": "image_to_video"}),
        (KLING_3, {"prompt": False, "multi_prompt": ["A door"]}),
    ]
    for name, facts in kept:
        assert not any(rule.broken_by(facts) for rule in BY_ID[name].rules), facts


def test_sora_has_ended() -> None:
    sora = BY_ID["openai/sora-2-t2v"]

    assert sora.is_ended(TODAY)
    assert sora.ends == date(2026, 9, 24)
