"""Phase 4, research: what is learned, trained, released and put on offer (E7-E9, E11-E16).

On recorded supply, models, safety and brand are read.  Either way the product term has its common
random walk (E17c), and a new version reaches users slowly (E17d).
"""

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from agents.draws import below, uniform
from agents.equations.research import goodwill, leaked, own_gain, safety_change
from agents.equations.shares import shares_of
from agents.labs import USES
from simulation import replay
from simulation.offers import nest_members, places
from simulation.own_terms import execution, keyed
from simulation.shelf import open_up, post
from simulation.training import complete_runs, order_compute

if TYPE_CHECKING:
    from simulation.market import Market

MOST_EFFICIENT = 40.0  # OOM: beyond it a token costs nothing that a float64 could tell
MOST_BRAND = 100.0  # the bound of a brand stock in a supply file


def research(market: "Market") -> None:
    """Set this month's models, safety, brand, prices and product terms, and note releases."""
    offers = market.offers
    live, before = offers.live, offers.capability
    if market.endogenous:
        learn(market)
        build_trust(market)
        order_compute(market)
        complete_runs(market)
        have_incidents(market)
        open_up(market)
        post(market)
    else:
        replay.release(market)
    offers.nested = nest_members(live, offers.open_weights)
    offers.release_rate = offers.release_count / np.maximum(live.sum(axis=1), 1)
    walk_product_terms(market)
    offers.product = np.where(live, offers.term + offers.walk, 0.0)
    offers.upgrade(market.config.choice, market.was_live)
    for segment, code in places(offers.released):
        market.recorder.event(
            "release",
            code,
            segment,
            before[segment, code],
            offers.capability[segment, code],
            detail="capability, OOM",
        )


def learn(market: "Market") -> None:
    """E11: efficiency in training and in serving, by spending and by what leaks from the best."""
    labs, settings = market.labs, market.config.research
    active = labs.active
    if not active.any():
        return
    gain = own_gain(
        labs.spending[USES.index("efficiency")],
        labs.efficiency,
        (settings.own_progress, settings.paid_progress),
        settings.progress_spending,
        settings.exhaustion,
    )
    for name, own in (("efficiency", gain), ("serving_efficiency", settings.serve_factor * gain)):
        level = getattr(labs, name)
        more = own + leaked(level, float(level[active].max()), settings.spillover)
        setattr(labs, name, np.where(active, np.minimum(level + more, MOST_EFFICIENT), level))


def build_trust(market: "Market") -> None:
    """E14, E15: safety follows what is spent on it, brand what is spent on sales."""
    labs, settings, active = market.labs, market.config.research, market.labs.active
    change = safety_change(
        labs.safety, labs.parts[USES.index("safety")], settings.safety_speed, settings.safety_half
    )
    moved = np.minimum(np.maximum(labs.safety + change, 0.0), 1.0)
    labs.safety = np.where(active, moved, labs.safety)
    effort = len(labs.brand) * labs.sales_mix * labs.spending[USES.index("sales")]
    stock = goodwill(
        labs.brand,
        effort,
        execution(market),
        (settings.brand_decay, settings.brand_gain),
        settings.brand_spending,
    )
    labs.brand = np.where(active, np.minimum(stock, MOST_BRAND), labs.brand)


def have_incidents(market: "Market") -> None:
    """E14: the less safe and the more used, the more incidents; events may bring more.

    s_j is the share of last month's tokens: what is used can fail.
    """
    labs, settings = market.labs, market.config.research
    use = shares_of(labs.tokens.sum(axis=0))
    hazard = -np.expm1(-settings.incident_hazard * (1.0 - labs.safety) * use)
    struck = labs.active & ((uniform(keyed(market, "incidents")) < hazard) | labs.incident)
    labs.incident[:] = False
    market.offers.shock = struck.astype(np.float64)
    if not struck.any():
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
