"""Main effects: how far the outcome swings as each factor goes from its low to its high end."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from experiments.plots import factor_names, palette, ranked_rows, style
from experiments.sensitivity.effects import Numbers
from experiments.sensitivity.swings import Swings

LOW_END, HIGH_END = "#8b6bb0", "#e39a3b"
OF_ENDS = (
    "Mean of {outcome} where each factor is low (violet) and where it is high (orange), over all "
    "values of the others"
)
OF_SLOPES = (
    "Mean elementary effect on {outcome} of moving each factor from its lowest (violet) to its "
    "highest value (orange), drawn about the mean of all runs"
)
THICK = 0.56  # of a row
SURE, UNSURE = 1.0, 0.35  # opacity of a bar whose interval leaves out zero, or does not


@style.styled
def draw_tornado(found: Swings, outcome: str, foot: str) -> Figure:
    """A bar for each factor from the outcome at its low end to that at its high end."""
    figure = style.sheet(
        title(found, outcome),
        summary(found),
        (OF_SLOPES if found.slopes else OF_ENDS).format(outcome=outcome)
        + ", longest swing first; the vertical line is the mean of all runs. "
        "Whiskers: 95 per cent interval of the swing, by resampling points and leaving out seeds "
        "(an arrow: it goes on); "
        "pale bars: the interval holds zero. Of a factor with several labels, the two that lie "
        "furthest apart are compared, which makes its swing look a little large.",
        foot,
    )
    rows = ranked_rows.rows_panel(figure, np.abs(found.swing.value))
    ranked_rows.names_of(
        rows, found.factors, [f"{low} → {high}" if low or high else "" for low, high in found.ends]
    )
    ranked_rows.numbers_of(rows, told(found), "swing, with 95 % interval")
    axis(rows.axes, found, rows.order)
    for at, i in enumerate(rows.order):
        bar(rows.axes, at, found, int(i))
    rows.axes.axvline(found.middle, color=palette.INK, linewidth=1.2, zorder=3)
    style.heading(rows.axes, style.printable(outcome, 40), "mean of runs")
    ranked_rows.key(
        figure,
        [("factor low", LOW_END), ("factor high", HIGH_END)],
        ranked_rows.LEFT + ranked_rows.WIDE,
        ranked_rows.TOP - 18,
    )
    foot_note(figure, found, rows)
    return figure


def sure(found: Swings) -> Numbers:
    """Whether the interval of each swing leaves out zero, as 1 or 0: (k,)."""
    return np.asarray((found.swing.low > 0) | (found.swing.high < 0), np.float64)


def title(found: Swings, outcome: str) -> str:
    """Which factor moves the outcome most, and which way."""
    name = style.printable(outcome, 60)
    if not sure(found).any():
        return f"No factor surely moves {name}"
    sizes = np.where(sure(found) > 0, np.abs(found.swing.value), -1.0)
    most = int(np.argmax(sizes))
    short = factor_names.short_names(found.factors)[found.factors[most]]
    way = "raises" if found.swing.value[most] > 0 else "lowers"
    return f"{style.printable(short, 60).capitalize()} {way} {name} most"


def summary(found: Swings) -> str:
    """How many factors have an effect, and how large the largest is."""
    count = int(sure(found).sum())
    most = int(np.nanargmax(np.abs(found.swing.value)))
    low, high = found.ends[most]
    moved = f" from {low} to {high}" if low or high else ""
    size = factor_names.with_interval(*(float(part[most]) for part in found.swing))
    return (
        f"{count} of {len(found.factors)} factors are told apart from one without effect"
        f"{factor_names.by_chance(len(found.factors))}; "
        f"{factor_names.short_names(found.factors)[found.factors[most]]}{moved}: {size}"
    )


def told(found: Swings) -> list[str]:
    """The swing of each factor with its interval, and a sign."""
    said = []
    for value, low, high in zip(*found.swing, strict=True):
        words = factor_names.with_interval(float(value), float(low), float(high))
        said.append(f"+{words}" if value > 0 else words)
    return said


def axis(axes: Axes, found: Swings, order: NDArray[np.int64]) -> None:
    """An axis that holds every bar and whisker that is shown."""
    bars = np.array([found.middle, *found.at_low[order], *found.at_high[order]])
    ends = np.array([whisker_ends(found, int(i)) for i in order])
    ranked_rows.number_axis(axes, *ranked_rows.extent(bars, ends.ravel()))


def whisker_ends(found: Swings, i: int) -> tuple[float, float]:
    """Where the high end of the factor would lie at either end of the swing's interval."""
    base = float(found.at_low[i])
    return base + float(found.swing.low[i]), base + float(found.swing.high[i])


def bar(axes: Axes, at: int, found: Swings, i: int) -> None:
    """From the low end to the mean in one colour, from there to the high end in the other."""
    low, high, middle = float(found.at_low[i]), float(found.at_high[i]), found.middle
    if not (np.isfinite(low) and np.isfinite(high)):
        style.write(axes, (middle, at), "  no number", style.FOOT, "left center", "data")
        return
    depth = SURE if sure(found)[i] else UNSURE
    if (low - middle) * (high - middle) > 0:  # both on one side of the mean: meet half-way
        middle = (low + high) / 2
    for start, end, colour in ((low, middle, LOW_END), (middle, high, HIGH_END)):
        left = min(start, end)
        box = Rectangle((left, at - THICK / 2), abs(end - start), THICK, facecolor=colour)
        box.set(alpha=depth, linewidth=0, zorder=2)
        axes.add_patch(box)
    ranked_rows.whisker(axes, at, *whisker_ends(found, i))


def foot_note(figure: Figure, found: Swings, rows: ranked_rows.Rows) -> None:
    """What holds for the factors that have no row."""
    if len(rows.left_out):
        rest = np.abs(found.swing.value[rows.left_out])
        most = float(np.nanmax(rest)) if np.isfinite(rest).any() else float("nan")
        size = factor_names.number(most, factor_names.places_for(most))
        words = ranked_rows.left_out_words(found.factors, rows, f"each moves it by {size} at most")
        style.write(figure, (style.MARGIN, style.HEIGHT - 52), words, style.QUIET, "left center")
