"""The composer: follows the model, refuses by name, loses nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from PIL import Image

from studio import catalog
from studio.catalog import Option
from studio.catalog.checking import read_value
from studio.forms.carry_over import still_valid, values_of
from studio.forms.composer import ComposerForm
from studio.models import ModelSetting, Project, User
from studio.pipeline import create
from tests.factories import make_asset, picture_upload


@pytest.fixture
def compose(project: Project, bob: User) -> Any:
    """A form that bob sends."""

    def send(files: dict[str, Any] | None = None, **values: Any) -> ComposerForm:
        data = {"model": "animatic:animatic", "prompt": "A lighthouse", **values}
        uploads = MultiValueDict({name: [file] for name, file in (files or {}).items()})
        return ComposerForm(data, uploads, user=bob, project=project)

    return send


def test_it_takes_the_smallest_wish(compose: Any) -> None:
    form = compose()

    assert form.is_valid(), form.errors
    assert form.order().mode == "text_to_video"


def test_it_reads_options_in_their_own_types(compose: Any) -> None:
    form = compose(duration="6", resolution="1080p", generate_audio="True", seed="7")

    assert form.is_valid(), form.errors
    assert form.order().options == {
        "duration": 6,
        "resolution": "1080p",
        "generate_audio": True,
        "seed": 7,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration", "13"),
        ("duration", "four"),
        ("duration", "1e400"),
        ("duration", "nan"),
        ("aspect_ratio", "5:4"),
        ("resolution", "4k"),
        ("seed", "-1"),
        ("seed", "1.5"),
        ("takes", "0"),
        ("takes", "9"),
        ("mode", "extend_video"),
        ("extra", "{"),
        ("extra", '{"a": [NaN]}'),
        ("extra", '{"a": {"b": 1e999}}'),
        ("extra", r'{"a": "\u0000"}'),
        ("extra", r'{"cut \ud83d": 1}'),
        ("extra", "[" * 5000),
        ("start_image_asset", "not-an-id"),
    ],
)
def test_it_names_the_field_at_fault(compose: Any, name: str, value: str) -> None:
    form = compose(**{name: value})

    assert not form.is_valid()
    assert name in form.errors


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ('{"duration": 8}', "Duration"),
        ('{"model": "veo-3.1"}', "Model"),
        ('{"duration": 8, "generate_audio": true}', "Duration, Sound"),
    ],
)
def test_raw_parameters_change_neither_model_nor_price(
    compose: Any, raw: str, label: str
) -> None:
    form = compose(model="segmind:veo-3.1", extra=raw)

    assert not form.is_valid()
    assert f"There is a field for this: {label}." in str(form.errors["extra"])


def test_raw_parameters_are_there_for_all_else(compose: Any) -> None:
    form = compose(model="segmind:veo-3.1", extra='{"webhook": "x", "seed": 7}')

    assert form.is_valid(), form.errors


def test_an_option_of_json_is_such_as_databases_take() -> None:
    option = Option(name="camera", type="json")

    assert read_value(option, '{"zoom": [1, null]}') == {"zoom": [1, None]}
    with pytest.raises(ValueError, match="not valid JSON"):
        read_value(option, '{"zoom": NaN}')


def test_it_refuses_an_option_that_the_model_does_not_have(compose: Any) -> None:
    form = compose(cfg_scale="0.5")

    assert not form.is_valid()
    assert "Prompt strength" in str(form.errors["__all__"])


def test_it_refuses_an_unknown_model(compose: Any) -> None:
    form = compose(model="nobody:nothing")

    assert not form.is_valid()
    assert "model" in form.errors


@pytest.mark.parametrize("prompt", ["", "   ", "\n"])
def test_it_asks_for_a_prompt(compose: Any, prompt: str) -> None:
    form = compose(prompt=prompt)

    assert not form.is_valid()
    assert "prompt" in form.errors


def test_it_refuses_a_prompt_that_is_too_long(compose: Any) -> None:
    form = compose(prompt="x" * 10_000)

    assert not form.is_valid()
    assert "at most 5000" in str(form.errors["prompt"])


@pytest.mark.parametrize(
    "prompt", ["🐉 <script>alert(1)</script>", "تنين فوق الجبل", "山の上の竜"]
)
def test_it_takes_words_of_any_script(compose: Any, prompt: str) -> None:
    form = compose(prompt=prompt)

    assert form.is_valid()
    assert form.order().prompt == prompt


def test_it_refuses_a_nul(compose: Any) -> None:
    assert not compose(prompt="a\x00b").is_valid()


def test_it_does_not_need_a_prompt_beside_an_image(compose: Any) -> None:
    form = compose({"start_image": picture_upload()}, prompt="")

    assert form.is_valid(), form.errors


def test_it_finds_the_mode_from_the_images(compose: Any) -> None:
    form = compose({"start_image": picture_upload(), "end_image": picture_upload()})

    assert form.is_valid(), form.errors
    assert form.video_mode == "first_last_frame"


def test_it_refuses_an_end_image_alone(compose: Any) -> None:
    form = compose({"end_image": picture_upload()})

    assert not form.is_valid()
    assert "start_image" in form.errors


def test_it_refuses_a_text_named_png(compose: Any) -> None:
    form = compose({"start_image": SimpleUploadedFile("a.png", b"just words")})

    assert not form.is_valid()
    assert "start_image" in form.errors


def test_it_refuses_a_truncated_picture(compose: Any) -> None:
    file = BytesIO()
    Image.effect_noise((300, 300), 80).save(file, "JPEG")
    form = compose({"start_image": SimpleUploadedFile("a.jpg", file.getvalue()[:4000])})

    assert not form.is_valid()
    assert "start_image" in form.errors


def test_it_keeps_a_picture_of_the_team(
    compose: Any, project: Project, bob: User
) -> None:
    picture = make_asset(project.team, bob)
    form = compose(start_image_asset=str(picture.pk))

    assert form.is_valid(), form.errors
    assert form.order().inputs == (("start_image", picture),)


def test_it_refuses_a_picture_of_strangers(compose: Any, charlie: User) -> None:
    theirs = charlie.memberships.get().team
    picture = make_asset(theirs, charlie)

    form = compose(start_image_asset=str(picture.pk))

    assert not form.is_valid()
    assert "start_image_asset" in form.errors


def test_it_says_what_another_model_cannot_take() -> None:
    values = {"prompt": "x", "duration": "99", "resolution": "720p", "cfg_scale": "1"}

    kept, dropped = still_valid(catalog.get_model("animatic"), values)

    assert kept == {"prompt": "x", "resolution": "720p"}
    assert dropped == ["Duration", "Prompt strength"]


@pytest.mark.parametrize(
    ("name", "value"), [("generate_audio", False), ("seed", 0), ("negative_prompt", "")]
)
def test_it_keeps_what_is_off_and_what_is_nought(name: str, value: object) -> None:
    kept, dropped = still_valid(catalog.get_model("segmind:veo-3"), {name: value})

    assert kept == ({name: value} if value != "" else {})
    assert dropped == []


def test_it_does_not_name_what_was_off_anyway() -> None:
    kept, dropped = still_valid(catalog.get_model("aimlapi:veo2"), {"loop": False})

    assert (kept, dropped) == ({}, [])


def test_it_fills_itself_from_a_take(compose: Any, project: Project, bob: User) -> None:
    picture = make_asset(project.team, bob)
    wish = compose(duration="6", start_image_asset=str(picture.pk))
    wish.is_valid()
    (take,) = create.create_takes(wish.order(), user=bob, project=project)

    values = values_of(take)

    assert values["duration"] == 6
    assert values["start_image_asset"] == str(picture.pk)
    again = compose(**values)
    assert again.is_valid(), again.errors


def test_it_refuses_a_model_that_is_switched_off(compose: Any) -> None:
    ModelSetting.objects.create(provider="animatic", model="animatic", is_on=False)

    form = compose()

    assert not form.is_valid()
    assert "switched off" in str(form.errors["model"])


def test_it_lets_a_team_switch_a_model_on_again(compose: Any, project: Project) -> None:
    ModelSetting.objects.create(provider="animatic", model="animatic", is_on=False)
    ModelSetting.objects.create(
        team=project.team, provider="animatic", model="animatic", is_on=True
    )

    assert compose().is_valid()
