"""One month's tenders: shortlist, scores and the race between offers (E24, E25, E26).

Arrays are (tenders, codes) unless said otherwise; codes without an offer hold 0 and never win.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, ENTERPRISE, NONE, OPEN
from agents.developers import NO_EMPLOYER
from agents.draws import SHIFT_48, below, stream, uniform
from agents.enterprises import NEVER
from agents.equations import procurement, usage
from agents.equations.procurement import CRITERIA
from agents.equations.race import arrival_table, nest_table
from agents.equations.shares import shares_of
from agents.neighbours import listed, neighbour_totals, totals_by_code

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
DEAREST = 1e12  # $/Mtok; self-hosting without any volume costs no more than this


class Tender(NamedTuple):
    """Outcome of the month's tenders, one row each.

    winner, second : (tenders,) codes, 15 where there is none.  shortlisted : (tenders, codes).
    scores : by name of the utility term, each (tenders, codes), util; their sum is `total`.
    """

    winner: NDArray[np.uint8]
    second: NDArray[np.uint8]
    shortlisted: Flags
    scores: dict[str, Array]
    total: Array


def run_tender(market: "Market", rows: NDArray[np.int64], seen: NDArray[np.uint8]) -> Tender:
    """Tenders of the firms `rows`, whose providers at last month's end are `seen`."""
    shortlisted = shortlist(market, rows, seen)
    scores = criteria_scores(market, rows, seen, shortlisted)
    scores |= social_scores(market, rows, seen)
    scores["lock_in"] = incumbent_scores(market, rows, seen)
    scores["product"] = np.broadcast_to(market.offers.product[ENTERPRISE], shortlisted.shape)
    scores["taste"] = tastes(market, rows)
    total = np.sum(list(scores.values()), axis=0)
    ranked = np.where(shortlisted, total, -np.inf)
    winner = np.argmax(ranked, axis=1)
    every = np.arange(len(rows))
    held = ranked[every, winner] > -np.inf
    ranked[every, winner] = -np.inf
    runner_up = np.argmax(ranked, axis=1)
    settings = market.config.enterprises
    keys = below(stream(market.config.seed, "enterprises.dual"), market.month, rows)
    dual = (ranked[every, runner_up] > -np.inf) & (uniform(keys) < settings.dual_share)
    return Tender(
        np.where(held, winner, NONE).astype(np.uint8),
        np.where(held & dual, runner_up, NONE).astype(np.uint8),
        shortlisted,
        scores,
        total,
    )


def shortlist(market: "Market", rows: NDArray[np.int64], seen: NDArray[np.uint8]) -> Flags:
    """E24: offers that reach each tender; the incumbent always, hard constraints first.

    Where nothing is left: the incumbent if it still offers, else OPEN, else nobody.
    """
    offers, settings, firms = market.offers, market.config.enterprises, market.enterprises
    live = offers.live[ENTERPRISE]
    allowed = live & (np.nan_to_num(offers.runway[ENTERPRISE]) >= settings.runway_minimum)
    unsafe = offers.safety[ENTERPRISE] < settings.safety_minimum
    allowed = allowed & ~(firms.regulated[rows, None] & unsafe)
    incumbent = np.arange(CODES) == seen[rows, None]
    reached = np.ones((len(rows), CODES), np.bool_)
    if settings.shortlist == "coverage":
        chance = procurement.coverage(
            offers.brand[ENTERPRISE], settings.coverage_slope, settings.coverage_base
        )
        luck = uniform(provider_keys(market, "enterprises.shortlist", rows))
        reached = (luck < chance) | incumbent
    listed = allowed & reached
    incumbent_left = incumbent & live & (seen[rows, None] != NONE)
    open_left = (np.arange(CODES) == OPEN) & live
    fallback = np.where(incumbent_left.any(axis=1, keepdims=True), incumbent_left, open_left)
    final: Flags = np.where(listed.any(axis=1, keepdims=True), listed, fallback)
    return final


