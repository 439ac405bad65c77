"""The capability race: models by provider, who leads, how far others are behind, what runs cost."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from agents.codes import ENTERPRISE, OPEN_NAME
from experiments.plots import amounts, labels, palette, paths, scales, series, style

LEFT, WIDE, TOP, TALL = 104, 780, 172, 620
RIGHT, RIGHT_WIDE = 1156, 250
SMALL_TOPS, SMALL_TALL = (172, 416, 660), 132
DOT, RUN_DOT = 5.0, 6.5
LEAD_ROOM, LABEL_ROOM = 24.0, 176.0


def applies(records: series.RunLike) -> bool:
    """Models are trained only where providers decide."""
    return series.decided(records)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Model capability in steps with releases and leaders; gaps, lag and costs on the right."""
    figure = style.canvas(
        records,
        title(records),
        summary(records),
        "Capability of each provider's own model (OOM, factors of ten of effective compute), with "
        "a dot for each release and, above, who has the most capable offer to enterprises; right: "
        "lead over the second and over open weights (OOM), months by which open weights lag "
        "behind, and cost of training runs that gave a new most capable model (dollars).",
    )
    models(style.panel(figure, LEFT, TOP, WIDE, TALL), records)
    panels = [style.panel(figure, RIGHT, top, RIGHT_WIDE, SMALL_TALL) for top in SMALL_TOPS]
    gaps(panels[0], records)
    lags(panels[1], records)
    costs(panels[2], records)
    return figure


def capability(records: series.RunLike) -> series.Numbers:
    """Capability of each provider's own model while it is there (T, P); of OPEN, of its offer."""
    found = series.while_there(records, "model_capability")
    if OPEN_NAME in records.providers:
        code = records.providers.index(OPEN_NAME)
        found[:, code] = series.cube(records, "capability")[:, ENTERPRISE, code]
    return found


def leaders(records: series.RunLike) -> list[tuple[int, str]]:
    """Month from which each leader has the most capable offer to enterprises, and its name.

    Changes are those that the column `lead_changes` counts; OPEN is no leader.
    """
    offered = series.cube(records, "capability")[:, ENTERPRISE].copy()
    if OPEN_NAME in records.providers:
        offered[:, records.providers.index(OPEN_NAME)] = np.nan
    changes = series.market(records, "lead_changes")
    known = np.flatnonzero(np.isfinite(offered).any(axis=1))
    if not len(known):
        return []
    months = [int(known[0]), *(int(m) for m in np.flatnonzero(np.diff(changes) > 0) + 1)]
    return [(m, records.providers[int(np.nanargmax(offered[m]))]) for m in months]


def record_runs(records: series.RunLike) -> NDArray[np.bool_]:
    """Releases after which a provider's model was the most capable so far: (T, P)."""
    level = np.nan_to_num(series.while_there(records, "model_capability"), nan=-np.inf)
    if OPEN_NAME in records.providers:  # which has no model of its own
        level[:, records.providers.index(OPEN_NAME)] = -np.inf
    best = np.maximum.accumulate(level.max(axis=1, initial=-np.inf))
    before = np.concatenate([[-np.inf], best[:-1]])
    record = (level > before[:, None]) & (level >= best[:, None])
    return np.asarray(record & series.released(records), np.bool_)


def title(records: series.RunLike) -> str:
    """Who leads since when, and how far open weights are behind."""
    found, days = leaders(records), series.dates(records)
    if not found:
        return "Nobody offers a model to enterprises"
    month, name = found[-1]
    since = "from the start" if month == 0 else f"since {series.spoken_date(days[month])}"
    if series.left(records)[records.providers.index(name)]:
        since = f"from {series.spoken_date(days[month])} until it left"
    said = f"{style.printable(name)} leads {since}"
    lag = series.last_finite(series.market(records, "open_lag"))
    return said + (f"; open weights end {lag:.0f} months behind" if np.isfinite(lag) else "")


def summary(records: series.RunLike) -> str:
    """Lead, changes of the lead, and what the first and last record runs cost."""
    gap = series.last_finite(series.market(records, "capability_gap"))
    changes = int(series.last_finite(series.market(records, "lead_changes")))
    said = [f"{changes} change{'s' * (changes != 1)} of the lead"]
    if np.isfinite(gap):
        said.append(f"{gap:.2f} OOM ahead of the second at the end")
    cost = series.market(records, "record_run_cost")
    known = cost[np.isfinite(cost)]
    if len(known):
        more = f" → {amounts.money(known[-1])}" if len(known) > 1 else ""
        said.append(f"record runs cost {amounts.money(known[0])}{more}")
    return ", ".join(said)


