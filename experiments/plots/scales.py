"""Axes of amounts: logarithmic, or from zero on, with few round ticks."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from experiments.plots import series, style

FEWEST_TICKS, MOST_TICKS = 3, 7
TICK_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))
HEADROOM = 1.06
BEYOND = 1.25  # room on either side of a logarithmic axis, as a factor


def round_ticks(low: float, high: float) -> list[float]:
    """Round amounts between two positive ones: three to seven where that can be."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    found: list[float] = []
    for steps in TICK_STEPS:
        ticks = sorted({step * 10.0**exponent for exponent in powers for step in steps})
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) > MOST_TICKS and found:
            break
        found = inside
        if len(found) > FEWEST_TICKS:
            break
    return found[:: max(1, -(-len(found) // MOST_TICKS))]


def log_axis(
    axes: Axes, values: series.Numbers, told: Callable[[float], str], which: str = "y"
) -> None:
    """A logarithmic axis that holds the positive ones of `values`, with round ticks."""
    known = values[np.isfinite(values) & (values > 0)]
    low, high = (float(known.min()), float(known.max())) if known.size else (1.0, 10.0)
    low, high = low / BEYOND, high * BEYOND
    side = axes.yaxis if which == "y" else axes.xaxis
    if which == "y":
        axes.set_yscale("log")
        axes.set_ylim(low, high)
    else:
        axes.set_xscale("log")
        axes.set_xlim(low, high)
    side.set_minor_locator(NullLocator())
    side.set_ticks(round_ticks(low, high) if known.size else [])
    side.set_major_formatter(FuncFormatter(lambda value, _: told(value)))
    style.grid(axes)


def level_axis(axes: Axes, highest: float, told: Callable[[float], str]) -> None:
    """An axis from zero to a little over `highest`, with three to five round ticks."""
    top = HEADROOM * (highest if np.isfinite(highest) and highest > 0 else 1.0)
    scale = 10.0 ** np.floor(np.log10(top))
    step = next(s * scale for s in (0.2, 0.25, 0.5, 1, 2, 2.5) if top / (s * scale) < 5)
    axes.set_ylim(0, top)
    axes.set_yticks([i * step for i in range(int(top / step + 1e-9) + 1)])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: told(value)))
    style.grid(axes)
