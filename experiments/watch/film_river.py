"""The shares of a segment as bands of a picture of Pillow's, uncovered month by month."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from experiments.plots import palette
from experiments.watch.lettering import Word, apart, date_of, width, write

SMOOTH = 2  # times larger than it is seen, for smooth edges
LEAST_NAMED, NAME_APART, NAME_DOT = 0.012, 26, 7
TITLE_ABOVE, SCALE_LEFT, YEARS_BELOW, NAMES_RIGHT = 40, 10, 12, 16
MOST_YEARS = 6
Shares = NDArray[np.float64]
Box = tuple[int, int, int, int]


class RiverPicture:
    """The river of one segment in a box of a picture: left, top, right, bottom.

    shares : (months, providers).  providers : their names and colours.
    """

    def __init__(self, shares: Shares, providers: tuple[list[str], list[str]], box: Box) -> None:
        self.shares, self.box = shares, box
        self.names, self.colours = providers
        self.bands = self.all_bands()

    def across(self, month: int) -> float:
        """Where a month stands, pixels."""
        left, _, right, _ = self.box
        return left + (right - left) * month / max(len(self.shares) - 1, 1)

    def all_bands(self) -> Image.Image:
        """Bands of all months."""
        left, top, right, bottom = self.box
        tall = SMOOTH * (bottom - top)
        picture = Image.new("RGB", (SMOOTH * (right - left), tall), palette.PAPER)
        pen = ImageDraw.Draw(picture)
        xs = [SMOOTH * (self.across(month) - left) for month in range(len(self.shares))]
        upper = tall * (1 - np.cumsum(self.shares, axis=1))
        lower = upper + tall * self.shares
        for code in np.flatnonzero(self.shares.any(axis=0)) if len(xs) > 1 else []:
            edge = list(zip(xs, upper[:, code].tolist(), strict=True))
            back = list(zip(xs, lower[:, code].tolist(), strict=True))
            pen.polygon([*edge, *back[::-1]], fill=self.colours[code])
            pen.line(edge, fill=palette.PAPER, width=SMOOTH)
        return picture.reduce(SMOOTH)

    def draw_axes(self, pen: ImageDraw.ImageDraw, title: str, measure: str) -> None:
        """Title and scale."""
        left, top, right, bottom = self.box
        word = Word(26, bold=True)
        write(pen, (left, top - TITLE_ABOVE), title, word)
        after = left + width(title, word) + TITLE_ABOVE / 3
        write(pen, (after, top - TITLE_ABOVE + 3), measure, Word(22, palette.MUTED))
        for part in (0.0, 0.5, 1.0):
            y = bottom - (bottom - top) * part
            pen.line((left, y, right, y), fill=palette.GRID, width=2)
            scale = Word(20, palette.MUTED, anchor="rm")
            write(pen, (left - SCALE_LEFT, y), f"{part:.0%}", scale)

    def draw_years(self, pen: ImageDraw.ImageDraw, start: str) -> None:
        """Years below."""
        first = (13 - int(start.split("-")[1])) % 12
        every = 12 * max(1, -(-len(self.shares) // (12 * MOST_YEARS)))
        for month in range(first, len(self.shares), every):
            place = (self.across(month), self.box[3] + YEARS_BELOW)
            year = date_of(start, month).split()[1]
            write(pen, place, year, Word(20, palette.MUTED, anchor="ma"))

    def draw(self, picture: Image.Image, pen: ImageDraw.ImageDraw, month: int) -> None:
        """The bands up to a month, with names and shares at their end."""
        left, top, _, bottom = self.box
        end = round(self.across(month))
        if end > left:
            picture.paste(self.bands.crop((0, 0, end - left, bottom - top)), (left, top))
        pen.line((end, top, end, bottom), fill=palette.INK, width=2)
        self.draw_names(pen, self.shares[month], end + NAMES_RIGHT)

    def draw_names(self, pen: ImageDraw.ImageDraw, shares: Shares, x: float) -> None:
        """Names and shares beside the bands, spread so that none lies on another."""
        _, top, _, bottom = self.box
        middles = bottom - (bottom - top) * (np.cumsum(shares) - shares / 2)
        largest = np.argsort(-shares, kind="stable")[: (bottom - top) // NAME_APART]
        named = sorted(largest[shares[largest] >= LEAST_NAMED], key=lambda code: middles[code])
        within = (top + NAME_APART / 2, bottom - NAME_APART / 2)
        heights = apart([float(middles[code]) for code in named], NAME_APART, within)
        for code, y in zip(named, heights, strict=True):
            dot = (x, y - NAME_DOT, x + 2 * NAME_DOT, y + NAME_DOT)
            pen.ellipse(dot, fill=self.colours[code])
            words = f"{self.names[code]} {shares[code]:.0%}"
            write(pen, (x + 3 * NAME_DOT, y), words, Word(22, anchor="lm"))
