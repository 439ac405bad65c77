"""V17: money is neither made nor lost, counted by somebody who has the tables and the config alone.

In every month of any run and for each provider: its cash is what it came with and what the ledger
says it received less what it paid, so that the cash of all accounts together never changes; what
owners paid in is that cash, rounds and what parents gave less what they took; what it owes is what
it was billed and has not paid, in cash or in credits; and what it has less what it owes is what
owners paid in and what it earned: revenue less the partner's share, compute, people and interest.
Bills for compute are the dues of contracts, whose prices were fixed at signing, and what was used
beyond them at the rent of the month.  When a provider gives up, what it owes and what was still to
come is lost by its creditors.  Clouds pass the same part of all that they get on to the maker of
their chips.  Payment pressure is the dues of the next twelve months over a year's income and liquid
means (E34).  What is signed with a ticket comes after that is looked at.

Measured in the baseline market and in one with lenders, sublet compute, advertising and failures:
each account against its own recount, over what has gone through it (or 1 M$ where that is less).
Payments come from the ledger table, bills from contracts, rents, use and budgets, entries from the
config, tickets from the table of rounds.

Double entry: Pacioli, L. (1494), Summa de arithmetica; in models: Godley, W. and Lavoie, M. (2007),
Monetary Economics.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.verification.books import HOURS, Books, balanced
from experiments.verification.case import Case, Row, identity
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

CLOUD_INCOME = ("usage", "hosting", "contracts", "spot", "credits")
MONTHS = 12  # of a year


class Accounts(NamedTuple):
    """What an outsider counts, M$ by month and provider, the sums of all months until then.

    cash : what it should have.  paid_in : by owners.  given : credits that it got.  arrears : what
    it should owe.  earned : less costs.  compute : bills of the month.  turnover : all that moved.
    """

    cash: Numbers
    paid_in: Numbers
    given: Numbers
    arrears: Numbers
    earned: Numbers
    compute: Numbers
    turnover: Numbers


def accounts(config: "Config", books: Books) -> Accounts:
    """Count everything anew."""
    received, paid = books.moved("payee"), books.moved("payer")
    came = np.where(books.entered(), books.own("cash"), 0.0)
    cash_part = 1.0 - books.own("credits") * np.array(
        [config.providers[name].home is not None for name in books.names]
    )
    cash = came * cash_part + np.cumsum(received - paid, axis=0)
    rounds, in_credits = books.raised(), by_owners(config, books).sum(axis=2)
    support = books.moved("payee", "support") - books.moved("payer", "support")
    paid_in = came + np.cumsum(rounds + support, axis=0)
    given = came * (1.0 - cash_part) + np.cumsum(in_credits, axis=0)
    compute = compute_bills(books)
    people = operations(books) + interest(config, books)
    settled = books.moved("payer", "contracts", "spot", "operations")
    by_credit = given - books.held("credits")
    arrears = np.cumsum(compute + people - settled, axis=0) - by_credit
    income = books.held("revenue") + books.moved("payee", "sublet")
    partner = books.own("revenue_shared") * books.held("revenue")
    earned = np.cumsum(income - partner - compute - people, axis=0)
    turnover = came + np.cumsum(received + paid + rounds + compute + people, axis=0)
    return Accounts(cash, paid_in, given, arrears, earned, compute, turnover)


def by_owners(config: "Config", books: Books) -> Numbers:
    """E39: credits in the tickets of who owns a cloud, (months, providers, investors), M$."""
    owners = {cloud.owner for cloud in config.suppliers.values()}
    owns = np.array([name in owners for name in config.investors], np.float64)
    return books.tickets("ticket") * owns * config.finance.credit_share


def operations(books: Books) -> Numbers:
    """Spending on efficiency, safety and sales of the month, M$, but in the one of a failure."""
    uses = ("efficiency", "safety", "sales")
    spent: Numbers = np.sum([books.held(f"spent_{use}") for use in uses], axis=0)
    return spent


def interest(config: "Config", books: Books) -> Numbers:
    """Interest of the month on the debt of the month before, M$."""
    debt = books.held("debt")
    before = np.vstack([np.zeros((1, debt.shape[1])), debt[:-1]])
    owed: Numbers = before * config.finance.interest / MONTHS
    return owed


def compute_bills(books: Books) -> Numbers:
    """Dues that fall due in a month, and what is used beyond contracts at the month's rent, M$."""
    capacity, contracted = books.market("compute_capacity"), books.held("compute_contracted")
    signed = contracted.sum(axis=1, keepdims=True)
    there = contracted * np.minimum(1.0, capacity / np.maximum(signed, capacity))
    used = books.held("compute_inference") + books.held("compute_research")
    rent = books.market("rent") * (1.0 + books.surcharge()) * books.own("own_chips")
    _, due, _ = books.dues()
    bills: Numbers = due.sum(axis=2) + HOURS * rent * np.maximum(used - there, 0.0)
    return bills


