"""The 255 colours of an animation: those that mean something exactly, then what fills the most."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import KDTree

from experiments.watch.lettering import channels

MOST, UNCHANGED = 255, 255  # a file has 256; the last one stands where nothing has changed
BITS = 6  # of a channel, by which a colour finds its tone
Numbers = NDArray[np.uint8]


class Tones:
    """Colours shared by all pictures of an animation.

    palette : red, green and blue of each, one after the other.
    """

    def __init__(self, fixed: list[str], samples: list[Image.Image]) -> None:
        """Keep the fixed colours, and take the others from pictures of one size."""
        exact = [channels(colour) for colour in dict.fromkeys(fixed)][:MOST]
        wide, tall = samples[0].size
        sheet = Image.new("RGB", (wide, tall * len(samples)))
        for place, sample in enumerate(samples):
            sheet.paste(sample, (0, tall * place))
        found = sheet.quantize(MOST - len(exact)).getpalette() or []
        self.palette = [channel for colour in exact for channel in colour] + found
        tones = np.array(self.palette[: 3 * MOST]).reshape(-1, 3)
        steps = (np.arange(1 << BITS) + 0.5) * (256 >> BITS)
        every = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
        self.nearest: Numbers = KDTree(tones).query(every)[1].astype(np.uint8)
        own = np.array(exact, np.uint8).reshape(-1, 3)
        self.nearest[cell(own)[::-1]] = np.arange(len(own))[::-1]  # the first of two in one cell

    def numbers(self, picture: Image.Image) -> Numbers:
        """The tone of each pixel, (tall, wide)."""
        return self.nearest[cell(np.asarray(picture))]


def cell(colours: Numbers) -> NDArray[np.int64]:
    """Where a colour, (..., 3), stands among all that are told apart."""
    red, green, blue = np.moveaxis(colours.astype(np.int64) >> (8 - BITS), -1, 0)
    return np.asarray((red << 2 * BITS) | (green << BITS) | blue)
