"""V18: of all dues that were signed, what is paid, owed, written off and to come is the whole.

A contract asks the rent of the day on which it was signed, less its discount, for every month of
its term, used or not.  At each cloud credits are spent first and then cash as far as it goes; the
same part of all that the provider owes there is paid, and the rest is owed (E33).  When it gives
up, what is owed and what is still to come is written off (E42).

Measured in a market with little compute in which providers fail, in every month: dues from the
contracts that the events tell of, credits and debts of the month before, payments from the ledger.
No cloud signs away more than it has free.  Who sells compute and buys shares asks for dues in
proportion to its ticket, as far as its cloud has compute for them (E39).  In the twin contracts are
a little dearer, and there is more compute, than in the recount.

Conservation as a check of code: Roache, P. (1998), Verification and Validation in Computational
Science and Engineering, Hermosa.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from agents.accounts import KINDS
from experiments.verification.books import HOURS, Books, balanced
from experiments.verification.case import IDENTITY, Case, Row, at_most
from experiments.verification.theory import Numbers
from experiments.verification.v14_rent import factors, installed
from experiments.verification.v18_compute import own_rent
from simulation.market import Market

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

COMPUTE = [KINDS.index("contracts"), KINDS.index("spot")]


class Month(NamedTuple):
    """What the market holds about a month, M$ by provider and cloud unless said otherwise.

    credits, deferred, owed : at the end of the month before: credits, dues and other bills owed.
    spot : what was bought beyond contracts.  cash : what was paid for compute.
    settled, still_owed : (providers,), dues that were paid, and that are owed after it.
    """

    credits: Numbers
    deferred: Numbers
    owed: Numbers
    spot: Numbers
    cash: Numbers
    settled: Numbers
    still_owed: Numbers


def months_of(rules: "Config", config: "Config") -> tuple[Market, Month]:
    """Run `config`; what the market held about every month, providers in the config's order."""
    market, months = Market(config), []
    labs, compute = market.labs, market.compute
    codes = [list(market.supply.names).index(name) for name in rules.providers]
    places = np.ix_(np.array(codes), market.ledger.clouds, np.array(COMPUTE))
    while market.running:
        before = (labs.credits, labs.deferred, labs.owed[:, :-1])
        credit, deferred, owed = (column[codes].copy() for column in before)
        paid = compute.paid.copy()
        market.step()
        spot = HOURS * own_rent(market, rules) * compute.served.spot
        bought = (spot[:, None] * compute.spot_parts)[codes]
        cash = market.ledger.moved[places].sum(axis=2)
        settled = (compute.paid - paid)[codes]
        still = labs.deferred.sum(axis=1)[codes]
        months.append(Month(credit, deferred, owed, bought, cash, settled, still))
    return market, Month(*(np.stack(column) for column in zip(*months, strict=True)))


def accounted(config: "Config", trial: "Trial") -> list[Row]:
    """Dues counted anew against the books."""
    market, month = months_of(config, trial.market.origin)
    books = Books(config, market.records)
    signed, due, to_come = books.dues()
    dues = due + month.deferred
    claims = dues + month.owed + month.spot
    settled = np.minimum(month.credits, claims) + month.cash
    part = np.where(claims > 0.0, settled / np.where(claims > 0.0, claims, 1.0), 1.0)
    paid, owed = (part * dues).sum(axis=2), ((1.0 - part) * dues).sum(axis=2)
    written = np.zeros_like(paid)
    for when, place, *_ in books.events("failure"):
        rest = to_come[when - 1, place] + signed[when, place] - due[when, place].sum()
        written[when:, place] = rest + owed[when, place]
    owed = np.where(books.alive, owed, 0.0)
    whole, cleared = np.cumsum(signed, axis=0), np.cumsum(paid, axis=0)
    codes = [list(market.supply.names).index(name) for name in books.names]
    lost = market.compute.written_off[codes]
    most = books.signed_beyond(installed(config) * factors(config))
    return [
        balanced("dues paid", paid, month.settled, whole),
        balanced("dues owed", owed, month.still_owed, whole),
        balanced("dues to come", to_come, books.held("commitments"), whole),
        balanced("dues written off", written[-1], lost, whole[-1]),
        balanced("dues signed", whole, cleared + owed + written + to_come, whole),
        at_most("compute signed beyond a cloud's", IDENTITY, float(most.max())),
        commitments(books, installed(config) * factors(config)),
    ]


def commitments(books: Books, capacity: Numbers) -> Row:
    """E39: what tickets made providers sign, against what is asked and what is there.

    capacity : (months,), thousand H100-equivalents.
    """
    table, config, deals = books.records.table("rounds"), books.config, books.contracts
    signed = [at for at, deal in enumerate(deals) if deal.with_ticket]
    binding = np.flatnonzero(table["commitment"].astype(np.float64) > 0.0)
    expected = []
    for at, row in zip(signed, binding, strict=True):
        deal = deals[at]
        dear = books.monthly_price(deal._replace(capacity=1.0)) * deal.term
        room = books.room(at, deal, float(capacity[deal.signed]))
        asked = config.investment.commitment * float(table["ticket"][row])
        expected.append(min(asked, room * dear))
    return balanced("dues signed with tickets", expected, table["commitment"][binding], expected)


CASES = (
    Case(
        name="V18",
        config="v18_scarce",
        law="dues paid, owed, written off and to come are the dues that were signed",
        source="Roache 1998",
        check=accounted,
        twin=("compute.contract_discount=.1499", "compute.capacity=50.0001"),
    ),
)
