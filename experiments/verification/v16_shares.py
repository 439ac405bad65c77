"""V16: who sells the parts d_1, d_2, ... of a company keeps the product of the (1 - d_k) of it.

Without revenue a provider is worth what being near the frontier is worth (E35), here a constant V.
Every round sells d, the most that it may, and brings X = d/(1 - d) V; or it brings what investors
offer, a part of what each of them has left, and sells X/(V + X) (E37).  Each investor gets shares
for what it paid at the value after money, which later rounds dilute as they do all others.  What a
company is worth after a round less what it was worth before is what the round brought.

Measured are the shares of founders and of every investor at the end of every month, which make the
whole, and every round.  In the twin providers are worth a little more, and somebody whom the config
does not name buys too.

Dilution: Metrick, A. and Yasuda, A. (2010), Venture Capital and the Finance of Innovation, Wiley.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.books import Books
from experiments.verification.case import IDENTITY, Case, Row, at_most, identity, same
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config


def values_of(config: "Config") -> Numbers:
    """E35 without revenue, (providers,), M$."""
    known = np.array([own.capability for own in config.providers.values()], np.float64)
    rule = config.investment
    value: Numbers = rule.option_value * np.exp((known - known.max()) / rule.gap_scale)
    return value


def months_of(config: "Config") -> list[int]:
    """Months of rounds: as often as may be, from the first month on."""
    return list(range(0, config.months, config.investment.interval))


def at_the_limit(config: "Config") -> Numbers:
    """What rounds bring that sell the most they may, (rounds, providers), M$."""
    limits = {0: config.investment.dilution_limit}
    for event in config.events.values():
        limits[event.month] = event.changes["investment.dilution_limit"]
    found = [limits[max(m for m in limits if m <= month)] for month in months_of(config)]
    sold = np.array(found)[:, None]
    amounts: Numbers = sold / (1.0 - sold) * values_of(config)
    return amounts


def as_offered(config: "Config") -> Numbers:
    """What rounds of one provider bring that take all that is offered, (rounds, 1), M$."""
    part = config.investment.ticket_share
    whole = sum(investor.dry_powder for investor in config.investors.values())
    left = (1.0 - part) ** np.arange(len(months_of(config)))
    amounts: Numbers = np.asarray(part * whole * left, np.float64)[:, None]
    return amounts


def cap_tables(config: "Config", books: Books, brought: Numbers) -> tuple[Numbers, Numbers]:
    """Shares of founders, (months, providers), and of investors, (months, providers, investors)."""
    values, tickets, months = values_of(config), books.tickets("ticket"), months_of(config)
    held = np.array(
        [
            [own.holders.get(name, 0.0) for name in config.investors]
            for own in config.providers.values()
        ]
    )
    founders = 1.0 - held.sum(axis=1)
    of_founders, of_investors = [], []
    for month in range(config.months):
        if month in months:
            after = values + brought[months.index(month)]
            founders = values / after * founders
            held = (values / after)[:, None] * held + tickets[month] / after[:, None]
        of_founders.append(founders)
        of_investors.append(held)
    return np.array(of_founders), np.array(of_investors)


def divided(amounts: Callable[["Config"], Numbers], config: "Config", trial: "Trial") -> list[Row]:
    """Cap tables and rounds against theory."""
    books, brought = Books(config, trial.market.records), amounts(config)
    founders, investors = cap_tables(config, books, brought)
    places = range(len(config.providers))
    held = [[books.stakes(place, month) for place in places] for month in range(config.months)]
    kept = books.held("founder_share")
    strange = np.abs(kept + np.sum(held, axis=2) - 1.0)
    table = books.records.table("rounds")
    leads = table["lead"].astype(np.bool_)
    before, after = (table[name][leads].astype(np.float64) for name in ("pre_money", "post_money"))
    month, place = table["month"][leads], books.places(table["provider"][leads])[0]
    at = np.searchsorted(months_of(config), month, side="right") - 1
    return [
        identity("founders' shares", founders, kept),
        identity("investors' shares", investors, np.array(held)),
        at_most("held by founders and investors: off 1 by", IDENTITY, float(strange.max())),
        identity("before money", values_of(config)[place], before),
        identity("after less before", brought[at, place], after - before),
        same("rounds", float(brought.size), float(leads.sum())),
    ]


CASES = tuple(
    Case(
        name="V16",
        config=config,
        law=f"founders keep the product of what rounds leave them, where rounds {what}",
        source="Metrick and Yasuda 2010",
        check=partial(divided, amounts),
        twin=(
            "investment.option_value=20000.01",
            "events.stranger={month: 3, mega_round: {provider: Alpha, amount: 10}}",
        ),
    )
    for config, amounts, what in (
        ("v16_limit", at_the_limit, "sell the most they may"),
        ("v16_tickets", as_offered, "take what is offered"),
    )
)
