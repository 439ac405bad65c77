"""One provider absorbs another: its users, its model, its books and its contracts (E42, iii)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.codes import CODING, CONSUMER, ENTERPRISE, NONE
from agents.kernels.accounts import rename
from agents.kernels.research import MOST_BRAND
from simulation.exit import wind_up

if TYPE_CHECKING:
    from simulation.market import Market

BOOKS = ("cash", "debt", "paid_in", "retained", "credits", "deferred", "owed")
MEMORIES = ("past_revenue", "past_inference", "past_outflow", "segment_revenue", "tokens")
TRAINING = ("run_age", "run_pause", "run_compute", "run_cost")
DUES = ("signed", "paid", "written_off")


def absorb(market: "Market", code: int, buyer: int, price: float) -> str:
    """Make a provider part of another one, which has paid `price` M$ for it; says what moved."""
    pay(market, buyer, price)
    take_books(market, code, buyer)
    take_model(market, code, buyer)
    moved = take_users(market, code, buyer)
    market.labs.acquired[code] = True
    wind_up(market, code)
    market.recorder.merger(code, buyer)
    return moved


def pay(market: "Market", buyer: int, price: float) -> None:
    """Write down what was paid: it counts as lost at once, and a parent's money as paid in."""
    labs = market.labs
    labs.retained[buyer] -= price
    if market.roster.means.backed[buyer]:
        labs.paid_in[buyer] += price
    else:
        labs.cash[buyer] -= price


def take_books(market: "Market", code: int, buyer: int) -> None:
    """Cash, credits, debts, contracts and dues are the buyer's, and so is what was earned."""
    labs, compute, month = market.labs, market.compute, market.month
    cash = max(float(labs.cash[code]), 0.0)  # settlement leaves it at 0 but for rounding
    market.ledger.post(code, buyer, "merger", cash)
    for holder, names in ((labs, BOOKS), (compute, DUES)):
        for name in names:
            column = getattr(holder, name)
            column[buyer] += column[code]
            column[code] = 0.0
    for name in MEMORIES:
        column = getattr(labs, name)
        column[:, buyer] += column[:, code]
        column[:, code] = 0.0
    labs.revenue[buyer] += labs.revenue[code]
    labs.revenue[code] = 0.0
    market.equity.past_revenue[:, buyer] += market.equity.past_revenue[:, code]
    for ahead in (compute.contracted[month + 1 :], compute.due[month + 1 :]):
        ahead[:, buyer] += ahead[:, code]
        ahead[:, code] = 0.0
    compute.deals = [
        deal._replace(provider=buyer) if deal.provider == code else deal for deal in compute.deals
    ]


def take_model(market: "Market", code: int, buyer: int) -> None:
    """The better model, the better algorithms, and a part of the brand; a run is given up."""
    labs = market.labs
    if labs.capability[code] > labs.capability[buyer]:
        for column in (labs.capability, labs.size, labs.record_cost):
            column[buyer] = column[code]
    for column in (labs.efficiency, labs.serving_efficiency):
        column[buyer] = max(column[buyer], column[code])
    kept = market.config.distress.brand_kept * labs.brand[:, code]
    labs.brand[:, buyer] = np.minimum(labs.brand[:, buyer] + kept, MOST_BRAND)
    for name in TRAINING:
        getattr(labs, name)[code] = 0.0


def take_users(market: "Market", code: int, buyer: int) -> str:
    """Users, contracts and apps have the buyer from now on, and keep since when; says how many."""
    counts = [take_people(market, segment, code, buyer) for segment in (CODING, CONSUMER)]
    firms = market.enterprises
    signed = firms.provider == code
    firms.provider[signed] = buyer
    firms.second[firms.second == code] = buyer
    firms.second[firms.second == firms.provider] = NONE
    note_users(market, ENTERPRISE, buyer, int(signed.sum()), float(firms.seats[signed].sum()))
    apps = market.apps
    built = apps.columns["provider"] == code
    apps.columns["provider"][built] = buyer
    for held in (apps.in_house, apps.reach):
        held[:, buyer] += held[:, code]
        held[:, code] = 0.0
    return (
        f"{counts[0]} developers, {counts[1]} consumers, {signed.sum()} firms and {built.sum()} "
        f"apps are those of {market.supply.names[buyer]}"
    )


def take_people(market: "Market", segment: int, code: int, buyer: int) -> int:
    """Individuals of a segment, second providers included; returns how many had it first."""
    people = market.developers if segment == CODING else market.consumers
    totals = market.totals[people.name]
    agents = int(totals.accounts[code])
    rename(people.crowd, totals, np.uint8(code), np.uint8(buyer))
    note_users(market, segment, buyer, agents, agents * people.people)
    return agents


def note_users(market: "Market", segment: int, buyer: int, agents: int, users: float) -> None:
    """Leave a row of users who did not choose; no flow does."""
    if not agents:
        return
    detail = f"{agents} agents with a merger; million users or seats"
    market.recorder.event("absorbed", buyer, segment, after=users, detail=detail)
