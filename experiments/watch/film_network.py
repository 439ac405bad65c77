"""Who uses whom as a picture of Pillow's: edges once, then a dot for each agent, month by month."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from experiments.plots import palette
from experiments.watch import protocol
from experiments.watch.lettering import Word, channels, write

if TYPE_CHECKING:
    from experiments.watch.drawn import Drawn

DOT, FIRM, RING = 0.32, 0.52, 0.7  # of the distance between neighbours, were all equally far
ROOM = (10.0, 36.0)  # pixels
VEIL, LINES, STRONGEST, WEAKEST = 300.0, 500.0, 0.4, 0.004  # strength of all edges together
EDGE_INK, DARKEST = (50, 62, 90), "#d9dfe8"  # of one edge; of all that cross
MOST_RINGS = 800
KEY_COLUMNS, KEY_LINES, KEY_LINE, KEY_DOT = 4, 3, 34, 8
Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]


class NetworkPicture:
    """The network in a box of a picture: left, top, right, bottom.

    states : (months + 1, nodes), places of providers.  colours, names : of the providers.
    """

    def __init__(
        self,
        drawn: "Drawn",
        points: NDArray[np.float64],
        states: Pixels,
        providers: tuple[list[str], list[str]],
        box: Box,
    ) -> None:
        self.drawn, self.states, self.box = drawn, states, box
        self.names, self.colours = providers
        left, top, right, bottom = box
        side = min(right - left, bottom - top)
        self.points = np.array([(left + right) / 2, (top + bottom) / 2]) + (points - 0.5) * side
        room = side / max(len(points), 1) ** 0.5
        self.room = float(np.clip(room, *ROOM))
        counts = np.bincount(states.ravel(), minlength=256)[: len(self.names)]
        order = np.argsort(-counts, kind="stable")
        self.keyed = order[counts[order] > 0][: KEY_COLUMNS * KEY_LINES]

    def with_edges(self, ground: Image.Image) -> Image.Image:
        """The ground with who knows whom as a veil, and what ties firms as lines."""
        pen = ImageDraw.Draw(ground, "RGBA")
        ends = self.points[self.drawn.edges.astype(np.int64)]
        between = self.drawn.between
        for part, strength in ((ends[:between], VEIL), (ends[between:], LINES)):
            alpha = np.clip(strength / max(len(part), 1), WEAKEST, STRONGEST)
            ink = (*EDGE_INK, round(255 * alpha))
            for line in part.reshape(-1, 4).tolist():
                pen.line(line, fill=ink)
        return ImageChops.lighter(ground, Image.new("RGB", ground.size, DARKEST))

    def stamp(self, pixels: Pixels, done: int) -> None:
        """A dot for each node in the colour of its provider, into (tall, wide, 3)."""
        wide = pixels.shape[1]
        flat = pixels.reshape(-1, 3)
        inks = np.full((256, 3), channels(palette.NOT_YET), np.uint8)
        inks[: len(self.colours)] = [channels(colour) for colour in self.colours]
        places = self.points.round().astype(np.int64) @ np.array([1, wide])
        firms = len(self.drawn.developers)
        for nodes, part in ((slice(0, firms), DOT), (slice(firms, None), FIRM)):
            state, place = self.states[done][nodes], places[nodes]
            order = np.argsort(state != protocol.NOBODY, kind="stable")  # nobody's lie below
            flat[place[order][:, None] + disc(part * self.room, wide)] = inks[state[order]][:, None]

    def draw_moves(self, pen: ImageDraw.ImageDraw, done: int) -> None:
        """A ring around whoever has moved in the month."""
        if not done:
            return
        movers = np.flatnonzero(self.states[done] != self.states[done - 1])[:MOST_RINGS]
        reach = RING * self.room
        for node in movers:
            code = self.states[done][node]
            ink = palette.MUTED if code == protocol.NOBODY else self.colours[code]
            x, y = self.points[node].tolist()
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=ink, width=2)

    def draw_key(self, pen: ImageDraw.ImageDraw, done: int) -> None:
        """Providers with the part of the drawn agents that use them, in places that stay."""
        counts = np.bincount(self.states[done], minlength=256) / max(self.states.shape[1], 1)
        left, _, right, bottom = self.box
        for place, code in enumerate(self.keyed):
            x = left + (place % KEY_COLUMNS) * (right - left) / KEY_COLUMNS
            y = bottom + KEY_LINE * (place // KEY_COLUMNS + 1)
            dot = (x, y - KEY_DOT, x + 2 * KEY_DOT, y + KEY_DOT)
            pen.ellipse(dot, fill=self.colours[code])
            words = f"{self.names[code]} {counts[code]:.0%}"
            write(pen, (x + 3 * KEY_DOT, y), words, Word(22, anchor="lm"))


def disc(radius: float, wide: int) -> NDArray[np.int64]:
    """Places of the pixels of a disc, as steps from its middle in rows of a width."""
    reach = np.arange(-int(radius), int(radius) + 1)
    down, across = np.meshgrid(reach, reach, indexing="ij")
    within = across**2 + down**2 <= radius**2 + 0.3
    return np.asarray((down * wide + across)[within])
