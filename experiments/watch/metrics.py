"""The metrics to watch: who keeps its users, who signs and renews, what compute earns.

Each is that of the tables of providers and of the market, read off what the recorder holds of the
last months instead of off a whole run.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, NONE, OPEN
from agents.kernels.tender import HOME, KIND, WINNER
from simulation.metrics.choosers import quotient
from simulation.metrics.loyalty import CONTRACT_END, YEAR
from simulation.metrics.money import revenue_per_compute

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
FEWEST = 10  # agents or contracts of which a share of a provider is shown


# --- Developers ----------------------------------------------------------------------------------


def cohort(market: "Market", ago: int, months: int) -> Array:
    """Developers who chose their provider `months` ago, as it was `ago` months ago, (16,)."""
    kept: list[Any] = market.observer().months["cohorts"]
    cells, counts = kept[-1 - ago]
    since, code, agents = cells[:, : counts[CODING]]
    chosen = since == market.month - 1 - months
    return np.bincount(code[chosen], agents[chosen], CODES).astype(np.float64)


def kept(market: "Market") -> tuple[Array, Array]:
    """Developers still with the provider that they chose a year ago, and all of them, (16,) each.

    From a merger on, whoever had chosen the absorbed provider counts as having chosen its buyer.
    """
    if market.month <= YEAR:
        return np.zeros(CODES), np.zeros(CODES)
    began = cohort(market, YEAR, YEAR)
    for month, absorbed, buyer in market.observer().mergers:
        if market.month - 1 - YEAR <= month:
            began[buyer] += began[absorbed]
            began[absorbed] = 0.0
    return cohort(market, 0, YEAR), began


def retention(market: "Market") -> Array:
    """Share of the developers who chose a provider a year ago, of ten at least, and are there."""
    stayed, began = kept(market)
    return np.where(began >= FEWEST, quotient(stayed, began), np.nan)


def retention_of_all(market: "Market") -> float:
    """The same of all providers together."""
    stayed, began = kept(market)
    return float(quotient(stayed.sum(), began.sum()))


def cohort_sizes(market: "Market") -> list[int]:
    """Developers by the month in which they chose their provider, those before the run in 0."""
    cells, counts = market.observer().months["cohorts"][-1]
    since, _, agents = cells[:, : counts[CODING]]
    sizes = np.bincount(np.maximum(since, 0), agents, market.month)
    return [int(size) for size in sizes]


# --- Enterprises ---------------------------------------------------------------------------------


def signings(market: "Market") -> Array:
    """First contracts signed in the month, by whom they are with."""
    found = np.zeros(CODES)
    for part in tenders(market, 1):
        winner = part.whole[WINNER]
        found += counted(winner, (part.whole[HOME] == NONE) & (winner != NONE))
    return found


def renewals(market: "Market", months: int = 1) -> tuple[Array, Array]:
    """Contracts that ended in the last months by whom they were with, and those of them renewed."""
    held, won = np.zeros((2, CODES))
    for part in tenders(market, months):
        ended, incumbent = part.whole[KIND] == CONTRACT_END, part.whole[HOME]
        held += counted(incumbent, ended)
        won += counted(incumbent, ended & (part.whole[WINNER] == incumbent))
    return held, won


def held(market: "Market") -> Array:
    """Contracts that ended in the month."""
    return renewals(market)[0]


def won(market: "Market") -> Array:
    """Of those, the ones won again."""
    return renewals(market)[1]


def renewal_rate(market: "Market") -> Array:
    """Won over held in the last twelve months, of ten that ended at least."""
    ended, again = renewals(market, YEAR)
    return np.where(ended >= FEWEST, quotient(again, ended), np.nan)


def renewal_rate_of_all(market: "Market") -> float:
    """The same of all providers together."""
    ended, again = renewals(market, YEAR)
    return float(quotient(again.sum(), ended.sum()))


def tenders(market: "Market", months: int) -> list[Any]:
    """Tenders of the last months."""
    found = []
    for part in reversed(market.observer().all_tenders):
        if part.month < market.month - months:
            break
        found.append(part)
    return found


def counted(code: NDArray[np.int64], chosen: NDArray[np.bool_]) -> Array:
    """Rows that are chosen by code, (16,)."""
    return np.bincount(code[chosen], minlength=CODES).astype(np.float64)


# --- Compute -------------------------------------------------------------------------------------


def of_compute(market: "Market") -> Array:
    """Revenue over compute used, $ per PFLOP-hour at peak; OPEN's hosts do no research for it."""
    labs = market.labs
    used = np.where(labs.entered, labs.inference_used + labs.research_used, np.nan)
    used[OPEN] = labs.inference_used[OPEN]
    return revenue_per_compute(market.bills.revenue.sum(axis=0), used)


def of_all_compute(market: "Market") -> float:
    """The same of all providers together."""
    revenue = np.asarray(market.bills.revenue.sum())
    return float(revenue_per_compute(revenue, np.asarray(market.compute.used)))
