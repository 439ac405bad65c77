"""Regime by month, who earns most, and what the label is made of: openness, its terms, HHI."""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from experiments.plots import labels, palette, series, style
from simulation.columns import NOBODY
from simulation.metrics.regime import MONOPOLY_ABOVE, OPEN_ABOVE, REGIMES

LEFT, WIDE = 118, 1210
STRIP, STRIP_TALL = 172, 70
OPENNESS, OPENNESS_TALL = 312, 252
LOWER, LOWER_TALL = 662, 150
LOWER_LEFTS, LOWER_WIDE = (118, 830), 498
LEADER_PART = 0.36  # of the height of the strip
KEY_SIDE, KEY_GAP = 16.0, 26.0
AS_AN_END = {"monopoly": "as a monopoly", "open": "open", "oligopoly": "as an oligopoly"}
TERMS = (
    ("openness_shares", "even shares", (5, 2)),
    ("openness_weights", "open weights", (1.2, 1.6)),
    ("openness_frontier", "frontier", (6, 2, 1.2, 2)),
)


def applies(records: series.RunLike) -> bool:
    """A market without any revenue has no regime in any month."""
    return bool((series.regimes(records) != NOBODY).any())


@style.styled
def draw(records: series.RunLike) -> Figure:
    """A strip of regimes and leaders above openness with its terms, HHI and counts of providers."""
    figure = style.canvas(
        records,
        title(records),
        summary(records),
        "Regime of each month (monopoly if the HHI of revenue is above .5, else open if the "
        "openness index is above .5, else oligopoly) and who has most revenue; below, the openness "
        "index (0 to 1) with its three terms, of which it is the mean, the HHI of revenue (0 to "
        "1), and how many providers offer something and are at the frontier.",
    )
    strip(style.panel(figure, LEFT, STRIP, WIDE, STRIP_TALL), records)
    openness(style.panel(figure, LEFT, OPENNESS, WIDE, OPENNESS_TALL), records)
    panels = [style.panel(figure, x, LOWER, LOWER_WIDE, LOWER_TALL) for x in LOWER_LEFTS]
    concentration(panels[0], records)
    counts(panels[1], records)
    return figure


def leaders(records: series.RunLike) -> series.Words:
    """Who has most revenue in each month: (T,)."""
    revenue = np.nan_to_num(series.by_provider(records, "revenue"))
    return series.earning_most(records.providers, revenue)


def spells(words: series.Words) -> Iterator[tuple[int, int, str]]:
    """First month, first month after it, and the word, of each run of equal words (T,)."""
    starts = [0, *(np.flatnonzero(words[1:] != words[:-1]) + 1).tolist()]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        yield start, end, str(words[start])


def title(records: series.RunLike) -> str:
    """The regime at the end, since when, and who earns most."""
    found, days = series.regimes(records), series.dates(records)
    since = series.last_change(found)
    when = f"since {series.spoken_date(days[since])}" if since else "in every month"
    if found[-1] == NOBODY:
        return f"No revenue and no regime {when}"
    return f"{found[-1].capitalize()} {when}, led by {style.printable(leaders(records)[-1])}"


def summary(records: series.RunLike) -> str:
    """Months in each regime, how often it changed, and the two numbers that decide at the end."""
    found = series.regimes(records)
    changes = sum(1 for _ in spells(found)) - 1
    months = [f"{name} {count}" for name in REGIMES if (count := int((found == name).sum()))]
    said = [f"Months: {', '.join(months)}", f"{changes} change{'s' * (changes != 1)} of regime"]
    ends = [series.market(records, name)[-1] for name in ("hhi_revenue", "openness")]
    if np.isfinite(ends[1]):
        day = series.spoken_date(series.dates(records)[-1])
        said.append(f"{day}: HHI of revenue {ends[0]:.2f}, openness {ends[1]:.2f}")
    return "; ".join(said)


def strip(axes: Axes, records: series.RunLike) -> None:
    """Bars of regimes above bars of leaders, each named where there is room."""
    style.heading(axes, "Regime", "and, below it, who has most revenue")
    month_cells(axes, records)
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.tick_params(axis="x", labelbottom=False)
    key(axes, series.regimes(records))
    colours = palette.provider_colours(records.providers) | {NOBODY: palette.PAPER}
    bars(axes, series.regimes(records), palette.REGIME_TINTS, (LEADER_PART, 1.0), style.LABEL)
    bars(axes, leaders(records), colours, (0.0, LEADER_PART), style.FOOT)


def month_cells(axes: Axes, records: series.RunLike) -> None:
    """A time axis on which every month has a width, so that what holds in it can be seen."""
    days = series.dates(records)
    style.time_axis(axes, days[0], len(days))
    axes.set_xlim(-0.5, len(days) - 0.5)


