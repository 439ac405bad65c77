"""What providers offered: capability and list price, and product terms where there are any."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from agents.codes import CODING, CONSUMER, ENTERPRISE
from experiments.plots import amounts, paths, scales, series, style
from simulation.columns import SEGMENTS

TOP, TALL = 160, 640
TWO = ((118, 500), (890, 480))
THREE = ((110, 262), (616, 262), (1134, 262))
PREFERRED = (ENTERPRISE, CODING, CONSUMER)
LABEL_ROOM, TIGHT_ROOM = 184.0, 168.0


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
    places, room = (THREE, TIGHT_ROOM) if walked else (TWO, LABEL_ROOM)
    panels = [style.panel(figure, left, TOP, wide, TALL) for left, wide in places]
    style.heading(panels[0], "Capability", f"OOM{paths.left_note(records)}")
    capabilities(panels[0], records, preferred(capability), dashed, room)
    style.heading(panels[1], "List price", "$ per million tokens, log scale")
    prices = preferred(series.cube(records, "price"))
    log_prices(panels[1], records, prices, dashed, room if walked else 0.0)
    if walked:
        name = SEGMENTS[CODING]
        style.heading(panels[2], "Product term", f"util, {name}")
        terms = series.cube(records, "product_term")[:, CODING]
        offered = np.isfinite(capability[:, CODING])
        capabilities(panels[2], records, np.where(offered, terms, np.nan), np.zeros_like(dashed))
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
        f"at {amounts.price(price)} per million tokens" if np.isfinite(price) else "",
    ]
    words = ", ".join(part for part in said if part)
    return f"At the end: {words}" if words else "Offers to enterprises"


def capabilities(
    axes: Axes,
    records: series.RunLike,
    values: series.Numbers,
    dashed: NDArray[np.bool_],
    room: float = 0.0,
) -> None:
    """Steps of each provider (T, P), named at the end with the last value."""
    style.grid(axes)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    margin = 0.04 * max(high - low, 0.5)
    axes.set_ylim(low - margin, high + margin)
    paths.provider_steps(axes, records, values, "{:.1f}".format, dashed, room)


def log_prices(
    axes: Axes,
    records: series.RunLike,
    prices: series.Numbers,
    dashed: NDArray[np.bool_],
    room: float = 0.0,
) -> None:
    """Prices (T, P) on a logarithmic axis; free offers have no place on it and are left out."""
    values = np.where(prices > 0, prices, np.nan)
    scales.log_axis(axes, values, amounts.price_tick)
    paths.provider_steps(axes, records, values, amounts.price, dashed, room)
