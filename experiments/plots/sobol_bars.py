"""How much of an outcome's variance each factor explains: two bars a factor, with intervals.

Sobol and FAST give first-order and total shares of variance, delta a share of the change of the
whole distribution beside the first-order share, PAWN the median and the largest distance between
distributions.  All are numbers from 0 to 1, one pair for each factor.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.plots import factor_names, palette, ranked_rows, style
from experiments.sensitivity.effects import Effects, Measure, Numbers
from experiments.sensitivity.floors import ranked_by, told_apart

SHORT_BAR, LONG_BAR = "#27407a", "#a9bbd8"
FLOOR = " The dotted line is the level that a factor without effect may reach of {by}."
THICK = 0.34  # of a row, each of the two bars
UNITS = {"structure": "cells", "sobol": "base points", "fast": "curves", "morris": "trajectories"}
# What is drawn anew; the points of a curve and the cells of a grid are no sample.
DRAWN = {
    "points": "resampling points and ",
    "sobol": "resampling base points and ",
    "fast": "",
    "structure": "",
}
NAMES = {
    "sobol": "Sobol",
    "fast": "FAST",
    "delta": "Delta",
    "pawn": "PAWN",
    "structure": "Structure",
}


class Pair(NamedTuple):
    """Which two measures a method shows, the pale and the dark one, and what they are."""

    pale: str
    dark: str
    words: tuple[str, str]
    unit: str
    meaning: str


SHARES = Pair(
    "total",
    "first",
    ("with the others (total)", "alone (first)"),
    "share of the variance",
    "Share of the variance of {outcome} that each factor explains alone (first-order index, dark) "
    "and together with the other factors (total index, pale); a total well above the first means "
    "that the factor works through others.",
)
PAIRS = {
    "structure": Pair(
        "share",
        "share",
        ("share of the variance over the cells",) * 2,
        "share of the variance",
        "Share of the variance of {outcome} over the cells of the grid that each factor explains, "
        "each pair beyond its two factors, and all higher terms together.",
    ),
    "sobol": SHARES,
    "fast": SHARES,
    "delta": Pair(
        "delta",
        "first",
        ("on the distribution (delta)", "on the mean (first)"),
        "0 to 1",
        "How much knowing each factor changes the whole distribution of {outcome} (delta, pale; 0 "
        "to 1) and the share of its variance that the factor explains alone (first-order, dark).",
    ),
    "pawn": Pair(
        "maximum",
        "median",
        ("largest distance", "median distance"),
        "0 to 1",
        "Distance (Kolmogorov-Smirnov, 0 to 1) between the distribution of {outcome} and that with "
        "each factor held in one part of its range: the median over the parts (dark) and the "
        "largest (pale).",
    ),
}


def applies(effects: Effects) -> bool:
    """Whether this method gives the two measures that are drawn."""
    pair = PAIRS.get(effects.method)
    return pair is not None and {pair.pale, pair.dark} <= set(effects.measures)


@style.styled
def draw_indices(effects: Effects, outcome: str, foot: str, floor: float = 0.0) -> Figure:
    """Two bars with whiskers for each factor, the weightiest factor first.

    floor : what a factor without effect reaches of the measure that factors are ranked by
    """
    pair, by = PAIRS[effects.method], ranked_by(effects)
    leading = effects.measures[by]
    pale, dark = effects.measures[pair.pale], effects.measures[pair.dark]
    figure = style.sheet(
        title(effects, outcome, floor),
        summary(effects, floor),
        pair.meaning.format(outcome=outcome)
        + f" Whiskers: 95 per cent intervals, by {DRAWN.get(effects.method, DRAWN['points'])}"
        "leaving out seeds (an arrow: it goes on)." + (FLOOR.format(by=by) if floor > 0 else ""),
        foot,
    )
    rows = ranked_rows.rows_panel(figure, leading.value)
    ranked_rows.names_of(rows, effects.factors)
    ranked_rows.numbers_of(rows, told(leading), f"{by}, with 95 % interval")
    shift = THICK / 2 if pair.pale != pair.dark else 0.0
    axis(rows, (pale, dark), pair.unit.startswith("share"))
    for at, i in enumerate(rows.order):
        if shift:
            bar(rows.axes, at - shift, pale, int(i), LONG_BAR)
        bar(rows.axes, at + shift, dark, int(i), SHORT_BAR)
    if floor > 0:
        line = rows.axes.axvline(floor, color=palette.INK, linewidth=1.4, dashes=(1.5, 2))
        line.set_gid("floor")
    style.heading(rows.axes, NAMES[effects.method], pair.unit)
    entries = list(zip(pair.words, (LONG_BAR, SHORT_BAR), strict=True))
    entries = entries if shift else entries[1:]
    ranked_rows.key(figure, entries, ranked_rows.LEFT + ranked_rows.WIDE, ranked_rows.TOP - 18)
    foot_note(figure, effects, rows, leading)
    return figure


def told(measure: Measure) -> list[str]:
    """Each number with its interval."""
    return [factor_names.with_interval(*map(float, row)) for row in zip(*measure, strict=True)]


def leader(effects: Effects, floor: float) -> int | None:
    """The largest of the factors that are told apart from one without effect; None if none is."""
    sure = told_apart(effects, floor)
    value = effects.measures[ranked_by(effects)].value
    return int(np.argmax(np.where(sure, value, -np.inf))) if sure.any() else None


def title(effects: Effects, outcome: str, floor: float = 0.0) -> str:
    """Which factor matters most."""
    name, best = style.printable(outcome, 60), leader(effects, floor)
    if best is None:
        return f"No factor is sure to drive {name}"
    short = factor_names.short_names(effects.factors)[effects.factors[best]]
    return f"{style.printable(short, 60).capitalize()} drives {name} most"


def summary(effects: Effects, floor: float = 0.0) -> str:
    """The number of the leading factor, points used, and the share of luck."""
    by, best = ranked_by(effects), leader(effects, floor)
    said = []
    if best is not None:
        row = [float(part[best]) for part in effects.measures[by]]
        said.append(f"{by} {factor_names.with_interval(*row)}")
    unit = UNITS.get(effects.method, "points")
    part = f"{effects.used:,} of {effects.planned:,} {unit}"
    said.append(part if effects.used < effects.planned else f"all {effects.planned:,} {unit}")
    if np.isfinite(effects.noise):
        said.append(f"of the variance of one run, {100 * effects.noise:.0f} % is luck")
    return "; ".join(said)


def axis(rows: ranked_rows.Rows, measures: tuple[Measure, ...], percent: bool) -> None:
    """From zero, or from below it where an interval reaches there, to the end of all whiskers."""
    bars: Numbers = np.concatenate([[0.0, 0.01], *(one.value[rows.order] for one in measures)])
    ends = np.concatenate([side[rows.order] for one in measures for side in one[1:]])
    ranked_rows.number_axis(rows.axes, *ranked_rows.extent(bars, ends), percent)
    rows.axes.axvline(0, color=palette.RULE, linewidth=1)


def bar(axes: Axes, y: float, measure: Measure, i: int, colour: str) -> None:
    """One bar with its interval."""
    value, low, high = (float(part[i]) for part in measure)
    if not np.isfinite(value):
        style.write(axes, (0, y), " no number", style.FOOT, "left center", "data")
        return
    axes.barh(y, value, height=THICK, color=colour, linewidth=0, zorder=2)
    ranked_rows.whisker(axes, y, low, high)


def foot_note(figure: Figure, effects: Effects, rows: ranked_rows.Rows, leading: Measure) -> None:
    """What holds for the factors that have no row."""
    if len(rows.left_out):
        rest = leading.value[rows.left_out]
        most = float(np.nanmax(rest)) if np.isfinite(rest).any() else float("nan")
        size = factor_names.number(most, factor_names.places_for(most))
        words = ranked_rows.left_out_words(effects.factors, rows, f"each has {size} at most")
        style.write(figure, (style.MARGIN, style.HEIGHT - 52), words, style.QUIET, "left center")
