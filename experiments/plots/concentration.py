"""Concentration by segment, split by provider, and how far segments and years differ."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from experiments.plots import labels, palette, series, style
from simulation.columns import SEGMENTS
from simulation.metrics.concentration import largest_divergence

GUIDELINE = 1_800.0
LEFTS, WIDE = (118, 624, 1130), 300
UPPER, UPPER_TALL = 152, 304
NOTES = (526, 549)
LOWER, LOWER_TALL = 634, 182
NOTE = (
    "Bands: squared shares, so large ones count more. Dashed: 1,800, from where the US Merger "
    "Guidelines of 2023 speak of a highly concentrated market."
)
HEADROOM = 1.08
SEEN = 0.01
LABEL_ROOM = 118.0
LARGEST_NAMED = 4


class Line(NamedTuple):
    """One line of a small panel: a column of the market table, its name, its dashes."""

    column: str
    words: str
    dashes: str = "-"


SMALL_PANELS = (
    (
        "Difference between segments",
        "Jensen-Shannon divergence, at most {most:.2f}",
        (Line("segment_divergence", "divergence"),),
    ),
    ("Turbulence", "share of spend that moved in 12 months", (Line("turbulence", "moved"),)),
    (
        "Largest providers",
        "share of all revenue",
        (Line("top_four", "four"), Line("top_two", "two", "--")),
    ),
)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Herfindahl-Hirschman index of each segment as stacked squares, three small series below."""
    days = series.dates(records)
    figure = style.canvas(
        records,
        "Concentration of each segment, and who makes it",
        summary(records),
        "Herfindahl-Hirschman index (0 to 10,000) of each segment as the stack of the squared "
        "shares, with the 1,800 line of the US Merger Guidelines of 2023; below: divergence "
        "between segments (0 to 1, of which three segments reach ln 3 / ln providers at most), "
        "turbulence and joint revenue shares in per cent.",
    )
    shares = series.shares(records)
    colours = list(palette.provider_colours(records.providers).values())
    top = roof(series.HHI_SCALE * np.square(shares).sum(axis=2).max(initial=0.0))
    for i, left in enumerate(LEFTS):
        axes = style.panel(figure, left, UPPER, WIDE, UPPER_TALL)
        axes.set_ylim(0, top)
        style.time_axis(axes, days[0], len(days))
        style.heading(axes, SEGMENTS[i].capitalize(), "index, 0 to 10,000", lines=1)
        squares(axes, series.HHI_SCALE * np.square(shares[:, i]), colours, records.providers)
    for level, words in zip(NOTES, (NOTE, series.note_on_open(records)), strict=True):
        style.write(figure, (LEFTS[0], level), words, style.QUIET, "left center")
    most = largest_divergence(len(SEGMENTS), len(records.providers))
    for left, (words, unit, lines) in zip(LEFTS, SMALL_PANELS, strict=True):
        axes = style.panel(figure, left, LOWER, WIDE, LOWER_TALL)
        style.heading(axes, words, unit.format(most=most), lines=2)
        small_panel(axes, records, lines)
    return figure


def roof(highest: float) -> float:
    """Upper end of the index axis: room above the data and the guideline, 10,000 at most."""
    steps = (2_500, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000)
    return float(next((s for s in steps if s >= HEADROOM * highest), steps[-1]))


def summary(records: series.RunLike) -> str:
    """The index of each segment at the end, in words."""
    told = []
    for name in SEGMENTS:
        value = series.HHI_SCALE * series.last_finite(series.market(records, f"hhi_{name}"))
        if np.isfinite(value) and value > 0:
            told.append(f"{name} {value:,.0f} (as {series.HHI_SCALE / value:.1f} equal providers)")
    day = series.spoken_date(series.dates(records)[-1])
    return f"{day}: " + (", ".join(told) or "nobody has adopted")


def squares(
    axes: Axes, parts: series.Numbers, colours: Sequence[str], names: Sequence[str]
) -> None:
    """Stack the squared shares (T, P) and name the largest at the end."""
    style.grid(axes)
    guideline(axes)
    months, parts = style.for_bands(parts)
    total, lower = parts.sum(axis=1), np.zeros(len(parts))
    there, ends = total > 0, []
    for provider in np.argsort(-parts.mean(axis=0), kind="stable"):
        upper, colour = lower + parts[:, provider], colours[provider]
        if parts[:, provider].any():
            axes.fill_between(
                months, lower, upper, where=there, fc=colour, ec=palette.PAPER, lw=0.7
            )
        middle, last = float(upper[-1] + lower[-1]) / 2, float(parts[-1, provider])
        if last == 0:
            gone = labels.Label(0.0, names[provider], colour)
            labels.inside(axes, lower, upper, gone, style.FOOT.size)
        ends.append(labels.Label(middle, names[provider], colour, last))
        lower = upper
    if there.any():
        axes.plot(months, np.where(there, total, np.nan), color=palette.INK, linewidth=2.4)
    else:
        style.say(axes, "nobody has adopted")
    seen = [end for end in ends if end.weight > SEEN * axes.get_ylim()[1]]
    seen = labels.kept(seen, LARGEST_NAMED)
    if there[-1]:
        seen.append(labels.Label(float(total[-1]), f"{total[-1]:,.0f}", palette.INK))
    labels.end_labels(axes, seen, room=LABEL_ROOM)


def guideline(axes: Axes) -> None:
    """The level from which the guidelines call a market highly concentrated, as a tick."""
    axes.axhline(GUIDELINE, color=palette.PAPER, linewidth=3.4, alpha=0.8)
    axes.axhline(GUIDELINE, color=palette.INK, linewidth=1.6, dashes=(4, 3))
    top = axes.get_ylim()[1]
    far = [tick for tick in (0, top / 2, top) if abs(tick - GUIDELINE) > 0.05 * top]
    axes.set_yticks([*far, GUIDELINE])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.get_ticklabels()[-1].set_color(palette.INK)
    axes.yaxis.get_ticklabels()[-1].set_fontweight("bold")


def small_panel(axes: Axes, records: series.RunLike, lines: Sequence[Line]) -> None:
    """One to three series of the market table, named at their ends."""
    days = series.dates(records)
    style.time_axis(axes, days[0], len(days))
    known = [series.market(records, line.column) for line in lines]
    highest = max((float(np.nanmax(v)) for v in known if np.isfinite(v).any()), default=0.0)
    shares = lines[0].column != "segment_divergence"
    top = min(1.0, max(0.1, np.ceil(HEADROOM * highest * 10) / 10))
    if shares:
        style.percent_axis(axes, top)
    else:
        axes.set_ylim(0, top)
    style.grid(axes)
    ends = []
    for line, values in zip(lines, known, strict=True):
        style.month_line(axes, values, line.dashes)
        last = series.last_finite(values)
        if np.isfinite(last):
            said = series.percent(last) if shares else f"{last:.2f}"
            words = f"{line.words} {said}" if len(lines) > 1 else said
            ends.append(labels.Label(last, words, palette.INK, 1.0))
    if ends:
        labels.end_labels(axes, ends)
    else:
        style.say(axes, "needs more than twelve months")
