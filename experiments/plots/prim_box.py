"""A box in which a region is frequent: its peeling, and its limits over the runs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from experiments.plots import factor_names, palette, ranked_rows, style
from experiments.plots.placed_labels import place_labels

Numbers = NDArray[np.float64]
LEFT, TOP, WIDE, TALL = 116, 176, 590, 590
RIGHT, RIGHT_WIDE = 880, 650
INSIDE, OUTSIDE, CHOSEN = "#b5562b", "#9aa6b8", "#27407a"
MOST_DOTS = 3000


class Limits(NamedTuple):
    """The box along one factor: a range of numbers, and what was sampled; most restricted first."""

    factor: str
    low: float
    high: float
    lowest: float
    highest: float


class Peeling(NamedTuple):
    """Steps of PRIM, the whole space first, and the step that was chosen.

    coverage, density : (steps,), part of the region inside, and part of the box in the region
    restricted : (steps,), factors that the box restricts
    """

    coverage: Numbers
    density: Numbers
    restricted: NDArray[np.int64]
    chosen: int


class BoxRuns(NamedTuple):
    """Runs over the two factors that the box restricts most: places (N,) and region (N,), 0-1."""

    across: Numbers
    up: Numbers
    inside: Numbers


@style.styled
def draw_box(
    region: str, peeling: Peeling, limits: Sequence[Limits], runs: BoxRuns, foot: str
) -> Figure:
    """Peeling at the left, the box over the runs at the right.

    region : what is looked for.  limits : the factors that the box restricts, one at least
    """
    figure = style.sheet(
        title(region, limits),
        summary(region, peeling, limits),
        f"Left: steps of peeling (PRIM); density is the part of the runs in the box that are "
        f"{region}, coverage the part of all such runs that the box holds, both in per cent; ring: "
        "the box that was chosen. Right: the runs over the one or two factors that the box "
        f"restricts most, those of one point beside each other; red-brown: {region}.",
        foot,
    )
    axes = style.panel(figure, LEFT, TOP, WIDE, TALL)
    trajectory(axes, peeling)
    beside = style.panel(figure, RIGHT, TOP, RIGHT_WIDE, TALL)
    scatter(beside, limits, runs, region)
    return figure


def title(region: str, limits: Sequence[Limits]) -> str:
    """The box in words: at most two limits."""
    short = factor_names.short_names([one.factor for one in limits])
    said = [condition(one, short[one.factor]) for one in limits[:2]]
    more = f" and {len(limits) - 2} more limits" if len(limits) > 2 else ""
    return f"{style.printable(region, 40).capitalize()} where {' and '.join(said)}{more}"


def condition(one: Limits, name: str) -> str:
    """One limit in words: `peer weight above 2.1`."""
    low, high = factor_names.level(one.low), factor_names.level(one.high)
    if one.low <= one.lowest:
        return f"{name} is below {high}"
    if one.high >= one.highest:
        return f"{name} is above {low}"
    return f"{name} is {low} to {high}"


def summary(region: str, peeling: Peeling, limits: Sequence[Limits]) -> str:
    """Density and coverage of the chosen box beside the density of the whole space."""
    density, coverage = (
        100 * float(part[peeling.chosen]) for part in (peeling.density, peeling.coverage)
    )
    count = len(limits)
    return (
        f"{density:.0f} % of the runs in the box are {style.printable(region, 40)}, against "
        f"{100 * peeling.density[0]:.0f} % of all; the box holds {coverage:.0f} % of them; it "
        f"restricts {count} factor{'s' * (count != 1)}"
    )


def trajectory(axes: Axes, peeling: Peeling) -> None:
    """Coverage against density, step by step, the chosen box ringed."""
    style.heading(axes, "Peeling", "coverage (across) against density (up) of each box")
    style.percent_axis(axes)
    style.percent_axis(axes, which="x")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    style.grid(axes, "both")
    axes.plot(peeling.coverage, peeling.density, color=palette.LINK, linewidth=1.6, zorder=2)
    axes.plot(peeling.coverage, peeling.density, "o", color=palette.MUTED, markersize=6.5, zorder=3)
    at = float(peeling.coverage[peeling.chosen]), float(peeling.density[peeling.chosen])
    (ring,) = axes.plot(*at, "o", markersize=16, markerfacecolor="none", zorder=4)
    ring.set(markeredgecolor=CHOSEN, markeredgewidth=2.6)
    ring.set_gid("chosen")
    dots = list(zip(peeling.coverage.tolist(), peeling.density.tolist(), strict=True))
    first, last = 0, len(dots) - 1
    wanted = [
        (*at, "chosen", CHOSEN),
        (*dots[first], "all runs", palette.MUTED),
        (*dots[last], f"{peeling.restricted[last]} limits", palette.MUTED),
    ]
    place_labels(axes, [spot for i, spot in enumerate(wanted) if i == 0 or spot[:2] != at], dots)


def scatter(axes: Axes, limits: Sequence[Limits], runs: BoxRuns, region: str) -> None:
    """Runs as dots, thinned when many, and the box over them."""
    short = factor_names.short_names([one.factor for one in limits])
    across = limits[0]
    up = limits[1] if len(limits) > 1 else None
    beside = f"{short[up.factor]} up" if up else "places up and down are arbitrary"
    style.heading(axes, "The box", f"{short[across.factor]} across, {beside}", lines=1)
    known = np.flatnonzero(np.isfinite(runs.inside))
    step = -(-len(known) // MOST_DOTS) or 1
    shown = known[::step]
    for part, colour in ((0.0, OUTSIDE), (1.0, INSIDE)):
        rows = shown[runs.inside[shown] == part]
        axes.plot(
            runs.across[rows], runs.up[rows], "o", color=colour, markersize=5, alpha=0.6, zorder=2
        )
    set_limits(axes, across, up, runs)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    # An open end has no line of its own: the box goes on to the edge.
    left, right = drawn_ends(across, left, right)
    if up is not None:
        bottom, top = drawn_ends(up, bottom, top)
    box = Rectangle((left, bottom), right - left, top - bottom, fill=False)
    box.set(edgecolor=CHOSEN, linewidth=2.8, zorder=4)
    box.set_gid("box")
    axes.add_patch(box)
    ranked_rows.key(
        axes.figure,  # type: ignore[arg-type]
        [(style.printable(region, 24), INSIDE), ("not", OUTSIDE)],
        RIGHT + RIGHT_WIDE,
        TOP + TALL + 52,
    )


def drawn_ends(limit: Limits, first: float, last: float) -> tuple[float, float]:
    """Ends of the box along one factor, those of the axes where the box is open."""
    low = first if limit.low <= limit.lowest else limit.low
    return low, last if limit.high >= limit.highest else limit.high


def set_limits(axes: Axes, across: Limits, up: Limits | None, runs: BoxRuns) -> None:
    """The sampled ranges and all runs, with a little air, and round ticks."""
    axes.set_xlim(*with_air(across, runs.across))
    ranked_rows.round_ticks(axes, "x")
    if up is None:
        axes.set_ylim(0, 1)
        axes.set_yticks([])
        return
    axes.set_ylim(*with_air(up, runs.up))
    ranked_rows.round_ticks(axes, "y")


def with_air(limit: Limits, places: Numbers) -> tuple[float, float]:
    """A range that holds what was sampled of a factor, with a little air."""
    air = 0.03 * (limit.highest - limit.lowest)
    low = min(limit.lowest, float(places.min(initial=limit.lowest)))
    return low - air, max(limit.highest, float(places.max(initial=limit.highest))) + air
