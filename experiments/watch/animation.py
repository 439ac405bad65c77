"""A run as pictures, month by month: who uses whom, and the shares of the three segments.

Everything is drawn at the size of a full-HD film; the animation for a page is half as wide and
tall, and its edges are smooth for that.
"""

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from agents.equations.shares import shares_of
from experiments.plots import palette
from experiments.watch.film_network import NetworkPicture
from experiments.watch.film_river import RiverPicture, Shares
from experiments.watch.introduction import providers
from experiments.watch.layout import positions
from experiments.watch.lettering import Word, date_of, write
from simulation.columns import SEGMENTS

if TYPE_CHECKING:
    from experiments.watch.side import Side

WIDE, TALL = 1920, 1080
ACCENT = "#1f5fbf"
EDGE, HEADLINE, SECOND_LINE, LAST_LINE = 48, 30, 84, 1032
NETWORK = (EDGE, 128, 1010, 906)
LANE_LEFT, LANE_RIGHT, LANE_TOP, LANE_TALL, LANE_EVERY = 1130, 1630, 182, 212, 278
BAR = 10  # pixels of the bar that shows how far it is
# Title of a segment, and of what its shares are.
LANES = {
    "coding": ("Developers", "share of spend"),
    "enterprise": ("Enterprises", "share of spend"),
    "consumer": ("Consumers", "share of users"),
}


class Animation:
    """Pictures of the months of a market that was watched to its end.

    frames : how many there are: before the first month, and after each one.
    """

    def __init__(self, side: "Side") -> None:
        """Draw what stays the same in all pictures."""
        self.side, self.film = side, side.film
        self.frames = self.film.seen + 1
        told = providers(side.market)
        self.providers = [entry["name"] for entry in told], [entry["colour"] for entry in told]
        points = positions(side.drawn, side.market.config.seed).astype(np.float64)
        states = side.place[np.array(self.film.states)]
        self.network = NetworkPicture(side.drawn, points, states, self.providers, NETWORK)
        self.rivers = [self.river(lane, key) for lane, key in enumerate(SEGMENTS)]
        self.ground = self.drawn_ground()

    def river(self, lane: int, key: str) -> RiverPicture:
        """The river of a segment."""
        top = LANE_TOP + lane * LANE_EVERY
        box = (LANE_LEFT, top, LANE_RIGHT, top + LANE_TALL)
        return RiverPicture(self.shares_in(key), self.providers, box)

    def shares_in(self, key: str) -> Shares:
        """Shares of the providers in a segment, (months, providers)."""
        count = len(self.providers[0])
        widths = [count if series.by_provider else 1 for series in self.film.series]
        first = sum(widths[: [series.key for series in self.film.series].index(key)])
        rows = np.array(self.film.rows).reshape(self.film.seen, sum(widths))
        return np.nan_to_num(shares_of(np.nan_to_num(rows[:, first : first + count])))

    def drawn_ground(self) -> Image.Image:
        """Paper, words and axes, and the edges of the network."""
        ground = self.network.with_edges(Image.new("RGB", (WIDE, TALL), palette.PAPER))
        pen = ImageDraw.Draw(ground)
        config, drawn, scene = self.side.market.origin, self.side.drawn, self.side.scene
        write(pen, (EDGE, HEADLINE), scene.name, Word(42, bold=True))
        about = f"seed {config.seed} · {scene.identity[:8]} · month by month"
        write(pen, (EDGE, SECOND_LINE), about, Word(24, palette.MUTED))
        words = f"{len(drawn.developers):,} developers, {len(drawn.enterprises):,} enterprises"
        words += " (larger)" + (f", a sample of {drawn.of:,} agents" if drawn.sampled else "")
        small = Word(22, palette.MUTED)
        write(pen, (EDGE, LAST_LINE), f"Who uses whom: {words}; rings have moved this month", small)
        write(pen, (WIDE - EDGE, LAST_LINE), "Shareshift", small._replace(anchor="ra"))
        for river, key in zip(self.rivers, SEGMENTS, strict=True):
            river.draw_axes(pen, *LANES[key])
        self.rivers[-1].draw_years(pen, config.start)
        return ground

    def picture(self, done: int) -> Image.Image:
        """The picture after so many months, WIDE x TALL."""
        pixels = np.array(self.ground)
        self.network.stamp(pixels, done)
        picture = Image.fromarray(pixels)
        pen = ImageDraw.Draw(picture)
        self.network.draw_moves(pen, done)
        self.network.draw_key(pen, done)
        for river in self.rivers if done else []:
            river.draw(picture, pen, done - 1)
        date = date_of(self.side.market.origin.start, done - 1) if done else "Start"
        write(pen, (WIDE - EDGE, HEADLINE), date, Word(54, bold=True, anchor="ra"))
        far = WIDE * done / max(self.film.seen, 1)
        pen.rectangle((0, TALL - BAR, WIDE, TALL), fill=palette.GRID)
        pen.rectangle((0, TALL - BAR, far, TALL), fill=ACCENT)
        return picture
