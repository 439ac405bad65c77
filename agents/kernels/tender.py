"""One month's tenders: shortlist, scores and the race between offers (E24, E25, E26).

Each tender is held on its own: what all buyers see alike stands in the month's tables.  Only what
is kept of a tender is written: the winner's scores, and sums of the differences between those of
the winner and of the provider left.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, ENTERPRISE, NONE, OPEN
from agents.compiled import inline
from agents.enterprises import NEVER
from agents.equations import procurement, usage
from agents.equations.procurement import CRITERIA
from agents.graph import Graph
from agents.kernels.answers import add_slopes, choose
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
CAPABILITY, SAFETY, COST, STABILITY, BRAND, USAGE, PEERS, LOCK_IN, PRODUCT, TASTE = range(
    len(SCORES)
)
# Rows of what is kept of tenders in whole numbers, and columns of what is kept beside SCORES.
ROW, KIND, HOME, WINNER, SECOND, LISTED, TERM, WHOLES = range(8)
SCORE, PRICE, NUMBERS = range(len(SCORES), len(SCORES) + 3)


class Shelf(NamedTuple):
    """What is on offer, (3, codes), as in `Offers`."""

    live: NDArray[np.bool_]
    nested: NDArray[np.uint8]
    capability: NDArray[np.float64]
    safety: NDArray[np.float64]
    brand: NDArray[np.float64]
    product: NDArray[np.float64]
    runway: NDArray[np.float64]


class TenderMonth(NamedTuple):
    """What the month looks like to buyers.

    keys : (3,) uint64, of STREAMS in this month.  luck : (codes,), keys of the offers.
    runway_minimum, safety_minimum : months, of all buyers, and of regulated ones.
    coverage : (codes,), probability that an offer reaches a shortlist (E24).
    worth : (2, codes), E25, of the cost of an offer, to who would move to it and to who stays.
    runway_cap : months.  scales : (criteria,).  is_min_max : the variant of E25 by the span of the
    shortlist.  full_volume : of self-hosted OPEN, trillion tokens a month.
    bonus : (tenures,), of the provider in place by months of tenure, util.
    """

    month: int
    keys: NDArray[np.uint64]
    luck: NDArray[np.uint64]
    nest_luck: np.uint64
    shelf: Shelf
    runway_minimum: float
    safety_minimum: float
    coverage: NDArray[np.float64]
    worth: NDArray[np.float64]
    runway_cap: float
    scales: NDArray[np.float64]
    is_min_max: bool
    score_weight: float
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

    graph, counts, totals : other firms; number and seats of its complete blocks on each code.
    offsets, staff : developers of firm i are staff[offsets[i]:offsets[i + 1]].  choice :
    (developers,) codes.  industry : (industries, codes) developers.
    """

    graph: Graph
    counts: NDArray[np.int64]
    totals: NDArray[np.float64]
    offsets: NDArray[np.int64]
    staff: NDArray[np.uint32]
    choice: NDArray[np.uint8]
    industry: NDArray[np.int64]


class Switches(NamedTuple):
    """Firms whose tender changes their provider, by (from, to), and sums over them.

    sums : (from, to, SCORES), util, of the differences between the new provider and the old one,
    where that has an offer.
    """

    agents: NDArray[np.int64]
    seats: NDArray[np.float64]
    sums: NDArray[np.float64]


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

    allowed : their runway suffices.  unsafe : regulated buyers drop them.
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
    offers, shelf = len(on_offer), world.shelf
    worth = np.empty((offers + 1, len(CRITERIA), offers))
    allowed, unsafe = np.empty(offers, np.bool_), np.empty(offers, np.bool_)
    nested = np.empty(offers, np.bool_)
    for place in range(offers):
        code = on_offer[place]
        runway = np.fmax(shelf.runway[ENTERPRISE, code], 0.0)  # none is known of the new
        allowed[place] = runway >= world.runway_minimum
        unsafe[place] = shelf.safety[ENTERPRISE, code] < world.safety_minimum
        nested[place] = shelf.nested[ENTERPRISE, code] > 0
        for home in range(offers + 1):
            worth[home, CAPABILITY, place] = shelf.capability[ENTERPRISE, code]
            worth[home, SAFETY, place] = shelf.safety[ENTERPRISE, code]
            worth[home, COST, place] = world.worth[np.int64(place == home), code]
            worth[home, STABILITY, place] = min(runway, world.runway_cap)
            worth[home, BRAND, place] = shelf.brand[ENTERPRISE, code]
    return Listed(
        allowed,
        unsafe,
        nested,
        world.luck[on_offer],
        world.coverage[on_offer],
        shelf.product[ENTERPRISE][on_offer],
        worth,
    )


@inline
def compare(worth, home, criterion, scale, listed, is_min_max, rated):
    """E25: rate the offers by a criterion as those at `home` see them; returns the best value."""
    worst, best = np.inf, -np.inf
    for place in range(len(listed)):
        if listed[place] or not is_min_max:
            worst = min(worst, worth[home, criterion, place])
            best = max(best, worth[home, criterion, place])
    for place in range(len(listed)):
        z = 0.0
        if not is_min_max:
            z = standardised(worth[home, criterion, place], best, scale)
        elif listed[place]:
            z = min_max(worth[home, criterion, place], worst, best)
        rated[home, criterion, place] = z
    return best


