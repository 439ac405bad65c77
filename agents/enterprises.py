"""Enterprises: they buy by tender, on contracts, with criteria of their own (E23-E28)."""

from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, gammaln

from agents.codes import NONE
from agents.demand import CriteriaWeights, EnterpriseParameters
from agents.draws import below, permutation, stream, uniform
from agents.equations.procurement import CRITERIA
from agents.equations.sizes import pareto_sizes, spending_weights
from agents.individuals import Start, placed
from agents.kept import kept
from agents.population import Population

NEVER = np.int16(-32768)
LEAST_SHAPE = 1e-300  # a smaller Dirichlet parameter has no logarithm of a quantile that is finite


class Firms(NamedTuple):
    """Columns of enterprises; a contract is the columns provider, second, since, ends, price.

    provider and second source (codes), since (month in which the provider was first chosen), ends
    (month of the next tender), adopted (month of the first contract), price ($/Mtok), seats
    (million), weight (spending, mean 1), industry, regulated, waiting (its tender found no offer),
    deploying (took a new provider this month), criteria (firms, 5), pays_as_it_goes.
    """

    provider: NDArray[np.uint8]
    second: NDArray[np.uint8]
    since: NDArray[np.int16]
    ends: NDArray[np.int16]
    adopted: NDArray[np.int16]
    price: NDArray[np.float64]
    seats: NDArray[np.float64]
    weight: NDArray[np.float64]
    industry: NDArray[np.uint16]
    regulated: NDArray[np.bool_]
    waiting: NDArray[np.bool_]
    deploying: NDArray[np.bool_]
    criteria: NDArray[np.float64]
    pays_as_it_goes: NDArray[np.bool_]


OF_FIRMS = attrgetter(*Firms._fields)


class Enterprises(Population):
    """Firms, with the columns of `Firms`."""

    def __init__(
        self, settings: EnterpriseParameters, seed: int, start: Start, industry: NDArray[np.uint16]
    ) -> None:
        """Draw sizes, criteria and rules, and place the contracts of `start`."""
        size = settings.count
        self.seats = firm_sizes(settings, seed)
        self.weight = np.empty(size)
        self.weight[np.argsort(self.seats, kind="stable")] = spending_weights(
            size, settings.spend_spread
        )
        self.industry = industry
        self.criteria = criteria_weights(settings.criteria, size, seed).copy()
        self.regulated = _share(seed, "enterprises.regulated", size) < settings.regulated_share
        self.pays_as_it_goes = _share(seed, "enterprises.terms", size) < settings.pay_as_you_go
        self.provider = placed(start, stream(seed, "enterprises.start"), size)
        under_contract = self.provider != NONE
        self.second = np.full(size, NONE, np.uint8)
        self.since = np.where(under_contract, -start.tenure, NEVER).astype(np.int16)
        self.adopted = self.since.copy()
        # Contracts that stand at the start end in their first year, evenly spread over it.
        first_end = 1 + (_share(seed, "enterprises.ends", size) * 12).astype(np.int16)
        self.ends = np.where(under_contract, first_end, NEVER).astype(np.int16)
        self.price = np.full(size, np.nan)
        self.waiting = np.zeros(size, np.bool_)
        self.deploying = np.zeros(size, np.bool_)
        super().__init__(self.firms._asdict())

    @property
    def firms(self) -> Firms:
        """The columns together, as kernels take them."""
        return Firms._make(OF_FIRMS(self))


def _share(seed: int, name: str, size: int) -> NDArray[np.float64]:
    """One keyed uniform number for each firm."""
    return uniform(below(stream(seed, name), np.arange(size)))


def firm_sizes(settings: EnterpriseParameters, seed: int) -> NDArray[np.float64]:
    """Seats of each firm, million, given to firms by keyed permutation."""
    sizes = np.empty(settings.count)
    order = permutation(stream(seed, "enterprises.seats"), settings.count)
    sizes[order] = pareto_sizes(
        settings.count, settings.seats, settings.size_exponent, settings.largest_seats
    )
    return sizes


@kept
def criteria_weights(parameters: CriteriaWeights, size: int, seed: int) -> NDArray[np.float64]:
    """Dirichlet weights of the criteria, shape (firms, 5), each row summing to 1.

    Gamma quantiles of keyed uniform numbers, so that a criterion's luck is its own; a criterion
    with parameter 0 has weight 0.  Where all quantiles are too small for a number, as they are with
    parameters near 0, their ratios come from their logarithms, ln x = (ln u + ln Γ(a + 1))/a.
    """
    weights = np.zeros((size, len(CRITERIA)))
    logs = np.full(weights.shape, -np.inf)
    for column, name in enumerate(CRITERIA):
        shape = getattr(parameters, name)
        if shape > 0.0:
            shape = max(shape, LEAST_SHAPE)
            luck = _share(seed, f"enterprises.criteria.{name}", size)
            weights[:, column] = gammaincinv(shape, luck)
            logs[:, column] = (np.log(luck) + gammaln(shape + 1.0)) / shape
    tiny = ~weights.any(axis=1)
    weights[tiny] = np.exp(logs[tiny] - logs[tiny].max(axis=1, keepdims=True))
    normal: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return normal
