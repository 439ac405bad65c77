"""Unit cost, markup and list price of inference: E7 to E9."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
HOURS = 0.73  # M$ for a thousand H100-equivalents a month at 1 $/hour: 730 hours


def serving_need(
    size: Array, serving_efficiency: Array, base: float | Array, size_exponent: float | Array
) -> Array:
    """E7: ι = ι_0·10^(0.5 f − e_s), thousand H100-equivalent months per trillion tokens.

    size f : log10 of training compute over F0, OOM.  serving_efficiency e_s : OOM.
    """
    need: Array = base * 10.0 ** (size_exponent * size - serving_efficiency)
    return need


def own_rent(rent: Array | float, surcharge: Array, own_chips: Array) -> Array:
    """Rent that each pays, $/H100e-hour: dearer under export control, cheaper with own chips."""
    own: Array = rent * (1.0 + surcharge) * own_chips
    return own


def unit_cost(need: Array, rent: Array | float) -> Array:
    """E7: c = 0.73 w ι, M$ per trillion tokens = $/Mtok."""
    cost: Array = HOURS * rent * need
    return cost


def adjusted_markup(
    markup: float, share: float, before: float, response: float, step: float
) -> float:
    """E8 without its bounds: m[1 + ν·clip(Δs/s, ±step)]; s is last month's revenue share."""
    if before <= 0.0:
        return markup
    change = min(max((share - before) / before, -step), step)
    return markup * (1.0 + response * change)


def capped_price(price: Array, open_price: Array | float, cap: float) -> Array:
    """E9: who is no better than open weights asks at most cap·p_OPEN; NaN p_OPEN caps nobody."""
    capped: Array = np.fmin(price, cap * open_price)
    return capped


def fixed_capability_price(cost_of: Array, margin: Array, can: NDArray[np.bool_]) -> Array:
    """E7: p_fix = min (1 + m)·c over who `can` make the capability, $/Mtok; NaN for nobody.

    Those who might make it are on the last axis.
    """
    least = np.where(can, (1.0 + margin) * cost_of, np.inf).min(axis=-1)
    price: Array = np.where(can.any(axis=-1), least, np.nan)
    return price
