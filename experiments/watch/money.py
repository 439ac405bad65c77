"""What providers are worth, owe and own, read off the market just after a month."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import HOLDERS
from experiments.plots import palette

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
YEAR = 12
YEARS = 5  # in which dues are told; the last one holds whatever falls due later


def of_labs(column: str) -> Callable[["Market"], Array]:
    """Reader of a column of the providers who have entered and not left, NaN for others."""
    return lambda market: while_there(market, getattr(market.labs, column))


def while_there(market: "Market", values: Array) -> Array:
    """Values of the providers who have entered and not left, NaN for others."""
    return np.where(market.labs.active, values, np.nan)


def valuation(market: "Market") -> Array:
    """Value before money, M$."""
    return while_there(market, market.equity.valuation)


def due_in(year: int) -> Callable[["Market"], Array]:
    """Reader of the dues for compute that fall due in a coming year, 0 for the next one, M$."""

    def read(market: "Market") -> Array:
        first = market.month + YEAR * year
        last = first + YEAR if year < YEARS - 1 else market.compute.until
        return while_there(market, market.compute.due[first:last].sum(axis=(0, 2)))

    return read


def introduced(market: "Market") -> dict[str, Any] | None:
    """What a page must know once to show money; None on recorded supply, where there is none.

    Levels of distress, and everybody who can hold shares, in the order of cap tables.  backed :
    places of providers whose founders' share is that of a parent.
    """
    if not market.endogenous:
        return None
    finance, distress = market.origin.finance, market.origin.distress
    backed = market.roster.means.backed[list(market.supply.codes)]
    return {
        "stressed": finance.stressed,
        "distressed": finance.distressed,
        "runway_limit": finance.runway_limit,
        "runway_short": distress.down_round_runway,
        "years": YEARS,
        "backed": np.flatnonzero(backed).tolist(),
        "holders": holders(market),
    }


def holders(market: "Market") -> list[dict[str, str]]:
    """Name, kind and colour of everybody who can hold shares."""
    equity = market.equity
    kinds = [*zip(equity.names, equity.kinds, strict=True), *((name, name) for name in HOLDERS)]
    return [
        {"name": name, "kind": kind, "colour": palette.HOLDER_KINDS.get(kind, palette.OF_SPEND)}
        for name, kind in kinds
    ]
