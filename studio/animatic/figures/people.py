"""People: walking, standing, dancing, riding; their coats carry the accent."""

from __future__ import annotations

import math

from studio.animatic.figures.drawing import (
    Figure,
    Part,
    curve,
    disc,
    moved,
    poly,
    stroke,
)

# Points read best in rows, as they go around a figure.
# fmt: off

def _swing(phase: float, shift: float = 0.0) -> float:
    return math.sin(2 * math.pi * (phase + shift))


def _leg(phase: float, ink: str, hip: float = -0.47) -> Part:
    """One leg of a walk, its knee bending as it comes forward."""
    s, c = _swing(phase), math.cos(2 * math.pi * phase)
    knee = (0.07 * s + 0.03, hip * 0.52)
    lift = max(0.0, c) * 0.07
    foot = (0.145 * s - 0.02 * max(0.0, c), -0.025 - lift)
    return stroke(
        ink,
        (0.0, hip, 0.062),
        (*knee, 0.045),
        (*foot, 0.03),
        (foot[0] + 0.055, foot[1] + 0.008, 0.02),
    )


def _arm(phase: float, ink: str) -> Part:
    s = _swing(phase)
    return stroke(
        ink,
        (0.0, -0.79, 0.05),
        (-0.07 * s - 0.01, -0.60, 0.034),
        (-0.10 * s + 0.04, -0.45, 0.026),
    )


def _head(ink: str = "body", x: float = 0.015) -> list[Part]:
    return [
        stroke(ink, (x - 0.01, -0.83, 0.032), (x, -0.88, 0.032)),
        stroke(ink, (x, -0.935, 0.062), (x + 0.01, -0.915, 0.054)),
    ]


def _walker(phase: float) -> list[Part]:
    coat = curve(
        "accent",
        (-0.085, -0.80), (0.0, -0.845), (0.085, -0.80), (0.10, -0.62),
        (0.125 + 0.02 * _swing(phase), -0.34),
        (0.0, -0.315), (-0.135 + 0.02 * _swing(phase), -0.34), (-0.09, -0.60),
    )
    return [
        _arm(phase + 0.5, "body"),
        _leg(phase + 0.5, "body"),
        _leg(phase, "body"),
        *_head(),
        coat,
        _arm(phase, "body"),
    ]


def _woman(phase: float) -> list[Part]:
    hem = 0.03 * _swing(phase)
    dress = curve(
        "accent",
        (-0.06, -0.80), (0.0, -0.83), (0.06, -0.80), (0.055, -0.62),
        (0.12, -0.40), (0.17 + hem, -0.20), (0.0, -0.175), (-0.18 + hem, -0.20),
        (-0.10, -0.42), (-0.05, -0.62),
    )
    hair = curve(
        "body",
        (0.04, -0.985), (-0.04, -1.0), (-0.085, -0.94), (-0.10, -0.82),
        (-0.16, -0.74 + hem), (-0.06, -0.76), (-0.02, -0.86), (0.03, -0.93),
    )
    return [
        _arm(phase + 0.5, "body"),
        _leg(phase + 0.5, "body"),
        _leg(phase, "body"),
        *_head(),
        hair,
        dress,
        _arm(phase, "body"),
    ]


def _runner(phase: float) -> list[Part]:
    s = _swing(phase)
    return [
        stroke("body", (0.10, -0.78, 0.045), (0.02 - 0.1 * s, -0.64, 0.034),
            (0.12 - 0.14 * s, -0.56, 0.026)),
        stroke("body", (0.0, -0.48, 0.065), (-0.16 * s + 0.05, -0.30, 0.046),
            (-0.30 * s - 0.06, -0.14, 0.03), (-0.30 * s, -0.12, 0.02)),
        stroke("body", (0.0, -0.48, 0.065), (0.16 * s + 0.05, -0.30, 0.046),
            (0.30 * s - 0.06, -0.12, 0.03), (0.30 * s, -0.10, 0.02)),
        stroke("accent", (0.10, -0.77, 0.075), (0.0, -0.50, 0.075)),
        disc("body", 0.16, -0.92, 0.062),
        stroke("body", (0.10, -0.78, 0.045), (0.02 + 0.1 * s, -0.64, 0.034),
            (0.12 + 0.14 * s, -0.56, 0.026)),
    ]


