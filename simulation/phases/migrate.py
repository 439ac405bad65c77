"""Phase 5, migrate: developers and consumers adopt, reconsider, try and switch (E17-E21).

This file makes the month's tables; `agents.kernels.migrate` runs through the agents.
"""

import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, NONE
from agents.demand import AnyIndividuals, DeveloperParameters
from agents.draws import luck_of, monthly
from agents.equations.adoption import adoption_hazard
from agents.equations.choice import Terms, bounded_exponential, fixed, switching_cost, taste_types
from agents.equations.race import arrival_table, nest_table, power_steps
from agents.graph import Graph, block_of
from agents.individuals import (
    TASTE_TYPES,
    UNGROUPED,
    Individuals,
    Moves,
    Tally,
    empty_tally,
    no_moves,
)
from agents.kernels.leave import leave_range
from agents.kernels.migrate import LOG_UNSEEN, TABLED, WAKE_SCALE, Tables, migrate_range
from agents.kernels.neighbours import block_counts
from agents.kernels.weights import race_weights, waking
from agents.labs import anybody

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
BLOCK = 1 << 16  # agents a thread takes at once
STREAMS = ("choice",)


def migrate(market: "Market") -> None:
    """One month of developers and of consumers; all see the choices of last month's end."""
    config = market.config
    for people, settings, segment in (
        (market.developers, config.developers, CODING),
        (market.consumers, config.consumers, CONSUMER),
    ):
        in_use = capability_terms(settings, market.offers.in_use[segment])
        terms = (utility_terms(market, settings, segment), in_use)
        tables = month_tables(market, people, settings, segment, terms)
        people.crowd.seen[:] = people.crowd.choice
        drop_dead_seconds(people, market.totals[people.name], tables.live)
        moves = run_blocks(market, people, tables)
        market.recorder.moves(segment, moves, terms, tables)


def run_blocks(market: "Market", people: Individuals, tables: Tables) -> Moves:
    """Run the kernel over fixed blocks of agents; changes the running totals, returns the moves."""
    size, threads, totals = len(people), market.threads, market.totals[people.name]
    graph = market.graphs[people.name]
    blocks = block_counts(graph, people.crowd.seen)
    leaving = leaving_threshold(getattr(market.config, people.name))
    span = BLOCK if threads > 1 else size

    def work(first: int, tally: Tally, moves: Moves) -> None:
        last = min(first + span, size)
        if leaving:
            when = (tables.key, tables.month, leaving, tables.oldest)
            leave_range(first, last, people.crowd, *when, tally, moves)
        migrate_range(first, last, people.crowd, graph, blocks, tables, tally, moves)

    firsts = range(0, size, span)
    if len(firsts) == 1:
        moves = no_moves()
        work(0, totals, moves)
        return moves
    groups, months = len(totals.group), len(totals.cohort)
    tallies = [empty_tally(groups, months) for _ in firsts]
    parts = [no_moves() for _ in firsts]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, firsts, tallies, parts))
    for tally in tallies:
        add(totals, tally)
    for part in parts[1:]:
        add(parts[0], part)
    return parts[0]


def add(totals: Iterable[NDArray[np.int64]], parts: Iterable[NDArray[np.int64]]) -> None:
    """Add whole-number arrays in place, one to one."""
    for total, part in zip(totals, parts, strict=True):
        np.add(total, part, out=total)


def utility_terms(market: "Market", settings: AnyIndividuals, segment: int) -> Terms:
    """E17 without peers and lock-in: the utility of each offer, by term and taste type, util."""
    offers, live = market.offers, market.offers.live[segment]
    price = np.zeros(CODES)
    if isinstance(settings, DeveloperParameters):  # consumers pay no price per token
        np.log(offers.price[segment], out=price, where=live)
        price *= -settings.price_weight
    return Terms(
        capability=capability_terms(settings, offers.capability[segment]),
        price=price,
        safety=settings.safety_weight * offers.safety[segment],
        brand=settings.brand_weight * offers.brand[segment],
        reliability=settings.reliability_weight * (offers.reliability[segment] - 1.0),
        product=offers.product[segment],
    )


def capability_terms(settings: AnyIndividuals, capability: Array) -> Array:
    """E17: what capability is worth to each taste type, shape (taste types, codes), util.

    A provider's own users work with the capability in use (E17d).
    """
    return taste_weights(settings.capability_weight, settings.taste_spread) * capability


