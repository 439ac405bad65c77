"""One month of many individuals: wake, look at neighbours, choose, try, move (E17-E21).

The loop takes its arrays out of the tuples once and calls small functions on plain arrays: inside
the loop a tuple of arrays costs a reference count for each field it holds (measured: 40 times),
and so does each start of a loop over an array, hence the slots.

An agent that does not wake costs one mix.  One that wakes gathers its neighbours' choices of last
month, multiplies three table entries for each offer (taste type by offer, neighbour count, tenure)
and runs the exponential race; no exponential is taken but for hubs of 64 neighbours and more.
What cannot be foreseen costs most: rows of neighbours are fetched for many agents at once, and the
race has no branches.
Moves are tallied at once, in whole numbers and fixed point, so that sums do not depend on order.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NONE
from agents.compiled import inline, kernel
from agents.draws import GOLDEN, SHIFT_48
from agents.draws import mix as mix_source
from agents.graph import COMPLETE, EDGES
from agents.individuals import UTILITY_UNIT
from agents.kernels.accounts import count_second, move_account

mix = inline(mix_source)

SHIFT_40 = np.uint64(40)
WAKE_SCALE = 1 << 24  # an agent wakes where the top 24 bits of its key lie below its threshold
TABLED = 64  # neighbour counts below this have their factor in a table
PACKED = 256  # neighbour counts below this fit the bytes of two registers
FIXED = 1 / UTILITY_UNIT  # fixed point of the sums over movers
SHIFT_56 = np.uint64(56)  # of NONE, the last code
ONE, THREE, SEVEN, BYTE = np.uint64(1), np.uint64(3), np.uint64(7), np.uint64(255)
EIGHT, NO_SECOND = np.uint8(8), np.uint8(NONE)
SHIFT_63 = np.uint64(63)
STAGE = 2048  # agents looked at together, so that the memory of the awake is fetched ahead
ABOVE, BELOW = 1.0 + 1e-9, 1.0 - 1e-9  # wider than any rounding of a power
LOG_UNSEEN = -300.0  # utility of an offer that no neighbour uses, under log peers: never chosen


class Tables(NamedTuple):
    """What the month looks like to an individual; weights are e^V, in a nest e^(V/λ).

    options : codes on offer, those of the nest last; `outside` are not in it.  slots : (codes,),
    place of each option.
    new_utility, own_utility : (taste types, codes), utility of an offer to others and to its own
    users before peers and lock-in, util.  new : (taste types, options), own : (taste types, codes),
    their weights, less a common factor.
    peers : (2, 64, 64), factor of (in nest, degree, neighbours on it).
    lock : (2, tenures), factor of staying; lock_cost : (tenures,), its utility, util.
    wake : (codes,) uint32 thresholds of 2^24.  luck : (options,) uint64 keys.
    trial : of 2^24, how often a preferred provider is first tried as a second one (E21).
    due : (agents,) who adopts where one arrives each month; empty where adoption is a hazard.
    """

    key: np.uint64
    month: int
    options: NDArray[np.uint8]
    outside: int
    slots: NDArray[np.int64]
    live: NDArray[np.bool_]
    nested: NDArray[np.uint8]
    luck: NDArray[np.uint64]
    nest_luck: np.uint64
    new_utility: NDArray[np.float64]
    own_utility: NDArray[np.float64]
    new: NDArray[np.float64]
    own: NDArray[np.float64]
    peers: NDArray[np.float64]
    lock: NDArray[np.float64]
    lock_cost: NDArray[np.float64]
    wake: NDArray[np.uint32]
    trial: np.uint64
    trial_luck: np.uint64
    due: NDArray[np.bool_]
    arrival: NDArray[np.float32]
    nest: NDArray[np.float32]
    powers: NDArray[np.float64]
    dissimilarity: float
    peer_weight: float
    log_peers: bool
    innovation: float
    imitation: float
    market_adopted: float  # adopted share of the market where adoption looks there, else -1
    oldest: int  # month of the earliest cohort (not above 0)


@inline
def upper_bits(number):
    """The upper 16 bits of a float64: sign, exponent and four digits of its fraction."""
    return np.float64(number).view(np.uint64) >> SHIFT_48


@inline
def largest(values, ranks, first, last):
    """Place of the largest of `values` from `first` to `last`; of equals, that of higher rank."""
    most, place, tied = values[first], first, False
    for slot in range(first + 1, last):
        value = values[slot]
        tied |= value == most
        place = slot if value > most else place
        most = max(value, most)
    if tied:
        for slot in range(first, last):
            if values[slot] == most and ranks[slot] > ranks[place]:
                place = slot
    return place


@inline
def count_hub(first, last, neighbours, seen, counts):
    """Fill `counts` (codes,) with the neighbours first..last on each code."""
    counts[:] = 0
    for edge in range(first, last):
        counts[seen[neighbours[edge]]] += 1


@inline
def count_block(block, home, blocks, counts):
    """The same in a complete block: everybody of the block but the agent itself, on `home`."""
    known = np.int64(-1)
    for code in range(CODES):
        counts[code] = blocks[block, code]
        known += counts[code]
    counts[home] -= 1
    return known


@inline
def peer_exponent(count, degree, weight, log_form):
    """Utility of `count` of `degree` neighbours on an offer (E17), util."""
    if degree == 0:
        return 0.0
    if not log_form:
        return weight * count / degree
    if count == 0:
        return LOG_UNSEEN
    return weight * np.log(count / degree)


@kernel
def migrate_range(first, last, crowd, graph, blocks, tables, tally, movers):
    """One month of agents `first` to `last`, who all see the choices of last month's end.

    blocks : (blocks, codes) int64, agents of each block of a complete graph on each code.
    tally, movers : totals and moves, changed by what they do.
    """
    choice, seen, second = crowd.choice, crowd.seen, crowd.second
    since, taste = crowd.since, crowd.taste
    weights, groups = crowd.weight, crowd.group
    kind, offsets, neighbours = graph.kind, graph.offsets, graph.neighbours
    month_key, month, live = tables.key, tables.month, tables.live
    options, outside, slots = tables.options, tables.outside, tables.slots
    nested, luck, nest_luck = tables.nested, tables.luck, tables.nest_luck
    new_utility, own_utility = tables.new_utility, tables.own_utility
    new, own, peers, wake = tables.new, tables.own, tables.peers, tables.wake
    lock, lock_cost = tables.lock, tables.lock_cost
    trial, trial_luck, due = tables.trial, tables.trial_luck, tables.due
    arrival, nest, powers = tables.arrival, tables.nest, tables.powers
    lam = tables.dissimilarity
    peer_weight, log_peers = tables.peer_weight, tables.log_peers
    innovation, imitation = tables.innovation, tables.imitation
    market_adopted, oldest = tables.market_adopted, tables.oldest
    accounts, weight_sums, group_counts = tally.accounts, tally.weight, tally.group
    cohort, moves, sums = tally.cohort, movers.agents, movers.sums
    seconds, lent = tally.seconds, tally.lent
    counts = np.zeros(CODES, np.int64)
    factors = np.ones(CODES, np.float64)
    scale = np.where(nested > 0, lam, 1.0)

    # A byte of two words for each code: how far to shift for that of a slot, and in which word.
    shifts, is_high = (options.astype(np.uint64) & SEVEN) << THREE, options >= EIGHT
    scores, lots = np.empty(CODES, np.float64), np.empty(CODES, np.uint64)
    score_bits = scores.view(np.int64)  # in the same order, as no score is negative
    looks = peer_weight != 0.0 or market_adopted < 0.0
    awake = np.empty(STAGE, np.uint32)
    starts, degrees = np.empty(STAGE, np.int64), np.zeros(STAGE, np.int64)
    fetched = np.empty(STAGE, np.uint32)
    lows, highs = np.empty(STAGE, np.uint64), np.empty(STAGE, np.uint64)
    draws = np.empty(STAGE, np.uint64)

    for stage in range(first, last, STAGE):
        # Wake: draw for everybody at once, then list the awake without a branch to mispredict.
        length = min(STAGE, last - stage)
        for place in range(length):
            draws[place] = mix(month_key + (np.uint64(stage + place) + ONE) * GOLDEN)
        woken = np.int64(0)
        for place in range(length):
            awake[woken] = place
            woken += np.int64(np.uint32(draws[place] >> SHIFT_40) < wake[choice[stage + place]])

        # Look: fetch both ends of the rows of the awake, all at once, for memory is far away; then
        # count their neighbours, a byte for each code in two registers.
        if kind == EDGES and looks:
            for position in range(woken):
                agent = stage + np.int64(awake[position])
                start, stop = np.int64(offsets[agent]), np.int64(offsets[agent + 1])
                starts[position], degrees[position] = start, stop - start
                if stop > start:
                    fetched[position] = neighbours[start] ^ neighbours[stop - 1]
            for position in range(woken):
                low, high = np.uint64(0), np.uint64(0)
                if degrees[position] < PACKED:
                    for edge in range(starts[position], starts[position] + degrees[position]):
                        code = seen[neighbours[edge]]
                        one = ONE << ((np.uint64(code) & SEVEN) << THREE)
                        in_high = np.uint64(code) >> THREE
                        high += one * in_high
                        low += one * (ONE - in_high)
                lows[position], highs[position] = low, high

        for position in range(woken):
            agent, key = stage + np.int64(awake[position]), draws[awake[position]]
            home = choice[agent]

            # Unpack what was seen of the neighbours; hubs and complete blocks are counted here.
            degree = degrees[position]
            if kind == COMPLETE:
                degree = count_block(agent * graph.blocks // graph.size, home, blocks, counts)
            elif degree >= PACKED:
                start = starts[position]
                count_hub(start, start + degree, neighbours, seen, counts)
            elif degree > 0:
                low, high = lows[position], highs[position]
                for slot in range(len(options)):
                    word = high if is_high[slot] else low
                    counts[options[slot]] = np.int64((word >> shifts[slot]) & BYTE)

            # Adopt at one's own hazard, having woken at the highest one (E19), or in one's turn.
            if home == NONE and seen[agent] != NONE:
                continue  # it has left the market this month
            if home == NONE and len(due):
                if not due[agent]:
                    continue
            elif home == NONE:
                adopted = market_adopted
                if adopted < 0.0:
                    outsiders = counts[NONE]
                    if kind == EDGES and degree < PACKED:
                        outsiders = np.int64(highs[position] >> SHIFT_56)
                    adopted = (degree - outsiders) / degree if degree > 0 else 0.0
                hazard = -np.expm1(-(innovation + imitation * adopted))
                if np.float64(key >> SHIFT_40) >= hazard * WAKE_SCALE:
                    continue

            # Factors of the neighbours on each offer.
            has_peers = degree > 0 and peer_weight != 0.0
            if has_peers and log_peers:
                has_peers = False
                for slot in range(len(options)):
                    has_peers = has_peers or counts[options[slot]] > 0
            for slot in range(len(options)):
                code = options[slot]
                if not has_peers:
                    factors[slot] = 1.0
                elif degree < TABLED:
                    factors[slot] = peers[nested[code], degree, counts[code]]
                else:
                    exponent = peer_exponent(counts[code], degree, peer_weight, log_peers)
                    factors[slot] = np.exp(min(max(exponent / scale[code], -300.0), 300.0))

            # Run the race: the largest weight times luck wins, the nest competing as one (E17b).
            kind_of_taste = taste[agent]
            tenure = month - np.int64(since[agent]) if home != NONE else np.int64(0)
            for slot in range(len(options)):
                lots[slot] = mix(key + luck[slot])
                weight = new[kind_of_taste, slot] * factors[slot]
                scores[slot] = weight * arrival[lots[slot] >> SHIFT_48]
            if home != NONE and live[home]:
                slot = slots[home]
                weight = own[kind_of_taste, home] * factors[slot] * lock[nested[home], tenure]
                scores[slot] = weight * arrival[lots[slot] >> SHIFT_48]
            best, target, shared = -1.0, np.uint8(NONE), 1.0
            first_place = np.int64(0)
            if outside > 0:
                first_place = largest(score_bits, lots, 0, outside)
                best, target = scores[first_place], options[first_place]
            if outside < len(options):
                place = largest(score_bits, lots, outside, len(options))
                inner = scores[place]
                shared = np.float64(nest[mix(key + nest_luck) >> SHIFT_48])
                # The power's bounds mostly decide, and take a tenth of its time.
                step = upper_bits(inner)
                score = powers[step] * shared
                if score <= best * ABOVE and powers[step + ONE] * shared >= best * BELOW:
                    score = inner**lam * shared
                if score > best or (score == best and lots[place] > lots[first_place]):
                    target = options[place]
            if target == NONE:
                continue

            # Try what is preferred as a second provider, or promote the second one (E21).
            other = second[agent]
            if target == home and other == NONE:
                continue
            coin = mix(key + trial_luck)
            is_lost = home == NONE or not live[home]
            primary, kept = target, other
            if target == home:
                kept = other if coin >> SHIFT_63 else NO_SECOND
            elif target == other:
                kept = home if coin >> SHIFT_63 and not is_lost else NO_SECOND
            elif not is_lost and coin >> SHIFT_40 < trial:
                primary, kept = home, target
            spending, group = np.int64(weights[agent]), groups[agent]
            if other != NONE or kept != NONE:
                second[agent] = kept
                count_second(home, other, -1, spending, group, seconds, lent)
                count_second(primary, kept, 1, spending, group, seconds, lent)
            if primary == home:
                continue

            # Count why it moved: each term is the difference to the provider that it leaves.
            log_shared = np.log(shared) if nested[target] or nested[home] else 0.0
            taste_term = np.log(arrival[lots[slots[target]] >> SHIFT_48]) * scale[target]
            taste_term += log_shared * nested[target]
            offer_term = new_utility[kind_of_taste, target]
            peer_term, lock_term = 0.0, 0.0
            if has_peers:
                peer_term = peer_exponent(counts[target], degree, peer_weight, log_peers)
            if home != NONE and live[home]:
                if has_peers:
                    peer_term -= peer_exponent(counts[home], degree, peer_weight, log_peers)
                lost = np.float64(arrival[lots[slots[home]] >> SHIFT_48])
                taste_term -= np.log(lost) * scale[home] + log_shared * nested[home]
                lock_term = -lock_cost[tenure]
                offer_term -= own_utility[kind_of_taste, home]
            # The whole is that of the rounded terms: rounded on its own it would not be their sum.
            peer_steps = np.int64(np.rint(peer_term * FIXED))
            lock_steps = np.int64(np.rint(lock_term * FIXED))
            taste_steps = np.int64(np.rint(taste_term * FIXED))
            sums[0, home, target] += peer_steps
            sums[1, home, target] += lock_steps
            sums[2, home, target] += taste_steps
            sums[3, home, target] += np.int64(np.rint(offer_term * FIXED))
            sums[3, home, target] += peer_steps + lock_steps + taste_steps

            # Move.
            move_account(home, target, spending, group, accounts, weight_sums, group_counts)
            if home != NONE:
                cohort[np.int64(since[agent]) - oldest, home] -= 1
            cohort[month - oldest, target] += 1
            moves[kind_of_taste, home, target] += 1
            choice[agent] = target
            since[agent] = month
