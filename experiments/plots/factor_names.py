"""Names of factors short enough for a figure, and their numbers as a person would write them."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from experiments.plots import style

MANY, MISSED = 20, 0.05
TIMES = " x "
MOST_PLACES = 6
PLAIN = (1e-4, 1e6)  # amounts outside are written with a power of ten
UNKNOWN = "no number"


def short_names(names: Sequence[str]) -> dict[str, str]:
    """The fewest last parts of each dotted name that no other name ends with, in plain words.

    `developers.peer_weight` is `peer weight`; with `enterprises.peer_weight` beside it, both keep
    their first part.  Names of pairs, `a.b x c.d`, are made of those of their parts.
    """
    single = dict.fromkeys(part for name in names for part in name.split(TIMES))
    endings = Counter(end for name in single for end in ends(name))
    short = {
        name: words(next((end for end in ends(name) if endings[end] == 1), name)) for name in single
    }
    return {name: " × ".join(short[part] for part in name.split(TIMES)) for name in names}


def ends(name: str) -> list[str]:
    """What a dotted name ends with, the shortest first: `c`, `b.c`, `a.b.c`."""
    parts = name.split(".")
    return [".".join(parts[-count:]) for count in range(1, len(parts) + 1)]


def words(name: str) -> str:
    """A dotted name as words."""
    return name.replace("_", " ").replace(".", " · ")


def fitted_name(name: str, voice: style.Voice, room: float) -> str:
    """A name of any length that fits `room` pixels: its end says most, so its beginning goes."""
    name = style.printable(name, 200)
    if style.words_width(name, voice) <= room:
        return name
    while len(name) > 2 and style.words_width(f"…{name}", voice) > room:
        name = name[1:]
    return f"…{name.lstrip()}"


def level(value: float | str) -> str:
    """A value of a factor: a label as it is, a number with three digits that count."""
    if isinstance(value, str):
        return value
    number = float(value)
    if not math.isfinite(number):
        return UNKNOWN
    if number and not PLAIN[0] <= abs(number) < PLAIN[1]:
        mantissa, _, power = f"{number:.2g}".partition("e")
        return f"{mantissa}e{int(power)}" if power else mantissa
    if abs(number) >= 100:
        return f"{number:,.0f}".replace("-", "−")
    text = f"{number:.3g}"
    return text.replace("-", "−")


def places_for(*spans: float) -> int:
    """Decimals that show two digits of the smallest span that is a number above zero."""
    known = [abs(span) for span in spans if math.isfinite(span) and span != 0]
    if not known:
        return 2
    return int(np.clip(1 - math.floor(math.log10(min(known))), 0, MOST_PLACES))


def number(value: float, places: int) -> str:
    """A number with that many decimals and a true minus sign; what is no number says so."""
    if not math.isfinite(value):
        return UNKNOWN
    text = f"{value:,.{places}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def with_interval(value: float, low: float, high: float) -> str:
    """`0.21 (0.15 to 0.27)`, with decimals that fit the width of the interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return number(value, places_for(value))
    places = places_for(high - low) if high > low else places_for(value)
    ends = " to ".join(number(end, places) for end in (low, high))
    return f"{number(value, places)} ({ends})"


def by_chance(factors: int) -> str:
    """How many of many factors without effect 95 % intervals call sure; nothing for few."""
    if factors < MANY:
        return ""
    return f" (of as many without effect, about {factors * MISSED:.0f} would be by chance)"


def percent_interval(value: float, low: float, high: float) -> str:
    """`41 % (35 to 47)`: a share of a whole with its interval."""
    if not math.isfinite(value):
        return UNKNOWN
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{number(100 * value, 0)} %"
    return f"{number(100 * value, 0)} % ({number(100 * low, 0)} to {number(100 * high, 0)})"
