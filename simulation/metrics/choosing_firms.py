"""How tenders of the last twelve months respond to prices, and what choosing was worth: 7.13.

Each tender counts once, in the state and with the shortlist that it had, so that nothing but
random taste is averaged over.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, ENTERPRISE, OPEN
from agents.equations.procurement import CRITERIA
from agents.equations.substitution import Choice, Response, nested_choice, price_response
from simulation.config import Config
from simulation.metrics.choosers import Substitution, nested_offers, quotient
from simulation.phases.procure import CONTRACT_END
from simulation.tender import DEAREST

if TYPE_CHECKING:
    from simulation.tables import History

Array = NDArray[np.float64]
YEAR = 12
SCORE_OF = {"cost": "price", "integration": "brand"}  # criteria by the names of their scores


class Rows(NamedTuple):
    """All tenders of a run, one row each.

    month, incumbent : (tenders,).  criteria : (tenders, 5) weights.  shortlisted, total : (tenders,
    codes).  scores : by name, (tenders, codes), util.
    """

    month: NDArray[np.int64]
    incumbent: NDArray[np.uint8]
    criteria: Array
    shortlisted: NDArray[np.bool_]
    total: Array
    scores: dict[str, Array]


def of_firms(history: "History", settings: list[Config]) -> Substitution:
    """Tenders of the last twelve months, each in the state and with the shortlist that it had."""
    months, providers, parts = history.months, len(history.codes), history.recorder.all_tenders
    chosen, slope = np.zeros((months, providers)), np.zeros((months, providers, providers))
    worth, ended = np.zeros((months, 2)), np.zeros(months)
    first = 0
    if parts:
        rows = rows_of(history)
        choice, felt, gain, per_log = choices_of(history, settings, rows)
    for part in parts:
        here, month = slice(first, first + len(part.rows)), part.month
        first = here.stop
        ended[month] = np.count_nonzero(part.kind == CONTRACT_END)
        held = choice.shares[here].sum(axis=1).round()  # 1, or 0 where nobody was on the list
        chosen[month], slope[month] = price_response(
            Choice(*(values[here] for values in choice)),
            held,
            felt[here],
            np.array(settings[month].choice.nest_dissimilarity),
        )
        worth[month] = gain[here].sum(), held @ per_log[here]
    worth = last_year(worth)
    worth[: YEAR - 1] = np.nan  # of few tenders, and those of other firms than later
    signed = history.raw["accounts"][:, ENTERPRISE].sum(axis=1)
    initial = round(history.config.initial.enterprises.adopted * history.config.enterprises.count)
    return Substitution(
        Response(last_year(chosen), last_year(slope)),
        quotient(worth[:, 0], worth[:, 1]),
        quotient(ended, np.concatenate([[initial], signed[:-1]])),
        np.array([each.enterprises.price_elasticity for each in settings]),
    )


def rows_of(history: "History") -> Rows:
    """The tenders that the recorder kept, end to end."""
    parts = history.recorder.all_tenders
    tenders = [part.tender for part in parts]
    rows = np.concatenate([part.rows for part in parts])
    names = [SCORE_OF.get(name, name) for name in CRITERIA]
    return Rows(
        np.repeat([part.month for part in parts], [len(part.rows) for part in parts]),
        np.concatenate([part.incumbent for part in parts]),
        history.recorder.market.enterprises.criteria[rows],
        np.concatenate([tender.shortlisted for tender in tenders]),
        np.concatenate([tender.total for tender in tenders]),
        {
            name: np.concatenate([tender.scores[name] for tender in tenders])
            for name in (*names, "lock_in", "taste")
        },
    )


def choices_of(
    history: "History", settings: list[Config], rows: Rows
) -> tuple[Choice, Array, Array, Array]:
    """What each tender chooses, how it feels prices, what choosing was worth, and per ln price.

    Returns the choices, d score/d ln price (tenders, providers), then (tenders,) the worth and the
    score of one ln price, all in util; prices have no slope under `scaling: min_max`: NaN.
    """
    codes, month = history.codes, rows.month
    lam = np.array([each.choice.nest_dissimilarity for each in settings])[month, None]
    shortlisted, utility = rows.shortlisted[:, codes], rows.total - rows.scores["taste"]
    nested = nested_offers(history, ENTERPRISE)[month]
    choice = nested_choice(utility[:, codes], shortlisted, nested, lam)
    slopeless = np.array([each.enterprises.scaling != "fixed" for each in settings])[month]
    per_log = criterion_weight(settings, rows, "cost")
    per_log = np.where(slopeless, np.nan, per_log)
    cost = vendor_costs(history, settings, rows)
    felt = -per_log[:, None] * passed_on(history, settings, rows, cost)[:, codes]
    bonus = np.where(shortlisted, rows.scores["lock_in"][:, codes], 0.0).sum(axis=1)
    gain = choice.logsum + absolute_level(history, settings, rows, cost) - bonus
    return choice, felt, np.where(shortlisted.any(axis=1), gain, 0.0), per_log


def last_year(values: Array) -> Array:
    """Sum of each month and the eleven before it, as far as there are any."""
    return np.stack([values[max(0, i - YEAR + 1) : i + 1].sum(axis=0) for i in range(len(values))])


def by_month(settings: list[Config], rows: Rows, name: str) -> Array:
    """A setting of enterprises in the month of each tender, (tenders,)."""
    return np.array([float(getattr(each.enterprises, name)) for each in settings])[rows.month]


def criterion_weight(settings: list[Config], rows: Rows, name: str) -> Array:
    """Score of each firm per unit of a criterion, (tenders,), util."""
    scale = np.array([getattr(each.enterprises.scales, name) for each in settings])[rows.month]
    weight = by_month(settings, rows, "score_weight") * rows.criteria[:, CRITERIA.index(name)]
    return np.asarray(weight / scale)


def offered(history: "History", name: str) -> NDArray[np.float64]:
    """A column of the offers to enterprises, (months, codes)."""
    return np.stack(history.recorder.months[name])[:, ENTERPRISE]


def vendors(history: "History", rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Code of one vendor on offer in the month of each tender, and whether there is one."""
    live = offered(history, "live")[rows.month, :OPEN] > 0
    return live.argmax(axis=1), np.logical_or.reduce(live, axis=1)


