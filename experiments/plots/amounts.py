"""Money, prices and other amounts as a person would write them, and axes for them."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from experiments.plots import series, style

FEWEST_TICKS, MOST_TICKS = 3, 7
TICK_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))
CENTS, SMALL = 0.1, 1e-3  # dollars from which cents are written, and digits instead of a power
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
UNITS = ((1e6, "tn"), (1e3, "bn"), (1.0, "m"))
ABSURD = 1e10  # M$, from which on there is no word
HEADROOM = 1.06
BEYOND = 1.25  # room on either side of a logarithmic axis, as a factor


def money(millions: float) -> str:
    """An amount in M$: $1.2tn, $216bn, $4.5bn, $370m, $0.3m; no data where there is none."""
    if not np.isfinite(millions):
        return "no data"
    sign, size = ("−" if millions < 0 else ""), abs(millions)
    if size >= ABSURD:
        return f"{sign}${power(1e6 * size, 1)}"
    for unit, name in UNITS:
        if size >= 0.9995 * unit:
            return f"{sign}${three_digits(size / unit)}{name}"
    return f"{sign}${size:.1f}m" if size >= 0.05 else "$0"


def three_digits(value: float) -> str:
    """A number of at least one with the digits that count: 1.2, 2, 12, 120."""
    return f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:,.0f}"


def price(dollars: float) -> str:
    """A price: cents from ten cents on, two digits that count below, then powers of ten."""
    if dollars >= CENTS:
        return f"${dollars:,.2f}"
    return f"${dollars:.2g}" if dollars >= SMALL or dollars <= 0 else f"${power(dollars, 1)}"


def power(value: float, digits: int) -> str:
    """A number as a power of ten: 4.2×10⁻⁵; without its factor where that is one."""
    factor, exponent = f"{value:.{digits}e}".split("e")
    raised = "10" + str(int(exponent)).translate(RAISED)
    return raised if float(factor) == 1 and digits == 0 else f"{factor}×{raised}"


def price_tick(dollars: float) -> str:
    """A round price on an axis."""
    return f"${dollars:,g}" if dollars >= SMALL else f"${power(dollars, 0)}"


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


def log_axis(axes: Axes, values: series.Numbers, told: Callable[[float], str]) -> None:
    """A logarithmic axis that holds the positive ones of `values`, with round ticks."""
    known = values[np.isfinite(values) & (values > 0)]
    low, high = (float(known.min()), float(known.max())) if known.size else (1.0, 10.0)
    low, high = low / BEYOND, high * BEYOND
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks(round_ticks(low, high))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: told(value)))
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
