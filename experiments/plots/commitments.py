"""What providers have promised to pay for compute, beside what they earn."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.plots import amounts, palette, paths, scales, series, style

LEFTS, WIDE = (118, 506, 894, 1282), 262
UPPER, UPPER_TALL = 210, 244
LOWER, LOWER_TALL, LOWER_WIDE = 556, 252, 1250
NOTE = 124
MOST = len(LEFTS)
SHADE = 0.55
YEAR = series.MONTHS_IN_YEAR
WORTH = 0.1  # $ million a month: with less revenue, years of it mean nothing


class Promise(NamedTuple):
    """One provider: dues still to come and revenue at a yearly rate, M$, each (T,)."""

    name: str
    dues: series.Numbers
    revenue: series.Numbers

    def peak(self) -> int:
        """The month in which most is still to be paid."""
        return int(np.nan_to_num(self.dues).argmax())


def applies(records: series.RunLike) -> bool:
    """Only providers who decide sign contracts for compute."""
    return series.decided(records)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """The largest promises beside revenue; years of revenue promised by each provider below."""
    found = promises(records)
    figure = style.canvas(
        records,
        title(records),
        summary(records, found),
        "Dues of compute contracts still to come (area) and revenue at a yearly rate (line) of "
        "the providers with the largest, in dollars; below, dues as years of present revenue, on "
        "a logarithmic axis. Dues are take-or-pay: signed ahead of revenue, they stay when "
        "revenue does not come.",
    )
    note = "Area: dues still to come. Line: revenue at a yearly rate. Each panel has its own scale."
    if found:
        style.write(figure, (LEFTS[0], NOTE), note, style.QUIET)
    for left, promise in zip(LEFTS, found[:MOST], strict=False):
        pair(style.panel(figure, left, UPPER, WIDE, UPPER_TALL), records, promise)
    axes = style.panel(figure, LEFTS[0], LOWER, LOWER_WIDE, LOWER_TALL)
    style.heading(
        axes,
        "Years of revenue promised",
        f"dues still to come over yearly revenue, log scale{paths.left_note(records)}",
    )
    ratio = years_promised(records)
    scales.log_axis(axes, ratio, "{:,g}".format)
    paths.provider_lines(axes, records, ratio, years)
    return figure


def promises(records: series.RunLike) -> list[Promise]:
    """Providers that ever owed for compute, the largest peak first."""
    dues = series.while_there(records, "commitments")
    revenue = YEAR * series.while_there(records, "revenue")
    found = [
        Promise(name, dues[:, i], revenue[:, i])
        for i, name in enumerate(records.providers)
        if np.nan_to_num(dues[:, i]).any()
    ]
    return sorted(found, key=lambda promise: -float(np.nanmax(promise.dues)))


def years_promised(records: series.RunLike) -> series.Numbers:
    """Dues still to come over yearly revenue: (T, P), NaN without dues or hardly any revenue."""
    dues = series.while_there(records, "commitments")
    revenue = series.while_there(records, "revenue")
    usable = (np.nan_to_num(dues) > 0) & (np.nan_to_num(revenue) >= WORTH)
    found = np.full(dues.shape, np.nan)
    np.divide(dues, YEAR * revenue, out=found, where=usable)
    return found


def of_all(records: series.RunLike) -> series.Numbers:
    """All dues over the yearly revenue of those who owe: (T,), NaN where nobody does."""
    dues = np.nan_to_num(series.while_there(records, "commitments"))
    revenue = np.nan_to_num(series.while_there(records, "revenue"))
    earned = YEAR * np.where(dues > 0, revenue, 0.0).sum(axis=1)
    found = np.full(len(dues), np.nan)
    np.divide(dues.sum(axis=1), earned, out=found, where=earned > YEAR * WORTH)
    return found


def title(records: series.RunLike) -> str:
    """How many years of revenue those with contracts have promised, usually and at the end."""
    ratio = of_all(records)
    if not np.isfinite(ratio).any():
        return "Nobody has promised to pay for compute"
    said = f"Compute promised: {years(float(np.nanmedian(ratio)))} of revenue in the median month"
    end = f"{years(float(ratio[-1]))} at the end" if np.isfinite(ratio[-1]) else "none at the end"
    return f"{said}, {end}"


def summary(records: series.RunLike, found: list[Promise]) -> str:
    """The largest promises, with the revenue of the same month."""
    days = series.dates(records)
    said = []
    for promise in found[:3]:
        month = promise.peak()
        said.append(
            f"{style.printable(promise.name)} owes {amounts.money(promise.dues[month])} in "
            f"{series.spoken_date(days[month])}, earns {amounts.money(promise.revenue[month])} "
            "a year"
        )
    return "; ".join(said) or "No provider has a contract with a cloud"


def pair(axes: Axes, records: series.RunLike, promise: Promise) -> None:
    """Dues as an area and yearly revenue as a line, on one axis of dollars."""
    days = series.dates(records)
    colour = palette.provider_colours(records.providers)[promise.name]
    highest = np.nanmax(np.concatenate([promise.dues, promise.revenue]))
    scales.level_axis(axes, float(highest), amounts.money)
    style.time_axis(axes, days[0], len(days))
    months, shown = style.for_bands(promise.dues[:, None])
    axes.fill_between(
        months, np.nan_to_num(shown[:, 0]), color=palette.mixed(colour, palette.PAPER, SHADE), lw=0
    )
    style.month_line(axes, promise.revenue)
    month = promise.peak()
    name = style.printable(promise.name)
    voice = style.HEADING._replace(colour=palette.lettering(colour))
    left = axes.get_position().x0 * style.WIDTH
    style.write(axes, (left, UPPER - 35), name, voice)
    style.write(axes, (left, UPPER - 14), peak_words(promise, days[month]), style.QUIET)


def peak_words(promise: Promise, day: str) -> str:
    """The peak of dues, as years of the revenue of that month."""
    month = promise.peak()
    earned = float(promise.revenue[month])
    if not earned >= YEAR * WORTH:
        return f"peak {series.spoken_date(day)}"
    return f"peak {series.spoken_date(day)}: {years(promise.dues[month] / earned)} of revenue"


def years(value: float) -> str:
    """Years with the digits that count: 0.4 years, 7.9 years, 35 years."""
    return f"{value:.1f} years" if value < 9.95 else f"{value:,.0f} years"
