"""Who gains what a dearer provider loses: diversion and elasticities as one matrix a segment."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.plots import palette, series, style
from simulation.columns import SEGMENTS

PRICED = SEGMENTS[:2]  # consumers see no price
WHO = {
    "coding": "if every developer with a provider looked around now",
    "enterprise": "tenders of the last twelve months",
}
LEFTS, WIDE = (186, 950), 594
TOP, TALL, FOOTER = 196, 546, 40
NAMES_ABOVE = 8
UPRIGHT_ROOM, SIDE_ROOM = 52.0, 122.0
SCALE = (1130, 805, 250, 14)
DARKEST = "#123a6b"
FULL = 0.5  # diversion drawn in the darkest tint, and above
TWO_LINES, SMALL_CELL = 44.0, 46.0
OWN, LARGE, SMALL, TINY = 14.5, 14.5, 10.5, 9.0
NAME = style.Voice(12.0, weight="bold")
LETTERS = ("#000000", palette.PAPER)  # one of them has a contrast of 4.5 on any tint


class Matrix(NamedTuple):
    """Substitution in a segment at the end: providers from the most chosen one on.

    names : (P,).  share : (P,) of choices.  diversion, elasticity : (P, P), row dearer, column
    gains.
    """

    names: list[str]
    share: series.Numbers
    diversion: series.Numbers
    elasticity: series.Numbers


@style.styled
def draw(records: series.RunLike) -> Figure:
    """One matrix each for developers and enterprises, in the last month of the run."""
    figure = style.canvas(
        records,
        "Who gains what a dearer provider loses",
        summary(records),
        "Diversion ratios in per cent in the last month, by segment: of the choices that the "
        "provider of the row loses when its list price rises, the part that the provider of the "
        "column gains; below each the elasticity of the column's use in the row's price, on the "
        "diagonal that of its own. Below: shares of choices.",
    )
    colours = palette.provider_colours(records.providers)
    for left, segment in zip(LEFTS, PRICED, strict=True):
        axes = style.panel(figure, left, TOP, WIDE, TALL)
        matrix = at_the_end(records, segment)
        words = WHO[segment] if matrix.names else ""
        title = (left - SIDE_ROOM - 8, TOP - UPRIGHT_ROOM - 18)
        style.write(figure, title, segment.capitalize(), style.HEADING)
        after = title[0] + style.words_width(segment.capitalize(), style.HEADING) + 12
        style.write(figure, (after, title[1]), words, style.QUIET)
        axes.set_axis_off()
        if matrix.names:
            cells(axes, matrix, colours)
        else:
            style.say(axes, "no choice that a price could move")
    key(figure)
    return figure


def at_the_end(records: series.RunLike, segment: str) -> Matrix:
    """The rows of the last month as matrices."""
    table = records.tables["substitution"]
    last = series.month_count(records) - 1
    rows = np.flatnonzero((table["segment"] == segment) & (table["month"] == last))
    own = rows[table["priced"][rows] == table["provider"][rows]]
    share = np.asarray(table["choice_share"][own], np.float64)
    order = np.argsort(-share, kind="stable")
    names = [str(name) for name in table["provider"][own][order]]
    place = {name: i for i, name in enumerate(names)}
    at = tuple([place[name] for name in table[end][rows]] for end in ("priced", "provider"))
    matrices = []
    for column in ("diversion", "elasticity"):
        values = np.full((len(names), len(names)), np.nan)
        values[at] = table[column][rows]
        matrices.append(values)
    return Matrix(names, share[order], *matrices)


def summary(records: series.RunLike) -> str:
    """What a price rise costs, in words."""
    day = series.spoken_date(series.dates(records)[-1])
    told = []
    for segment in PRICED:
        own = float(series.market(records, f"own_elasticity_{segment}")[-1])
        if np.isfinite(own):
            told.append(f"{-own:.1f} % of its use in {segment}")
    if not told:
        return f"{day}: nobody chooses by price"
    return f"{day}: a price 1 % up costs a provider {' and '.join(told)} (mean weighted by spend)"


def cells(axes: Axes, matrix: Matrix, colours: dict[str, str]) -> None:
    """Shaded cells with their numbers, names around them, and shares below."""
    count = len(matrix.names)
    axes.set_xlim(0, count)
    axes.set_ylim(count, 0)
    wide, tall = style.width_in(axes) / count, style.height_in(axes) / count
    for row in range(count):
        for column in range(count):
            shade = shade_of(matrix.diversion[row, column]) if row != column else palette.PAPER
            box = Rectangle((column, row), 1, 1, facecolor=shade, edgecolor=palette.PAPER, lw=2)
            axes.add_patch(box)
            numbers(axes, matrix, (row, column), shade, min(wide, tall))
    name_rows(axes, matrix, colours)
    name_columns(axes, matrix, colours, wide)
    for column, share in enumerate(matrix.share):
        words = series.percent(float(share)).replace(" %", "" if wide < SMALL_CELL else " %")
        at = (column + 0.5, count + FOOTER / 2 / tall)
        style.write(axes, at, words, style.Voice(SMALL, palette.MUTED), "center center", "data")
    at = (-8.0 / wide, count + FOOTER / 2 / tall)
    style.write(axes, at, "chosen by", style.Voice(SMALL, palette.MUTED), "right center", "data")


def numbers(axes: Axes, matrix: Matrix, cell: tuple[int, int], shade: str, side: float) -> None:
    """Diversion and elasticity in a cell of the matrix; on the diagonal the own elasticity."""
    row, column = cell
    middle = (column + 0.5, row + 0.5)
    elasticity = f"{matrix.elasticity[cell]:.2f}".replace("-", "−")
    small = side < SMALL_CELL
    if row == column:
        box = Rectangle(
            (column + 0.04, row + 0.04), 0.92, 0.92, fill=False, ec=palette.RULE, lw=1.2
        )
        axes.add_patch(box)
        if small:
            elasticity = f"{matrix.elasticity[cell]:.1f}".replace("-", "−")
        voice = style.Voice(TINY if small else OWN, palette.INK, "bold")
        style.write(axes, middle, elasticity, voice, "center center", "data")
        return
    ink = lettered(shade)
    part = matrix.diversion[cell]
    words = f"{100 * part:.0f}" if np.isfinite(part) else "–"
    if side < TWO_LINES:
        style.write(axes, middle, words, style.Voice(SMALL, ink), "center center", "data")
        return
    above = (middle[0], row + 0.37)
    style.write(axes, above, words, style.Voice(LARGE, ink, "bold"), "center center", "data")
    below = (middle[0], row + 0.71)
    style.write(axes, below, elasticity, style.Voice(SMALL, ink), "center center", "data")


def name_rows(axes: Axes, matrix: Matrix, colours: dict[str, str]) -> None:
    """Names of those whose price rises, left of their rows."""
    wide = style.width_in(axes) / len(matrix.names)
    for row, name in enumerate(matrix.names):
        voice = NAME._replace(colour=palette.lettering(colours[name]))
        words = style.cut(name, voice, SIDE_ROOM)
        style.write(axes, (-8.0 / wide, row + 0.5), words, voice, "right center", "data")


def name_columns(axes: Axes, matrix: Matrix, colours: dict[str, str], wide: float) -> None:
    """Names of those who gain, above their columns: upright where one would not fit."""
    drawn = [style.fitted(style.printable(name), NAME, wide - 4) for name in matrix.names]
    flat = all("…" not in words for words, _ in drawn)
    smallest = NAME._replace(size=min(voice.size for _, voice in drawn))
    tall = style.height_in(axes) / len(matrix.names)
    for column, name in enumerate(matrix.names):
        words = drawn[column][0] if flat else style.cut(name, NAME, UPRIGHT_ROOM)
        voice = (smallest if flat else NAME)._replace(colour=palette.lettering(colours[name]))
        at = (column + 0.5, -NAMES_ABOVE / tall)
        text = style.write(axes, at, words, voice, "center bottom", "data")
        text.set_rotation(0 if flat else 90)


def key(figure: Figure) -> None:
    """How to read a cell, and the scale of tints."""
    left, top, wide, tall = SCALE
    ink = style.QUIET
    style.write(figure, (left - 12, top + tall / 2), "diversion 0 %", ink, "right center")
    style.write(
        figure,
        (left + wide + 12, top + tall / 2),
        f"{100 * FULL:.0f} % and more",
        ink,
        "left center",
    )
    axes = style.panel(figure, left, top, wide, tall)
    axes.set_axis_off()
    tints = np.linspace(0, FULL, 101)
    axes.set_xlim(0, len(tints))
    axes.set_ylim(0, 1)
    for place, part in enumerate(tints):
        axes.add_patch(Rectangle((place, 0), 1.02, 1, facecolor=shade_of(float(part)), lw=0))
    lines = (
        "Row: its price rises. Column: who gains, in % of the choices that the row loses (the "
        "diversion ratio);",
        "below it the % by which the column's use grows per % of the row's price. Framed: the same "
        "of its own use.",
    )
    for level, words in zip((-2, 18), lines, strict=True):
        style.write(figure, (style.MARGIN, top + level), words, ink, "left center")


def shade_of(part: float) -> str:
    """Tint of a diversion ratio, from nearly white to dark blue; grey where there is none."""
    if not np.isfinite(part):
        return palette.GRID
    return palette.mixed("#f3f6fa", DARKEST, min(max(part, 0.0) / FULL, 1.0))


def lettered(shade: str) -> str:
    """Black or white letters, whichever can be read better on a tint."""
    return max(LETTERS, key=lambda ink: palette.contrast(ink, shade))
