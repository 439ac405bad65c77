"""One market through several rulers: accounts, users, spend, tokens, and the survey channels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from agents.codes import CONSUMER
from experiments.plots import labels, palette, series, style
from simulation.columns import SEGMENTS

LEFTS, WIDE = (118, 900), 500
UPPER, UPPER_TALL = 160, 330
LOWER, LOWER_TALL, INDENT = 588, 236, 48
LINES = 5
LABEL_ROOM, NAME_ROOM = 175.0, 106.0
ROWS = 7
SEEN = 0.01


class Side(NamedTuple):
    """A survey channel, the segment that it is mistaken for, and the rulers of that segment."""

    channel: str
    segment: str
    title: str
    words: str
    rulers: tuple[tuple[str, str, str], ...]


SIDES = (
    Side(
        "enterprise_api_share",
        "enterprise",
        "Enterprise API spend",
        "solid: survey channel, dashed: enterprise accounts",
        (
            ("account_share", "accounts", "o"),
            ("token_share", "tokens", "s"),
            ("spend_share", "spend", "D"),
        ),
    ),
    Side(
        "consumer_traffic_share",
        "consumer",
        "Consumer traffic",
        "solid: survey channel, dashed: consumer accounts",
        (
            ("account_share", "accounts", "o"),
            ("token_share", "tokens", "s"),
            ("revenue_share", "revenue", "D"),
        ),
    ),
)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Survey channels beside accounts over time; every ruler of the last month below."""
    days = series.dates(records)
    figure = style.canvas(
        records,
        "The same market through different rulers",
        summary(records),
        "Share of each provider in per cent: in the channels that published surveys measure "
        "(enterprise API spend includes employed developers; traffic trackers miss embedded "
        "use) beside shares of accounts, tokens, spend and revenue of the segment.",
    )
    for left, side in zip(LEFTS, SIDES, strict=True):
        upper = style.panel(figure, left, UPPER, WIDE, UPPER_TALL)
        style.heading(upper, side.title, side.words)
        paths(upper, records, side)
        lower = style.panel(figure, left + INDENT, LOWER, WIDE, LOWER_TALL)
        style.write(lower, (left, LOWER - 14), f"In {series.spoken_date(days[-1])}", style.HEADING)
        rulers(lower, records, side)
    return figure


def measures(records: series.RunLike, side: Side) -> tuple[series.Numbers, series.Numbers]:
    """Share in the survey channel and of accounts, each (T, P)."""
    accounts = series.cube(records, "account_share")[:, SEGMENTS.index(side.segment)]
    return (np.nan_to_num(series.by_provider(records, side.channel)), np.nan_to_num(accounts))


def summary(records: series.RunLike) -> str:
    """The widest difference between channel and accounts in the last month, in words.

    Providers whom a channel does not track are not compared: their share in it is 0 by definition.
    """
    said = []
    for side in SIDES:
        channel, accounts = measures(records, side)
        gap = np.where(untracked(records, side), 0.0, channel[-1] - accounts[-1])
        widest = int(np.abs(gap).argmax())
        if abs(gap[widest]) >= SEEN:
            name = style.printable(records.providers[widest])
            said.append(
                f"{name} {series.percent(channel[-1, widest])} of {side.title.lower()} "
                f"but {series.percent(accounts[-1, widest])} of accounts{left_out(records, side)}"
            )
        else:
            said.append(f"{side.title.lower()} as accounts{left_out(records, side)}")
    words = "; ".join(said).replace(" api ", " API ")
    return words[:1].upper() + words[1:]


def left_out(records: series.RunLike, side: Side) -> str:
    """Who has users but is not tracked, in brackets; nothing if nobody."""
    sold = series.sells(records)[SEGMENTS.index(side.segment)]
    found = [records.providers[i] for i in np.flatnonzero(untracked(records, side) & sold)]
    return f" ({', '.join(map(style.printable, found))} not tracked)" if found else ""


def untracked(records: series.RunLike, side: Side) -> NDArray[np.bool_]:
    """Which providers the channel leaves out by definition: (P,)."""
    names = records.config.consumers.untracked if side.segment == SEGMENTS[CONSUMER] else ()
    return np.isin(np.array(records.providers), list(names))