@inline
def hold(tenders, whole, numbers, firms, around, world, unit_cost, switches, answers):
    """Hold the first `tenders` of `whole`; fill it and `numbers`, add to the last two arguments.

    firms : their columns as they were at last month's end.  unit_cost : of self-hosted OPEN,
    $/Mtok.
    """
    # Arrays by a name of their own: to read one off a tuple again and again takes longer.
    provider, seats, criteria = firms.provider, firms.seats, firms.criteria
    adopted, since, weights = firms.adopted, firms.since, firms.weight
    regulated, industry = firms.regulated, firms.industry
    offsets, staff, choice, crowds = around.offsets, around.staff, around.choice, around.industry
    kind, links, neighbours = around.graph.kind, around.graph.offsets, around.graph.neighbours
    blocks, (switched, switched_seats, sums) = around.totals, switches
    keys, scales, bonus, month = world.keys, world.scales, world.bonus, world.month
    arrival, nest, lam = world.arrival, world.nest, world.dissimilarity
    is_min_max, score_weight = world.is_min_max, world.score_weight
    on_offer = np.flatnonzero(world.shelf.live[ENTERPRISE])
    offers, place_of = len(on_offer), np.full(CODES, -1)
    for place in range(offers):
        place_of[on_offer[place]] = place
    hosted = place_of[OPEN]
    allowed, unsafe, nested, luck, coverage, product, worth = offers_of(world, on_offer)
    listed, totals, passed = np.zeros(offers, np.bool_), np.zeros(offers), np.ones(offers)
    counts, scores = np.zeros(CODES), np.zeros((len(SCORES), offers))
    utility, felt = np.zeros(offers), np.zeros(offers)
    share, within = np.zeros(offers), np.zeros(offers)
    chosen, slope, gained = np.zeros(offers), np.zeros((offers, offers)), answers.worth
    rated, best = np.zeros(worth.shape), np.zeros((offers + 1, len(CRITERIA)))
    for home in range(offers + 1):
        for criterion in range(len(CRITERIA)):
            scale = scales[criterion]
            best[home, criterion] = compare(worth, home, criterion, scale, listed, False, rated)
    for one in range(tenders):
        row = whole[ROW, one]
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

        # What each offer is worth to it; hosting costs less a token with volume (E25, E27).
        if hosted >= 0:
            age = 0 if adopted[row] == NEVER else month - np.int64(adopted[row])
            volume = weights[row] * ramp_of_next_year(age, world.ramp_months)
            moving = 0.0 if home == OPEN else world.integration_cost
            cost = hosting_cost(unit_cost, world.hosting_fee, volume * world.full_volume, moving)
            worth[own, COST, hosted] = worth_of_cost(cost)  # -1 is the last one
            best[own, COST] = compare(worth, own, COST, scales[COST], listed, False, rated)
            passed[hosted] = passed_on(unit_cost, cost, moving, world.price_elasticity)
        level = 0.0  # of the best values: it cancels in a choice, but moves from month to month
        for criterion in range(len(CRITERIA)):
            weight, scale = score_weight * criteria[row, criterion], scales[criterion]
            if is_min_max:
                best[own, criterion] = compare(worth, own, criterion, scale, listed, True, rated)
            level += weight * best[own, criterion] / scale
            for place in range(offers):
                scores[criterion, place] = weight * rated[own, criterion, place]

        # Its own developers, or those of its industry if they are few, and its peers.
        if world.usage_pull != 0.0:
            first, last = offsets[row], offsets[row + 1]
            is_many = last - first >= world.pull_minimum
            for code in range(CODES):
                counts[code] = 0.0 if is_many else crowds[industry[row], code]
            if is_many:
                for member in range(first, last):
                    counts[choice[staff[member]]] += 1.0
            share_out(counts, world.usage_pull, on_offer, USAGE, scores)
        add_neighbours(row, kind, links, neighbours, blocks, provider, seats, counts)
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
            logsum = choose(listed, nested, lam, utility, share, within)
            add_slopes(listed, nested, lam, felt, share, within, chosen, slope)
            habit = scores[LOCK_IN, own] if own >= 0 and listed[own] else 0.0
            gained[0] += logsum + level - habit
            gained[1] += of_cost

        first_place = highest(totals, listed, -1)
        next_place = highest(totals, listed, first_place)
        is_dual = next_place >= 0 and unit(draw(keys[2], row)) < world.dual_share
        winner = on_offer[first_place] if first_place >= 0 else NONE
        whole[HOME, one], whole[WINNER, one], whole[LISTED, one] = home, winner, length
        whole[SECOND, one] = on_offer[next_place] if is_dual else NONE
        numbers[one, SCORE] = totals[first_place] if first_place >= 0 else np.nan
        for term in range(len(SCORES)):
            numbers[one, term] = scores[term, first_place] if first_place >= 0 else np.nan
        if winner != home and winner != NONE:
            switched[home, winner] += 1
            switched_seats[home, winner] += seats[row]
            for term in range(len(SCORES)):
                left = scores[term, own] if own >= 0 else 0.0
                sums[home, winner, term] += scores[term, first_place] - left

    for taker in range(offers):
        answers.chosen[on_offer[taker]] += chosen[taker]
        for priced in range(offers):
            answers.slope[on_offer[taker], on_offer[priced]] += slope[taker, priced]
