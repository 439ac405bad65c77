"""Who gets compute when it is short, and what that moves (E4, E12, E32)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.kernels.rationing import Runs, Wanted, allot, move_on
from agents.labs import remember
from agents.supplier import Served

if TYPE_CHECKING:
    from simulation.market import Market
    from simulation.phases.serve_bill import Bills


def ration(market: "Market", bills: "Bills") -> NDArray[np.float64]:
    """Serve inference, then research; returns the part of token demand that is served, (16,)."""
    labs, compute, config = market.labs, market.compute, market.config
    wanted = Wanted(
        demanded=bills.demanded,
        app_demanded=bills.app_demanded,
        needs=market.needs,
        ordered=labs.ordered,
        contracted=compute.contracted[market.month],
        restricted=market.roster.restricted,
        shares=compute.share,
    )
    served, inference, compute.spot_share, compute.spot_parts = allot(
        wanted, float(compute.capacity), config.compute.export_cap, config.compute.sublet > 0.0
    )
    compute.served = Served(*served)
    compute.demand = float(compute.served.demand.sum())
    compute.used = float((compute.served.inference + compute.served.research).sum())
    labs.inference_used, labs.research_used = compute.served.inference, compute.served.research
    remember(labs.past_inference, labs.inference_used)
    share: NDArray[np.float64] = move_on(
        labs.inference_used,
        labs.research_used,
        inference,
        Runs(*[getattr(labs, name) for name in Runs._fields]),
        float(compute.rent),
        config.research.final_run_share,
        config.compute.reliability_memory,
    )
    return share
