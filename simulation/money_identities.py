"""Money and compute are conserved: what must hold at the end of every month (design, V17, V18)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from simulation.identities import RELATIVE, IdentityError

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
RECEIPTS = ("usage", "fees", "app_use", "advertising")


def check_money(market: "Market") -> None:
    """Cash adds up over all accounts, and every provider's books balance."""
    check_ledger(market)
    check_balance_sheets(market)
    check_dues(market)
    check_compute(market)


def check_ledger(market: "Market") -> None:
    """Cash sums to zero, no payment is negative, and revenue is what the bills say."""
    ledger, labs = market.ledger, market.labs
    held = float(np.abs(ledger.balance).sum())
    total = float(ledger.balance.sum())
    if not abs(total) <= RELATIVE * max(held, 1.0):
        raise IdentityError(market.month, "ledger: cash of all accounts, M$", total)
    least = float(ledger.moved.min())
    if not least >= 0.0:
        raise IdentityError(market.month, "ledger: a negative or missing payment, M$", least)
    received = np.sum([ledger.received(np.arange(CODES), kind) for kind in RECEIPTS], axis=0)
    billed = np.where(labs.entered, market.bills.revenue.sum(axis=0), 0.0)
    by_code(market, "revenue booked and not billed, M$", received[:OPEN] - billed[:OPEN], billed)


def check_balance_sheets(market: "Market") -> None:
    """Assets less debts are what owners paid in and what was earned; cash is that of the ledger."""
    labs, ledger = market.labs, market.ledger
    claims = labs.credits.sum(axis=1)
    gross = labs.cash + claims + np.abs(labs.paid_in) + np.abs(labs.retained)
    by_code(market, "cash that the ledger lacks, M$", labs.cash - ledger.balance[:CODES], gross)
    apart = labs.cash + claims - labs.debt - labs.arrears - labs.paid_in - labs.retained
    by_code(market, "balance sheet, M$", apart, gross)
    for name in ("cash", "credits", "debt", "deferred", "owed"):
        least = float(getattr(labs, name).min())
        if not least >= -RELATIVE * max(float(gross.max()), 1.0):
            raise IdentityError(market.month, f"{name} below 0, M$", least)


def check_dues(market: "Market") -> None:
    """Dues signed are paid, deferred, written off, or still to come."""
    compute, labs = market.compute, market.labs
    to_come = compute.still_due(market.month + 1)
    deferred = labs.deferred.sum(axis=1)
    apart = compute.signed - compute.paid - deferred - compute.written_off - to_come
    by_code(market, "dues signed and not accounted for, M$", apart, compute.signed)


def check_compute(market: "Market") -> None:
    """Nobody uses more than there is, or more than it wanted."""
    compute = market.compute
    served = compute.served.inference + compute.served.research
    excess = float(served.sum()) - compute.capacity
    if not excess <= RELATIVE * max(compute.capacity, 1.0):
        raise IdentityError(market.month, "compute used beyond capacity", excess)
    over = np.maximum(served - compute.served.demand, 0.0)
    by_code(market, "compute served and not wanted", over, served)


def by_code(market: "Market", account: str, apart: Array, scale: Array) -> None:
    """Raise for the largest difference beyond rounding; both have one entry for each code."""
    slack = RELATIVE * np.maximum(np.abs(scale[: len(apart)]), 1.0)
    over = np.abs(apart) - slack
    if not (over <= 0.0).all():
        code = int(np.argmax(np.where(np.isnan(over), np.inf, over)))
        where = f"{account}, {market.supply.names[code]}"
        raise IdentityError(market.month, where, float(apart[code]))
