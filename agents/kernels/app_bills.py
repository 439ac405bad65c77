"""What application companies ask for and pay in a month, and what everybody gets (E29, E32)."""

import numpy as np

from agents.codes import CODES, CODING, ENTERPRISE, NONE, OPEN
from agents.compiled import inline, kernel
from agents.kernels.sums import whole as sum_of

STEADY = (1.0, 1.0, 1.0)  # factors on the use of segments without a shock of demand


@inline
def ask(apps, usage_share, bills):
    """E29: fill what apps and all demand.

    apps : columns of companies, of which so many are alive, and use absorbed by providers; those
    without a provider ask nobody.
    """
    room, count, in_house = apps
    use = np.zeros(in_house.shape)
    for row in range(count):
        use[room.segment[row], room.provider[row]] += room.share[row]
    use[:, NONE] = 0.0
    for part in range(len(in_house)):
        whole = usage_share * sum_of(bills.tokens[part])
        for code in range(CODES):
            asked = whole * (use[part, code] + in_house[part, code])
            bills.app_demanded[part, code] = asked
            bills.demanded[part, code] = bills.tokens[part, code] + asked


@inline
def scale(bills, swing, served):
    """Use, and what is paid and received for it, times `swing` (3,) and `served` (codes,).

    Fees stay.
    """
    is_same = True
    for part in range(len(swing)):
        for code in range(CODES):
            is_same = is_same and swing[part] * served[code] == 1.0
    if is_same:
        return
    for part in range(len(swing)):
        for code in range(CODES):
            fee = bills.fees[part, code]
            if part == ENTERPRISE and code == OPEN:
                fee = 0.0  # of hosting, which goes to clouds
            times = swing[part] * served[code]
            bills.tokens[part, code] *= times
            bills.spend[part, code] *= times
            bills.revenue[part, code] = (bills.revenue[part, code] - fee) * times + fee
            if part == CODING:
                bills.employed_spend[code] *= times


@kernel
def bill_served(apps, usage_share, prices, offer_of, bills, reach):
    """E29, E32: bill everybody what is served, and apps their part of it at the list price.

    apps : as in `ask`.  prices : (3, codes), $/Mtok, of the offers; apps of a segment buy that of
    segment `offer_of`.  Use that a provider has absorbed is billed to that use's own customers.
    reach : (3, codes), becomes the share of each provider in the tokens of each segment.
    """
    room, count, in_house = apps
    served, whole = bills.served_share, np.empty(len(prices))
    for part in range(len(prices)):
        whole[part] = usage_share * sum_of(bills.tokens[part])  # of apps, trillion tokens
        for code in range(CODES):
            bills.served[part, code] = bills.demanded[part, code] * served[code]
    scale(bills, STEADY, served)
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
