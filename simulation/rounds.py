"""Rounds: when a provider raises, how much, and what everybody gets for it (E36, E37, E39)."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from agents.equations.investment import frontier_ante, most_sold
from agents.investor import FOUNDERS, PUBLIC, Ticket
from simulation.contracts import exclusive_home, sign_dues
from simulation.syndicate import LEAST, syndicate

if TYPE_CHECKING:
    from simulation.market import Market

YEAR = 12


class Round(NamedTuple):
    """A round that closes: kind, value before money, and what each investor pays, the lead first.

    tickets : {place of the investor: M$}.  binding : sellers of compute ask for contracts (E39).
    """

    kind: str
    pre_money: float
    tickets: dict[int, float]
    binding: bool


def wanted(market: "Market") -> np.ndarray:
    """E36: budget at the frontier as far as each wants to be there, M$ a month, (16,)."""
    labs = market.labs
    ante = frontier_ante(labs.budget[labs.active], market.config.investment.ante)
    return np.asarray(market.roster.means.ambition * ante)


def raising(market: "Market", lasting: np.ndarray, ambition: np.ndarray) -> np.ndarray:
    """E36: who raises this month, flags (16,).

    lasting : runway in months.  ambition : M$ a month, as of `wanted`.
    """
    labs, equity, settings = market.labs, market.equity, market.config.investment
    liquid = labs.liquid
    rested = market.month - equity.last_round >= settings.interval
    dear = equity.valuation > settings.step_up * equity.last_post
    ahead = dear & (liquid < settings.need_months * ambition)
    pressed = (lasting < settings.runway_trigger) | (liquid < 0.0)
    raises = market.roster.means.raises & labs.active & (equity.valuation > 0.0)
    return np.asarray(raises & rested & (pressed | ahead))


def raise_round(market: "Market", code: int, kind: str, limit: float, ambition: float) -> bool:
    """Try to close a round that sells at most `limit` of a provider; says whether it closed."""
    equity, labs, settings = market.equity, market.labs, market.config.investment
    value = float(equity.valuation[code])
    spent = max(float(labs.burn[code]), float(labs.budget[code]), ambition)
    size = min(settings.need_months * spent, most_sold(value, limit))
    if not size > LEAST:
        return False
    if equity.listed[code]:
        if settings.listing_open and equity.sentiment >= 1.0:
            close(market, code, Round("placement", value, {PUBLIC: size}, False))
            return True
        return False
    joined = syndicate(market, code, kind)
    offered = {
        investor: settings.ticket_share * float(equity.powder[investor]) for investor in joined
    }
    total = sum(offered.values())
    if not total > LEAST:
        return False
    part = min(1.0, size / total)
    tickets = {investor: part * ticket for investor, ticket in offered.items()}
    close(market, code, Round(kind, value, tickets, True))
    return True


def close(market: "Market", code: int, closed: Round) -> None:
    """Pay a round in, divide the company anew, and note every ticket."""
    equity, labs = market.equity, market.labs
    amount = sum(closed.tickets.values())
    post_money = closed.pre_money + amount
    sold = amount / post_money
    parts = np.zeros(equity.stakes.shape[1])
    terms = {}
    for investor, ticket in closed.tickets.items():
        parts[investor] = ticket / amount
        terms[investor] = pay_in(market, code, investor, ticket, closed.binding)
    equity.sell(code, sold, parts)
    labs.paid_in[code] += amount
    equity.last_post[code], equity.last_round[code] = post_money, market.month
    equity.closed[code] += 1.0
    equity.raised[code] += amount
    introduce(market, code, list(closed.tickets))
    lead = next(iter(closed.tickets))
    for investor, ticket in closed.tickets.items():
        equity.tickets.append(
            Ticket(
                equity.serial,
                code,
                closed.kind,
                investor,
                investor == lead,
                ticket,
                *terms[investor],
                closed.pre_money,
                amount,
                sold,
                float(equity.growth[code]),
                float(equity.stakes[code, FOUNDERS]),
                YEAR * float(labs.revenue[code]),
            )
        )
    equity.serial += 1
    equity.rounds_closed += 1
    by = name_of(market, lead)
    detail = f"{closed.kind}: {amount:.4g} M$ at {post_money:.4g} M$ after money, led by {by}"
    market.recorder.event("round", code, after=amount, detail=detail)


def pay_in(
    market: "Market", code: int, investor: int, ticket: float, binding: bool
) -> tuple[float, float]:
    """Move one ticket; returns the part of it that is credits, and the dues signed for it, M$.

    E39: an owner of clouds pays a part in credits of its cloud, and makes the provider sign for
    compute there; a maker of chips makes it sign where chips of its make are free.
    """
    equity, labs, ledger = market.equity, market.labs, market.ledger
    if investor < 0:
        name = "savers" if investor == PUBLIC else "investors"
        ledger.post(ledger.account(name), code, "rounds", ticket)
        labs.cash[code] += ticket
        return 0.0, 0.0
    lacking = max(ticket - float(equity.powder[investor]), 0.0)
    fund = int(ledger.funds[investor])
    ledger.post(ledger.account("savers"), fund, "inflow", lacking)
    equity.powder[investor] = max(float(equity.powder[investor]) - ticket, 0.0)
    equity.invested[investor] += ticket
    owned = np.flatnonzero(equity.owned[investor])
    in_credits, cloud = 0.0, None
    if len(owned):
        cloud = cloud_of(market, code, owned)
        in_credits = market.config.finance.credit_share * ticket
        labs.credits[code, cloud] += in_credits
    ledger.post(fund, code, "rounds", ticket - in_credits)
    labs.cash[code] += ticket - in_credits
    if not binding or not (len(owned) or equity.makes_chips[investor]):
        return in_credits, 0.0
    dues = market.config.investment.commitment * ticket
    return in_credits, sign_dues(market, code, cloud, dues)


def cloud_of(market: "Market", code: int, owned: np.ndarray) -> int:
    """Of an investor's clouds, the one at which alone a provider may sign, or else the freest."""
    home = exclusive_home(market, code)
    if home is not None and home in owned:
        return home
    return int(owned[np.argmax(market.compute.free(market.month)[owned])])


def introduce(market: "Market", code: int, joined: list[int]) -> None:
    """Investors who share a round know each other better from now on."""
    equity = market.equity
    named = [investor for investor in joined if investor >= 0]
    if not named:
        return
    equity.ties[np.ix_(named, named)] += 1.0 - np.eye(len(named))
    equity.since[code, named] = np.minimum(equity.since[code, named], market.month)


def name_of(market: "Market", investor: int) -> str:
    """Name of a holder by its place."""
    names = (*market.equity.names, "other investors", "founders", "the public")
    return names[investor]
