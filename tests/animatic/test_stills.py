"""Films of given images: they begin with the one and end with the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from studio.animatic import render
from studio.animatic.stills import colours_of, covered
from tests.animatic.films import decoded, difference, spec

SIZE = (160, 90)
RED, BLUE = (200, 60, 50), (40, 80, 190)


def picture(folder: Path, name: str, left: Any, right: Any) -> Path:
    """An image of two colours side by side, wider than the film."""
    image = Image.new("RGB", (400, 180), left)
    image.paste(right, (200, 0, 400, 180))
    image.save(folder / name)
    return folder / name


def film(folder: Path, **images: Path) -> list[Image.Image]:
    """All frames of a film of images."""
    asked = spec("Two colours", width=SIZE[0], height=SIZE[1], **images)
    render(asked, folder / "film")
    return decoded(folder / "film")


def expected(path: Path) -> Image.Image:
    """The image as the film should show it."""
    with Image.open(path) as image:
        return covered(image.convert("RGB"), SIZE)


def test_it_moves_from_the_start_to_the_end_image(tmp_path: Path) -> None:
    start = picture(tmp_path, "start.png", RED, "white")
    end = picture(tmp_path, "end.png", "black", BLUE)

    frames = film(tmp_path, start_image=start, end_image=end)

    assert difference(frames[0], expected(start)) < 8
    assert difference(frames[-1], expected(end)) < 8
    assert difference(frames[0], frames[-1]) > 40


def test_it_begins_with_the_start_image_alone(tmp_path: Path) -> None:
    start = picture(tmp_path, "start.png", RED, BLUE)

    frames = film(tmp_path, start_image=start)

    assert difference(frames[0], expected(start)) < 8
    assert difference(frames[0], frames[-1]) > 1


def test_it_ends_with_the_end_image_alone(tmp_path: Path) -> None:
    end = picture(tmp_path, "end.png", RED, BLUE)

    frames = film(tmp_path, end_image=end)

    assert difference(frames[-1], expected(end)) < 8
    assert difference(frames[0], frames[-1]) > 1


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "CMYK", "I;16"])
def test_it_takes_images_of_any_mode(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "image.tiff"
    Image.new(mode, (300, 100)).save(path)

    assert len(film(tmp_path, start_image=path)) == 16


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3)])
def test_it_takes_images_of_any_shape(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "image.png"
    Image.new("RGB", size, RED).save(path)

    assert len(film(tmp_path, end_image=path)) == 16


def test_it_refuses_what_is_no_image(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_text("<html>")

    with pytest.raises(ValueError, match=r"page\.png"):
        film(tmp_path, start_image=path)


def test_it_covers_the_frame_from_the_middle() -> None:
    image = Image.new("RGB", (300, 100), "black")
    image.paste("white", (100, 0, 200, 100))

    middle = covered(image, (50, 50))

    assert min(middle.crop((2, 0, 48, 50)).tobytes()) > 250


def test_it_takes_its_colours_from_a_reference(tmp_path: Path) -> None:
    path = picture(tmp_path, "reference.png", RED, (90, 90, 90))

    main, loud = colours_of((path,))

    assert loud == pytest.approx(RED, abs=3)
    assert colours_of(()) == ()
    assert main in (loud, (90, 90, 90))


def test_it_lets_a_reference_change_the_film(tmp_path: Path) -> None:
    path = picture(tmp_path, "reference.png", (30, 160, 60), (40, 200, 90))
    plain, green = tmp_path / "plain", tmp_path / "green"

    render(spec(), plain)
    render(spec(reference_images=(path,)), green)

    assert difference(decoded(plain)[0], decoded(green)[0]) > 3
