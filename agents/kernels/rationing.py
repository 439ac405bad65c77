"""Who gets compute when it is short: contracts first, then the spot market alike (E4, E32)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.apps import API
from agents.codes import CODES
from agents.compiled import inline, kernel
from agents.equations.compute_market import spot_share as spot_share_source
from agents.equations.pricing import HOURS
from agents.kernels.sums import column_sum, row_sum, whole

Array = NDArray[np.float64]
spot_share = inline(spot_share_source)
API_OF = tuple(API.tolist())


class Wanted(NamedTuple):
    """What is asked of compute this month, thousand H100-equivalents.

    demanded, app_demanded : (3, codes), trillion tokens, of all and of apps.  needs : (3, codes),
    compute per trillion tokens.  ordered : (codes,), for research.  contracted : (codes, clouds).
    restricted : (codes,), under export control.  shares : (clouds,), parts of the capacity.
    """

    demanded: Array
    app_demanded: Array
    needs: Array
    ordered: Array
    contracted: Array
    restricted: NDArray[np.bool_]
    shares: Array


class Runs(NamedTuple):
    """Columns of the providers that compute moves on, as `labs.Labs` has them."""

    active: NDArray[np.bool_]
    run_pause: Array
    run_compute: Array
    run_cost: Array
    run_age: Array
    reliability: Array


@kernel
def allot(wanted, capacity, export_cap, sublets):
    """E4: what each provider, and OPEN's hosts, are served; fields of `supplier.Served`.

    Then the compute that all tokens demanded would take, (codes,), the part of spot demand that is
    served, and parts of spot purchases, (clouds,).  Contracted capacity comes first (all alike
    where a shock has left less than was signed for); who is under export control gets at most its
    cap; inference comes before research.  Apps use the offers of API.
    """
    inference, contracted, asked = np.zeros(CODES), np.empty(CODES), np.empty(CODES)
    first, later, spot = np.empty(CODES), np.empty(CODES), np.empty(CODES)
    idle, demand, held = np.empty(CODES), np.empty(CODES), np.empty(CODES)
    for segment in range(len(wanted.demanded)):
        for code in range(CODES):
            of_apps = wanted.app_demanded[segment, code]
            direct = (wanted.demanded[segment, code] - of_apps) * wanted.needs[segment, code]
            inference[code] += direct + of_apps * wanted.needs[API_OF[segment], code]
    for code in range(CODES):
        contracted[code] = row_sum(wanted.contracted, code)
    signed = whole(contracted)
    for code in range(CODES):
        if signed > capacity:
            contracted[code] = contracted[code] * (capacity / signed)
        demand[code] = inference[code] + wanted.ordered[code]
        allowed = export_cap * capacity if wanted.restricted[code] else np.inf
        able = min(demand[code], allowed)
        held[code] = min(able, contracted[code])
        idle[code], asked[code] = contracted[code] - held[code], able - held[code]
    pool = whole(contracted) - (whole(idle) if sublets else 0.0)
    part = spot_share(capacity, pool, whole(asked))
    for code in range(CODES):
        spot[code] = part * asked[code]
        served = held[code] + spot[code]
        first[code] = min(inference[code], served)
        later[code] = served - first[code]
    parts = spot_parts(wanted.contracted, wanted.shares, capacity)
    return (first, later, spot, idle, demand), inference, part, parts


@inline
def spot_parts(contracted, shares, capacity):
    """How spot purchases divide over clouds: by what each has free, else by size."""
    parts, free, size = np.zeros(len(shares)), 0.0, 0.0
    for cloud in range(len(shares)):
        parts[cloud] = max(shares[cloud] * capacity - column_sum(contracted, cloud), 0.0)
        free += parts[cloud]
        size += shares[cloud]
    for cloud in range(len(shares)):
        if free > 0.0:
            parts[cloud] = parts[cloud] / free
        elif size > 0.0:
            parts[cloud] = shares[cloud] / size
    return parts


@kernel
def move_on(inference, research, wanted, runs, rent, run_share, memory):
    """Training runs and reliability after a month, by what was served, (codes,) each.

    wanted : compute that all tokens demanded would take.  run_share : part of research compute that
    goes into the run (E12).  Returns the part of token demand that is served.
    """
    share = np.ones(CODES)
    for code in range(CODES):
        if wanted[code] > 0.0:
            share[code] = inference[code] / wanted[code]
        running = runs.active[code] and runs.run_pause[code] <= 0.0
        joined = run_share * research[code] if running else 0.0
        runs.run_compute[code] += joined
        runs.run_cost[code] += joined * HOURS * rent
        runs.run_age[code] += running
        runs.run_pause[code] = max(runs.run_pause[code] - 1.0, 0.0)
        kept = memory * runs.reliability[code]
        runs.reliability[code] = kept + (1.0 - memory) * share[code]
    return share
