"""Phase diagram: which regime most runs end in at each pair of values of two factors."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke

from experiments.phases import NO_LABEL, Numbers, Phases
from experiments.plots import factor_names, palette, style
from experiments.plots.placed_labels import HALO
from simulation.columns import NOBODY
from simulation.metrics.regime import REGIMES

LEFT, TOP, WIDE, TALL = 250, 176, 850, 600
KEY, KEY_STEP, SWATCH = 1180, 34, 22
# Strong colours, so that they can be told apart where few seeds agree and they are drawn pale.
COLOURS = {
    "monopoly": "#27407a",
    "oligopoly": "#2f9c86",
    "open": "#dd9a1f",
    NOBODY: "#6b6f78",
    "yes": "#b5562b",
    "no": "#4f7fb8",
}
SPARE = ("#8b6bb0", "#b5562b", "#4f7fb8", "#7d6942", "#950512")
LEAST_WIDE, LEAST_TALL = 52.0, 24.0  # of a cell that holds words, pixels
MOST_TICKS = 10
MOST_CONTOURS = 6


@style.styled
def draw_phases(found: Phases, of: str, value: str, foot: str) -> Figure:
    """A coloured cell for each pair of values, with contours of a number.

    of : what the labels are of, such as "regime at the end"
    value : what the contours are of; none are drawn where it is empty
    """
    names = factor_names.short_names(found.factors)
    across, up = (names[name] for name in found.factors)
    figure = style.sheet(
        title(found, across, up),
        summary(found),
        f"Colour: the most frequent {of} of the runs (of equals the first by name) at each pair of "
        f"{across} (across) and {up} (up). Opacity: how many of these runs agree, in per cent, "
        "from pale to full"
        + (f". Lines: mean {value}, smoothed over neighbouring cells" if value else "")
        + ". Hatched: no finished run.",
        foot,
    )
    axes = style.panel(figure, LEFT, TOP, WIDE, TALL)
    style.heading(axes, style.printable(of.capitalize(), 60), f"{across} across, {up} up")
    colours = colours_of(found)
    for y, x in np.ndindex(found.label.shape):
        cell(axes, found, (y, x), colours)
    ticks(axes, found)
    borders(axes, found)
    levels = contours(axes, found) if value else []
    key(figure, found, colours, contour_words(value, levels))
    return figure


def colours_of(found: Phases) -> dict[str, str]:
    """A colour for each label that some run has most often, regimes first."""
    seen = {str(label) for label in found.label.ravel()} - {NO_LABEL}
    known = [name for name in (*REGIMES, *COLOURS) if name in seen]
    colours = {name: COLOURS[name] for name in dict.fromkeys(known)}
    rest = sorted(seen - set(colours))
    return colours | {name: SPARE[i % len(SPARE)] for i, name in enumerate(rest)}


def title(found: Phases, across: str, up: str) -> str:
    """Whether the outcome changes over the map."""
    there = found.label != NO_LABEL
    names, counts = np.unique(found.label[there].astype(str), return_counts=True)
    by = f"over {style.printable(across, 40)} and {style.printable(up, 40)}"
    if len(names) == 1:
        return f"{names[0].capitalize()} is most frequent everywhere {by}"
    most = int(counts.argmax())
    return f"{names[most].capitalize()} in {counts[most]} of {counts.sum()} cells {by}"


def summary(found: Phases) -> str:
    """Cells where runs disagree, runs, and how cells came about."""
    there = found.runs > 0
    all_agree = int((found.agreement[there] >= 1).sum())
    said = [f"{int(found.runs.sum()):,} runs", f"all agree in {all_agree} of {there.sum()} cells"]
    if (~there).any():
        said.append(f"{int((~there).sum())} cells without a finished run")
    return "; ".join([*said, *([found.note] if found.note else [])])


def cell(axes: Axes, found: Phases, at: tuple[int, int], colours: dict[str, str]) -> None:
    """One cell: its colour with the agreement as opacity, and the agreement in words."""
    y, x = at
    box = Rectangle((x - 0.5, y - 0.5), 1, 1, linewidth=0.8, edgecolor=palette.PAPER)
    box.set_gid(f"cell {y} {x}")
    axes.add_patch(box)
    if found.label[at] == NO_LABEL:
        box.set(facecolor=palette.PAPER, edgecolor=palette.RULE, hatch="///")
        return
    agreement = float(found.agreement[at])
    box.set(facecolor=colours[str(found.label[at])], alpha=agreement)
    if holds_words(found):
        drawn = palette.mixed(palette.PAPER, colours[str(found.label[at])], agreement)
        tone = max((palette.INK, palette.PAPER), key=lambda one: palette.contrast(one, drawn))
        words = f"{100 * agreement:.0f} %"
        voice = style.FOOT._replace(colour=tone)
        text = style.write(axes, (x, y), words, voice, "center center", "data")
        text.set(path_effects=[Stroke(linewidth=3, foreground=drawn), Normal()], zorder=6)


def holds_words(found: Phases) -> bool:
    """Whether cells are large enough for words."""
    rows, columns = found.label.shape
    return WIDE / columns >= LEAST_WIDE and TALL / rows >= LEAST_TALL


def ticks(axes: Axes, found: Phases) -> None:
    """Values along both sides, as many as there is room for."""
    rows, columns = found.label.shape
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(-0.5, rows - 0.5)
    longest = max(style.words_width(words, style.QUIET) for words in found.levels[0])
    most = int(max(2, min(2 * MOST_TICKS, WIDE // (longest + 14))))
    for side, levels, room in (
        (axes.xaxis, found.levels[0], most),
        (axes.yaxis, found.levels[1], 2 * MOST_TICKS),
    ):
        step = -(-len(levels) // room)
        shown = range(0, len(levels), step)
        side.set_ticks(list(shown), [shortened(levels[i], side is axes.yaxis) for i in shown])
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        text.set_parse_math(False)


def shortened(words: str, beside: bool) -> str:
    """A level that fits beside the axes, or below them."""
    return factor_names.fitted_name(words, style.QUIET, LEFT - 76 if beside else 150)


def borders(axes: Axes, found: Phases) -> None:
    """A dark line wherever two cells beside each other have different labels."""
    label = found.label
    lines = []
    for y, x in np.ndindex(label.shape):
        for other, line in (
            ((y, x + 1), ((x + 0.5, x + 0.5), (y - 0.5, y + 0.5))),
            ((y + 1, x), ((x - 0.5, x + 0.5), (y + 0.5, y + 0.5))),
        ):
            if other[0] < label.shape[0] and other[1] < label.shape[1]:
                both = {str(label[y, x]), str(label[other])}
                if len(both) == 2 and NO_LABEL not in both:
                    lines.append(line)
    for across, up in lines:
        axes.plot(across, up, color=palette.INK, linewidth=2.2, solid_capstyle="projecting")


def contours(axes: Axes, found: Phases) -> Sequence[float]:
    """Lines of equal mean value, smoothed a little; none where the map is small or flat.

    They are labelled where cells hold no words.  Returns their values.
    """
    if min(found.value.shape) < 3 or np.isfinite(found.value).sum() < 4:
        return []
    values = smoothed(found.value)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if not high > low:
        return []
    levels, masked = round_levels(low, high), np.ma.masked_invalid(values)
    axes.contour(masked, levels=levels, colors=palette.PAPER, linewidths=2.2)
    drawn = axes.contour(masked, levels=levels, colors=palette.INK, linewidths=1.2)
    if not holds_words(found):
        words = dict(zip(levels, in_words(levels), strict=True))
        for text in axes.clabel(drawn, fmt=words, fontsize=style.FOOT.size, inline=False):
            text.set_path_effects(HALO)
    return levels


def in_words(levels: Sequence[float]) -> list[str]:
    """Round values with the decimals that tell them apart."""
    places = factor_names.places_for(levels[1] - levels[0]) - 1 if len(levels) > 1 else 2
    places += any(abs(round(level, places) - level) > 1e-9 for level in levels)
    return [factor_names.number(level, max(places, 0)) for level in levels]


def contour_words(value: str, levels: Sequence[float]) -> str:
    """What the lines are, for the key; nothing without lines."""
    if not levels:
        return ""
    return f"thin lines: mean {style.printable(value, 26)}\nof {', '.join(in_words(levels))}"


def smoothed(values: Numbers) -> Numbers:
    """Mean of each cell and its neighbours, the cell itself counting twice; nan stays nan."""
    padded = np.pad(values, 1, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    near = np.where(np.isfinite(windows), windows, 0.0).sum(axis=(2, 3))
    count = np.isfinite(windows).sum(axis=(2, 3))
    own = np.nan_to_num(values)
    mean = (near + own) / np.maximum(count + np.isfinite(values), 1)
    return np.where(np.isfinite(values), mean, np.nan)


def round_levels(low: float, high: float) -> Sequence[float]:
    """Round numbers between two, at most six."""
    scale = 10.0 ** np.floor(np.log10(high - low))
    step = next(s * scale for s in (0.1, 0.2, 0.25, 0.5, 1, 2) if (high - low) / (s * scale) < 6)
    first = np.ceil(low / step)
    levels = [float(step * k) for k in np.arange(first, first + MOST_CONTOURS) if step * k < high]
    return levels or [(low + high) / 2]


def key(figure: Figure, found: Phases, colours: dict[str, str], lines: str) -> None:
    """What colours, opacities and lines mean, and in how many cells each label is first."""
    style.write(figure, (KEY, TOP - 14), "Most frequent", style.HEADING)
    y = TOP + 16.0
    for name, colour in colours.items():
        square(figure, (KEY, y), colour, 1.0)
        words = "no revenue" if name == NOBODY else style.printable(name, 30)
        cells = int((found.label == name).sum())
        style.write(figure, (KEY + 36, y), words, style.LABEL, "left center")
        told = f"{cells} cell{'s' * (cells != 1)}"
        style.write(figure, (style.WIDTH - 100, y), told, style.QUIET, "right center")
        y += KEY_STEP
    y += 34
    style.write(figure, (KEY, y), "Runs that agree", style.HEADING)
    y += 30
    for part in (1.0, 0.75, 0.5, 0.25):
        for i, colour in enumerate(colours.values()):
            square(figure, (KEY + i * 26, y), colour, part)
        words = f"{100 * part:.0f} %"
        at = (KEY + 26 * len(colours) + 12, y)
        style.write(figure, at, words, style.LABEL, "left center")
        y += KEY_STEP - 6
    several = "dark border: another regime" if set(colours) & set(REGIMES) else ""
    for words in [line for line in (several, *lines.split("\n")) if line]:
        y += 26
        style.write(figure, (KEY, y), words, style.QUIET, "left center")


def square(figure: Figure, at: tuple[float, float], colour: str, opacity: float) -> None:
    """A swatch of colour whose middle left is at a place in pixels."""
    box = Rectangle(
        (at[0] / style.WIDTH, 1 - (at[1] + SWATCH / 2) / style.HEIGHT),
        SWATCH / style.WIDTH,
        SWATCH / style.HEIGHT,
        facecolor=colour,
        alpha=opacity,
        linewidth=0,
        transform=figure.transFigure,
    )
    figure.add_artist(box)
