"""What it costs to enter: the capital barrier of E43."""

import math

MOST = 1e300  # M$: a barrier that nobody passes, and still a number


def capital_barrier(price: float, capability: float, efficiency: float, units: float) -> float:
    """E43: C = p·10^(a − e)/(u_F·frs), M$.

    Parameters
    ----------
    price : p = 0.73 w, M$
        Of a thousand H100-equivalents for a month.
    capability : a = a* − Δ_e, OOM
        Of the model to train.
    efficiency : e_pub, OOM
        That everybody has.
    units : u_F·frs
        Training units that a thousand H100-equivalent months of research put into a run.
    """
    if not price > 0.0:
        return 0.0
    if not units > 0.0:
        return MOST
    folds = math.log10(price) - math.log10(units) + capability - efficiency
    return min(math.pow(10.0, min(folds, 300.0)), MOST)
