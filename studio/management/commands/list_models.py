"""The catalog as a table: for the shell, and for README."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studio import catalog
from studio.catalog import Mode, VideoModel

BEGIN = "<!-- models: written by manage.py list_models --readme -->"
END = "<!-- end of models -->"
LETTERS = {
    Mode.TEXT_TO_VIDEO: "text",
    Mode.IMAGE_TO_VIDEO: "start image",
    Mode.FIRST_LAST_FRAME: "start + end image",
    Mode.REFERENCE_TO_VIDEO: "references",
    Mode.EXTEND_VIDEO: "extension",
}


class Command(BaseCommand):
    """``manage.py list_models [--readme]``."""

    help = "Print the catalog as a table, or write it into README.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the table goes."""
        parser.add_argument("--readme", action="store_true", help="write README.md")

    def handle(self, **options: Any) -> None:
        """Print or write."""
        if not options["readme"]:
            self.stdout.write(tables())
            return
        path = Path(settings.BASE_DIR) / "README.md"
        path.write_text(with_tables(path.read_text("utf-8")), "utf-8")


def with_tables(readme: str) -> str:
    """The text with the table between its two marks as the catalog has it now."""
    block = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    return block.sub(lambda _found: f"{BEGIN}\n\n{tables()}\n{END}", readme)


def tables() -> str:
    """One table per provider."""
    return "\n".join(table(slug) for slug in catalog.PROVIDER_LABELS)


def table(slug: str) -> str:
    """A provider's models, one line each."""
    models = catalog.models_of(slug)
    word = "model" if len(models) == 1 else "models"
    lines = [
        "<details>",
        f"<summary>{catalog.PROVIDER_LABELS[slug]}: {len(models)} {word}</summary>",
        "",
        "| model | id | from | seconds | resolution | remarks |",
        "| --- | --- | --- | --- | --- | --- |",
        *(row(model) for model in models),
        "",
        "</details>",
        "",
    ]
    return "\n".join(lines)


def row(model: VideoModel) -> str:
    """One model."""
    cells = [
        model.name,
        f"`{model.id}`",
        ", ".join(LETTERS[mode] for mode in model.modes),
        values(model, "duration"),
        values(model, "resolution"),
        remarks(model),
    ]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def values(model: VideoModel, name: str) -> str:
    """What an option can be, as short as it goes."""
    option = model.option(name)
    if option is None:
        return ""
    if option.values:
        return ", ".join(str(value) for value in option.values)
    if option.minimum is not None and option.maximum is not None:
        return f"{option.minimum:g}–{option.maximum:g}"
    return ""


def remarks(model: VideoModel) -> str:
    """Its end, where one is known."""
    said = [] if model.status == "current" else [model.status]
    if model.ends:
        said.append(f"ends {model.ends.isoformat()}")
    if model.successor:
        said.append(f"then `{model.successor}`")
    return ", ".join(said)
