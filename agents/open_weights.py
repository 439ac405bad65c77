"""The best released open weights: what OPEN serves (E16).

There are two: the best of anybody, and the best that enterprises admit, which leave out some
countries of origin.
"""

import numpy as np
from numpy.typing import NDArray

from agents.codes import NONE

Array = NDArray[np.float64]
ANYBODY, ADMITTED = 0, 1


class OpenModels:
    """Columns of shape (2,): the best of anybody, and the best that enterprises admit.

    source : code of the provider whose weights it is, NONE before the first release.
    capability, size, efficiency, serving_efficiency : OOM.  safety : 0-1.  focus : (3, 2), parts.
    released : flags, a better one came this month.
    """

    def __init__(self) -> None:
        """Nothing is open yet."""
        self.source = np.full(2, NONE)
        self.capability = np.full(2, -np.inf)
        self.size, self.efficiency, self.serving_efficiency = np.zeros((3, 2))
        self.safety = np.zeros(2)
        self.focus = np.full((3, 2), 1 / 3)
        self.released = np.zeros(2, np.bool_)

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Whether there is a model, shape (2,)."""
        there: NDArray[np.bool_] = self.source != NONE
        return there
