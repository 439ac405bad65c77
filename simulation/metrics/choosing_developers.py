"""What developers would take if all of them looked around now, and how prices move it: 7.13.

Who is where, with which taste and how dear it is to leave, is what the month found; the share of
neighbours on an offer is taken for everybody at its share of the market.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, NONE
from agents.equations.adoption import reconsideration_hazard
from agents.equations.choice import switching_cost
from agents.equations.substitution import Response, nested_choice
from agents.graph import NONE as NO_NETWORK
from agents.kernels.responses import price_responses
from simulation.metrics.choosers import Rules, Substitution, nested_offers, quotient

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
AT_ONCE = 12  # months: arrays of many more are fetched from the system anew for each step
NODES = np.array([-1.0, 1.0])  # standard deviations at which the cost of leaving is taken


class Choosers(NamedTuple):
    """Developers by month, point of the cost of leaving, taste type and provider in place.

    people : (months, points, types, providers), agents.  leaving : (months, points, providers),
    cost of leaving, util.  value : (months, types, providers), of each offer to whoever is
    elsewhere, util.  more : as people, what the offer of the provider in place is worth on top.
    live, nested : (months, providers).  dissimilarity, price_weight : (months,).
    """

    people: Array
    leaving: Array
    value: Array
    more: Array
    live: Flags
    nested: Flags
    dissimilarity: Array
    price_weight: Array

    def months(self, some: slice) -> "Choosers":
        """Those of some months."""
        columns: list[Any] = [column[some] for column in self]
        return Choosers(*columns)


def of_developers(history: "History", rules: Rules) -> Substitution:
    """Developers with a provider at last month's end, all looking around at this month's offers."""
    live = history.raw["live"][:, CODING]
    held = developers_held(history)
    choosers = choosers_of(history, rules, held)
    parts = [
        responses(choosers.months(slice(first, first + AT_ONCE)))
        for first in range(0, history.months, AT_ONCE)
    ]
    chosen, slope, gain = (np.concatenate(part) for part in zip(*parts, strict=True))
    there = held.sum(axis=(1, 2)) * np.logical_or.reduce(live, axis=1)
    looking = (held * looking_hazard(history, rules)[:, None]).sum(axis=(1, 2))
    return Substitution(
        Response(chosen, slope),
        quotient(gain, rules.price_weight * there),
        quotient(looking, held.sum(axis=(1, 2))),
        rules.use,
    )


def choosers_of(history: "History", rules: Rules, held: Whole) -> Choosers:
    """Who they are, and what offers are worth to them (E17)."""
    live = history.raw["live"][:, CODING]
    leaving = cost_of_leaving(history, rules) * live[:, None]
    new, own = (
        np.stack([month[place] for month in history.recorder.months["utility"]])[..., history.codes]
        for place in range(2)
    )
    return Choosers(
        np.repeat(held[:, None] / len(NODES), len(NODES), axis=1),
        leaving,
        new + peers_term(history, rules, held),
        (own - new)[:, None] + leaving[:, :, None],
        live,
        nested_offers(history, CODING),
        rules.dissimilarity,
        rules.price_weight,
    )


def responses(choosers: Choosers) -> tuple[Array, Array, Array]:
    """Response of each month, and what its choosers gain together by choosing, util."""
    people, live = choosers.people, choosers.live
    rows = np.flatnonzero(people)
    month, point, taste, home = np.unravel_index(rows, people.shape)
    weight, leaving = people.reshape(-1)[rows], choosers.leaving[month, point, home]
    value = choosers.value[month, taste]
    value[np.arange(len(rows)), home] += choosers.more.reshape(-1)[rows]
    lam = choosers.dissimilarity
    choice = nested_choice(value, live[month], choosers.nested[month], lam[month, None])
    felt = np.repeat(-choosers.price_weight[month, None], value.shape[1], axis=1)
    first = np.searchsorted(month, np.arange(len(people) + 1))
    chosen, slope = price_responses(first, weight, choice.shares, choice.within, felt, lam)
    gain, any_live = np.zeros(people.size), np.logical_or.reduce(live, axis=1)
    gain[rows] = weight * np.where(any_live[month], choice.logsum - leaving, 0.0)
    return chosen, slope, gain.reshape(len(people), -1).sum(axis=1)


def developers_held(history: "History") -> Whole:
    """Developers at the start of each month, (months, taste types, providers).

    Those of a provider that was absorbed, which no flow moved, are its buyer's from the next month.
    """
    recorder = history.recorder
    changes = np.stack([recorder.placed, *recorder.months["sorting"]])
    held: Whole = changes.cumsum(axis=0)[:-1]
    for month, absorbed, buyer in recorder.mergers:
        later = held[month + 1 :]
        moved = later[:1, :, absorbed].copy()
        later[:, :, buyer] += moved
        later[:, :, absorbed] -= moved
    return held[..., history.codes]


def peers_term(history: "History", rules: Rules, held: Whole) -> Array:
    """E17 with the market's shares for those of one's neighbours, (months, 1, providers), util."""
    market = history.recorder.market
    share = held.sum(axis=1, keepdims=True) / len(market.developers)
    if market.graphs["developers"].kind == NO_NETWORK:
        return np.zeros(share.shape)
    weight, by_log = rules.peer_weight[:, None, None], rules.by_log[:, None, None] > 0.0
    seen = share > 0.0
    logarithm = np.log(np.where(seen, share, 1.0))
    return np.asarray(np.where(by_log, weight * logarithm, weight * share), np.float64)


def cost_of_leaving(history: "History", rules: Rules) -> Array:
    """E18 at two points of the tenures on each provider, (months, nodes, providers), util.

    The points lie one standard deviation below and above the mean, with half the users each.
    """
    market, months = history.recorder.market, history.months
    start, placed = market.developers.start.tenure, history.recorder.placed.sum(axis=0)
    first = np.flatnonzero(placed[:NONE])
    found = history.cohorts
    now = (found.segment == CODING) & (found.month < months - 1)  # of a month's end, for the next
    month = np.concatenate([np.zeros(len(first), np.int64), found.month[now] + 1])
    since = np.concatenate([np.full(len(first), -start), found.since[now]])
    code = np.concatenate([first, found.code[now]])
    agents = np.concatenate([placed[first], found.agents[now]])
    frozen = history.config.freeze.get("developers.tenure")
    tenure = month - since if frozen is None else np.full(len(since), frozen)
    form = rules.base[month], rules.growth[month], rules.span[month]
    cost = rules.factor[month] * switching_cost(tenure, *form)
    size, cell = months * CODES, month * CODES + code
    sums = [np.bincount(cell, agents * cost**power, size) for power in range(3)]
    mean, square = (quotient(part, sums[0], 0.0).reshape(months, CODES) for part in sums[1:])
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    points: Array = mean[:, None] + NODES[:, None] * spread[:, None]
    return points[..., history.codes]


def looking_hazard(history: "History", rules: Rules) -> Array:
    """E20 by month and provider: the share of its developers who look around this month."""
    months, live = history.recorder.months, history.raw["live"][:, CODING]
    shock = np.stack(months["shock"])[:, history.codes]
    hazard = reconsideration_hazard(
        np.array(months["release_rate"])[:, None],
        shock,
        rules.looking_base[:, None],
        rules.looking_release[:, None],
        rules.looking_shock[:, None],
    )
    certain = rules.probability[:, None]
    hazard = np.where(np.isnan(certain), hazard, certain)
    hazard[~live] = 1.0
    return hazard * live.any(axis=1, keepdims=True)
