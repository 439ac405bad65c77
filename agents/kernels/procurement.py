"""One month of enterprises: who tenders, what comes of it, and what is signed (E23-E28)."""

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from agents.compiled import inline, kernel
from agents.enterprises import Firms
from agents.kernels.answers import Answers
from agents.kernels.contracts import ContractMonth, contract_prices, occasions, sign
from agents.kernels.sums import ten
from agents.kernels.tender import (
    KIND,
    PRICE,
    ROW,
    SCORES,
    SECOND,
    TERM,
    WINNER,
    Around,
    Switches,
    TenderMonth,
    hold,
)

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@inline
def flows_of(switches, places, terms):
    """Codes left and chosen and firms of every flow, (3, flows); terms, utility, seats of each.

    places : (SCORES,), column of each score among the `terms` of a flow.
    """
    agents, seats, sums = switches
    flows, found = np.empty((3, np.count_nonzero(agents)), np.int64), 0
    amounts = np.zeros((flows.shape[1], terms + 2))
    for home in range(CODES):
        for target in range(CODES):
            if agents[home, target] == 0:
                continue
            flows[0, found], flows[1, found], flows[2, found] = home, target, agents[home, target]
            for score in range(len(places)):
                amounts[found, places[score]] = sums[home, target, score]
            amounts[found, terms] = ten(sums[home, target])
            amounts[found, terms + 1] = seats[home, target]
            found += 1
    return flows, amounts


@kernel
def procure_month(
    firms: Firms,
    around: Around,
    contracts: ContractMonth,
    buyers: TenderMonth,
    whole: Whole,
    numbers: Array,
    answers: Answers,
    places: Whole,
    terms: int,
) -> tuple[int, Whole, Array]:
    """Move contracts on, hold the month's tenders, and sign; returns how many tenders there were.

    Fills that many columns of `whole`, (WHOLES, firms), and rows of `numbers`, (firms, NUMBERS),
    adds to `answers`, and returns the flows of those who change their provider too, as `flows_of`
    has them for `places` and `terms`.
    """
    offered = np.empty(CODES)
    live, price = contracts.live, contracts.price
    contract_prices(live, price, contracts.discount, contracts.host_margin, offered)
    graph, blocks, kinds = around.graph, around.counts, whole[KIND]
    found = occasions(firms, graph, blocks, contracts, offered, whole[ROW], kinds)
    pairs = (CODES, CODES)
    agents, sums = np.zeros(pairs, np.int64), np.zeros((CODES, CODES, len(SCORES)))
    switches = Switches(agents, np.zeros(pairs), sums)
    hold(found, whole, numbers, firms, around, buyers, offered[OPEN], switches, answers)
    rows, winners, seconds, months = whole[ROW], whole[WINNER], whole[SECOND], whole[TERM]
    sign(rows[:found], winners, seconds, firms, contracts, offered, months, numbers[:, PRICE])
    return found, *flows_of(switches, places, terms)
