"""Training runs: compute goes in month by month, and at the end a model comes out (E12)."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.codes import CODES
from agents.draws import below, named_monthly, uniform
from agents.equations.research import training_units
from agents.labs import anybody

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def complete_runs(market: "Market", done: NDArray[np.bool_]) -> None:
    """Runs that are `done` end: a model that is better is released, any other is sunk."""
    labs, settings = market.labs, market.config.research
    labs.released = np.zeros(CODES, np.bool_)
    if not anybody(done):
        return
    known = luck_of_runs(market.config.seed, market.origin.months, market.entrants.labels)
    luck, rest = (of_all[market.month] for of_all in known)
    size = np.log10(np.maximum(training_units(labs.run_compute, settings.utilisation), 1e-300))
    trained = size + labs.efficiency + settings.run_luck * luck
    better = done & (trained > labs.capability + settings.release_step)
    for code in np.flatnonzero(done).tolist():
        market.recorder.event(
            "training_run",
            code,
            before=labs.capability[code],
            after=trained[code],
            detail=f"{labs.run_cost[code]:.3g} M$; "
            + ("released" if better[code] else "not better, not released"),
        )
    labs.released = better
    labs.record_cost = np.where(better, labs.run_cost, labs.record_cost)
    labs.capability = np.where(better, trained, labs.capability)
    labs.size = np.where(better, size, labs.size)
    for column in (labs.run_age, labs.run_compute, labs.run_cost):
        column[done] = 0.0
    pause = np.floor(rest * (settings.run_pause + 1))
    labs.run_pause = np.where(done, pause, labs.run_pause)


@lru_cache(maxsize=8)
def luck_of_runs(seed: int, months: int, labels: tuple[str, ...]) -> tuple[Array, Array]:
    """Luck of a run that ends, normal, and of the pause after it, uniform; (months, 16) each."""
    keys = named_monthly(seed, "training", months, labels)
    return ndtri(uniform(below(keys, 0))), uniform(below(keys, 1))
