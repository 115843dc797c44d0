"""README speaks of what is there."""

from __future__ import annotations

import re
from pathlib import Path

from studio.management.commands.list_models import with_tables

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_it_lists_the_models_of_the_catalog() -> None:
    assert with_tables(README) == README, "run manage.py list_models --readme"


def test_it_names_only_files_that_exist() -> None:
    named = re.findall(r"\]\(([\w./-]+)\)", README)
    named += re.findall(r"`((?:studio|tests)/[\w./-]+\.\w+)`", README)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_it_names_only_variables_that_are_read() -> None:
    settings = (ROOT / "studio/settings.py").read_text("utf-8")
    commands = "".join(
        path.read_text("utf-8") for path in (ROOT / "studio").rglob("*.py")
    )
    names = set(
        re.findall(r"`((?:STUDIO|AIMLAPI|GLOBANT|SEGMIND|VTRIX)_[A-Z_]+)", README)
    )

    assert {name for name in names if name not in settings + commands} == set()


def test_it_names_every_variable_of_the_settings() -> None:
    settings = (ROOT / "studio/settings.py").read_text("utf-8")
    names = re.findall(r"env\w*\(\s*\"([A-Z0-9_]+)", settings)

    assert [name for name in names if not is_named(name)] == []


def is_named(name: str) -> bool:
    """Whether it stands there, or its end does, in a row for a group of them."""
    end = name.removeprefix("STUDIO_EMAIL").removeprefix("STUDIO_OIDC")
    return f"`{name}" in README or f"`{end}`" in README
