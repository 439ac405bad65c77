"""What developers and consumers use and pay in a month (E22)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, NONE
from agents.compiled import inline
from agents.individuals import WEIGHT_UNIT

Array = NDArray[np.float64]


class CodingUse(NamedTuple):
    """What the month's bills of developers depend on.

    response : (codes,), factor on tokens from price.  people : million behind one agent.
    """

    response: Array
    people: float
    second_share: float
    tokens_per_user: float


class ConsumerUse(NamedTuple):
    """What the month's bills of consumers depend on; arrays are (codes,).

    advertises : who earns by advertising.  people : million behind one agent.  ramp : share of the
    long-run paying share reached.  price : M$ per million subscribers.
    """

    bundled: NDArray[np.bool_]
    advertises: NDArray[np.bool_]
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


@inline
def bill_coding(totals, use, offers, bills):
    """E22: developers pay the list price for each token."""
    live, price, growth = offers
    count(CODING, totals, use.people, bills)
    for code in range(CODES):
        per_user = 0.0  # trillion tokens per million
        if live[CODING, code]:
            per_user = use.tokens_per_user * growth[CODING, code] * use.response[code]
        for group in range(2):  # all, and of them the employed
            used = totals.weight[group, code] + use.second_share * totals.lent[group, code]
            tokens = used * WEIGHT_UNIT * use.people * per_user
            paid = tokens * price[CODING, code]
            if group == 0:
                bills.tokens[CODING, code] = tokens
                bills.spend[CODING, code] = bills.revenue[CODING, code] = paid
            else:
                bills.employed_spend[code] = paid


@inline
def bill_subscribers(totals, use, offers, bills):
    """E22: a share of consumers subscribes to its first assistant, others may see advertising."""
    live, _, growth = offers
    count(CONSUMER, totals, use.people, bills)
    for code in range(CODES):
        if not live[CONSUMER, code]:
            continue
        paying = use.paying_share * (use.bundle_factor if use.bundled[code] else 1.0) * use.ramp
        advertising = use.ad_revenue if use.advertises[code] else 0.0
        weight = totals.weight[0, code] + use.second_share * totals.lent[0, code]
        weighted = weight * WEIGHT_UNIT * use.people
        used = bills.users[CONSUMER, code]
        bills.tokens[CONSUMER, code] = weighted * use.tokens_per_user * growth[CONSUMER, code]
        bills.spend[CONSUMER, code] = used * paying * use.price
        bills.revenue[CONSUMER, code] = used * (paying * use.price + (1.0 - paying) * advertising)
