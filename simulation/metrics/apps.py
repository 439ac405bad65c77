"""Monthly measures of application companies: turnover, sizes, and what providers absorbed."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.apps import API, Turnover
from simulation.metrics.choosers import quotient

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
LARGEST = 10
TAIL = 0.1  # part of the companies that makes the tail


def app_columns(history: "History") -> dict[str, NDArray[Any]]:
    """Columns of the market table about application companies, each of shape (months,)."""
    months = history.recorder.months["apps"]
    billed: Array = history.raw["app_tokens"].sum(axis=2)  # tokens of each segment, trillion
    lengths = np.array([len(month[0]) for month in months])
    month = np.repeat(np.arange(len(months)), lengths)
    segment, share = (np.concatenate([part[place] for part in months]) for place in (1, 4))
    cell, cells = month * len(API) + segment, len(months) * len(API)
    heads, whole = np.bincount(cell, minlength=cells), np.bincount(cell, share, cells)
    tokens, everything = share * billed.ravel()[cell], billed.sum(axis=1)
    of_apps = np.bincount(month, tokens, len(months))
    top = ranked(tokens, lengths)[:, :LARGEST].sum(axis=1)
    turnover = np.array(history.recorder.months["turnover"], np.int64)
    columns = {f"apps_{name}": turnover[:, place] for place, name in enumerate(Turnover._fields)}
    return (
        {"apps": lengths}
        | columns
        | {
            "app_tail": hill(ranked(share * heads[cell] / whole[cell], lengths), lengths),
            "app_top_ten": quotient(top, everything),
            "app_absorbed_use": np.maximum(1.0 - quotient(of_apps, everything), 0.0),
        }
    )


def ranked(values: Array, lengths: NDArray[np.int64]) -> Array:
    """Values of each month, the largest first, shape (months, places); 0 where there are none.

    values : (companies of all months,), 0 or more, month by month.  lengths : (months,).
    """
    places = max(int(lengths.max()), LARGEST)
    wide = np.zeros((len(lengths), places))
    wide[np.arange(places) < lengths[:, None]] = values
    wide.sort(axis=1)
    return wide[:, ::-1]


def hill(sizes: Array, lengths: NDArray[np.int64]) -> Array:
    """Pareto exponent of the largest tenth, k/Σ ln(x_i/x_k+1); NaN below 100 sizes or if equal.

    sizes : (months, places), the largest first.  lengths : (months,), how many of them there are.
    Hill (1975), doi:10.1214/aos/1176343247.
    """
    count = (TAIL * lengths).astype(np.int64)
    largest = sizes[:, : int(count.max()) + 1]
    least = np.take_along_axis(largest, count[:, None], axis=1)
    tail = (np.arange(largest.shape[1]) < count[:, None]) & (least > 0.0)
    over = np.divide(largest, least, out=np.ones(largest.shape), where=tail)
    spread = np.log(over).sum(axis=1)
    known = (count >= LARGEST) & (spread > 0.0)
    return np.asarray(np.divide(count, spread, out=np.full(len(count), np.nan), where=known))
