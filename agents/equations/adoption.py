"""When an agent acts: adoption (E19, E23) and reconsideration (E20).

Bass (1969), doi:10.1287/mnsc.15.5.215, on a graph: the adopted share of the market becomes the
adopted share of the neighbours.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def adoption_hazard(adopted: Array, innovation: float, imitation: float) -> Array:
    """E19: 1 − e^−(p + q F) per month; `adopted` F is the adopted share of the neighbours."""
    hazard: Array = -np.expm1(-(innovation + imitation * adopted))
    return hazard


def reconsideration_hazard(
    releases: Array | float,
    shock: Array,
    base: Array | float,
    per_release: Array | float,
    per_shock: Array | float,
) -> Array:
    """E20: 1 − e^−(h0 + h1 n + h2 shock) per month.

    releases : flagship releases of the month per provider serving the segment (n).
    shock : (providers,), 1 where the agent's own provider had an incident, else 0.
    """
    hazard: Array = -np.expm1(-(base + per_release * releases + per_shock * shock))
    return hazard
