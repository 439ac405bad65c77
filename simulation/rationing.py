"""Who gets compute when it is short, and what that moves (E4, E12, E32)."""

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from agents.codes import CODES
from agents.kernels.rationing import Runs, Wanted, allot
from agents.supplier import Served

if TYPE_CHECKING:
    from simulation.market import Market
    from simulation.phases.serve_bill import Bills

of_labs = attrgetter(*Runs._fields[: Runs._fields.index("rent")])


def ration(market: "Market", bills: "Bills") -> None:
    """Serve inference, then research; fills the part of token demand that is served."""
    labs, compute, config = market.labs, market.compute, market.config
    wanted = Wanted(
        demanded=bills.demanded,
        app_demanded=bills.app_demanded,
        needs=market.needs,
        ordered=labs.ordered,
        contracted=compute.contracted[market.month],
        restricted=market.roster.restricted,
        shares=compute.share,
        capacity=float(compute.capacity),
        export_cap=config.compute.export_cap,
        sublets=config.compute.sublet > 0.0,
    )
    rates = config.research.final_run_share, config.compute.reliability_memory
    runs = Runs._make((*of_labs(labs), float(compute.rent), *rates))
    served, parts = np.empty((len(Served._fields), CODES)), np.empty(len(compute.share))
    found = allot(wanted, runs, served, parts, bills.served_share)
    compute.demand, compute.used, compute.spot_share = found
    compute.served, compute.spot_parts = Served(*served), parts
    labs.inference_used, labs.research_used = compute.served.inference, compute.served.research
