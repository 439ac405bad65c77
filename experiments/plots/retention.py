"""How long customers stay: survival by start cohort, and contracts renewed."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.plots import labels, palette, series, style

LEFTS, WIDE = (118, 626), 354
TOP, TALL = 160, 600
RIGHT, RIGHT_WIDE = 1142, 268
RENEWAL_TALL, SIGNING_TOP, SIGNING_TALL = 244, 520, 290
KEY_SIDE = 14
WIDTHS = (3, 12, 24, 60, 120, 240)
MOST_COHORTS = 14
FEWEST = 10
TIP_GAP = 6.0


class Cohort(NamedTuple):
    """Agents who chose a provider in one stretch of calendar time.

    words : name of the stretch
    size : agents who began
    survival : (A,), share still there by months since, NaN where nobody is observed
    """

    words: str
    size: float
    survival: series.Numbers


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Survival curves of coding and consumer cohorts; renewal rate and signings on the right."""
    figure = style.canvas(
        records,
        "How long customers stay, by when they started",
        summary(records),
        "Share of agents still on the provider they chose, by months since (Kaplan-Meier, dark "
        "lines are older cohorts, in per cent); enterprise renewal rate of the last twelve "
        "months in per cent, and contracts signed and tendered each month.",
    )
    for left, segment in zip(LEFTS, ("coding", "consumer"), strict=True):
        axes = style.panel(figure, left, TOP, WIDE, TALL)
        style.heading(axes, segment.capitalize(), "share who stayed")
        curves(axes, cohorts(records, segment))
    renewal(style.panel(figure, RIGHT, TOP, RIGHT_WIDE, RENEWAL_TALL), records)
    signings(style.panel(figure, RIGHT, SIGNING_TOP, RIGHT_WIDE, SIGNING_TALL), records)
    return figure


def summary(records: series.RunLike) -> str:
    """Twelve-month retention and the renewal rate at the end, in words; they are not the same."""
    stayed, renewed = [], series.last_finite(series.market(records, "renewal_rate"))
    for segment in ("coding", "consumer"):
        value = series.last_finite(series.market(records, f"retention_{segment}"))
        if np.isfinite(value):
            stayed.append(f"{series.percent(value)} of {series.BUYERS[segment]}")
    said = [f"after twelve months {' and '.join(stayed)} are still there"] if stayed else []
    if np.isfinite(renewed):
        said.append(f"firms renew in {series.percent(renewed)} of tenders")
    return "At the end: " + ("; ".join(said) or "the run is too short")


def survivors(records: series.RunLike, segment: str) -> series.Numbers:
    """Agents by start month and age (T, T); those from before the run start in month 0."""
    table, months = records.tables["cohorts"], series.month_count(records)
    rows = np.flatnonzero(table["segment"] == segment)
    start = np.maximum(table["cohort"][rows].astype(np.int64), 0)
    age = table["month"][rows].astype(np.int64) - start
    flat = np.bincount(
        start * months + age, table["agents"][rows].astype(np.float64), minlength=months * months
    )
    return np.asarray(flat.reshape(months, months), np.float64)


def survival(left: series.Numbers, first: int) -> series.Numbers:
    """Kaplan-Meier curve of pooled cohorts.

    Parameters
    ----------
    left : (C, T), agents of each start month still there, by age
    first : start month of the first of them; cohort c is observed until age T - 1 - first - c

    Returns
    -------
    (T,), share still there; NaN from the age on at which nobody is observed.
    """
    count, months = left.shape
    seen = np.arange(months)[None, :] <= months - 1 - first - np.arange(count)[:, None]
    begun = np.where(seen[:, 1:], left[:, :-1], 0).sum(axis=0)
    stayed = np.where(seen[:, 1:], left[:, 1:], 0).sum(axis=0)
    ratio = np.divide(stayed, begun, out=np.full(months - 1, np.nan), where=begun > 0)
    return np.concatenate([[1.0], np.cumprod(ratio)])