def _umbrella(phase: float) -> list[Part]:
    ribs = [(-0.36, -1.02), (-0.15, -1.045), (0.03, -1.05), (0.21, -1.045),
        (0.42, -1.02)]
    canopy = curve(
        "accent",
        (-0.36, -1.02), (-0.32, -1.13), (-0.17, -1.235), (0.03, -1.27), (0.23, -1.235),
        (0.38, -1.13), (0.42, -1.02), (0.31, -1.06), (0.21, -1.03), (0.12, -1.065),
        (0.03, -1.035), (-0.06, -1.065), (-0.15, -1.03), (-0.25, -1.06),
    )
    seams = [stroke("roof", (0.03, -1.265, 0.005),
        (x, y, 0.004)) for x, y in ribs[1:-1]]
    body = [
        Part("body", part.beads, part.points) if part.ink == "accent" else part
        for part in _walker(phase)
    ]
    return [
        *body,
        stroke("body", (0.03, -1.30, 0.008), (0.06, -0.60, 0.010)),
        stroke("body", (0.0, -0.78, 0.05), (0.07, -0.66, 0.034), (0.06, -0.62, 0.03)),
        canopy,
        *seams,
    ]


def _soldier(phase: float) -> list[Part]:
    return [
        *_walker(phase)[:5],
        curve(
            "body",
            (-0.10, -0.80), (0.0, -0.845), (0.09, -0.80), (0.09, -0.50), (0.0, -0.42),
            (-0.12, -0.50),
        ),
        curve("body", (-0.16, -0.78), (-0.08, -0.80), (-0.07, -0.58), (-0.16, -0.60)),
        curve(
            "body",
            (-0.10, -0.925), (-0.07, -0.99), (0.01, -1.02), (0.08, -0.99),
                (0.12, -0.925),
        ),
        stroke("body", (-0.16, -0.52, 0.02), (0.34, -0.84, 0.011)),
        stroke("body", (0.0, -0.78, 0.05), (0.10, -0.64, 0.034), (0.16, -0.70, 0.026)),
    ]


def _dancer(phase: float) -> list[Part]:
    s = _swing(phase)
    sway = 0.04 * s
    return [
        stroke("body", (sway, -0.46, 0.062), (0.10, -0.26 - 0.04 * s, 0.044),
            (0.09, -0.02, 0.028)),
        stroke("body", (sway, -0.46, 0.062), (-0.11, -0.26 + 0.04 * s, 0.044),
            (-0.10, -0.02, 0.028)),
        stroke("body", (sway * 1.5, -0.78, 0.085), (sway, -0.48, 0.075)),
        stroke("body", (0.06 + sway, -0.80, 0.04),
            (0.17 + sway, -0.92 - 0.05 * s, 0.032),
            (0.15 - sway, -1.12 - 0.06 * s, 0.024)),
        stroke("body", (-0.06 + sway, -0.80, 0.04),
            (-0.18 + sway, -0.90 + 0.07 * s, 0.032),
            (-0.13 - sway, -1.08 + 0.10 * s, 0.024)),
        disc("body", sway * 2, -0.94, 0.062),
    ]


