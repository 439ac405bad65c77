"""The best released weights, of anybody and of whom enterprises admit (E16)."""

import numpy as np

from agents.codes import CODES
from agents.compiled import kernel


@kernel
def open_up(labs, giving, refused, opened):
    """Replace the best open weights where better ones are released.

    labs : capability, size, safety, efficiency and serving efficiency of the providers, (codes,)
    each, and focus, (3, codes).  giving : (codes,), who releases weights; refused : whose weights
    enterprises do not admit.  opened : the same of the best open weights, (2,) each, then flags of
    what came this month, and codes of the makers.
    """
    capability, size, safety, efficiency, serving_efficiency, focus = labs
    best_capability, best_size, best_safety = opened[0], opened[1], opened[2]
    best_efficiency, best_serving, best_focus, released, source = opened[3:]
    for which in range(2):  # ANYBODY, ADMITTED
        best = -1
        for code in range(CODES):
            if not giving[code] or (which == 1 and refused[code]):
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
