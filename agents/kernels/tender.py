"""One month's tenders: shortlist, scores and the race between offers (E24, E25, E26).

Each tender is held on its own: what all buyers see alike stands in the month's tables.  Only what
is kept of a tender is written: the winner's scores, and sums of the differences between those of
the winner and of the provider left.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NONE, OPEN
from agents.compiled import inline, kernel
from agents.enterprises import NEVER
from agents.equations import procurement, usage
from agents.equations.procurement import CRITERIA
from agents.graph import Graph
from agents.kernels.answers import Choosing, add_slopes, choose
from agents.kernels.luck import draw, log_luck, mix, taste, unit
from agents.kernels.neighbours import add_neighbours

hosting_cost = inline(procurement.hosting_cost)
worth_of_cost, passed_on = inline(procurement.worth_of_cost), inline(procurement.passed_on)
standardised, min_max = inline(procurement.standardised), inline(procurement.min_max)
ramp_of_next_year = inline(usage.ramp_of_next_year)

STREAMS = ("shortlist", "choice", "dual")
# Terms of a score in the order in which they are added up, named as in the records.
SCORES = (
    *({"cost": "price", "integration": "brand"}.get(name, name) for name in CRITERIA),
    "usage",
    "peers",
    "lock_in",
    "product",
    "taste",
)
COST, USAGE, PEERS, LOCK_IN, PRODUCT, TASTE = (
    SCORES.index(name) for name in ("price", "usage", "peers", "lock_in", "product", "taste")
)


class TenderMonth(NamedTuple):
    """What the month looks like to buyers; arrays are (codes,) unless said otherwise.

    keys : (3,) uint64, of STREAMS in this month.  luck : keys of the offers.
    allowed : live offers whose runway suffices.  unsafe : offers that regulated buyers drop.
    coverage : probability that an offer reaches a shortlist (E24).
    value : (2, criteria, codes), E25, to those who would move to the offer and to those who stay.
    scales : (criteria,).  is_min_max : the variant of E25 by the span of the shortlist.
    unit_cost, full_volume : of self-hosted OPEN, $/Mtok and trillion tokens a month.
    bonus : (tenures,), of the provider in place by months of tenure, util.
    """

    month: int
    keys: NDArray[np.uint64]
    luck: NDArray[np.uint64]
    nest_luck: np.uint64
    live: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    unsafe: NDArray[np.bool_]
    nested: NDArray[np.bool_]
    coverage: NDArray[np.float64]
    value: NDArray[np.float64]
    product: NDArray[np.float64]
    scales: NDArray[np.float64]
    is_min_max: bool
    score_weight: float
    unit_cost: float
    full_volume: float
    hosting_fee: float
    integration_cost: float
    ramp_months: float
    usage_pull: float
    pull_minimum: int
    peer_weight: float
    bonus: NDArray[np.float64]
    dual_share: float
    price_elasticity: float
    arrival: NDArray[np.float32]
    nest: NDArray[np.float32]
    dissimilarity: float


class Around(NamedTuple):
    """Whom buyers look at, all as they were at last month's end.

    graph, blocks : other firms; seats of its complete blocks on each code.  offsets, staff :
    developers of firm i are staff[offsets[i]:offsets[i + 1]].  choice : (developers,) codes.
    industry : (industries, codes) developers.
    """

    graph: Graph
    blocks: NDArray[np.float64]
    offsets: NDArray[np.int64]
    staff: NDArray[np.uint32]
    choice: NDArray[np.uint8]
    industry: NDArray[np.int64]


class Tender(NamedTuple):
    """Outcome of the month's tenders, one row each.

    winner, second : codes, 15 where there is none.  listed : offers on the shortlist.
    scores : (tenders, SCORES) of the winner, util, NaN where there is none.  score : their sum.
    """

    winner: NDArray[np.uint8]
    second: NDArray[np.uint8]
    listed: NDArray[np.int64]
    scores: NDArray[np.float64]
    score: NDArray[np.float64]


class Switches(NamedTuple):
    """Firms whose tender changes their provider, by (from, to); `sums` (from, to, SCORES), util.

    A sum is of the differences between the new provider and the old one, where that has an offer.
    """

    agents: NDArray[np.int64]
    seats: NDArray[np.float64]
    sums: NDArray[np.float64]


def empty_tender(tenders: int) -> Tender:
    """Tenders without an outcome yet."""
    return Tender(
        np.empty(tenders, np.uint8),
        np.empty(tenders, np.uint8),
        np.empty(tenders, np.int64),
        np.empty((tenders, len(SCORES))),
        np.empty(tenders),
    )


def no_switches() -> Switches:
    """Nobody has changed the provider."""
    pairs = (CODES, CODES)
    return Switches(np.zeros(pairs, np.int64), np.zeros(pairs), np.zeros((*pairs, len(SCORES))))


@inline
def share_out(totals, weight, column, on_offer, scores):
    """Write `weight` times the share in `totals` of what is on offer to a column of scores."""
    whole = 0.0
    for code in range(CODES):
        whole += totals[code]
    for code in on_offer:
        scores[code, column] = weight * totals[code] / whole if whole > 0.0 else 0.0


@inline
def highest(totals, listed, passed_over):
    """Code of the highest total on the list but `passed_over`; NONE if there is none."""
    best, found = -np.inf, np.uint8(NONE)
    for code in range(CODES):
        if listed[code] and code != passed_over and totals[code] > best:
            best, found = totals[code], np.uint8(code)
    return found


@kernel
def tender_month(rows, firms, around, world, tender, switches, answers):
    """Hold the tenders of the firms `rows`; fill `tender`, add to `switches` and to `answers`.

    firms : their columns as they were at last month's end.
    """
    live, allowed, luck = world.live, world.allowed, world.luck
    value, keys, counts = world.value, world.keys, np.zeros(CODES)
    listed, totals = np.zeros(CODES, np.bool_), np.zeros(CODES)
    scores, worths = np.zeros((CODES, len(SCORES))), np.zeros((len(CRITERIA), CODES))
    utility, passed = np.zeros(CODES), np.ones(CODES)
    choosing = Choosing(utility, np.zeros(CODES), np.zeros(CODES), np.zeros(CODES))
    on_offer: Any = np.flatnonzero(live)
    for place in range(len(rows)):
        row = rows[place]
        home, key = firms.provider[row], draw(keys[1], row)

        # List what is allowed and reaches the firm; its own provider always does (E24).
        length, list_key = 0, draw(keys[0], row)
        for code in on_offer:
            listed[code] = allowed[code] and not (firms.regulated[row] and world.unsafe[code])
            is_seen = unit(mix(list_key + luck[code])) < world.coverage[code]
            listed[code] = listed[code] and (is_seen or code == home)
            length += listed[code]
        if length == 0:
            fallback = home if home != NONE and live[home] else np.uint8(OPEN)
            listed[fallback] = live[fallback]
            length += listed[fallback]
        tender.listed[place] = length

        # What each offer is worth to it; hosting costs less a token with volume (E25, E27).
        for criterion in range(len(CRITERIA)):
            for code in on_offer:
                worths[criterion, code] = value[np.int64(code == home), criterion, code]
        if live[OPEN]:
            age = 0 if firms.adopted[row] == NEVER else world.month - np.int64(firms.adopted[row])
            volume = firms.weight[row] * ramp_of_next_year(age, world.ramp_months)
            moving = 0.0 if home == OPEN else world.integration_cost
            cost = hosting_cost(
                world.unit_cost, world.hosting_fee, volume * world.full_volume, moving
            )
            worths[COST, OPEN] = worth_of_cost(cost)
            passed[OPEN] = passed_on(world.unit_cost, cost, moving, world.price_elasticity)
        level = 0.0  # of the best values: it cancels in a choice, but moves from month to month
        for criterion in range(len(CRITERIA)):
            worst, best = np.inf, -np.inf
            for code in on_offer:
                if listed[code] or not world.is_min_max:
                    worst = min(worst, worths[criterion, code])
                    best = max(best, worths[criterion, code])
            weight = world.score_weight * firms.criteria[row, criterion]
            level += weight * best / world.scales[criterion]
            for code in on_offer:
                z = 0.0
                if world.is_min_max and listed[code]:
                    z = min_max(worths[criterion, code], worst, best)
                elif not world.is_min_max:
                    z = standardised(worths[criterion, code], best, world.scales[criterion])
                scores[code, criterion] = weight * z

        # Its own developers, or those of its industry if they are few, and its peers.
        if world.usage_pull != 0.0:
            first, last = around.offsets[row], around.offsets[row + 1]
            for code in range(CODES):
                counts[code] = around.industry[firms.industry[row], code]
            if last - first >= world.pull_minimum:
                counts[:] = 0.0
                for member in range(first, last):
                    counts[around.choice[around.staff[member]]] += 1.0
            share_out(counts, world.usage_pull, USAGE, on_offer, scores)
        add_neighbours(row, around.graph, around.blocks, firms.provider, firms.seats, counts)
        share_out(counts, world.peer_weight, PEERS, on_offer, scores)

        # Habit, taste (E17b), and the sum of all.
        scores[:, LOCK_IN] = 0.0
        if home != NONE:
            scores[home, LOCK_IN] = world.bonus[world.month - np.int64(firms.since[row])]
        shared = log_luck(world.nest, mix(key + world.nest_luck))
        for code in on_offer:
            own = log_luck(world.arrival, mix(key + luck[code]))
            scores[code, PRODUCT] = world.product[code]
            scores[code, TASTE] = taste(own, shared, world.nested[code], world.dissimilarity)
            totals[code] = 0.0
            for term in range(len(SCORES)):
                totals[code] += scores[code, term]
            utility[code] = totals[code] - scores[code, TASTE]

        # What would change with prices, over all its tastes (section 7.13).
        if length > 0:
            of_cost = world.score_weight * firms.criteria[row, COST] / world.scales[COST]
            for code in on_offer:
                choosing.felt[code] = -of_cost * passed[code]
            logsum = choose(listed, world.nested, world.dissimilarity, choosing)
            add_slopes(listed, world.nested, world.dissimilarity, choosing, answers)
            leaving = scores[home, LOCK_IN] if home != NONE and listed[home] else 0.0
            answers.worth[0] += logsum + level - leaving
            answers.worth[1] += of_cost

        winner = highest(totals, listed, NONE)
        second = highest(totals, listed, winner)
        is_dual = winner != NONE and unit(draw(keys[2], row)) < world.dual_share
        tender.winner[place] = winner
        tender.second[place] = second if is_dual else NONE
        tender.score[place] = totals[winner] if winner != NONE else np.nan
        for term in range(len(SCORES)):
            tender.scores[place, term] = scores[winner, term] if winner != NONE else np.nan
        changes = winner != home
        if changes and winner != NONE:
            switches.agents[home, winner] += 1
            switches.seats[home, winner] += firms.seats[row]
            leaves = home != NONE and live[home]
            for term in range(len(SCORES)):
                left = scores[home, term] if leaves else 0.0
                switches.sums[home, winner, term] += scores[winner, term] - left
