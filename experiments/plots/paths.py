"""One line for each provider over the months, named at its end; a cross where it left."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from experiments.plots import labels, palette, series, style

LEFT_SIGN = "✕"
CROSS = 8.0


def provider_lines(
    axes: Axes,
    records: series.RunLike,
    values: series.Numbers,
    told: Callable[[float], str],
    room: float = 0.0,
) -> None:
    """Lines (T, P) on axes whose vertical limits are set, each named with its last value.

    `told` writes a value.  A line may leave the axes at their top; its cross and its name stay.
    `room` is the width of a name beside the axes, in pixels, 0 all that is left.
    """
    days = series.dates(records)
    style.time_axis(axes, days[0], len(days))
    for path, colour in zip(values.T, colours_of(records), strict=True):
        single = np.isfinite(path).sum() == 1
        axes.plot(path, color=colour, linewidth=2.2, marker="o" if single else "")
    name_ends(axes, records, values, told, room)


def provider_steps(
    axes: Axes,
    records: series.RunLike,
    values: series.Numbers,
    told: Callable[[float], str],
    dashed: NDArray[np.bool_] | None = None,
    room: float = 0.0,
) -> None:
    """The same as steps, for what holds for a month and changes with the next.

    `dashed` (P,) says whose steps are dashed; `room` is the width of a name beside the axes, in
    pixels, 0 all that is left.
    """
    days = series.dates(records)
    style.time_axis(axes, days[0], len(days))
    axes.set_xlim(0, len(values))
    months = np.arange(len(values) + 1)
    for i, colour in enumerate(colours_of(records)):
        held = np.append(values[:, i], values[-1, i])
        dashes = "--" if dashed is not None and dashed[i] else "-"
        axes.plot(months, held, dashes, drawstyle="steps-post", color=colour, linewidth=2.4)
    name_ends(axes, records, values, told, room, until=1)


def name_ends(
    axes: Axes,
    records: series.RunLike,
    values: series.Numbers,
    told: Callable[[float], str],
    room: float = 0.0,
    until: int = 0,
) -> None:
    """Names with last values, those who left last; a cross `until` months after their last one."""
    gone, ends = series.left(records), []
    top = axes.get_ylim()[1]
    for i, (name, colour) in enumerate(zip(records.providers, colours_of(records), strict=True)):
        known = np.flatnonzero(np.isfinite(values[:, i]))
        if not len(known):
            continue
        last = float(values[known[-1], i])
        tail = f" {told(last)}".replace("-", "−")
        if gone[i]:
            cross(axes, int(known[-1]) + until, min(last, top), colour)
            tail += f" {LEFT_SIGN}"
        ends.append(labels.Label(last, name, colour, -np.inf if gone[i] else last, tail))
    labels.end_labels(axes, ends, style.QUIET.size, room=room)
    if not ends:
        style.say(axes, "no data")


def colours_of(records: series.RunLike) -> list[str]:
    """Colours in the order of the providers."""
    return list(palette.provider_colours(records.providers).values())


def left_note(records: series.RunLike) -> str:
    """What the cross means, to stand after the unit of a panel; nothing where nobody left."""
    return f"; {LEFT_SIGN} left the market" if series.left(records).any() else ""


def cross(axes: Axes, month: float, value: float, colour: str) -> None:
    """The end of a provider that left."""
    (mark,) = axes.plot(month, value, "X", color=colour, markersize=CROSS, zorder=4)
    mark.set_markeredgecolor(palette.PAPER)
    mark.set_clip_on(False)
