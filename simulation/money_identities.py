"""Money and compute are conserved: what must hold at the end of every month (design, V17, V18)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from simulation.identities import RELATIVE, IdentityError
from simulation.ledger import KINDS

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
Account = tuple[str, Array, Array]  # what is off, by how much and on which scale, both (16,)
OF_USERS = np.isin(KINDS, ("usage", "fees", "app_use", "advertising"))  # by kind


def check_money(market: "Market") -> None:
    """Cash adds up over all accounts, books balance, dues and compute are all accounted for."""
    check_ledger(market)
    accounts = (*books(market), *dues(market), *compute(market))
    names, apart, scale = zip(*accounts, strict=True)
    sound = np.abs(apart) <= RELATIVE * np.maximum(np.abs(scale), 1.0)
    if not sound.all():
        row, code = np.argwhere(~sound)[0].tolist()
        where = f"{names[row]}, {market.supply.names[code] or 'nobody'}"
        raise IdentityError(market.month, where, float(apart[row][code]))


def check_ledger(market: "Market") -> None:
    """Cash of all accounts sums to zero, and no payment is negative or missing."""
    balance, amount = market.ledger.balance, market.ledger.payments.amount
    total = float(balance.sum())
    if not abs(total) <= RELATIVE * max(float(np.abs(balance).sum()), 1.0):
        raise IdentityError(market.month, "ledger: cash of all accounts, M$", total)
    least = float(amount.min(initial=0.0))
    if not least >= 0.0:
        raise IdentityError(market.month, "ledger: a negative or missing payment, M$", least)


def books(market: "Market") -> Iterator[Account]:
    """Assets less debts are what owners paid in and what was earned; cash is that of the ledger."""
    labs, ledger = market.labs, market.ledger
    claims = labs.credits.sum(axis=1)
    arrears = labs.arrears
    gross = labs.cash + claims + arrears + np.abs(labs.paid_in) + np.abs(labs.retained)
    gross = gross + ledger.turnover[:CODES] + labs.written_off  # all that was ever summed
    yield "cash that the ledger lacks, M$", labs.cash - ledger.balance[:CODES], gross
    equity = labs.paid_in + labs.retained
    yield "balance sheet, M$", labs.cash + claims - labs.debt - arrears - equity, gross
    least = np.minimum(np.minimum(labs.cash, labs.debt), 0.0)
    for owed in (labs.credits, labs.deferred, labs.owed):
        least = np.minimum(least, owed.min(axis=1))
    yield "cash, credits or debts below 0, M$", least, gross
    paid = ledger.payments
    of_users = OF_USERS[paid.kind] & (paid.payee < OPEN)
    received: Array = np.asarray(
        np.bincount(paid.payee[of_users], paid.amount[of_users], CODES), np.float64
    )
    billed = np.where(labs.entered, market.bills.revenue.sum(axis=0), 0.0)
    billed[OPEN] = 0.0  # of its hosts
    yield "revenue received and not billed, M$", received - billed, billed


def dues(market: "Market") -> Iterator[Account]:
    """Dues signed are paid, deferred, written off, or still to come."""
    signed = market.compute.signed
    to_come = market.compute.still_due(market.month + 1)
    settled = market.compute.paid + market.labs.deferred.sum(axis=1) + market.compute.written_off
    yield "dues signed and not accounted for, M$", signed - settled - to_come, signed


def compute(market: "Market") -> Iterator[Account]:
    """Nobody uses more compute than it wanted, and all together no more than there is."""
    served = market.compute.served
    used = served.inference + served.research
    yield "compute served and not wanted", np.maximum(used - served.demand, 0.0), served.demand
    capacity = market.compute.capacity
    excess = np.full(CODES, max(float(used.sum()) - capacity, 0.0))
    yield "compute used beyond capacity", excess, np.full(CODES, capacity)
