"""What a figure says, and where: shared by the tests of all figures."""

import importlib
from typing import Any

from matplotlib.figure import Figure

from experiments.plots import style


def figure_of(name: str, records: Any) -> Figure:
    """The figure that the file of this name draws."""
    figure: Figure = importlib.import_module(f"experiments.plots.{name}").draw(records)
    return figure


def clashes(boxes: list[Any]) -> list[tuple[str, str]]:
    """Pairs of words that cover one another by more than the air around letters."""
    found = []
    for i, (words, box) in enumerate(boxes):
        for other, against in boxes[:i]:
            wide = min(box.x1, against.x1) - max(box.x0, against.x0)
            tall = min(box.y1, against.y1) - max(box.y0, against.y0)
            if wide > 2 and tall > 5:
                found.append((words, other))
    return found


def outside(boxes: list[Any]) -> list[str]:
    """Words that leave the canvas."""
    return [
        words
        for words, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > style.WIDTH or box.y1 > style.HEIGHT
    ]
