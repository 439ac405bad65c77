"""Panels with one row for each factor: names on the left, numbers on the right, whiskers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from experiments.plots import factor_names, palette, style

Numbers = NDArray[np.float64]
LEFT, TOP, WIDE, TALL = 490, 176, 740, 610
TALLEST_ROW, MOST_ROWS = 140.0, 24
NAME_ROOM, GAP = 420.0, 16.0
WHISKER, CAP = 1.6, 5.0
FAR = 1.5  # lengths of all bars together that an interval may reach beyond them


class Rows(NamedTuple):
    """Axes with rows, and the factors in them, the weightiest first.

    order : (rows,), places of the factors shown;  left_out : of those for which no row is left
    """

    axes: Axes
    order: NDArray[np.int64]
    left_out: NDArray[np.int64]


def ranked(weights: Numbers, most: int = MOST_ROWS) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of the weightiest, the first of equals first, and of those left out; nan comes last.

    One that would be left out alone keeps its row in place of a line that says so.
    """
    order = np.argsort(-np.nan_to_num(weights, nan=-np.inf), kind="stable").astype(np.int64)
    most = most if len(order) <= most else most - 1
    return order[:most], order[most:]


def rows_panel(figure: Figure, weights: Numbers, place: tuple[float, float] = (LEFT, WIDE)) -> Rows:
    """A panel `place` (left, width) with a row for each of the weightiest factors."""
    order, left_out = ranked(weights)
    tall = min(TALL, TALLEST_ROW * len(order))
    axes = style.panel(figure, place[0], TOP, place[1], tall)
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_yticks([])
    return Rows(axes, order, left_out)


def row_voice(rows: int) -> style.Voice:
    """Words that fit a row."""
    tall = min(TALLEST_ROW, TALL / max(rows, 1))
    return style.LABEL._replace(size=float(np.clip(tall / style.POINT * 0.62, 9.5, 13.5)))


def names_of(rows: Rows, names: Sequence[str], notes: Sequence[str] = ()) -> None:
    """Each factor's short name left of its row, with a quieter note (its range) before the axes."""
    short = factor_names.short_names(names)
    voice = row_voice(len(rows.order))
    quiet = voice._replace(colour=palette.MUTED, size=0.9 * voice.size)
    wide = style.width_in(rows.axes)
    for at, i in enumerate(rows.order):
        note = notes[i] if notes else ""
        note = factor_names.fitted_name(note, quiet, NAME_ROOM / 2) if note else ""
        taken = style.words_width(note, quiet) + GAP if note else 0.0
        name = factor_names.fitted_name(short[names[i]], voice, NAME_ROOM - taken)
        place = level_of(rows, at)
        style.write(rows.axes, (-(GAP + taken) / wide, place), name, voice, "right center", "axes")
        if note:
            style.write(rows.axes, (-GAP / wide, place), note, quiet, "right center", "axes")


def numbers_of(rows: Rows, told: Sequence[str], heading: str = "") -> None:
    """What is said of each row, right of the axes; `told` by place of the factor."""
    voice = row_voice(len(rows.order))
    wide, tall = style.width_in(rows.axes), style.height_in(rows.axes)
    at = 1 + 2 * GAP / wide
    if heading:
        style.write(rows.axes, (at, 1 + 14 / tall), heading, style.QUIET, "left baseline", "axes")
    for place, i in enumerate(rows.order):
        style.write(rows.axes, (at, level_of(rows, place)), told[i], voice, "left center", "axes")


def level_of(rows: Rows, row: int) -> float:
    """Height of a row as a part of the axes."""
    return 1 - (row + 0.5) / len(rows.order)


def extent(values: Numbers, ends: Numbers) -> tuple[float, float]:
    """An axis that holds all values, and the ends of their intervals as far as these let it.

    A single interval that is many times longer than all bars would make them invisible.
    """
    known, far = values[np.isfinite(values)], ends[np.isfinite(ends)]
    low, high = float(known.min(initial=np.inf)), float(known.max(initial=-np.inf))
    if not high >= low:
        return 0.0, 1.0
    reach = FAR * ((high - low) or abs(high) or 1.0)
    return (
        max(float(far.min(initial=low)), low - reach),
        min(float(far.max(initial=high)), high + reach),
    )


def whisker(axes: Axes, y: float, low: float, high: float, colour: str = palette.INK) -> None:
    """A 95 % interval as a line with small caps; nothing where it is not known.

    The limits of the axes must have been set: an end outside is an arrow at the edge.
    """
    if not (np.isfinite(low) and np.isfinite(high)):
        return
    left, right = axes.get_xlim()
    for end, sign in ((low, "<"), (high, ">")):
        if not left <= end <= right:
            edge = left if end < left else right
            (arrow,) = axes.plot(edge, y, marker=sign, color=colour, markersize=6, zorder=4)
            arrow.set_clip_on(False)
    line = axes.plot([low, high], [y, y], color=colour, linewidth=WHISKER, marker="|")[0]
    line.set(markersize=CAP, markeredgewidth=WHISKER, solid_capstyle="butt", zorder=4)
    line.set_gid("interval")


def number_axis(axes: Axes, low: float, high: float, percent: bool = False) -> None:
    """An axis of numbers along the rows, with a little air and few round ticks."""
    span = (high - low) or abs(high) or 1.0
    axes.set_xlim(low - 0.04 * span, high + 0.04 * span)
    round_ticks(axes, "x", percent)
    style.grid(axes, "x")


def round_ticks(axes: Axes, which: str, percent: bool = False) -> None:
    """Few round ticks within the limits of an axis, all with the decimals that they need."""
    side = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    found = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [float(tick) for tick in found if low <= tick <= high]
    scale = 100.0 if percent else 1.0
    step = scale * (ticks[1] - ticks[0] if len(ticks) > 1 else high - low)
    places = max(0, int(-np.floor(np.log10(step) + 1e-9)))
    places += int(abs(round(step, places) - step) > 1e-9 * step)
    unit = " %" if percent else ""
    side.set_ticks(ticks)
    side.set_major_formatter(
        FuncFormatter(lambda value, _: factor_names.number(scale * value, places) + unit)
    )


def key(figure: Figure, entries: Sequence[tuple[str, str]], right: float, y: float) -> None:
    """Squares of colour with words, ending at `right`, in pixels."""
    at = right
    for words, colour in reversed(entries):
        at -= style.words_width(words, style.QUIET)
        style.write(figure, (at, y), words, style.QUIET, "left center")
        at -= 22
        square = Line2D(
            [(at + 7) / style.WIDTH],
            [1 - y / style.HEIGHT],
            marker="s",
            markersize=14 / style.POINT,
            color=colour,
            markeredgewidth=0,
            linestyle="",
            transform=figure.transFigure,
        )
        figure.add_artist(square)
        at -= 24


def left_out_words(names: Sequence[str], rows: Rows, rest: str) -> str:
    """How many factors have no row, and what holds for them; nothing where all have one."""
    count = len(rows.left_out)
    return f"{count} of {len(names)} factors are not shown: {rest}" if count else ""
