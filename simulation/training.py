"""Training runs: compute goes in month by month, and at the end a model comes out (E12)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.draws import below, uniform
from agents.equations.research import training_units
from simulation.own_terms import keyed

if TYPE_CHECKING:
    from simulation.market import Market


def complete_runs(market: "Market", done: NDArray[np.bool_]) -> None:
    """Runs that are `done` end: a model that is better is released, any other is sunk."""
    labs, settings = market.labs, market.config.research
    labs.released = np.zeros_like(done)
    if not done.any():
        return
    keys = keyed(market, "training")
    luck = ndtri(uniform(below(keys, 0)))
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
    pause = np.floor(uniform(below(keys, 1)) * (settings.run_pause + 1))
    labs.run_pause = np.where(done, pause, labs.run_pause)
