"""Phase 4, research: what is learned, trained, released and put on offer (E7-E9, E11-E16).

On recorded supply, models, safety and brand are read.  Either way the product term has its common
random walk (E17c), and a new version reaches users slowly (E17d).
"""

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.codes import CODES
from agents.draws import below, uniform
from agents.equations.research import reached
from agents.kernels.research import Work, WorkRules, work
from agents.labs import anybody
from simulation import replay
from simulation.offers import places
from simulation.own_terms import keyed
from simulation.shelf import give_away, post
from simulation.training import complete_runs

if TYPE_CHECKING:
    from simulation.market import Market

Flags = NDArray[np.bool_]
of_labs = attrgetter(*Work._fields[: Work._fields.index("execution")])


def research(market: "Market") -> None:
    """Set this month's models, safety, brand, prices and product terms, and note releases."""
    offers = market.offers
    before = offers.capability
    if market.endogenous:
        done, struck = month_of_work(market)
        complete_runs(market, done)
        have_incidents(market, struck)
        post(market, give_away(market))
    else:
        replay.release(market)
    walk_product_terms(market)
    offers.show(market.config.choice, market.was_live)
    for segment, code in places(offers.released):
        market.recorder.event(
            "release",
            code,
            segment,
            before[segment, code],
            offers.capability[segment, code],
            detail="capability, OOM",
        )


def month_of_work(market: "Market") -> tuple[Flags, Flags]:
    """E11, E12, E14, E15: progress, trust and orders; whose run is done, who has an incident."""
    labs, settings, roster = market.labs, market.config.research, market.roster
    rules = WorkRules(
        settings.serve_factor,
        settings.spillover,
        settings.safety_speed,
        settings.safety_half,
        (settings.own_progress, settings.paid_progress),
        (settings.brand_decay, settings.brand_gain),
        settings.bundle_execution,
        settings.run_months,
        settings.run_safety_months,
        settings.incident_hazard,
        float(market.compute.rent),
    )
    means = roster.means
    own = Work._make((*of_labs(labs), means.execution, roster.surcharge, means.own_chips))
    reach, left = reached(labs.efforts[:-1]), np.exp(labs.efforts[-1])
    done, struck = found = np.zeros((2, CODES), np.bool_)
    work(own, reach, left, keyed(market, "incidents"), rules, found)
    return done, struck


def have_incidents(market: "Market", struck: Flags) -> None:
    """E14: what an incident does to those whom it has `struck`."""
    labs, settings = market.labs, market.config.research
    market.offers.shock = struck.astype(np.float64)
    if not anybody(struck):
        return
    before = labs.safety
    labs.safety = np.where(struck, np.maximum(before - settings.incident_safety, 0.0), before)
    labs.brand = np.where(struck, settings.incident_brand * labs.brand, labs.brand)
    for code in np.flatnonzero(struck).tolist():
        market.recorder.event(
            "incident", code, before=before[code], after=labs.safety[code], detail="safety, 0-1"
        )


def walk_product_terms(market: "Market") -> None:
    """E17c: one keyed normal step for each provider and segment on the market last month."""
    offers, step = market.offers, market.config.choice.product_step
    if step == 0.0:
        return
    keys = below(keyed(market, "product_walk"), np.arange(len(offers.live))[:, None])
    luck = ndtri(uniform(keys))
    offers.walk = np.where(offers.live, offers.walk + step * luck * market.was_live, 0.0)
