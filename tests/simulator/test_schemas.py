"""The data files: every model of every vendor takes a plain request, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from studio.simulator.aimlapi_models import SCHEMAS, all_models, load_models
from studio.simulator.media import BadMedia, Limits, check_media
from studio.simulator.pictures import start_and_end
from studio.simulator.rules import broken_rules
from studio.simulator.schema import Schema
from studio.simulator.shorthand import expand, load_table
from tests.simulator.conftest import data_uri, in_base64, picture

LINK = "https://example.com/file"
UUID = "0f3ea4aa-10e7-4dae-af0b-263ab4ac45f9"


def example(schema: Schema, spec: dict[str, Any]) -> Any:
    """Some value that a field must take."""
    if "one_of" in spec:
        return example(schema, spec["one_of"][0])
    if "enum" in spec:
        allowed = spec["enum"]
        return (schema.enums[allowed] if isinstance(allowed, str) else allowed)[-1]
    if spec.get("type") == "array":
        return [example(schema, spec["items"])] * spec.get("min_items", 1)
    if spec.get("type") == "object":
        names = spec.get("required", [])
        return {name: example(schema, spec["fields"][name]) for name in names}
    if spec.get("format") == "uuid":
        return UUID
    numbers = {"integer": spec.get("min", 6), "number": spec.get("min", 1)}
    return numbers.get(spec.get("type", ""), spec.get("type") == "boolean" or LINK)


def plain_request(schema: Schema) -> dict[str, Any]:
    """The required fields, and what the rules want besides."""
    names = list(schema.required)
    names += [rule["one_of"][0] for rule in schema.rules if "one_of" in rule]
    return {name: example(schema, schema.fields[name]) for name in names}


def test_it_takes_a_plain_request_for_every_aimlapi_model() -> None:
    problems = {
        (model.id, dialect): model.check(plain_request(schema), dialect, "")
        for model in all_models()
        for dialect, schemas in model.schemas.items()
        for schema in schemas
    }
    assert len(problems) > 190
    assert {where: found for where, found in problems.items() if found} == {}


def test_it_takes_every_documented_value() -> None:
    refused = []
    for model in all_models():
        for dialect, (schema, *_) in model.schemas.items():
            for name, spec in schema.fields.items():
                values = plain_request(schema) | {name: example(schema, spec)}
                codes = {found.code for found in model.check(values, dialect, "")}
                if codes - {"rule", "missing"}:
                    refused.append((model.id, dialect, name, codes))
    assert refused == []


def test_it_takes_a_plain_request_for_every_listed_model() -> None:
    tables = load_table("segmind") | load_table("vtrix")
    refused = {
        model.id: problems
        for model in tables.values()
        if (problems := model.schema.check(plain_request(model.schema)))
    }
    assert len(tables) > 80
    assert refused == {}


def test_it_misses_what_is_required_of_every_model() -> None:
    schemas = [model.main_schema for model in all_models()]
    schemas += [model.schema for model in load_table("segmind").values()]
    for schema in schemas:
        if schema.required:
            codes = {problem.code for problem in schema.check({})}
            assert codes == {"missing"}


def test_it_knows_aliases() -> None:
    models = load_models()
    assert models["sora-2-t2v"] is models["openai/sora-2-t2v"]
    assert models["google/veo-2.0-generate-001"] is models["veo2"]
    assert models["veed/fabric-1.0"].id == "veed/fabric-1.0"


def test_it_keeps_the_data_small() -> None:
    assert (SCHEMAS / "aimlapi.json").stat().st_size < 200_000


def test_it_reads_the_short_forms() -> None:
    shapes = {"point": {"type": "object", "fields": {"x": "int 0..9"}}}
    assert expand("text 9", {}) == {"type": "string", "max_length": 9}
    assert expand("list uri 2", {})["items"] == {"type": "string", "format": "uri"}
    assert expand(["5", "10"], {})["default"] == "5"
    assert expand("list point", shapes)["items"]["fields"]["x"]["max"] == 9


def test_it_reads_conditions() -> None:
    rule = {"when": {"image": "-", "size": ["4k"]}, "allow": {"seconds": [8]}}

    def broken(**values: object) -> bool:
        return bool(list(broken_rules(rule, values)))

    assert broken(size="4k", seconds="6")
    assert not broken(size="4k", seconds="8")
    assert not broken(size="4k", seconds=6, image=LINK)
    assert not broken(size="hd", seconds=6)
    assert not broken(size="4k")


def test_it_finds_the_pictures_of_an_order() -> None:
    red, blue = picture(8, 8), picture(9, 9, "JPEG")
    shapes: list[tuple[dict[str, Any], tuple[bytes | None, bytes | None]]] = [
        ({"image_url": data_uri(red), "tail_image_url": in_base64(blue)}, (red, blue)),
        ({"image": {"bytesBase64Encoded": in_base64(red)}}, (red, None)),
        ({"images": [in_base64(red), in_base64(blue)]}, (red, None)),
        ({"keyframes": {"frame1": {"url": data_uri(blue)}}}, (None, blue)),
        ({"image_url": LINK, "prompt": data_uri(red)}, (None, None)),
        ({"image": "not base64", "last_frame": 7}, (None, None)),
    ]
    assert [start_and_end(values) for values, _ in shapes] == [
        found for _, found in shapes
    ]


def test_it_limits_the_size_of_pictures() -> None:
    with pytest.raises(BadMedia, match="larger than 50 bytes"):
        check_media(data_uri(picture()), "image", limits=Limits(max_bytes=50))
