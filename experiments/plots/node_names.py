"""Names beside the nodes of a network, where nothing else is."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from experiments.plots import labels, palette, style
from experiments.plots.layout import Places

ROOM = 150.0  # pixels that a name may take
AIR = 5.0
PAPER = {"facecolor": palette.PAPER, "alpha": 0.75, "pad": 0.8, "linewidth": 0}

Box = tuple[float, float, float, float]  # left, low, right, high, pixels


def name_nodes(
    axes: Axes, at: Places, across: Places, names: Sequence[str], colours: Sequence[str]
) -> None:
    """Write names beside nodes where no other name or node is; those without room have none.

    Parameters
    ----------
    axes : with its limits set, and no margin
    at : (N, 2), nodes in data coordinates, the first ones named first
    across : (N,), pixels
    names, colours : of the nodes
    """
    wide, tall = style.width_in(axes), style.height_in(axes)
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    centres = (at - low) / (high - low) * (wide, tall)
    half = (across / 2).tolist()
    taken = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(centres.tolist(), half, strict=True)]
    left = axes.get_position().x0 * style.WIDTH
    frame = (AIR - left, -AIR, wide + AIR, tall)
    line = labels.line_height(style.FOOT.size)
    for i, name in enumerate(names):
        voice = style.FOOT._replace(colour=palette.lettering(colours[i]))
        words = style.cut(name, voice, ROOM)
        size = style.words_width(words, voice), line
        for box in beside(centres[i].tolist(), half[i], size):
            if inside(box, frame) and not any(cover(box, other) for other in taken):
                taken.append(box)
                place = box[0] / wide, (box[1] + line / 2) / tall
                drawn = style.write(axes, place, words, voice, "left center", "axes")
                drawn.set_bbox(PAPER)  # lines run below
                drawn.set_zorder(4)
                break


def beside(centre: Sequence[float], half: float, size: tuple[float, float]) -> list[Box]:
    """Boxes for a name right of a node, left, above, below and at its corners, the best first."""
    (x, y), (wide, tall), corner = centre, size, 0.7 * half
    lower_left = (
        (x + half + AIR, y - tall / 2),
        (x - half - AIR - wide, y - tall / 2),
        (x - wide / 2, y + half + 1),
        (x - wide / 2, y - half - 1 - tall),
        (x + corner, y + corner),
        (x + corner, y - corner - tall),
        (x - corner - wide, y + corner),
        (x - corner - wide, y - corner - tall),
    )
    return [(left, low, left + wide, low + tall) for left, low in lower_left]


def cover(one: Box, other: Box) -> bool:
    """Whether two boxes have a part in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(box: Box, frame: Box) -> bool:
    """Whether a box lies within another."""
    low = box[0] >= frame[0] and box[1] >= frame[1]
    return low and box[2] <= frame[2] and box[3] <= frame[3]
