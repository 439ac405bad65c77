"""Who moved from whom to whom over the run, and the utility terms of the largest flows."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from experiments.plots import labels, palette, series, style
from experiments.plots.reasons import FEWEST_MOVERS, TERM_WORDS, Reasons, largest
from simulation.columns import SEGMENTS, TERMS

LEFTS, WIDE, INDENT = (178, 690, 1202), 192, 122
UPPER, UPPER_TALL = 164, 288
LOWER, LOWER_TALL, LOWER_LEFT, LOWER_WIDE = 548, 286, 330, 1180
SUM_ROOM = 70
NAME_ROOM, NET_ROOM, ROW_ROOM = 102.0, 176.0, 126.0
THIN = 0.004
THICK = 0.03
GAP = 0.022
FLOWS_SHOWN = 7
BAR = 0.74
WORD_SIZE = 11.0


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Ribbons of switchers in each segment, and the terms of those who moved."""
    figure = style.canvas(
        records,
        "Who switched from whom to whom, and the terms of those who moved",
        summary(records),
        "Moves between providers over the whole run, in agents, with the net change of each; "
        "below: mean utility terms per mover (util, new provider less old) of the largest flows; "
        "chance is random taste, drawn anew each month, and movers are those whom it favoured.",
    )
    colours = palette.provider_colours(records.providers)
    for i, (left, segment) in enumerate(zip(LEFTS, SEGMENTS, strict=True)):
        axes = style.panel(figure, left, UPPER, WIDE, UPPER_TALL)
        ribbons(axes, records, segment, colours)
        axes.set_zorder(1 + i)
    reasons(figure, largest(records, FLOWS_SHOWN), colours)
    return figure


def summary(records: series.RunLike) -> str:
    """Moves between providers in each segment, in words, and how to read the ribbons."""
    told = []
    for segment in SEGMENTS:
        count = series.moves(records, segment)[:-1, :-1].sum()
        told.append(f"{count:,.0f} {series.BUYERS[segment]}")
    return ", ".join(told) + " switched; left whom they left, right whom they chose, with net gain"


def ribbons(axes: Axes, records: series.RunLike, segment: str, colours: dict[str, str]) -> None:
    """Left the providers that were left, right those that were chosen; width is movers."""
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    agents = series.moves(records, segment)
    between, adopted = agents[:-1, :-1], agents[-1, :-1].sum()
    box = axes.get_position().x0 * style.WIDTH - INDENT
    style.write(axes, (box, UPPER - 32), segment.capitalize(), style.HEADING)
    style.write(
        axes,
        (box, UPPER - 12),
        f"{between.sum():,.0f} switches · {adopted:,.0f} first choices (not drawn)",
        style.QUIET,
    )
    if between.sum() == 0:
        style.say(axes, "nobody switched")
        return
    shown = np.flatnonzero(between.sum(axis=0) + between.sum(axis=1) > 0)
    draw_ribbons(
        axes, between[np.ix_(shown, shown)], [records.providers[i] for i in shown], colours
    )


def draw_ribbons(
    axes: Axes, between: series.Numbers, names: Sequence[str], colours: dict[str, str]
) -> None:
    """Bars for both sides, and a ribbon for each pair of providers, the widest first."""
    shades = [colours[name] for name in names]
    scale = (1 - GAP * (len(names) - 1)) / between.sum()
    gone, come = between.sum(axis=1), between.sum(axis=0)
    left, right = tops(gone, scale), tops(come, scale)
    for at, sides, tall in ((0.0, left, gone * scale), (1 - THICK, right, come * scale)):
        places = np.full(len(names), at)
        axes.bar(places, tall, width=THICK, bottom=sides - tall, align="edge", color=shades)
    start = left[:, None] - scale * (np.cumsum(between, axis=1) - between)
    end = right[None, :] - scale * (np.cumsum(between, axis=0) - between)
    for i, j in widest(between):
        band = ribbon(start[i, j], end[i, j], between[i, j] * scale)
        axes.add_patch(PathPatch(band, alpha=0.62, fc=shades[i], ec=palette.PAPER, lw=0.4))
    name_sides(axes, between, names, shades)


def widest(between: series.Numbers) -> list[tuple[int, int]]:
    """Pairs of places with a flow that can be seen, the largest first."""
    pairs = [(int(i), int(j)) for i, j in np.argwhere(between > THIN * between.sum())]
    return sorted(pairs, key=lambda pair: -between[pair])


def name_sides(
    axes: Axes, between: series.Numbers, names: Sequence[str], shades: Sequence[str]
) -> None:
    """Names of those that were left, and of those that were chosen with their net gain."""
    scale = (1 - GAP * (len(names) - 1)) / between.sum()
    gone, come = between.sum(axis=1), between.sum(axis=0)
    lost, won = [], []
    for i, (down, up) in enumerate(
        zip(tops(gone, scale) - gone * scale / 2, tops(come, scale) - come * scale / 2, strict=True)
    ):
        net = come[i] - gone[i]
        tail = f" {net:+,.0f}".replace("-", "−") if net else " ±0"
        lost.append(labels.Label(float(down), names[i], shades[i], float(gone[i])))
        won.append(labels.Label(float(up), names[i], shades[i], float(come[i]), tail))
    size = style.QUIET.size
    labels.end_labels(axes, [one for one in lost if one.weight], size, "left", NAME_ROOM)
    labels.end_labels(axes, [one for one in won if one.weight], size, room=NET_ROOM)


def tops(sizes: series.Numbers, scale: float) -> series.Numbers:
    """Upper ends (N,) of bars stacked downwards from 1 with gaps."""
    before = np.cumsum(sizes) - sizes
    return np.asarray(1 - scale * before - GAP * np.arange(len(sizes)), np.float64)


