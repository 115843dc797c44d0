"""Trees, buildings and things that stand still."""

from __future__ import annotations

import math
from random import Random

from studio.animatic.figures.drawing import (
    Figure,
    Part,
    both,
    curve,
    disc,
    poly,
    stroke,
)

# Points read best in rows, as they go around a figure.
# fmt: off

def _oak(phase: float) -> list[Part]:
    rng = Random("oak")
    crown = [
        disc("body", rng.uniform(-0.30, 0.30), -0.64 + rng.uniform(-0.22, 0.16),
            rng.uniform(0.11, 0.19))
        for _ in range(16)
    ]
    lit = [
        disc("leaf", rng.uniform(-0.26, 0.26), -0.72 + rng.uniform(-0.18, 0.10),
            rng.uniform(0.05, 0.10))
        for _ in range(12)
    ]
    return [
        stroke("body", (0.0, 0.0, 0.07), (0.02, -0.22, 0.045), (-0.02, -0.50, 0.035)),
        stroke("body", (0.02, -0.28, 0.03), (0.18, -0.52, 0.02)),
        stroke("body", (0.01, -0.32, 0.03), (-0.18, -0.54, 0.02)),
        *crown,
        *lit,
    ]


def _pine(phase: float) -> list[Part]:
    rng = Random("pine")
    tiers = []
    for k in range(9):
        y = -1.0 + 0.105 * k
        wide = 0.045 + 0.030 * k
        droop = 0.055 + 0.008 * k
        left = wide * rng.uniform(0.85, 1.15)
        right = wide * rng.uniform(0.85, 1.15)
        tiers.append(poly("body", (0.0, y - 0.05), (right * 0.55, y + droop * 0.5),
            (right, y + droop + 0.05), (0.0, y + droop + 0.02),
            (-left, y + droop + 0.05), (-left * 0.55, y + droop * 0.5)))
    return [stroke("body", (0.0, 0.0, 0.028), (0.0, -0.9, 0.012)), *tiers]


def _palm(phase: float) -> list[Part]:
    top = (0.13, -0.84)
    fronds = [
        _frond(top, turn, reach)
        for turn, reach in (
            (-2.95, 0.36), (-2.55, 0.40), (-2.1, 0.36), (-1.65, 0.32), (-1.2, 0.34),
            (-0.7, 0.40), (-0.25, 0.38), (0.15, 0.30), (-3.35, 0.28),
        )
    ]
    trunk = stroke("body", (0.0, 0.02, 0.034), (-0.02, -0.22, 0.024),
        (0.02, -0.50, 0.019), (0.13, -0.84, 0.016))
    return [trunk, *(part for frond in fronds for part in frond),
        disc("dark", 0.11, -0.80, 0.026), disc("dark", 0.155, -0.805, 0.024)]


def _frond(top: tuple[float, float], turn: float, reach: float) -> list[Part]:
    """A bending rib with leaflets that hang from it."""
    ribs = []
    for k in range(11):
        u = k / 10
        x = top[0] + math.cos(turn) * reach * u
        y = top[1] + math.sin(turn) * reach * u * 0.75 + 0.34 * reach * u * u * 1.5
        ribs.append((x, y))
    leaves = []
    for k in range(1, 11):
        (ax, ay), (bx, by) = ribs[k - 1], ribs[k]
        long = reach * 0.34 * math.sin(math.pi * (0.15 + 0.8 * k / 10))
        out = 0.35 if bx > ax else -0.35
        leaves.append(poly("body", (ax, ay), (bx, by), (bx + out * long, by + long)))
        leaves.append(poly("body", (ax, ay), (bx, by),
            (bx + out * long * 1.6, by - long * 0.15)))
    return [stroke("body", *((x, y, 0.008) for x, y in ribs)), *leaves]


def _house(phase: float) -> list[Part]:
    return [
        poly("body", (0.26, -0.60), (0.26, -0.98), (0.36, -0.98), (0.36, -0.60)),
        poly("body", (-0.48, 0.0), (-0.48, -0.50), (0.48, -0.50), (0.48, 0.0)),
        poly("roof", (-0.60, -0.48), (-0.36, -0.86), (0.36, -0.86), (0.60, -0.48)),
        poly("lamp", (-0.34, -0.20), (-0.34, -0.38), (-0.16, -0.38), (-0.16, -0.20)),
        poly("lamp", (0.16, -0.20), (0.16, -0.38), (0.34, -0.38), (0.34, -0.20)),
        poly("accent", (-0.07, 0.0), (-0.07, -0.30), (0.07, -0.30), (0.07, 0.0)),
    ]


