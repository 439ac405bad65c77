"""Where buyers go when a price moves, and what choosing is worth to them: section 7.13.

Closed forms of the nested logit of E17b, so nothing is simulated.  The log-sum is the expected
utility of the best offer (Small and Rosen 1981, doi:10.2307/1911129; Train 2009, chapters 3 and 4).
Diversion follows the convention of Conlon and Gortmaker (2020, doi:10.1111/1756-2171.12352).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Of its choices per ln price: a response is a difference of sums near 1, so that of less than this
# not nine digits are left, and a diversion of it could lie above 1.
FAINT = 1e-5


class Response(NamedTuple):
    """What a group of choosers does.

    chosen : (..., offers), choosers who take each.  slope : (..., offers, offers), row j and
    column k: how many more take j for each unit of ln price of k.
    """

    chosen: Array
    slope: Array


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