def _ballerina(phase: float) -> list[Part]:
    """On the tips of her toes, one leg drawn up, arms high."""
    s = 0.03 * _swing(phase)
    tutu = curve("accent", (-0.05, -0.56), (0.05, -0.56), (0.30, -0.46 + s),
        (0.27, -0.40 + s), (0.0, -0.43), (-0.27, -0.40 - s), (-0.30, -0.46 - s))
    return [
        stroke("body", (0.03, -0.46, 0.05), (0.20 + s, -0.30, 0.036),
            (0.04, -0.24, 0.022), (0.01, -0.21, 0.014)),
        stroke("body", (-0.01, -0.46, 0.052), (0.0, -0.24, 0.036), (0.0, -0.05, 0.02),
            (0.01, 0.0, 0.012)),
        tutu,
        stroke("accent", (s, -0.78, 0.052), (0.0, -0.56, 0.045)),
        stroke("body", (0.045 + s, -0.80, 0.03), (0.17 + s, -0.95, 0.024),
            (0.09 + s, -1.13, 0.016), (0.03 + s, -1.18, 0.012)),
        stroke("body", (-0.045 + s, -0.80, 0.03), (-0.17 + s, -0.95, 0.024),
            (-0.09 + s, -1.13, 0.016), (-0.03 + s, -1.18, 0.012)),
        stroke("body", (s, -0.80, 0.026), (s, -0.88, 0.026)),
        disc("body", s, -0.93, 0.055),
        disc("body", s - 0.02, -0.995, 0.03),
    ]


def _trooper(phase: float) -> list[Part]:
    """A dancing soldier: the dancer in a steel helmet, a pack on his back."""
    lean = 0.08 * _swing(phase)
    helmet = curve(
        "body",
        (lean - 0.145, -0.93), (lean - 0.10, -0.965), (lean - 0.085, -1.02),
            (lean, -1.06),
        (lean + 0.085, -1.02), (lean + 0.10, -0.965), (lean + 0.145, -0.93),
            (lean, -0.945),
    )
    pack = stroke("body", (lean * 0.6 - 0.09, -0.74, 0.06),
        (lean * 0.6 - 0.09, -0.62, 0.06))
    return [pack, *_dancer(phase), helmet]


def _dj(phase: float) -> list[Part]:
    s = _swing(phase)
    nod = 0.02 * s
    booth = poly("body", (-0.62, 0.0), (-0.56, -0.44), (0.56, -0.44), (0.62, 0.0))
    front = poly("accent", (-0.50, -0.06), (-0.46, -0.36), (0.46, -0.36), (0.50, -0.06))
    bars = [
        poly(
            "body",
            (x - 0.018, -0.07), (x - 0.018, -0.12 - h), (x + 0.018, -0.12 - h),
                (x + 0.018, -0.07),
        )
        for x, h in ((-0.36 + 0.09 * k, 0.09 + 0.08 * _swing(phase,
            k * 0.37)) for k in range(9))
    ]
    return [
        stroke("body", (0.0, -0.86, 0.10), (0.0, -0.45, 0.09)),
        stroke("body", (0.08, -0.88, 0.05), (0.24, -0.98 - nod, 0.038),
            (0.27, -1.20 - 0.07 * s, 0.028)),
        stroke("body", (-0.08, -0.88, 0.05), (-0.22, -0.68, 0.038),
            (-0.16, -0.50, 0.03)),
        stroke("body", (0.0, -0.98, 0.035), (0.0 + nod, -1.08 + nod, 0.075)),
        stroke("light", (-0.085 + nod, -1.06 + nod, 0.026),
            (-0.085 + nod, -1.10 + nod, 0.026)),
        stroke("light", (0.085 + nod, -1.06 + nod, 0.026),
            (0.085 + nod, -1.10 + nod, 0.026)),
        stroke("light", *((nod + 0.092 * math.cos(math.pi * k / 8),
            nod - 1.095 - 0.085 * math.sin(math.pi * k / 8), 0.011) for k in range(9))),
        poly("body", (-0.34, -0.44), (-0.32, -0.50), (-0.08, -0.50), (-0.06, -0.44)),
        poly("body", (0.06, -0.44), (0.08, -0.50), (0.32, -0.50), (0.34, -0.44)),
        booth,
        front,
        *bars,
    ]