def ribbon(start: float, end: float, thick: float) -> Path:
    """A smooth band from height `start` on the left to `end` on the right; both are its top."""
    low, high, bend = THICK, 1 - THICK, 0.5
    corners = [
        (low, start),
        (bend, start),
        (bend, end),
        (high, end),
        (high, end - thick),
        (bend, end - thick),
        (bend, start - thick),
        (low, start - thick),
        (low, start),
    ]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return Path(corners, codes)


def reasons(figure: Figure, found: Sequence[Reasons], colours: dict[str, str]) -> None:
    """Diverging bars of the utility terms: right of zero what pulled, left what held back."""
    tall = LOWER_TALL * max(len(found), 1) / FLOWS_SHOWN
    axes = style.panel(figure, LOWER_LEFT, LOWER, LOWER_WIDE, tall)
    words = "Terms of those who moved"
    style.write(axes, (LEFTS[0] - INDENT, LOWER - 38), words, style.HEADING)
    after = LEFTS[0] - INDENT + style.words_width(words, style.HEADING) + 12
    style.write(
        axes,
        (after, LOWER - 38),
        "mean per mover, util, new less old, sum at the end; chance is random taste, "
        "and movers are those whom chance favoured",
        style.QUIET,
    )
    axes.set_yticks([])
    if not found:
        axes.set_axis_off()
        style.write(
            axes,
            (LEFTS[0] - INDENT, LOWER),
            f"no flow of {FEWEST_MOVERS} movers or more",
            style.QUIET,
        )
        return
    low = min(float(np.minimum(flow.terms, 0).sum()) for flow in found)
    high = max(float(np.maximum(flow.terms, 0).sum()) for flow in found)
    size = max(high - low, 1e-9) / (LOWER_WIDE - SUM_ROOM) * LOWER_WIDE
    axes.set_xlim(low, low + size)
    axes.set_ylim(len(found) - 0.5, -0.5)
    style.grid(axes, "x")
    axes.axvline(0, color=palette.INK, linewidth=1.4, zorder=3)
    weight = np.abs([flow.terms for flow in found]).mean(axis=0)
    order = [int(i) for i in np.argsort(-weight, kind="stable")]
    shown: set[str] = set()
    for row, flow in enumerate(found):
        shown |= stack(axes, row, flow, order)
        name_flow(axes, row, flow, colours)
    key(axes, [TERMS[i][0] for i in order if TERMS[i][0] in shown])


def stack(axes: Axes, row: int, flow: Reasons, order: Sequence[int]) -> set[str]:
    """One bar: each term laid end to end from zero, named inside where it fits; then the sum."""
    per_pixel = np.diff(axes.get_xlim())[0] / style.width_in(axes)
    voice = style.Voice(WORD_SIZE)
    ends = {1: 0.0, -1: 0.0}
    drawn = set()
    for i in order:
        name, value = TERMS[i][0], float(flow.terms[i])
        if abs(value) < per_pixel:
            continue
        sign = 1 if value > 0 else -1
        axes.barh(
            row,
            value,
            left=ends[sign],
            height=BAR,
            color=palette.TERM_TINTS[name],
            edgecolor=palette.PAPER,
            linewidth=0.8,
        )
        words = TERM_WORDS[name]
        if style.words_width(words, voice) + 6 < abs(value) / per_pixel:
            style.write(axes, (ends[sign] + value / 2, row), words, voice, "center center", "data")
        ends[sign] += value
        drawn.add(name)
    style.write(
        axes,
        (ends[1] + 8 * per_pixel, row),
        f"{flow.total:+.2f}".replace("-", "−"),
        style.QUIET._replace(colour=palette.INK, weight="bold"),
        "left center",
        "data",
    )
    return drawn


def name_flow(axes: Axes, row: int, flow: Reasons, colours: dict[str, str]) -> None:
    """Segment, providers and movers of a flow, left of its bar."""
    top = LOWER + style.height_in(axes) * (row + 0.5) / max(axes.get_ylim()[0] + 0.5, 1)
    left = LOWER_LEFT - 18.0
    target = style.LABEL._replace(colour=palette.lettering(colours[flow.target]), weight="bold")
    origin = style.LABEL._replace(colour=palette.lettering(colours[flow.origin]), weight="bold")
    end = style.cut(flow.target, target, ROW_ROOM)
    style.write(axes, (left, top - 9), end, target, "right center")
    left -= style.words_width(end, target) + 8
    style.write(axes, (left, top - 9), "→", style.LABEL, "right center")
    style.write(
        axes, (left - 26, top - 9), style.cut(flow.origin, origin, ROW_ROOM), origin, "right center"
    )
    style.write(
        axes,
        (LOWER_LEFT - 18, top + 10),
        f"{flow.segment}, {flow.agents:,.0f} movers",
        style.FOOT,
        "right center",
    )


def key(axes: Axes, names: Sequence[str]) -> None:
    """The tints in one line above the bars, for terms too small to be named inside."""
    left = float(LOWER_LEFT)
    for name in names:
        words = TERM_WORDS[name]
        swatch = style.write(
            axes, (left, LOWER - 10), " " * 4, style.Voice(WORD_SIZE), "left center"
        )
        swatch.set_bbox({"facecolor": palette.TERM_TINTS[name], "edgecolor": "none", "pad": 1.0})
        style.write(axes, (left + 25, LOWER - 10), words, style.Voice(WORD_SIZE), "left center")
        left += 46 + style.words_width(words, style.Voice(WORD_SIZE))
