"""The best released weights, of anybody and of whom enterprises admit (E16)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compiled import inline, kernel

Array = NDArray[np.float64]


class Models(NamedTuple):
    """Models of all providers and after them the two open ones, on the last axis: (codes + 2,).

    focus : (3, codes + 2).
    """

    size: Array
    serving_efficiency: Array
    focus: Array


def no_models() -> Models:
    """Space for all models."""
    size, serving_efficiency = np.empty((2, CODES + 2))
    return Models(size, serving_efficiency, np.empty((3, CODES + 2)))


@kernel
def open_up(labs, active, weights, refused, opened, models):
    """Replace the best open weights where better ones are released, and set all models out.

    labs : capability, size, safety, efficiency and serving efficiency of the providers, (codes,)
    each, and focus, (3, codes).  weights : (codes,), who releases weights; refused : whose weights
    enterprises do not admit.  opened : the same of the best open weights, (2,) each, then flags of
    what came this month, and codes of the makers.  models : becomes what is served (E7, E13).
    """
    capability, size, safety, efficiency, serving_efficiency, focus = labs
    best_capability, best_size, best_safety = opened[0], opened[1], opened[2]
    best_efficiency, best_serving, best_focus, released, source = opened[3:]
    for which in range(2):  # ANYBODY, ADMITTED
        best = -1
        for code in range(CODES):
            if not (weights[code] and active[code]) or (which == 1 and refused[code]):
                continue
            if best < 0 or capability[code] > capability[best]:
                best = code
            best_efficiency[which] = max(best_efficiency[which], efficiency[code])
            best_serving[which] = max(best_serving[which], serving_efficiency[code])
        if best >= 0 and capability[best] > best_capability[which]:
            released[which], source[which] = True, np.int64(best)
            best_capability[which], best_size[which] = capability[best], size[best]
            best_safety[which] = safety[best]
            for segment in range(len(focus)):
                best_focus[segment, which] = focus[segment, best]
    for code in range(CODES):
        set_out(models, code, (size, serving_efficiency, focus), code)
    for which in range(2):
        set_out(models, CODES + which, (best_size, best_serving, best_focus), which)


@inline
def set_out(models, place, held, which):
    """Copy what one model is served by."""
    size, serving_efficiency, focus = held
    models.size[place] = size[which]
    models.serving_efficiency[place] = serving_efficiency[which]
    for segment in range(len(focus)):
        models.focus[segment, place] = focus[segment, which]
