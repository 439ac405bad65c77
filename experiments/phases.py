"""Which label most runs end with at each pair of values of two factors, and how far they agree."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.plots import factor_names

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Numbers = NDArray[np.float64]
NO_LABEL = ""
MOST_LEVELS = 40  # of one factor in a grid
BOXES = 6  # along each factor where points lie on no grid
FEWEST_IN_BOX = 3.0  # runs on average, below which boxes say nothing


class Phases(NamedTuple):
    """A map over two factors, cells (rows of the second, columns of the first).

    factors : names of the first (across) and the second (up)
    levels : what stands at each column and at each row
    label : (Y, X), the most frequent label, empty without finished runs
    agreement : (Y, X), part of the runs that end with it.  runs : (Y, X), finished runs
    value : (Y, X), mean of a number, for contours
    note : how points that lie on no grid, or that vary other factors too, were put into cells
    """

    factors: tuple[str, str]
    levels: tuple[tuple[str, ...], tuple[str, ...]]
    label: NDArray[np.object_]
    agreement: Numbers
    runs: NDArray[np.int64]
    value: Numbers
    note: str


def phases(
    frame: "DataFrame", factors: tuple[str, str], label: str, value: str, others: Sequence[str] = ()
) -> Phases | str:
    """The map, or the reason why there is none.

    Parameters
    ----------
    frame : one row for each finished run
    factors : columns to lay out across and up
    label, value : columns with the label and with the number of each run; `value` may be empty
    others : columns of the other factors, which may vary within a cell
    """
    kept = frame[frame[label].astype(str) != NO_LABEL]
    if not len(kept):
        return "no finished run has a label"
    places = [placed(kept[name]) for name in factors]
    binned = [name for name, (_, _, boxed) in zip(factors, places, strict=True) if boxed]
    if binned and len(kept) < FEWEST_IN_BOX * BOXES**2:
        return (
            f"points lie on no grid of {' and '.join(factors)}, and {len(kept):,} finished runs "
            f"are too few to fill boxes of them"
        )
    shape = (len(places[1][0]), len(places[0][0]))
    if min(shape) < 2:
        one = factors[0] if shape[1] < 2 else factors[1]
        return f"{one} has one value in the finished runs"
    cells = [(int(y), int(x)) for x, y in zip(places[0][1], places[1][1], strict=True)]
    numbers = kept[value].to_numpy(np.float64) if value else np.full(len(kept), np.nan)
    return Phases(
        factors,
        (tuple(places[0][0]), tuple(places[1][0])),
        *cell_values(cells, kept[label].astype(str).tolist(), numbers, shape),
        note_on(kept, binned, others),
    )


def cell_values(
    cells: Sequence[tuple[int, int]],
    labels: Sequence[str],
    numbers: Numbers,
    shape: tuple[int, int],
) -> tuple[NDArray[np.object_], Numbers, NDArray[np.int64], Numbers]:
    """Most frequent label, agreement, runs and mean number of each cell; ties by the alphabet."""
    inside: dict[tuple[int, int], list[int]] = {}
    for row, cell in enumerate(cells):
        inside.setdefault(cell, []).append(row)
    label = np.full(shape, NO_LABEL, object)
    agreement, value = np.full(shape, np.nan), np.full(shape, np.nan)
    runs = np.zeros(shape, np.int64)
    for cell, rows in inside.items():
        ranked = sorted(
            Counter(labels[row] for row in rows).items(), key=lambda it: (-it[1], it[0])
        )
        label[cell], agreement[cell], runs[cell] = ranked[0][0], ranked[0][1] / len(rows), len(rows)
        known = numbers[rows][np.isfinite(numbers[rows])]
        value[cell] = float(known.mean()) if len(known) else np.nan
    return label, agreement, runs, value


def placed(column: "Series") -> tuple[list[str], NDArray[np.int64], bool]:
    """What stands at each place of a factor, the place of each run, and whether it was boxed."""
    if column.dtype == object or str(column.dtype) in ("str", "string", "bool", "category"):
        levels = list(dict.fromkeys(column.astype(str)))
        codes = {name: place for place, name in enumerate(levels)}
        return levels, np.array([codes[name] for name in column.astype(str)], np.int64), False
    numbers = column.to_numpy(np.float64)
    values, codes_of = np.unique(numbers, return_inverse=True)
    if len(values) <= MOST_LEVELS and len(values) ** 2 <= max(len(numbers), 4):
        return [factor_names.level(value) for value in values], codes_of.astype(np.int64), False
    edges = np.quantile(numbers, np.linspace(0, 1, BOXES + 1))
    place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, BOXES - 1)
    levels = [
        f"{factor_names.level(float(f'{low:.2g}'))} to {factor_names.level(float(f'{high:.2g}'))}"
        for low, high in pairwise(edges)
    ]
    return levels, place.astype(np.int64), True


def note_on(kept: "DataFrame", binned: Sequence[str], others: Sequence[str]) -> str:
    """What a reader has to know about the cells."""
    said = []
    if binned:
        said.append("points lie on no grid: columns and rows hold equally many of them")
    vary = [name for name in others if kept[name].nunique() > 1]
    if vary:
        count = "one other factor varies" if len(vary) == 1 else f"{len(vary)} other factors vary"
        said.append(f"{count} within a cell")
    return "; ".join(said)