def largest(channel: series.Numbers, accounts: series.Numbers, most: int) -> list[int]:
    """Codes of the providers with the largest shares by either measure in the last month."""
    weight = np.maximum(channel[-1], accounts[-1]) + 1e-3 * channel.max(axis=0)
    order = np.argsort(-weight, kind="stable")
    return [int(i) for i in order[:most] if weight[i] > 0]


def paths(axes: Axes, records: series.RunLike, side: Side) -> None:
    """The largest providers: channel as a solid line, accounts dashed."""
    days, colours = series.dates(records), palette.provider_colours(records.providers)
    channel, accounts = measures(records, side)
    shown = largest(channel, accounts, LINES)
    top = max((float(max(channel[:, i].max(), accounts[:, i].max())) for i in shown), default=1.0)
    style.percent_axis(axes, min(1.0, np.ceil(10 * top + 0.2) / 10))
    style.grid(axes)
    style.time_axis(axes, days[0], len(days))
    mark = "o" if len(days) == 1 else ""
    ends = []
    for i in shown:
        name = records.providers[i]
        axes.plot(
            accounts[:, i],
            "--",
            color=colours[name],
            linewidth=1.6,
            dashes=(4, 2.2),
            marker=mark,
            fillstyle="none",
        )
        axes.plot(channel[:, i], color=colours[name], linewidth=3, marker=mark)
        ends.append(
            labels.Label(
                float(channel[-1, i]),
                name,
                colours[name],
                float(channel[-1, i]),
                f" {series.percent(channel[-1, i])}",
            )
        )
    labels.end_labels(axes, ends, style.QUIET.size, room=LABEL_ROOM)
    if not shown:
        style.say(axes, "nobody has adopted")


def rulers(axes: Axes, records: series.RunLike, side: Side) -> None:
    """One row for each of the largest providers: a mark for each measure of the last month."""
    colours = palette.provider_colours(records.providers)
    channel, accounts = measures(records, side)
    shown = largest(channel, accounts, ROWS)
    segment = SEGMENTS.index(side.segment)
    shapes = [("survey", "|"), *((words, shape) for _, words, shape in side.rulers)]
    values = [series.cube(records, column)[-1, segment] for column, _, _ in side.rulers]
    places = np.nan_to_num(np.stack([channel[-1], *values], axis=1))[shown]
    top = float(places.max()) if shown else 1.0
    style.percent_axis(axes, min(1.0, np.ceil(10 * top + 0.2) / 10), "x")
    axes.set_ylim(max(len(shown), 1) - 0.5, -0.5)
    axes.set_yticks([])
    style.grid(axes, "x")
    for row, i in enumerate(shown):
        name = records.providers[i]
        marks(axes, row, places[row], [shape for _, shape in shapes], colours[name])
        voice = style.QUIET._replace(colour=palette.lettering(colours[name]), weight="bold")
        level = (-0.02, 1 - (row + 0.5) / len(shown))
        words = style.cut(name, voice, NAME_ROOM)
        style.write(axes, level, words, voice, "right center", "axes")
    key(axes, shapes)


def marks(axes: Axes, row: int, places: series.Numbers, shapes: Sequence[str], colour: str) -> None:
    """The measures of one provider on a line: the survey as a bar, the others as small shapes."""
    ends = [float(places.min()), float(places.max())]
    axes.plot(ends, [row, row], color=palette.RULE, linewidth=2.4, zorder=1)
    for place, shape in zip(places, shapes, strict=True):
        size, edge, rim = (19, 4.5, colour) if shape == "|" else (9.5, 0.9, palette.PAPER)
        axes.plot(place, row, shape, color=colour, clip_on=False, ms=size, mew=edge, mec=rim)


def key(axes: Axes, marks: Sequence[tuple[str, str]]) -> None:
    """What the marks mean, in one line beside the heading."""
    wide, tall = style.width_in(axes), style.height_in(axes)
    left, level = 120.0, (tall + 19) / tall
    for words, shape in marks:
        tick = shape == "|"
        axes.plot(
            left / wide,
            level,
            shape,
            color=palette.MUTED,
            transform=axes.transAxes,
            clip_on=False,
            markersize=15 if tick else 8,
            markeredgewidth=3 if tick else 0,
        )
        style.write(axes, ((left + 12) / wide, level), words, style.QUIET, "left center", "axes")
        left += 44 + style.words_width(words, style.QUIET)
