"""What providers are worth and when they raised, and how multiples fall with revenue (F12)."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.plots import amounts, funding, palette, paths, scales, series, style

TOP, TALL = 172, 622
LEFT, WIDE = 118, 690
RIGHT, RIGHT_WIDE = 1112, 432
NAME_ROOM = 190.0  # pixels between the panels, without the ticks of the second
EDGE, ABOVE, UNDER = 0.9, 14.0, -0.055


def applies(records: series.RunLike) -> bool:
    """Who raised nothing has no value that anybody paid."""
    return funding.any_rounds(records)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Values by month with a circle for each round; multiple against revenue of all rounds."""
    found = funding.rounds(records)
    figure = style.canvas(
        records,
        title(found),
        summary(records, found),
        "Value of each provider before money at month end, in dollars on a logarithmic axis, with "
        "a circle for each round at its value after money (area: dollars raised); those without a "
        "circle raised nothing. Right: value after money over yearly revenue of every round, by "
        "that revenue in dollars, both logarithmic; lines join the rounds of a provider.",
    )
    values(style.panel(figure, LEFT, TOP, WIDE, TALL), records, found)
    multiples(style.panel(figure, RIGHT, TOP, RIGHT_WIDE, TALL), records, found)
    return figure


def title(found: Sequence[funding.Round]) -> str:
    """How much was raised, and the highest value paid."""
    raised = amounts.money(sum(each.amount for each in found))
    dearest = max(found, key=lambda each: each.post_money)
    return (
        f"{counted(len(found), 'round')} of {raised}; the dearest valued "
        f"{style.printable(dearest.provider)} at {amounts.money(dearest.post_money)}"
    )


def summary(records: series.RunLike, found: Sequence[funding.Round]) -> str:
    """The largest round, usual dilution, the range of multiples, and their fall with revenue."""
    days = series.dates(records)
    largest = max(found, key=lambda each: each.amount)
    said = [
        f"Largest round: {style.printable(largest.provider)} {amounts.money(largest.amount)} in "
        f"{series.spoken_date(days[largest.month])}",
        f"a round sells {series.percent(float(np.median([each.dilution for each in found])))} in "
        "the median",
    ]
    priced = with_multiple(found)
    if priced:
        every = [each.multiple for each in priced]
        said.append(f"multiples {plain(max(every))} to {plain(min(every))}")
    fall = falling(priced)
    if np.isfinite(fall):
        said.append(f"rank correlation with revenue {fall:+.2f}".replace("-", "−"))
    return "; ".join(said)


def counted(count: int, name: str) -> str:
    """A number of things: 1 round, 3 rounds."""
    return f"{count:,} {name}{'s' * (count != 1)}"


def plain(multiple: float) -> str:
    """A multiple: 8.4, 64, 1,200."""
    return f"{multiple:.1f}" if multiple < 9.95 else f"{multiple:,.0f}"


def with_multiple(found: Sequence[funding.Round]) -> list[funding.Round]:
    """Rounds of providers with revenue."""
    return [each for each in found if np.isfinite(each.multiple) and each.multiple > 0]


def falling(priced: Sequence[funding.Round]) -> float:
    """Rank correlation of multiple and revenue over rounds (F12)."""
    revenue = np.array([each.revenue() for each in priced])
    return funding.rank_correlation(revenue, np.array([each.multiple for each in priced]))


def values(axes: Axes, records: series.RunLike, found: Sequence[funding.Round]) -> None:
    """Value of each provider while it is there, with its rounds; the largest is named."""
    worth = series.while_there(records, "valuation")
    worth = np.where(worth > 0, worth, np.nan)
    style.heading(
        axes,
        "Value",
        "before money, $, log scale; circles: rounds, at the value after money, area: $ raised"
        f"{paths.left_note(records)}",
        lines=2,
    )
    paid = np.array([each.post_money for each in found])
    scales.log_axis(axes, np.concatenate([worth.ravel(), paid]), amounts.money)
    paths.provider_lines(axes, records, worth, amounts.money, NAME_ROOM)
    circles(axes, records, found, np.array([each.month for each in found], np.float64), paid)
    name_largest(axes, found)


def circles(
    axes: Axes,
    records: series.RunLike,
    found: Sequence[funding.Round],
    at: series.Numbers,
    up: series.Numbers,
) -> None:
    """A circle for each round in the colour of its provider, the small ones on top."""
    colours = palette.provider_colours(records.providers)
    raised = np.array([each.amount for each in found])
    order = np.argsort(-raised, kind="stable")
    axes.scatter(
        at[order],
        up[order],
        s=(funding.across(raised)[order] / style.POINT) ** 2,
        c=[colours[found[i].provider] for i in order],
        edgecolors=palette.PAPER,
        linewidths=EDGE,
        zorder=3,
        clip_on=False,
    )


def name_largest(axes: Axes, found: Sequence[funding.Round]) -> None:
    """Write the amount of the largest round over its circle, towards the middle of the axes."""
    largest = max(found, key=lambda each: each.amount)
    low, high = axes.get_xlim()
    part = (largest.month - low) / (high - low)
    up = axes.transAxes.inverted().transform(
        axes.transData.transform((largest.month, largest.post_money))
    )[1]
    side = "left" if part < 0.15 else "right" if part > 0.85 else "center"
    level = up + (funding.LARGEST / 2 + ABOVE) / style.height_in(axes)
    words = amounts.money(largest.amount)
    voice = style.FOOT._replace(colour=palette.INK, weight="bold")
    style.write(axes, (part, level), words, voice, f"{side} center", "axes")


def multiples(axes: Axes, records: series.RunLike, found: Sequence[funding.Round]) -> None:
    """Multiple against yearly revenue, a circle for each round with revenue."""
    style.heading(axes, "Multiple", "value after money over yearly revenue, log scales", lines=2)
    priced = with_multiple(found)
    revenue = np.array([each.revenue() for each in priced])
    multiple = np.array([each.multiple for each in priced])
    scales.log_axis(axes, multiple, lambda value: f"{value:,g}×")
    scales.log_axis(axes, revenue, amounts.money, "x")
    style.write(axes, (1.0, UNDER), "yearly revenue", style.QUIET, "right top", "axes")
    if not priced:
        style.say(axes, "nobody who raised had revenue")
        return
    colours = palette.provider_colours(records.providers)
    for name in dict.fromkeys(each.provider for each in priced):
        own = [i for i, each in enumerate(priced) if each.provider == name]
        faint = palette.mixed(colours[name], palette.PAPER, 0.4)
        axes.plot(revenue[own], multiple[own], color=faint, linewidth=1.6, zorder=2)
    circles(axes, records, priced, revenue, multiple)