def cohorts(records: series.RunLike, segment: str) -> list[Cohort]:
    """Cohorts by quarter, or by longer stretches in a long run, oldest first."""
    left = survivors(records, segment)
    months = len(left)
    year, month = (int(part) for part in series.dates(records)[0].split("-"))
    calendar = np.arange(months) + 12 * year + month - 1
    width = next((w for w in WIDTHS if months / w <= MOST_COHORTS), WIDTHS[-1])
    found = []
    for stretch in np.unique(calendar // width):
        rows = np.flatnonzero(calendar // width == stretch)
        size = float(left[rows, 0].sum())
        if size >= FEWEST:
            found.append(
                Cohort(stretch_name(int(stretch), width), size, survival(left[rows], int(rows[0])))
            )
    return found


def stretch_name(stretch: int, width: int) -> str:
    """2023 Q1, 2023 or 2023-27."""
    year = stretch * width // 12
    if width == WIDTHS[0]:
        return f"{year} Q{stretch * width % 12 // 3 + 1}"
    return str(year) if width == 12 else f"{year}–{(year + width // 12 - 1) % 100:02d}"


def curves(axes: Axes, found: list[Cohort]) -> None:
    """One line for each cohort, dark if old, named at its tip where there is room."""
    drawn = [cohort for cohort in found if np.isfinite(cohort.survival).sum() > 1]
    alive = [int(np.flatnonzero(cohort.survival > 0)[-1]) for cohort in drawn]
    longest = max(alive, default=1) or 1
    age_axis(axes, longest)
    if not drawn:
        style.say(axes, "no cohort of ten agents is two months old")
        return
    shades = [
        palette.mixed(palette.OLDEST, palette.NEWEST, i / max(len(drawn) - 1, 1))
        for i in range(len(drawn))
    ]
    for cohort, shade in zip(drawn, shades, strict=True):
        axes.plot(np.arange(len(cohort.survival)), cohort.survival, color=shade, linewidth=2.2)
    name_tips(axes, drawn, shades)
    key(axes, drawn, shades)


def age_axis(axes: Axes, longest: int) -> None:
    """Months since the start, and shares from 0 on."""
    style.percent_axis(axes)
    style.grid(axes)
    axes.set_xlim(0, longest)
    step = next((s for s in (1, 3, 6, 12, 24, 60, 120) if longest / s <= 7), 240)
    ticks = list(range(0, longest + 1, step))
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    style.write(
        axes,
        (0.5, -38 / TALL),
        "months since they chose the provider",
        style.QUIET,
        "center top",
        "axes",
    )
    if longest >= series.MONTHS_IN_YEAR:
        axes.axvline(series.MONTHS_IN_YEAR, color=palette.RULE, linewidth=1.6)


def name_tips(axes: Axes, drawn: list[Cohort], shades: list[str]) -> None:
    """Name tips right of them, oldest first, where no other name and no line is in the way."""
    step = labels.line_height(style.QUIET.size)
    lines = [pixels(axes, cohort.survival) for cohort in drawn]
    ink = np.concatenate(lines)
    taken: list[tuple[float, float, float]] = []
    for cohort, shade, line in zip(drawn, shades, lines, strict=True):
        voice = style.QUIET._replace(colour=palette.lettering(shade), weight="bold")
        x, y = line[-1]
        left, right = x + TIP_GAP, x + TIP_GAP + style.words_width(cohort.words, voice)
        axes.plot(
            x / style.width_in(axes),
            y / style.height_in(axes),
            "o",
            color=shade,
            markersize=5,
            transform=axes.transAxes,
            clip_on=False,
        )
        inside = (ink[:, 0] > left) & (ink[:, 0] < right) & (abs(ink[:, 1] - y) < step / 2)
        clash = any(left < box[1] and right > box[0] and abs(y - box[2]) < step for box in taken)
        if not clash and not inside.any():
            taken.append((left, right, y))
            style.write(
                axes,
                (left / style.width_in(axes), y / style.height_in(axes)),
                cohort.words,
                voice,
                "left center",
                "axes",
            )


def pixels(axes: Axes, values: series.Numbers) -> series.Numbers:
    """Points (N, 2) along a curve of monthly values, in pixels from the corner of the axes."""
    ages = np.flatnonzero(np.isfinite(values))
    fine = np.linspace(0, ages[-1], 8 * len(ages))
    places = axes.transData.transform(np.stack([fine, np.interp(fine, ages, values[ages])], 1))
    corner = axes.transAxes.transform((0.0, 0.0))
    return np.asarray(places - corner, np.float64)


def key(axes: Axes, drawn: list[Cohort], shades: list[str]) -> None:
    """The shades in a row under the axes, with the first and the last cohort named."""
    left = axes.get_position().x0 * style.WIDTH
    at = TOP + TALL + 78
    first = style.write(axes, (left, at), f"started {drawn[0].words} ", style.QUIET, "left center")
    left += style.words_width(first.get_text(), style.QUIET) + 6
    for shade in shades:
        corner = (left / style.WIDTH, 1 - (at + KEY_SIDE / 2) / style.HEIGHT)
        axes.figure.add_artist(
            Rectangle(
                corner, KEY_SIDE / style.WIDTH, KEY_SIDE / style.HEIGHT, color=shade, linewidth=0
            )
        )
        left += KEY_SIDE + 1
    style.write(axes, (left + 6, at), drawn[-1].words, style.QUIET, "left center")


def renewal(axes: Axes, records: series.RunLike) -> None:
    """Renewal rate of enterprises, by tenders and by seats."""
    days = series.dates(records)
    style.percent_axis(axes)
    style.grid(axes)
    style.time_axis(axes, days[0], len(days))
    style.heading(axes, "Enterprise renewal", "of tenders held, last 12 months")
    ends = []
    for column, words, dashes in (
        ("renewal_rate", "tenders", "-"),
        ("renewal_rate_seats", "seats", "--"),
    ):
        values = series.market(records, column)
        last = series.last_finite(values)
        if np.isfinite(last):
            style.month_line(axes, values, dashes)
            ends.append(labels.Label(last, f"{words} {series.percent(last)}", palette.INK))
    labels.end_labels(axes, ends)
    if not ends:
        style.say(axes, "no contract has ended")


def signings(axes: Axes, records: series.RunLike) -> None:
    """First contracts up, renewals down: those won by the incumbent and those lost."""
    days = series.dates(records)
    months = np.arange(len(days))
    signed = np.nan_to_num(series.market(records, "signings"))
    held = np.nan_to_num(series.market(records, "renewals_held"))
    won = np.nan_to_num(series.market(records, "renewals_won"))
    style.heading(axes, "Contracts a month", "signed up, tendered down")
    top = max(float(signed.max()), 1.0) * 1.1
    low = max(float(held.max()), 1.0) * 1.1
    axes.set_ylim(-low, top)
    style.time_axis(axes, days[0], len(days))
    axes.set_xlim(-0.6, len(days) - 0.4)
    style.grid(axes)
    kept, lost, new = palette.MUTED, "#e4a1a1", palette.OLDEST
    wide = 0.82 if len(days) <= 60 else 1.0
    axes.bar(months, signed, color=new, width=wide)
    axes.bar(months, -won, color=kept, width=wide)
    axes.bar(months, won - held, bottom=-won, color=lost, width=wide)
    axes.axhline(0, color=palette.INK, linewidth=1)
    ticks = axes.get_yticks()
    inside = [tick for tick in ticks if -low <= tick <= top and float(tick).is_integer()]
    axes.set_yticks(inside, [f"{abs(tick):,.0f}" for tick in inside])
    ends = [labels.Label(top / 2, "signed", new, tail=f" {signed.sum():,.0f}")]
    if held.any():
        ends.append(labels.Label(-low * 0.35, "renewed", kept, tail=f" {won.sum():,.0f}"))
        ends.append(labels.Label(-low * 0.8, "lost", lost, tail=f" {(held - won).sum():,.0f}"))
    labels.end_labels(axes, ends, style.QUIET.size)
