"""Brush, plates and canvas: what is laid where."""

from __future__ import annotations

import math
from random import Random

import pytest
from PIL import Image, ImageStat

from studio.animatic import brush
from studio.animatic.canvas import Canvas
from studio.animatic.colour import mix, rgb, yuv
from studio.animatic.lens import Lens
from studio.animatic.placement import Placement, rectangle
from studio.animatic.plate import Plate
from studio.animatic.veil import Veil

RED, BLUE = rgb("d03020"), rgb("2040d0")
MIDDLE = Placement(100, 50, 50)


def square(colour: tuple[int, int, int], reach: float = 0.2) -> Plate:
    """A plate with a square around its centre."""
    plate = Plate((-0.5, -0.5, 0.5, 0.5), 160, colour)
    plate.cut(rectangle(-reach, -reach, reach, reach))
    return plate.finish()


def test_it_speaks_the_colours_of_video() -> None:
    assert yuv(rgb("000000")) == (16, 128, 128)
    assert yuv(rgb("ffffff")) == (235, 128, 128)


@pytest.mark.parametrize("code", ["d03020", "2040d0", "30a050", "ffffff", "808080"])
def test_it_shows_the_colour_it_was_given(code: str) -> None:
    canvas = Canvas((8, 8))

    canvas.fill(rgb(code))

    assert canvas.image().getpixel((4, 4)) == pytest.approx(rgb(code), abs=4)


def test_it_lays_a_plate_where_it_belongs() -> None:
    canvas = Canvas((100, 100))
    canvas.fill(BLUE)

    canvas.draw(square(RED), MIDDLE)

    picture = canvas.image()
    assert picture.getpixel((50, 50)) == pytest.approx(RED, abs=6)
    assert picture.getpixel((10, 50)) == pytest.approx(BLUE, abs=6)


@pytest.mark.parametrize(
    "at",
    [Placement(100, 500, 50), Placement(100, -80, -80), Placement(0.5, 50, 50)],
)
def test_it_lays_nothing_outside(at: Placement) -> None:
    canvas = Canvas((100, 100))
    canvas.fill(BLUE)
    before = canvas.image()

    canvas.draw(square(RED), at)

    assert canvas.image().getpixel((0, 0)) == before.getpixel((0, 0))


def test_it_leaves_no_seam_where_a_plate_is_cut_up() -> None:
    plate = Plate((-0.5, -0.5, 0.5, 0.5), 160, RED)
    plate.cut(rectangle(-0.6, 0.0, 0.6, 0.6))
    plate.cut(rectangle(-0.5, -0.5, -0.4, 0.1))
    plate.cut(rectangle(0.4, -0.5, 0.5, 0.1))
    pieces = plate.finish().pieces()
    canvas, whole = Canvas((100, 100)), Canvas((100, 100))

    for piece in pieces:
        canvas.draw(piece, Placement(97.3, 50.4, 49.8))
    whole.draw(plate, Placement(97.3, 50.4, 49.8))

    assert len(pieces) == 3
    assert canvas.luma.tobytes() == whole.luma.tobytes()


def test_it_knows_from_where_on_nothing_shows_through() -> None:
    plate = Plate((-0.5, -0.5, 0.5, 0.5), 160, RED)
    plate.cut(rectangle(-0.6, 0.1, 0.6, 0.6))

    assert plate.finish().solid_from == pytest.approx(0.1, abs=0.02)


def test_it_refuses_a_mask_to_an_opaque_plate() -> None:
    plate = Plate((0, 0, 1, 1), 10, RED, opaque=True)

    with pytest.raises(ValueError, match="mask"):
        plate.cut(rectangle(0, 0, 1, 1))


def test_it_shows_small_what_was_painted_large() -> None:
    canvas = Canvas((100, 100))

    canvas.draw(square(RED), Placement(12, 50, 50))

    assert canvas.image().getpixel((50, 50)) == pytest.approx(RED, abs=30)


def test_it_mirrors_in_the_water() -> None:
    plate = Plate((-0.5, -0.5, 0.5, 0.5), 160, RED)
    plate.cut(rectangle(-0.1, -0.4, 0.1, -0.2))
    canvas = Canvas((100, 100))

    canvas.draw(plate.finish().flipped(), MIDDLE)

    assert canvas.luma.getpixel((50, 80)) > canvas.luma.getpixel((50, 20))


def test_it_veils_in_one_colour() -> None:
    veil = Veil((-0.5, -0.5, 0.5, 0.5), 50, RED)
    veil.finish(Image.new("L", veil.size, 255), 0.5)
    canvas = Canvas((100, 100))
    canvas.fill(BLUE)

    canvas.shade(veil, MIDDLE)

    assert canvas.image().getpixel((50, 50)) == pytest.approx(
        mix(RED, BLUE, 0.5), abs=9
    )


def test_it_measures_how_far_things_slip() -> None:
    first = Placement(100, 50, 50)

    assert first.slip(first, (100, 100)) == 0
    assert first.slip(Placement(100, 53, 50), (100, 100)) == pytest.approx(3)
    assert first.slip(Placement(110, 50, 50), (100, 100)) == pytest.approx(5)
    assert first.slip(Placement(100, 50, 50, 0.1), (100, 100)) == math.inf


def test_it_finds_its_way_back_from_the_frame() -> None:
    at = Placement(80, 30, 20, 0.4)
    a, b, c, d, e, f = at.to_units()

    x, y = at.to_frame((0.3, -0.2))

    assert (a * x + b * y + c, d * x + e * y + f) == pytest.approx((0.3, -0.2))


def test_it_makes_the_same_noise_from_the_same_dice() -> None:
    first, second = (
        brush.clouding((64, 48), Random("dice"), cell=(20, 10)) for _ in range(2)
    )

    assert first.tobytes() == second.tobytes()
    assert ImageStat.Stat(first).stddev[0] > 20


def test_it_stipples_more_where_it_is_darker() -> None:
    noise = brush.speckle((64, 64), Random(1))

    light, dark = (
        ImageStat.Stat(brush.stipple(Image.new("L", (64, 64), v), noise)).mean[0]
        for v in (40, 200)
    )

    assert dark > 3 * light


def test_it_takes_the_colour_out_of_black_and_white() -> None:
    canvas = Canvas((64, 64))
    canvas.fill(RED)

    Lens((64, 64), 1, look="mono", aged=False).finish(canvas, 0)

    assert set(canvas.blue.tobytes()) == set(canvas.red.tobytes()) == {128}


@pytest.mark.parametrize("frame", range(12))
def test_it_never_wraps_around_in_the_dark(frame: int) -> None:
    canvas = Canvas((64, 64))

    Lens((64, 64), 1, look="mono", aged=True).finish(canvas, frame)

    # Old film has light scratches and dust, but no white dots from overflow.
    assert max(canvas.luma.tobytes()) <= 210
