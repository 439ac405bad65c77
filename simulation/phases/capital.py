"""Phase 10, capital: rounds that are scheduled are closed, and runway is what remains.

A part of what the owner of a cloud pays is credits of that cloud (E39's channel, by schedule).
"""

from typing import TYPE_CHECKING

import numpy as np

from agents.codes import OPEN
from agents.equations.finance import runway
from simulation import replay
from simulation.columns import SEGMENTS
from simulation.money_identities import check_money

if TYPE_CHECKING:
    from simulation.market import Market


def capital(market: "Market") -> None:
    """Close the month's rounds, and set the runway that buyers see next month."""
    if not market.endogenous:
        replay.fund(market)
        return
    for code, amount, investor in [*due(market), *market.pledged]:
        close_round(market, code, amount, investor)
    market.pledged.clear()
    labs, limit = market.labs, market.config.finance.runway_limit
    lasting = runway(labs.liquid, labs.burn, limit)
    labs.runway = np.where(market.roster.means.backed, limit, lasting)
    labs.runway[OPEN] = limit
    market.offers.coming_runway = np.repeat(labs.runway[None], len(SEGMENTS), axis=0)
    market.ledger.close()
    check_money(market)


def due(market: "Market") -> list[tuple[int, float, str]]:
    """Scheduled rounds of the month: code, M$, investor."""
    rounds = market.rounds
    rows = np.flatnonzero(rounds.month == market.month)
    names = market.supply.names
    return [
        (
            names.index(str(rounds.provider[row])),
            float(rounds.amount[row]),
            str(rounds.investor[row]),
        )
        for row in rows
    ]


def close_round(market: "Market", code: int, amount: float, investor: str) -> None:
    """Pay a round in: cash, and credits where the investor owns a cloud."""
    labs, ledger = market.labs, market.ledger
    if not labs.active[code]:
        return
    owners = [supplier.owner for supplier in market.config.suppliers.values()]
    in_credits = 0.0
    if investor in owners:
        in_credits = market.config.finance.credit_share * amount
        labs.credits[code, owners.index(investor)] += in_credits
    ledger.post(ledger.account("investors"), code, "rounds", amount - in_credits)
    labs.cash[code] += amount - in_credits
    labs.paid_in[code] += amount
    market.recorder.event(
        "round",
        code,
        after=amount,
        detail=f"{investor or 'investors'}: {amount:.4g} M$, of it {in_credits:.4g} M$ in credits",
    )