def bars(
    axes: Axes,
    words: series.Words,
    colours: dict[str, str],
    ends: tuple[float, float],
    voice: style.Voice,
) -> None:
    """One row of bars between two heights, with the word in those that are long enough."""
    per_month = style.width_in(axes) / len(words)
    for start, end, word in spells(words):
        box = (start - 0.5, ends[0]), end - start, ends[1] - ends[0]
        colour = colours[word]
        axes.add_patch(Rectangle(*box, facecolor=colour, edgecolor=palette.PAPER, linewidth=0.7))
        said = style.printable(word)
        if word != NOBODY and style.words_width(said, voice) + 8 < (end - start) * per_month:
            at = ((start + end - 1) / 2, sum(ends) / 2)
            style.write(axes, at, said, on_tint(voice, colour), "center center", "data")


def on_tint(voice: style.Voice, colour: str) -> style.Voice:
    """The voice in ink or in paper, whichever can be read better on a colour."""
    tones = (palette.INK, palette.PAPER)
    return voice._replace(colour=max(tones, key=lambda tone: palette.contrast(tone, colour)))


def key(axes: Axes, found: series.Words) -> None:
    """Tints of the regimes that were found, with their names, above the right end of the axes."""
    wide, tall = style.width_in(axes), style.height_in(axes)
    at = wide
    for name in [name for name in palette.REGIME_TINTS if name in REGIMES and name in found][::-1]:
        at -= style.words_width(name, style.QUIET)
        place = (at / wide, 1 + 20 / tall)
        style.write(axes, place, name, style.QUIET, "left center", "axes")
        at -= KEY_SIDE + 6
        square = Rectangle(
            (at / wide, 1 + (20 - KEY_SIDE / 2) / tall),
            KEY_SIDE / wide,
            KEY_SIDE / tall,
            facecolor=palette.REGIME_TINTS[name],
            transform=axes.transAxes,
        )
        square.set_clip_on(False)
        axes.add_patch(square)
        at -= KEY_GAP


def openness(axes: Axes, records: series.RunLike) -> None:
    """The index as a heavy line, its terms as light ones, and the level that makes it open."""
    style.heading(
        axes, "Openness", "index, 0 to 1: the mean of its three terms; dashed: above it open"
    )
    month_cells(axes, records)
    unit_axis(axes, OPEN_ABOVE)
    ends = []
    for column, words, dashes in TERMS:
        values = series.market(records, column)
        (line,) = axes.plot(values, color=palette.MUTED, linewidth=1.8)
        line.set_dashes(dashes)
        ends.append(end_label(values, words, palette.MUTED))
    values = series.market(records, "openness")
    axes.plot(values, color=palette.INK, linewidth=3.2)
    ends.append(end_label(values, "openness", palette.INK))
    labels.end_labels(axes, [end for end in ends if np.isfinite(end.at)], style.QUIET.size)


def end_label(values: series.Numbers, words: str, colour: str) -> labels.Label:
    """Name of a line with its last value."""
    last = series.last_finite(values)
    return labels.Label(last, words, colour, 1.0, f" {last:.2f}")


def unit_axis(axes: Axes, level: float) -> None:
    """An axis from 0 to 1 with the level from which on a regime has another name."""
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", ".25", ".50", ".75", "1"])
    style.grid(axes)
    axes.axhline(level, color=palette.INK, linewidth=1.4, dashes=(4, 3))


def concentration(axes: Axes, records: series.RunLike) -> None:
    """HHI of revenue with the level above which it is called a monopoly."""
    values = series.market(records, "hhi_revenue")
    style.heading(axes, "HHI of revenue", "0 to 1; dashed: above it a monopoly")
    month_cells(axes, records)
    unit_axis(axes, MONOPOLY_ABOVE)
    axes.plot(values, color=palette.INK, linewidth=2.4)
    labels.end_labels(axes, [end_label(values, "", palette.INK)], style.QUIET.size)


def counts(axes: Axes, records: series.RunLike) -> None:
    """How many providers offer something, and how many of them are at the frontier."""
    style.heading(axes, "Providers", "number, without OPEN")
    month_cells(axes, records)
    found = (
        ("active_providers", "with an offer", "--"),
        ("frontier_providers", "at the frontier", "-"),
    )
    every = [series.market(records, column) for column, _, _ in found]
    top = max(1.0, float(np.max(every)))
    axes.set_ylim(0, 1.08 * top)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    style.grid(axes)
    ends = []
    for values, (_, words, dashes) in zip(every, found, strict=True):
        axes.plot(values, dashes, color=palette.INK, linewidth=2.2, drawstyle="steps-mid")
        ends.append(labels.Label(float(values[-1]), words, palette.INK, 1.0, f" {values[-1]:.0f}"))
    labels.end_labels(axes, ends, style.QUIET.size)