def _castle(phase: float) -> list[Part]:
    towers = [(-0.62, 0.62, 0.10), (-0.26, 0.86, 0.11), (0.06, 1.02, 0.10),
        (0.40, 0.74, 0.12), (0.68, 0.56, 0.09)]
    hill = curve("body", (-1.25, 0.22), (-0.95, 0.04), (-0.60, -0.06), (0.0, -0.10),
        (0.60, -0.06), (0.95, 0.04), (1.25, 0.22), (0.0, 0.30))
    parts = [hill, poly("body", (-0.80, 0.02), (-0.74, -0.30), (0.74, -0.30),
        (0.82, 0.02))]
    parts.append(poly("body", (-0.40, 0.0), (-0.40, -0.50), (0.50, -0.50), (0.50, 0.0)))
    for x, h, w in towers:
        parts += [
            poly("body", (x - w, 0.0), (x - w * 0.9, -h * 0.74),
                (x + w * 0.9, -h * 0.74), (x + w, 0.0)),
            poly("roof", (x - w * 1.25, -h * 0.72), (x, -h * 1.12),
                (x + w * 1.25, -h * 0.72)),
            poly("lamp", (x - 0.018, -h * 0.50), (x - 0.018, -h * 0.60),
                (x + 0.018, -h * 0.60), (x + 0.018, -h * 0.50)),
        ]
    flag = poly("accent", (0.06, -1.24), (0.06, -1.33), (0.20, -1.285))
    return [*parts, stroke("body", (0.06, -1.10, 0.006), (0.06, -1.33, 0.006)), flag]


def _lighthouse(phase: float) -> list[Part]:
    bands = [
        poly("accent", (-w0, y0), (-w1, y1), (w1, y1), (w0, y0))
        for y0, y1, w0, w1 in ((-0.18, -0.34, 0.125, 0.115),
            (-0.50, -0.66, 0.102, 0.09))
    ]
    return [
        poly("light", (-0.14, 0.0), (-0.085, -0.76), (0.085, -0.76), (0.14, 0.0)),
        *bands,
        poly("body", (-0.13, -0.76), (-0.13, -0.80), (0.13, -0.80), (0.13, -0.76)),
        poly("lamp", (-0.07, -0.80), (-0.07, -0.92), (0.07, -0.92), (0.07, -0.80)),
        curve("body", (-0.10, -0.91), (0.0, -1.02), (0.10, -0.91), (0.0, -0.92)),
        poly("body", (-0.46, 0.04), (-0.30, -0.03), (0.0, -0.05), (0.34, -0.02),
            (0.50, 0.04)),
    ]


def _tower(phase: float) -> list[Part]:
    """A lattice tower."""
    legs = both(curve("accent", (0.30, 0.0), (0.16, -0.30), (0.075, -0.62),
        (0.03, -0.92), (0.0, -0.92), (0.03, -0.60), (0.09, -0.30), (0.19, 0.0)))
    decks = [
        poly("accent", (-w, y), (-w, y - 0.035), (w, y - 0.035), (w, y))
        for y, w in ((-0.26, 0.20), (-0.56, 0.12))
    ]
    braces = [
        part
        for y0, y1, w0, w1 in ((-0.02, -0.25, 0.26, 0.14),
            (-0.30, -0.55, 0.13, 0.075), (-0.60, -0.75, 0.06, 0.04))
        for part in both(stroke("accent", (w0, y0, 0.009), (-w1, y1, 0.009)))
    ]
    return [*legs, *braces, *decks, stroke("accent", (0.0, -0.86, 0.014),
        (0.0, -1.12, 0.005)), disc("lamp", 0.0, -1.12, 0.014)]


def _windmill(phase: float) -> list[Part]:
    blades = []
    for k in range(4):
        turn = math.pi / 2 * (k + phase) + 0.3
        c, s = math.cos(turn), math.sin(turn)

        def at(r: float, off: float, c: float = c, s: float = s) -> tuple[float, float]:
            return r * c - off * s, -0.74 + r * s + off * c

        blades += [
            poly("body", at(0.0, 0.010), at(0.44, 0.010), at(0.44, -0.010),
                at(0.0, -0.010)),
            poly("light", at(0.10, 0.012), at(0.43, 0.012), at(0.43, 0.10),
                at(0.10, 0.08)),
        ]
    return [
        poly("body", (-0.19, 0.0), (-0.10, -0.68), (0.10, -0.68), (0.19, 0.0)),
        curve("roof", (-0.12, -0.67), (0.0, -0.84), (0.12, -0.67), (0.0, -0.66)),
        poly("lamp", (-0.03, -0.34), (-0.03, -0.44), (0.03, -0.44), (0.03, -0.34)),
        *blades,
    ]