def _astronaut(phase: float) -> list[Part]:
    s = 0.03 * _swing(phase)
    return [
        stroke("body", (-0.13, -0.82, 0.07), (-0.14, -0.58, 0.08)),
        stroke("light", (0.04, -0.45, 0.08), (0.10 + s, -0.24, 0.065),
            (0.11 + s, -0.05, 0.055), (0.15 + s, -0.04, 0.045)),
        stroke("light", (-0.04, -0.45, 0.08), (-0.07 - s, -0.24, 0.065),
            (-0.09 - s, -0.05, 0.055), (-0.05 - s, -0.04, 0.045)),
        stroke("light", (0.0, -0.74, 0.115), (0.0, -0.48, 0.105)),
        stroke("light", (0.10, -0.76, 0.055), (0.20, -0.60 - s, 0.048),
            (0.24, -0.48 - 2 * s, 0.042)),
        stroke("light", (-0.10, -0.76, 0.055), (-0.18, -0.60 + s, 0.048),
            (-0.20, -0.46, 0.042)),
        disc("light", 0.0, -0.92, 0.115),
        stroke("dark", (0.03, -0.93, 0.065), (0.06, -0.92, 0.06)),
        poly("accent", (-0.05, -0.70), (0.05, -0.70), (0.05, -0.62), (-0.05, -0.62)),
    ]


def _robot(phase: float) -> list[Part]:
    s = 0.04 * _swing(phase)
    return [
        stroke("body", (0.07, -0.42, 0.04), (0.10 + s, -0.22, 0.035),
            (0.09 + s, -0.03, 0.035)),
        stroke("body", (-0.07, -0.42, 0.04), (-0.10 - s, -0.22, 0.035),
            (-0.09 - s, -0.03, 0.035)),
        poly("body", (0.02 + s, 0.0), (0.02 + s, -0.06), (0.19 + s, -0.06),
            (0.19 + s, 0.0)),
        poly("body", (-0.16 - s, 0.0), (-0.16 - s, -0.06), (0.01 - s, -0.06),
            (0.01 - s, 0.0)),
        poly("body", (-0.17, -0.78), (0.17, -0.78), (0.13, -0.40), (-0.13, -0.40)),
        poly("accent", (-0.08, -0.72), (0.08, -0.72), (0.07, -0.58), (-0.07, -0.58)),
        stroke("body", (0.19, -0.74, 0.045), (0.25, -0.56, 0.035),
            (0.22 + s, -0.38, 0.04)),
        stroke("body", (-0.19, -0.74, 0.045), (-0.25, -0.56, 0.035),
            (-0.22 - s, -0.38, 0.04)),
        poly("body", (-0.11, -0.99), (0.11, -0.99), (0.12, -0.81), (-0.12, -0.81)),
        disc("light", -0.045, -0.90, 0.026),
        disc("light", 0.06, -0.90, 0.026),
        stroke("body", (0.0, -0.98, 0.01), (0.0, -1.08, 0.01)),
        disc("accent", 0.0, -1.09, 0.022),
    ]


def _couple(phase: float) -> list[Part]:
    return [
        *moved(_walker(phase), 0.13, 0.0),
        *moved(_woman(phase + 0.5), -0.13, 0.0, scale=0.94),
    ]

# fmt: on
PEOPLE: dict[str, Figure] = {
    "person": Figure(_walker, 8, 0.26, "walk", 0.9),
    "woman": Figure(_woman, 8, 0.26, "walk", 0.9),
    "couple": Figure(_couple, 8, 0.26, "walk", 0.8),
    "runner": Figure(_runner, 8, 0.26, "run", 1.6),
    "umbrella": Figure(_umbrella, 8, 0.27, "walk", 0.8),
    "soldier": Figure(_soldier, 8, 0.26, "walk", 0.9),
    "dancer": Figure(_dancer, 6, 0.26, "dance", 1.2),
    "ballerina": Figure(_ballerina, 6, 0.26, "dance", 0.7),
    "trooper": Figure(_trooper, 6, 0.26, "dance", 1.2),
    "dj": Figure(_dj, 6, 0.30, "stand", 2.0),
    "astronaut": Figure(_astronaut, 6, 0.28, "float", 0.3),
    "robot": Figure(_robot, 6, 0.30, "walk", 0.6),
}
