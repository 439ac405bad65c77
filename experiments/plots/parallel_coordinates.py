"""Parallel coordinates: each run is a line through its factor values, coloured by an outcome."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.plots import factor_names, palette, style
from experiments.plots.placed_labels import HALO

Numbers = NDArray[np.float64]
LEFT, TOP, WIDE, TALL = 110, 216, 1310, 580
MOST_AXES, MOST_LINES = 9, 250
FAINT, STRONG = 0.15, 0.9  # opacity of a run in the middle and at either end of the ranks
SCALE = ("#2b2f6b", "#37698f", "#4aa893", "#e2b93c", "#f4e3a1")  # dark to light, for all eyes
BAR_WIDE = 26
MOST_LEVELS = 12
CURVE = 24  # points along a line between two axes


class Column(NamedTuple):
    """A factor of the runs: places (N,), 0-1 between its ends, and what stands there.

    ticks : (place, words), the lowest first
    """

    name: str
    places: Numbers
    ticks: Sequence[tuple[float, str]]


@style.styled
def draw_lines(
    columns: Sequence[Column], outcome: str, values: Numbers, foot: str, of: int = 0
) -> Figure:
    """An axis for each factor, the outcome's at the right, and a line for each run.

    columns : the factors to show, in their order; at most nine are shown
    values : (N,), the outcome, nan where a run has none
    of : how many factors the sweep has, where these are some of them
    """
    shown, known = columns[:MOST_AXES], np.flatnonzero(np.isfinite(values))
    kept = thinned(values, known)
    figure = style.sheet(
        title(shown, outcome, values),
        summary(len(kept), len(known), len(values), (len(shown), max(of, len(columns)))),
        f"Each line is a run: where it crosses an axis is its value of that factor, its colour "
        f"and its place at the right are its {outcome}. Runs are thinned evenly over the values of "
        f"{outcome}; the highest and lowest are drawn strongest; the factors that move it most "
        "stand next to it.",
        foot,
    )
    axes = style.panel(figure, LEFT, TOP, WIDE, TALL)
    axes.set_axis_off()
    axes.set_xlim(0, len(shown))
    axes.set_ylim(0, 1)
    low, high = float(values[kept].min()), float(values[kept].max())
    level = (values[kept] - low) / (high - low) if high > low else np.full(len(kept), 0.5)
    places = [column.places[kept] for column in shown]
    lines(axes, np.stack([*places, level], axis=1), level)
    for at, column in enumerate(shown):
        one_axis(axes, at, column, [one.name for one in shown])
    outcome_axis(axes, len(shown), outcome, (low, high))
    return figure


def colour_map() -> Colormap:
    """Dark for a low outcome, light for a high one."""
    return LinearSegmentedColormap.from_list("outcome", SCALE)


def thinned(values: Numbers, known: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most `MOST_LINES` of the runs, evenly over the ranks of the outcome, lowest first."""
    order = known[np.argsort(values[known], kind="stable")]
    if len(order) <= MOST_LINES:
        return order
    return order[np.linspace(0, len(order) - 1, MOST_LINES).round().astype(np.int64)]


def title(columns: Sequence[Column], outcome: str, values: Numbers) -> str:
    """Where the runs with the highest outcomes lie, by the factor that tells them best."""
    name = style.printable(outcome, 60)
    known = np.isfinite(values)
    if np.ptp(values[known]) == 0:
        return f"All runs have the same {name}"
    high = known & (values >= np.quantile(values[known], 0.9))
    short = factor_names.short_names([column.name for column in columns])
    shift = [float(np.median(one.places[high]) - np.median(one.places[known])) for one in columns]
    best = int(np.argmax(np.abs(shift)))
    way = "high" if shift[best] > 0 else "low"
    if abs(shift[best]) < 0.1:
        return f"The highest {name} is found all over the factors"
    return f"The highest {name} goes with {way} {style.printable(short[columns[best].name], 40)}"


def summary(drawn: int, known: int, runs: int, factors: tuple[int, int]) -> str:
    """How many lines, runs and factors there are."""
    said = [f"{drawn:,} of {known:,} runs are drawn" if drawn < known else f"all {known:,} runs"]
    if known < runs:
        said.append(f"{runs - known:,} runs have no number")
    if factors[0] < factors[1]:
        said.append(f"the {factors[0]} of {factors[1]} factors that move it most")
    return "; ".join(said)


def lines(axes: Axes, places: Numbers, level: Numbers) -> None:
    """Smooth lines (N, A) from axis to axis, in an order that hides neither end."""
    order = np.argsort(np.abs(level - 0.5), kind="stable")
    rank = np.argsort(np.argsort(level, kind="stable"), kind="stable") / max(len(level) - 1, 1)
    depth = FAINT + (STRONG - FAINT) * np.abs(2 * rank - 1) ** 2
    opacity = np.full(len(level), 0.3) if np.ptp(level) == 0 else depth[order]
    paths = [curve(row) for row in places[order]]
    found = LineCollection(paths, colors=colour_map()(level[order], opacity), linewidths=1.4)
    found.set_gid("runs")
    axes.add_collection(found)


