"""What enterprises use and pay in a month (E26, E27)."""

from typing import NamedTuple

import numpy as np

from agents.codes import CODES, ENTERPRISE, NONE, OPEN
from agents.compiled import inline
from agents.equations import usage
from agents.kernels.contracts import contract_prices

ramp, price_response = inline(usage.ramp), inline(usage.price_response)


class FirmUse(NamedTuple):
    """What the month's bills depend on.

    discount, host_margin : as for `contract_prices`.  tokens : of an average firm after its ramp
    at capability 0 and the reference price, trillion.  deployment_fee : M$ per million seats.
    hosting_fee : M$ a month.
    """

    month: int
    discount: float
    host_margin: float
    tokens: float
    reference_price: float
    price_elasticity: float
    ramp_months: float
    dual_volume: float
    deployment_fee: float
    hosting_fee: float


@inline
def bill_firms(firms, use, offers, bills):
    """E27: each firm pays its contract price, and today's offer for a second source.

    bills : of the month; those of enterprises are filled in.
    """
    live, growth = offers[0][ENTERPRISE], offers[2][ENTERPRISE]
    accounts, seconds = bills.accounts[ENTERPRISE], bills.seconds[ENTERPRISE]
    seats, fees = bills.users[ENTERPRISE], bills.fees[ENTERPRISE]
    bought, spent = np.zeros((2, CODES)), np.zeros((2, CODES))  # of first and of second sources
    hosts, offered = 0, np.empty(CODES)
    contract_prices(offers[0], offers[1], use.discount, use.host_margin, offered)
    # Most contracts with a provider have one price: its power is kept until another price comes.
    known, responses = np.full((2, CODES), np.nan), np.empty((2, CODES))
    for row in range(len(firms.provider)):
        home, other = firms.provider[row], firms.second[row]
        if other != NONE:
            seconds[other] += 1
        if home == NONE:
            continue
        accounts[home] += 1
        seats[home] += firms.seats[row]
        if firms.deploying[row] and firms.regulated[row] and home < OPEN:
            fees[home] += firms.seats[row] * use.deployment_fee
        if not live[home]:
            continue
        is_dual = other != NONE and live[other]
        share = use.dual_volume if is_dual else 0.0
        age = use.month - np.int64(firms.adopted[row])
        volume = firms.weight[row] * ramp(age, use.ramp_months)
        for source in range(2 if is_dual else 1):
            code = home if source == 0 else other
            price = firms.price[row] if source == 0 else offered[code]
            if price != known[source, code]:
                response = price_response(price, use.reference_price, use.price_elasticity)
                known[source, code], responses[source, code] = price, response
            part = volume * (1.0 - share) if source == 0 else volume * share
            tokens = part * (use.tokens * growth[code] * responses[source, code])
            bought[source, code] += tokens
            spent[source, code] += tokens * price
            hosts += code == OPEN
    fees[OPEN] += use.hosting_fee * hosts
    for code in range(CODES):
        bills.tokens[ENTERPRISE, code] = bought[0, code] + bought[1, code]
        bills.spend[ENTERPRISE, code] = spent[0, code] + spent[1, code]
        if code != OPEN:  # clouds receive what is paid for open weights
            bills.revenue[ENTERPRISE, code] = bills.spend[ENTERPRISE, code] + fees[code]
