"""What providers offered: capability and list price, and product terms where there are any."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from agents.codes import CODING, CONSUMER, ENTERPRISE
from experiments.plots import labels, palette, series, style
from simulation.columns import SEGMENTS

TOP, TALL = 160, 640
TWO = ((118, 500), (890, 480))
THREE = ((110, 262), (616, 262), (1134, 262))
PREFERRED = (ENTERPRISE, CODING, CONSUMER)
LABEL_ROOM = 168.0
FEWEST_TICKS, MOST_TICKS = 3, 7
TICK_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Capability and price of the enterprise offer; consumer capability where there is no other."""
    figure = style.canvas(
        records,
        "What the providers offered",
        summary(records),
        "Capability (OOM, factors of ten of effective compute) and list price (dollars per "
        "million tokens, logarithmic) of each provider's offer to enterprises, dashed where it "
        "is to developers or consumers only; product terms (util) where the run uses any.",
    )
    capability = series.cube(records, "capability")
    dashed = np.asarray(~np.isfinite(capability[:, PREFERRED[0]]).any(axis=0))
    walked = series.uses_product_terms(records)
    places = THREE if walked else TWO
    panels = [style.panel(figure, left, TOP, wide, TALL) for left, wide in places]
    style.heading(panels[0], "Capability", "OOM")
    paths(panels[0], records, preferred(capability), dashed)
    style.heading(panels[1], "List price", "$ per million tokens, log scale")
    log_prices(panels[1], records, preferred(series.cube(records, "price")), dashed)
    if walked:
        name = SEGMENTS[CODING]
        style.heading(panels[2], "Product term", f"util, {name}")
        terms = series.cube(records, "product_term")[:, CODING]
        offered = np.isfinite(capability[:, CODING])
        paths(panels[2], records, np.where(offered, terms, np.nan), np.zeros_like(dashed))
    return figure


def preferred(values: series.Numbers) -> series.Numbers:
    """The enterprise offer (T, P) of each provider; else the one to developers or consumers."""
    seen = values[:, PREFERRED[0]]
    for segment in PREFERRED[1:]:
        seen = np.where(np.isfinite(seen).any(axis=0), seen, values[:, segment])
    return np.asarray(seen, np.float64)


def summary(records: series.RunLike) -> str:
    """The best offer and its lead at the end, in words."""
    best = series.last_finite(series.market(records, "frontier_capability"))
    gap = series.last_finite(series.market(records, "capability_gap"))
    price = series.last_finite(series.market(records, "frontier_price"))
    said = [
        f"frontier capability {best:.2f} OOM" if np.isfinite(best) else "",
        f"{gap:.2f} OOM ahead of the second" if np.isfinite(gap) else "",
        f"at ${price:,.2f} per million tokens" if np.isfinite(price) else "",
    ]
    words = ", ".join(part for part in said if part)
    return f"At the end: {words}" if words else "Offers to enterprises"


def paths(
    axes: Axes, records: series.RunLike, values: series.Numbers, dashed: NDArray[np.bool_]
) -> None:
    """Steps of each provider (T, P), named at the end with the last value."""
    days = series.dates(records)
    style.time_axis(axes, days[0], len(days))
    style.grid(axes)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    margin = 0.04 * max(high - low, 0.5)
    axes.set_ylim(low - margin, high + margin)
    step_lines(axes, records, values, dashed, "{:.1f}".format)


def log_prices(
    axes: Axes, records: series.RunLike, prices: series.Numbers, dashed: NDArray[np.bool_]
) -> None:
    """Prices (T, P) on a logarithmic axis; free offers have no place on it and are left out."""
    days = series.dates(records)
    style.time_axis(axes, days[0], len(days))
    style.grid(axes)
    values = np.where(prices > 0, prices, np.nan)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (1.0, 10.0)
    axes.set_yscale("log")
    axes.set_ylim(low / 1.25, high * 1.25)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks(price_ticks(low / 1.25, high * 1.25))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda price, _: f"${price:,g}"))
    step_lines(axes, records, values, dashed, dollars)


def price_ticks(low: float, high: float) -> list[float]:
    """Round prices between two prices: three to seven where that can be."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    found: list[float] = []
    for steps in TICK_STEPS:
        ticks = sorted({step * 10.0**power for power in powers for step in steps})
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) > MOST_TICKS and found:
            break
        found = inside
        if len(found) > FEWEST_TICKS:
            break
    return found[:: max(1, len(found) // MOST_TICKS)]


def dollars(price: float) -> str:
    """A price: cents from ten cents on, two digits that count below."""
    return f"${price:,.2f}" if price >= 0.1 else f"${price:.2g}"


def step_lines(
    axes: Axes,
    records: series.RunLike,
    values: series.Numbers,
    dashed: NDArray[np.bool_],
    told: Callable[[float], str],
) -> None:
    """One step line for each provider, and its name with its last value."""
    colours = list(palette.provider_colours(records.providers).values())
    months = np.arange(len(values) + 1)
    axes.set_xlim(0, len(values))
    ends = []
    for i, name in enumerate(records.providers):
        if not np.isfinite(values[:, i]).any():
            continue
        axes.plot(
            months,
            np.append(values[:, i], values[-1, i]),
            "--" if dashed[i] else "-",
            drawstyle="steps-post",
            color=colours[i],
            linewidth=2.8,
        )
        last = series.last_finite(values[:, i])
        said = told(last).replace("-", "−")
        ends.append(labels.Label(last, name, colours[i], last, f" {said}"))
    labels.end_labels(axes, ends, style.QUIET.size, room=LABEL_ROOM)
    if not ends:
        style.say(axes, "no offer")
