"""Words on a picture, in the letters that come with Matplotlib: the same on every machine."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from PIL import ImageFont

from experiments.plots import palette
from experiments.plots.typeface import font_file

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Word(NamedTuple):
    """How a word is written; `anchor` as Pillow has it, `la` being left and top."""

    size: int
    colour: str = palette.INK
    bold: bool = False
    anchor: str = "la"


@cache
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Letters of a size, pixels."""
    return ImageFont.truetype(font_file(bold), size)


def write(pen: "ImageDraw", place: tuple[float, float], text: str, word: Word) -> None:
    """Write a text at a place."""
    pen.text(place, text, fill=word.colour, font=font(word.size, word.bold), anchor=word.anchor)


def width(text: str, word: Word) -> float:
    """How wide a text is, pixels."""
    return font(word.size, word.bold).getlength(text)


def apart(heights: list[float], least: float, within: tuple[float, float]) -> list[float]:
    """Heights moved as little as need be for none to be nearer than `least`, ascending."""
    low, high = within
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + least if found else low))
    for at in range(len(found) - 1, -1, -1):
        found[at] = min(found[at], found[at + 1] - least if at + 1 < len(found) else high)
    return found


def date_of(start: str, month: int) -> str:
    """Month and year of a month of a run, as `Jan 2023`."""
    year, first = map(int, start.split("-"))
    count = year * 12 + first - 1 + month
    return f"{MONTHS[count % 12]} {count // 12}"


def channels(colour: str) -> tuple[int, ...]:
    """Red, green and blue of `#rrggbb`."""
    return tuple(bytes.fromhex(colour[1:]))
