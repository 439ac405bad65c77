"""Names beside dots in a plane: where they cover neither a dot nor a name, else nowhere."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke

from experiments.plots import palette, style
from experiments.plots.labels import line_height

Box = tuple[float, float, float, float]  # left, bottom, right, top, pixels in the axes
AWAY = 9.0
DOT = 5.0
# Beside the whiskers first, along them last.
SIDES = ((1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))
HALO = [Stroke(linewidth=3.5, foreground=palette.PAPER), Normal()]


def place_labels(
    axes: Axes,
    wanted: Sequence[tuple[float, float, str, str]],
    dots: Sequence[tuple[float, float]],
    voice: style.Voice = style.QUIET,
    taken: Sequence[Box] = (),
) -> list[str]:
    """Write names (x, y, words, colour), the most important first; returns those written.

    `dots` (x, y) and the boxes `taken` are kept free.  The limits of the axes must have been set.
    """
    taken = [*taken, *(around(*in_pixels(axes, dot), DOT, DOT) for dot in dots)]
    written = []
    for x, y, words, colour in wanted:
        box = free_place(axes, in_pixels(axes, (x, y)), style.words_width(words, voice), taken)
        if box is None:
            continue
        taken.append(box)
        written.append(words)
        at = (box[0] / style.width_in(axes), (box[1] + box[3]) / 2 / style.height_in(axes))
        told = voice._replace(colour=palette.lettering(colour), weight="bold")
        style.write(axes, at, words, told, "left center", "axes").set(path_effects=HALO, zorder=6)
    return written


def free_place(
    axes: Axes, at: tuple[float, float], wide: float, taken: Sequence[Box]
) -> Box | None:
    """A box near `at` for words `wide` pixels long that covers nothing and stays inside."""
    tall, wide = line_height(style.QUIET.size), 1.08 * wide + 4
    for reach in (1.0, 1.8):
        for right, up in SIDES:
            x = at[0] + right * (reach * AWAY * (0.6 if up else 1.0) + wide / 2)
            y = at[1] + up * (reach * AWAY * (0.4 if right else 1.0) + tall / 2)
            box = around(x, y, wide / 2, tall / 2)
            inside = (
                box[0] >= 2
                and box[1] >= 2
                and box[2] <= style.width_in(axes)
                and box[3] <= style.height_in(axes)
            )
            if inside and not any(overlap(box, other) for other in taken):
                return box
    return None


def in_pixels(axes: Axes, spot: tuple[float, float]) -> tuple[float, float]:
    """A data coordinate in pixels from the lower left corner of the axes."""
    x, y = axes.transAxes.inverted().transform(axes.transData.transform(spot))
    return float(x) * style.width_in(axes), float(y) * style.height_in(axes)


def around(x: float, y: float, wide: float, tall: float) -> Box:
    """The box that reaches `wide` and `tall` from its middle."""
    return x - wide, y - tall, x + wide, y + tall


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share any area."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
