"""The dragon: far off on its wings, and when it is upon us."""

from __future__ import annotations

import math

from studio.animatic.figures.drawing import Part, both, curve, moved, poly, stroke
from studio.animatic.placement import Point

# Points read best in rows, as they go around a figure.
# fmt: off

def _wing(lift: float) -> list[Part]:
    """The right wing of a dragon; `lift` -1 down to 1 up."""

    def at(x: float, y: float, bend: float) -> tuple[float, float]:
        return x, y - 0.34 * lift * bend

    membrane = [
        (0.05, -0.50), at(0.30, -0.84, 0.35), at(0.72, -1.00, 0.75),
            at(1.32, -0.74, 1.25),
        at(1.12, -0.62, 1.0), at(1.02, -0.34, 1.0), at(0.86, -0.52, 0.7),
            at(0.70, -0.22, 0.7),
        at(0.54, -0.42, 0.4), at(0.38, -0.16, 0.3), at(0.24, -0.34, 0.1), (0.06, -0.30),
    ]
    joint = at(0.72, -1.00, 0.75)
    ribs = [
        stroke("dark", (*joint, 0.014), (*tip, 0.006))
        for tip in (at(1.02, -0.34, 1.0), at(0.70, -0.22, 0.7), at(0.38, -0.16, 0.3))
    ]
    arm = stroke("dark", (0.06, -0.50, 0.05), (*at(0.30, -0.83, 0.35), 0.034),
        (*joint, 0.024), (*at(1.32, -0.74, 1.25), 0.008))
    claw = poly("dark", joint, (joint[0] + 0.03, joint[1] - 0.12),
        (joint[0] + 0.06, joint[1]))
    return [poly("wing", *membrane), *ribs, arm, claw]


def dragon(phase: float) -> list[Part]:
    """A dragon that flies towards us, seen from far."""
    s = math.sin(2 * math.pi * phase)
    horn = curve("dark", (0.03, -0.90), (0.05, -0.99), (0.12, -1.07), (0.10, -0.97),
        (0.07, -0.88))
    return [
        *both(*_wing(s)),
        stroke("body", (0.0, -0.26, 0.085), (0.12, -0.08, 0.055), (0.06, 0.12, 0.034),
            (-0.10, 0.24, 0.022), (-0.26, 0.24, 0.010)),
        poly("body", (-0.22, 0.19), (-0.42, 0.25), (-0.22, 0.29)),
        curve("body", (-0.13, -0.56), (0.0, -0.60), (0.13, -0.56), (0.15, -0.40),
            (0.09, -0.20), (0.0, -0.16), (-0.09, -0.20), (-0.15, -0.40)),
        curve("wing", (-0.05, -0.50), (0.05, -0.50), (0.06, -0.34), (0.0, -0.22),
            (-0.06, -0.34)),
        *both(stroke("body", (0.09, -0.26, 0.055), (0.17, -0.19, 0.036),
            (0.13, -0.09, 0.022), (0.16, -0.05, 0.012))),
        stroke("body", (0.0, -0.54, 0.085), (0.035, -0.68, 0.062), (0.0, -0.80, 0.055)),
        *both(horn, poly("body", (0.07, -0.86), (0.16, -0.84), (0.07, -0.79))),
        curve("body", (-0.08, -0.90), (0.0, -0.93), (0.08, -0.90), (0.085, -0.82),
            (0.05, -0.72), (0.03, -0.66), (-0.03, -0.66), (-0.05, -0.72),
            (-0.085, -0.82)),
        *both(poly("accent", (0.02, -0.815), (0.066, -0.845), (0.06, -0.815))),
        *both(poly("light", (0.028, -0.68), (0.040, -0.68), (0.034, -0.63))),
    ]


def _fang(x: float, y: float, size: float, *, up: bool = False) -> Part:
    """A curved tooth, its root at (x, y)."""
    way = -1 if up else 1
    return curve(
        "light",
        (x - size * 0.20, y), (x + size * 0.20, y),
            (x + size * 0.14, y + way * size * 0.55),
        (x - size * 0.04, y + way * size), (x - size * 0.10, y + way * size * 0.5),
    )


