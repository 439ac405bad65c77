"""Unscheduled entry: founders with money enough train a model, others build an app (E43).

Codes that no provider of the config has are places for entrants.  A place can be had again when
its company is gone and nobody points to it; draws are those of the company, not of the place.
"""

from functools import lru_cache
from itertools import compress
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from agents.apps import API, COHORT
from agents.codes import CODES, NAMED, NONE, OPEN, OTHERS
from agents.draws import below, stream, uniform
from agents.equations.app_market import arrivals
from agents.equations.entry import capital_barrier
from agents.equations.investment import most_sold
from agents.equations.pricing import HOURS
from agents.equations.research import training_units
from agents.strategy_catalogue import STRATEGIES
from simulation.entrants import Entrants, places_for_entrants
from simulation.entry import found
from simulation.rounds import Round, close

if TYPE_CHECKING:
    from simulation.market import Market

LEAST_SOLD = 1e-9  # of what founders keep: their seed buys a trace, so that values are numbers
COUNT, MONEY, PATH, SEGMENT = range(4)  # what a draw is for


def entry_barrier(market: "Market") -> float:
    """E43: what a model near the frontier costs with public algorithms, M$; 0 without a frontier.

    Public is the median efficiency of who is on the market.
    """
    labs, config = market.labs, market.config
    active = labs.active.tolist()
    if True not in active:
        return 0.0
    return capital_barrier(
        HOURS * market.compute.rent,
        max(compress(labs.capability.tolist(), active)) - config.entry.headroom,
        median(compress(labs.efficiency.tolist(), active)),
        training_units(config.research.final_run_share, config.research.utilisation),
    )


def admit(market: "Market") -> None:
    """Let founders try, one after the other; who gets in sells from next month on."""
    config = market.config
    mean = config.entry.hazard * market.equity.sentiment
    if mean == 0.0:
        return
    count = arrivals(mean, arrival_luck(config.seed, market.origin.months)[market.month])
    if not count:
        return
    keys = below(stream(config.seed, "entrants"), market.month)
    for rank in range(count):
        barrier = entry_barrier(market)
        luck = uniform(below(keys, np.array([MONEY, PATH, SEGMENT]), rank))
        seed = config.entry.seed * float(np.exp(config.entry.seed_spread * ndtri(luck[0])))
        if seed < barrier:
            build_app(market, rank, seed, float(luck[2]))
            continue
        place = free_place(market)
        if place is None:
            refuse(market, seed, "no place is free")
        else:
            found_company(market, place, seed, float(luck[1]))


@lru_cache(maxsize=64)
def arrival_luck(seed: int, months: int) -> list[float]:
    """Uniform number of each month that decides how many founders try."""
    keys = below(stream(seed, "entrants"), np.arange(months)[:, None], COUNT)
    luck: list[float] = uniform(keys)[:, 0].tolist()
    return luck


def refuse(market: "Market", seed: float, why: str) -> None:
    """Leave a row of founders who did not get in."""
    market.recorder.event("entry_refused", after=seed, detail=f"{seed:.4g} M$: {why}")


def free_place(market: "Market") -> int | None:
    """First place that nobody has and nobody points to; None if there is none."""
    labs, firms, apps = market.labs, market.enterprises, market.apps
    used = labs.active | market.offers.live.any(axis=0) | apps.in_house.any(axis=0)
    for totals in market.totals.values():
        used = used | (totals.accounts > 0) | (totals.seconds > 0)
    for column in (firms.provider, firms.second, apps.columns["provider"]):
        used = used | (np.bincount(column, minlength=CODES) > 0)
    used[market.open_models.source] = True
    places = set(places_for_entrants(market.origin))
    names = market.supply.names
    kept = [code for code in range(NAMED) if names[code] in places]
    return next((code for code in kept if not used[code]), None)


def found_company(market: "Market", code: int, seed: float, luck: float) -> None:
    """Found a company at a place, with a keyed strategy and public algorithms."""
    labs, offers, entrants = market.labs, market.offers, market.entrants
    number = entrants.founded + 1
    family = tuple(STRATEGIES)[int(luck * len(STRATEGIES))]
    efficiency = labs.efficiency[labs.active], labs.serving_efficiency[labs.active]
    market.entrants = Entrants(
        replaced(entrants.labels, code, f"entrant #{number}"),
        replaced(entrants.families, code, family),
        number,
    )
    labs.forget(code)
    offers.walk[:, code] = 0.0
    found(market, code, market.roster.settings[code], market.month + 1)
    labs.efficiency[code], labs.serving_efficiency[code] = (
        float(np.median(of_all)) if len(of_all) else 0.0 for of_all in efficiency
    )
    labs.size[code] = labs.capability[code] - labs.efficiency[code]
    before = seed / max(most_sold(1.0, market.config.entry.seed_share), LEAST_SOLD)
    close(market, code, Round("seed", before, {OTHERS: seed}, False))
    market.recorder.event(
        "founding",
        code,
        after=seed,
        detail=f"entry serial {number}, strategy {family}, seed {seed:.4g} M$, capability "
        f"{labs.capability[code]:.3g} OOM",
    )


def replaced(texts: tuple[str, ...], place: int, text: str) -> tuple[str, ...]:
    """Copy of texts with another one at a place."""
    return (*texts[:place], text, *texts[place + 1 :])


def build_app(market: "Market", rank: int, seed: float, luck: float) -> None:
    """Become an application company on open weights, or where there are none on what is cheapest.

    Its segment is drawn by how many have adopted, as of others that enter (E31).
    """
    apps, settings, month = market.apps, market.config.apps, market.month
    count = len(apps)
    if market.origin.apps.count == 0 or count >= min(settings.limit, len(apps.room.app)):
        refuse(market, seed, "below the barrier, and no place for another app")
        return
    edges = np.cumsum(market.adopted)
    part = min(int(np.searchsorted(edges, luck * edges[-1], side="right")), len(API) - 1)
    peers = apps.columns["share"][apps.columns["segment"] == part]
    mean = float(peers.mean()) if len(peers) else 1.0
    room, code = apps.room, offer_for_app(market, part)
    room.app[count] = (month + 1) * COHORT + COHORT // 2 + rank
    room.segment[count], room.provider[count] = part, code
    room.since[count] = room.entered[count] = month
    room.share[count] = settings.entrant_size * mean
    room.tokens[count] = room.spend[count] = 0.0
    apps.hold(count + 1)
    inside = apps.columns["segment"] == part
    whole = float(apps.columns["share"][inside].sum() + apps.in_house[part].sum())
    if whole > 0.0:
        apps.columns["share"][inside] /= whole
        apps.in_house[part] /= whole
    apps.number += 1
    apps.turnover = apps.turnover._replace(entered=apps.turnover.entered + 1)
    name = market.supply.names[code]
    market.recorder.event(
        "entry_as_app", code, part, after=seed, detail=f"{seed:.4g} M$: an app on {name}"
    )


def offer_for_app(market: "Market", part: int) -> int:
    """Code of the offer that a founder of an app takes; NONE where nothing is on offer."""
    live, price = market.offers.live[API[part]], market.offers.price[API[part]]
    if live[OPEN]:
        return OPEN
    return int(np.where(live, price, np.inf).argmin()) if live.any() else NONE
