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
    capacity : of all clouds.  export_cap : part of it.  sublets : idle contracts are sold on.
    """

    demanded: Array
    app_demanded: Array
    needs: Array
    ordered: Array
    contracted: Array
    restricted: NDArray[np.bool_]
    shares: Array
    capacity: float
    export_cap: float
    sublets: bool


class Runs(NamedTuple):
    """Columns of the providers that compute moves on, as `labs.Labs` has them.

    rent : $/H100e-hour.  run_share : part of research compute that goes into the run (E12).
    memory : of reliability.
    """

    active: NDArray[np.bool_]
    run_pause: Array
    run_compute: Array
    run_cost: Array
    run_age: Array
    reliability: Array
    past_inference: Array
    rent: float
    run_share: float
    memory: float


@kernel
def allot(wanted, runs, served, parts, share):
    """E4: fill what each provider, and OPEN's hosts, are served; move runs and reliability on.

    served : (5, codes), fields of `supplier.Served`.  parts : (clouds,), of spot purchases.
    share : (codes,), of the tokens demanded.  Returns all that is wanted, all that is used, and the
    part of spot demand that is served.  Contracted capacity comes first (all alike where a shock
    has left less than was signed for); who is under export control gets at most its cap; inference
    comes before research.  Apps use the offers of API.
    """
    first, later, spot, idle, demand = served
    capacity, export_cap, sublets = wanted.capacity, wanted.export_cap, wanted.sublets
    inference, contracted, asked = np.zeros(CODES), np.empty(CODES), np.empty(CODES)
    held, used = np.empty(CODES), np.empty(CODES)
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
        got = held[code] + spot[code]
        first[code] = min(inference[code], got)
        later[code] = got - first[code]
        used[code] = first[code] + later[code]
    divide_spot(wanted.contracted, wanted.shares, capacity, parts)
    move_on(first, later, inference, runs, share)
    return whole(demand), whole(used), part


@inline
def divide_spot(contracted, shares, capacity, parts):
    """Fill how spot purchases divide over clouds: by what each has free, else by size."""
    free, size = 0.0, 0.0
    for cloud in range(len(shares)):
        parts[cloud] = max(shares[cloud] * capacity - column_sum(contracted, cloud), 0.0)
        free += parts[cloud]
        size += shares[cloud]
    for cloud in range(len(shares)):
        if free > 0.0:
            parts[cloud] = parts[cloud] / free
        elif size > 0.0:
            parts[cloud] = shares[cloud] / size


@inline
def move_on(inference, research, wanted, runs, share):
    """Training runs and reliability after a month, by what was served, (codes,) each.

    wanted : compute that all tokens demanded would take.  share : becomes the part of token demand
    that is served.
    """
    past = runs.past_inference
    for code in range(CODES):
        for month in range(len(past) - 1):
            past[month, code] = past[month + 1, code]
        past[-1, code] = inference[code]
        share[code] = inference[code] / wanted[code] if wanted[code] > 0.0 else 1.0
        running = runs.active[code] and runs.run_pause[code] <= 0.0
        joined = runs.run_share * research[code] if running else 0.0
        runs.run_compute[code] += joined
        runs.run_cost[code] += joined * HOURS * runs.rent
        runs.run_age[code] += running
        runs.run_pause[code] = max(runs.run_pause[code] - 1.0, 0.0)
        kept = runs.memory * runs.reliability[code]
        runs.reliability[code] = kept + (1.0 - runs.memory) * share[code]
