"""The wire of Globant Enterprise AI, in both dialects."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from studio.simulator import Simulator
from tests.simulator.conftest import (
    LONG_ENOUGH,
    client_of,
    data_uri,
    in_base64,
    picture,
)

MODEL = "vertex_ai/veo-3.1-generate-001"
CREATE = "/globant/videos/generations"
STATUS = "/globant/videos/status"
WIKI = {"model": MODEL, "instances": {"prompt": "A fox"}, "parameters": {"duration": 8}}
FLAT = {"model": MODEL, "prompt": "A fox", "duration": "8"}


def create(client: httpx.Client, body: dict[str, Any]) -> str:
    response = client.post(CREATE, json=body)
    assert response.status_code == 200
    name: str = response.json()["name"]
    return name


def status(client: httpx.Client, name: str, method: str = "GET") -> httpx.Response:
    body = {"model": MODEL, "operationName": name}
    return client.request(method, STATUS, json=body)


def test_it_makes_a_video_in_the_wikis_dialect(
    sim: Simulator, bearer: httpx.Client, nobody: httpx.Client
) -> None:
    name = create(bearer, WIKI)
    assert name.startswith("projects/")
    assert status(bearer, name).json() == {"status": "pending"}

    sim.advance(1.0)
    assert status(bearer, name).json() == {"status": "processing"}

    sim.advance(LONG_ENOUGH)
    done = status(bearer, name).json()
    assert done.keys() == {"url", "revised_prompt"}
    assert nobody.get(done["url"]).content[4:8] == b"ftyp"


def test_it_makes_a_video_in_the_sdks_dialect(
    sim: Simulator, bearer: httpx.Client
) -> None:
    name = create(bearer, FLAT)
    sim.advance(LONG_ENOUGH)
    done = status(bearer, name, "POST").json()

    assert done["status"] == "completed"
    assert done["url"].startswith(sim.url)
    assert [job["dialect"] for job in sim.paid()] == ["flat"]


def test_it_knows_the_other_path_of_the_wiki(bearer: httpx.Client) -> None:
    assert bearer.post("/globant/L/videos/generations", json=WIKI).is_success


def test_it_refuses_a_wrong_key(nobody: httpx.Client) -> None:
    response = nobody.post(CREATE, json=WIKI)

    assert response.status_code == 401
    assert response.json()["errors"][0]["id"] == 5


def test_it_wants_the_project_of_an_oauth_token(nobody: httpx.Client) -> None:
    headers = {"authorization": "Bearer sim-oauth-alice"}
    assert nobody.post(CREATE, json=WIKI, headers=headers).status_code == 401
    headers["ProjectId"] = "p-1"
    assert nobody.post(CREATE, json=WIKI, headers=headers).status_code == 200


def test_it_knows_one_dialect_for_some_keys(sim: Simulator) -> None:
    def code(key: str, method: str, path: str, body: dict[str, Any]) -> int:
        with client_of(sim, authorization=f"Bearer {key}") as client:
            return client.request(method, path, json=body).status_code

    question = {"model": MODEL, "operationName": "x"}
    assert code("sim-flat", "POST", CREATE, WIKI) == 422
    assert code("sim-flat", "POST", CREATE, FLAT) == 200
    assert code("sim-wiki", "POST", CREATE, FLAT) == 400
    assert code("sim-flat", "GET", STATUS, question) == 405
    assert code("sim-wiki", "POST", STATUS, question) == 405


def wiki(**changes: Any) -> dict[str, Any]:
    return {**WIKI, **changes}


def with_image(data: str, kind: str = "image/png") -> dict[str, Any]:
    image = {"bytesBase64Encoded": data, "mimeType": kind}
    return wiki(instances={"prompt": "A fox", "image": image})


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (wiki(model=""), 400, "LLM Provider NOT provided"),
        (wiki(model="veo-3.1-generate-001"), 400, "LLM Provider NOT provided"),
        (wiki(model="vertex_ai/veo-9"), 404, "not found"),
        (wiki(instances={"prompt": ""}), 400, "prompt"),
        (wiki(instances=[{"prompt": "x"}]), 400, "instances must be an object"),
        (wiki(parameters={"duration": 5}), 400, "duration"),
        (with_image(data_uri(picture())), 400, "not valid base64"),
        (with_image(in_base64(b"x" * 60)), 400, "not image"),
        (with_image(in_base64(picture()), "image/gif"), 400, "mimeType"),
        ({**FLAT, "image": "/home/alice/a.png"}, 400, "image"),
    ],
)
def test_it_refuses_what_is_wrong(
    sim: Simulator, bearer: httpx.Client, body: dict[str, Any], code: int, said: str
) -> None:
    response = bearer.post(CREATE, json=body)

    assert response.status_code == code
    assert said in response.text
    assert sim.paid() == []


def test_it_takes_images_of_both_dialects(bearer: httpx.Client) -> None:
    create(bearer, with_image(in_base64(picture())))
    create(bearer, {**FLAT, "image": "https://example.com/a.png"})


def test_it_takes_five_seconds_for_veo_2_only(bearer: httpx.Client) -> None:
    veo_2 = wiki(model="vertex_ai/veo-2.0-generate-001", parameters={"duration": 5})
    assert bearer.post(CREATE, json=veo_2).is_success


def test_it_wants_the_model_of_the_submit(bearer: httpx.Client) -> None:
    body = {"model": "vertex_ai/other", "operationName": create(bearer, WIKI)}
    assert bearer.request("GET", STATUS, json=body).status_code == 404
    assert bearer.request("GET", STATUS, json={"model": MODEL}).status_code == 400
    assert bearer.get(STATUS).status_code == 400


def test_it_can_answer_with_the_video_itself(
    sim: Simulator, bearer: httpx.Client
) -> None:
    name = create(bearer, wiki(instances={"prompt": "[fault:inline-result]"}))
    sim.advance(LONG_ENOUGH)
    done = status(bearer, name).json()

    assert base64.b64decode(done["b64_json"])[4:8] == b"ftyp"


def test_it_tells_failures(sim: Simulator, bearer: httpx.Client) -> None:
    name = create(bearer, wiki(instances={"prompt": "[fault:refused]"}))
    sim.advance(LONG_ENOUGH)
    told = status(bearer, name).json()

    assert told["status"] == "failed"
    assert "safety" in told["error"]["message"]


def test_it_lists_models_to_a_key(bearer: httpx.Client, nobody: httpx.Client) -> None:
    path = "/globant/v2/llm/providers?include=models"
    assert nobody.get(path).status_code == 401
    (provider,) = bearer.get(path).json()["providers"]
    assert MODEL in [model["fullName"] for model in provider["models"]]
