"""Phase 5, migrate: developers and consumers adopt, reconsider, try and switch (E17-E21).

This file makes the month's tables; `agents.kernels.migrate` runs through the agents.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, NONE
from agents.demand import AnyIndividuals, DeveloperParameters
from agents.draws import below, luck_keys, luck_of, stream
from agents.equations.adoption import adoption_hazard, reconsideration_hazard
from agents.equations.choice import Terms, fixed, switching_cost, taste_types
from agents.equations.race import arrival_table, nest_table, power_steps
from agents.graph import Graph, block_of
from agents.individuals import (
    RUNNING_TOTALS,
    TASTE_TYPES,
    UNGROUPED,
    Individuals,
    Tally,
    empty_tally,
)
from agents.kernels.leave import leave_range
from agents.kernels.migrate import LOG_UNSEEN, TABLED, WAKE_SCALE, Tables, migrate_range
from agents.kernels.neighbours import block_counts

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
BLOCK = 1 << 16  # agents a thread takes at once
STEEPEST = 300.0  # exponents beyond this decide every race already


def migrate(market: "Market") -> None:
    """One month of developers and of consumers; all see the choices of last month's end."""
    config = market.config
    for people, settings, segment in (
        (market.developers, config.developers, CODING),
        (market.consumers, config.consumers, CONSUMER),
    ):
        new = utility_terms(market, settings, segment)
        own = utility_terms(market, settings, segment, in_use=True)
        tables = month_tables(market, people, settings, segment, new.total(), own.total())
        people.crowd.seen[:] = people.crowd.choice
        drop_dead_seconds(people, market.totals[people.name], tables.live)
        change = run_blocks(market, people, tables)
        add(market.totals[people.name][:RUNNING_TOTALS], change[:RUNNING_TOTALS])
        market.recorder.moves(segment, change, new, own, tables.live)


def run_blocks(market: "Market", people: Individuals, tables: Tables) -> Tally:
    """Run the kernel over fixed blocks of agents; returns the sum of the blocks' tallies."""
    size, threads, like = len(people), market.threads, market.totals[people.name]
    graph = market.graphs[people.name]
    blocks = block_counts(graph, people.crowd.seen)
    leaving = leaving_threshold(getattr(market.config, people.name))
    span = BLOCK if threads > 1 else size

    def work(first: int) -> Tally:
        tally = empty_tally(len(like.group), len(like.cohort))
        last = min(first + span, size)
        if leaving:
            when = (tables.key, tables.month, leaving, tables.oldest)
            leave_range(first, last, people.crowd, *when, tally)
        migrate_range(first, last, people.crowd, graph, blocks, tables, tally)
        return tally

    firsts = range(0, size, span)
    if len(firsts) == 1:
        return work(0)
    with ThreadPoolExecutor(threads) as pool:
        tallies = list(pool.map(work, firsts))
    for tally in tallies[1:]:
        add(tallies[0], tally)
    return tallies[0]


def add(totals: Iterable[NDArray[np.int64]], parts: Iterable[NDArray[np.int64]]) -> None:
    """Add whole-number arrays in place, one to one."""
    for total, part in zip(totals, parts, strict=True):
        np.add(total, part, out=total)


def utility_terms(
    market: "Market", settings: AnyIndividuals, segment: int, in_use: bool = False
) -> Terms:
    """E17 without peers and lock-in: the utility of each offer, by term and taste type, util.

    With `in_use`, the utility of the version that a provider's own users work with (E17d).
    """
    offers, live = market.offers, market.offers.live[segment]
    capability = offers.in_use[segment] if in_use else offers.capability[segment]
    eta = taste_types(settings.taste_spread, TASTE_TYPES)
    price = np.zeros(CODES)
    if isinstance(settings, DeveloperParameters):  # consumers pay no price per token
        price[live] = -settings.price_weight * np.log(offers.price[segment, live])
    return Terms(
        capability=eta[:, None] * settings.capability_weight * capability,
        price=price,
        safety=settings.safety_weight * offers.safety[segment],
        brand=settings.brand_weight * offers.brand[segment],
        reliability=settings.reliability_weight * (offers.reliability[segment] - 1.0),
        product=offers.product[segment],
    )


def month_tables(
    market: "Market",
    people: Individuals,
    settings: AnyIndividuals,
    segment: int,
    new: Array,
    own: Array,
) -> Tables:
    """Everything that the kernel needs to know of this month; `new` and `own` are E17, util."""
    offers, choice = market.offers, market.config.choice
    lam = choice.nest_dissimilarity
    nested = offers.nested[segment] if lam < 1.0 else np.zeros(CODES, np.uint8)
    scale = np.where(nested > 0, lam, 1.0)
    live = offers.live[segment]
    order = np.argsort(np.where(live, nested, 2), kind="stable")  # the nest last
    options = order[: live.sum()].astype(np.uint8)
    level = np.max(np.where(live, new, -np.inf), axis=1, keepdims=True)
    level = np.where(live.any(), level, 0.0)
    cost = lock_in(market, people, settings)
    adopted = 1.0 - market.totals[people.name].accounts[NONE] / len(people)
    seed, name = market.config.seed, people.name
    return Tables(
        key=np.uint64(below(stream(seed, f"{name}.choice"), market.month)[0]),
        month=market.month,
        options=options,
        outside=int((nested[options] == 0).sum()),
        slots=np.argsort(order),
        live=live,
        nested=nested,
        luck=luck_keys(market.supply.keys[options]),
        nest_luck=luck_of("nest"),
        new_utility=new,
        own_utility=own,
        new=np.ascontiguousarray(bounded_exponential((new - level) / scale)[:, options]),
        own=bounded_exponential((own - level) / scale),
        peers=peer_table(settings.peer_weight, settings.peer_form == "log", lam),
        lock=bounded_exponential(np.stack([cost, cost / lam])),
        lock_cost=cost,
        wake=wake_thresholds(market, settings, segment, live, adopted),
        trial=np.uint64(np.ceil(settings.trial_probability * WAKE_SCALE)),
        trial_luck=luck_of("trial"),
        due=arrivals(market.graphs[people.name], people, settings),
        arrival=arrival_table(),
        nest=nest_table(lam),
        powers=power_steps(lam),
        dissimilarity=lam,
        peer_weight=settings.peer_weight,
        log_peers=settings.peer_form == "log",
        innovation=settings.innovation,
        imitation=settings.imitation,
        market_adopted=adopted if settings.adoption_reference == "market" else -1.0,
        oldest=-people.start.tenure,
    )


