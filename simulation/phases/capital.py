"""Phase 10, capital: what providers are worth, and who funds them (E35-E41).

Rounds on record and those that events bring are closed first, then providers raise in random
order, since they compete for the same dry powder.
"""

from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from agents.codes import CODES, OTHERS
from agents.equations.investment import moved_sentiment, nearness
from agents.kernels.funding import Companies, ValueRules, valued
from simulation import replay
from simulation.lasting import sentiment_shift
from simulation.listing import list_providers
from simulation.phases.plan import in_turn
from simulation.rounds import Round, close, raise_round, raising, wanted

if TYPE_CHECKING:
    from simulation.market import Market


def capital(market: "Market") -> None:
    """Value providers, close the month's rounds, and let sentiment follow."""
    if not market.endogenous:
        replay.fund(market)
        return
    equity = market.equity
    equity.tickets, equity.rounds_closed, equity.rounds_failed = [], 0, 0
    equity.invested[:] = 0.0
    receive_inflow(market)
    rise = value(market)
    for given in due(market):
        close_given(market, "scheduled", *given)
    for given in market.pledged:
        close_given(market, "mega_round", *given)
    market.pledged.clear()
    raise_rounds(market)
    list_providers(market)
    feel(market, rise)


def receive_inflow(market: "Market") -> None:
    """E40: investors receive new money, more of it in a good mood."""
    equity, ledger, config = market.equity, market.ledger, market.config
    if not equity.names:
        return
    inflow = np.zeros(len(equity.names))  # owners of clouds whom nobody named come last
    inflow[: len(config.investors)] = [investor.inflow for investor in config.investors.values()]
    inflow *= equity.sentiment
    ledger.post(ledger.account("savers"), ledger.investors, "inflow", inflow)
    equity.powder += inflow


def value(market: "Market") -> float:
    """E35: value every provider; returns the mean rise of ln(V/S) of those who sell shares."""
    equity, labs, settings = market.equity, market.labs, market.config.investment
    active = labs.active
    best = max(compress(labs.capability.tolist(), active.tolist()), default=0.0)
    near = nearness(np.maximum(best - labs.capability, 0.0), settings.gap_scale)
    rules = ValueRules(
        (settings.growth_floor, settings.growth_limit),
        settings.growth_unknown,
        settings.multiple,
        settings.option_value,
        settings.option_share,
    )
    companies = Companies(labs.revenue, active, market.roster.means.raises, near, equity.worth)
    found, compared = np.empty((3, CODES)), np.empty((2, CODES))
    count: int = valued(companies, equity.past_revenue, equity.sentiment, rules, found, compared)
    equity.growth, equity.worth, equity.valuation = found
    if not count:
        return 0.0
    now, before = np.log(compared[:, :count])
    return float((now - before).sum()) / count


def feel(market: "Market", rise: float) -> None:
    """E40: sentiment follows values, and returns to its usual level."""
    equity, settings = market.equity, market.config.investment
    moved = moved_sentiment(
        equity.sentiment,
        sentiment_shift(market.config, market.month),
        rise,
        settings.sentiment_memory,
        settings.sentiment_response,
    )
    equity.sentiment = min(max(moved, settings.sentiment_floor), settings.sentiment_limit)


def raise_rounds(market: "Market") -> None:
    """E36-E39: who wants to raises, one after the other."""
    equity = market.equity
    if not market.config.investors:  # owners of clouds whom nobody named do not fund
        return
    ambition = wanted(market)
    limit = market.config.investment.dilution_limit
    codes = [*compress(range(CODES), raising(market, ambition).tolist())]
    for code in in_turn(market, codes, "rounds.order"):
        if not raise_round(market, code, "round", limit, float(ambition[code])):
            equity.failed_round[code] = market.month
            equity.rounds_failed += 1
            market.recorder.event("failed_round", code, detail="no round closes")


def due(market: "Market") -> list[tuple[int, float, str, float]]:
    """Rounds on record of the month: code, M$, investor, value after money or NaN."""
    rounds = market.rounds
    rows = (rounds.month == market.month).nonzero()[0].tolist()
    if not rows:
        return []
    names = market.supply.names
    return [
        (
            names.index(str(rounds.provider[row])),
            float(rounds.amount[row]),
            str(rounds.investor[row]),
            float(rounds.valuation[row]),
        )
        for row in rows
    ]


def close_given(
    market: "Market", kind: str, code: int, amount: float, investor: str, post_money: float
) -> None:
    """Close a round that a record or an event gives, at the value given or else at today's."""
    equity = market.equity
    if not market.labs.active[code] or not amount > 0.0:
        return
    names = equity.names
    place = names.index(investor) if investor in names else OTHERS
    known = post_money >= amount  # not for NaN
    before = post_money - amount if known else float(equity.valuation[code])
    close(market, code, Round(kind, before, {place: amount}, False))