def _temple(phase: float) -> list[Part]:
    """A pagoda."""
    parts = []
    for k in range(4):
        y, w = -0.22 * k, 0.44 - 0.085 * k
        parts += [
            poly("body", (-w * 0.66, y), (-w * 0.66, y - 0.17), (w * 0.66, y - 0.17),
                (w * 0.66, y)),
            poly("lamp", (-w * 0.12, y - 0.02), (-w * 0.12, y - 0.12),
                (w * 0.12, y - 0.12), (w * 0.12, y - 0.02)),
            curve("roof", (-w * 1.22, y - 0.17), (-w * 0.80, y - 0.20),
                (-w * 0.52, y - 0.27), (0.0, y - 0.285), (w * 0.52, y - 0.27),
                (w * 0.80, y - 0.20), (w * 1.22, y - 0.17), (w * 0.6, y - 0.145),
                (-w * 0.6, y - 0.145)),
        ]
    return [*parts, stroke("body", (0.0, -0.92, 0.014), (0.0, -1.14, 0.004))]


def _pyramid(phase: float) -> list[Part]:
    return [
        poly("body", (-0.86, 0.0), (0.0, -0.86), (0.86, 0.0)),
        poly("leaf", (-0.86, 0.0), (0.0, -0.86), (-0.16, 0.0)),
    ]


def _church(phase: float) -> list[Part]:
    return [
        poly("body", (-0.46, 0.0), (-0.46, -0.34), (0.20, -0.34), (0.20, 0.0)),
        poly("roof", (-0.52, -0.33), (-0.40, -0.54), (0.24, -0.54), (0.24, -0.33)),
        poly("body", (0.12, 0.0), (0.12, -0.64), (0.36, -0.64), (0.36, 0.0)),
        poly("roof", (0.09, -0.63), (0.24, -1.08), (0.39, -0.63)),
        poly("lamp", (0.21, -0.42), (0.21, -0.54), (0.27, -0.54), (0.27, -0.42)),
        *(poly("lamp", (x, -0.10), (x, -0.24), (x + 0.07, -0.24),
            (x + 0.07, -0.10)) for x in (-0.36, -0.20, -0.04)),
    ]


def _bottle(phase: float) -> list[Part]:
    return [
        curve("accent", (-0.19, -0.02), (-0.20, -0.30), (-0.18, -0.52),
            (-0.09, -0.64), (-0.07, -0.74), (0.07, -0.74), (0.09, -0.64),
            (0.18, -0.52), (0.20, -0.30), (0.19, -0.02), (0.0, 0.0)),
        poly("dark", (-0.085, -0.72), (-0.085, -0.92), (0.085, -0.92), (0.085, -0.72)),
        poly("light", (-0.165, -0.16), (-0.165, -0.42), (0.165, -0.42), (0.165, -0.16)),
        stroke("glass", (-0.13, -0.08, 0.012), (-0.14, -0.50, 0.012)),
    ]


def _cup(phase: float) -> list[Part]:
    return [
        disc("accent", 0.30, -0.36, 0.17),
        disc("cut", 0.30, -0.36, 0.105),
        curve("accent", (-0.32, -0.64), (0.0, -0.66), (0.32, -0.64), (0.30, -0.30),
            (0.20, -0.06), (0.0, -0.03), (-0.20, -0.06), (-0.30, -0.30)),
        curve("dark", (-0.29, -0.635), (0.0, -0.675), (0.29, -0.635), (0.0, -0.60)),
        curve("light", (-0.50, -0.04), (0.0, -0.065), (0.50, -0.04), (0.0, 0.03)),
    ]


def _flower(phase: float) -> list[Part]:
    sway = 0.02 * math.sin(2 * math.pi * phase)
    petals = [
        disc("accent", sway + 0.115 * math.cos(k * math.pi / 3.5),
            -0.80 + 0.115 * math.sin(k * math.pi / 3.5), 0.082)
        for k in range(7)
    ]
    return [
        stroke("body", (0.0, 0.0, 0.016), (0.02, -0.40, 0.013), (sway, -0.78, 0.011)),
        curve("leaf", (0.01, -0.24), (0.14, -0.38), (0.26, -0.40), (0.16, -0.26)),
        curve("leaf", (0.01, -0.16), (-0.12, -0.32), (-0.24, -0.32), (-0.14, -0.18)),
        *petals,
        disc("light", sway, -0.80, 0.065),
    ]

# fmt: on
BUILDINGS: dict[str, Figure] = {
    "tree": Figure(_oak, 1, 0.42),
    "pine": Figure(_pine, 1, 0.44),
    "palm": Figure(_palm, 1, 0.56),
    "house": Figure(_house, 1, 0.26),
    "castle": Figure(_castle, 1, 0.44),
    "lighthouse": Figure(_lighthouse, 1, 0.44),
    "tower": Figure(_tower, 1, 0.58),
    "windmill": Figure(_windmill, 8, 0.44, "stand", 0.12),
    "temple": Figure(_temple, 1, 0.42),
    "pyramid": Figure(_pyramid, 1, 0.34),
    "church": Figure(_church, 1, 0.34),
    "bottle": Figure(_bottle, 1, 0.5),
    "cup": Figure(_cup, 1, 0.4),
    "flower": Figure(_flower, 6, 0.5, "stand", 0.4),
}
