"""What a given capability costs, beside what the best one costs, and how fast both fall."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.plots import amounts, labels, palette, scales, series, style

LEFT, WIDE, TALL, TOP = 126, 704, 640, 160
RIGHT, RIGHT_WIDE = 1176, 250
YEAR = series.MONTHS_IN_YEAR
LINES = (("frontier_price", "best offer", "-"), ("fixed_price", "GPT-4 level", "--"))


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Both prices on a logarithmic axis with every list price behind; yearly falls beside."""
    figure = style.canvas(
        records,
        title(records),
        summary(records),
        "List price of the most capable offer to enterprises, and least price of capability .85 "
        "OOM (GPT-4 level), in dollars per million tokens on a logarithmic axis, with the list "
        "prices of all providers behind; right, how much each fell within twelve months, in "
        "per cent.",
    )
    levels(style.panel(figure, LEFT, TOP, WIDE, TALL), records)
    falls(style.panel(figure, RIGHT, TOP, RIGHT_WIDE, TALL), records)
    return figure


def fall(factor: float) -> str:
    """A yearly factor as a person would say it."""
    if factor > 1:
        return f"rises {100 * (factor - 1):,.0f} %"
    share = 100 * (1 - factor)
    return f"falls {share:.0f} %" if share < 99.5 else f"falls {share:.1f} %"


def title(records: series.RunLike) -> str:
    """How much both prices change a year."""
    known = {
        words: factor
        for column, words, _ in LINES
        if np.isfinite(factor := series.yearly_change(series.market(records, column)))
    }
    said = [f"the {words} {fall(factor)} a year" for words, factor in known.items()]
    whole = " and ".join(said).replace("and the GPT-4 level", "and that of GPT-4 level")
    whole = whole.replace(" a year and", " and")
    return f"The price of {whole}" if said else "What the best offer costs"


def summary(records: series.RunLike) -> str:
    """First and last number of each price."""
    days, said = series.dates(records), []
    for column, words, _ in LINES:
        values = series.market(records, column)
        known = np.flatnonzero(np.isfinite(values))
        if len(known):
            first, last = values[known[0]], values[known[-1]]
            since = series.spoken_date(days[known[0]])
            said.append(f"{words} {amounts.price(first)} ({since}) → {amounts.price(last)}")
    words = "; ".join(said)
    return f"Per million tokens: {words}" if said else "No offer to enterprises has a price"


def levels(axes: Axes, records: series.RunLike) -> None:
    """The two prices, and faintly the list prices of all offers to enterprises."""
    days = series.dates(records)
    style.heading(axes, "List price", "$ per million tokens, log scale; faint: every provider")
    offers = series.cube(records, "price")[:, 1]
    offers = np.where(offers > 0, offers, np.nan)
    both = [series.market(records, column) for column, *_ in LINES]
    scales.log_axis(axes, np.concatenate([offers.ravel(), *both]), amounts.price_tick)
    style.time_axis(axes, days[0], len(days))
    for values, colour in zip(
        offers.T, palette.provider_colours(records.providers).values(), strict=True
    ):
        axes.plot(values, color=palette.mixed(colour, palette.PAPER, 0.55), linewidth=1.2)
    ends = []
    for (_, words, dashes), values in zip(LINES, both, strict=True):
        shown = np.where(values > 0, values, np.nan)
        last = series.last_finite(shown)
        if np.isfinite(last):
            style.month_line(axes, shown, dashes)
            ends.append(labels.Label(last, words, palette.INK, 1.0, f" {amounts.price(last)}"))
    labels.end_labels(axes, ends)
    if not ends:
        style.say(axes, "no offer")


def falls(axes: Axes, records: series.RunLike) -> None:
    """Change of each price over the last twelve months, from -100 % to what there is."""
    days = series.dates(records)
    style.heading(axes, "Change in a year")
    changes = [yearly(series.market(records, column)) for column, *_ in LINES]
    known = np.concatenate(changes)
    top = min(max(0.0, float(np.nanmax(known, initial=0.0))), 1.0)
    axes.set_ylim(-1.0, max(top, 0.1))
    ticks = [tick for tick in (-1.0, -0.75, -0.5, -0.25, 0.0, 0.5, 1.0) if tick <= max(top, 0.0)]
    axes.set_yticks(ticks, [f"{100 * tick:.0f} %".replace("-", "−") for tick in ticks])
    axes.axhline(0, color=palette.INK, linewidth=1)
    style.grid(axes)
    style.time_axis(axes, days[0], len(days))
    ends = []
    for (_, words, dashes), values in zip(LINES, changes, strict=True):
        last = series.last_finite(values)
        if np.isfinite(last):
            style.month_line(axes, np.minimum(values, max(top, 0.1)), dashes)
            said = f"{100 * last:+.0f} %".replace("-", "−")
            ends.append(labels.Label(last, words.split()[0], palette.INK, 1.0, f" {said}"))
    labels.end_labels(axes, ends, style.QUIET.size)
    if not ends:
        style.say(axes, "needs more than twelve months")


def yearly(values: series.Numbers) -> series.Numbers:
    """Change of a price (T,) against twelve months before, NaN without both."""
    found = np.full(len(values), np.nan)
    if len(values) > YEAR:
        before = np.where(values[:-YEAR] > 0, values[:-YEAR], np.nan)
        found[YEAR:] = values[YEAR:] / before - 1
    return found
