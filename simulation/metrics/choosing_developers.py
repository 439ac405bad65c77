"""What developers would take if all of them looked around now, and how prices move it: 7.13.

Who is where, with which taste and how dear it is to leave, is what the month found; the share of
neighbours on an offer is taken for everybody at its share of the market.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, NONE
from agents.equations.adoption import reconsideration_hazard
from agents.equations.choice import switching_cost
from agents.equations.substitution import nested_choice, price_response
from agents.graph import NONE as NO_NETWORK
from simulation.metrics.choosers import Rules, Substitution, nested_offers, quotient

if TYPE_CHECKING:
    from simulation.tables import History

Array = NDArray[np.float64]
NODES = np.array([-1.0, 1.0])  # standard deviations at which the cost of leaving is taken


def of_developers(history: "History", rules: Rules) -> Substitution:
    """Developers with a provider at last month's end, all looking around at this month's offers."""
    live = history.raw["live"][:, CODING]
    held = developers_held(history)
    cost = cost_of_leaving(history, rules)[:, :, None] * live[:, None, None]
    value = values(history, rules, held, cost)
    lam = rules.dissimilarity[:, None, None]
    nested = nested_offers(history, CODING)[:, None]
    choice = nested_choice(value, live[:, None], nested, lam)
    people = np.repeat(held[:, None] / len(NODES), len(NODES), axis=1)
    leaving = np.broadcast_to(cost, people.shape).reshape(choice.logsum.shape)
    people = people.reshape(choice.logsum.shape)
    price = rules.price_weight
    gain = np.where((people > 0.0) & live.any(axis=1, keepdims=True), choice.logsum - leaving, 0.0)
    there = people.sum(axis=1) * np.logical_or.reduce(live, axis=1)
    looking = (held * looking_hazard(history, rules)[:, None]).sum(axis=(1, 2))
    return Substitution(
        price_response(choice, people, -price[:, None, None], lam),
        quotient((people * gain).sum(axis=1), price * there),
        quotient(looking, held.sum(axis=(1, 2))),
        rules.use,
    )


def developers_held(history: "History") -> NDArray[np.int64]:
    """Developers at the start of each month, (months, taste types, providers).

    Those of a provider that was absorbed, which no flow moved, are its buyer's from the next month.
    """
    recorder = history.recorder
    changes = np.stack([recorder.placed, *recorder.months["sorting"]])
    held: NDArray[np.int64] = changes.cumsum(axis=0)[:-1]
    for month, absorbed, buyer in recorder.mergers:
        later = held[month + 1 :]
        moved = later[:1, :, absorbed].copy()
        later[:, :, buyer] += moved
        later[:, :, absorbed] -= moved
    return held[..., history.codes]


def values(history: "History", rules: Rules, held: NDArray[np.int64], cost: Array) -> Array:
    """E17 of every offer to every kind of developer, (months, kinds, providers), util.

    A kind is a point of the cost of leaving, a taste type and a provider in place; `cost` is
    (months, points, 1, providers).
    """
    utility = np.stack(history.recorder.months["utility"])[..., history.codes]
    new, own = utility[:, 0], utility[:, 1]
    value = new + peers_term(history, rules, held)
    value = np.repeat(value[:, None, :, None], len(history.codes), axis=3)
    value = np.repeat(value, len(NODES), axis=1)
    place = np.arange(len(history.codes))
    value[..., place, place] += (own - new)[:, None] + cost
    return value.reshape(len(value), -1, len(place))


def peers_term(history: "History", rules: Rules, held: NDArray[np.int64]) -> Array:
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
    cells = [three[CODING] for three in history.recorder.months["cohorts"]]
    start, placed = market.developers.start.tenure, history.recorder.placed.sum(axis=0)
    first = np.flatnonzero(placed[:NONE])
    cells.insert(0, (np.full(len(first), -start), first, placed[first]))
    found = np.zeros((months, len(NODES), len(placed)))
    frozen = history.config.freeze.get("developers.tenure")
    for month, (since, code, agents) in enumerate(cells[:-1]):
        tenure = month - since if frozen is None else np.full(len(since), frozen)
        form = rules.base[month], rules.growth[month], rules.span[month]
        cost = rules.factor[month] * switching_cost(tenure, *form)
        sums = [np.bincount(code, agents * cost**power, len(placed)) for power in range(3)]
        mean, square = (quotient(part, sums[0], 0.0) for part in sums[1:])
        spread = np.sqrt(np.maximum(square - mean**2, 0.0))
        found[month] = mean + NODES[:, None] * spread
    return found[..., history.codes]


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
