"""V17: what investors and the public put into providers, counted from the tables and the config.

In every month and for each investor: its cash, which is its dry powder and the credits that it
still has to redeem, is what it came with and received less what it paid; its powder alone moves by
new money, tickets, the sale of shares, and companies that it buys, until a provider that gives up
leaves it credits.  New money is the inflow of the config in the mood of the month before, and what
an investor lacks for a round that an event brings (E40).  At a listing venture funds sell what they
hold at the value after money (E41).  Of the price of a company each holder gets its part but the
buyer, and an investor that buys it pays what is overdue and a ticket into it (E42).  The public
pays for all that is sold to it.  Every company belongs to those who paid for it, once.

Measured in a market with few willing investors, in which providers are listed, bought and absorbed.

Stocks and flows of every sector: Godley, W. and Lavoie, M. (2007), Monetary Economics.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.books import Books, balanced
from experiments.verification.case import Case, Row
from experiments.verification.companies import bought
from experiments.verification.happenings import FAILURE
from experiments.verification.holders import OTHERS, PUBLIC, Holders
from experiments.verification.theory import Numbers
from experiments.verification.v17_ledger import backed, brought, by_owners, taken_over

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

OF_THE_PUBLIC = ("ipo", "placement")
ACCOUNTS = {OTHERS: "investors", PUBLIC: "savers"}  # of holders, where the ledger names them so


def owners(config: "Config", trial: "Trial") -> list[Row]:
    """Money of investors and of the public against the recount."""
    books = Books(config, trial.market.records)
    came, granted = credits_at_entry(books), by_owners(books).sum(axis=1)
    due = granted - books.flows("payer", "credits")
    held, credit = books.invested("dry_powder"), books.invested("credits_outstanding")
    own = Holders(books, returned(books, came + due, credit))
    start = np.array([investor.dry_powder for investor in config.investors.values()])
    sold = own.proceeds[:, : len(start)]
    cash = start + np.cumsum(own.fresh + sold - own.invested - own.spent + came + due, axis=0)
    turnover = start + np.cumsum(own.fresh + sold + own.invested, axis=0)
    got = np.cumsum(own.proceeds, axis=0)
    public = np.cumsum(own.fresh.sum(axis=1) + own.listed + books.sold_in(*OF_THE_PUBLIC))
    paid = np.cumsum(books.of("payer", ["savers"], "inflow", "shares", "rounds"))
    return [
        balanced("cash of investors", cash, held + credit, turnover),
        balanced("dry powder", own.powder, held, turnover),
        balanced("put into providers", own.invested, books.invested("invested"), turnover),
        balanced("new money", own.fresh, books.flows("payee", "inflow"), turnover),
        balanced("got and paid for shares", *trades(books, own), got.sum(axis=1, keepdims=True)),
        balanced("paid into those bought", own.into, taken_over(books), own.into),
        balanced("paid by the public", public, paid, public),
        balanced("parts of providers", own.stakes, parts(books, own.names), 1.0),
    ]


def credits_at_entry(books: Books) -> Numbers:
    """Credits that providers bring, by owner of their home cloud, (months, investors), M$."""
    came, investors = (
        np.zeros((books.months, len(books.config.investors))),
        [*books.config.investors],
    )
    credit = brought(books) * books.own("credits")
    for place, name in enumerate(books.names):
        home = books.setting(name, "home")
        owner = books.config.suppliers[home].owner if home else None
        if owner in investors:
            came[:, investors.index(owner)] += credit[:, place]
    return came


def returned(books: Books, given: Numbers, outstanding: Numbers) -> Numbers:
    """What credits of who gives up are worth, in the months in which somebody does."""
    less = given - np.diff(outstanding, axis=0, prepend=0.0)
    months = [one.month for one in books.happenings if one.kind == FAILURE]
    gave_up = np.isin(np.arange(books.months), months)[:, None]
    return np.where(gave_up, less, 0.0)


def trades(books: Books, own: Holders) -> tuple[Numbers, Numbers]:
    """What holders should get for shares and buyers pay for companies, and what they do, M$.

    (months, holders, investors, parents and providers).
    """
    price, covered = bought(books), backed(books)
    by_parents = price[:, covered].sum(axis=1, keepdims=True)
    expected = [own.proceeds, own.spent, by_parents, np.where(covered, 0.0, price)]
    accounts = [ACCOUNTS.get(name, name) for name in own.names]
    found = [books.of("payee", [account], "shares")[:, None] for account in accounts]
    found += [books.flows("payer", "shares"), books.of("payer", ["parents"], "shares")[:, None]]
    return np.hstack(expected), np.hstack([*found, books.moved("payer", "shares")])


def parts(books: Books, holders: list[str]) -> Numbers:
    """Cap tables, (months, providers, holders)."""
    table = books.records.table("cap_tables")
    place, known = books.places(table["provider"])
    held = np.zeros((books.months, len(books.names), len(holders)))
    columns = [holders.index(name) for name in table["holder"][known]]
    held[table["month"][known], place, columns] = table["share"][known]
    return held


CASES = (
    Case(
        name="V17",
        config="v17_sales",
        law="what investors have is what they came with and got less what they paid",
        source="Godley and Lavoie 2007",
        check=owners,
        twin=(
            *("investors.VC1.dry_powder=500.01", "investors.Nvidia.inflow=800.01"),
            *("providers.OpenAI.credits=.61", "investment.listing_share=.1201"),
            *("providers.OpenAI.holders={VC1: .14}", "investment.ticket_share=.3501"),
        ),
        twin_in_words="other powder and inflow, credits and holders at entry, parts sold, tickets",
    ),
)