def counted(config: "Config", trial: "Trial") -> list[Row]:
    """The books of a run against the recount."""
    books = Books(config, trial.market.records)
    own, alive = accounts(config, books), books.alive
    scale, held = own.turnover, books.held
    credit, arrears, debt = held("credits"), held("arrears"), held("debt")
    owned = held("cash") + credit - debt - arrears
    lent = books.moved("payee", "debt") - books.moved("payer", "debt")
    clouds = list(config.suppliers)
    income = np.cumsum(books.of("payee", clouds, *CLOUD_INCOME))
    chips = np.cumsum(books.of("payer", clouds, "chips"))
    return [
        balanced("cash of all", own.cash, held("cash"), scale),
        balanced("paid in by owners", own.paid_in, held("paid_in"), scale),
        balanced("bills for compute", own.compute, held("compute_cost"), scale),
        balanced("owed", own.arrears[alive], arrears[alive], scale[alive]),
        balanced("balance sheet", (own.paid_in + own.earned)[alive], owned[alive], scale[alive]),
        balanced("lost by creditors", lost(books, lent), held("written_off")[-1], scale[-1]),
        balanced("paid on for chips", config.compute.chip_share * income, chips, income),
        credits_row(books, own),
        pressure_row(books),
    ]


def lost(books: Books, lent: Numbers) -> Numbers:
    """What creditors lost at each provider, (providers,), M$: what it owed, debt, dues to come."""
    losses = np.zeros(len(books.names))
    signed, due, to_come = books.dues()
    for month, place, owed, _, _ in books.events("failure"):
        coming = to_come[month - 1, place] + signed[month, place] - due[month, place].sum()
        losses[place] = owed + lent[: month + 1, place].sum() + coming
    return losses


def credits_row(books: Books, own: Accounts) -> Row:
    """Credits that providers used, and what clouds got for them, until the first of them fails."""
    until = int(books.failed.min())
    used = (own.given - books.held("credits"))[:until].sum(axis=1)
    owners = [cloud.owner for cloud in books.config.suppliers.values() if cloud.owner]
    paid = np.cumsum(books.of("payer", owners, "credits"))[:until]
    return balanced("credits used", used, paid, own.turnover[:until].sum(axis=1))


def pressure_row(books: Books) -> Row:
    """E34, counted anew: dues of the next year over a year's income and what was liquid.

    Rounds close after that is looked at.  Who has a parent that covers it is not pressed.
    """
    held, alive = books.held, books.alive & books.entered()
    income = held("revenue") + held("parent_support") - operations(books)
    liquid = held("cash") + held("credits") - held("arrears") - books.raised()
    came = np.diff(np.where(books.entered(), books.own("cash"), 0.0), axis=0, prepend=0.0)
    liquid[1:] -= came[1:]
    means = MONTHS * np.maximum(income, 0.0) + np.maximum(liquid, 0.0)
    covered = (books.own("parent_flow") > 0.0) & (books.own("raises") == 0.0)
    theory = np.where(covered, 0.0, books.due_within(MONTHS) / np.maximum(means, 1.0))
    return identity("pressure", 1.0 + theory[alive], 1.0 + held("payment_pressure")[alive])


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
    )
)
