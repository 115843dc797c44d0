"""Every form of every AI/ML API entry makes a body that the documents describe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.catalog import Mode, VideoModel, models_of
from studio.catalog.checking import faults
from studio.providers.aimlapi_asking import in_vendor_words
from tests.catalog.aimlapi_forms import (
    Form,
    body_of,
    complaints,
    each_value,
    largest,
    request_for,
    smallest,
    untouched,
)

ENTRIES = models_of("aimlapi")
# Of these two only the names of the old fields are kept, not that the camera was an
# object there, as in all of Kling's schemas of late 2025.
CAMERA_BY_NAME = {
    "kling-video/v1.5/pro/text-to-video",
    "klingai/v2.1-master-text-to-video",
}
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


@each_entry
@pytest.mark.parametrize("fill", [smallest, untouched, largest])
def test_a_form_is_valid_and_its_body_documented(
    entry: VideoModel, fill: Callable[[VideoModel, Mode], Form]
) -> None:
    for mode in entry.modes:
        form = fill(entry, mode)
        request = request_for(entry, mode, form)

        assert faults(entry, mode, request.prompt, *form) == {}, mode
        assert complaints(entry, body_of(request)) == [], mode


@each_entry
def test_every_value_of_every_option_is_documented(entry: VideoModel) -> None:
    for mode in entry.modes:
        for form in each_value(entry, mode):
            body = body_of(request_for(entry, mode, form))

            assert complaints(entry, body) == [], f"{mode}: {form}"


@pytest.mark.parametrize(
    "entry",
    [entry for entry in ENTRIES if entry.transport.get("vendor")],
    ids=lambda entry: entry.id,
)
@pytest.mark.parametrize("fill", [untouched, largest])
def test_its_old_path_takes_the_form_as_well(
    entry: VideoModel, fill: Callable[[VideoModel, Mode], Form]
) -> None:
    spoken = in_vendor_words(entry)
    for mode in entry.modes:
        if len(spoken.inputs_for(mode)) < len(entry.inputs_for(mode)):
            continue  # this mode does not exist there
        options, counts = fill(entry, mode)
        there = {name: options[name] for name in options if spoken.option(name)}
        if entry.id in CAMERA_BY_NAME:
            there.pop("camera_preset", None)
        body = body_of(request_for(spoken, mode, (there, counts)))

        assert complaints(entry, body, old=True) == [], mode


@each_entry
def test_a_mode_is_known_by_its_inputs(entry: VideoModel) -> None:
    for mode in entry.modes:
        _, counts = smallest(entry, mode)

        assert entry.mode_for(role for role in counts if counts[role]) == mode


def test_a_slip_would_show() -> None:
    entry = next(entry for entry in ENTRIES if entry.id == "google/veo3")
    request = request_for(entry, Mode.TEXT_TO_VIDEO, smallest(entry, entry.modes[0]))
    body = body_of(request)

    assert complaints(entry, {**body, "resolution": "720p"})
    assert complaints(entry, {**body, "lenght": 8}) == ["lenght is not documented"]
