"""What clouds have left of their capacity."""

from agents.compiled import inline, kernel
from agents.kernels.sums import column_sum


@inline
def free_of(share, capacity, contracted, free):
    """Fill (clouds,), thousand H100-equivalents: parts of all capacity less what is contracted.

    share : (clouds,).  contracted : (codes, clouds), of one month.
    """
    for cloud in range(len(free)):
        free[cloud] = max(share[cloud] * capacity - column_sum(contracted, cloud), 0.0)


@kernel
def free_capacity(share, capacity, contracted, month, free):
    """As `free_of`, in a month of `contracted`, (months, codes, clouds)."""
    free_of(share, capacity, contracted[month], free)
