"""Who gets compute when it is short: contracts first, then the spot market alike (E4, E32)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.apps import API
from agents.equations.compute_market import spot_share
from agents.equations.shares import shares_of
from agents.labs import remember
from agents.supplier import Served
from simulation.training import join_run

if TYPE_CHECKING:
    from simulation.market import Market
    from simulation.phases.serve_bill import Bills

Array = NDArray[np.float64]


def ration(market: "Market", bills: "Bills") -> Array:
    """Serve inference, then research; returns the part of token demand that is served, (16,)."""
    labs, compute = market.labs, market.compute
    wanted = inference_demand(market, bills)
    served = allot(market, wanted, labs.ordered)
    share = np.divide(served.inference, wanted, out=np.ones_like(wanted), where=wanted > 0.0)
    compute.served, compute.spot_parts = served, spot_parts(market)
    compute.demand = float(served.demand.sum())
    compute.used = float((served.inference + served.research).sum())
    labs.inference_used, labs.research_used = served.inference, served.research
    remember(labs.past_inference, served.inference)
    join_run(market, served.research)
    memory = market.config.compute.reliability_memory
    labs.reliability = memory * labs.reliability + (1.0 - memory) * share
    return share


def spot_parts(market: "Market") -> Array:
    """How the month's spot purchases divide over clouds: by what each has free, else by size."""
    compute = market.compute
    free = compute.free(market.month)
    return shares_of(free if free.any() else compute.share)


def inference_demand(market: "Market", bills: "Bills") -> Array:
    """Compute that all tokens demanded would take, (16,); apps use the offers of API."""
    direct = (bills.demanded - bills.app_demanded) * market.needs
    of_apps = bills.app_demanded * market.needs[API]
    demand: Array = (direct + of_apps).sum(axis=0)
    return demand


def allot(market: "Market", inference: Array, ordered: Array) -> Served:
    """E4: what each provider, and OPEN's hosts, are served.

    Contracted capacity comes first (all alike where a shock has left less than was signed for);
    who is under export control gets at most its cap; inference comes before research.
    """
    compute, settings = market.compute, market.config.compute
    contracted = compute.contracted[market.month].sum(axis=1)
    signed = float(contracted.sum())
    if signed > compute.capacity:
        contracted = contracted * (compute.capacity / signed)
    demand = inference + ordered
    allowed = np.where(market.roster.restricted, settings.export_cap * compute.capacity, np.inf)
    able = np.minimum(demand, allowed)
    from_contract = np.minimum(able, contracted)
    idle = contracted - from_contract
    pool = float(contracted.sum() - (idle.sum() if settings.sublet > 0.0 else 0.0))
    wanted = able - from_contract
    compute.spot_share = spot_share(compute.capacity, pool, float(wanted.sum()))
    spot = compute.spot_share * wanted
    served = from_contract + spot
    first = np.minimum(inference, served)
    return Served(first, served - first, spot, idle, demand)
