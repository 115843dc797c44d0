"""Palettes: a few colours for each time of day and weather, chosen to go together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.animatic.colour import RGB, brightness, mix, rgb, tuned


@dataclass(frozen=True)
class Palette:
    """The inks of one picture."""

    sky: tuple[RGB, RGB, RGB, RGB]  # from the zenith to the horizon
    light: RGB  # sun, moon, lamps
    glow: RGB  # the air around the light
    haze: RGB  # what distance fades to
    far: RGB
    near: RGB  # the darkest ink
    accent: RGB  # the one colour that is meant to be seen
    night: float = 0.0  # 0 day, 1 night: lit windows, stars
    snowy: bool = False

    def tone(self, depth: float) -> RGB:
        """The ink at a depth, 0 far away and 1 near."""
        if depth < 0.3:
            return mix(mix(self.far, self.haze, 0.55), self.far, depth / 0.3)
        return mix(self.far, self.near, ((depth - 0.3) / 0.7) ** 0.8)


def _palette(sky: str, inks: str, night: float = 0.0) -> Palette:
    zenith, high, low, horizon = (rgb(code) for code in sky.split())
    light, glow, haze, far, near, accent = (rgb(code) for code in inks.split())
    return Palette(
        (zenith, high, low, horizon), light, glow, haze, far, near, accent, night
    )


# Zenith, high, low, horizon; then light, glow, haze, far, near, accent.
PALETTES: dict[str, Palette] = {
    "dawn": _palette(
        "4a5a8c 9784ac e6a9a6 ffdcb2", "fff3d6 ffc49a e9bfb4 8f84a8 262546 f2725c"
    ),
    "day": _palette(
        "3b7fb0 79b1cd bcd8d5 f2ead0", "fffbe6 fff0c4 cfdccf 7fa3a4 1d3a41 e2582f"
    ),
    "noon": _palette(
        "2f7fbd 6fb3da b7dbe4 efeedb", "ffffff fff6d6 d6e2da 86a9b0 20393d e2542b"
    ),
    "golden hour": _palette(
        "5d8296 c9a878 f3bf72 ffe2a0", "fff4cf ffc766 f0c083 b08358 33201c e8542a"
    ),
    "sunset": _palette(
        "33265c 8f3a6b e8604a ffb455", "ffe9b0 ff9a4d d8704f 75385c 190f26 ffc857"
    ),
    "blue hour": _palette(
        "10274a 254b7c 5e83ad d8b3a0", "ffe7bd ffb98a 5d7fa6 34567f 0a1426 ffbe5c", 0.8
    ),
    "night": _palette(
        "060d20 0f2140 1d3a61 35587f", "f6f1dc 9cc0d8 2c4c70 1d3555 050914 ffc765", 1.0
    ),
    "overcast": _palette(
        "77858f 9aa6aa bdc5c2 dcdcd0", "f6f3e6 e6e4d6 bfc6c2 8b989c 262d33 d2552f"
    ),
    "storm": _palette(
        "171c25 2c3640 4d5b64 8b948c", "eef3ea aab8b4 5c6a70 3c4951 0b0e13 e0a33a", 0.4
    ),
    "neon": _palette(
        "0a0820 1c1242 43185f 85246e", "ffe3f3 ff4fa0 4a2468 2b1a52 07060f 2fe0e6", 1.0
    ),
    "war": _palette(
        "2a2623 5a4b3f 9a7653 e0a45c", "ffe7b0 ff9a45 8f7458 5b4a3e 120f0e ff7a2f", 0.3
    ),
    "space": _palette(
        "04050e 0a0d22 151538 2a1f4c", "fff6e0 ffb787 2a2350 221f48 04050b ff8a5c", 1.0
    ),
    "underwater": _palette(
        "bfeee2 4fb9bd 1b7f93 0d4f69", "f2fff2 bdf5e4 2b8496 17627a 04222f ffb03a"
    ),
    "lamp": _palette(
        "2b2026 4a3030 7a4a38 b27a4c", "ffe9b8 ffbe6b 8f5c40 5e3b34 150e12 f0a23c", 0.6
    ),
    "gallery": _palette(
        "d9d2c6 e2dbd0 eae4da f2ede4", "ffffff fffaf0 ddd5c8 b9ad9e 2c2a2e e4572e"
    ),
}

# How a place tints the inks: (far, near, how much).
GROUNDS: dict[str, tuple[RGB, RGB, float]] = {
    "forest": (rgb("5d8276"), rgb("0c2522"), 0.5),
    "desert": (rgb("e0915a"), rgb("6a2b1e"), 0.75),
    "sea": (rgb("3f8394"), rgb("0a2a3a"), 0.45),
    "field": (rgb("96a35c"), rgb("2a3419"), 0.5),
}


def grounded(palette: Palette, place: str) -> Palette:
    """The palette with its inks tinted by the place; less so by night."""
    if place == "snow":
        far = mix(palette.far, palette.light, 0.42 - 0.16 * palette.night)
        near = mix(palette.near, palette.far, 0.30)
        return replace(palette, far=far, near=near, snowy=True)
    if place not in GROUNDS:
        return palette
    far, near, amount = GROUNDS[place]
    amount *= 1 - 0.55 * palette.night
    dim = brightness(palette.far) / max(0.05, brightness(far))
    far = tuned(far, value=min(1.15, max(0.35, dim)))
    far, near = mix(palette.far, far, amount), mix(palette.near, near, amount)
    return replace(palette, far=far, near=near)


def misty(palette: Palette, amount: float) -> Palette:
    """Fog or rain: everything nearer to the haze."""
    grey = tuned(palette.haze, saturation=0.6)
    zenith, high, low, horizon = palette.sky
    sky = (
        mix(zenith, grey, amount * 0.75),
        mix(high, grey, amount * 0.85),
        mix(low, grey, amount * 0.9),
        mix(horizon, grey, amount * 0.7),
    )
    return replace(
        palette,
        sky=sky,
        haze=grey,
        far=mix(palette.far, grey, amount * 0.55),
        near=mix(palette.near, grey, amount * 0.14),
    )


def toned(palette: Palette, colour: RGB) -> Palette:
    """The palette leaning towards a colour that the prompt names."""
    zenith, high, low, horizon = (mix(c, _at(colour, c), 0.45) for c in palette.sky)
    return replace(
        palette,
        sky=(zenith, high, low, horizon),
        glow=mix(palette.glow, colour, 0.4),
        haze=mix(palette.haze, _at(colour, palette.haze), 0.45),
        far=mix(palette.far, _at(colour, palette.far), 0.4),
    )


def _at(colour: RGB, like: RGB) -> RGB:
    """The colour at the brightness of another."""
    factor = brightness(like) / max(0.05, brightness(colour))
    return tuned(colour, value=min(1.6, max(0.3, factor)), saturation=0.85)
