"""One month of application companies: grow, be absorbed, give up, enter, choose (E29-E31).

A company is known by its serial number: its draws are keyed by it, so that who else enters or
leaves moves none of them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.apps import COHORT
from agents.codes import CODES, NONE
from agents.compiled import inline, kernel
from agents.draws import SHIFT_48
from agents.equations.app_market import gibrat as gibrat_source
from agents.kernels.luck import draw, log_luck, mix, taste, unit

gibrat = inline(gibrat_source)
STREAMS = ("growth", "absorption", "segment", "attention", "choice")


class AppMonth(NamedTuple):
    """What the month looks like to a company; segments are those of apps, offers as they stand.

    keys : (5,) uint64, of STREAMS in this month.  luck : (codes,), keys of the offers.
    offer_of : (3,), segment of the offers that apps of each segment buy.  live, nested : (3,
    codes).  utility : (bought, codes), E30 before lock-in, util.  lock : (tenures,), what leaving
    costs by months of tenure, util.  absorbs : (3, codes), probability that the use
    of an app is absorbed.  edges : (3,), sums of the adopted shares of the segments so far.
    arriving : entrants, as long as fewer than `limit` are alive.  growth : mean factor of size.
    """

    month: int
    keys: NDArray[np.uint64]
    luck: NDArray[np.uint64]
    nest_luck: np.uint64
    offer_of: NDArray[np.int64]
    live: NDArray[np.bool_]
    nested: NDArray[np.uint8]
    utility: NDArray[np.float64]
    lock: NDArray[np.float64]
    absorbs: NDArray[np.float64]
    edges: NDArray[np.float64]
    arriving: int
    limit: int
    normal: NDArray[np.float64]
    arrival: NDArray[np.float32]
    nest: NDArray[np.float32]
    dissimilarity: float
    restless: float
    spread: float
    drift: float
    growth: float
    entrant_size: float
    exit_size: float


@kernel
def app_month(room, count, in_house, world, turnover):
    """Move `count` companies on by a month; returns how many there are then.

    turnover : (4,) int64 that becomes entered, exited, absorbed, switched.
    """
    app, segment, provider, since = room.app, room.segment, room.provider, room.since
    entered, share, live, keys = room.entered, room.share, world.live, world.keys
    offer_of = world.offer_of
    whole, heads = np.zeros(len(live)), np.zeros(len(live))
    turnover[:] = 0

    # Grow.
    for row in range(count):
        luck = world.normal[draw(keys[0], app[row]) >> SHIFT_48]
        share[row] = gibrat(share[row], luck, world.spread, world.drift)
        whole[segment[row]] += share[row]
        heads[segment[row]] += 1.0
    # Absorbed use grows as an app does in the mean; without an offer it goes back to the others.
    for part in range(len(live)):
        for code in range(CODES):
            kept = world.growth if live[offer_of[part], code] else 0.0
            in_house[part, code] *= kept

    # Leave: absorbed by the provider, or too small.  Those who stay close ranks.
    staying = 0
    for row in range(count):
        part, home = segment[row], provider[row]
        if unit(draw(keys[1], app[row])) < world.absorbs[part, home]:
            turnover[2] += 1
            if live[offer_of[part], home]:
                in_house[part, home] += share[row]
            continue
        if share[row] < world.exit_size * whole[part] / heads[part]:
            turnover[1] += 1
            continue
        app[staying], segment[staying], provider[staying] = app[row], part, home
        since[staying], entered[staying], share[staying] = since[row], entered[row], share[row]
        staying += 1

    # Enter, where users have adopted.
    entering = min(world.arriving, max(world.limit - staying, 0))
    turnover[0] = entering
    for rank in range(entering):
        row, serial = staying + rank, np.int64((world.month + 1) * COHORT + rank)
        place = unit(draw(keys[2], serial)) * world.edges[-1]
        part = 0
        while part + 1 < len(live) and place >= world.edges[part]:
            part += 1
        mean = whole[part] / heads[part] if heads[part] > 0.0 else 1.0
        app[row], segment[row], provider[row] = serial, part, NONE
        since[row], entered[row] = world.month, world.month
        share[row] = world.entrant_size * mean

    # Choose: those who look around, and those who have no offer (race of E17b).
    for row in range(staying + entering):
        part, home = offer_of[segment[row]], provider[row]
        if live[part, home] and unit(draw(keys[3], app[row])) >= world.restless:
            continue
        key = draw(keys[4], app[row])
        shared = log_luck(world.nest, mix(key + world.nest_luck))
        best, target = -np.inf, np.uint8(NONE)
        for code in range(CODES):
            if not live[part, code]:
                continue
            own = log_luck(world.arrival, mix(key + world.luck[code]))
            score = world.utility[part, code]
            score += taste(own, shared, world.nested[part, code], world.dissimilarity)
            if code == home:
                score += world.lock[world.month - since[row]]
            if score > best:
                best, target = score, np.uint8(code)
        if target != home:
            if home != NONE and target != NONE:
                turnover[3] += 1
            provider[row], since[row] = target, world.month

    # Sizes are shares of the app use of a segment.
    whole[:] = 0.0
    for row in range(staying + entering):
        whole[segment[row]] += share[row]
    for part in range(len(live)):
        whole[part] += in_house[part].sum()
    for row in range(staying + entering):
        share[row] /= whole[segment[row]]
    for part in range(len(live)):
        if whole[part] > 0.0:
            in_house[part] /= whole[part]
    return staying + entering