def curve(row: Numbers) -> Numbers:
    """Points (M, 2) of a line that meets each axis level, so that crossings can be followed."""
    part = np.linspace(0, 1, CURVE)
    ease = part * part * (3 - 2 * part)
    across = (np.arange(len(row) - 1)[:, None] + part).ravel()
    up = (row[:-1, None] + (row[1:] - row[:-1])[:, None] * ease).ravel()
    return np.stack([across, up], axis=1)


def one_axis(axes: Axes, at: int, column: Column, names: Sequence[str]) -> None:
    """A vertical axis with its name above and its values beside it."""
    axes.plot([at, at], [0, 1], color=palette.INK, linewidth=1.4, zorder=3)
    room = WIDE / axes.get_xlim()[1] - 14
    short = factor_names.short_names(names)[column.name]
    for line, words in enumerate(two_lines(short, room)):
        y = 1 + (20 + 19 * (1 - line)) / TALL
        place = "left center" if at == 0 else "center center"
        x = -50 / WIDE if at == 0 else at / axes.get_xlim()[1]
        style.write(axes, (x, y), words, style.QUIET._replace(colour=palette.INK), place, "axes")
    for place_, words in [tick for tick in column.ticks if np.isfinite(tick[0])][:MOST_LEVELS]:
        told = factor_names.fitted_name(words, style.FOOT, min(room - 12, 96))
        text = style.write(axes, (at, place_), f" {told}", style.FOOT, "left center", "data")
        text.set(path_effects=HALO, zorder=5)


def two_lines(words: str, room: float) -> tuple[str, str]:
    """A name on two lines of `room` pixels, the second alone where one is enough."""
    if style.words_width(words, style.QUIET) <= room:
        return "", words
    parts = words.split(" ")
    first = ""
    while parts and style.words_width(f"{first} {parts[0]}".strip(), style.QUIET) <= room:
        first = f"{first} {parts.pop(0)}".strip()
    rest = factor_names.fitted_name(" ".join(parts), style.QUIET, room)
    return first, rest


def outcome_axis(axes: Axes, at: int, outcome: str, ends: tuple[float, float]) -> None:
    """The outcome's own axis: a bar of the colours with round values beside it."""
    wide = BAR_WIDE / WIDE * axes.get_xlim()[1]
    strip = np.linspace(0, 1, 128)[:, None]
    axes.imshow(
        strip,
        extent=(at, at + wide, 0, 1),
        aspect="auto",
        origin="lower",
        cmap=colour_map(),
        clip_on=False,
        zorder=3,
    )
    axes.set_xlim(0, at)
    axes.set_ylim(0, 1)
    low, high = ends
    right = 1 + (BAR_WIDE + 8) / WIDE
    places = factor_names.places_for((high - low) / 4)
    for part in (0.0, 0.25, 0.5, 0.75, 1.0) if high > low else (0.5,):
        words = factor_names.number(low + part * (high - low), places)
        style.write(axes, (right, part), words, style.FOOT, "left center", "axes")
    name = factor_names.fitted_name(outcome, style.LABEL._replace(weight="bold"), 190)
    voice = style.LABEL._replace(weight="bold")
    style.write(axes, (1 + 130 / WIDE, 1 + 20 / TALL), name, voice, "right center", "axes")


def columns_of(
    names: Sequence[str], values: Mapping[str, NDArray], logs: Sequence[str] = ()
) -> list[Column]:
    """Places and ticks of factors from their values (N,), numbers or labels.

    logs : names of those that were sampled by their logarithm
    """
    return [column_of(name, np.asarray(values[name]), name in logs) for name in names]


def column_of(name: str, values: NDArray, log: bool) -> Column:
    """One factor: labels evenly spaced, numbers between the lowest and the highest."""
    if values.dtype.kind not in "fiu":
        levels = list(dict.fromkeys(str(value) for value in values))
        spot = {level: (i + 0.5) / len(levels) for i, level in enumerate(levels)}
        places = np.array([spot[str(value)] for value in values])
        return Column(name, places, [(spot[level], level) for level in levels])
    numbers = np.asarray(values, np.float64)
    measured = np.log(numbers) if log and (numbers > 0).all() else numbers
    low, high = float(measured.min()), float(measured.max())
    if not high > low:
        at = np.full(len(numbers), 0.5)
        return Column(name, at, [(0.5, factor_names.level(float(numbers[0])))])
    ends = ((0.0, float(numbers.min())), (1.0, float(numbers.max())))
    decimals = 1 - int(np.floor(np.log10(np.ptp(numbers)))) if not log else 12
    told = [(at, factor_names.level(float(f"{round(value, decimals):.3g}"))) for at, value in ends]
    return Column(name, (measured - low) / (high - low), told)
