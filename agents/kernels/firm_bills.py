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
def ramps_of(firms, use):
    """E27 by months since the first contract, from 0 to the longest of all firms that have one."""
    provider, adopted, longest = firms.provider, firms.adopted, 0
    for row in range(len(provider)):
        if provider[row] != NONE:
            longest = max(longest, use.month - np.int64(adopted[row]))
    ramps = np.empty(longest + 1)
    for age in range(longest + 1):
        ramps[age] = ramp(age, use.ramp_months)
    return ramps


@inline
def bill_firms(firms, use, offers, bills):
    """E27: each firm pays its contract price, and today's offer for a second source.

    bills : of the month; those of enterprises are filled in.
    """
    # Columns by a name of their own: to read one off a tuple again and again takes longer.
    provider, second, adopted, contract = firms.provider, firms.second, firms.adopted, firms.price
    weight, size, regulated, deploying = (
        firms.weight,
        firms.seats,
        firms.regulated,
        firms.deploying,
    )
    live, growth = offers[0][ENTERPRISE], offers[2][ENTERPRISE]
    accounts, seconds = bills.accounts[ENTERPRISE], bills.seconds[ENTERPRISE]
    seats, fees = bills.users[ENTERPRISE], bills.fees[ENTERPRISE]
    bought, spent = np.zeros((2, CODES)), np.zeros((2, CODES))  # of first and of second sources
    hosts, offered, ramps = 0, np.empty(CODES), ramps_of(firms, use)
    contract_prices(offers[0], offers[1], use.discount, use.host_margin, offered)
    # Most contracts with a provider have one price: its power is kept until another price comes.
    known, responses = np.full((2, CODES), np.nan), np.empty((2, CODES))
    for row in range(len(provider)):
        home, other = provider[row], second[row]
        if other != NONE:
            seconds[other] += 1
        if home == NONE:
            continue
        accounts[home] += 1
        seats[home] += size[row]
        if deploying[row] and regulated[row] and home < OPEN:
            fees[home] += size[row] * use.deployment_fee
        if not live[home]:
            continue
        is_dual = other != NONE and live[other]
        share = use.dual_volume if is_dual else 0.0
        volume = weight[row] * ramps[use.month - np.int64(adopted[row])]
        for source in range(2 if is_dual else 1):
            code = home if source == 0 else other
            price = contract[row] if source == 0 else offered[code]
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
