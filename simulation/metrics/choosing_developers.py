"""What developers would take if all of them looked around now, and how prices move it: 7.13.

Who is where, with which taste and how dear it is to leave, is what the month found; the share of
neighbours on an offer is taken for everybody at its share of the market.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, NONE
from agents.equations.adoption import reconsideration_hazard
from agents.equations.choice import switching_cost
from agents.equations.substitution import Response
from agents.graph import NONE as NO_NETWORK
from agents.kernels.responses import Choosers, respond
from agents.kernels.tenures import sum_costs
from simulation.metrics.choosers import Rules, Substitution, nested_offers, quotient

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
NODES = np.array([-1.0, 1.0])  # standard deviations at which the cost of leaving is taken


def of_developers(history: "History", rules: Rules) -> Substitution:
    """Developers with a provider at last month's end, all looking around at this month's offers."""
    live = history.raw["live"][:, CODING]
    held = developers_held(history)
    months, offers = live.shape
    chosen, slope = np.zeros((months, offers)), np.zeros((months, offers, offers))
    gain = np.zeros(months)
    respond(choosers_of(history, rules, held), chosen, slope, gain)
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
    new, own = (
        np.stack([month[place] for month in history.recorder.months["utility"]])[..., history.codes]
        for place in range(2)
    )
    found = (
        held,
        cost_of_leaving(history, rules) * live[:, None],
        new + peers_term(history, rules, held),
        own - new,
        live,
        nested_offers(history, CODING),
        rules.dissimilarity,
        -rules.price_weight,
    )
    return Choosers(*map(np.ascontiguousarray, found))


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
    form = (part[:, None] for part in (rules.base, rules.growth, rules.span))
    frozen = history.config.freeze.get("developers.tenure")
    tenure = np.arange(months + start, dtype=np.float64)
    if frozen is not None:
        tenure[:] = frozen
    cost = rules.factor[:, None] * switching_cost(tenure, *form)
    found, first = history.cohorts, np.flatnonzero(placed[:NONE])
    now = (found.segment == CODING) & (found.month < months - 1)  # of a month's end, for the next
    sums = np.zeros((3, months, CODES))
    for month, since, code, agents in (
        (np.zeros_like(first), np.full_like(first, -start), first, placed[first]),
        (found.month[now] + 1, found.since[now], found.code[now], found.agents[now]),
    ):
        sum_costs(month, since, code, agents, cost, sums)
    mean, square = (quotient(part, sums[0], 0.0) for part in sums[1:])
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
