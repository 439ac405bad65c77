"""V18: of all dues that were signed, what is paid, owed, written off and to come is the whole.

A contract asks the rent of the day on which it was signed, less its discount, for every month of
its term, used or not.  At each cloud credits are spent first and then cash as far as it goes; the
same part of all that the provider owes there is paid, and the rest is owed (E33).  New terms put a
part of what is to come off, for a fee, which counts as signed.  When a provider gives up, what is
owed and what is still to come is written off; who absorbs another owes and pays it instead (E42).

Measured in a market with little compute, and in one with failures, sales and mergers, in every
month: dues from the contracts, new terms, exits and mergers that the events tell of, credits and
debts of the month before, payments from the ledger.  No cloud signs away more than it has free.
Who sells compute and buys shares asks for dues in proportion to its ticket, as far as its cloud has
compute for them (E39).  In the twins contracts and new terms are a little dearer, tickets ask for
more, and there is more compute, than in the recount.

Conservation as a check of code: Roache, P. (1998), Verification and Validation in Computational
Science and Engineering, Hermosa.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.verification.books import HOURS, Books, balanced
from experiments.verification.case import IDENTITY, Case, Row, at_most
from experiments.verification.companies import carried
from experiments.verification.happenings import FAILURE, MERGER
from experiments.verification.schedule import Schedule
from experiments.verification.theory import Numbers
from experiments.verification.v14_rent import factors, installed
from experiments.verification.v18_compute import OPEN, own_rent
from simulation.ledger import PLACE
from simulation.market import Market

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

COMPUTE = [PLACE["contracts"], PLACE["spot"]]


class Month(NamedTuple):
    """What the market holds about a month, M$ by provider and cloud unless said otherwise.

    credits, deferred, owed : at the end of the month before: credits, dues and other bills owed.
    spot : what was bought beyond contracts.  cash : what was paid for compute.
    signed, paid, written_off : (providers,), dues so far.  still_owed : (providers,), of them.
    """

    credits: Numbers
    deferred: Numbers
    owed: Numbers
    spot: Numbers
    cash: Numbers
    signed: Numbers
    paid: Numbers
    written_off: Numbers
    still_owed: Numbers


def months_of(rules: "Config", config: "Config") -> tuple[Market, Month]:
    """Run `config`; what the market held about every month, providers in the tables' order."""
    market, months = Market(config), []
    labs, compute = market.labs, market.compute
    codes = [code for code in market.supply.codes if code != OPEN]
    places = np.ix_(np.array(codes), market.ledger.clouds, np.array(COMPUTE))
    while market.running:
        before = (labs.credits, labs.deferred, labs.owed[:, :-1])
        held = [column[codes].copy() for column in before]
        market.step()
        spot = HOURS * own_rent(market, rules) * compute.served.spot
        bought = (spot[:, None] * compute.spot_parts)[codes]
        cash = market.ledger.moved[places].sum(axis=2)
        totals = (compute.signed, compute.paid, compute.written_off, labs.deferred.sum(axis=1))
        found = [*held, bought, cash, *(column[codes].copy() for column in totals)]
        months.append(Month._make(found))
    return market, Month(*(np.stack(column) for column in zip(*months, strict=True)))


def accounted(config: "Config", trial: "Trial") -> list[Row]:
    """Dues counted anew against the books."""
    market, month = months_of(config, trial.market.origin)
    books = Books(config, market.records)
    schedule = Schedule(books)
    paid, unpaid = settled(schedule, month)
    whole, cleared = carried(books, schedule.signed).had, carried(books, paid).had
    owed, given_up = after_exits(books, unpaid)
    written = carried(books, schedule.struck_off + given_up).had
    capacity = installed(config) * factors(config)
    signed = np.array([deal.after for deal in schedule.contracts])
    there = np.array([capacity[deal.month] for deal in schedule.contracts])
    most = (signed - schedule.room(capacity)) / there
    told = [(before, after) for _, _, before, after, _ in books.events("renegotiation")]
    rest = cleared + owed + written + schedule.to_come
    return [
        balanced("dues paid", cleared, month.paid, whole),
        balanced("dues owed", owed, month.still_owed, whole),
        balanced("dues to come", schedule.to_come, books.held("commitments"), whole),
        balanced("dues put off", schedule.put_off, told, schedule.put_off),
        balanced("dues written off", written, month.written_off, whole),
        balanced("dues signed", whole, month.signed, whole),
        balanced("all dues", month.signed, rest, whole),
        at_most("compute signed beyond a cloud's", IDENTITY, float(most.max())),
        commitments(books, schedule, capacity),
    ]


def settled(schedule: Schedule, month: Month) -> tuple[Numbers, Numbers]:
    """E33: dues that a month's money pays, and those that it does not, (months, providers)."""
    dues = schedule.bills + month.deferred
    claims = dues + month.owed + month.spot
    spent = np.minimum(month.credits, claims) + month.cash
    part = np.where(claims > 0.0, spent / np.where(claims > 0.0, claims, 1.0), 1.0)
    return (part * dues).sum(axis=2), ((1.0 - part) * dues).sum(axis=2)


def after_exits(books: Books, unpaid: Numbers) -> tuple[Numbers, Numbers]:
    """What is owed at the month's end, and what of it is given up, (months, providers)."""
    owed, given_up = unpaid.copy(), np.zeros_like(unpaid)
    for one in books.happenings:
        if one.kind not in (FAILURE, MERGER):
            continue
        month = owed[one.month]
        if one.kind == MERGER:
            month[books.names.index(one.other)] += month[one.place]
        else:
            given_up[one.month, one.place] = month[one.place]
        month[one.place] = 0.0
    return owed, given_up


def commitments(books: Books, schedule: Schedule, capacity: Numbers) -> Row:
    """E39: what tickets made providers sign, against what is asked and what is there.

    capacity : (months,), thousand H100-equivalents.
    """
    table, room = books.records.table("rounds"), schedule.room(capacity)
    signed = [at for at, deal in enumerate(schedule.contracts) if deal.with_ticket]
    binding = np.flatnonzero(table["commitment"].astype(np.float64) > 0.0)
    expected = []
    for at, row in zip(signed, binding, strict=True):
        deal = schedule.contracts[at]
        dear = schedule.price(deal._replace(after=1.0)) * deal.term
        asked = books.config.investment.commitment * float(table["ticket"][row])
        expected.append(min(asked, room[at] * dear))
    return balanced("dues signed with tickets", expected, table["commitment"][binding], expected)


CASES = tuple(
    Case(
        name="V18",
        config=config,
        law=f"dues paid, owed, written off and to come are the dues that were signed{where}",
        source="Roache 1998",
        check=accounted,
        twin=(
            *("compute.contract_discount=.1499", f"compute.capacity={capacity}"),
            *("distress.moved_fee=.1001", f"investment.commitment={commitment}"),
        ),
    )
    for config, capacity, commitment, where in (
        ("v18_scarce", "50.0001", "4.0001", ""),
        ("v17_sales", "40.0001", "1.5001", ", whoever has to pay them"),
    )
)
