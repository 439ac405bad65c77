"""What the variance of each outcome is made of: parameters, luck, both, the network."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.plots import factor_names, palette, ranked_rows, style

LEFT, TOP, WIDE, TALL = 300, 186, 560, 560
RIGHT, RIGHT_WIDE = 1010, 400
ROW, MOST_ROWS = 190.0, 8
THICK = 0.44
LEAST_NAMED = 0.07  # of the variance, from which on a part carries its number
# What a part is called in a title.
NAMED = {"seed": "luck", "parameters": "the parameters", "network": "the network"}
COLOURS = ("#27407a", "#dd9a1f", "#8b6bb0", "#4aa893", "#c6ccd6")


class Part(NamedTuple):
    """One part of a variance: what causes it, its share of the whole with its interval."""

    cause: str
    share: float
    low: float
    high: float


@style.styled
def draw_shares(outcomes: Mapping[str, Sequence[Part]], foot: str) -> Figure:
    """A stacked bar for each outcome, and beside it each part with its interval.

    outcomes : by name, the same causes in the same order for each; at most eight are shown
    """
    shown = dict(list(outcomes.items())[:MOST_ROWS])
    figure = style.sheet(
        title(shown),
        summary(shown, len(outcomes)),
        "Share of the variance of each outcome over all runs that comes from the factors of the "
        "design, from the seed (luck), from luck that acts differently at different points, and "
        "from the realisation of the network, in per cent; right, the same shares with 95 per cent "
        "intervals, by resampling points and leaving out seeds.",
        foot,
    )
    tall = min(TALL, ROW * len(shown))
    axes = style.panel(figure, LEFT, TOP, WIDE, tall)
    beside = style.panel(figure, RIGHT, TOP, RIGHT_WIDE, tall)
    for one in (axes, beside):
        one.set_ylim(len(shown) - 0.5, -0.5)
        one.set_yticks([])
    style.percent_axis(axes, which="x")
    for at, (name, parts) in enumerate(shown.items()):
        label(axes, at, name, len(shown))
        stack(axes, at, parts)
    whiskers(beside, shown)
    style.heading(axes, "Variance", "made of")
    style.heading(beside, "Each part", "with its 95 % interval")
    causes = [part.cause for part in next(iter(shown.values()))]
    entries = list(zip(causes, COLOURS, strict=False))
    ranked_rows.key(figure, entries, style.WIDTH - style.MARGIN, TOP - 60)
    return figure


def luck(parts: Sequence[Part]) -> Part | None:
    """The part that is the seed's own, if it was split off."""
    return next((part for part in parts if part.cause == "seed"), None)


def title(outcomes: Mapping[str, Sequence[Part]]) -> str:
    """What most of the variance of the first outcome is."""
    name, parts = next(iter(outcomes.items()))
    known = [part for part in parts if np.isfinite(part.share)]
    if not known:
        return f"The variance of {style.printable(name, 60)} cannot be split"
    most = max(known, key=lambda part: part.share)
    part = (
        f"{100 * most.share:.0f} % of the variance comes from {NAMED.get(most.cause, most.cause)}"
    )
    return f"{style.printable(name, 60)}: {part}"


def summary(outcomes: Mapping[str, Sequence[Part]], of: int) -> str:
    """Each part of the first outcome with its interval."""
    parts = next(iter(outcomes.values()))
    said = [
        f"{part.cause} {factor_names.percent_interval(part.share, part.low, part.high)}"
        for part in parts
    ]
    more = f"; {of - len(outcomes)} more outcomes in the table" if of > len(outcomes) else ""
    return "; ".join(said) + more


def label(axes: Axes, at: int, name: str, rows: int) -> None:
    """The outcome's name left of its bar."""
    words = factor_names.fitted_name(name, style.LABEL, LEFT - style.MARGIN - 16)
    place = (-16 / WIDE, 1 - (at + 0.5) / rows)
    style.write(axes, place, words, style.LABEL, "right center", "axes")


def stack(axes: Axes, at: int, parts: Sequence[Part]) -> None:
    """One bar of all parts, each with its number where there is room; negative ones as none."""
    base = 0.0
    for part, colour in zip(parts, COLOURS, strict=False):
        share = max(part.share, 0.0) if np.isfinite(part.share) else 0.0
        box = axes.barh(at, share, left=base, height=THICK, color=colour, linewidth=0.8)[0]
        box.set(edgecolor=palette.PAPER)
        box.set_gid(part.cause)
        if share >= LEAST_NAMED:
            tone = max((palette.INK, palette.PAPER), key=lambda one: palette.contrast(one, colour))
            voice = style.QUIET._replace(colour=tone, weight="bold")
            words = f"{100 * share:.0f} %"
            style.write(axes, (base + share / 2, at), words, voice, "center center", "data")
        base += share
    if not any(np.isfinite(part.share) for part in parts):
        style.write(axes, (0.02, at), "cannot be split", style.QUIET, "left center", "data")


def whiskers(axes: Axes, outcomes: Mapping[str, Sequence[Part]]) -> None:
    """A dot on its interval for each part of each outcome."""
    ends = [end for parts in outcomes.values() for part in parts for end in part[1:]]
    known = [end for end in ends if np.isfinite(end)]
    low, high = min([0.0, *known]), max([0.05, *known])
    ranked_rows.number_axis(axes, low, high, percent=True)
    axes.axvline(0, color=palette.RULE, linewidth=1)
    for at, parts in enumerate(outcomes.values()):
        for i, (part, colour) in enumerate(zip(parts, COLOURS, strict=False)):
            y = at + THICK * ((i + 0.5) / len(parts) - 0.5) * 1.5
            ranked_rows.whisker(axes, y, part.low, part.high, palette.lettering(colour))
            axes.plot(part.share, y, "o", color=palette.lettering(colour), markersize=7, zorder=5)
