"""What providers put on offer: models by segment, safety, brand and prices (E7-E9, E13, E16)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, ENTERPRISE, OPEN
from agents.compiled import inline, kernel
from agents.equations.pricing import capped_price as capped_price_source
from agents.open_weights import ADMITTED, ANYBODY

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
capped_price = inline(capped_price_source)
LOWEST, HIGHEST = 1e-6, 1e6  # $/Mtok: the bounds of a list price, as in a supply file
OPEN_TO = (ANYBODY, ADMITTED, ADMITTED)  # which open model each segment gets


class Goods(NamedTuple):
    """What providers have to offer, (codes,); tailored : (3, codes), E13's gain from focus, OOM."""

    capability: Array
    tailored: Array
    safety: Array
    brand: Array
    reliability: Array
    markup: Array
    released: Flags
    weights: Flags


class OpenGoods(NamedTuple):
    """The same of the two open models, (2,); source : codes of their makers."""

    capability: Array
    tailored: Array
    safety: Array
    released: Flags
    source: NDArray[np.int64]


class PostRules(NamedTuple):
    """Settings: brand of OPEN, margin of its hosts, and E9's cap with its margin in capability."""

    open_brand: float
    host_margin: float
    open_margin: float
    open_cap: float


@kernel
def posted(live, labs, opened, cost, factors, rules, amounts, flags, fresh):
    """Fill what every offer is, (3, codes) each; what is not `live` keeps its 0 or false.

    amounts : capability, safety, brand, reliability and price.  flags : releases and weights.
    fresh : (3,), releases that wake users (E20), of 0: OPEN's repeat those of the labs behind it.
    cost : (3, codes), E7, $/Mtok.  factors : (codes,), on list prices.
    """
    capability, safety, brand, reliability, price = amounts
    released, weights = flags
    for segment in range(len(live)):
        for code in range(CODES):
            if not live[segment, code]:
                continue
            capability[segment, code] = labs.capability[code] + labs.tailored[segment, code]
            safety[segment, code] = labs.safety[code]
            brand[segment, code] = labs.brand[segment, code]
            reliability[segment, code] = labs.reliability[code]
            released[segment, code] = labs.released[code]
            weights[segment, code] = labs.weights[code]
        which = OPEN_TO[segment]
        if live[segment, OPEN]:
            tailored = opened.tailored[segment, which]
            capability[segment, OPEN] = opened.capability[which] + tailored
            safety[segment, OPEN] = opened.safety[which]
            brand[segment, OPEN] = rules.open_brand
            released[segment, OPEN] = opened.released[which]
        for code in range(CODES):
            fresh[segment] += released[segment, code]
        source = opened.source[which]
        repeats = source < OPEN and released[segment, source]
        if segment in (CODING, ENTERPRISE) and repeats and released[segment, OPEN]:
            fresh[segment] -= 1
        if segment != CONSUMER:  # who pays a subscription
            list_prices(segment, live, labs, opened, cost, factors, rules, price)


@inline
def list_prices(segment, live, labs, opened, cost, factors, rules, price):
    """E7-E9: list price on the new unit cost, capped by open weights."""
    best_open = opened.capability[OPEN_TO[segment]]
    of_open = np.nan
    if live[segment, OPEN]:
        of_open = rules.host_margin * cost[segment, OPEN]
    for code in range(CODES):
        if not live[segment, code]:
            continue
        asked = of_open
        if code != OPEN:
            asked = cost[segment, code] * (1.0 + labs.markup[code])
            if labs.capability[code] <= best_open + rules.open_margin:
                asked = capped_price(asked, of_open, rules.open_cap)
        price[segment, code] = min(max(asked * factors[code], LOWEST), HIGHEST)
