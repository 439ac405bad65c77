"""Who can pay: payment pressure with the levels at which providers cut, and months of cash."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.plots import paths, series, style

LEFT, WIDE = 118, 1250
UPPER, UPPER_TALL = 172, 324
LOWER, LOWER_TALL = 606, 206
TINTS = ("#fbf0d9", "#f8dcd8")
ROOM = 2.0  # the axis of pressure ends at so many times the second level
NEAR = 0.07  # ticks nearer than this part of the axis would touch
HIGH = 3  # peaks that are named
RUNWAY_STEP = 12


def applies(records: series.RunLike) -> bool:
    """Payment pressure is that of providers who decide."""
    return series.decided(records)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Payment pressure of those who owe for compute above, runway of all below."""
    figure = style.canvas(
        records,
        title(records),
        summary(records),
        "Payment pressure of each provider with dues: dues of the next twelve months over income "
        "and cash that can pay them, a ratio without unit; providers cut spending from the first "
        "level on and most at the second; the axis ends at twice the second. Below: "
        "runway in months of cash at the present burn; who is backed, or burns nothing, stands "
        "at the limit.",
    )
    pressures(style.panel(figure, LEFT, UPPER, WIDE, UPPER_TALL), records)
    runways(style.panel(figure, LEFT, LOWER, WIDE, LOWER_TALL), records)
    return figure


def pressure(records: series.RunLike) -> series.Numbers:
    """Payment pressure (T, P) while a provider is there; NaN for those who never owe anything."""
    values = until_failure(records, "payment_pressure")
    owing = np.nan_to_num(series.while_there(records, "commitments")).any(axis=0)
    return np.where(owing, values, np.nan)


def until_failure(records: series.RunLike, column: str) -> series.Numbers:
    """A column (T, P) while a provider is there; who has failed owes nothing, which is no news."""
    values = series.while_there(records, column)
    for month, name in failures(records):
        values[max(month, 1) :, records.providers.index(name)] = np.nan
    return values


def failures(records: series.RunLike) -> list[tuple[int, str]]:
    """Months and names of those who could not pay any more."""
    events = records.tables["events"]
    rows = np.flatnonzero(np.asarray(events["kind"], object) == "failure")
    return [(int(events["month"][row]), str(events["provider"][row])) for row in rows]


def title(records: series.RunLike) -> str:
    """Who failed, or how near anybody came to it."""
    failed = [style.printable(name) for _, name in failures(records)]
    if not failed:
        return "Every provider could pay what it had promised"
    known = np.isfinite(series.by_provider(records, "payment_pressure")).any(axis=0)
    said = f"{len(failed)} of {known.sum()} providers could not pay what they had promised"
    *most, last = failed
    named = f"{said}: {', '.join(most)} and {last}" if most else f"{said}: {last}"
    return named if len(failed) <= HIGH else said


def summary(records: series.RunLike) -> str:
    """The highest pressures and the failures, with their dates."""
    values, days = pressure(records), series.dates(records)
    peaks = [
        (float(np.nanmax(column)), int(np.nanargmax(column)), name)
        for column, name in zip(values.T, records.providers, strict=True)
        if np.nan_to_num(column).any()
    ]
    said = [
        f"{style.printable(name)} {height:.1f} ({series.spoken_date(days[month])})"
        for height, month, name in sorted(peaks, reverse=True)[:HIGH]
    ]
    words = "Highest payment pressure: " + (", ".join(said) or "none, for nobody owes anything")
    failed = [
        f"{style.printable(name)} {series.spoken_date(days[month])}"
        for month, name in failures(records)[:HIGH]
    ]
    return words + (f"; failed: {', '.join(failed)}" if failed else "")


def pressures(axes: Axes, records: series.RunLike) -> None:
    """Lines over the two levels; what is higher than the axis is named at the top."""
    values, finance = pressure(records), records.config.finance
    low, high = sorted((float(finance.stressed), float(finance.distressed)))
    top = ROOM * (high or 1.0)
    style.heading(
        axes,
        "Payment pressure",
        "dues of the next year over what can pay them; shaded: spending is cut, most from "
        f"{high:g} on{paths.left_note(records)}",
    )
    axes.set_ylim(0, top)
    axes.axhspan(low, high, color=TINTS[0], linewidth=0, zorder=0)
    axes.axhspan(high, top, color=TINTS[1], linewidth=0, zorder=0)
    ticks = [high, top]
    ticks += [tick for tick in (0.0, low) if high - tick > NEAR * top]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    paths.provider_lines(axes, records, values, "{:.1f}".format)


def runways(axes: Axes, records: series.RunLike) -> None:
    """Months of cash; those at the limit all the time are named together, without a line."""
    limit = float(records.config.finance.runway_limit)
    values = until_failure(records, "runway")
    backed = np.nan_to_num(values, nan=limit).min(axis=0) >= limit
    style.heading(axes, "Runway", "months of cash at the present burn")
    axes.set_ylim(0, 1.04 * limit)
    axes.set_yticks(np.arange(0, limit + 1, max(RUNWAY_STEP, limit // 5)))
    style.grid(axes)
    drawn = values if backed.all() else np.where(backed, np.nan, values)
    paths.provider_lines(axes, records, drawn, "{:.0f}".format)
    there = [
        style.printable(name)
        for name, held, ever in zip(records.providers, backed, series.ever(records), strict=True)
        if held and ever
    ]
    if there and not backed.all():
        words = f"{limit:g}, as backed or burning nothing: {', '.join(there)}"
        words, voice = style.fitted(words, style.FOOT, style.width_in(axes))
        style.write(axes, (1.0, 1.03), words, voice, "right bottom", "axes")
