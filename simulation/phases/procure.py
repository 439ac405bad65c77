"""Phase 6, procure: enterprises adopt, tender at contract end, renew or switch (E23-E28).

This file makes the month's tables; `agents.kernels.contracts` and `agents.kernels.tender` run
through the firms.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import ENTERPRISE, NONE, OPEN
from agents.draws import monthly
from agents.equations.choice import fixed
from agents.kernels.contracts import STREAMS, ContractMonth, occasions, sign
from agents.kernels.neighbours import block_counts
from simulation.tender import offered_prices, run_tender

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


class Signing(NamedTuple):
    """Contracts of the month's tenders: term in months and price in $/Mtok, each (tenders,).

    Without a winner there is no price, and no contract.
    """

    term: NDArray[np.int16]
    price: Array


def procure(market: "Market") -> None:
    """One month of enterprises; all see the providers of last month's end."""
    firms, graph = market.enterprises.firms, market.graphs["enterprises"]
    offered = offered_prices(market)
    world = this_month(market, offered)
    blocks = block_counts(graph, firms.provider)
    rows, kinds = np.empty((2, graph.size), np.int64)
    found = occasions(firms, graph, blocks, world, rows, kinds)
    if found == 0:
        return
    rows, kinds = rows[:found].copy(), kinds[:found].copy()
    homes = firms.provider[rows]
    tender, switches, answers = run_tender(market, rows, offered[OPEN])
    signing = Signing(np.empty(found, np.int16), np.empty(found))
    sign(rows, tender.winner, tender.second, firms, world, *signing)
    market.recorder.tenders(rows, kinds, homes, tender, switches, signing)
    market.recorder.price_answers(answers)


def this_month(market: "Market", offered: Array) -> ContractMonth:
    """Everything that those who sign need to know of this month; `offered` prices in $/Mtok."""
    config, settings = market.config, market.config.enterprises
    outside = np.count_nonzero(market.enterprises.provider == NONE) / len(market.enterprises)
    terms, edges = fixed_terms(tuple(settings.terms.items()))
    return ContractMonth(
        month=market.month,
        keys=monthly(config.seed, "enterprises", STREAMS, market.origin.months)[market.month],
        live=market.offers.live[ENTERPRISE],
        offered=offered,
        innovation=settings.innovation,
        imitation=settings.imitation,
        market_adopted=1.0 - outside if settings.adoption_reference == "market" else -1.0,
        terms=terms,
        edges=edges,
        as_it_goes=settings.pay_as_you_go_term,
    )


@lru_cache(maxsize=16)
def fixed_terms(chances: tuple[tuple[int, float], ...]) -> tuple[NDArray[np.int16], Array]:
    """E26: fixed terms in months, and sums of their probabilities up to each but the last."""
    months, probabilities = zip(*chances, strict=True)
    return np.array(months, np.int16), fixed(np.cumsum(probabilities)[:-1])
