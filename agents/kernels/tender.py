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
from agents.kernels.answers import Answers, Choosing, add_slopes, choose
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
def share_out(totals, weight, on_offer, term, scores):
    """Write `weight` times the share in `totals` of what is on offer to a term of the scores."""
    whole = 0.0
    for code in range(CODES):
        whole += totals[code]
    for place in range(len(on_offer)):
        part = weight * totals[on_offer[place]] / whole if whole > 0.0 else 0.0
        scores[term, place] = part


@inline
def highest(totals, listed, passed_over):
    """Place of the highest total on the list but `passed_over`; -1 if there is none."""
    best, found = -np.inf, -1
    for place in range(len(totals)):
        if listed[place] and place != passed_over and totals[place] > best:
            best, found = totals[place], place
    return found


class Listed(NamedTuple):
    """Offers of the month, each (offers,), so that loops over them are short; see `TenderMonth`.

    worth : (homes, criteria, offers), E25, to who is at home at each offer; the last is elsewhere.
    """

    allowed: NDArray[np.bool_]
    unsafe: NDArray[np.bool_]
    nested: NDArray[np.bool_]
    luck: NDArray[np.uint64]
    coverage: NDArray[np.float64]
    product: NDArray[np.float64]
    worth: NDArray[np.float64]


@inline
def offers_of(world, on_offer):
    """What is on offer, of what `world` has by code."""
    offers, criteria = len(on_offer), len(CRITERIA)
    worth = np.empty((offers + 1, criteria, offers))
    for home in range(offers + 1):
        for criterion in range(criteria):
            for place in range(offers):
                stays = np.int64(place == home)
                worth[home, criterion, place] = world.value[stays, criterion, on_offer[place]]
    return Listed(
        world.allowed[on_offer],
        world.unsafe[on_offer],
        world.nested[on_offer],
        world.luck[on_offer],
        world.coverage[on_offer],
        world.product[on_offer],
        worth,
    )


