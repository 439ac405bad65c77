"""Divergence map: histories of one point by seed, the month they fork, and where they end."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.forks import Fork
from experiments.plots import factor_names, labels, palette, ranked_rows, series, style
from experiments.plots.placed_labels import HALO
from simulation.metrics.frequency import frequency_interval

LEFT, WIDE = 112, 820
UPPER, UPPER_TALL = 176, 380
LOWER, LOWER_TALL = 640, 160
NAMES_AT, ROW = 1140, 104
COLOURS = ("#27407a", "#dd9a1f", "#2f9c86", "#b5562b")
MOST_LINES = 60
BAND = (0.1, 0.9)


class Histories(NamedTuple):
    """Histories of one point.

    dates : (T,), YYYY-MM.  what : what is drawn, such as "HHI of revenue"
    values : (R, T).  percent : whether they are shares
    basins : (R,), 0 the most frequent.  names : what each basin is
    fork : when they can be told apart
    point : the factor values of the point, in words
    separate : whether ends fall into separate basins; if not, `basins` are the regimes at the end
    """

    dates: Sequence[str]
    what: str
    values: NDArray[np.float64]
    percent: bool
    basins: NDArray[np.int64]
    names: Sequence[str]
    fork: Fork
    point: str
    separate: bool = True


@style.styled
def draw_map(found: Histories, foot: str) -> Figure:
    """Fans by basin with the month of the fork, how well ends can be told, and basins."""
    figure = style.sheet(
        title(found),
        f"{len(found.values)} histories of one point that differ in nothing but luck: "
        f"{found.point}",
        f"Upper left: {found.what} of each history (thin), and of each basin the median (thick) "
        "and the middle 80 per cent of its histories (band). Lower left: part of the histories "
        "whose basin can be told from their state in that month, in per cent; dotted: what luck "
        "reaches in 5 of 100 cases. The vertical line is the month from which on it stays above. "
        "Right: part of the histories that end in each basin, in per cent, with 95 per cent "
        "intervals (Wilson).",
        foot,
    )
    upper = style.panel(figure, LEFT, UPPER, WIDE, UPPER_TALL)
    kind = "basin" if found.separate else "regime at the end"
    style.heading(upper, style.printable(found.what, 50), f"each history, by {kind}")
    fans(upper, found)
    lower = style.panel(figure, LEFT, LOWER, WIDE, LOWER_TALL)
    style.heading(lower, "Told apart", "histories whose end can be read from their state")
    told_apart(lower, found)
    for axes in (upper, lower):
        style.time_axis(axes, found.dates[0], len(found.dates))
        axes.tick_params(axis="x", labelbottom=axes is lower)
        fork_line(axes, found, words=axes is upper)
    basins(figure, found)
    return figure


def title(found: Histories) -> str:
    """How many basins there are, and when they part; or that there are none."""
    count = int(found.basins.max()) + 1
    if not found.separate:
        low, high = ends_between(found)
        return f"No separate basins: {found.what} ends between {low} and {high}"
    if found.fork.month is None and found.fork.by_luck >= 1:
        return f"{count} basins; {len(found.values)} histories are too few to tell when they part"
    if found.fork.month is None:
        return f"{count} basins, not told apart before the end"
    if found.fork.month == 0:
        return f"{count} basins, told apart from the first month"
    day = series.spoken_date(found.dates[found.fork.month])
    return f"{count} basins: until {day}, nothing tells where a history ends"


def ends_between(found: Histories) -> tuple[str, str]:
    """Lowest and highest end, in words."""
    ends = found.values[:, -1]
    said = [
        series.percent(end) if found.percent else factor_names.level(float(f"{end:.2g}"))
        for end in (float(np.nanmin(ends)), float(np.nanmax(ends)))
    ]
    return said[0], said[1]


def fans(axes: Axes, found: Histories) -> None:
    """Thin lines, and a band with a median for each basin."""
    known = found.values[np.isfinite(found.values)]
    low, high = float(known.min()), float(known.max())
    if found.percent:
        style.percent_axis(axes, min(1.0, np.ceil(10 * high + 0.2) / 10))
    else:
        air = 0.05 * ((high - low) or abs(high) or 1.0)
        axes.set_ylim(low - air, high + air)
        ranked_rows.round_ticks(axes, "y")
    style.grid(axes)
    months = np.arange(found.values.shape[1])
    ends = []
    for code in range(len(found.names)):
        inside, colour = found.values[found.basins == code], COLOURS[code % len(COLOURS)]
        axes.plot(months, inside[:MOST_LINES].T, color=colour, alpha=0.3, linewidth=0.9)
        if len(inside) > 1:
            lower, upper = np.nanquantile(inside, BAND, axis=0)
            axes.fill_between(months, lower, upper, color=colour, alpha=0.18, linewidth=0)
        middle = np.nanmedian(inside, axis=0)
        (line,) = axes.plot(months, middle, color=colour, linewidth=2.8)
        line.set_gid(f"basin {code}")
        last = float(middle[-1])
        word = series.percent(last) if found.percent else factor_names.level(float(f"{last:.2g}"))
        ends.append(labels.Label(float(middle[-1]), word, colour, len(inside)))
    labels.end_labels(axes, ends, style.FOOT.size, room=NAMES_AT - LEFT - WIDE - 44)


def told_apart(axes: Axes, found: Histories) -> None:
    """The part told rightly by month, and what luck reaches."""
    style.percent_axis(axes)
    axes.set_yticks([0, 0.5, 1])
    style.grid(axes)
    if not np.isfinite(found.fork.accuracy).any():
        style.say(axes, "ends do not fall into separate basins: there is nothing to tell apart")
        return
    style.month_line(axes, found.fork.accuracy)
    axes.axhline(found.fork.by_luck, color=palette.MUTED, linewidth=1.4, dashes=(1.5, 2))
    ends = [
        labels.Label(float(found.fork.accuracy[-1]), "told rightly", palette.INK, 1.0),
        labels.Label(found.fork.by_luck, "luck", palette.MUTED),
    ]
    labels.end_labels(axes, ends, style.FOOT.size, room=NAMES_AT - LEFT - WIDE - 44)


def fork_line(axes: Axes, found: Histories, words: bool) -> None:
    """A line at the month of the fork, named in one of the panels."""
    month = found.fork.month
    if month is None:
        return
    line = axes.axvline(month, color=palette.INK, linewidth=1.6, dashes=(5, 3), zorder=5)
    line.set_gid("fork")
    if not words:
        return
    said = f"told apart from {series.spoken_date(found.dates[month])} on"
    low, high = axes.get_xlim()
    part = (month - low) / (high - low)
    room = style.words_width(said, style.QUIET) + 10
    at_right = part * WIDE + room < WIDE
    place = (part + (8 if at_right else -8) / WIDE, 1 - 12 / UPPER_TALL)
    text = style.write(
        axes, place, said, style.QUIET, f"{'left' if at_right else 'right'} center", "axes"
    )
    text.set(path_effects=HALO, zorder=6)


def basins(figure: Figure, found: Histories) -> None:
    """Name, number and interval of each basin, with a dot on a line."""
    runs = np.bincount(found.basins, minlength=len(found.names))
    interval = frequency_interval(runs, len(found.basins))
    room = style.WIDTH - style.MARGIN - NAMES_AT
    axes = style.panel(figure, NAMES_AT, UPPER, room, ROW * len(runs))
    style.percent_axis(axes, which="x")
    axes.set_ylim(len(runs) - 0.65, -0.65)
    axes.set_yticks([])
    style.grid(axes, "x")
    what = "part of the histories" if found.separate else "regime, part of the histories"
    style.heading(axes, "Where they end", f"{what}, 95 % interval")
    for code, name in enumerate(found.names):
        colour = COLOURS[code % len(COLOURS)]
        share = runs[code] / len(found.basins)
        ranked_rows.whisker(axes, code, interval.low[code], interval.high[code], colour)
        (dot,) = axes.plot(share, code, "o", color=colour, markersize=10, zorder=5)
        dot.set_clip_on(False)
        low, high = 100 * interval.low[code], 100 * interval.high[code]
        voice = style.LABEL._replace(colour=palette.lettering(colour), weight="bold")
        number = f"{100 * share:.0f} % ({low:.0f} to {high:.0f}), {runs[code]} histories"
        words, voice = style.fitted(style.printable(name, 80), voice, room)
        style.write(axes, (0, code - 0.46), words, voice, "left center", "data")
        style.write(axes, (0, code - 0.22), number, style.QUIET, "left center", "data")
