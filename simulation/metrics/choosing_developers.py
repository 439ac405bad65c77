"""What developers would take if all of them looked around now, and how prices move it: 7.13.

Who is where, with which taste and how dear it is to leave, is what the month found; the share of
neighbours on an offer is taken for everybody at its share of the market.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, NONE
from agents.equations.adoption import reconsideration_hazard
from agents.equations.substitution import nested_choice, price_response
from agents.graph import NONE as NO_NETWORK
from simulation.config import Config
from simulation.metrics.choosers import Substitution, nested_offers, quotient
from simulation.phases.migrate import lock_in

if TYPE_CHECKING:
    from simulation.tables import History

Array = NDArray[np.float64]
NODES = np.array([-1.0, 1.0])  # standard deviations at which the cost of leaving is taken


def of_developers(history: "History", settings: list[Config]) -> Substitution:
    """Developers with a provider at last month's end, all looking around at this month's offers."""
    live = history.raw["live"][:, CODING]
    held = developers_held(history)
    cost = cost_of_leaving(history, settings)[:, :, None] * live[:, None, None]
    value = values(history, settings, held, cost)
    lam = np.array([each.choice.nest_dissimilarity for each in settings])[:, None, None]
    nested = nested_offers(history, CODING)[:, None]
    choice = nested_choice(value, live[:, None], nested, lam)
    people = np.repeat(held[:, None] / len(NODES), len(NODES), axis=1)
    leaving = np.broadcast_to(cost, people.shape).reshape(choice.logsum.shape)
    people = people.reshape(choice.logsum.shape)
    price = np.array([each.developers.price_weight for each in settings])
    gain = np.where((people > 0.0) & live.any(axis=1, keepdims=True), choice.logsum - leaving, 0.0)
    there = people.sum(axis=1) * np.logical_or.reduce(live, axis=1)
    looking = (held * looking_hazard(history, settings)[:, None]).sum(axis=(1, 2))
    return Substitution(
        price_response(choice, people, -price[:, None, None], lam),
        quotient((people * gain).sum(axis=1), price * there),
        quotient(looking, held.sum(axis=(1, 2))),
        np.array([each.developers.price_elasticity for each in settings]),
    )


def developers_held(history: "History") -> NDArray[np.int64]:
    """Developers at the start of each month, (months, taste types, providers)."""
    recorder = history.recorder
    changes = np.stack([recorder.placed, *recorder.months["sorting"]])
    held: NDArray[np.int64] = changes.cumsum(axis=0)[:-1][..., history.codes]
    return held


def values(
    history: "History", settings: list[Config], held: NDArray[np.int64], cost: Array
) -> Array:
    """E17 of every offer to every kind of developer, (months, kinds, providers), util.

    A kind is a point of the cost of leaving, a taste type and a provider in place; `cost` is
    (months, points, 1, providers).
    """
    utility = np.stack(history.recorder.months["utility"])[..., history.codes]
    new, own = utility[:, 0], utility[:, 1]
    value = new + peers_term(history, settings, held)
    value = np.repeat(value[:, None, :, None], len(history.codes), axis=3)
    value = np.repeat(value, len(NODES), axis=1)
    place = np.arange(len(history.codes))
    value[..., place, place] += (own - new)[:, None] + cost
    return value.reshape(len(value), -1, len(place))


def peers_term(history: "History", settings: list[Config], held: NDArray[np.int64]) -> Array:
    """E17 with the market's shares for those of one's neighbours, (months, 1, providers), util."""
    market = history.recorder.market
    share = held.sum(axis=1, keepdims=True) / len(market.developers)
    if market.graphs["developers"].kind == NO_NETWORK:
        return np.zeros(share.shape)
    weight = np.array([each.developers.peer_weight for each in settings])[:, None, None]
    by_log = np.array([each.developers.peer_form == "log" for each in settings])[:, None, None]
    seen = share > 0.0
    logarithm = np.log(np.where(seen, share, 1.0))
    return np.where(by_log, weight * logarithm, weight * share)


def cost_of_leaving(history: "History", settings: list[Config]) -> Array:
    """E18 at two points of the tenures on each provider, (months, nodes, providers), util.

    The points lie one standard deviation below and above the mean, with half the users each.
    """
    market, months = history.recorder.market, history.months
    cells = [three[CODING] for three in history.recorder.months["cohorts"]]
    start, placed = market.developers.start.tenure, history.recorder.placed.sum(axis=0)
    first = np.flatnonzero(placed[:NONE])
    cells.insert(0, (np.full(len(first), -start), first, placed[first]))
    found = np.zeros((months, len(NODES), len(placed)))
    known, table = None, np.zeros(0)
    for month, (since, code, agents) in enumerate(cells[:-1]):
        config = settings[month]
        if config is not known:
            known, table = config, lock_in(market, market.developers, config.developers)
        cost = table[month - since]
        sums = [np.bincount(code, agents * cost**power, len(placed)) for power in range(3)]
        mean, square = (quotient(part, sums[0], 0.0) for part in sums[1:])
        spread = np.sqrt(np.maximum(square - mean**2, 0.0))
        found[month] = mean + NODES[:, None] * spread
    return found[..., history.codes]


def looking_hazard(history: "History", settings: list[Config]) -> Array:
    """E20 by month and provider: the share of its developers who look around this month."""
    months, live = history.recorder.months, history.raw["live"][:, CODING]
    hazard = np.zeros(live.shape)
    for month, config in enumerate(settings):
        rules = config.developers
        hazard[month] = reconsideration_hazard(
            months["release_rate"][month],
            months["shock"][month][history.codes],
            rules.reconsideration_base,
            rules.reconsideration_release,
            rules.reconsideration_shock,
        )
        if rules.reconsideration_probability is not None:
            hazard[month] = rules.reconsideration_probability
    hazard[~live] = 1.0
    return hazard * live.any(axis=1, keepdims=True)
