"""What providers earn, owe and can pay at a month's end (E33): arithmetic of their books.

Who pays whom is posted by `agents.kernels.payments`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compiled import inline
from agents.kernels.sums import row_sum

Array = NDArray[np.float64]
MONTHS = 12  # of a year


class OwnBooks(NamedTuple):
    """Columns of the providers that a payment moves or depends on, as `labs.Labs` has them.

    backed, revenue_shared : of their means.
    """

    active: NDArray[np.bool_]
    cash: Array
    debt: Array
    credits: Array
    deferred: Array
    owed: Array
    paid_in: Array
    retained: Array
    support: Array
    revenue: Array
    spending: Array
    operations: Array
    gross_profit: Array
    compute_cost: Array
    backed: NDArray[np.bool_]
    revenue_shared: Array


class Costs(NamedTuple):
    """What the month's compute costs, and what idle compute brings.

    inference, spot : (codes,), served and bought, thousand H100-equivalents.  price : (codes,), M$
    for each thousand.  spot_parts : (clouds,).  dues : (codes, clouds), M$.  idle : (codes,), M$.
    """

    inference: Array
    spot: Array
    price: Array
    spot_parts: Array
    dues: Array
    idle: Array


@inline
def payable(claim, means):
    """Part of a claim that the means cover, 1 where nothing is claimed."""
    return min(means, claim) / claim if claim > 0.0 else 1.0


@inline
def borrow(short, debt, revenue, limit):
    """Debt drawn for what is short, up to its limit, or repaid from what is over, M$."""
    if short > 0.0:
        return min(short, max(limit * revenue - debt, 0.0))
    return -min(-short, debt)


@inline
def pay(labs, costs, rates):
    """E33: every provider pays its partner, its people and its compute, as far as it can.

    Credits go first, at the cloud that gave them.  A parent covers what is short and takes what is
    over; others draw debt, and then owe.  Bills of the month count as cost whether paid or not.

    rates : interest a year, and limit of debt in months of revenue.

    Returns who pays how much, M$, (codes,) each: support of parents of who raises money; what other
    parents cover, or take where it is below 0; debt drawn, or repaid where it is below 0; shares of
    revenue to partners; operations and interest, to people; costs less income; and contracts
    settled, in cash or credits.  Then (codes, clouds): contracts and spot in cash, credits used up.
    """
    interest_rate, debt_limit = rates
    clouds = labs.credits.shape[1]
    many, few = np.zeros((7, CODES)), np.zeros((3, CODES, clouds))
    support, covered, drawn, partner, people, outflow, settled_dues = many
    contracts, spots, by_credit = few
    dues, spot = np.empty(clouds), np.empty(clouds)  # overdue ones included
    for code in range(CODES):
        active, backed = labs.active[code], labs.backed[code]
        earned = labs.revenue[code] if active else 0.0

        # What came in before parents cover deficits: it is income too.
        if active and not backed:
            support[code] = labs.support[code]
        labs.paid_in[code] += support[code]
        labs.retained[code] += earned + costs.idle[code]
        income = earned + support[code] + costs.idle[code]

        # Bills of the month, and those overdue.
        partner[code] = labs.revenue_shared[code] * earned
        operations = 0.0
        for use in range(1, len(labs.spending)):  # all but compute
            operations += labs.spending[use, code] if active else 0.0
        interest = labs.debt[code] * interest_rate / MONTHS
        on_spot = costs.spot[code] * costs.price[code] if active else 0.0
        spot_bill = 0.0
        for cloud in range(clouds):
            spot[cloud] = on_spot * costs.spot_parts[cloud]
            spot_bill += spot[cloud]
        labs.compute_cost[code] = row_sum(costs.dues, code) + spot_bill
        cost = partner[code] + operations + interest + labs.compute_cost[code]
        labs.retained[code] -= cost
        labs.operations[code] = operations
        labs.gross_profit[code] = earned - costs.inference[code] * costs.price[code]
        outflow[code] = cost - income
        claim = operations + interest + labs.owed[code, clouds]
        claimed = 0.0
        for cloud in range(clouds):
            dues[cloud] = costs.dues[code, cloud] + labs.deferred[code, cloud]
            spot[cloud] += labs.owed[code, cloud]
            compute = dues[cloud] + spot[cloud]
            by_credit[code, cloud] = min(labs.credits[code, cloud], compute)
            claimed += compute - by_credit[code, cloud]

        # Means: cash, then the parent or lenders.
        cash = labs.cash[code] + income - partner[code]
        if backed and active:
            covered[code] = claim + claimed - cash
            labs.paid_in[code] += covered[code]
        cash += covered[code]
        room = debt_limit if active else 0.0
        if debt_limit != 0.0 or labs.debt[code] != 0.0:
            drawn[code] = borrow(claim + claimed - cash, labs.debt[code], labs.revenue[code], room)
            labs.debt[code] += drawn[code]
        cash = max(cash + drawn[code], 0.0)
        people[code] = min(claim, cash)
        part = payable(claimed, cash - people[code])

        # Each cloud gets its part; what is not paid is owed from now on.
        to_clouds = 0.0
        for cloud in range(clouds):
            compute, used_up = dues[cloud] + spot[cloud], by_credit[code, cloud]
            paid = part * (compute - used_up)
            settled, in_cash = payable(compute, used_up + paid), payable(compute, paid)
            contracts[code, cloud] = in_cash * dues[cloud]
            spots[code, cloud] = in_cash * spot[cloud]
            settled_dues[code] += settled * dues[cloud]
            labs.credits[code, cloud] -= used_up
            labs.deferred[code, cloud] = (1.0 - settled) * dues[cloud]
            labs.owed[code, cloud] = (1.0 - settled) * spot[cloud]
            to_clouds += paid
        labs.owed[code, clouds] = claim - people[code]
        labs.cash[code] = cash - people[code] - to_clouds
    return (
        support,
        covered,
        drawn,
        partner,
        people,
        outflow,
        settled_dues,
        contracts,
        spots,
        by_credit,
    )