def models(axes: Axes, records: series.RunLike) -> None:
    """Steps of each model with its releases, and the leaders in a row at the top."""
    values = capability(records)
    style.heading(axes, "Capability of models", f"OOM; dot: release{paths.left_note(records)}")
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    span = max(high - low, 0.5)
    axes.set_ylim(low - 0.04 * span, high + 0.10 * span)
    style.grid(axes)
    paths.provider_steps(axes, records, values, "{:.1f}".format, room=LABEL_ROOM)
    released, colours = series.released(records), paths.colours_of(records)
    for i, colour in enumerate(colours):
        months = np.flatnonzero(released[:, i] & np.isfinite(values[:, i]))
        axes.plot(months, values[months, i], "o", color=colour, markersize=DOT)
    lead_row(axes, records, dict(zip(records.providers, colours, strict=True)))


def lead_row(axes: Axes, records: series.RunLike, colours: dict[str, str]) -> None:
    """A bar at the top of the panel in the colour of who leads, named where there is room."""
    found, months = leaders(records), series.month_count(records)
    top = axes.get_ylim()[1]
    per_month = style.width_in(axes) / np.diff(axes.get_xlim())[0]
    voice = style.FOOT._replace(weight="bold")
    for (start, name), end in zip(found, [m for m, _ in found[1:]] + [months], strict=True):
        bar = axes.plot([start, end], [top, top], color=colours[name], linewidth=9)[0]
        bar.set_solid_capstyle("butt")
        words = f"{style.printable(name)} leads"
        if style.words_width(words, voice) + 8 < (end - start) * per_month:
            said = voice._replace(colour=palette.lettering(colours[name]))
            at = (start + 5 / per_month, top - LEAD_ROOM / style.height_in(axes) * span_of(axes))
            style.write(axes, at, words, said, "left center", "data")


def span_of(axes: Axes) -> float:
    """Data units between the ends of the vertical axis."""
    low, high = axes.get_ylim()
    return float(high - low)


def gaps(axes: Axes, records: series.RunLike) -> None:
    """Lead over the second, and over open weights."""
    days = series.dates(records)
    style.heading(axes, "Lead of the best", "OOM, over the second and over OPEN", lines=2)
    found = (
        ("second", series.market(records, "capability_gap"), "-"),
        ("OPEN", series.market(records, "open_gap"), "--"),
    )
    every = np.concatenate([values for _, values, _ in found])
    scales.level_axis(axes, float(np.nanmax(every, initial=0.0)), "{:g}".format)
    style.time_axis(axes, days[0], len(days))
    end_lines(axes, found, "{:.1f}")


def lags(axes: Axes, records: series.RunLike) -> None:
    """Months since the best offer was as capable as the open one is."""
    days = series.dates(records)
    style.heading(axes, "Lag of open weights", "months behind the best offer", lines=2)
    lag = series.market(records, "open_lag")
    scales.level_axis(axes, float(np.nanmax(lag, initial=0.0)), "{:g}".format)
    style.time_axis(axes, days[0], len(days))
    end_lines(axes, (("", lag, "-"),), "{:.0f} months")


def end_lines(axes: Axes, found: tuple[tuple[str, series.Numbers, str], ...], pattern: str) -> None:
    """Lines named at their ends; words where there is nothing to draw."""
    ends = []
    for words, values, dashes in found:
        last = series.last_finite(values)
        if np.isfinite(last):
            style.month_line(axes, values, dashes)
            said = f"{words} {pattern.format(last)}".strip().replace("-", "−")
            ends.append(labels.Label(last, "", palette.INK, 1.0, said))
    labels.end_labels(axes, ends, style.QUIET.size)
    if not ends:
        style.say(axes, "no data")


def costs(axes: Axes, records: series.RunLike) -> None:
    """What the run behind each new most capable model cost, by who made it."""
    days = series.dates(records)
    style.heading(axes, "Cost of record runs", "training, $, log scale", lines=2)
    cost = np.where(record_runs(records), series.by_provider(records, "released_run_cost"), np.nan)
    scales.log_axis(axes, cost.ravel(), amounts.money)
    style.time_axis(axes, days[0], len(days))
    ends = []
    for values, (name, colour) in zip(
        cost.T, palette.provider_colours(records.providers).items(), strict=True
    ):
        if np.isfinite(values).any():
            axes.plot(values, "o", color=colour, markersize=RUN_DOT, clip_on=False)
            last = series.last_finite(values)
            ends.append(labels.Label(last, name, colour, last, f" {amounts.money(last)}"))
    labels.end_labels(axes, ends, style.FOOT.size)
    if not ends:
        style.say(axes, "no run set a record")
