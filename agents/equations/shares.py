"""Parts of a whole: shares, and whole numbers in proportion to them."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def shares_of(values: NDArray[np.number]) -> Array:
    """`values` over their sum along the last axis, same shape; 0 where the sum is 0."""
    whole = values.sum(axis=-1, keepdims=True)
    shares: Array = np.divide(values, whole, out=np.zeros(values.shape), where=whole > 0.0)
    return shares


def apportioned(total: int, weights: Array) -> NDArray[np.int64]:
    """Whole numbers in proportion to `weights` that add up to `total`, by largest remainder.

    Equal remainders go to the earlier place.  Returns shape (weights,).
    """
    everything = weights.sum()
    if total and not (everything > 0.0 and np.isfinite(everything) and weights.min() >= 0.0):
        raise ValueError(
            f"{total} cannot be split in proportion to weights that sum to {everything}: "
            "give weights that are not negative, finite and not all 0"
        )
    if total == 0:
        return np.zeros(weights.size, np.int64)
    quotas = total * weights / everything
    counts: NDArray[np.int64] = np.floor(quotas).astype(np.int64)
    missing = total - int(counts.sum())
    counts[np.argsort(counts - quotas, kind="stable")[:missing]] += 1
    return counts
