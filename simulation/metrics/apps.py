"""Monthly measures of application companies: turnover, sizes, and what providers absorbed."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.apps import API, Turnover

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
LARGEST = 10
TAIL = 0.1  # part of the companies that makes the tail


def app_columns(history: "History") -> dict[str, NDArray[Any]]:
    """Columns of the market table about application companies, each of shape (months,)."""
    months, billed = history.recorder.months["apps"], history.raw["app_tokens"].sum(axis=2)
    turnover = np.array(history.recorder.months["turnover"], np.int64)
    columns = {f"apps_{name}": turnover[:, place] for place, name in enumerate(Turnover._fields)}
    measures = np.array(
        [
            sizes(segment, share, tokens)
            for (_, segment, _, _, share), tokens in zip(months, billed, strict=True)
        ]
    )
    names = ("app_tail", "app_top_ten", "app_absorbed_use")
    columns |= dict(zip(names, measures.T, strict=True))
    return {"apps": np.array([len(month[0]) for month in months])} | columns


def sizes(segment: NDArray[np.uint8], share: Array, billed: Array) -> tuple[float, float, float]:
    """Tail exponent, share of the ten largest, and share absorbed, of one month.

    segment, share : (companies,).  billed : (3,), tokens of apps in each segment, trillion.
    """
    heads = np.bincount(segment, minlength=len(API))
    whole = np.bincount(segment, share, len(API))
    relative = share * heads[segment] / whole[segment]
    tokens = share * billed[segment]
    everything = billed.sum()
    if everything <= 0.0:
        return hill(relative), np.nan, np.nan
    top = np.sort(tokens)[-LARGEST:].sum() / everything
    return hill(relative), float(top), max(0.0, float(1.0 - tokens.sum() / everything))


def hill(size: Array) -> float:
    """Pareto exponent of the largest tenth, k/Σ ln(x_i/x_k+1); NaN below 100 sizes or if equal.

    Hill (1975), doi:10.1214/aos/1176343247.
    """
    count = int(TAIL * len(size))
    if count < LARGEST:
        return np.nan
    largest = np.sort(size)[::-1][: count + 1]
    spread = float(np.log(largest[:-1] / largest[-1]).sum())
    return count / spread if spread > 0.0 else np.nan
