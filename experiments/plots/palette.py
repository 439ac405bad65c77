"""Colours: one for each provider in every figure, and neutral ones for all that is no provider.

The eight named colours differ by at least 5.5 units of CIELAB lightness, so that they stay apart
in grey, and by at least 15 units of colour difference (CIE76) for normal, red-blind, green-blind
and blue-blind eyes (Machado, Oliveira and Fernandes 2009, doi:10.1109/TVCG.2009.113).  The spare
colours keep at least 12 from each other and from the named ones; a test measures all of it.
"""

from collections.abc import Iterable
from hashlib import blake2b

from simulation.columns import NOBODY

PAPER = "#ffffff"
INK = "#1d2330"
MUTED = "#59616f"
RULE = "#c6ccd6"
GRID = "#e6e9ee"
LINK = "#d6dbe3"
NOT_YET = "#dfe3e9"
OLDEST, NEWEST = "#14233c", "#b3c4d8"
OF_SPEND = "#8a94a5"

NAMED = {
    "OpenAI": "#058064",
    "Google": "#3f7fe0",
    "Anthropic": "#db744b",
    "Meta": "#8bc3ee",
    "xAI": "#23262f",
    "Mistral": "#f9c836",
    "DeepSeek": "#6a2f9e",
    "OPEN": "#b3abab",
}
SPARE = (
    "#ed4575",
    "#058da3",
    "#858405",
    "#c894fa",
    "#194a05",
    "#e9c585",
    "#59558d",
    "#950512",
    "#9edaa7",
    "#7d6942",
    "#840560",
    "#a6db5d",
    "#6d2f36",
    "#fabad9",
)

# The terms of a utility are tints with dark words on them: no provider looks like that.
TERM_TINTS = {
    "capability": "#b9d3f4",
    "price": "#f6d3a2",
    "safety": "#c3e6bf",
    "brand": "#ecc7e6",
    "reliability": "#d9d9d9",
    "product": "#f6b9b2",
    "peers": "#cdc6f2",
    "usage": "#a8e0da",
    "stability": "#e0dcae",
    "lock_in": "#a4adbb",
    "version": "#7fa8dc",
    "taste": "#e4e7ec",
}
# Regimes fill large areas under dark words; the darker, the less open, for all eyes and in grey.
REGIME_TINTS = {"monopoly": "#8793ab", "oligopoly": "#c3cddb", "open": "#f8e6ac", NOBODY: "#ffffff"}
# Who holds shares, by kind; founders are a grey.
HOLDER_KINDS = {
    "strategic": "#27407a",
    "growth": "#b5562b",
    "venture": "#d9a520",
    "other investors": "#8a7ab0",
    "public": "#4aa893",
    "founders": "#cfd4db",
}
# How near the end a provider is, from light to dark.
STAGES = {
    "healthy": "#e4e9ef",
    "stressed": "#f5d186",
    "distressed": "#e9964a",
    "renegotiated": "#c9574b",
    "down round": "#94306a",
    "for sale": "#4b1f63",
}
READABLE = 4.5


def provider_colours(names: Iterable[str]) -> dict[str, str]:
    """One colour for each name; a name without a fixed colour gets a spare one keyed by the name.

    Two unknown names that fall on one spare colour are told apart by taking the next free one,
    in alphabetical order, so that the order of the list does not matter.
    """
    wanted = list(dict.fromkeys(names))
    colours = {name: NAMED[name] for name in wanted if name in NAMED}
    free = list(SPARE)
    for name in sorted(set(wanted) - set(NAMED)):
        free = free or list(SPARE)
        key = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
        start = key % len(SPARE)
        turn = SPARE[start:] + SPARE[:start]
        colours[name] = next(colour for colour in turn if colour in free)
        free.remove(colours[name])
    return {name: colours[name] for name in wanted}


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rrggbb`, each in [0, 1]."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def mixed(colour: str, other: str, part: float) -> str:
    """`colour` moved by `part` in [0, 1] of the way to `other`."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(255 * ((1 - part) * a + part * b)):02x}" for a, b in pairs)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2: 0 is black, 1 is white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, between 1 (equal) and 21 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lettering(colour: str) -> str:
    """The colour, darkened until words in it can be read on paper (contrast 4.5)."""
    for step in range(21):
        darker = mixed(colour, INK, step / 20)
        if contrast(darker, PAPER) >= READABLE:
            return darker
    return INK
