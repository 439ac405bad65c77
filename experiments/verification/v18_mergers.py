"""V18: no user is made or lost in a merger, and a part of a brand goes where the users go.

Who absorbs another has its users, as a first and as a second source, and its applications; nobody
names the absorbed company any more.  Of its brand in each segment the part that the config says
comes on top of the buyer's own (E42, stage iii).

Measured in a market with sales, in every month: users as agents themselves name their providers, at
the month's end, against accounts as they were billed before the mergers; brands at the month's end
against those of the month's offers, in segments in which both sell.  In the twin there is one agent
fewer of each kind, and a little more of a brand is kept.

Conservation as a check of code: Roache, P. (1998), Verification and Validation in Computational
Science and Engineering, Hermosa.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.verification.books import Books
from experiments.verification.case import Case, Row, identity, same
from experiments.verification.happenings import MERGER
from experiments.verification.theory import Numbers
from experiments.verification.v18_quantities import NOBODY, POPULATIONS, firsts, heads
from simulation.market import Market

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

MOST_BRAND = 100.0
Counts = NDArray[np.int64]


class End(NamedTuple):
    """A month's end; arrays are (3, codes) unless said otherwise.

    billed, first, second : agents as they were billed, and as they name their providers now.
    outside : (3,), agents who use nobody.  apps : (codes,), companies that build on each.
    live : who sells.  shown, brand : brands of the month's offers, and at its end.
    """

    billed: Counts
    first: Counts
    second: Counts
    outside: Counts
    apps: Counts
    live: NDArray[np.bool_]
    shown: Numbers
    brand: Numbers


def ends(config: "Config") -> tuple[Market, list[End]]:
    """Run `config`; what the market holds at the end of every month."""
    market, found = Market(config), []
    while market.running:
        market.step()
        outside = np.array([(firsts(market, name) == NOBODY).sum() for name in POPULATIONS])
        built = np.bincount(market.apps.columns["provider"], minlength=NOBODY + 1)
        offers, own = market.offers, market.labs.brand.copy()
        live, shown = offers.live.copy(), offers.brand.copy()
        billed = market.bills.accounts.copy()
        found.append(End(billed, *heads(market), outside, built, live, shown, own))
    return market, found


class After(NamedTuple):
    """What mergers of a month should leave, (3, codes), and agents and apps that they forgot.

    known : where the brand is known, since all sell there whose brand it is.
    """

    accounts: Counts
    brand: Numbers
    known: NDArray[np.bool_]
    forgotten: int


def after(end: End, mergers: list[tuple[int, int]], kept: float) -> After:
    """Let buyers have users and brands; `mergers` are codes of who is absorbed and of its buyer."""
    accounts, brand, live = end.billed.copy(), end.shown.copy(), end.live.copy()
    known, forgotten = np.zeros_like(live), 0
    for code, buyer in mergers:
        accounts[:, buyer] += accounts[:, code]
        accounts[:, code] = 0
        brand[:, buyer] = np.minimum(brand[:, buyer] + kept * brand[:, code], MOST_BRAND)
        live[:, buyer] &= live[:, code]
        known[:, buyer], known[:, code] = live[:, buyer], False
        forgotten += int(end.second[:, code].sum() + end.apps[code])
    return After(accounts, brand, known, forgotten)


def absorbed(config: "Config", trial: "Trial") -> list[Row]:
    """Users astray in any month, and brands after mergers."""
    market, months = ends(trial.market.origin)
    books, code_of = Books(config, market.records), list(market.supply.names).index
    agents = np.array([getattr(config, name).count for name in POPULATIONS])
    astray, brands = 0, [np.ones((2, 1))]
    for month, end in enumerate(months):
        sales = [one for one in books.happened(month) if one.kind == MERGER]
        pairs = [(code_of(books.names[one.place]), code_of(one.other)) for one in sales]
        should = after(end, pairs, config.distress.brand_kept)
        astray += should.forgotten + int(np.abs(should.accounts - end.first).sum())
        astray += int(np.abs(end.first.sum(axis=1) + end.outside - agents).sum())
        brands.append(np.stack([should.brand[should.known], end.brand[should.known]]))
    return [
        same(f"users astray, of {agents.sum() * len(months):,}", 0, astray),
        identity("brands of buyers", *np.hstack(brands)),
    ]


CASES = (
    Case(
        name="V18",
        config="v17_sales",
        law="users of who is absorbed are the buyer's, and so is a part of its brand",
        source="Roache 1998",
        check=absorbed,
        twin=(
            *("developers.count=499", "consumers.count=499", "enterprises.count=99"),
            "distress.brand_kept=.5001",
        ),
        twin_in_words="one agent fewer of each kind, and more of a brand is kept",
    ),
)