def provider_keys(market: "Market", name: str, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Keys of (this month, firm, provider) in a stream, shape (rows, codes)."""
    firm = below(stream(market.config.seed, name), market.month, rows)
    return below(firm[:, None], market.supply.keys)


def criteria_scores(
    market: "Market", rows: NDArray[np.int64], seen: NDArray[np.uint8], shortlisted: Flags
) -> dict[str, Array]:
    """E25: weighted criteria, named as the utility terms of the records, util."""
    offers, settings, firms = market.offers, market.config.enterprises, market.enterprises
    live = offers.live[ENTERPRISE]
    cost = np.where(live, ownership_costs(market, rows, seen), 1.0)
    values = {
        "capability": offers.capability[ENTERPRISE],
        "safety": offers.safety[ENTERPRISE],
        "cost": -np.log(np.minimum(cost, DEAREST)),
        "stability": np.minimum(np.nan_to_num(offers.runway[ENTERPRISE]), settings.runway_cap),
        "integration": offers.brand[ENTERPRISE],
    }
    names = {"cost": "price", "integration": "brand"}
    scores = {}
    for column, criterion in enumerate(CRITERIA):
        value = np.broadcast_to(values[criterion], (len(rows), CODES))
        if settings.scaling == "min_max":
            z = procurement.min_max(value, shortlisted)
        else:
            z = procurement.standardised(value, live, getattr(settings.scales, criterion))
        weight = settings.score_weight * firms.criteria[rows, column]
        scores[names.get(criterion, criterion)] = weight[:, None] * z
    return scores


def ownership_costs(market: "Market", rows: NDArray[np.int64], seen: NDArray[np.uint8]) -> Array:
    """E25, E27: total cost of ownership of each offer to each buyer, $/Mtok."""
    offers, settings = market.offers, market.config.enterprises
    moving = settings.integration_cost * (np.arange(CODES) != seen[rows, None])
    cost = procurement.ownership_cost(offers.price[ENTERPRISE], settings.discount, moving)
    unit = offers.price[ENTERPRISE, OPEN] / settings.host_margin
    if offers.live[ENTERPRISE, OPEN]:
        volume = planned_volume(market, rows, offers.capability[ENTERPRISE, OPEN], unit)
        cost[:, OPEN] = procurement.hosting_cost(
            unit, settings.hosting_fee, volume, moving[:, OPEN]
        )
    return cost


def planned_volume(
    market: "Market", rows: NDArray[np.int64], capability: float, price: float
) -> Array:
    """E27: what each buyer expects to use a month over the coming year, trillion tokens."""
    firms, settings = market.enterprises, market.config.enterprises
    adopted = firms.adopted[rows]
    age = np.where(adopted == NEVER, 0, market.month - adopted)
    reached = usage.ramp_of_next_year(age, settings.ramp_months)
    return (
        firms.weight[rows]
        * reached
        * tokens_at_full_volume(market, np.array(capability), np.array(price))
    )


def tokens_at_full_volume(market: "Market", capability: Array, price: Array) -> Array:
    """E27 without ramp and weight: trillion tokens a month of an average firm."""
    settings = market.config.enterprises
    seats = settings.seats / settings.count
    growth = usage.usage_growth(capability, settings.usage_slope, settings.usage_saturation)
    response = usage.price_response(price, settings.reference_price, settings.price_elasticity)
    return seats * settings.tokens_per_seat * growth * response


def offered_prices(market: "Market") -> Array:
    """Price of a new contract with each provider, $/Mtok, shape (codes,).

    A vendor gives the enterprise discount; self-hosted open weights cost their unit cost.
    """
    settings, price = market.config.enterprises, market.offers.price[ENTERPRISE]
    offered = price * (1.0 - settings.discount)
    offered[OPEN] = price[OPEN] / settings.host_margin
    return np.where(market.offers.live[ENTERPRISE], offered, np.nan)


def social_scores(
    market: "Market", rows: NDArray[np.int64], seen: NDArray[np.uint8]
) -> dict[str, Array]:
    """E25: pull of the firm's own developers and seat-weighted share among its peers, util."""
    settings, firms = market.config.enterprises, market.enterprises
    peers = shares_of(neighbour_totals(market.graphs["enterprises"], rows, seen, firms.seats))
    pull = np.zeros((len(rows), CODES))
    if settings.usage_pull != 0.0:
        pull = shares_of(staff_choices(market, rows))
    scores = {"usage": settings.usage_pull * pull, "peers": settings.peer_weight * peers}
    for score in scores.values():
        score[:, NONE] = 0.0
    return scores


def staff_choices(market: "Market", rows: NDArray[np.int64]) -> Array:
    """Developers of each firm on each code at last month's end, or of its industry if too few."""
    staff, people = market.staff, market.developers
    row, member = listed(staff.offsets, staff.members, rows)
    heads = np.ones(len(member))
    counts = totals_by_code(row, people.crowd.seen[member], heads, len(rows))
    few = counts.sum(axis=1) < market.config.enterprises.pull_minimum
    counts[few] = market.industry_choices[market.enterprises.industry[rows[few]]]
    return counts


class Staff(NamedTuple):
    """Developers by employer: those of firm i are members[offsets[i]:offsets[i + 1]]."""

    offsets: NDArray[np.int64]
    members: NDArray[np.uint32]


def staff_of(employer: NDArray[np.uint32], firms: int) -> Staff:
    """List the developers of each firm."""
    members = np.argsort(employer, kind="stable").astype(np.uint32)
    employed = np.count_nonzero(employer != NO_EMPLOYER)
    offsets = np.searchsorted(employer[members], np.arange(firms + 1), side="left")
    return Staff(offsets.astype(np.int64), members[:employed])


def incumbent_scores(market: "Market", rows: NDArray[np.int64], seen: NDArray[np.uint8]) -> Array:
    """E25: bonus of the provider in place, which grows with the months since it was chosen."""
    settings, firms = market.config.enterprises, market.enterprises
    tenure = np.where(seen[rows] != NONE, market.month - firms.since[rows].astype(np.float64), 0.0)
    frozen = market.config.freeze.get("enterprises.tenure")
    if frozen is not None:
        tenure[:] = frozen
    bonus = procurement.incumbent_bonus(
        tenure, settings.incumbent_base, settings.incumbent_growth, settings.incumbent_months
    )
    in_place = (np.arange(CODES) == seen[rows, None]) & (seen[rows, None] != NONE)
    return np.where(in_place, bonus[:, None], 0.0)


def tastes(market: "Market", rows: NDArray[np.int64]) -> Array:
    """Gumbel taste of each firm for each offer: its luck in the exponential race, util (E17b)."""
    lam = market.config.choice.nest_dissimilarity
    firm = below(stream(market.config.seed, "enterprises.choice"), market.month, rows)
    own = arrival_table()[below(firm[:, None], market.supply.keys) >> SHIFT_48]
    shared = nest_table(lam)[below(firm, stream(0, "nest")) >> SHIFT_48]
    own, shared = (np.log(luck.astype(np.float64)) for luck in (own, shared))
    nested = market.offers.nested[ENTERPRISE] > 0
    taste: Array = np.where(nested, lam * own + shared[:, None], own)
    return taste
