"""How far histories diverge against the number of agents, with and without common shocks."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from experiments.plots import labels, palette, series, style
from experiments.plots.divergence import plain_decade

LEFTS, TOP, WIDE, TALL = (104, 888), 172, 530, 620
LABEL_ROOM = 160.0
BEYOND = 1.12  # room on either side of the sizes, as a factor


class Curve(NamedTuple):
    """D_run by size with the ends of its interval; `depth` 0 is the lightest, 1 the darkest."""

    words: str
    values: series.Numbers
    low: series.Numbers
    high: series.Numbers
    dashes: str
    depth: float


@style.styled
def draw_sizes(
    sizes: Sequence[int], panels: Mapping[str, Sequence[Curve]], told: tuple[str, str]
) -> Figure:
    """One panel of curves for each segment; `told` is the subtitle and the footnote."""
    subtitle, foot = told
    figure = style.sheet(
        "The luck of single agents averages out, luck that all share does not",
        subtitle,
        "Divergence between histories D_run of accounts against the number of agents, both "
        "logarithmic, by weight of peers J, without common shocks (dashed, falling as 1/N), with "
        "a random walk of every product that all agents share (solid, level), and of independent "
        "draws (dotted); with 80 per cent intervals.",
        foot,
    )
    every = np.concatenate([curve.values for curves in panels.values() for curve in curves])
    decades = int(np.floor(np.log10(every.min()))), int(np.ceil(np.log10(every.max())))
    for left, (name, curves) in zip(LEFTS, panels.items(), strict=True):
        axes = style.panel(figure, left, TOP, WIDE, TALL)
        style.heading(axes, name, "D_run of accounts, by number of agents", lines=1)
        logarithmic(axes, sizes, decades)
        for curve in curves:
            draw_curve(axes, sizes, curve)
        ends = [labels.Label(curve.values[-1], curve.words, colour_of(curve)) for curve in curves]
        labels.end_labels(axes, ends, style.FOOT.size, room=LABEL_ROOM)
    return figure


def logarithmic(axes: Axes, sizes: Sequence[int], decades: tuple[int, int]) -> None:
    """Both axes in powers of ten."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(sizes[0] / BEYOND, sizes[-1] * BEYOND)
    axes.set_ylim(10.0 ** decades[0], 10.0 ** decades[1])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xticks(list(sizes), [f"{size:,}" for size in sizes])
    axes.set_yticks([10.0**power for power in range(decades[0], decades[1] + 1)])
    axes.yaxis.set_major_formatter(FuncFormatter(plain_decade))
    style.grid(axes)


def draw_curve(axes: Axes, sizes: Sequence[int], curve: Curve) -> None:
    """One line with its interval."""
    colour = colour_of(curve)
    axes.fill_between(sizes, curve.low, curve.high, color=colour, alpha=0.12, linewidth=0)
    axes.plot(sizes, curve.values, curve.dashes, color=colour, linewidth=2.2, marker="o", ms=4)


def colour_of(curve: Curve) -> str:
    """From light to dark with the weight of peers."""
    return palette.mixed(palette.NEWEST, palette.OLDEST, curve.depth)
