"""V17: money is neither made nor lost, counted by somebody who has the tables and the config alone.

In every month of any run and for each provider: its cash is what it came with and what the ledger
says it received less what it paid, so that the cash of all accounts together never changes; what
owners paid in is that cash, rounds and what parents gave less what they took; what it owes is what
it was billed and has not paid, in cash or in credits; and what it has less what it owes is what
owners paid in and what it earned: revenue less the partner's share, compute, people and interest.
Bills for compute are the dues of contracts, whose prices were fixed at signing, and what was used
beyond them at the rent of the month; new terms put dues off, for a fee.  When a provider gives up,
what it owes and what was still to come is lost by its creditors.  Who absorbs another has all that
it had, owed, was paid in and had earned, less the price, which a parent pays for who has one; who
is gone has nothing.  Clouds pass the same part of all that they get on to the maker of their chips.
Payment pressure is the dues of the next twelve months over a year's income and liquid means (E34).
What is signed with a ticket comes after that is looked at.

Measured in the baseline market, whose founders enter and whose clouds grant new terms, and in one
with lenders, sublet compute, advertising, failures, sales and mergers: each account against its own
recount, over what has gone through it (or 1 M$ where that is less).  Payments come from the ledger
table, bills from contracts, rents, use and budgets, entries from the config, tickets from the table
of rounds, and what happened to whom from the events.

Double entry: Pacioli, L. (1494), Summa de arithmetica; in models: Godley, W. and Lavoie, M. (2007),
Monetary Economics.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.verification.books import HOURS, Books, balanced
from experiments.verification.case import Case, Row, identity
from experiments.verification.companies import Sums, bought, carried, turned_over
from experiments.verification.happenings import FAILURE, TAKEOVER
from experiments.verification.schedule import YEAR, Schedule
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

CLOUD_INCOME = ("usage", "hosting", "contracts", "spot", "credits")
TO_PEOPLE_AND_CLOUDS = ("contracts", "spot", "operations")


class Accounts(NamedTuple):
    """What an outsider counts, M$ by month and provider, the sums of all months until then.

    cash : what it should have.  paid_in : by owners.  given : credits that it got.  unsettled :
    bills not paid in cash.  earned : less costs, and less prices of others.  turnover : all that
    moved.  compute, liquid : bills of the month, and what was liquid after them, before rounds.
    """

    cash: Numbers
    paid_in: Sums
    given: Sums
    unsettled: Sums
    earned: Sums
    turnover: Numbers
    compute: Numbers
    liquid: Numbers


def accounts(books: Books, schedule: Schedule) -> Accounts:
    """Count everything anew."""
    received, paid = books.moved("payee"), books.moved("payer")
    came = brought(books)
    in_credits = came * books.own("credits") * has_home(books)
    compute, people = compute_bills(books, schedule), operations(books) + interest(books)
    parents = books.moved("payee", "support") - books.moved("payer", "support")
    price, nothing = bought(books), np.zeros_like(came)
    rounds, seeds = books.raised(), books.raised("seed")
    own = came + rounds + taken_over(books) + parents + np.where(backed(books), price, 0.0)
    credit = in_credits + by_owners(books).sum(axis=2)
    settled = books.moved("payer", *TO_PEOPLE_AND_CLOUDS) - left_to_people(books)
    income = (1.0 - books.own("revenue_shared")) * books.held("revenue")
    income += books.moved("payee", "sublet") - compute - people
    lent = books.moved("payee", "debt") - books.moved("payer", "debt")
    liquid = books.moved_on(books.held("cash") + books.held("credits") - books.held("arrears"))
    liquid[0] = np.where(books.there[0], books.own("cash"), 0.0)
    return Accounts(
        cash=np.cumsum(came - in_credits + received - paid, axis=0),
        paid_in=carried(books, own, seeds),
        given=carried(books, credit, nothing),
        unsettled=carried(books, compute + people - settled, nothing),
        earned=carried(books, income - price, nothing),
        turnover=turned_over(books, came + received + paid + rounds + compute + people),
        compute=compute,
        liquid=liquid + income + parents + lent,
    )


def brought(books: Books) -> Numbers:
    """What those of the config come with, in the month at whose end they do, M$."""
    come = np.diff(books.entered(), axis=0, prepend=False)
    came: Numbers = np.where(come, books.own("cash"), 0.0)
    return came


def has_home(books: Books) -> Numbers:
    """Who has a home cloud, which may have given it credits, (providers,)."""
    homes = [books.setting(name, "home") is not None for name in books.names]
    return np.array(homes, np.float64)


def backed(books: Books) -> NDArray[np.bool_]:
    """Who has a parent that covers all it lacks, (providers,)."""
    covered: NDArray[np.bool_] = (books.own("parent_flow") > 0.0) & (books.own("raises") == 0.0)
    return covered


def by_owners(books: Books) -> Numbers:
    """E39: credits in the tickets of who owns a cloud, (months, providers, investors), M$."""
    owners = {cloud.owner for cloud in books.config.suppliers.values()}
    owns = np.array([name in owners for name in books.config.investors], np.float64)
    return books.tickets("ticket") * owns * books.config.finance.credit_share


def taken_over(books: Books) -> Numbers:
    """What investors paid into companies that they bought, which is no round, M$."""
    paid = np.zeros((books.months, len(books.names)))
    beside = books.moved("payee", "rounds") - books.raised() + by_owners(books).sum(axis=2)
    for one in books.happenings:
        if one.kind == TAKEOVER:
            paid[one.month, one.place] = beside[one.month, one.place]
    return paid


def left_to_people(books: Books) -> Numbers:
    """Cash that who gives up had got after its bills had taken all it had, M$."""
    left = np.zeros((books.months, len(books.names)))
    after = books.moved("payee", "rounds", "merger") - books.moved("payer", "shares")
    for one in books.happenings:
        if one.kind == FAILURE:
            left[one.month, one.place] = after[one.month, one.place]
    return left


def operations(books: Books) -> Numbers:
    """Spending on efficiency, safety and sales of the month, M$."""
    uses = ("efficiency", "safety", "sales")
    spent: Numbers = np.sum([books.held(f"spent_{use}") for use in uses], axis=0)
    return spent


def interest(books: Books) -> Numbers:
    """Interest of the month on the debt of the month before, M$."""
    owed: Numbers = books.moved_on(books.held("debt")) * books.config.finance.interest / YEAR
    return owed


def compute_bills(books: Books, schedule: Schedule) -> Numbers:
    """Dues that fall due in a month, and what is used beyond contracts at the month's rent, M$."""
    capacity, contracted = books.market("compute_capacity"), schedule.compute
    signed = contracted.sum(axis=1, keepdims=True)
    there = contracted * np.minimum(1.0, capacity / np.maximum(signed, capacity))
    used = books.held("compute_inference") + books.held("compute_research")
    rent = books.market("rent") * (1.0 + books.surcharge) * books.own("own_chips")
    bills: Numbers = schedule.bills.sum(axis=2) + HOURS * rent * np.maximum(used - there, 0.0)
    return bills


