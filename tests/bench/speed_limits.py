"""What this machine's memory allows: measured rates, and the least time of a developer step.

The bound counts what the step cannot do without at the rates of one thread: lines of the columns
that must pass through the processor, one draw for each developer, and for each who is awake the
neighbours' choices, and a draw and a table entry for each option.  Nothing overlaps in it, and
the arithmetic between is free.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np
from measuring import cpu_time

from agents.compiled import inline
from agents.draws import GOLDEN
from agents.draws import mix as mix_source
from agents.equations.race import QUANTILES

mix = inline(mix_source)

LINE = 64  # bytes that memory moves at once
STREAM = 8_000_000  # numbers of 8 bytes: three arrays of them fit no cache
GATHERS = 4_000_000
RUNS = 7
SPENT, NEIGHBOUR, OFFSET = 6, 4, 4  # bytes: weight and group; one neighbour; one row's start
STEPPED = (1, 1, 1, 2)  # bytes of a developer's choice, second, taste and month, where it wakes


@numba.njit(nogil=True)
def triad(to, first, second):
    """Stream three arrays."""
    for place in range(len(to)):
        to[place] = first[place] + 3.0 * second[place]


@numba.njit(nogil=True)
def gather(table, places):
    """Sum entries of a table at places that nobody can foresee; no load waits for another."""
    total = np.int64(0)
    for place in places:
        total += np.int64(table[place])
    return total


@numba.njit(nogil=True)
def draw(count):
    """Mix `count` keys."""
    total = np.uint64(0)
    for place in range(count):
        total += mix(np.uint64(place) * GOLDEN)
    return total


class Rates(NamedTuple):
    """Of one thread.  stream : bytes a ns, with the line that a write reads first.

    gather : ns by size of a table of bytes.  entry : ns for one of the 65,536 quantiles.
    draw : ns for one mix.  Each is a list of runs.
    """

    stream: list[float]
    gather: dict[int, list[float]]
    entry: list[float]
    draw: list[float]


def measured(sizes: Sequence[int]) -> Rates:
    """Measure; `sizes` are those of the tables of bytes."""
    generator = np.random.default_rng(1)
    to, first, second = np.zeros(STREAM), np.ones(STREAM), np.ones(STREAM)
    bytes_moved = 4 * 8 * STREAM  # two are read, one is written, which reads it first

    def gathered(table: np.ndarray) -> list[float]:
        places = generator.integers(len(table), size=GATHERS).astype(np.uint32)
        return [ns / GATHERS for ns in nanoseconds(lambda: gather(table, places))]

    return Rates(
        [bytes_moved / ns for ns in nanoseconds(lambda: triad(to, first, second))],
        {size: gathered(np.ones(size, np.uint8)) for size in sizes},
        gathered(np.ones(QUANTILES, np.float32)),
        [ns / GATHERS for ns in nanoseconds(lambda: draw(GATHERS))],
    )


def nanoseconds(action) -> list[float]:
    """CPU time of some runs, the first one, which compiles, left out."""
    return [1e9 * cpu_time(action) for _ in range(RUNS + 1)][1:]


class Step(NamedTuple):
    """What a month of developers is like: their number, and shares of those awake and moved."""

    developers: int
    awake: float
    moved: float
    degree: float
    options: int


def lines_touched(width: float, share: float) -> float:
    """Bytes of a column that pass for each row, where a random share of the rows is touched."""
    return width * (1.0 - (1.0 - share) ** (LINE / width))


def bytes_of(step: Step) -> float:
    """Bytes that pass through memory for each developer."""
    waking = 2 + 2  # the snapshot: choices are read, written over the last ones, and read again
    columns = sum(lines_touched(width, step.awake) for width in STEPPED[1:])
    written = sum(lines_touched(width, step.moved) for width in STEPPED)
    spent = lines_touched(SPENT, step.moved)
    row = step.degree * NEIGHBOUR + LINE / 2  # a row begins anywhere in a line
    edges = lines_touched(OFFSET, step.awake) + step.awake * row
    return waking + columns + written + spent + edges


def bound(rates: Rates, step: Step) -> dict[str, float]:
    """Least time for each developer by part, ns."""
    draws = 1 + step.awake * (step.options + 2)  # of waking; of each option, nest and trial
    return {
        "stream": bytes_of(step) / max(rates.stream),
        "draws": draws * min(rates.draw),
        "neighbours": step.awake * step.degree * min(rates.gather[step.developers]),
        "options": step.awake * (step.options + 1) * min(rates.entry),
    }
