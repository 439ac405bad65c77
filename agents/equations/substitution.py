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
    value -= np.where(top > -np.inf, top, 0.0)
    value /= np.where(nested, dissimilarity, 1.0)
    weight = np.exp(value, out=value)
    within = np.where(nested, weight, 0.0)
    members = within.sum(axis=-1, keepdims=True)
    nest = members**dissimilarity * (members > 0.0)
    within /= np.where(members > 0.0, members, 1.0)
    shares = np.where(nested, within * nest, weight)
    whole = shares.sum(axis=-1, keepdims=True)
    shares /= np.where(whole > 0.0, whole, 1.0)
    with np.errstate(divide="ignore"):
        logsum = np.log(whole) + np.where(top > -np.inf, top, 0.0)
    return Choice(shares, within, logsum[..., 0])


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
