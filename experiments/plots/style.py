"""The look of every figure: the canvas, panels, words, axes of time, and the PNG.

Figures are made with Matplotlib's objects, without pyplot: no window system, no global state and
a faster start.  Names come from files, so no words are ever read as mathematics.
"""

import functools
import io
from collections.abc import Callable
from typing import Any, NamedTuple, ParamSpec

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ticker import FuncFormatter
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from experiments.plots import palette, series

P = ParamSpec("P")
WIDTH, HEIGHT, DPI = 1600, 900, 100
MARGIN = 56
POINT = DPI / 72
HEADING_SLACK = 60
FONT = "DejaVu Sans"
LONGEST_NAME = 18
COLOURS = 256
SMALLER = 0.8
SETTINGS: Any = {
    "font.family": [FONT],
    "axes.unicode_minus": True,
    "text.usetex": False,
    "path.simplify": True,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
}


class Voice(NamedTuple):
    """How words look: size in points, colour, weight."""

    size: float
    colour: str = palette.INK
    weight: str = "normal"


TITLE = Voice(25, weight="bold")
SUBTITLE = Voice(15.5, palette.MUTED)
HEADING = Voice(15.5, weight="bold")
LABEL = Voice(13.5)
QUIET = Voice(12.5, palette.MUTED)
FOOT = Voice(11.5, palette.MUTED)


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw with the settings of this file, whatever the user's own Matplotlib settings are."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with matplotlib.rc_context(SETTINGS):
            return draw(*args, **kwargs)

    return drawn


def canvas(
    records: series.RunLike, title: str, subtitle: str, caption: str, seeds: str = ""
) -> Figure:
    """An empty figure of a run, with its title, subtitle and a footnote that names the run.

    `seeds` names the seeds in the footnote where there are several.
    """
    return sheet(title, subtitle, caption, footnote(records, seeds))


def sheet(title: str, subtitle: str, caption: str, foot: str) -> Figure:
    """An empty figure of 1600 x 900 pixels with its title, subtitle and footnote.

    The caption is not drawn: it travels in the PNG, for the report and for screen readers.
    """
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=palette.PAPER)
    FigureCanvasAgg(figure)
    figure.set_gid(title)
    figure.set_label(caption)
    write(figure, (MARGIN, 44), *fitted(title, TITLE), "left center")
    write(figure, (MARGIN, 82), *fitted(subtitle, SUBTITLE), "left center")
    write(figure, (MARGIN, HEIGHT - 22), foot, FOOT, "left center")
    return figure


def fitted(words: str, voice: Voice, room: float = WIDTH - 2 * MARGIN) -> tuple[str, Voice]:
    """Words that fit `room` pixels: set smaller down to four fifths, then cut."""
    smallest = SMALLER * voice.size
    while words_width(words, voice) > room and voice.size > smallest:
        voice = voice._replace(size=max(0.98 * voice.size, smallest))
    while words_width(words, voice) > room:
        words = words[:-2] + "…"
    return words, voice


def cut(name: str, voice: Voice, room: float, tail: str = "") -> str:
    """A printable name with `tail` after it, the name shortened until both fit `room` pixels."""
    name = printable(name)
    while len(name) > 2 and words_width(name + tail, voice) > room:
        name = name[:-2] + "…"
    return name + tail


def footnote(records: series.RunLike, seeds: str = "") -> str:
    """Which run it is, and how to read it."""
    name = printable(str(records.config.name), 64)
    seeds = seeds or f"seed {records.config.seed}"
    words = f"run {name}, {seeds} · stylised paths of named firms, not forecasts"
    if series.uses_product_terms(records):
        words += " · product terms are not zero: part of the outcome is put in, not explained"
    return words


@functools.cache
def glyphs() -> frozenset[int]:
    """Code points that the font can draw."""
    return frozenset(get_font(findfont(FontProperties(family=[FONT]))).get_charmap())


def printable(name: str, longest: int = LONGEST_NAME) -> str:
    """A name that can be drawn: one line, known signs, not too long."""
    signs = "".join(sign if sign.isprintable() and ord(sign) in glyphs() else "□" for sign in name)
    return signs if len(signs) <= longest else signs[: longest - 1] + "…"


def panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place given in pixels from the upper left corner of the figure."""
    box = (left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT)
    axes = figure.add_axes(box, facecolor="none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.RULE)
    axes.tick_params(length=0, pad=5, labelsize=QUIET.size, labelcolor=palette.MUTED)
    axes.tick_params(axis="x", pad=9)
    axes.set_axisbelow(True)
    return axes


def write(
    on: Any,
    at: tuple[float, float],
    words: str,
    voice: Voice = LABEL,
    place: str = "left baseline",
    frame: str = "pixels",
) -> Any:
    """Write words on a figure or axes, never read as mathematics.

    Parameters
    ----------
    on : a Figure or Axes
    at : place in `frame`
    place : "left|center|right" and "top|center|baseline|bottom" of the words put there
    frame : pixels (from the upper left corner of the figure), data, or axes (fractions)
    """
    across, up = place.split()
    x, y = at
    figure = on if isinstance(on, Figure) else on.figure
    if frame == "pixels":
        transform = figure.transFigure
        x, y = x / WIDTH, 1 - y / HEIGHT
        on = figure
    else:
        transform = on.transData if frame == "data" else on.transAxes
    return on.text(
        x,
        y,
        words,
        transform=transform,
        ha=across,
        va=up,
        fontsize=voice.size,
        color=voice.colour,
        fontweight=voice.weight,
        parse_math=False,
    )


def say(axes: Axes, words: str, voice: Voice = QUIET) -> None:
    """Write in the middle of a panel why nothing is drawn there."""
    write(axes, (0.5, 0.5), words, voice, "center center", "axes")


def heading(axes: Axes, words: str, more: str = "", lines: int = 0) -> None:
    """Name of a panel above its upper left corner, with a quieter continuation.

    The continuation goes on the same line where the panel is wide enough, else below the name;
    `lines` 1 or 2 decides it, so that panels in a row look alike.
    """
    box = axes.get_position()
    left, base = box.x0 * WIDTH, (1 - box.y1) * HEIGHT - 14
    used = words_width(words, HEADING) + 12
    added = words_width(more, QUIET) if more else 0.0
    if lines == 2 or (lines == 0 and used + added > width_in(axes) + HEADING_SLACK):
        write(axes, (left, base - 21), words, HEADING)
        write(axes, (left, base), more, QUIET)
        return
    write(axes, (left, base), words, HEADING)
    write(axes, (left + used, base), more, QUIET)


def words_width(words: str, voice: Voice) -> float:
    """Width that words would take, in pixels, from the advance of each sign."""
    font = get_font(findfont(FontProperties(family=[FONT], weight=voice.weight)))
    font.set_size(voice.size, DPI)
    font.set_text(words, 0.0)
    return float(font.get_width_height()[0] / 64)


def height_in(axes: Axes) -> float:
    """Height of axes in pixels."""
    return float(axes.get_position().height * HEIGHT)


def width_in(axes: Axes) -> float:
    """Width of axes in pixels."""
    return float(axes.get_position().width * WIDTH)


def grid(axes: Axes, which: str = "y") -> None:
    """Faint lines behind the data."""
    axes.grid(True, axis=which, color=palette.GRID, linewidth=1)  # type: ignore[arg-type]


def month_line(
    axes: Axes, values: series.Numbers, dashes: str = "-", colour: str = palette.INK
) -> None:
    """A series (T,) over the months; a dot where it has a single number."""
    single = np.isfinite(values).sum() == 1
    axes.plot(values, dashes, color=colour, linewidth=2.4, marker="o" if single else "")


def for_bands(parts: series.Numbers) -> tuple[series.Numbers, series.Numbers]:
    """Months, and stacked parts (T, P), of bands; a single month is as wide as a month."""
    if len(parts) == 1:
        return np.array([-0.5, 0.5]), np.repeat(parts, 2, axis=0)
    return np.arange(len(parts), dtype=np.float64), parts


def percent_axis(axes: Axes, top: float = 1.0, which: str = "y") -> None:
    """Shares from 0 to `top` on an axis in per cent, with five steps at most."""
    side = axes.yaxis if which == "y" else axes.xaxis
    axes.set_ylim(0, top) if which == "y" else axes.set_xlim(0, top)
    step = 0.25 if top >= 1 else next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2) if top / s <= 5.01)
    ticks = [i * step for i in range(int(top / step + 1e-9) + 1)]
    side.set_ticks(ticks)
    side.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f} %"))


def time_axis(axes: Axes, first: str, months: int) -> None:
    """Months on the x axis, labelled by quarter and year, by year, or by month if few.

    Month i is drawn at x = i; a single month gets the room of one.
    """
    low, high = (-0.5, 0.5) if months == 1 else (0.0, months - 1.0)
    axes.set_xlim(low, high)
    ticks = month_ticks(first, months, width_in(axes))
    axes.set_xticks([at for at, _ in ticks], [words for _, words in ticks])


def month_ticks(first: str, months: int, width: float) -> list[tuple[int, str]]:
    """Where to put dates on an axis `width` pixels wide, and what they say."""
    year, month = (int(part) for part in first.split("-"))
    calendar = [(year + (month - 1 + i) // 12, (month - 1 + i) % 12) for i in range(months)]
    names = series.MONTH_NAMES
    if months <= 8:
        return [
            (i, f"{names[m]}\n{y}" if i == 0 or m == 0 else names[m])
            for i, (y, m) in enumerate(calendar)
        ]
    room = width / months
    if 3 * room >= 38:
        quarters = [(i, y, m) for i, (y, m) in enumerate(calendar) if m % 3 == 0]
        return [
            (i, f"Q{m // 3 + 1}" + (f"\n{y}" if m == 0 or i == quarters[0][0] else ""))
            for i, y, m in quarters
        ]
    years = [(i, y) for i, (y, m) in enumerate(calendar) if m == 0]
    step = next((s for s in (1, 2, 5, 10, 20) if 12 * room * s >= 56), 50)
    kept = [(i, str(y)) for i, y in years if y % step == 0]
    return kept or [(i, str(y)) for i, y in years[:1]]


def png(figure: Figure) -> bytes:
    """The figure as the bytes of a PNG that carries its own title and description.

    It has 256 colours chosen for it, a few of 255 off, so that a report holds three times as many.
    """
    with matplotlib.rc_context(SETTINGS):
        drawing = FigureCanvasAgg(figure)
        drawing.draw()
        whole = Image.fromarray(np.asarray(drawing.buffer_rgba())[..., :3])
    few = whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    told = PngInfo()
    told.add_text("Title", str(figure.get_gid()))
    told.add_text("Description", str(figure.get_label()))
    out = io.BytesIO()
    few.save(out, "png", pnginfo=told, dpi=(DPI, DPI), compress_level=6)
    return out.getvalue()
