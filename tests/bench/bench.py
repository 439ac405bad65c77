"""How fast and how large: the engine, beside its plain peers and beside what memory allows.

    python tests/bench [--print] [developers] [month] [recorded] [baseline]
                        [networks] [memory] [start-up] [sweep] [page]

Everything is measured in one process, but memory, start-up, sweep and page, which need fresh ones.
A whole run writes its table into BENCHMARKS.md; with --print, or with sections named, it only
prints.
"""

import sys
from collections.abc import Callable, Iterator

from developer_figures import developer_figures
from document import DOCUMENT, machine, markdown, put
from market_figures import baseline_figures, month_figures, network_figures, recorded_figures
from measuring import Figure
from page_figures import page_figures
from process_figures import memory_figures, start_up_figures
from sweep_figures import sweep_figures

SECTIONS: dict[str, Callable[[], Iterator[Figure]]] = {
    "developers": developer_figures,
    "month": month_figures,
    "recorded": recorded_figures,
    "baseline": baseline_figures,
    "networks": network_figures,
    "memory": memory_figures,
    "start-up": start_up_figures,
    "sweep": sweep_figures,
    "page": page_figures,
}
ONLY_PRINT = "--print"
WIDTHS = (52, 12, 12, 8, 18)


def main(words: list[str]) -> int:
    """Measure the sections of these names, or all; returns the exit code."""
    names = [word for word in words if word != ONLY_PRINT]
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        there = ", ".join((ONLY_PRINT, *SECTIONS))
        sys.stderr.write(f"no section {', '.join(unknown)}; there are {there}\n")
        return 2
    described = machine()
    say("\n".join(described))
    sections = {title(name): list(told(name)) for name in names or SECTIONS}
    if not words:
        text = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(put(text, markdown(described, sections)), encoding="utf-8")
        say(f"\n{DOCUMENT.name} holds these figures now.")
    return 0


def title(name: str) -> str:
    """First line of a section's text."""
    return (SECTIONS[name].__doc__ or name).splitlines()[0].rstrip(".")


def told(name: str) -> Iterator[Figure]:
    """Figures of a section, each printed as soon as it is there."""
    say(f"\n{title(name)}\n{line(Figure('', 'best', 'median', 'spread', 'at most'))}")
    for figure in SECTIONS[name]():
        say(line(figure))
        yield figure


def line(figure: Figure) -> str:
    """A figure as a line of text."""
    what, *numbers = figure[:5]
    cells = [f"{cell:>{width}}" for cell, width in zip(numbers, WIDTHS[1:], strict=True)]
    return f"  {what:<{WIDTHS[0]}}{''.join(cells)}  {figure.note}".rstrip()


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
