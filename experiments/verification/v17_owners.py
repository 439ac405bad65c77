"""V17: what investors and the public put into providers, counted from the tables and the config.

In every month and for each investor: its cash, which is its dry powder and the credits that it
still has to redeem, is what it came with and received less what it paid; its powder alone moves by
new money, tickets and the sale of shares, until a provider that gives up leaves it credits.  New
money is the inflow of the config in the mood of the month before, and what an investor lacks for a
round that an event brings (E40).  At a listing venture funds sell what they hold at the value after
money (E41).  The public pays for all that is sold to it.

Measured in a market with few willing investors, in which providers are listed.

Stocks and flows of every sector: Godley, W. and Lavoie, M. (2007), Monetary Economics.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.books import Books, balanced
from experiments.verification.case import Case, Row
from experiments.verification.theory import Numbers
from experiments.verification.v17_ledger import by_owners

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

GIVEN = ("scheduled", "mega_round")  # rounds that nobody is asked about
PUBLIC = ("ipo", "placement")


def new_money(config: "Config", books: Books) -> Numbers:
    """E40: inflow of each month and what given rounds lack, (months, investors), M$."""
    mood = np.vstack([np.ones((1, 1)), books.market("sentiment")[:-1]])
    inflow: Numbers = mood * [investor.inflow for investor in config.investors.values()]
    start = [investor.dry_powder for investor in config.investors.values()]
    powder = np.vstack([start, books.invested("dry_powder")[:-1]])
    given = books.tickets("ticket", *GIVEN).sum(axis=1)
    return inflow + np.maximum(given - powder - inflow, 0.0)


def proceeds(config: "Config", books: Books) -> Numbers:
    """E41: what venture funds get for their shares at listings, (months, investors), M$."""
    sums = np.zeros((books.months, len(config.investors)))
    venture = np.array([investor.kind == "venture" for investor in config.investors.values()])
    for month, place, _, value, _ in books.events("listing"):
        kept = 1.0 - config.investment.listing_share
        sums[month] += kept * venture * books.stakes(place, month - 1) * value
    return sums


def owners(config: "Config", trial: "Trial") -> list[Row]:
    """Money of investors and of the public against the recount."""
    books = Books(config, trial.market.records)
    fresh, sold = new_money(config, books), proceeds(config, books)
    tickets = books.tickets("ticket").sum(axis=1)
    start = np.array([investor.dry_powder for investor in config.investors.values()])
    turnover = start + np.cumsum(fresh + sold + tickets, axis=0)
    powder = start + np.cumsum(fresh + sold - tickets, axis=0)
    granted = by_owners(config, books).sum(axis=1) - books.flows("payer", "credits")
    came = credits_at_entry(config, books)
    cash = powder + np.cumsum(granted, axis=0) + came
    held, credit = books.invested("dry_powder"), books.invested("credits_outstanding")
    until = int(books.failed.min())
    public = fresh.sum(axis=1) + sold.sum(axis=1) + books.sold_in(*PUBLIC)
    paid = books.of("payer", ["savers"], "inflow", "shares", "rounds")
    return [
        balanced("cash of investors", cash, held + credit, turnover),
        balanced("dry powder", powder[:until], held[:until], turnover[:until]),
        balanced("new money", fresh, books.flows("payee", "inflow"), turnover),
        balanced("shares sold at listings", sold, books.flows("payee", "shares"), sold),
        balanced("paid by the public", np.cumsum(public), np.cumsum(paid), np.cumsum(public)),
    ]


def credits_at_entry(config: "Config", books: Books) -> Numbers:
    """Credits that providers bring, by owner of their home cloud, (months, investors), M$."""
    brought = np.zeros((books.months, len(config.investors)))
    entered, investors = books.entered(), list(config.investors)
    for place, own in enumerate(config.providers.values()):
        owner = config.suppliers[own.home].owner if own.home else None
        if owner in investors:
            brought[:, investors.index(owner)] += entered[:, place] * own.credits * own.cash
    return brought


CASES = (
    Case(
        name="V17",
        config="v17_hardship",
        law="what investors have is what they came with and got less what they paid",
        source="Godley and Lavoie 2007",
        check=owners,
        twin=(
            *("investors.VC1.dry_powder=500.01", "investors.Nvidia.inflow=800.01"),
            *("providers.OpenAI.credits=.61", "investment.listing_share=.1201"),
        ),
        twin_in_words="other powder and inflow, credits at entry, and part sold at listings",
    ),
)
