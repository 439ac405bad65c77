"""Lets the tests of this folder share code with each other and with the torture tests."""

import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "torture"))
sys.path.insert(0, str(Path(__file__).parent))
from stopped_runs import place, run


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Config and tables of the small run, which nobody stopped."""
    from checkpoint import result  # here, since it takes seconds and most files do without

    folder = tmp_path_factory.mktemp("whole")
    place(folder, "small", months=9, war=4)
    with chdir(folder):
        assert run() == 0
        return result("out")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with the small config and its supply file."""
    place(tmp_path, "small", months=9, war=4)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[Any]]:
    """Words and boxes (pixels) of everything that is written when a figure becomes a PNG."""
    from matplotlib.text import Text  # here, since most files of this folder draw nothing

    from experiments.plots import style

    written: list[Any] = []
    draw = Text.draw

    def note(text: Any, renderer: Any, *args: Any, **kwargs: Any) -> None:
        written.append(text)
        draw(text, renderer, *args, **kwargs)

    def boxes(figure: Any) -> list[Any]:
        written.clear()
        style.png(figure)
        return [
            (text.get_text(), text.get_window_extent())
            for text in written
            if text.get_visible() and text.get_text().strip()
        ]

    monkeypatch.setattr(Text, "draw", note)
    return boxes
