"""The sound bed: a soft chord and the air of the place, made by libav's own filters."""

from __future__ import annotations

import av
import av.filter
from av.audio.frame import AudioFrame
from av.filter.context import FilterContext

from studio.animatic.scene import Scene

SAMPLE_RATE = 48_000
CHANNELS = "stereo"
# Expressions are slow to evaluate and have no high tones: a low rate serves.
PAD_RATE = 8_000
_RESAMPLED = [("aresample", str(SAMPLE_RATE)), ("lowpass", "f=1400")]

MAJOR = (0, 4, 7, 11)
MINOR = (0, 3, 7, 10)
DARK = (0, 3, 6, 12)


def bed(scene: Scene, seed: int, duration: float) -> list[AudioFrame]:
    """Frames of stereo sound of exactly `duration` seconds."""
    graph = av.filter.Graph()
    voices = [_chord(scene, seed), *_airs(scene), *_beats(scene)]
    mixer = graph.add("amix", f"inputs={len(voices)}:normalize=0:duration=longest")
    for k, (source, chain) in enumerate(voices):
        last = graph.add(*_with_length(source, seed + k, duration))
        for name, args in chain:
            node = graph.add(name, args)
            last.link_to(node)
            last = node
        last.link_to(mixer, 0, k)
    return _collect(graph, mixer, duration)


Voice = tuple[tuple[str, str], list[tuple[str, str]]]


def _with_length(
    source: tuple[str, str], seed: int, duration: float
) -> tuple[str, str]:
    name, args = source
    extra = f":seed={seed % 2**31}" if name == "anoisesrc" else ""
    return name, f"{args}:d={duration:.3f}{extra}"


def _chord(scene: Scene, seed: int) -> Voice:
    """A pad: a few detuned partials that breathe."""
    steps = DARK if scene.has("dark", "war", "storm") else MINOR
    if (
        scene.has("lively")
        or scene.hour in ("dawn", "day", "noon", "golden hour")
        and not scene.has("dark", "war", "storm")
    ):
        steps = MAJOR
    root = 110.0 * 2 ** ((seed % 7 - 3) / 12)
    tones = [root * 2 ** (step / 12) for step in steps]

    sides = "|".join(_breathing(tones, detune) for detune in (0.9985, 1.0015))
    source = f"exprs={sides}:s={PAD_RATE}:c=stereo"
    return ("aevalsrc", source), _RESAMPLED


def _breathing(tones: list[float], detune: float) -> str:
    """An expression of tones, each swelling at a pace of its own."""
    parts = []
    for k, tone in enumerate([tones[0] / 2, *tones, tones[0] * 2]):
        level, pace = 0.055 / (k + 1), 0.07 + 0.03 * k
        swell = f"(0.7+0.3*sin(2*PI*{pace:.3f}*t+{k}))"
        parts.append(f"{level:.4f}*sin(2*PI*{tone * detune:.3f}*t)*{swell}")
    return f"({'+'.join(parts)})*min(1\\,t/1.2)"


def _airs(scene: Scene) -> list[Voice]:
    """Noise shaped into rain, surf, wind or the hum of a town."""

    def noise(colour: str, level: float, *chain: tuple[str, str]) -> Voice:
        source = ("anoisesrc", f"r={SAMPLE_RATE}:c={colour}:a={level}")
        return source, [*chain, ("aformat", "channel_layouts=stereo")]

    airs = [noise("brown", 0.10, ("lowpass", "f=420"), ("tremolo", "f=0.15:d=0.5"))]
    if scene.has("rain", "storm"):
        airs.append(noise("white", 0.045, ("highpass", "f=900"), ("lowpass", "f=7500")))
    if scene.place in ("sea", "beach"):
        airs.append(
            noise("pink", 0.16, ("lowpass", "f=1500"), ("tremolo", "f=0.17:d=0.85"))
        )
    if scene.has("snow", "ice") or scene.place in ("mountains", "desert"):
        airs.append(
            noise("pink", 0.10, ("bandpass", "f=520:w=300"), ("tremolo", "f=0.2:d=0.7"))
        )
    if scene.has("fire", "war", "explosion"):
        airs.append(
            noise("brown", 0.5, ("lowpass", "f=130"), ("tremolo", "f=0.7:d=0.9"))
        )
    return airs


def _beats(scene: Scene) -> list[Voice]:
    """A soft kick where somebody dances."""
    if scene.action != "dance" and scene.place != "concert" and not scene.has("dj"):
        return []
    beat = "mod(t\\,0.5)"
    kick = f"0.30*sin(2*PI*52*{beat}*(1+2*exp(-30*{beat})))*exp(-9*{beat})"
    return [(("aevalsrc", f"exprs={kick}|{kick}:s={PAD_RATE}:c=stereo"), _RESAMPLED)]


def _collect(
    graph: av.filter.Graph, last: FilterContext, duration: float
) -> list[AudioFrame]:
    """Run the graph to its end: faded out, limited, cut to length."""
    fade = graph.add("afade", f"t=out:st={max(0.0, duration - 0.6):.3f}:d=0.6")
    limit = graph.add("alimiter", "limit=0.8:level=0")
    shape = graph.add(
        "aformat", f"sample_fmts=fltp:sample_rates={SAMPLE_RATE}:channel_layouts=stereo"
    )
    trim = graph.add("atrim", f"end_sample={round(duration * SAMPLE_RATE)}")
    sink = graph.add("abuffersink")
    for node in (fade, limit, shape, trim, sink):
        last.link_to(node)
        last = node
    graph.configure()
    frames: list[AudioFrame] = []
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return frames
        if isinstance(frame, AudioFrame):
            frames.append(frame)
