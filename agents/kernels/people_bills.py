"""What developers and consumers use and pay in a month (E22)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, NONE
from agents.compiled import inline, kernel
from agents.individuals import WEIGHT_UNIT

Array = NDArray[np.float64]


class ConsumerUse(NamedTuple):
    """What the month's bills of consumers depend on; arrays are (codes,).

    growth : factor on tokens from capability.  advertises : who earns by advertising.  ramp : share
    of the long-run paying share reached.  price : M$ per million subscribers.
    """

    live: NDArray[np.bool_]
    bundled: NDArray[np.bool_]
    advertises: NDArray[np.bool_]
    growth: Array
    people: float
    second_share: float
    tokens_per_user: float
    paying_share: float
    bundle_factor: float
    ramp: float
    price: float
    ad_revenue: float


@inline
def count(segment, totals, people, bills):
    """Accounts and users of a segment; `people` million stand behind one agent."""
    for code in range(CODES):
        if code != NONE:
            bills.accounts[segment, code] = totals.accounts[code]
        bills.seconds[segment, code] = totals.seconds[code]
        bills.users[segment, code] = bills.accounts[segment, code] * people


@kernel
def bill_coding(totals, per_user, price, people, second_share, bills):
    """Developers pay the list price for each token; `per_user` (codes,), trillion per million."""
    count(CODING, totals, people, bills)
    for code in range(CODES):
        for group in range(2):  # all, and of them the employed
            used = totals.weight[group, code] + second_share * totals.lent[group, code]
            tokens = used * WEIGHT_UNIT * people * per_user[code]
            if group == 0:
                bills.tokens[CODING, code] = tokens
                bills.spend[CODING, code] = bills.revenue[CODING, code] = tokens * price[code]
            else:
                bills.employed_spend[code] = tokens * price[code]


@kernel
def bill_subscribers(totals, use, bills):
    """A share of consumers subscribes to its first assistant, others may see advertising."""
    count(CONSUMER, totals, use.people, bills)
    for code in range(CODES):
        if not use.live[code]:
            continue
        paying = use.paying_share * (use.bundle_factor if use.bundled[code] else 1.0) * use.ramp
        advertising = use.ad_revenue if use.advertises[code] else 0.0
        weight = totals.weight[0, code] + use.second_share * totals.lent[0, code]
        weighted = weight * WEIGHT_UNIT * use.people
        used = bills.users[CONSUMER, code]
        bills.tokens[CONSUMER, code] = weighted * use.tokens_per_user * use.growth[code]
        bills.spend[CONSUMER, code] = used * paying * use.price
        bills.revenue[CONSUMER, code] = used * (paying * use.price + (1.0 - paying) * advertising)
