"""Where buyers go when a price moves, and what choosing is worth to them: section 7.13.

Closed forms of the nested logit of E17b, so nothing is simulated.  The log-sum is the expected
utility of the best offer (Small and Rosen 1981, doi:10.2307/1911129; Train 2009, chapters 3 and 4).
Diversion follows the convention of Conlon and Gortmaker (2020, doi:10.1111/1756-2171.12352).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Of its choices per ln price: a response is a difference of sums near 1, so that of less than this
# not nine digits are left, and a diversion of it could lie above 1.
FAINT = 1e-5


class Choice(NamedTuple):
    """Choice of each chooser, by offer along the last axis.

    shares : (..., offers), probability of each offer.  within : the same given that the choice
    falls into the nest, 0 for offers outside it.  logsum : (...), expected utility of the best
    offer but for Euler's constant, util; minus infinity where there is none.
    """

    shares: Array
    within: Array
    logsum: Array


class Response(NamedTuple):
    """What a group of choosers does.

    chosen : (..., offers), choosers who take each.  slope : (..., offers, offers), row j and
    column k: how many more take j for each unit of ln price of k.
    """

    chosen: Array
    slope: Array


def nested_choice(utility: Array, offered: Flags, nested: Flags, dissimilarity: Array) -> Choice:
    """E17b for choosers who see different offers.

    Parameters
    ----------
    utility : (..., offers), util.
    offered, nested : what each may choose, and what forms the nest; broadcast to `utility`.
    dissimilarity : λ, broadcast to `utility` with a last axis of 1.

    """
    value = np.where(offered, utility, -np.inf)
    top = value.max(axis=-1, keepdims=True, initial=-np.inf)
    level = np.where(top > -np.inf, top, 0.0)
    weight = np.exp((value - level) / np.where(nested, dissimilarity, 1.0))
    inside = np.where(nested, weight, 0.0)
    members = inside.sum(axis=-1, keepdims=True)
    nest = members**dissimilarity * (members > 0.0)
    within = np.divide(inside, members, out=np.zeros(inside.shape), where=members > 0.0)
    outer = np.where(nested, within * nest, weight)
    whole = outer.sum(axis=-1, keepdims=True)
    shares = np.divide(outer, whole, out=np.zeros(outer.shape), where=whole > 0.0)
    with np.errstate(divide="ignore"):
        logsum = np.log(whole) + level
    return Choice(shares, within, logsum[..., 0])


def price_response(choice: Choice, weight: Array, slope: Array, dissimilarity: Array) -> Response:
    """Choices of a group, and how they move with each price.

    dP_j/dV_k = P_j [1(j = k)/λ_j + (1 − 1/λ) P(k | nest) 1(j in nest) − P_k], with λ_j = λ in the
    nest and 1 outside; times dV_k/d ln p_k, summed over the choosers.

    Parameters
    ----------
    choice : of choosers (..., choosers, offers).
    weight : (..., choosers), agents behind each.
    slope : (..., choosers, offers), dV_k/d ln p_k of each chooser, util; broadcasts.
    dissimilarity : λ, broadcast to (..., 1, 1).

    """
    taken = choice.shares * weight[..., None]
    nested = choice.within > 0.0
    felt = np.broadcast_to(slope, taken.shape)
    own = taken * felt / np.where(nested, dissimilarity, 1.0)
    moved = -crossed(taken, choice.shares * felt)
    inside = crossed(taken * nested, choice.within * felt)
    moved = moved + (1.0 - 1.0 / dissimilarity) * inside
    diagonal = np.arange(taken.shape[-1])
    moved[..., diagonal, diagonal] += own.sum(axis=-2)
    return Response(taken.sum(axis=-2), moved)


def crossed(left: Array, right: Array) -> Array:
    """Σ over choosers of left_j right_k, shape (..., offers, offers).

    A sum in a fixed order: a library's matrix product depends, in its last digit, on where memory
    lies, and tables must be the same to the last byte.
    """
    columns = [(left * right[..., k, None]).sum(axis=-2) for k in range(right.shape[-1])]
    return np.stack(columns, axis=-1)


def elasticities(response: Response) -> Array:
    """E_jk = d ln(choices of j)/d ln p_k, shape (..., offers, offers); NaN where nobody takes j."""
    chosen = response.chosen[..., None]
    unknown = np.full(response.slope.shape, np.nan)
    return np.asarray(np.divide(response.slope, chosen, out=unknown, where=chosen > 0.0))


def diversions(response: Response) -> Array:
    """D_jk: of what j loses when its price rises, the part that k gains; (..., offers, offers).

    The diagonal holds what goes to no offer, as in pyblp: 0, for here all choose one.  Rows add up
    to 1; NaN where j loses nobody.
    """
    lost = -np.diagonal(response.slope, axis1=-2, axis2=-1)[..., None]
    gained = np.swapaxes(response.slope, -1, -2) + lost * np.eye(response.slope.shape[-1])
    unknown = np.full(gained.shape, np.nan)
    some = lost > FAINT * response.chosen[..., None]
    return np.asarray(np.divide(gained, lost, out=unknown, where=some))
