"""The developer step in plain NumPy: whole-array steps for those who wake, nothing compiled.

What a careful modeller would write with NumPy alone, from the equations E17-E21.  It shares with
the engine only the keyed draws and the quantile tables, so it is an exact oracle for markets in
which the Mesa twin takes too long, and the second peer in the benchmark.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from plain_people import tastes

from agents.codes import CODES, CODING, NONE
from agents.draws import below, stream
from agents.equations.race import arrival_table, nest_table
from agents.graph import COMPLETE
from agents.individuals import WEIGHT_UNIT
from simulation.market import Market

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
WAKE_SHIFT, QUANTILE_SHIFT, COIN_SHIFT = np.uint64(40), np.uint64(48), np.uint64(63)
NO_SECOND = np.uint8(NONE)
WAKE_SCALE = 2.0**24
UNSEEN = -300.0  # util; an option that no neighbour uses, under log peers
LEAVE_SHIFT, LEAVE_BITS = np.uint64(16), np.uint64(2**24 - 1)


class Month(NamedTuple):
    """What a month has done.

    awake : rows that chose.  options : codes on offer.  utility : (awake, options), util.
    moves : (from, to) developers.  sums : (4, from, to), over movers: peers, lock-in, taste and
    the whole utility, util.  accounts : (codes,) developers.  use : (codes,) spending weight, the
    share of second providers counted as theirs.
    """

    awake: Rows
    options: Rows
    utility: Array
    moves: NDArray[np.int64]
    sums: Array
    accounts: NDArray[np.int64]
    use: Array


class PlainDevelopers:
    """Developers of a market as NumPy columns.

    choice, second : (developers,) codes of the providers, NONE for none.  since : month in which
    the first one was chosen.
    """

    def __init__(self, market: Market) -> None:
        """Take over the traits and the network, which do not change."""
        graph, crowd = market.graphs["developers"], market.developers.crowd
        if graph.kind == COMPLETE or market.config.developers.arrival != "hazard":
            raise ValueError("plain NumPy knows edges and hazards only")
        self.offsets = graph.offsets.astype(np.int64)
        self.neighbours = graph.neighbours
        self.taste, self.weight = crowd.taste, crowd.weight * WEIGHT_UNIT
        self.log_arrival = np.log(arrival_table().astype(np.float64))
        lam = market.config.choice.nest_dissimilarity
        self.log_nest = np.log(nest_table(lam).astype(np.float64))
        self.copy_state(market)

    def copy_state(self, market: Market) -> None:
        """Put every developer where the engine has it."""
        crowd = market.developers.crowd
        self.choice, self.second = crowd.choice.copy(), crowd.second.copy()
        self.since = crowd.since.astype(np.int64)

    def step(self, market: Market) -> Month:
        """One month on the offers of the market; all see the choices of last month's end."""
        settings, live = market.config.developers, market.offers.live[CODING]
        options = np.flatnonzero(live)
        seen = self.choice.copy()
        month_key = below(stream(market.config.seed, "developers.choice"), market.month)
        keys = below(month_key, np.arange(len(seen)))
        self.second[~live[self.second]] = NONE
        left = self.leave(market, keys)
        awake, counts = self.wake(market, keys, seen)
        keys, home = keys[awake], self.choice[awake]

        # E17: what each option is worth to each who is awake, util.
        new, own = offered(market, options)
        peers = peer_term(counts, options, settings.peer_weight, settings.peer_form == "log")
        taste = self.taste_term(market, keys, options)
        utility = new[self.taste[awake]]
        rows = np.flatnonzero(live[home])
        at_home = rows, np.searchsorted(options, home[rows])
        lock = np.zeros(len(awake))
        lock[rows] = switching_cost(market, self.since[awake[rows]])
        utility[at_home] = own[self.taste[awake[rows]], at_home[1]] + lock[rows]
        utility += peers
        utility += taste
        best = utility.argmax(axis=1) if len(options) else np.zeros(0, np.int64)

        # E21: who moves there, who only tries it.
        moved = self.settle(market, awake, keys, options[best].astype(np.uint8))
        pair = home[moved] * np.int64(CODES) + options[best[moved]]
        stays_open = live[home[moved]]
        before = np.searchsorted(options, home[moved]) * stays_open

        def gained(term: Array) -> Array:
            """Sum over movers of what the new provider has more of than the old one."""
            lost = np.where(stays_open, term[moved, before], 0.0)
            return by_pair(pair, term[moved, best[moved]] - lost)

        sums = [gained(peers), by_pair(pair, -lock[moved]), gained(taste), gained(utility)]
        moves = by_pair(pair, np.ones(len(pair))).astype(np.int64) + left
        accounts = np.bincount(self.choice, minlength=CODES)
        use = self.use(settings.second_share)
        return Month(awake, options, utility, moves, np.stack(sums), accounts, use)

    def leave(self, market: Market, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Users who give up every provider (E21); returns how many, shape (from, to)."""
        hazard = -np.expm1(-market.config.developers.leaving_hazard)
        drawn = (keys >> LEAVE_SHIFT) & LEAVE_BITS
        gone = np.flatnonzero((drawn < np.ceil(hazard * WAKE_SCALE)) & (self.choice != NONE))
        left = by_pair(self.choice[gone] * np.int64(CODES) + NONE, np.ones(len(gone)))
        self.choice[gone], self.second[gone], self.since[gone] = NONE, NONE, market.month
        return left.astype(np.int64)

    def wake(
        self, market: Market, keys: NDArray[np.uint64], seen: NDArray[np.uint8]
    ) -> tuple[Rows, NDArray[np.int64]]:
        """Rows that adopt (E19) or look around (E20), and their neighbours' codes counted."""
        settings, offers = market.config.developers, market.offers
        draw, by_market = keys >> WAKE_SHIFT, settings.adoption_reference == "market"
        adopted = np.mean(seen != NONE) if by_market else 1.0
        pull = settings.reconsideration_release * float(offers.release_rate[CODING])
        push = settings.reconsideration_shock * offers.shock
        hazard = -np.expm1(-(settings.reconsideration_base + pull + push))
        if settings.reconsideration_probability is not None:
            hazard[:] = settings.reconsideration_probability
        hazard[~offers.live[CODING]] = 1.0
        hazard[NONE] = -np.expm1(-(settings.innovation + settings.imitation * adopted))
        if not offers.live[CODING].any():
            hazard[:] = 0.0
        left = (self.choice == NONE) & (seen != NONE)
        awake = np.flatnonzero((draw < np.ceil(hazard * WAKE_SCALE)[self.choice]) & ~left)
        counts = self.count_neighbours(awake, seen)
        if by_market:
            return awake, counts
        # Outsiders woke at the highest hazard; their own depends on their neighbours.
        known = counts.sum(axis=1)
        adopted = np.where(known > 0, (known - counts[:, NONE]) / np.maximum(known, 1), 0.0)
        own_hazard = -np.expm1(-(settings.innovation + settings.imitation * adopted))
        adopts = draw[awake] < own_hazard * WAKE_SCALE
        keep = adopts | (self.choice[awake] != NONE)
        return awake[keep], counts[keep]

    def count_neighbours(self, rows: Rows, seen: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Neighbours of `rows` on each code, shape (rows, codes)."""
        first, degree = self.offsets[rows], np.diff(self.offsets)[rows]
        ends = np.cumsum(degree)
        edge = np.arange(degree.sum()) + np.repeat(first - ends + degree, degree)
        cell = np.repeat(np.arange(len(rows)) * CODES, degree) + seen[self.neighbours[edge]]
        return np.bincount(cell, minlength=len(rows) * CODES).reshape(-1, CODES)

    def taste_term(self, market: Market, keys: NDArray[np.uint64], options: Rows) -> Array:
        """Taste of each row for each option: Gumbel, alike within the nest (E17b), util."""
        lam, nested = market.config.choice.nest_dissimilarity, market.offers.nested[CODING] > 0
        term = self.log_arrival[below(keys[:, None], market.supply.keys[options]) >> QUANTILE_SHIFT]
        inside = np.flatnonzero(nested[options])
        if lam < 1.0 and len(inside):
            shared = self.log_nest[below(keys, stream(0, "nest")) >> QUANTILE_SHIFT]
            term[:, inside] = lam * term[:, inside] + shared[:, None]
        return term

    def settle(
        self, market: Market, awake: Rows, keys: NDArray[np.uint64], drawn: NDArray[np.uint8]
    ) -> Rows:
        """E21: keep, try, promote or move; returns which of `awake` have a new first provider."""
        home, other = self.choice[awake], self.second[awake]
        coin = below(keys, stream(0, "trial"))
        heads, has_home = coin >> COIN_SHIFT == 1, market.offers.live[CODING][home]
        trial = np.ceil(market.config.developers.trial_probability * WAKE_SCALE)
        stays, again = drawn == home, drawn == other
        tries = has_home & ~stays & ~again & (coin >> WAKE_SHIFT < trial)
        self.second[awake] = np.select(
            [stays & heads, stays, again & heads & has_home, again, tries],
            [other, NO_SECOND, home, NO_SECOND, drawn],
            other,
        )
        moved = np.flatnonzero(~stays & ~tries)
        self.choice[awake[moved]], self.since[awake[moved]] = drawn[moved], market.month
        return moved

    def use(self, second_share: float) -> Array:
        """Spending weight on each code: a second provider has its share of its users' use."""
        lent = np.where(self.second == NONE, 0.0, second_share * self.weight)
        first = np.bincount(self.choice, self.weight - lent, CODES)
        return first + np.bincount(self.second, lent, CODES)


def offered(market: Market, options: Rows) -> tuple[Array, Array]:
    """E17 without peers and lock-in: utility to others and to own users, (types, options), util."""
    settings, offers = market.config.developers, market.offers
    prices, reliability = offers.price[CODING, options], offers.reliability[CODING, options]
    common = (
        -settings.price_weight * np.log(prices)
        + settings.safety_weight * offers.safety[CODING, options]
        + settings.brand_weight * offers.brand[CODING, options]
        + settings.reliability_weight * (reliability - 1.0)
        + offers.product[CODING, options]
    )
    slope = settings.capability_weight * np.array(tastes(settings.taste_spread))[:, None]
    newest, in_use = offers.capability[CODING, options], offers.in_use[CODING, options]
    return slope * newest + common, slope * in_use + common


def peer_term(counts: NDArray[np.int64], options: Rows, weight: float, log_form: bool) -> Array:
    """J x, or J ln x, of each row and option; x is the share of all neighbours on it, util."""
    share = counts[:, options] / np.maximum(counts.sum(axis=1), 1)[:, None]
    if not log_form or weight == 0.0:
        return weight * share
    used = share > 0.0
    # Whose neighbours use none of the options does not look at them.
    term = np.where(used.any(axis=1)[:, None] & ~used, UNSEEN, 0.0)
    term[used] = weight * np.log(share[used])
    return term


def switching_cost(market: Market, since: Rows) -> Array:
    """E18: S = k0 + k1 (1 - e^(-tenure/tau)), util."""
    settings = market.config.developers
    tenure = market.config.freeze.get("developers.tenure", market.month - since)
    grown = 1.0 - np.exp(-tenure / settings.switching_cost_months)
    cost = settings.switching_cost_base + settings.switching_cost_growth * grown
    return settings.switching_cost_factor * cost


def by_pair(pair: Rows, amounts: Array) -> Array:
    """Sums by `pair` = from * codes + to, shape (from, to)."""
    return np.bincount(pair, amounts, CODES * CODES).reshape(CODES, CODES)
