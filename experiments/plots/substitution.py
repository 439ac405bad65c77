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
BOTTOM, FOOTER = 742, 40
NAMES_ABOVE, SIDE_ROOM = 8, 122.0
MOST_ROOMY = 9  # providers up to which a cell holds two numbers, and names lie above their columns
NAME_ROOM = {False: 34.0, True: 80.0}  # above the matrix; upright names take more
HEADING = 128
SCALE = (1130, 805, 250, 14)
DARKEST = "#123a6b"
FULL = 0.5  # diversion drawn in the darkest tint, and above
LARGE, SMALL, TINY = 14.5, 10.5, 9.0
NAME = style.Voice(12.0, weight="bold")
LETTERS = ("#000000", palette.PAPER)  # one of them has a contrast of 4.5 on any tint


GAINS = "Row: its price rises. Column: who gains, in % of the choices that the row loses"
LINES = {
    False: (
        f"{GAINS} (the diversion ratio);",
        "below it the % by which the column's use grows per % of the row's price. Framed: the same "
        "of its own use.",
    ),
    True: (
        f"{GAINS} (the diversion ratio).",
        "Framed: the % by which its own use grows per % of its price.",
    ),
}


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
    matrices = {segment: at_the_end(records, segment) for segment in PRICED}
    crowded = max(len(matrix.names) for matrix in matrices.values()) > MOST_ROOMY
    top = HEADING + NAME_ROOM[crowded] + 3 * NAMES_ABOVE
    for left, (segment, matrix) in zip(LEFTS, matrices.items(), strict=True):
        axes = style.panel(figure, left, top, WIDE, BOTTOM - top)
        axes.set_axis_off()
        entitle(figure, left, segment, matrix)
        if matrix.names:
            cells(axes, matrix, colours, crowded)
        else:
            style.say(axes, "no choice that a price could move")
    key(figure, crowded)
    return figure


def entitle(figure: Figure, left: float, segment: str, matrix: Matrix) -> None:
    """Name of a segment, and whose choices it shows."""
    left -= SIDE_ROOM + NAMES_ABOVE
    words = segment.capitalize()
    style.write(figure, (left, HEADING), words, style.HEADING)
    left += style.words_width(words, style.HEADING) + 12
    style.write(figure, (left, HEADING), WHO[segment] if matrix.names else "", style.QUIET)


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


def cells(axes: Axes, matrix: Matrix, colours: dict[str, str], crowded: bool) -> None:
    """Shaded cells with their numbers, names around them, and shares below."""
    count = len(matrix.names)
    axes.set_xlim(0, count)
    axes.set_ylim(count, 0)
    wide, tall = style.width_in(axes) / count, style.height_in(axes) / count
    for row, column in np.ndindex(count, count):
        shade = palette.PAPER if row == column else shade_of(float(matrix.diversion[row, column]))
        box = Rectangle((column, row), 1, 1, facecolor=shade, edgecolor=palette.PAPER, lw=2)
        axes.add_patch(box)
        if row == column:
            own_elasticity(axes, row, float(matrix.elasticity[row, row]), crowded)
        else:
            numbers(axes, matrix, (row, column), lettered(shade), crowded)
    name_rows(axes, matrix, colours, wide)
    name_columns(axes, matrix, colours, crowded)
    quiet, below = style.Voice(SMALL, palette.MUTED), count + FOOTER / 2 / tall
    for column, share in enumerate(matrix.share):
        words = series.percent(float(share)).replace(" %", "" if crowded else " %")
        style.write(axes, (column + 0.5, below), words, quiet, "center center", "data")
    style.write(axes, (-NAMES_ABOVE / wide, below), "chosen by", quiet, "right center", "data")


