"""Contracts of enterprises from month to month: prices, occasions for a tender, signatures."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, ENTERPRISE, NONE, OPEN
from agents.compiled import inline
from agents.equations import adoption, procurement
from agents.kernels.luck import draw, unit
from agents.kernels.neighbours import adopted_around

adoption_hazard = inline(adoption.adoption_hazard)
favoured_price = inline(procurement.favoured_price)

STREAMS = ("adoption", "term")
ABOVE = 1.0 + 1e-9  # wider than any rounding of a hazard
ADOPTION, CONTRACT_END, PROVIDER_EXIT = 0, 1, 2


class ContractMonth(NamedTuple):
    """What the month looks like to those who sign.

    keys : (2,) uint64, of STREAMS in this month.  live, price : (3, codes), of the offers.
    discount, host_margin : of firms, on list prices, and of hosts of open weights on their cost.
    looks_at_market : adoption looks at the adopted share of the market, not of neighbours.
    terms, edges : fixed terms in months, and the sums of their probabilities up to each.
    as_it_goes : the pay-as-you-go term, months.
    """

    month: int
    keys: NDArray[np.uint64]
    live: NDArray[np.bool_]
    price: NDArray[np.float64]
    discount: float
    host_margin: float
    innovation: float
    imitation: float
    looks_at_market: bool
    terms: NDArray[np.int16]
    edges: NDArray[np.float64]
    as_it_goes: int


@inline
def contract_prices(live, price, discount, host_margin, offered):
    """Fill the price of a new contract with each provider, $/Mtok, (codes,), NaN without an offer.

    A vendor gives a discount; self-hosted open weights cost their unit cost.
    """
    for code in range(CODES):
        offered[code] = price[ENTERPRISE, code] * (1.0 - discount)
        if code == OPEN:
            offered[code] = price[ENTERPRISE, code] / host_margin
        if not live[ENTERPRISE, code]:
            offered[code] = np.nan


@inline
def occasions(firms, graph, blocks, world, offered, rows, kinds):
    """Move contract prices on, and list who tenders this month; returns how many those are.

    Fills `rows` and `kinds` (E23: adoption, E26: end of a contract, or an offer that is gone).
    blocks : (blocks, codes), firms of each block of a complete graph on each code.  offered : as
    `contract_prices`.
    """
    provider, price, ends = firms.provider, firms.price, firms.ends
    waiting, deploying = firms.waiting, firms.deploying
    kind_of_graph, offsets, neighbours = graph.kind, graph.offsets, graph.neighbours
    live, keys, month = world.live[ENTERPRISE], world.keys, world.month
    is_any_live, found, in_market = live.any(), 0, 0.0
    highest = adoption_hazard(1.0, world.innovation, world.imitation) * ABOVE
    if world.looks_at_market:
        in_market = 1.0 - np.count_nonzero(provider == NONE) / len(provider)
    for row in range(len(price)):
        home, kind = provider[row], ADOPTION
        is_due = waiting[row]
        deploying[row] = False
        if home != NONE:
            # Contracts follow the list price down, never up; self-hosting pays today's cost (E26).
            if live[home]:
                today = offered[home]
                price[row] = today if home == OPEN else favoured_price(price[row], today)
            kind = CONTRACT_END if live[home] else PROVIDER_EXIT
            is_due = is_due or not live[home] or ends[row] <= month
        elif is_any_live and not is_due:
            luck = unit(draw(keys[0], row))
            if luck >= highest:  # nobody's neighbours would make it adopt
                continue
            adopted = in_market
            if not world.looks_at_market:
                adopted = adopted_around(row, kind_of_graph, offsets, neighbours, blocks, provider)
            is_due = luck < adoption_hazard(adopted, world.innovation, world.imitation)
        if is_due:
            rows[found], kinds[found] = row, kind
            found += 1
    return found


@inline
def sign(rows, winners, seconds, firms, world, offered, terms, prices):
    """Write the winners' contracts into the columns; fill `terms`, months, and `prices`, $/Mtok.

    A tender without a winner waits a month, and the firm keeps what it had; it has no price.
    """
    provider, ends, by_use = firms.provider, firms.ends, firms.pays_as_it_goes
    month, fixed_terms, edges, keys = world.month, world.terms, world.edges, world.keys
    for place in range(len(rows)):
        row, winner, months = rows[place], winners[place], world.as_it_goes
        if not by_use[row]:
            drawn = unit(draw(keys[1], row))
            months = fixed_terms[np.searchsorted(edges, drawn, side="right")]
        terms[place] = months
        prices[place] = offered[winner]
        firms.waiting[row] = winner == NONE
        if winner == NONE:
            ends[row] = month + 1
            continue
        home = provider[row]
        if home == NONE:
            firms.adopted[row] = month
        if home != winner:
            firms.since[row] = month
        firms.deploying[row] = home != winner
        ends[row], firms.price[row] = month + months, prices[place]
        provider[row], firms.second[row] = winner, seconds[place]
