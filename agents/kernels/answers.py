"""How a tender would answer prices, and what choosing is worth in it (section 7.13).

Summed while tenders are held: what is needed of each, its scores and its shortlist, is not kept.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compiled import inline


class Answers(NamedTuple):
    """Sums over tenders.

    chosen : (codes,), expected wins.  slope : (codes, codes), how many more row would win for each
    unit of ln price of column.  worth : (2,), log-sums less what it costs to leave, and score of
    one ln price, util.
    """

    chosen: NDArray[np.float64]
    slope: NDArray[np.float64]
    worth: NDArray[np.float64]


def no_answers() -> Answers:
    """Nothing has been summed."""
    return Answers(np.zeros(CODES), np.zeros((CODES, CODES)), np.zeros(2))


@inline
def choose(listed, nested, dissimilarity, utility, share, within):
    """E17b of a shortlist that is not empty: fill the shares, and return the log-sum, util.

    utility : (offers,), util.  share : probability of each offer.  within : the same given that
    the choice falls into the nest.
    """
    top, inside, outside = -np.inf, 0.0, 0.0
    for code in range(len(utility)):
        if listed[code]:
            top = max(top, utility[code])
    for code in range(len(utility)):
        share[code] = within[code] = 0.0
        if listed[code] and nested[code]:
            within[code] = np.exp((utility[code] - top) / dissimilarity)
            inside += within[code]
        elif listed[code]:
            share[code] = np.exp(utility[code] - top)
            outside += share[code]
    nest = inside**dissimilarity if inside > 0.0 else 0.0
    for code in range(len(utility)):
        if inside > 0.0:
            within[code] /= inside
        share[code] = (share[code] + within[code] * nest) / (outside + nest)
    return top + np.log(outside + nest)


@inline
def add_slopes(listed, nested, dissimilarity, felt, share, within, chosen, slope):
    """Add what is `chosen` and its `slope` in prices, as in `responses`, to those of all tenders.

    felt : (offers,), slope of each offer's utility in ln of its own price, util.
    """
    for code in range(len(share)):
        if not listed[code]:
            continue
        chosen[code] += share[code]
        slope[code, code] += share[code] * felt[code] / (dissimilarity if nested[code] else 1.0)
        in_nest = 1.0 - 1.0 / dissimilarity if nested[code] else 0.0
        for priced in range(len(share)):  # what is not listed has no share: nothing is added
            moved = in_nest * within[priced] - share[priced]
            slope[code, priced] += share[code] * moved * felt[priced]
