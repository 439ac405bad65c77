"""Training runs: compute goes in month by month, and at the end a model comes out (E12)."""

import math
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.codes import CODES
from agents.draws import below, named_monthly, uniform
from agents.equations.research import training_units

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def complete_runs(market: "Market", done: NDArray[np.bool_]) -> None:
    """Runs that are `done` end: a model that is better is released, any other is sunk."""
    market.labs.released = np.zeros(CODES, np.bool_)
    for code in compress(range(CODES), done.tolist()):
        complete_run(market, code)


def complete_run(market: "Market", code: int) -> None:
    """One run ends; there are so few a month that columns would take longer."""
    labs, settings = market.labs, market.config.research
    known = luck_of_runs(market.config.seed, market.origin.months, market.entrants.labels)
    luck, rest = (float(of_all[market.month, code]) for of_all in known)
    units = training_units(float(labs.run_compute[code]), settings.utilisation)
    size, before = float(np.log10(max(units, 1e-300))), float(labs.capability[code])
    trained = size + float(labs.efficiency[code]) + settings.run_luck * luck
    is_better = trained > before + settings.release_step
    market.recorder.event(
        "training_run",
        code,
        before=before,
        after=trained,
        detail=f"{float(labs.run_cost[code]):.3g} M$; "
        + ("released" if is_better else "not better, not released"),
    )
    if is_better:
        labs.released[code], labs.record_cost[code] = True, labs.run_cost[code]
        labs.capability[code], labs.size[code] = trained, size
    labs.run_age[code] = labs.run_compute[code] = labs.run_cost[code] = 0.0
    labs.run_pause[code] = math.floor(rest * (settings.run_pause + 1))


@lru_cache(maxsize=8)
def luck_of_runs(seed: int, months: int, labels: tuple[str, ...]) -> tuple[Array, Array]:
    """Luck of a run that ends, normal, and of the pause after it, uniform; (months, 16) each."""
    keys = named_monthly(seed, "training", months, labels)
    return ndtri(uniform(below(keys, 0))), uniform(below(keys, 1))
