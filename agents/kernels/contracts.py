"""Contracts of enterprises from month to month: prices, occasions for a tender, signatures."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import NONE, OPEN
from agents.compiled import inline, kernel
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

    keys : (2,) uint64, of STREAMS in this month.  live : (codes,).
    offered : (codes,), price of a new contract, $/Mtok, NaN without an offer.
    market_adopted : adopted share of the market where adoption looks there, else -1.
    terms, edges : fixed terms in months, and the sums of their probabilities up to each.
    as_it_goes : the pay-as-you-go term, months.
    """

    month: int
    keys: NDArray[np.uint64]
    live: NDArray[np.bool_]
    offered: NDArray[np.float64]
    innovation: float
    imitation: float
    market_adopted: float
    terms: NDArray[np.int16]
    edges: NDArray[np.float64]
    as_it_goes: int


@kernel
def occasions(firms, graph, blocks, world, rows, kinds):
    """Move contract prices on, and list who tenders this month; returns how many those are.

    Fills `rows` and `kinds` (E23: adoption, E26: end of a contract, or an offer that is gone).
    blocks : (blocks, codes), firms of each block of a complete graph on each code.
    """
    live, price = world.live, firms.price
    is_any_live, found = live.any(), 0
    highest = adoption_hazard(1.0, world.innovation, world.imitation) * ABOVE
    for row in range(len(price)):
        home, kind = firms.provider[row], ADOPTION
        is_due = firms.waiting[row]
        firms.deploying[row] = False
        if home != NONE:
            # Contracts follow the list price down, never up; self-hosting pays today's cost (E26).
            if live[home]:
                offered = world.offered[home]
                price[row] = offered if home == OPEN else favoured_price(price[row], offered)
            kind = CONTRACT_END if live[home] else PROVIDER_EXIT
            is_due = is_due or not live[home] or firms.ends[row] <= world.month
        elif is_any_live and not is_due:
            luck = unit(draw(world.keys[0], row))
            if luck >= highest:  # nobody's neighbours would make it adopt
                continue
            adopted = world.market_adopted
            if adopted < 0.0:
                adopted = adopted_around(row, graph, blocks, firms.provider)
            is_due = luck < adoption_hazard(adopted, world.innovation, world.imitation)
        if is_due:
            rows[found], kinds[found] = row, kind
            found += 1
    return found


@kernel
def sign(rows, winners, seconds, firms, world, term, price):
    """Write the winners' contracts into the columns; fill `term`, months, and `price`, $/Mtok.

    A tender without a winner waits a month, and the firm keeps what it had.
    """
    month = world.month
    for place in range(len(rows)):
        row, winner, months = rows[place], winners[place], world.as_it_goes
        if not firms.pays_as_it_goes[row]:
            drawn = unit(draw(world.keys[1], row))
            months = world.terms[np.searchsorted(world.edges, drawn, side="right")]
        term[place] = months
        price[place] = world.offered[winner]
        firms.waiting[row] = winner == NONE
        if winner == NONE:
            firms.ends[row] = month + 1
            continue
        home = firms.provider[row]
        if home == NONE:
            firms.adopted[row] = month
        if home != winner:
            firms.since[row] = month
        firms.deploying[row] = home != winner
        firms.ends[row], firms.price[row] = month + months, price[place]
        firms.provider[row], firms.second[row] = winner, seconds[place]
