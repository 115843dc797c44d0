"""The README's provider works as printed, and its model loads as printed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from runpy import run_path

import pytest

from studio.catalog.loader import load_file
from studio.providers.base import Credentials, VideoRequest
from studio.providers.payload import build_body, media_value
from tests.providers import conformance
from tests.providers.checks import CHECKS, Check
from tests.providers.conformance import ProviderCase

README = Path(__file__).parents[2] / "studio" / "providers" / "README.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
ADAPTER, CASE = (text for language, text in BLOCKS if language == "python")
(MODEL,) = (text for language, text in BLOCKS if language == "toml")
URL = "https://cdn.tiny.example/f1.mp4"


def written(folder: Path, name: str, text: str) -> Path:
    """A block as the file that the README says it is."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def printed_case(tmp_path: Path) -> ProviderCase:
    """The case of the README, with its adapter and its model."""
    (model,) = load_file(written(tmp_path, "tiny.toml", MODEL))
    names = run_path(str(written(tmp_path, "tiny.py", ADAPTER)))
    names |= {
        **vars(conformance),
        "Credentials": Credentials,
        "VideoRequest": VideoRequest,
        "get_model": {"tiny:tiny-1": model}.get,
        "URL": URL,
    }
    case = run_path(str(written(tmp_path, "case.py", CASE)), names)["CASE"]
    assert isinstance(case, ProviderCase)
    return case


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_provider_of_the_readme_conforms(
    printed_case: ProviderCase, check: Check
) -> None:
    check(printed_case)


def test_the_model_of_the_readme_says_what_the_text_says(
    printed_case: ProviderCase,
) -> None:
    options = {"duration": "5", "resolution": "1080p"}
    request = replace(printed_case.request, options=options)
    assert build_body(request, put_media=media_value) == {
        "input": {
            "prompt": "A boat",
            "seconds": "5",
            "quality": "fhd",
            "sound": False,
            "watermark": False,
        }
    }
