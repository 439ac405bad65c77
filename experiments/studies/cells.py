"""Numbers of many seeds as cells of a table."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def numbers(rows: Iterable[Mapping[str, str]], column: str) -> Numbers:
    """One column of the rows; NaN where a cell is empty."""
    return np.array([float(row[column] or "nan") for row in rows])


def share(value: float) -> str:
    """A share in two decimals, as .24."""
    return trimmed(value, 2)


def trimmed(value: float, places: int) -> str:
    """A number with so many decimals, without the 0 before its point."""
    return re.sub(r"^(-?)0\.", r"\1.", f"{value:.{places}f}").replace("-", "−")


def brief(value: float) -> str:
    """A number in two digits, or all of a larger one: 1.7, 13, 758."""
    return f"{value:.1f}" if abs(value) < 9.95 else f"{value:.0f}"


def middle(values: Sequence[float] | Numbers, word: Callable[[float], str] = share) -> str:
    """Median [10th-90th percentile] of the seeds; a dash where a seed has no value."""
    if np.isnan(values).any():
        return "-"
    return "{} [{}-{}]".format(*map(word, np.quantile(values, (0.5, 0.1, 0.9))))
