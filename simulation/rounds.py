"""Rounds: when a provider raises, how much, and what everybody gets for it (E36, E37, E39)."""

from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, FOUNDERS, PUBLIC
from agents.equations.investment import frontier_ante, most_sold
from agents.investor import Ticket
from agents.kernels.funding import RaiseRules, Seekers, who_raises
from agents.kernels.payments import Money, Owners, pay_in
from simulation.contracts import exclusive_home, sign_dues
from simulation.syndicate import LEAST, syndicate

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
Places = NDArray[np.int64]
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
    budgets = compress(labs.budget.tolist(), labs.active.tolist())
    ante = frontier_ante(budgets, market.config.investment.ante)
    return np.asarray(market.roster.means.ambition * ante)


def raising(market: "Market", ambition: np.ndarray) -> np.ndarray:
    """E36: who raises this month, flags (16,).

    ambition : M$ a month, as of `wanted`.
    """
    labs, equity, settings = market.labs, market.equity, market.config.investment
    seekers = Seekers(
        labs.active,
        market.roster.means.raises,
        ambition,
        labs.burn,
        labs.cash,
        labs.credits,
        labs.deferred,
        labs.owed,
        equity.last_round,
        equity.last_post,
        equity.valuation,
    )
    rules = RaiseRules(
        settings.interval,
        settings.step_up,
        settings.need_months,
        settings.runway_trigger,
        market.config.finance.runway_limit,
    )
    found = np.zeros(CODES, np.bool_)
    who_raises(seekers, market.month, rules, found)
    return found


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
    investors, tickets = [*closed.tickets], [*closed.tickets.values()]
    places, paid = np.array(investors), np.array(tickets)
    in_credits, clouds = move_tickets(market, code, places, paid)
    parts = np.zeros(equity.stakes.shape[1])
    parts[places] = paid / amount
    equity.sell(code, sold, parts)
    labs.paid_in[code] += amount
    equity.last_post[code], equity.last_round[code] = post_money, market.month
    equity.closed[code] += 1.0
    equity.raised[code] += amount
    facts = (
        closed.pre_money,
        amount,
        sold,
        float(equity.growth[code]),
        float(equity.stakes[code, FOUNDERS]),
        YEAR * float(labs.revenue[code]),
    )
    lead = investors[0]
    rows = zip(investors, tickets, in_credits.tolist(), clouds.tolist(), strict=True)
    for investor, ticket, on_credit, cloud in rows:
        dues = committed(market, code, investor, ticket, cloud) if closed.binding else 0.0
        who = (equity.serial, code, closed.kind, investor, investor == lead)
        equity.tickets.append(Ticket._make((*who, ticket, on_credit, dues, *facts)))
    equity.serial += 1
    equity.rounds_closed += 1
    by = name_of(market, lead)
    detail = f"{closed.kind}: {amount:.4g} M$ at {post_money:.4g} M$ after money, led by {by}"
    market.recorder.event("round", code, after=amount, detail=detail)


def move_tickets(
    market: "Market", code: int, investors: Places, tickets: Array
) -> tuple[Array, Places]:
    """Move the tickets of a round; the credits among them, M$, and the clouds that give these."""
    equity, labs, ledger, compute = market.equity, market.labs, market.ledger, market.compute
    home = exclusive_home(market, code)
    owners = Owners(
        equity.powder,
        equity.invested,
        ledger.funds,
        equity.owned,
        equity.ties,
        equity.since,
        labs.cash,
        labs.credits,
    )
    moved: tuple[Array, Places] = pay_in(
        Money(ledger.moved, ledger.paths, ledger.owners),
        ledger.others,
        owners,
        code,
        investors,
        tickets,
        (compute.share, float(compute.capacity), compute.contracted[market.month]),
        -1 if home is None else home,
        market.config.finance.credit_share,
        market.month,
    )
    return moved


def committed(market: "Market", code: int, investor: int, ticket: float, cloud: int) -> float:
    """E39: dues that one who sells compute or chips makes a provider sign, M$.

    At its cloud, or where chips of its make are free.
    """
    if cloud < 0 and not (investor >= 0 and market.equity.makes_chips[investor]):
        return 0.0
    dues = market.config.investment.commitment * ticket
    return sign_dues(market, code, cloud if cloud >= 0 else None, dues)


def name_of(market: "Market", investor: int) -> str:
    """Name of a holder by its place."""
    names = (*market.equity.names, "other investors", "founders", "the public")
    return names[investor]
