"""Money and compute are conserved: the first account of a month's end that is off.

The accounts stand in the order in which they are looked at; `simulation.money_identities` words
them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from agents.compiled import inline, kernel
from agents.equations.finance import runway as runway_source

runway = inline(runway_source)
RELATIVE = 1e-9
ALL = -1  # in place of a code: the account is that of all of them
ACCOUNTS = (
    "ledger: cash of all accounts, M$",
    "ledger: a negative or missing payment, M$",
    "cash that the ledger lacks, M$",
    "balance sheet, M$",
    "cash, credits or debts below 0, M$",
    "revenue received and not billed, M$",
    "dues signed and not accounted for, M$",
    "compute served and not wanted",
    "compute used beyond capacity",
)
ALL_CASH, PAYMENT = 0, 1
CASH, SHEET, LEAST, REVENUE, DUES, SERVED, USED = range(2, len(ACCOUNTS))
OWNERS, SHARES = len(ACCOUNTS), len(ACCOUNTS) + 1  # of an investor, and of who has holders


class Books(NamedTuple):
    """Columns of the providers that balance: (16,), with an axis of clouds from `credits` on."""

    entered: NDArray[np.bool_]
    cash: NDArray[np.float64]
    debt: NDArray[np.float64]
    paid_in: NDArray[np.float64]
    retained: NDArray[np.float64]
    written_off: NDArray[np.float64]
    credits: NDArray[np.float64]
    deferred: NDArray[np.float64]
    owed: NDArray[np.float64]


@inline
def liquid(labs, code):
    """Cash and credits of a provider less what is overdue, M$."""
    arrears = labs.deferred[code].sum() + labs.owed[code].sum()
    return labs.cash[code] + labs.credits[code].sum() - arrears


class Liquid(NamedTuple):
    """Columns of the providers, (codes,), and with an axis of clouds from `credits` on, M$."""

    cash: NDArray[np.float64]
    credits: NDArray[np.float64]
    deferred: NDArray[np.float64]
    owed: NDArray[np.float64]


@kernel
def liquid_means(labs):
    """Cash and credits less what is overdue, (codes,), M$."""
    means = np.zeros(CODES)
    for code in range(CODES):
        means[code] = liquid(labs, code)
    return means


class Holders(NamedTuple):
    """Columns of the investors, (V,), and who holds what.

    active : (codes,).  stakes : (codes, holders).  owned : (V, clouds), flags.  funds : accounts.
    """

    active: NDArray[np.bool_]
    stakes: NDArray[np.float64]
    owned: NDArray[np.bool_]
    powder: NDArray[np.float64]
    funds: NDArray[np.int64]


@inline
def first_unowned(holders, claims, cash):
    """The first investor or provider whose account is off: which account, who, and by how much.

    OWNERS : an investor's cash is what it can invest and what its credits will cost it.  SHARES :
    who is on the market belongs to its holders, once.  ALL for none.  claims : (codes, clouds),
    credits.
    """
    active, stakes, owned, powder, funds = holders
    balance, turnover = cash
    for investor in range(len(powder)):
        to_redeem = 0.0
        for cloud in range(claims.shape[1]):
            if owned[investor, cloud]:
                to_redeem += claims[:, cloud].sum()
        fund = funds[investor]
        scale = max(turnover[fund] + powder[investor] + to_redeem, 1.0)
        apart = balance[fund] - powder[investor] - to_redeem
        if not abs(apart) <= RELATIVE * scale:
            return OWNERS, investor, apart
    for code in range(CODES):
        apart = abs(stakes[code].sum() - 1.0) if active[code] else 0.0
        for holder in range(stakes.shape[1]):
            apart = max(apart, -stakes[code, holder])
        if not apart <= RELATIVE:
            return SHARES, code, apart
    return ALL, ALL, 0.0


@kernel
def look_ahead(labs, burn, backed, limit, months, shown):
    """How long liquid means last at this burn (codes,), M$ a month: fill (codes,), months.

    Of who is `backed`, and of OPEN, which nobody pays for, it is `limit`.  shown : the same for
    each segment, (3, codes).
    """
    for code in range(CODES):
        months[code] = limit
        if not backed[code] and code != OPEN:
            months[code] = runway(liquid(labs, code), burn[code], limit)
        for segment in range(len(shown)):
            shown[segment, code] = months[code]


@kernel
def dues_to_come(due, first, until):
    """Dues from month `first` until `until`, (codes,), M$; due : (months, codes, clouds)."""
    dues = np.zeros(CODES)
    for month in range(first, min(until, len(due))):
        for code in range(CODES):
            for cloud in range(due.shape[2]):
                dues[code] += due[month, code, cloud]
    return dues


@kernel
def first_wrong(holders, books, cash, payments, of_users, revenue, dues, coming, compute):
    """Account, whose and amount of the first account that is off; account ALL for none.

    compute : served, and capacity, of the month.  The others as for `first_unbalanced` and
    `first_unowned`.
    """
    served, capacity = compute
    found = first_unbalanced(
        books, cash, payments, of_users, revenue, dues, coming, served, capacity
    )
    if found[0] == ALL:
        found = first_unowned(holders, books.credits, cash)
    return found


@inline
def first_unbalanced(books, cash, payments, of_users, revenue, dues, coming, served, capacity):
    """Account, code and amount of the first account that is off; account ALL for none.

    cash : balance and turnover of the ledger's accounts.  of_users : kinds of payments for use.
    revenue : (3, codes), billed.  dues : signed, paid and written off so far, each (codes,).
    coming : arguments of `dues_to_come`.  served, capacity : compute of the month.
    """
    balance, turnover = cash
    due, first, until = coming
    to_come = dues_to_come(due, first, until)
    whole, gross = 0.0, 0.0
    for account in range(len(balance)):
        whole += balance[account]
        gross += abs(balance[account])
    if not abs(whole) <= RELATIVE * max(gross, 1.0):
        return ALL_CASH, ALL, whole
    received, used_by_all = np.zeros(CODES), 0.0
    for place in range(len(payments.amount)):
        if not payments.amount[place] >= 0.0:
            return PAYMENT, ALL, payments.amount[place]
        if of_users[payments.kind[place]] and payments.payee[place] < OPEN:
            received[payments.payee[place]] += payments.amount[place]

    apart, scale = np.zeros((len(ACCOUNTS), CODES)), np.zeros((len(ACCOUNTS), CODES))
    signed, paid, written_off = dues
    for code in range(CODES):
        claims = books.credits[code].sum()
        unpaid = books.deferred[code].sum()
        arrears = unpaid + books.owed[code].sum()
        # All that was ever summed.
        gross = books.cash[code] + claims + arrears + turnover[code] + books.written_off[code]
        gross += abs(books.paid_in[code]) + abs(books.retained[code])
        scale[CASH : LEAST + 1, code] = gross
        apart[CASH, code] = books.cash[code] - balance[code]
        # Assets less debts are what owners paid in and what was earned.
        assets = books.cash[code] + claims - books.debt[code] - arrears
        apart[SHEET, code] = assets - books.paid_in[code] - books.retained[code]
        least = min(books.cash[code], books.debt[code], 0.0)
        for cloud in range(books.credits.shape[1]):
            least = min(least, books.credits[code, cloud], books.deferred[code, cloud])
        for creditor in range(books.owed.shape[1]):
            least = min(least, books.owed[code, creditor])
        apart[LEAST, code] = least
        if books.entered[code] and code != OPEN:  # OPEN's revenue is that of its hosts
            scale[REVENUE, code] = revenue[:, code].sum()
        apart[REVENUE, code] = received[code] - scale[REVENUE, code]
        # Dues signed are paid, deferred, written off, or still to come.
        accounted = paid[code] + unpaid + written_off[code]
        apart[DUES, code] = signed[code] - accounted - to_come[code]
        scale[DUES, code] = signed[code]
        # Nobody uses more compute than it wanted, and all together no more than there is.
        used = served.inference[code] + served.research[code]
        used_by_all += used
        apart[SERVED, code] = max(used - served.demand[code], 0.0)
        scale[SERVED, code] = served.demand[code]
    apart[USED], scale[USED] = max(used_by_all - capacity, 0.0), capacity

    for account in range(CASH, len(ACCOUNTS)):
        for code in range(CODES):
            if not abs(apart[account, code]) <= RELATIVE * max(abs(scale[account, code]), 1.0):
                return account, code, apart[account, code]
    return ALL, ALL, 0.0
