"""Below the surface: light from above, rocks and weed in the deep."""

from __future__ import annotations

import math

from PIL import ImageChops, ImageDraw

from studio.animatic import brush, terrain
from studio.animatic.actors import Step
from studio.animatic.atmosphere import Drift, motes
from studio.animatic.colour import mix
from studio.animatic.places.nature import foreground, mountain_range
from studio.animatic.scene import Scene
from studio.animatic.stage import Moment, Stage
from studio.animatic.veil import Veil


def underwater(stage: Stage, scene: Scene) -> None:
    """Light from above, rocks and weed in the deep."""
    inks, side = stage.palette, stage.side * stage.half
    _shafts(stage)
    stage.mark("air", 0.3, side * 0.05, 0.0)
    stage.mark("sky", 0.3, side * 0.05, -0.1)
    for depth, level, height in ((0.25, 0.28, 0.14), (0.5, 0.38, 0.16)):
        profile = mountain_range(stage, depth, level=level, height=height, gap=0.5)
        tone = inks.tone(depth)
        terrain.paint_land(
            stage, depth, profile, colour=tone, foot=mix(tone, inks.haze, 0.3), rim=0.25
        )
        if depth < 0.4:
            stage.mark("water", 0.4, -side * 0.1, 0.08)
    stage.mark("ground", 0.62, side * 0.3, 0.36)
    foreground(stage, level=0.45, blades=0.30)
    stage.layers.append(motes(stage, inks.light, count=34, rise=0.06, size=0.008))


def _shafts(stage: Stage) -> None:
    """Broad rays that fan out from the surface and sway."""
    inks, rng = stage.palette, stage.dice("shafts")
    x0, y0, x1, y1 = stage.camera.sweep(0.1)
    veil = Veil((x0 - 0.1, y0, x1 + 0.1, y1), stage.density / 3, inks.glow)
    x = stage.sun[0] * 0.5
    pen = ImageDraw.Draw(veil.mask)
    for k in range(7):
        turn = (k - 3) * 0.40 + rng.uniform(-0.12, 0.12)
        wide = rng.uniform(0.04, 0.13)
        fan = [(x + turn * 0.3 - 0.02, y0), (x + turn * 0.3 + 0.02, y0)]
        fan += [(x + turn * 1.5 + wide, y1), (x + turn * 1.5 - wide, y1)]
        pen.polygon(veil.px(fan), fill=rng.randint(130, 255))
    fade = brush.ramp(veil.size, [(0, 1), (0.35, 0.7), (0.85, 0.0)])
    soft = brush.soften(veil.mask, 0.02 * veil.density)
    veil.finish(ImageChops.multiply(soft, fade), 0.34)
    stage.layers.append(Drift(veil, 0.1, _waver))


def _waver(now: Moment) -> Step:
    turn = 2 * math.pi * 0.09 * now.seconds
    return Step(0.06 * math.sin(turn), 0.0)
