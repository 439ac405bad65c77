"""Phase 6, procure: enterprises adopt, tender at contract end, renew or switch (E23-E28).

This file makes the month's tables; `agents.kernels.procurement` runs through the firms.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.draws import monthly
from agents.equations.choice import fixed
from agents.kernels.answers import no_answers
from agents.kernels.contracts import STREAMS, ContractMonth
from agents.kernels.neighbours import block_counts, block_totals
from agents.kernels.procurement import procure_month
from agents.kernels.tender import NUMBERS, WHOLES, Around
from simulation.columns import TERMS
from simulation.flows import OF_SCORES
from simulation.tender import tender_month

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def procure(market: "Market") -> None:
    """One month of enterprises; all see the providers of last month's end."""
    firms, graph = market.enterprises.firms, market.graphs["enterprises"]
    around = Around(
        graph,
        block_counts(graph, firms.provider),
        block_totals(graph, firms.provider, firms.seats),
        *market.staff,
        market.developers.crowd.seen,
        market.industry_choices,
    )
    contracts, buyers, answers = this_month(market), tender_month(market), no_answers()
    whole, numbers = np.empty((WHOLES, graph.size), np.int64), np.empty((graph.size, NUMBERS))
    held, flows, amounts = procure_month(
        firms, around, contracts, buyers, whole, numbers, answers, OF_SCORES, len(TERMS)
    )
    if held == 0:
        return
    if buyers.is_min_max:  # prices have no slope in the variant of E25 by spans
        answers.slope[:], answers.worth[:] = np.nan, np.nan
    market.recorder.tenders(whole[:, :held].copy(), numbers[:held].copy(), flows, amounts)
    market.recorder.price_answers(answers)


def this_month(market: "Market") -> ContractMonth:
    """Everything that those who sign need to know of this month."""
    config, settings, offers = market.config, market.config.enterprises, market.offers
    terms, edges = fixed_terms(tuple(settings.terms.items()))
    return ContractMonth(
        month=market.month,
        keys=monthly(config.seed, "enterprises", STREAMS, market.origin.months)[market.month],
        live=offers.live,
        price=offers.price,
        discount=settings.discount,
        host_margin=settings.host_margin,
        innovation=settings.innovation,
        imitation=settings.imitation,
        looks_at_market=settings.adoption_reference == "market",
        terms=terms,
        edges=edges,
        as_it_goes=settings.pay_as_you_go_term,
    )


@lru_cache(maxsize=16)
def fixed_terms(chances: tuple[tuple[int, float], ...]) -> tuple[NDArray[np.int16], Array]:
    """E26: fixed terms in months, and sums of their probabilities up to each but the last."""
    months, probabilities = zip(*chances, strict=True)
    return np.array(months, np.int16), fixed(np.cumsum(probabilities)[:-1])
