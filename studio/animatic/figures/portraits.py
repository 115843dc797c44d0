"""Heads, for close-ups."""

from __future__ import annotations

import math

from studio.animatic.figures.drawing import Figure, Part, curve, stroke

# Points read best in rows, as they go around a figure.
# fmt: off

def _bust(phase: float) -> list[Part]:
    """Head and shoulders, nearly in profile, for a close-up."""
    breath = 0.006 * math.sin(2 * math.pi * phase)
    return [
        curve(
            "accent",
            (-0.62, 0.10), (-0.56, -0.20 - breath), (-0.36, -0.33 - breath),
                (-0.14, -0.40),
            (0.10, -0.40), (0.30, -0.32 - breath), (0.50, -0.18 - breath), (0.58, 0.10),
        ),
        stroke("body", (-0.04, -0.30, 0.15), (-0.02, -0.52, 0.125)),
        curve(
            "body",
            (-0.20, -0.92), (-0.10, -1.01), (0.06, -1.02), (0.17, -0.95), (0.20, -0.84),
            (0.205, -0.775), (0.262, -0.690), (0.225, -0.668), (0.222, -0.640),
            (0.236, -0.612), (0.214, -0.590), (0.226, -0.560), (0.196, -0.515),
            (0.10, -0.475), (0.02, -0.50), (-0.10, -0.56), (-0.22, -0.70),
        ),
        curve(
            "dark",
            (0.15, -0.99), (0.02, -1.08), (-0.16, -1.05), (-0.29, -0.92),
                (-0.33, -0.72),
            (-0.30, -0.50), (-0.36, -0.30), (-0.20, -0.22), (-0.10, -0.36),
                (-0.09, -0.60),
            (-0.03, -0.74), (0.03, -0.86), (0.12, -0.91), (0.185, -0.90),
        ),
    ]


def _bust_man(phase: float) -> list[Part]:
    """The same in a knitted cap, with a beard."""
    shoulders, neck, face = _bust(phase)[:3]
    return [
        shoulders,
        neck,
        face,
        curve("dark", (0.21, -0.60), (0.19, -0.48), (0.08, -0.40), (-0.06, -0.42),
            (-0.14, -0.56), (-0.12, -0.72), (-0.02, -0.66), (0.08, -0.62),
            (0.15, -0.625)),
        curve("dark", (-0.12, -0.80), (-0.22, -0.80), (-0.24, -0.64), (-0.16, -0.52),
            (-0.11, -0.62)),
        curve("roof", (-0.25, -0.80), (-0.25, -0.98), (-0.12, -1.10), (0.06, -1.12),
            (0.19, -1.02), (0.225, -0.88), (0.0, -0.85)),
        curve("accent", (-0.265, -0.76), (-0.265, -0.87), (0.0, -0.90),
            (0.235, -0.94), (0.24, -0.85), (0.0, -0.80)),
    ]

# fmt: on

PORTRAITS: dict[str, Figure] = {
    "bust": Figure(_bust, 4, 0.86, "stand", 0.2),
    "bust man": Figure(_bust_man, 4, 0.86, "stand", 0.2),
}