def vendor_costs(history: "History", settings: list[Config], rows: Rows) -> Array:
    """ln of the total cost of ownership of that vendor's offer, (tenders,); NaN without one."""
    vendor, there = vendors(history, rows)
    price = np.where(there, offered(history, "price")[rows.month, vendor], np.nan)
    moving = by_month(settings, rows, "integration_cost") * (rows.incumbent != vendor)
    discount = by_month(settings, rows, "discount")
    return np.asarray(np.log(price * (1.0 - discount) * (1.0 + moving)))


def absolute_level(history: "History", settings: list[Config], rows: Rows, cost: Array) -> Array:
    """What makes scores of different months comparable, (tenders,), util; NaN without a vendor.

    Scores are relative to the best values of their month; the vendor's own values tell by how much.
    """
    vendor, _ = vendors(history, rows)
    every = np.arange(len(vendor))
    value = {
        name: offered(history, column)[rows.month, vendor]
        for name, column in (
            ("capability", "capability"),
            ("safety", "safety"),
            ("integration", "brand"),
        )
    }
    value["cost"] = -np.minimum(cost, np.log(DEAREST))
    runway = np.nan_to_num(offered(history, "runway")[rows.month, vendor])
    value["stability"] = np.minimum(runway, by_month(settings, rows, "runway_cap"))
    level = np.zeros(len(vendor))
    for name in CRITERIA:
        score = rows.scores[SCORE_OF.get(name, name)][every, vendor]
        level += criterion_weight(settings, rows, name) * value[name] - score
    return level


def passed_on(history: "History", settings: list[Config], rows: Rows, cost: Array) -> Array:
    """d ln TCO / d ln list price by offer, (tenders, codes): 1 for vendors.

    Less for self-hosting with TCO = c + fee/(12 q): the fixed part does not follow the price, but
    is spread over fewer tokens where they are dearer.  The TCO is read from the scores.
    """
    passed = np.ones((len(rows.month), CODES))
    vendor, there = vendors(history, rows)
    live = offered(history, "live")[rows.month, OPEN] > 0
    self_hosted: NDArray[np.bool_] = np.logical_and(there, live)
    score = rows.scores["price"][self_hosted]
    weight = criterion_weight(settings, rows, "cost")[self_hosted]
    gap = score[np.arange(len(score)), vendor[self_hosted]] - score[:, OPEN]
    unit = offered(history, "price")[rows.month, OPEN] / by_month(settings, rows, "host_margin")
    moving = by_month(settings, rows, "integration_cost") * (rows.incumbent != OPEN)
    unit = np.log((unit * (1.0 + moving))[self_hosted])
    hosting = np.clip(cost[self_hosted] + quotient(gap, weight, 0.0), unit, np.log(DEAREST))
    metered = np.exp(unit - hosting)
    response = by_month(settings, rows, "price_elasticity")[self_hosted]
    felt = metered + response * (1.0 - metered)
    passed[self_hosted, OPEN] = np.where(hosting < np.log(DEAREST), felt, 0.0)
    return passed