def counted(config: "Config", trial: "Trial") -> list[Row]:
    """The books of a run against the recount."""
    books = Books(config, trial.market.records)
    schedule = Schedule(books)
    own, alive = accounts(books, schedule), books.alive
    scale, held = own.turnover, books.held
    credit, arrears, debt = held("credits"), held("arrears"), held("debt")
    owned, owed = held("cash") + credit - debt - arrears, own.unsettled.had - own.given.had + credit
    equity = own.paid_in.had + own.earned.had
    clouds = list(config.suppliers)
    income = np.cumsum(books.of("payee", clouds, *CLOUD_INCOME))
    chips = np.cumsum(books.of("payer", clouds, "chips"))
    return [
        balanced("cash of all", own.cash, held("cash"), scale),
        balanced("paid in by owners", own.paid_in.had, held("paid_in"), scale),
        balanced("bills for compute", own.compute, held("compute_cost"), scale),
        balanced("owed", np.where(alive, owed, 0.0), arrears, scale),
        balanced("balance sheet", np.where(alive, equity, 0.0), owned, scale),
        balanced("lost by creditors", lost(books, schedule), held("written_off"), scale),
        balanced("paid on for chips", config.compute.chip_share * income, chips, income),
        credits_row(books, own),
        pressure_row(books, schedule, own.liquid),
    ]


def lost(books: Books, schedule: Schedule) -> Numbers:
    """What creditors lost so far at each place, M$: what was owed, debt, dues to come."""
    losses = schedule.struck_off.copy()
    nothing = np.zeros_like(losses)
    lent = books.moved("payee", "debt") - books.moved("payer", "debt")
    debts = carried(books, lent, nothing).left
    for one in books.happenings:
        if one.kind == FAILURE:
            losses[one.month, one.place] += one.before + debts[one.month, one.place]
    return np.cumsum(losses, axis=0)


def credits_row(books: Books, own: Accounts) -> Row:
    """Credits that providers used, and what clouds got for them; those of who fails are lost.

    What it had left is what it was given, less what of its bills it neither paid nor owed.
    """
    gone = np.zeros(books.months)
    for one in books.happenings:
        if one.kind == FAILURE:
            when = (one.month, one.place)
            gone[one.month] += own.given.left[when] - own.unsettled.left[when] + one.before
    given = np.cumsum(by_owners(books).sum(axis=(1, 2)))
    given += np.cumsum((brought(books) * books.own("credits") * has_home(books)).sum(axis=1))
    used = given - books.held("credits").sum(axis=1) - np.cumsum(gone)
    owners = [cloud.owner for cloud in books.config.suppliers.values() if cloud.owner]
    paid = np.cumsum(books.of("payer", owners, "credits"))
    return balanced("credits used", used, paid, own.turnover.sum(axis=1))


def pressure_row(books: Books, schedule: Schedule, liquid: Numbers) -> Row:
    """E34, counted anew: dues of the next year over a year's income and what was liquid.

    Rounds close after that is looked at.  Who has a parent that covers it is not pressed.
    """
    held, here = books.held, books.stayed
    income = held("revenue") + held("parent_support") - operations(books)
    means = YEAR * np.maximum(income, 0.0) + np.maximum(liquid, 0.0)
    theory = np.where(backed(books), 0.0, schedule.ahead / np.maximum(means, 1.0))
    return identity("pressure", 1.0 + theory[here], 1.0 + held("payment_pressure")[here])


LAW = "cash moves and is not made, and books balance, as an outsider counts them"
TWIN = (
    *("providers.OpenAI.cash=3001", "providers.Anthropic.cash=701"),
    *("providers.OpenAI.revenue_shared=.25", "finance.credit_share=.6"),
    *("compute.contract_discount=.151", "compute.chip_share=.601", "finance.interest=.31"),
)
IN_WORDS = "other cash at entry, shares of revenue, credits, interest, discounts, part for chips"
CASES = tuple(
    Case(
        name="V17",
        config=config,
        law=f"{LAW}: {market}",
        source="Godley and Lavoie 2007",
        check=counted,
        twin=TWIN,
        twin_in_words=IN_WORDS,
    )
    for config, market in (
        ("v17_baseline", "the baseline"),
        ("v17_hardship", "a market short of money"),
        ("v17_sales", "one with sales and mergers"),
    )
)
