"""Morris screen: how far each factor moves the outcome, against how unevenly it does so."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.plots import factor_names, palette, ranked_rows, style
from experiments.plots.placed_labels import HALO, Box, overlap, place_labels
from experiments.sensitivity.effects import Effects, Numbers

LEFT, TOP, WIDE, TALL = 120, 176, 800, 610
LIST = 1040
LINES = ((1.0, "σ = μ*"), (0.5, "σ = .5 μ*"), (0.1, "σ = .1 μ*"))
SURE, UNSURE = "#b5562b", "#8a94a5"
DOT = 9.0
MOST_ROWS = 22
NAMED = 16


@style.styled
def draw_morris(effects: Effects, outcome: str, foot: str) -> Figure:
    """The plane of mu* and sigma with its lines, and a ranking at the right."""
    figure = style.sheet(
        title(effects, outcome),
        summary(effects),
        f"Each factor's mean absolute elementary effect on {outcome} (μ*, in its own unit, over "
        "the whole range of the factor) and the standard deviation of these effects (σ), with 95 "
        "per cent intervals by resampling trajectories and leaving out seeds. Below the line σ = "
        ".1 μ* a factor acts almost linearly, above σ = μ* it depends on the others or acts in "
        "jumps. Red-brown: the interval of the mean effect leaves out zero, or that of μ* lies "
        "above a tenth of the largest μ*.",
        foot,
    )
    axes = style.panel(figure, LEFT, TOP, WIDE, TALL)
    plane(axes, effects)
    style.heading(axes, "σ", "spread of the effects, against μ*, their mean size")
    ranking(figure, effects)
    return figure


def sure(effects: Effects) -> Numbers:
    """Whether each factor's mean effect `mu` or its size is told apart from nothing: 1 or 0.

    The size mu* is never negative, so its interval alone would call everything sure: a factor
    counts where the low end of mu* is above a tenth of the largest, or that of |mu| above zero.
    Together they call 3 to 5 % of factors without effect sure, nearly all of these by the mean.
    """
    size = effects.measures["mu_star"]
    floor = 0.1 * float(np.nanmax(size.value, initial=0.0))
    found = (size.low > floor) & (size.low > 0)
    if "mu" in effects.measures:
        mean = effects.measures["mu"]
        found |= (mean.low > 0) | (mean.high < 0)
    return np.asarray(found, np.float64)


def title(effects: Effects, outcome: str) -> str:
    """Which factor matters most, and how many matter."""
    found, name = sure(effects), style.printable(outcome, 60)
    if not found.any():
        return f"No factor surely moves {name}"
    size = np.where(found > 0, effects.measures["mu_star"].value, -np.inf)
    short = factor_names.short_names(effects.factors)[effects.factors[int(np.argmax(size))]]
    return f"{style.printable(short, 60).capitalize()} moves {name} most"


def summary(effects: Effects) -> str:
    """How many factors matter, trajectories used, and the share of luck."""
    count, of = int(sure(effects).sum()), len(effects.factors)
    said = [f"{count} of {of} factors are told apart from one without effect"]
    said[0] += factor_names.by_chance(of)
    part = f"{effects.used:,} of {effects.planned:,} trajectories"
    said.append(part if effects.used < effects.planned else f"all {effects.planned:,} trajectories")
    if np.isfinite(effects.noise):
        said.append(f"of a run's variance, {100 * effects.noise:.0f} % is luck")
    return "; ".join(said)


def plane(axes: Axes, effects: Effects) -> None:
    """Dots with whiskers both ways, the three lines, and names where they fit."""
    size, spread = effects.measures["mu_star"], effects.measures["sigma"]
    limits(axes, effects)
    named_lines = lines(axes)
    found = sure(effects)
    spots = []
    for i in np.argsort(-np.nan_to_num(size.value, nan=-1.0), kind="stable"):
        x, y = float(size.value[i]), float(spread.value[i])
        if not (np.isfinite(x) and np.isfinite(y)):
            continue
        colour = SURE if found[i] else UNSURE
        cross(axes, [part[i] for part in size], [part[i] for part in spread], colour)
        axes.plot(x, y, "o", color=colour, markersize=DOT, markeredgecolor=palette.PAPER, zorder=5)
        spots.append((x, y, int(i), colour))
    short = factor_names.short_names(effects.factors)
    named = [
        (x, y, style.printable(short[effects.factors[i]], 34), colour)
        for x, y, i, colour in spots[:NAMED]
    ]
    place_labels(axes, named, [(x, y) for x, y, _, _ in spots], taken=named_lines)


def limits(axes: Axes, effects: Effects) -> None:
    """Both axes from zero, wide enough for all whiskers that are numbers."""
    for which, name in (("x", "mu_star"), ("y", "sigma")):
        measure = effects.measures[name]
        bars = np.concatenate([[0.0], measure.value])
        top = ranked_rows.extent(bars, measure.high)[1] or 1.0
        getattr(axes, f"set_{which}lim")(0, 1.08 * top)
        ranked_rows.round_ticks(axes, which)
    style.grid(axes, "both")


def lines(axes: Axes) -> list[Box]:
    """The lines on which the spread is a given part of the size, named where they leave.

    Returns the places inside the axes that their names take.
    """
    taken: list[Box] = []
    right, top = axes.get_xlim()[1], axes.get_ylim()[1]
    for slope, words in LINES:
        end = min(right, top / slope)
        dashes = (6, 3) if slope == 1 else (2, 3)
        axes.plot([0, end], [0, slope * end], color=palette.MUTED, linewidth=1.2, dashes=dashes)
        if slope * right <= top:
            at = (1 + 8 / WIDE, slope * right / top)
            style.write(axes, at, words, style.FOOT, "left center", "axes")
            continue
        wide = style.words_width(words, style.FOOT) + 6
        x = end / right * WIDE + 8
        box = (x, TALL - 20, x + wide, TALL)
        if box[2] <= WIDE and not any(overlap(box, other) for other in taken):
            taken.append(box)
            text = style.write(
                axes, (x / WIDE, 1 - 10 / TALL), words, style.FOOT, "left center", "axes"
            )
            text.set(path_effects=HALO)
    return taken


def cross(axes: Axes, across: Sequence[float], up: Sequence[float], colour: str) -> None:
    """Intervals of both numbers through one dot; each argument is value, low, high."""
    pairs = (([across[1], across[2]], [up[0], up[0]]), ([across[0], across[0]], [up[1], up[2]]))
    for x, y in pairs:
        if np.isfinite([*x, *y]).all():
            (line,) = axes.plot(
                x, y, color=colour, linewidth=1.3, alpha=0.6 if colour == SURE else 0.35, zorder=3
            )
            line.set_gid("interval")


def ranking(figure: Figure, effects: Effects) -> None:
    """Names with mu* and its interval, the largest first, at the right."""
    size, found = effects.measures["mu_star"], sure(effects)
    order, rest = ranked_rows.ranked(size.value, MOST_ROWS)
    step = min(36.0, TALL / max(len(order) + 1, 1))
    style.write(figure, (LIST, TOP - 14), "μ*", style.HEADING)
    style.write(figure, (LIST + 32, TOP - 14), "with 95 % interval", style.QUIET)
    short = factor_names.short_names(effects.factors)
    voice = style.LABEL._replace(size=12.5 if step > 24 else 11.5)
    for row, i in enumerate(order):
        y = TOP + step * (row + 0.5)
        said = factor_names.with_interval(*(float(part[i]) for part in size))
        taken = style.words_width(said, voice)
        right = style.WIDTH - style.MARGIN
        style.write(figure, (right, y), said, voice, "right center")
        name = factor_names.fitted_name(
            short[effects.factors[i]], voice, right - taken - LIST - ranked_rows.GAP
        )
        bold = voice._replace(colour=SURE if found[i] else palette.MUTED)
        style.write(figure, (LIST, y), name, bold, "left center")
    if len(rest):
        most = float(np.nanmax(size.value[rest], initial=0.0))
        words = (
            f"{len(rest)} more, {factor_names.number(most, factor_names.places_for(most))} at most"
        )
        y = TOP + step * (len(order) + 0.5)
        style.write(figure, (LIST, y), words, style.QUIET, "left center")
