"""How far histories of one config diverge: fans of shares, who leads, and D_run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from experiments.plots import labels, palette, series, style
from simulation.columns import SEGMENTS

LEFTS, WIDE = (100, 604, 1108), 256
FANS, FANS_TALL = 164, 264
LEADERS, LEADERS_TALL = 488, 112
DISTANCE, DISTANCE_TALL = 648, 172
BANDS = ((0.10, 0.90, 0.20), (0.25, 0.75, 0.34))
FEWEST_FOR_BANDS = 5
SHOWN_FROM = 0.02
SMALLEST_TOLD = 1e-6
LABEL_ROOM = 176.0
SHORTEST_POWER, SUPERSCRIPTS = -3, "⁰¹²³⁴⁵⁶⁷⁸⁹"
SMALLEST_DECADE, LARGEST_DECADE = -7, 0
DECADES_SHOWN = 4
LINES = {
    "d_run_independent": ("independent draws", ":", palette.INK),
    "d_run_spend_peers_off": ("", "--", palette.OF_SPEND),
    "d_run_spend": ("spend", "-", palette.OF_SPEND),
    "d_run_peers_off": ("", "--", palette.INK),
    "d_run": ("accounts", "-", palette.INK),
}


@style.styled
def draw_paths(
    records: series.RunLike,
    shares: series.Numbers,
    divergence: Mapping[str, NDArray[Any]],
    seeds: Sequence[int],
) -> Figure:
    """Fans of shares, frequency of leading, and divergence, by segment.

    Parameters
    ----------
    records : one of the runs, for names, dates and the config
    shares : (R, T, 3, P), share of each provider in each run, 0 where nobody has adopted
    divergence : month, segment, d_run with its low and high end, and the other columns of
        LINES, one row for each month and segment
    seeds : (R,), for the footnote
    """
    one = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {min(seeds)} to {max(seeds)}"
    figure = style.canvas(
        records,
        "How far histories of one market diverge",
        summary(divergence, len(seeds)),
        "Share of each provider over the runs (median, 50 and 80 per cent of runs), share of "
        "runs that each leads in per cent, and divergence between runs D_run (0 to 1, "
        "logarithmic) of accounts, with its 80 per cent interval, and of spend; each also with "
        "peers off, and what independent draws of accounts would give (no lower bound).",
        one,
    )
    for i in range(len(SEGMENTS)):
        column(figure, i, records, shares[:, :, i], divergence)
    return figure


def column(
    figure: Figure,
    i: int,
    records: series.RunLike,
    shares: series.Numbers,
    divergence: Mapping[str, NDArray[Any]],
) -> None:
    """The three panels of segment `i`; `shares` are its own (R, T, P)."""
    left, days = LEFTS[i], series.dates(records)
    upper = style.panel(figure, left, FANS, WIDE, FANS_TALL)
    style.heading(upper, SEGMENTS[i].capitalize(), series.SHARE_WORDS[SEGMENTS[i]], lines=2)
    fans(upper, records, shares)
    middle = style.panel(figure, left, LEADERS, WIDE, LEADERS_TALL)
    style.heading(middle, "Largest", "share of runs")
    leaders(middle, records, shares)
    lower = style.panel(figure, left, DISTANCE, WIDE, DISTANCE_TALL)
    style.heading(lower, "D_run", "log scale, dashed: peers off", lines=1)
    rows = np.flatnonzero(divergence["segment"] == SEGMENTS[i])
    decades(lower, divergence)
    distance(lower, {name: np.asarray(values)[rows] for name, values in divergence.items()})
    for axes in (upper, middle, lower):
        style.time_axis(axes, days[0], len(days))
        axes.tick_params(axis="x", labelbottom=axes is lower)


def summary(divergence: Mapping[str, NDArray[Any]], runs: int) -> str:
    """D_run of accounts and of spend in the last month, in words."""
    told = []
    for segment in SEGMENTS:
        last = np.flatnonzero(divergence["segment"] == segment)[-1]
        both = [float(divergence[name][last]) for name in ("d_run", "d_run_spend")]
        if np.isfinite(both[0]):
            told.append(f"{segment} {plain(both[0])} and {plain(both[1])}")
    day = series.spoken_date(str(divergence["date"][-1]))
    found = f"D_run of accounts and of spend in {day}: " + ", ".join(told)
    return f"{runs} runs; {found if told else 'nobody has adopted'}"


def plain(value: float) -> str:
    """A divergence with two digits that count, without an exponent; 0 where it is next to it."""
    if not np.isfinite(value):
        return "none"
    places = 1 - int(np.floor(np.log10(value))) if value > SMALLEST_TOLD else 0
    return f"{value:.{places}f}" if places > 0 else f"{value:.0f}"


def fans(axes: Axes, records: series.RunLike, shares: series.Numbers) -> None:
    """Median and bands (R, T, P) for each provider, over the runs in which anyone has adopted."""
    colours = list(palette.provider_colours(records.providers).values())
    style.percent_axis(axes, min(1.0, np.ceil(10 * float(shares.max(initial=0.1)) + 0.2) / 10))
    style.grid(axes)
    adopted = shares.sum(axis=2) > 0
    months = np.flatnonzero(np.asarray(adopted.any(axis=0)))
    if len(months) == 0:
        style.say(axes, "nobody has adopted")
        return
    known = np.where(adopted[:, :, None], shares, np.nan)[:, months]
    last = np.nanmedian(known[:, -1], axis=0)
    ends = []
    for i in np.argsort(last, kind="stable"):
        if np.nanmax(known[:, :, i]) >= SHOWN_FROM:
            fan(axes, months, known[:, :, i], colours[i])
        if last[i] >= SHOWN_FROM / 2:
            share = float(last[i])
            tail = f" {series.percent(share)}"
            ends.append(labels.Label(share, records.providers[i], colours[i], share, tail))
    labels.end_labels(axes, ends, style.FOOT.size, room=LABEL_ROOM)


def fan(axes: Axes, months: NDArray[np.int64], paths: series.Numbers, colour: str) -> None:
    """Median of the paths (R, T) in bands of 50 and 80 per cent; each path if they are few."""
    if len(paths) >= FEWEST_FOR_BANDS:
        for low, high, depth in BANDS:
            lower, upper = np.nanquantile(paths, [low, high], axis=0)
            axes.fill_between(months, lower, upper, color=colour, alpha=depth, linewidth=0)
    else:
        axes.plot(months, paths.T, color=colour, alpha=0.45, linewidth=1)
    marker = "o" if len(months) == 1 else ""
    axes.plot(months, np.nanmedian(paths, axis=0), color=colour, linewidth=2.4, marker=marker)


def leaders(axes: Axes, records: series.RunLike, shares: series.Numbers) -> None:
    """Stacked frequency of having the largest share (R, T, P), by month."""
    colours = list(palette.provider_colours(records.providers).values())
    style.percent_axis(axes)
    axes.set_yticks([0, 0.5, 1])
    there = (shares > 0).any(axis=2)
    first = np.where(there, shares.argmax(axis=2), -1)
    often = np.stack([(first == i).mean(axis=0) for i in range(shares.shape[2])], axis=1)
    months, often = style.for_bands(often)
    base = np.zeros(len(often))
    ends = []
    for i in np.argsort(-often.mean(axis=0), kind="stable"):
        if often[:, i].any():
            axes.fill_between(
                months,
                base,
                base + often[:, i],
                color=colours[i],
                edgecolor=palette.PAPER,
                linewidth=0.7,
                step="mid",
            )
            if often[-1, i] > 0:
                ends.append(
                    labels.Label(
                        float(base[-1] + often[-1, i] / 2),
                        records.providers[i],
                        colours[i],
                        float(often[-1, i]),
                        f" {series.percent(often[-1, i])}",
                    )
                )
        base = base + often[:, i]
    labels.end_labels(axes, ends, style.FOOT.size, room=LABEL_ROOM)


def distance(axes: Axes, table: Mapping[str, NDArray[Any]]) -> None:
    """D_run of accounts with its interval, of spend, and their yardsticks, on a log axis."""
    months = np.arange(len(table["d_run"]))
    lines = {name: positive(table[name]) for name in (*LINES, "d_run_low", "d_run_high")}
    if not any(np.isfinite(lines[name]).any() for name in LINES):
        style.say(axes, "no divergence: fewer than two runs, or nobody has adopted", style.FOOT)
        return
    bottom = axes.get_ylim()[0]
    axes.fill_between(
        months,
        np.fmax(lines["d_run_low"], bottom),
        lines["d_run_high"],
        color=palette.INK,
        alpha=0.16,
        linewidth=0,
        where=np.isfinite(lines["d_run_high"]),
    )
    ends = []
    for name, (words, dashes, colour) in LINES.items():
        values = lines[name]
        style.month_line(axes, values, dashes, colour)
        last = series.last_finite(values)
        if np.isfinite(last) and words:
            ends.append(labels.Label(max(last, bottom), words, colour))
    labels.end_labels(axes, ends, style.FOOT.size, room=LABEL_ROOM)


def positive(values: NDArray[Any]) -> series.Numbers:
    """Numbers that have a place on a logarithmic axis; NaN for the others."""
    numbers = np.asarray(values, np.float64)
    return np.where(numbers > 0, numbers, np.nan)


def decades(axes: Axes, divergence: Mapping[str, NDArray[Any]]) -> None:
    """A logarithmic axis of powers of ten for all segments, four at most below the highest."""
    values = np.concatenate([positive(divergence[name]) for name in LINES])
    low = float(np.nanmin(values, initial=1.0))
    high = float(np.nanmax(values, initial=low))
    top = min(int(np.ceil(np.log10(high) + 1e-9)), LARGEST_DECADE)
    bottom = max(int(np.floor(np.log10(low))), SMALLEST_DECADE, top - DECADES_SHOWN)
    bottom = min(bottom, top - 1)
    axes.set_yscale("log")
    axes.set_ylim(10.0**bottom, 10.0**top)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks([10.0**power for power in range(bottom, top + 1)])
    axes.yaxis.set_major_formatter(FuncFormatter(plain_decade))
    style.grid(axes)


def plain_decade(value: float, _: object = None) -> str:
    """A power of ten: in full down to a thousandth, with an exponent below."""
    power = round(np.log10(value))
    return f"{value:g}" if power >= SHORTEST_POWER else "10⁻" + SUPERSCRIPTS[-power]
