"""Compute: what it costs, how much there is, who uses it, and what is earned with it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.plots import amounts, labels, palette, paths, scales, series, style

LEFTS, WIDE = (118, 906), 504
UPPER, LOWER, TALL = 160, 542, 270
SEEN = 0.02
HEADROOM = 1.06
MARGIN = 1.1
USUAL = 0.99  # quantile of revenue per compute that the axis holds: single months may leave it
THOUSAND = 1e3  # the tables count thousands of H100-equivalents


def applies(records: series.RunLike) -> bool:
    """Only providers who decide buy compute."""
    return series.decided(records)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Rent and cost, capacity, its use by provider, and revenue per unit of compute."""
    figure = style.canvas(
        records,
        title(records),
        summary(records),
        "Rent and hardware cost of compute (dollars per H100-equivalent hour); capacity "
        "and contracts in H100-equivalents, logarithmic; compute used by each provider and wanted "
        "by all, in per cent of capacity; revenue per PFLOP-hour, which is the same in million "
        "dollars per million PFLOP-hours.",
    )
    upper = [style.panel(figure, left, UPPER, WIDE, TALL) for left in LEFTS]
    lower = [style.panel(figure, left, LOWER, WIDE, TALL) for left in LEFTS]
    rents(upper[0], records)
    use(upper[1], records)
    capacity(lower[0], records)
    earned(lower[1], records)
    return figure


def title(records: series.RunLike) -> str:
    """How full the clouds were, and what rent is over cost at the end."""
    share = series.market(records, "compute_used") / series.market(records, "compute_capacity")
    rent = series.last_finite(series.market(records, "rent"))
    cost = series.last_finite(series.market(records, "hardware_cost"))
    said = f"{series.percent(float(np.nanmean(share)))} of compute was in use"
    if cost > 0:
        said += f", and rent ended at {rent / cost:.1f} times the cost of hardware"
    return said


def summary(records: series.RunLike) -> str:
    """Rent, cost and capacity, at the start and at the end."""
    ends = [series.market(records, name)[[0, -1]] for name in ("rent", "hardware_cost")]
    rent, cost = ends
    held = THOUSAND * series.market(records, "compute_capacity")[[0, -1]]
    capacity = " → ".join(amounts.many(count) for count in held)
    return (
        f"Rent ${rent[0]:.2f} → ${rent[1]:.2f} an hour, hardware cost ${cost[0]:.2f} → "
        f"${cost[1]:.2f}, capacity {capacity} H100-equivalents"
    )


def short(count: float) -> str:
    """The same for an axis: 100k, 10M."""
    for unit, name in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if count >= 0.9995 * unit:
            return f"{count / unit:,g}{name}"
    return f"{count:,g}"


def rents(axes: Axes, records: series.RunLike) -> None:
    """Rent and the cost of the hardware of an hour."""
    days = series.dates(records)
    style.heading(axes, "Price of an hour", "$ per H100-equivalent")
    found = {name: series.market(records, name) for name in ("rent", "hardware_cost")}
    highest = max(float(np.nanmax(values)) for values in found.values())
    scales.level_axis(axes, highest, "${:g}".format)
    style.time_axis(axes, days[0], len(days))
    ends = []
    for (name, values), dashes in zip(found.items(), ("-", "--"), strict=True):
        style.month_line(axes, values, dashes)
        last = series.last_finite(values)
        words = {"rent": "rent", "hardware_cost": "hardware"}[name]
        ends.append(labels.Label(last, words, palette.INK, 1.0, f" ${last:.2f}"))
    labels.end_labels(axes, ends, style.QUIET.size)


def capacity(axes: Axes, records: series.RunLike) -> None:
    """All compute that clouds have, and what of it is under contract."""
    days = series.dates(records)
    style.heading(axes, "Capacity", "H100-equivalents, log scale")
    found = (
        ("capacity", THOUSAND * series.market(records, "compute_capacity"), "-"),
        ("contracted", THOUSAND * series.market(records, "compute_contracted"), "--"),
    )
    scales.log_axis(axes, np.concatenate([values for _, values, _ in found]), short)
    style.time_axis(axes, days[0], len(days))
    ends = []
    for words, values, dashes in found:
        shown = np.where(values > 0, values, np.nan)
        last = series.last_finite(shown)
        if np.isfinite(last):
            style.month_line(axes, shown, dashes)
            ends.append(labels.Label(last, words, palette.INK, 1.0, f" {short_of(last)}"))
    labels.end_labels(axes, ends, style.QUIET.size)


def short_of(count: float) -> str:
    """A count with three digits and its unit: 45.4M."""
    return short(float(f"{count:.3g}"))


def used_by(records: series.RunLike) -> series.Numbers:
    """Compute used by each provider, of capacity: (T, P)."""
    used = sum(
        np.nan_to_num(series.by_provider(records, f"compute_{what}"))
        for what in ("inference", "research")
    )
    return np.asarray(used / series.market(records, "compute_capacity")[:, None], np.float64)


def use(axes: Axes, records: series.RunLike) -> None:
    """Bands of users, and what all want, of capacity."""
    days, parts = series.dates(records), used_by(records)
    held = series.market(records, "compute_capacity")
    wanted = series.market(records, "compute_demand") / held
    style.heading(axes, "Who uses it", "of capacity; line: what all want")
    highest = float(np.nanmax(np.concatenate([wanted, parts.sum(axis=1), [1.0]])))
    top = min(HEADROOM * highest, 2.0)
    style.percent_axis(axes, top)
    style.grid(axes)
    style.time_axis(axes, days[0], len(days))
    colours = list(palette.provider_colours(records.providers).values())
    months, bands = style.for_bands(parts)
    lower, ends = np.zeros(len(bands)), []
    for i in np.argsort(-parts.mean(axis=0), kind="stable"):
        upper = lower + bands[:, i]
        if parts[:, i].any():
            axes.fill_between(months, lower, upper, fc=colours[i], ec=palette.PAPER, lw=0.5)
        if parts[-1, i] >= SEEN:
            middle, tail = (upper[-1] + lower[-1]) / 2, f" {series.percent(float(parts[-1, i]))}"
            name = records.providers[i]
            ends.append(labels.Label(float(middle), name, colours[i], float(parts[-1, i]), tail))
        elif parts[-1, i] == 0:
            gone = labels.Label(0.0, records.providers[i], colours[i])
            labels.inside(axes, lower, upper, gone, style.FOOT.size)
        lower = upper
    over = min(float(wanted[-1]), top)
    ends.append(labels.Label(over, "wanted", palette.INK, 2.0, f" {series.percent(wanted[-1])}"))
    style.month_line(axes, np.minimum(wanted, top))
    labels.end_labels(axes, ends, style.QUIET.size)


def earned(axes: Axes, records: series.RunLike) -> None:
    """Revenue per PFLOP-hour of each provider, training included."""
    style.heading(axes, "Revenue per PFLOP-hour", f"$, training included{paths.left_note(records)}")
    values = series.while_there(records, "revenue_per_compute")
    known = values[np.isfinite(values)]
    usual = float(np.quantile(known, USUAL)) if known.size else 0.0
    scales.level_axis(axes, MARGIN * usual, "${:g}".format)
    paths.provider_lines(axes, records, values, "${:.2f}".format)
