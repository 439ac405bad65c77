"""What enterprises use and pay in a month (E26, E27)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NONE, OPEN
from agents.compiled import inline, kernel
from agents.equations import usage

ramp, price_response = inline(usage.ramp), inline(usage.price_response)


class FirmBills(NamedTuple):
    """Bills of enterprises by code: agents, million seats, trillion tokens and M$.

    tokens, spend : (2, codes), for first and for second sources.  hosts : firms that host a code.
    deployment : fees of regulated buyers who took a new vendor.  The others are (codes,).
    """

    accounts: NDArray[np.int64]
    seconds: NDArray[np.int64]
    hosts: NDArray[np.int64]
    seats: NDArray[np.float64]
    deployment: NDArray[np.float64]
    tokens: NDArray[np.float64]
    spend: NDArray[np.float64]


class FirmUse(NamedTuple):
    """What the month's bills depend on; arrays are (codes,).

    offered : price of a new contract, $/Mtok.  tokens : of an average firm after its ramp at the
    reference price, trillion.  deployment_fee : M$ per million seats.
    """

    month: int
    live: NDArray[np.bool_]
    offered: NDArray[np.float64]
    tokens: NDArray[np.float64]
    reference_price: float
    price_elasticity: float
    ramp_months: float
    dual_volume: float
    deployment_fee: float


def no_bills() -> FirmBills:
    """Nothing is billed yet."""
    return FirmBills(
        np.zeros(CODES, np.int64),
        np.zeros(CODES, np.int64),
        np.zeros(CODES, np.int64),
        np.zeros(CODES),
        np.zeros(CODES),
        np.zeros((2, CODES)),
        np.zeros((2, CODES)),
    )


@kernel
def bill_firms(firms, use, bills):
    """Bill all firms: each pays its contract price, and today's offer for a second source."""
    # Most contracts with a provider have one price: its power is kept until another price comes.
    known, responses = np.full((2, CODES), np.nan), np.empty((2, CODES))
    for row in range(len(firms.provider)):
        home, other = firms.provider[row], firms.second[row]
        if other != NONE:
            bills.seconds[other] += 1
        if home == NONE:
            continue
        bills.accounts[home] += 1
        bills.seats[home] += firms.seats[row]
        if firms.deploying[row] and firms.regulated[row] and home < OPEN:
            bills.deployment[home] += firms.seats[row] * use.deployment_fee
        if not use.live[home]:
            continue
        is_dual = other != NONE and use.live[other]
        share = use.dual_volume if is_dual else 0.0
        age = use.month - np.int64(firms.adopted[row])
        volume = firms.weight[row] * ramp(age, use.ramp_months)
        for source in range(2 if is_dual else 1):
            code = home if source == 0 else other
            price = firms.price[row] if source == 0 else use.offered[code]
            if price != known[source, code]:
                response = price_response(price, use.reference_price, use.price_elasticity)
                known[source, code], responses[source, code] = price, response
            bought = volume * (1.0 - share) if source == 0 else volume * share
            tokens = bought * (use.tokens[code] * responses[source, code])
            bills.tokens[source, code] += tokens
            bills.spend[source, code] += tokens * price
            bills.hosts[code] += 1