def bounded_exponential(exponent: Array) -> Array:
    """e^x with x held in [-300, 300], so that products of weights neither vanish nor overflow."""
    weight: Array = np.exp(np.clip(exponent, -STEEPEST, STEEPEST))
    return weight


def lock_in(market: "Market", people: Individuals, settings: AnyIndividuals) -> Array:
    """E18 by tenure in months, from 0 to the longest possible, util."""
    tenure = np.arange(market.config.months + people.start.tenure + 1.0)
    tenure[:] = market.config.freeze.get(f"{people.name}.tenure", tenure)
    cost = switching_cost(
        tenure,
        settings.switching_cost_base,
        settings.switching_cost_growth,
        settings.switching_cost_months,
    )
    return settings.switching_cost_factor * cost


@lru_cache(maxsize=16)
def peer_table(weight: float, log_form: bool, lam: float) -> Array:
    """Factors of the peers term for degrees and counts below 64, shape (2, 64, 64).

    Row 0 outside the nest, row 1 inside; e^(J k/n), or (k/n)^J under log peers.
    """
    degree = np.arange(TABLED)[:, None]
    count = np.minimum(np.arange(TABLED)[None, :], degree)
    share = count / np.maximum(degree, 1)
    if log_form:
        exponent = weight * np.log(np.where(share > 0.0, share, 1.0))
        exponent = np.where((share > 0.0) | (weight == 0.0), exponent, LOG_UNSEEN)
    else:
        exponent = weight * share
    return fixed(bounded_exponential(np.stack([exponent, exponent / lam])))


def wake_thresholds(
    market: "Market",
    settings: AnyIndividuals,
    segment: int,
    live: NDArray[np.bool_],
    adopted: float,
) -> NDArray[np.uint32]:
    """Of 2^24, how many agents on each code wake: E20 for users, the highest E19 for others.

    Users of a provider without an offer wake with certainty; nobody wakes where nothing is offered.
    """
    offers = market.offers
    hazard = reconsideration_hazard(
        float(offers.release_rate[segment]),
        offers.shock,
        settings.reconsideration_base,
        settings.reconsideration_release,
        settings.reconsideration_shock,
    )
    if settings.reconsideration_probability is not None:
        hazard[:] = settings.reconsideration_probability
    hazard[~live] = 1.0
    highest = adopted if settings.adoption_reference == "market" else 1.0
    hazard[NONE] = adoption_hazard(np.array(highest), settings.innovation, settings.imitation)
    if settings.arrival == "one_per_month":
        hazard[NONE] = 1.0
    if not live.any():
        hazard[:] = 0.0
    return np.ceil(hazard * WAKE_SCALE).astype(np.uint32)


def arrivals(graph: Graph, people: Individuals, settings: AnyIndividuals) -> NDArray[np.bool_]:
    """Who adopts this month where one arrives in each block, shape (agents,); else empty."""
    if settings.arrival == "hazard":
        return np.zeros(0, np.bool_)
    outside = np.flatnonzero(people.crowd.choice == NONE)
    block = block_of(graph.size, graph.blocks)[outside]  # ascending, as the rows are
    due = np.zeros(len(people), np.bool_)
    due[outside[np.flatnonzero(np.diff(block, prepend=-1))]] = True
    return due


def leaving_threshold(settings: AnyIndividuals) -> np.uint64:
    """Of 2^24, how many users give up every provider this month (E21)."""
    return np.uint64(np.ceil(-np.expm1(-settings.leaving_hazard) * WAKE_SCALE))


def drop_dead_seconds(people: Individuals, totals: Tally, live: NDArray[np.bool_]) -> None:
    """Second providers without an offer are given up at once (E21)."""
    dead = (totals.seconds > 0) & ~live
    if not dead.any():
        return
    crowd = people.crowd
    rows = np.flatnonzero(dead[crowd.second])
    first, second, weight = crowd.choice[rows], crowd.second[rows], crowd.weight[rows]
    employed = crowd.group[rows] != UNGROUPED
    for row, amount in enumerate((weight, np.where(employed, weight, 0))):
        np.add.at(totals.lent[row], first, amount.astype(np.int64))
        np.subtract.at(totals.lent[row], second, amount.astype(np.int64))
    totals.seconds[dead] = 0
    crowd.second[rows] = NONE