def _maw(gape: float) -> list[Part]:
    """The lower jaw and the open mouth, `gape` deep: from dark flesh to fire."""
    low = 0.10 + gape
    jaw = [(0.39, -0.04), (0.38, 0.10 + gape * 0.35), (0.30, 0.10 + gape * 0.85),
        (0.17, low + 0.12), (0.0, low + 0.16)]
    lip = [(0.33, 0.02), (0.31, 0.10 + gape * 0.35), (0.235, 0.08 + gape * 0.80),
        (0.12, low + 0.01), (0.0, low + 0.03)]

    def sides(points: list[Point], ink: str, share: float = 1.0) -> Part:
        right = [(x * share, 0.06 + (y - 0.06) * share) for x, y in points]
        return curve(ink, (0.0, right[0][1] - 0.02),
            *right, *((-x, y) for x, y in reversed(right[:-1])))

    tongue = curve("accent", (0.0, low - gape * 0.42), (0.09, low - gape * 0.34),
        (0.11, low - gape * 0.08), (0.0, low + 0.0), (-0.11, low - gape * 0.08),
        (-0.09, low - gape * 0.34))
    return [
        sides(jaw, "body"),
        *both(poly("body", (0.30, 0.06 + gape * 0.8), (0.40, 0.22 + gape),
            (0.20, 0.18 + gape))),
        sides(lip, "roof"),
        sides(lip, "accent", 0.78),
        sides(lip, "glow", 0.52),
        tongue,
        *both(
            _fang(0.205, 0.03 + gape * 0.86, 0.05 + gape * 0.30, up=True),
            _fang(0.12, low - 0.01, 0.04 + gape * 0.16, up=True),
            _fang(0.04, low + 0.015, 0.03 + gape * 0.10, up=True),
        ),
    ]


def _dragon_head(phase: float) -> list[Part]:
    """The same dragon when it is upon us: jaws open from phase 0 to 1."""
    gape = 0.06 + 0.46 * phase
    horn = curve("body", (0.16, -0.54), (0.27, -0.72), (0.33, -0.94), (0.30, -1.16),
        (0.46, -0.98), (0.50, -0.76), (0.44, -0.56), (0.34, -0.40))
    rings = [stroke("dark", (0.24 + 0.03 * k, -0.70 - 0.09 * k, 0.008),
        (0.455 + 0.012 * k, -0.64 - 0.09 * k, 0.008)) for k in range(4)]
    frills = [
        poly("body", (0.32, -0.46), (0.74, -0.62), (0.36, -0.26)),
        poly("body", (0.35, -0.28), (0.72, -0.28), (0.36, -0.10)),
        poly("body", (0.35, -0.12), (0.62, 0.04), (0.33, 0.06)),
        poly("wing", (0.34, -0.40), (0.62, -0.54), (0.36, -0.30)),
        poly("wing", (0.36, -0.25), (0.60, -0.25), (0.36, -0.15)),
    ]
    skull = [(0.0, -0.60), (0.14, -0.61), (0.28, -0.52), (0.36, -0.38), (0.38, -0.22),
        (0.35, -0.10), (0.40, 0.0), (0.35, 0.09), (0.24, 0.075), (0.0, 0.11)]
    muzzle = [(0.0, -0.36), (0.08, -0.31), (0.13, -0.16), (0.21, -0.06),
        (0.235, 0.04), (0.13, 0.085), (0.0, 0.10)]
    scales = [
        poly("dark", (-w, y), (0.0, y - 0.045), (w, y), (0.0, y - 0.016))
        for y, w in ((-0.52, 0.05), (-0.44, 0.06), (-0.36, 0.055), (-0.28, 0.045),
            (-0.21, 0.04))
    ]
    return [
        *both(horn, *rings, *frills),
        *_maw(gape),
        _mirror("body", skull),
        _mirror("wing", muzzle),
        *scales,
        *both(
            _fang(0.265, 0.05, 0.27),
            _fang(0.165, 0.075, 0.15),
            _fang(0.09, 0.085, 0.10),
            _fang(0.03, 0.09, 0.08),
            curve("accent", (0.11, -0.235), (0.19, -0.325), (0.315, -0.365),
                (0.285, -0.275), (0.20, -0.225)),
            curve("glow", (0.15, -0.25), (0.20, -0.305), (0.275, -0.33),
                (0.255, -0.275), (0.20, -0.245)),
            curve("dark", (0.205, -0.315), (0.222, -0.28), (0.205, -0.24),
                (0.19, -0.28)),
            curve("dark", (0.06, -0.29), (0.17, -0.39), (0.37, -0.49), (0.36, -0.39),
                (0.20, -0.345), (0.11, -0.26)),
            curve("dark", (0.07, -0.02), (0.12, -0.075), (0.165, -0.05), (0.14, -0.01)),
            stroke("dark", (0.235, 0.0, 0.010), (0.30, -0.03, 0.010),
                (0.36, -0.10, 0.006)),
            stroke("dark", (0.27, -0.16, 0.008), (0.345, -0.20, 0.005)),
        ),
    ]


def _mirror(ink: str, points: list[Point]) -> Part:
    """A symmetrical shape from the points of its right half."""
    return curve(ink, *points, *((-x, y) for x, y in reversed(points[1:-1])))


def rushing(phase: float) -> list[Part]:
    """The head before its wings, all in one."""
    wings = moved(both(*_wing(0.45)), 0.0, 0.62, scale=1.25)
    neck = stroke("body", (0.0, -0.10, 0.26), (0.05, 0.30, 0.22), (0.0, 0.58, 0.14))
    return [*wings, neck, *moved(_dragon_head(phase), 0.0, -0.05, scale=0.78)]
# fmt: on
