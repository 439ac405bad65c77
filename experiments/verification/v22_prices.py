"""V22: markups, list prices, and the cap that open weights put on them (E7 to E9).

A markup follows the revenue share, m_t = m_(t−1) [1 + ν clip(Δs/s, ±0.2)], between 0.1 and 2 here.
The list price is (1 + m) times the cost of serving, 0.73 w (1 + τ) ι_0 10^(f/2 − e), which own
chips do not lower.  Whose model is no better than open weights, a margin counted in, asks at most
1.3 times what their hosts ask, which is 1.25 times their cost.

Measured: markups, from the shares in the tables, and every list price of developers and enterprises
in a market whose markups move so fast that both bounds are met.

Markups: Dosi, G., Fagiolo, G. and Roventini, A. (2010), J. Economic Dynamics and Control 34(9).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.verification.books import HOURS, Books
from experiments.verification.case import IDENTITY, Case, Row, at_most, identity
from experiments.verification.theory import Numbers
from experiments.verification.v18_compute import OPEN, OPEN_MODEL, needs
from simulation.market import Market

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

SOLD = slice(0, 2)  # developers and enterprises; consumers pay no list price


def listed(rules: "Config", config: "Config") -> tuple[Numbers, Numbers, Numbers]:
    """Run `config`: list prices on offer, the same by the `rules`, and the caps that hold.

    All (prices,); infinite where no cap holds.
    """
    market = Market(config)
    parts = []
    while market.running:
        market.step()
        price, cap = by_rule(market, rules)
        live = market.offers.live[SOLD]
        found = market.offers.price[SOLD]
        parts.append([found[live], np.minimum(price, cap)[live], cap[live]])
    found, theory, caps = (np.concatenate(column) for column in zip(*parts, strict=True))
    return found, theory, caps


def by_rule(market: Market, rules: "Config") -> tuple[Numbers, Numbers]:
    """List prices of the month without a cap, and the caps, both (2, codes)."""
    labs, opened, control = market.labs, market.open_models, market.config.compute
    extra = np.zeros(labs.capability.shape)
    for code, name in enumerate(market.supply.names):
        if name in rules.providers and rules.providers[name].origin == control.export_region:
            extra[code] = control.export_surcharge
    cost = HOURS * market.compute.rent * (1.0 + extra) * needs(market, rules)[SOLD]
    price = cost * (1.0 + labs.markup)
    price[:, OPEN] = rules.enterprises.host_margin * cost[:, OPEN]
    of_open = opened.capability[list(OPEN_MODEL)][SOLD, None]
    no_better: NDArray[np.bool_] = labs.capability <= of_open + rules.planning.open_margin
    no_better &= market.offers.live[SOLD, OPEN, None]
    no_better[:, OPEN] = False
    cap = np.where(no_better, rules.planning.open_cap * price[:, [OPEN]], np.inf)
    return price, cap


def markups(config: "Config", books: Books) -> Numbers:
    """Markup of each month by the rule, (months, providers)."""
    rules, share = config.planning, books.held("revenue_share")
    path = np.full((books.months, len(books.names)), rules.markup)
    for month in range(books.months):
        before = path[month - 1] if month else path[0]
        moved = before
        if month > 1:
            old, new = share[month - 2], share[month - 1]
            change = np.where(old > 0.0, (new - old) / np.where(old > 0.0, old, 1.0), 0.0)
            step = np.clip(change, -rules.markup_step, rules.markup_step)
            moved = before * (1.0 + rules.markup_response * step)
        path[month] = np.clip(moved, rules.markup_floor, rules.markup_limit)
    return path


def posted(config: "Config", trial: "Trial") -> list[Row]:
    """Markups and prices."""
    books = Books(config, trial.market.records)
    found, theory, caps = listed(config, trial.market.origin)
    there = books.alive & books.entered()
    markup, path = books.held("markup")[there], markups(config, books)[there]
    rules = config.planning
    return [
        identity("markups", path, markup),
        identity("highest markup", rules.markup_limit, markup.max()),
        identity("lowest markup", rules.markup_floor, markup.min()),
        identity("list prices", theory, found),
        at_most(
            "prices beyond the cap of open weights", IDENTITY, float((found / caps).max()) - 1.0
        ),
    ]


CASES = (
    Case(
        name="V22",
        config="v22_prices",
        law="markups follow shares within bounds; open weights cap the price of who is no better",
        source="Dosi et al. 2010",
        check=posted,
        twin=(
            *("planning.markup_response=4.001", "planning.markup_limit=2.001"),
            *("planning.markup_floor=.1001", "planning.open_cap=1.3001"),
        ),
    ),
)
