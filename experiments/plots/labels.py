"""Direct labels that never overlap: spread along a line, joined to what they name."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from experiments.plots import palette, style

Numbers = NDArray[np.float64]
LINE_SPACING = 1.24
TO_WORDS, EDGE = 19.0, 6.0


class Label(NamedTuple):
    """What stands beside the end of a line or band.

    at : data coordinate that the label wants to be level with
    words : what it says, shortened where there is no room
    colour : colour of the thing named
    weight : the larger, the longer it is kept when there is no room for all
    tail : what follows the words, never shortened
    """

    at: float
    words: str
    colour: str
    weight: float = 0.0
    tail: str = ""


def spread(
    wanted: Sequence[float] | Numbers, sizes: Sequence[float] | Numbers, low: float, high: float
) -> Numbers:
    """Positions nearest to the wanted ones (least squares) at which nothing overlaps.

    Parameters
    ----------
    wanted : (N,), centres that labels would like to have
    sizes : (N,), room that each label takes along the line
    low, high : ends of the line; labels stay within, unless they are together longer than it

    Returns
    -------
    (N,), centres in the order given; neighbours keep their order, ties keep the order given.

    Method: with the sizes taken out, the problem is an isotonic regression, which pooling
    adjacent violators solves exactly; clipping its solution to the ends keeps it optimal.
    """
    targets, room = np.asarray(wanted, np.float64), np.asarray(sizes, np.float64)
    if len(targets) == 0:
        return targets.copy()
    order = np.argsort(targets, kind="stable")
    ordered = room[order]
    offsets = np.cumsum(ordered) - ordered / 2
    pooled = isotonic(targets[order] - offsets)
    pooled = np.maximum(np.minimum(pooled, high - float(ordered.sum())), low)
    places = np.empty_like(targets)
    places[order] = pooled + offsets
    return places


def isotonic(values: Numbers) -> Numbers:
    """The non-decreasing series nearest to `values` (N,) in squares (pool adjacent violators)."""
    means: list[float] = []
    counts: list[int] = []
    for value in values:
        means.append(float(value))
        counts.append(1)
        while len(means) > 1 and means[-2] > means[-1]:
            mean, count = means.pop(), counts.pop()
            means[-1] = (means[-1] * counts[-1] + mean * count) / (counts[-1] + count)
            counts[-1] += count
    return np.repeat(means, counts)


def line_height(size: float) -> float:
    """Room that a line of words takes, in pixels."""
    return size * style.POINT * LINE_SPACING


def kept(labels: Sequence[Label], most: int) -> list[Label]:
    """The `most` weightiest labels in the order given."""
    by_weight = sorted(range(len(labels)), key=lambda i: -labels[i].weight)[: max(most, 0)]
    return [labels[i] for i in sorted(by_weight)]


def end_labels(
    axes: Axes,
    labels: Sequence[Label],
    size: float = style.LABEL.size,
    side: str = "right",
    room: float = 0.0,
) -> None:
    """Write labels beside the axes, level with their values where there is room.

    The limits of the axes must have been set.  `room` is the width that a label may take, in
    pixels; 0 means all that is left of the figure.
    """
    tall, step = style.height_in(axes), line_height(size)
    shown = kept(labels, int((tall + step) // step))
    wanted = [level(axes, label.at) for label in shown]
    places = spread(wanted, np.full(len(shown), step), -step / 2, tall + step / 2)
    right, box = side == "right", axes.get_position()
    room = room or (1 - box.x1 if right else box.x0) * style.WIDTH - TO_WORDS - EDGE
    edge, pixel = (1.0, 1 / style.width_in(axes)) if right else (0.0, -1 / style.width_in(axes))
    for label, want, place in zip(shown, wanted, places, strict=True):
        if abs(want - place) > 2:
            across = [edge + 3 * pixel, edge + 9 * pixel, edge + (TO_WORDS - 4) * pixel]
            up = [want / tall, place / tall, place / tall]
            leader = Line2D(across, up, color=label.colour, lw=1.2, transform=axes.transAxes)
            leader.set_clip_on(False)
            axes.add_artist(leader)
        voice = style.Voice(size, palette.lettering(label.colour), "bold")
        words = style.cut(label.words, voice, room, label.tail)
        at = (edge + TO_WORDS * pixel, place / tall)
        style.write(axes, at, words, voice, f"{'left' if right else 'right'} center", "axes")


def inside(
    axes: Axes, lower: Numbers, upper: Numbers, label: Label, size: float = style.QUIET.size
) -> None:
    """Write a name inside a band, where it is highest for as long as the name is; else nowhere.

    `lower` and `upper` (T,) are data coordinates at months 0, 1, ...; `label.at` is not used.
    """
    voice = style.Voice(size, weight="bold")
    words = style.printable(label.words)
    low, high = axes.get_xlim()
    long = int(
        np.ceil((style.words_width(words, voice) + EDGE) * (high - low) / style.width_in(axes))
    )
    if long >= len(lower):
        return
    windows = [np.lib.stride_tricks.sliding_window_view(side, long + 1) for side in (lower, upper)]
    floor, roof = windows[0].max(axis=1), windows[1].min(axis=1)
    best = int(np.argmax(roof - floor))
    if level(axes, roof[best]) - level(axes, floor[best]) < line_height(size):
        return
    paper = palette.contrast(label.colour, palette.PAPER) >= palette.contrast(
        label.colour, palette.INK
    )
    at = (best + long / 2, float(floor[best] + roof[best]) / 2)
    voice = voice._replace(colour=palette.PAPER if paper else palette.INK)
    style.write(axes, at, words, voice, "center center", "data")


def level(axes: Axes, value: float) -> float:
    """Height of a data value above the bottom of the axes, in pixels, held inside the axes."""
    tall = style.height_in(axes)
    at = axes.transAxes.inverted().transform(axes.transData.transform((0.0, value)))[1]
    return float(min(max(at, 0.0), 1.0) * tall)
