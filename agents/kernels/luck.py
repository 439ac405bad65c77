"""Keyed draws inside kernels: `agents.draws` for single numbers."""

import numpy as np

from agents.compiled import inline
from agents.draws import GOLDEN, HALF, SHIFT_12, SHIFT_48, UNIT
from agents.draws import mix as mix_source

mix = inline(mix_source)
ONE = np.uint64(1)


@inline
def draw(key, part):
    """Bits of `part`, such as an agent, in a stream: `draws.fold`."""
    return mix(key + (np.uint64(part) + ONE) * GOLDEN)


@inline
def unit(bits):
    """Uniform number in (0, 1): `draws.uniform`."""
    return np.float64(bits >> SHIFT_12) * UNIT + HALF


@inline
def log_luck(table, bits):
    """Logarithm of the quantile of `table` (65,536,) that `bits` draw."""
    return np.log(np.float64(table[bits >> SHIFT_48]))


@inline
def taste(own, shared, nested, dissimilarity):
    """E17b: taste for an offer, util, from the logarithms of its own luck and of its nest's."""
    return dissimilarity * own + shared if nested else own
