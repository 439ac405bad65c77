"""What application companies ask for and pay in a month, and what everybody gets (E29, E32)."""

import numpy as np

from agents.codes import CODES, CODING, ENTERPRISE, NONE, OPEN
from agents.compiled import kernel
from agents.kernels.sums import whole as sum_of


@kernel
def ask(room, count, in_house, usage_share, bills):
    """E29: fill what apps and all demand; returns tokens of apps by segment, (3,), trillion.

    The first `count` places of `room` are companies; those without a provider ask nobody.
    """
    segments = len(in_house)
    whole, use = np.empty(segments), np.zeros((segments, CODES))
    for row in range(count):
        use[room.segment[row], room.provider[row]] += room.share[row]
    use[:, NONE] = 0.0
    for part in range(segments):
        whole[part] = usage_share * sum_of(bills.tokens[part])
        for code in range(CODES):
            asked = whole[part] * (use[part, code] + in_house[part, code])
            bills.app_demanded[part, code] = asked
            bills.demanded[part, code] = bills.tokens[part, code] + asked
    return whole


@kernel
def scale(bills, factor):
    """Use, and what is paid and received for it, times `factor` (3, codes); fees stay."""
    if (factor == 1.0).all():
        return
    for part in range(len(factor)):
        for code in range(CODES):
            fee = bills.fees[part, code]
            if part == ENTERPRISE and code == OPEN:
                fee = 0.0  # of hosting, which goes to clouds
            times = factor[part, code]
            bills.tokens[part, code] *= times
            bills.spend[part, code] *= times
            bills.revenue[part, code] = (bills.revenue[part, code] - fee) * times + fee
            if part == CODING:
                bills.employed_spend[code] *= times


@kernel
def bill_served(room, count, in_house, whole, prices, offer_of, bills):
    """Bill everybody what is served, and apps their part of `whole` (3,), trillion tokens.

    prices : (3, codes), $/Mtok, of the offers; apps of a segment buy that of segment `offer_of`.
    Returns the share of each provider in the tokens of each segment, (3, codes).
    """
    served = bills.served_share
    factor, reach = np.empty(prices.shape), np.zeros(prices.shape)
    for part in range(len(prices)):
        for code in range(CODES):
            factor[part, code] = served[code]
            bills.served[part, code] = bills.demanded[part, code] * served[code]
    scale(bills, factor)
    tokens, spend = bills.app_tokens, bills.app_spend
    for part in range(len(prices)):
        for code in range(CODES):
            absorbed = whole[part] * in_house[part, code] * served[code]
            tokens[part, code] = absorbed
            spend[part, code] = absorbed * prices[offer_of[part], code]
    for row in range(count):
        part, home = room.segment[row], room.provider[row]
        used = whole[part] * room.share[row] * served[home] if home != NONE else 0.0
        room.tokens[row], room.spend[row] = used, used * prices[offer_of[part], home]
        tokens[part, home] += used
        spend[part, home] += room.spend[row]
    for part in range(len(prices)):
        for code in range(CODES):
            bills.revenue[part, code] += spend[part, code]
            reach[part, code] = bills.tokens[part, code] + tokens[part, code]
        everything = sum_of(reach[part])
        for code in range(CODES):
            reach[part, code] = reach[part, code] / everything if everything > 0.0 else 0.0
    return reach