@kernel
def tender_month(rows, firms, around, world, tender, switches, answers):
    """Hold the tenders of the firms `rows`; fill `tender`, add to `switches` and to `answers`.

    firms : their columns as they were at last month's end.
    """
    # Columns by a name of their own: to read one off a tuple again and again takes longer.
    provider, seats, criteria = firms.provider, firms.seats, firms.criteria
    adopted, since, weights = firms.adopted, firms.since, firms.weight
    regulated, industry = firms.regulated, firms.industry
    offsets, staff, choice, crowds = around.offsets, around.staff, around.choice, around.industry
    keys, scales, bonus, month = world.keys, world.scales, world.bonus, world.month
    arrival, nest, lam = world.arrival, world.nest, world.dissimilarity
    is_min_max, score_weight = world.is_min_max, world.score_weight
    on_offer: Any = np.flatnonzero(world.live)
    offers, place_of = len(on_offer), np.full(CODES, -1)
    for place in range(offers):
        place_of[on_offer[place]] = place
    hosted = place_of[OPEN]
    allowed, unsafe, nested, luck, coverage, product, worth = offers_of(world, on_offer)
    listed, totals, passed = np.zeros(offers, np.bool_), np.zeros(offers), np.ones(offers)
    counts, scores = np.zeros(CODES), np.zeros((len(SCORES), offers))
    choosing = Choosing(np.zeros(offers), np.zeros(offers), np.zeros(offers), np.zeros(offers))
    utility, felt = choosing.utility, choosing.felt
    found = Answers(np.zeros(offers), np.zeros((offers, offers)), answers.worth)
    for one in range(len(rows)):
        row = rows[one]
        home, key = provider[row], draw(keys[1], row)
        own = place_of[home]  # -1 without an offer of its provider

        # List what is allowed and reaches the firm; its own provider always does (E24).
        length, list_key = 0, draw(keys[0], row)
        for place in range(offers):
            is_allowed = allowed[place] and not (regulated[row] and unsafe[place])
            is_seen = unit(mix(list_key + luck[place])) < coverage[place]
            listed[place] = is_allowed and (is_seen or place == own)
            length += listed[place]
        fallback = own if own >= 0 else hosted
        if length == 0 and fallback >= 0:
            listed[fallback] = True
            length = 1
        tender.listed[one] = length

        # What each offer is worth to it; hosting costs less a token with volume (E25, E27).
        if hosted >= 0:
            age = 0 if adopted[row] == NEVER else month - np.int64(adopted[row])
            volume = weights[row] * ramp_of_next_year(age, world.ramp_months)
            moving = 0.0 if home == OPEN else world.integration_cost
            cost = hosting_cost(
                world.unit_cost, world.hosting_fee, volume * world.full_volume, moving
            )
            worth[own, COST, hosted] = worth_of_cost(cost)  # -1 is the last one
            passed[hosted] = passed_on(world.unit_cost, cost, moving, world.price_elasticity)
        level = 0.0  # of the best values: it cancels in a choice, but moves from month to month
        for criterion in range(len(CRITERIA)):
            worst, best = np.inf, -np.inf
            for place in range(offers):
                if listed[place] or not is_min_max:
                    worst = min(worst, worth[own, criterion, place])
                    best = max(best, worth[own, criterion, place])
            weight, scale = score_weight * criteria[row, criterion], scales[criterion]
            level += weight * best / scale
            for place in range(offers):
                z = 0.0
                if not is_min_max:
                    z = standardised(worth[own, criterion, place], best, scale)
                elif listed[place]:
                    z = min_max(worth[own, criterion, place], worst, best)
                scores[criterion, place] = weight * z

        # Its own developers, or those of its industry if they are few, and its peers.
        if world.usage_pull != 0.0:
            first, last = offsets[row], offsets[row + 1]
            for code in range(CODES):
                counts[code] = crowds[industry[row], code]
            if last - first >= world.pull_minimum:
                counts[:] = 0.0
                for member in range(first, last):
                    counts[choice[staff[member]]] += 1.0
            share_out(counts, world.usage_pull, on_offer, USAGE, scores)
        add_neighbours(row, around.graph, around.blocks, provider, seats, counts)
        share_out(counts, world.peer_weight, on_offer, PEERS, scores)

        # Habit, taste (E17b), and the sum of all.
        shared = log_luck(nest, mix(key + world.nest_luck))
        for place in range(offers):
            alone = log_luck(arrival, mix(key + luck[place]))
            scores[LOCK_IN, place] = 0.0
            scores[PRODUCT, place] = product[place]
            scores[TASTE, place] = taste(alone, shared, nested[place], lam)
            totals[place] = 0.0
        if own >= 0:
            scores[LOCK_IN, own] = bonus[month - np.int64(since[row])]
        for term in range(len(SCORES)):
            for place in range(offers):
                totals[place] += scores[term, place]

        # What would change with prices, over all its tastes (section 7.13).
        if length > 0:
            of_cost = score_weight * criteria[row, COST] / scales[COST]
            for place in range(offers):
                utility[place] = totals[place] - scores[TASTE, place]
                felt[place] = -of_cost * passed[place]
            logsum = choose(listed, nested, lam, choosing)
            add_slopes(listed, nested, lam, choosing, found)
            leaving = scores[LOCK_IN, own] if own >= 0 and listed[own] else 0.0
            found.worth[0] += logsum + level - leaving
            found.worth[1] += of_cost

        best_place = highest(totals, listed, -1)
        next_place = highest(totals, listed, best_place)
        is_dual = next_place >= 0 and unit(draw(keys[2], row)) < world.dual_share
        winner = on_offer[best_place] if best_place >= 0 else NONE
        tender.winner[one], tender.second[one] = winner, on_offer[next_place] if is_dual else NONE
        tender.score[one] = totals[best_place] if best_place >= 0 else np.nan
        for term in range(len(SCORES)):
            tender.scores[one, term] = scores[term, best_place] if best_place >= 0 else np.nan
        if winner != home and winner != NONE:
            switches.agents[home, winner] += 1
            switches.seats[home, winner] += seats[row]
            for term in range(len(SCORES)):
                left = scores[term, own] if own >= 0 else 0.0
                switches.sums[home, winner, term] += scores[term, best_place] - left

    for taker in range(offers):
        answers.chosen[on_offer[taker]] += found.chosen[taker]
        for priced in range(offers):
            answers.slope[on_offer[taker], on_offer[priced]] += found.slope[taker, priced]
