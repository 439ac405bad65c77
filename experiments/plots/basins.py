"""How the histories of one config end: regimes over time across seeds, and basins at the end."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.plots import labels, palette, regime, series, style
from experiments.plots.divergence import leaders as leader_bands
from simulation.columns import NOBODY

LEFT, WIDE = 112, 730
UPPER, UPPER_TALL = 176, 348
LOWER, LOWER_TALL = 618, 196
LABEL_ROOM = 190.0
RIGHT, RIGHT_WIDE, ROW = 1296, 244, 34
NAMES_WIDE = 196.0
SMALLEST_NAMED = 11.5
MOST_ROWS = 18
DOT, SQUARE = 7.5, 14.0


class Ends(NamedTuple):
    """What is drawn of several histories: labels (R, T), revenue (R, T, P), M$, and the basins.

    basins : columns regime, leader, runs, probability, low and high, one row for each basin; the
        leader is empty for a regime as a whole
    """

    regimes: NDArray[np.object_]
    revenue: series.Numbers
    basins: series.Table


@style.styled
def draw_basins(records: series.RunLike, ends: Ends, seeds: Sequence[int]) -> Figure:
    """Share of seeds in each regime and led by each provider, by month; basins on the right.

    `records` are one of the runs, for names, dates and the config; `seeds` (R,) for the footnote.
    """
    one = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {min(seeds)} to {max(seeds)}"
    figure = style.canvas(
        records,
        title(ends.basins),
        summary(records, ends),
        "Share of the runs (per cent) that are in each regime by month, parted by who has most "
        "revenue; below, the share of runs in which each provider has most revenue; right, the "
        "share of runs that end in each regime and with each leader, with 95 per cent intervals.",
        one,
    )
    upper = style.panel(figure, LEFT, UPPER, WIDE, UPPER_TALL)
    lower = style.panel(figure, LEFT, LOWER, WIDE, LOWER_TALL)
    for axes in (upper, lower):
        style.time_axis(axes, series.dates(records)[0], series.month_count(records))
    style.heading(upper, "Regime", "share of runs, by leader")
    regimes(upper, records, ends)
    style.heading(lower, "Most revenue", "share of runs")
    leader_bands(lower, records, ends.revenue)
    rows = shown(ends.basins)
    right = style.panel(figure, RIGHT, UPPER, RIGHT_WIDE, ROW * len(rows))
    how_it_ends(right, records, ends.basins, rows)
    return figure


def title(basins: series.Table) -> str:
    """How many runs end in the most frequent regime, and who leads most of those."""
    whole = np.flatnonzero(np.asarray(basins["leader"], object) == "")
    runs = np.asarray(basins["runs"])
    most = whole[runs[whole].argmax()]
    name = str(basins["regime"][most])
    words = f"{runs[most]} of {runs[whole].sum()} runs end "
    words += "without revenue" if name == NOBODY else regime.AS_AN_END[name]
    if most + 1 < len(runs) and basins["leader"][most + 1]:
        leader = style.printable(str(basins["leader"][most + 1]))
        all_of_them = runs[most + 1] == runs[most]
        words += f", {'all' if all_of_them else f'{runs[most + 1]} of them'} led by {leader}"
    return words


def summary(records: series.RunLike, ends: Ends) -> str:
    """Each regime with its interval, and since when the median run is in its last one."""
    said = []
    for row in np.flatnonzero(np.asarray(ends.basins["leader"], object) == ""):
        share, low, high = (
            f"{100 * float(ends.basins[name][row]):.0f}" for name in ("probability", "low", "high")
        )
        said.append(f"{ends.basins['regime'][row]} {share} % ({low} to {high})")
    since = int(np.median([series.last_change(run) for run in ends.regimes]))
    day = series.spoken_date(series.dates(records)[since])
    return f"At the end {', '.join(said)}; the median run is in its last regime from {day} on"


def regimes(axes: Axes, records: series.RunLike, ends: Ends) -> None:
    """Stacked share of runs in each regime, the least open at the bottom, parted by leader."""
    style.percent_axis(axes)
    regime.key(axes, ends.regimes.ravel())
    first = series.earning_most(records.providers, ends.revenue)
    base: series.Numbers = np.zeros(ends.regimes.shape[1])
    told = []
    for name, tint in palette.REGIME_TINTS.items():
        inside, bottom = ends.regimes == name, base
        for leader in frequent(first[inside]):
            part = (inside & (first == leader)).mean(axis=0)
            band(axes, base, base + part, tint, leader if name != NOBODY else "no revenue")
            base = base + part
        if inside[:, -1].any():
            middle, share = float(bottom[-1] + base[-1]) / 2, float(inside[:, -1].mean())
            words = "no revenue" if name == NOBODY else name
            told.append(
                labels.Label(middle, words, palette.INK, share, f" {series.percent(share)}")
            )
    labels.end_labels(axes, told, style.QUIET.size, room=LABEL_ROOM)


def frequent(names: series.Words) -> list[str]:
    """Every name once, the most frequent first."""
    found, count = np.unique(names.astype(str), return_counts=True)
    return [str(name) for name in found[np.argsort(-count, kind="stable")]]


def band(axes: Axes, lower: series.Numbers, upper: series.Numbers, tint: str, words: str) -> None:
    """One band with its name inside where there is room."""
    months, ends = style.for_bands(np.stack([lower, upper], axis=1))
    axes.fill_between(
        months,
        ends[:, 0],
        ends[:, 1],
        color=tint,
        edgecolor=palette.PAPER,
        linewidth=0.7,
        step="mid",
    )
    labels.inside(axes, lower, upper, labels.Label(0.0, words, tint), SMALLEST_NAMED)


def shown(basins: series.Table) -> list[int]:
    """Rows that there is room for: every regime, and the most frequent of its leaders."""
    runs, leader = np.asarray(basins["runs"]), np.asarray(basins["leader"], object)
    order = np.lexsort((np.arange(len(runs)), -runs, leader != ""))
    return sorted(int(row) for row in order[:MOST_ROWS])


def how_it_ends(
    axes: Axes, records: series.RunLike, basins: series.Table, rows: Sequence[int]
) -> None:
    """A dot for the frequency of each basin on a line that is its 95 % interval."""
    left = RIGHT - NAMES_WIDE
    style.write(axes, (left, UPPER - 35), "At the end", style.HEADING)
    style.write(axes, (left, UPPER - 14), "share of runs, with 95 % intervals", style.QUIET)
    style.percent_axis(axes, which="x")
    axes.set_xticks([0, 0.5, 1])
    style.grid(axes, "x")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    colours = palette.provider_colours(records.providers)
    for at, row in enumerate(rows):
        name, leader = str(basins["regime"][row]), str(basins["leader"][row])
        colour = colours.get(leader, palette.INK)
        ends = [float(basins["low"][row]), float(basins["high"][row])]
        heavy = 1.6 if leader else 3.0
        axes.plot(ends, [at, at], color=colour, linewidth=heavy, solid_capstyle="butt")
        (dot,) = axes.plot(float(basins["probability"][row]), at, "o", color=colour, markersize=DOT)
        dot.set_clip_on(False)
        row_name(axes, at, name, leader, colour)


def row_name(axes: Axes, at: int, name: str, leader: str, colour: str) -> None:
    """A regime with its tint, or a leader set in below it, left of the row."""
    y = UPPER + ROW * (at + 0.5)
    left = RIGHT - NAMES_WIDE
    if leader:
        voice = style.QUIET._replace(colour=palette.lettering(colour), weight="bold")
        words = style.cut(leader, voice, NAMES_WIDE - 50)
        style.write(axes, (left + 28, y), words, voice, "left center")
        return
    words = "no revenue" if name == NOBODY else name
    style.write(axes, (left + 24, y), words, style.LABEL, "left center")
    square = axes.plot(
        (left + SQUARE / 2 - RIGHT) / RIGHT_WIDE,
        1 - (at + 0.5) / (axes.get_ylim()[0] + 0.5),
        "s",
        color=palette.REGIME_TINTS[name],
        markersize=SQUARE / style.POINT,
        transform=axes.transAxes,
    )[0]
    square.set_clip_on(False)
