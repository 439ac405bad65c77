"""Developers: they code with one provider's models, pay list prices, and pull their employers."""

import numpy as np
from numpy.typing import NDArray

from agents.demand import DeveloperParameters
from agents.individuals import UNGROUPED, Individuals, Start

NO_EMPLOYER = np.uint32(0xFFFFFFFF)


class Developers(Individuals):
    """The coding segment; `employer` is the row of the enterprise they work for."""

    def __init__(
        self,
        settings: DeveloperParameters,
        seed: int,
        start: Start,
        employer: NDArray[np.uint32],
        industry: NDArray[np.uint16],
    ) -> None:
        """Place developers with their employers; `industry` is that of each enterprise."""
        self.employer = employer
        employed = employer != NO_EMPLOYER
        group = np.full(settings.count, UNGROUPED, np.uint16)
        group[employed] = industry[employer[employed]]
        super().__init__(settings, "developers", seed, start, group)
        self.columns["employer"] = employer
