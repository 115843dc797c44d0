"""Pictures and videos in a request body: by form, transport and count."""

from __future__ import annotations

from typing import Any

import pytest

from studio.catalog import MediaInput, Mode, VideoModel
from studio.providers.base import MediaItem, VideoRequest
from studio.providers.errors import UnsupportedOption
from studio.providers.payload import (
    bare_base64,
    build_body,
    check_request,
    data_uri,
    media_value,
)

TEXT, IMAGE = Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO
PNG = MediaItem(role="start_image", content=b"\x89PNG", media_type="image/png")
PNG_TEXT = "iVBORw=="


def make_model(*inputs: MediaInput) -> VideoModel:
    """A model with these inputs."""
    return VideoModel(
        provider="tiny",
        id="tiny-1",
        name="Tiny One",
        modes=(TEXT, IMAGE),
        inputs=inputs,
    )


def image_model(**details: Any) -> VideoModel:
    """A model with one input for pictures."""
    details = {"role": "start_image", "wire": "image", **details}
    return make_model(MediaInput(**details))


def image_of(
    model: VideoModel, *items: MediaItem, put_media: Any = media_value
) -> dict[str, Any]:
    """The body with these items."""
    request = VideoRequest(model=model, mode=IMAGE, prompt="", media=items)
    return build_body(request, put_media=put_media)


def test_it_writes_a_picture_as_a_data_uri() -> None:
    wanted = {"image": f"data:image/png;base64,{PNG_TEXT}"}
    assert image_of(image_model(), PNG) == wanted


def test_it_writes_the_known_forms() -> None:
    uri = data_uri(PNG)
    nested = image_model(form="url_object", wire="keyframes.frame0")
    assert image_of(nested, PNG) == {
        "keyframes": {"frame0": {"type": "image", "url": uri}}
    }
    google = image_model(form="bytes_object", wire="instances.0.image")
    assert image_of(google, PNG) == {
        "instances": [
            {"image": {"bytesBase64Encoded": PNG_TEXT, "mimeType": "image/png"}}
        ]
    }
    plain = image_model(wire="keyframes.frame0.url")
    assert image_of(plain, PNG) == {"keyframes": {"frame0": {"url": uri}}}


def test_it_writes_several_as_a_list() -> None:
    model = image_model(role="reference_images", maximum=3, wire="image_urls")
    one = MediaItem(role="reference_images", content=b"1", media_type="image/jpeg")
    two = MediaItem(role="reference_images", content=b"2", media_type="image/jpeg")
    assert image_of(model, one) == {"image_urls": [data_uri(one)]}
    assert image_of(model, one, two) == {"image_urls": [data_uri(one), data_uri(two)]}


def test_a_single_one_is_a_list_where_the_wire_wants_one() -> None:
    assert image_of(image_model(is_list=True), PNG) == {"image": [data_uri(PNG)]}


def test_two_inputs_can_share_a_list() -> None:
    model = make_model(
        MediaInput(role="start_image", wire="images", is_list=True),
        MediaInput(role="end_image", wire="images", is_list=True),
    )
    end = MediaItem(role="end_image", content=b"end", media_type="image/png")
    # In the order of the entry, whatever the order of the request.
    assert image_of(model, end, PNG) == {"images": [data_uri(PNG), data_uri(end)]}


@pytest.mark.parametrize(
    ("transport", "wanted"),
    [
        ("url", "https://a.example/1.png"),
        ("any", "https://a.example/1.png"),
        ("data_uri", f"data:image/png;base64,{PNG_TEXT}"),
        ("base64", PNG_TEXT),
    ],
)
def test_it_sends_a_picture_by_the_transport_named(transport: str, wanted: str) -> None:
    item = MediaItem(
        role="start_image",
        content=PNG.content,
        media_type="image/png",
        url="https://a.example/1.png",
    )
    assert image_of(image_model(transport=transport), item) == {"image": wanted}


def test_an_address_alone_is_enough_unless_bytes_are_wanted() -> None:
    item = MediaItem(role="start_image", url="https://a.example/1.png")
    assert image_of(image_model(), item) == {"image": "https://a.example/1.png"}
    with pytest.raises(UnsupportedOption, match="address only"):
        image_of(image_model(transport="base64"), item)
    with pytest.raises(UnsupportedOption, match="address only"):
        image_of(image_model(form="bytes_object"), item)


def test_a_model_that_fetches_needs_an_address() -> None:
    with pytest.raises(UnsupportedOption, match="no public address"):
        image_of(image_model(transport="url"), PNG)
    assert image_of(image_model(transport="any"), PNG) == {"image": data_uri(PNG)}


def test_a_form_of_its_own_is_the_adapters() -> None:
    model = image_model(form="special")
    with pytest.raises(ValueError, match="special"):
        image_of(model, PNG)
    found = image_of(model, PNG, put_media=lambda item, media_input: {"id": 1})
    assert found == {"image": {"id": 1}}


def test_a_picture_that_the_mode_does_not_take_is_refused() -> None:
    model = image_model(modes=frozenset({IMAGE}))
    request = VideoRequest(model=model, mode=TEXT, prompt="", media=(PNG,))
    with pytest.raises(UnsupportedOption, match="takes no start image in the mode"):
        build_body(request, put_media=media_value)
    with pytest.raises(UnsupportedOption):
        check_request(request)


def test_too_many_pictures_are_refused() -> None:
    with pytest.raises(UnsupportedOption, match="at most 1 as start image"):
        image_of(image_model(), PNG, PNG)


def test_base64_has_no_prefix() -> None:
    assert bare_base64(PNG) == PNG_TEXT