@lru_cache(maxsize=16)
def taste_weights(weight: float, spread: float) -> Array:
    """Weight of capability by taste type, shape (taste types, 1)."""
    return fixed((weight * taste_types(spread, TASTE_TYPES))[:, None])


def month_tables(
    market: "Market",
    people: Individuals,
    settings: AnyIndividuals,
    segment: int,
    terms: tuple[Terms, Array],
) -> Tables:
    """Everything that the kernel needs to know of this month.

    terms : utility of the offers, and what their capability is worth to their own users.
    """
    offers, choice = market.offers, market.config.choice
    lam = choice.nest_dissimilarity
    nested = offers.nested[segment] if lam < 1.0 else np.zeros(CODES, np.uint8)
    live = offers.live[segment]
    on_offer = int(np.count_nonzero(live))
    order = np.empty(on_offer, np.uint8), np.empty(CODES, np.int64), np.empty(on_offer, np.uint64)
    new, own, of_users = np.empty((3, TASTE_TYPES, CODES))
    of_others = np.empty((TASTE_TYPES, on_offer))
    offered, weights = (live, nested, market.keys), (new, own, of_others, of_users)
    outside = race_weights(*terms, offered, lam, order, weights)
    options, slots, luck = order
    lock_cost, lock = lock_in(market, people, settings)
    adopted = 1.0 - int(market.totals[people.name].accounts[NONE]) / len(people)
    keys = monthly(market.config.seed, people.name, STREAMS, market.origin.months)
    return Tables(
        key=keys[market.month, 0],
        month=market.month,
        options=options,
        outside=outside,
        slots=slots,
        live=live,
        nested=nested,
        luck=luck,
        nest_luck=luck_of("nest"),
        new_utility=new,
        own_utility=own,
        new=of_others,
        own=of_users,
        peers=peer_table(settings.peer_weight, settings.peer_form == "log", lam),
        lock=lock,
        lock_cost=lock_cost,
        wake=wake_thresholds(market, settings, segment, live, adopted),
        trial=np.uint64(math.ceil(settings.trial_probability * WAKE_SCALE)),
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


def lock_in(market: "Market", people: Individuals, settings: AnyIndividuals) -> tuple[Array, Array]:
    """Tables `lock_cost` and `lock` of tenures from 0 to the longest possible."""
    return lock_tables(
        market.config.months + people.start.tenure + 1,
        market.config.freeze.get(f"{people.name}.tenure"),
        market.config.choice.nest_dissimilarity,
        (
            settings.switching_cost_factor,
            settings.switching_cost_base,
            settings.switching_cost_growth,
            settings.switching_cost_months,
        ),
    )


@lru_cache(maxsize=16)
def lock_tables(
    length: int, frozen: float | None, lam: float, form: tuple[float, float, float, float]
) -> tuple[Array, Array]:
    """E18 by tenure, util, and its weights outside and in the nest; `frozen` holds all at one."""
    factor, *growth = form
    tenure = np.arange(length, dtype=np.float64)
    tenure[:] = tenure if frozen is None else frozen
    cost = factor * switching_cost(tenure, *growth)
    return fixed(cost), fixed(bounded_exponential(np.stack([cost, cost / lam])))


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
    highest = adopted if settings.adoption_reference == "market" else 1.0
    outside = hazard_at(highest, settings.innovation, settings.imitation)
    rates = (
        settings.reconsideration_base,
        settings.reconsideration_release,
        settings.reconsideration_shock,
    )
    certain = settings.reconsideration_probability
    thresholds: NDArray[np.uint32] = waking(
        live,
        market.offers.shock,
        float(market.offers.release_rate[segment]),
        rates,
        -1.0 if certain is None else float(certain),
        1.0 if settings.arrival == "one_per_month" else outside,
    )
    return thresholds


@lru_cache(maxsize=16)
def hazard_at(adopted: float, innovation: float, imitation: float) -> float:
    """E19 at one adopted share, which is that of every month where neighbours are looked at."""
    return float(adoption_hazard(np.array(adopted), innovation, imitation))


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
    return np.uint64(math.ceil(-math.expm1(-settings.leaving_hazard) * WAKE_SCALE))


def drop_dead_seconds(people: Individuals, totals: Tally, live: NDArray[np.bool_]) -> None:
    """Second providers without an offer are given up at once (E21)."""
    dead = (totals.seconds > 0) > live
    if not anybody(dead):
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