def own_elasticity(axes: Axes, place: int, value: float, crowded: bool) -> None:
    """What a provider loses by its own price, in a frame on the diagonal."""
    corner = (place + 0.04, place + 0.04)
    axes.add_patch(Rectangle(corner, 0.92, 0.92, fill=False, ec=palette.RULE, lw=1.2))
    words = f"{value:.{1 if crowded else 2}f}".replace("-", "−")
    voice = style.Voice(TINY if crowded else LARGE, palette.INK, "bold")
    style.write(axes, (place + 0.5, place + 0.5), words, voice, "center center", "data")


def numbers(axes: Axes, matrix: Matrix, cell: tuple[int, int], ink: str, crowded: bool) -> None:
    """Diversion in a cell of the matrix, and below it the elasticity where there is room."""
    row, middle = cell[0], cell[1] + 0.5
    part = matrix.diversion[cell]
    words = f"{100 * part:.0f}" if np.isfinite(part) else "–"
    if crowded:
        voice = style.Voice(SMALL, ink)
        style.write(axes, (middle, row + 0.5), words, voice, "center center", "data")
        return
    voice = style.Voice(LARGE, ink, "bold")
    style.write(axes, (middle, row + 0.37), words, voice, "center center", "data")
    words = f"{matrix.elasticity[cell]:.2f}".replace("-", "−")
    voice = style.Voice(SMALL, ink)
    style.write(axes, (middle, row + 0.71), words, voice, "center center", "data")


def name_rows(axes: Axes, matrix: Matrix, colours: dict[str, str], wide: float) -> None:
    """Names of those whose price rises, left of their rows."""
    for row, name in enumerate(matrix.names):
        voice = NAME._replace(colour=palette.lettering(colours[name]))
        words = style.cut(name, voice, SIDE_ROOM)
        at = (-NAMES_ABOVE / wide, row + 0.5)
        style.write(axes, at, words, voice, "right center", "data")


def name_columns(axes: Axes, matrix: Matrix, colours: dict[str, str], upright: bool) -> None:
    """Names of those who gain, above their columns, in one size."""
    count = len(matrix.names)
    room = NAME_ROOM[True] if upright else style.width_in(axes) / count - 4
    voices = [style.fitted(style.printable(name), NAME, room)[1] for name in matrix.names]
    size = min(voice.size for voice in voices)
    for column, name in enumerate(matrix.names):
        voice = NAME._replace(size=size, colour=palette.lettering(colours[name]))
        at = (column + 0.5, -NAMES_ABOVE / style.height_in(axes) * count)
        words = style.cut(name, voice, room)
        text = style.write(axes, at, words, voice, "center bottom", "data")
        text.set_rotation(90 if upright else 0)


def key(figure: Figure, crowded: bool) -> None:
    """How to read a cell, and the scale of tints."""
    left, top, wide, tall = SCALE
    ink, level, most = style.QUIET, top + tall / 2, f"{100 * FULL:.0f} % and more"
    style.write(figure, (left - 12, level), "diversion 0 %", ink, "right center")
    style.write(figure, (left + wide + 12, level), most, ink, "left center")
    axes = style.panel(figure, left, top, wide, tall)
    axes.set_axis_off()
    tints = np.linspace(0, FULL, 101)
    axes.set_xlim(0, len(tints))
    axes.set_ylim(0, 1)
    for place, part in enumerate(tints):
        axes.add_patch(Rectangle((place, 0), 1.02, 1, facecolor=shade_of(float(part)), lw=0))
    for line, words in zip((-2, 18), LINES[crowded], strict=True):
        style.write(figure, (style.MARGIN, top + line), words, ink, "left center")


def shade_of(part: float) -> str:
    """Tint of a diversion ratio, from nearly white to dark blue; grey where there is none."""
    if not np.isfinite(part):
        return palette.GRID
    return palette.mixed("#f3f6fa", DARKEST, min(max(part, 0.0) / FULL, 1.0))


def lettered(shade: str) -> str:
    """Black or white letters, whichever can be read better on a tint."""
    return max(LETTERS, key=lambda ink: palette.contrast(ink, shade))
