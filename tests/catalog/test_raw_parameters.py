"""Raw parameters, and what they may not say otherwise than the page does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from studio.catalog import Price, VideoModel, get_model
from studio.catalog.checking import raw_faults
from studio.catalog.schema import PriceRow

BY_THE_SECOND = Price(unit="second", rows=(PriceRow(amount=400_000),))


def priced(key: str, price: Price = BY_THE_SECOND, **fields: Any) -> VideoModel:
    """A model with this price."""
    return replace(get_model(key), price=price, **fields)


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ({"parameters": {"duration": 60}}, ["Duration"]),
        ({"parameters": None}, ["Duration"]),
        ({"parameters": [{"duration": 60}]}, ["Duration"]),
        ({"duration": "60"}, ["Duration"]),  # as the flat dialect has it
        ({"model": "another", "parameters": {}}, ["Model"]),
        ({"parameters": {"sampleCount": 1}, "seconds": 60}, []),
        ({}, []),
    ],
)
def test_it_follows_the_path_of_what_is_paid_for(
    raw: dict[str, Any], names: list[str]
) -> None:
    model = priced("globant:vertex_ai/veo-3.1-generate-001")

    assert raw_faults(model, raw) == names


def test_what_costs_nothing_more_may_be_said() -> None:
    flat = Price(unit="video", rows=(PriceRow(amount=400_000),))

    assert raw_faults(priced("segmind:veo-3.1", flat), {"duration": 8}) == []


def test_a_vendors_own_word_is_the_same_field() -> None:
    words = {"vendor_wires": {"duration": "seconds"}}
    model = priced("aimlapi:google/veo-3.1-t2v", transport=words)

    assert raw_faults(model, {"seconds": 60}) == ["Duration"]
