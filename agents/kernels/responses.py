"""How the choices of groups of agents move with prices: section 7.13, many choosers at once.

dP_j/dV_k = P_j [1(j = k)/λ_j + (1 − 1/λ) P(k | nest) 1(j in nest) − P_k], with λ_j = λ in the nest
and 1 outside; times dV_k/d ln p_k, summed over the choosers.  The sums have a fixed order: a
library's matrix product depends, in its last digit, on where memory lies, and tables must be the
same to the last byte.
"""

import numpy as np

from agents.compiled import kernel


@kernel
def price_responses(first, weight, shares, within, felt, dissimilarity):
    """Choices of each group, (groups, offers), and how they move, (groups, offers, offers).

    Rows are choosers.  first : (groups + 1,), group g has the rows from first[g] up to first[g+1].
    weight : (rows,), agents behind each.  shares, within : (rows, offers), as in `Choice`.
    felt : (rows, offers), dV_k/d ln p_k of each chooser, util.  dissimilarity : (groups,), λ.
    """
    groups, offers = len(first) - 1, shares.shape[1]
    chosen, slope = np.zeros((groups, offers)), np.empty((groups, offers, offers))
    crossed, inside = np.empty((2, offers, offers))
    own = np.empty(offers)
    for group in range(groups):
        lam = dissimilarity[group]
        crossed[:], inside[:], own[:] = -0.0, -0.0, -0.0  # adding to -0.0 keeps every sign
        for row in range(first[group], first[group + 1]):
            for taker in range(offers):
                taken = shares[row, taker] * weight[row]
                if taken == 0.0:
                    continue
                nested = within[row, taker] > 0.0
                chosen[group, taker] += taken
                own[taker] += taken * felt[row, taker] / (lam if nested else 1.0)
                for priced in range(offers):
                    crossed[taker, priced] += taken * (shares[row, priced] * felt[row, priced])
                if nested:
                    for priced in range(offers):
                        inside[taker, priced] += taken * (within[row, priced] * felt[row, priced])
        for taker in range(offers):
            for priced in range(offers):
                nest = (1.0 - 1.0 / lam) * inside[taker, priced]
                slope[group, taker, priced] = -crossed[taker, priced] + nest
            slope[group, taker, taker] += own[taker]
    return chosen, slope
