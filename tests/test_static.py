"""What the browser gets: nothing inline, nothing foreign, all of it unchanged."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
SPRITE = ROOT / "static" / "img" / "icons.svg"
FORBIDDEN = {
    "an inline style": r"\sstyle=",
    "an inline handler": r"\son[a-z]+=",
    "hx-on": r"hx-on",
    "a script of its own": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
    "unescaped text": r"\|\s*safe\b|autoescape off",
    "another site": r"(?:src|href)=\"(?:https?:)?//",
    "an event filter": r"hx-trigger=\"[^\"]*\[",
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_it_keeps_to_the_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert [what for what, sign in FORBIDDEN.items() if re.search(sign, text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_it_has_every_icon_that_a_page_names(path: Path) -> None:
    known = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))

    used = set(re.findall(r'{% icon "([\w-]+)"', path.read_text(encoding="utf-8")))

    assert used - known == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_it_has_every_script_and_style_that_a_page_names(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    files = {
        "scripts": {script.stem for script in SCRIPTS},
        "stylesheets": {style.stem for style in STYLES},
    }

    for tag, known in files.items():
        for names in re.findall(rf"{{% {tag} ([^%]+)%}}", text):
            assert set(re.findall(r'"([\w-]+)"', names)) - known == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_it_evaluates_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\beval\(|new Function|document\.write|https?://", text)
    assert '"use strict";' in text


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_it_styles_in_layers_and_from_here(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    # What is in a layer gives way to Django's own styles, which have none.
    assert "@layer" in text or path.name == "admin.css"
    assert "@import" not in text
    assert "url(" not in text


def test_it_ships_what_others_made_unchanged() -> None:
    manifests = [*ROOT.glob("static/vendor/manifest.toml")]
    packages = [
        package
        for manifest in manifests
        for package in tomllib.loads(manifest.read_text())["packages"]
    ]

    assert packages
    for package in packages:
        assert {"name", "version", "licence", "source"} <= package.keys()
        for name, digest in package["sha256"].items():
            content = (ROOT / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest, name
