"""How the choices of developers move with prices, and what they gain by choosing: section 7.13.

dP_j/dV_k = P_j [1(j = k)/λ_j + (1 − 1/λ) P(k | nest) 1(j in nest) − P_k], with λ_j = λ in the nest
and 1 outside; times dV/d ln p, the same for all choosers of a month.

They are met by month, point of the cost of leaving, taste type and provider in place, and summed in
that order: a library's matrix product depends, in its last digit, on where memory lies, and tables
must be the same to the last byte.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.compiled import inline, kernel
from agents.kernels.answers import choose

Array = NDArray[np.float64]


class Choosers(NamedTuple):
    """Developers by month, and what offers are worth to them, util.

    held : (months, types, offers), agents on each.  leaving : (months, points, offers), cost of
    leaving, at points with as many agents each.  value : (months, types, offers), of each offer to
    whoever is elsewhere.  more : as value, what that of the provider in place is worth on top,
    without the cost of leaving.  live, nested : (months, offers), what may be chosen, and what
    forms the nest.  dissimilarity : (months,), λ.  felt : (months,), dV/d ln p.
    """

    held: NDArray[np.int64]
    leaving: Array
    value: Array
    more: Array
    live: NDArray[np.bool_]
    nested: NDArray[np.bool_]
    dissimilarity: Array
    felt: Array


@inline
def add_choice(weight, share, within, chosen, crossed, inside):
    """Add a choice, and the products that slopes are made of, to those of other choosers."""
    for taker in range(len(share)):
        taken = weight * share[taker]
        if taken == 0.0:
            continue
        chosen[taker] += taken
        for priced in range(len(share)):
            crossed[taker, priced] += taken * share[priced]
        if within[taker] > 0.0:
            for priced in range(len(share)):
                inside[taker, priced] += taken * within[priced]


@kernel
def respond(choosers, chosen, slope, gain):
    """Fill what they choose: (months, offers), (months, offers, offers) and (months,), util.

    slope : row j and column k, how many more take j for each unit of ln price of k.  gain : what
    they get together by choosing, less what it costs those to leave who do.
    """
    held, leaving = choosers.held, choosers.leaving
    months, types, offers = held.shape
    points = leaving.shape[1]
    utility, share, within = np.empty((3, offers))
    crossed, inside = np.empty((2, offers, offers))
    for month in range(months):
        live, nested = choosers.live[month], choosers.nested[month]
        lam, felt = choosers.dissimilarity[month], choosers.felt[month]
        chosen[month], gain[month] = 0.0, 0.0
        crossed[:], inside[:] = 0.0, 0.0
        for point in range(points if live.any() else 0):
            for taste in range(types):
                for home in range(offers):
                    if held[month, taste, home] == 0:
                        continue
                    weight, habit = held[month, taste, home] / points, leaving[month, point, home]
                    for code in range(offers):
                        utility[code] = choosers.value[month, taste, code]
                    utility[home] += choosers.more[month, taste, home] + habit
                    logsum = choose(live, nested, lam, utility, share, within)
                    gain[month] += weight * (logsum - habit)
                    add_choice(weight, share, within, chosen[month], crossed, inside)
        for taker in range(offers):
            own = felt * chosen[month, taker] / (lam if nested[taker] else 1.0)
            for priced in range(offers):
                nest = (1.0 - 1.0 / lam) * inside[taker, priced]
                slope[month, taker, priced] = felt * (nest - crossed[taker, priced])
            slope[month, taker, taker] += own
