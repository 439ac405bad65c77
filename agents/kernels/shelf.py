"""What providers put on offer: models by segment, safety, brand and prices (E7-E9, E13, E16)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, ENTERPRISE, OPEN
from agents.compiled import inline, kernel
from agents.equations import pricing
from agents.open_weights import ADMITTED, ANYBODY

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
capped_price, unit_cost = inline(pricing.capped_price), inline(pricing.unit_cost)
LOWEST, HIGHEST = 1e-6, 1e6  # $/Mtok: the bounds of a list price, as in a supply file
OPEN_TO = (ANYBODY, ADMITTED, ADMITTED)  # which open model each segment gets


class Goods(NamedTuple):
    """What providers have to offer, (codes,), at the `rent` of the market, $/H100e-hour."""

    capability: Array
    rent: Array
    safety: Array
    brand: Array
    reliability: Array
    markup: Array
    released: Flags
    weights: Flags


class OpenGoods(NamedTuple):
    """The same of the two open models, (2,); source : codes of their makers."""

    capability: Array
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
def posted(live, labs, opened, served, factors, rules, need, amounts, flags, fresh):
    """Fill what every offer is, (3, codes) each; what is not `live` keeps its 0 or false.

    need : compute per trillion tokens, of everybody.  amounts : capability, safety, brand,
    reliability and price.  flags : releases and weights.  fresh : (3,), releases that wake users
    (E20), of 0: OPEN's repeat those of the labs behind it.

    served : E7's need, (codes + 2,), and E13's gain from focus, OOM, (3, codes + 2), of all models.
    factors : (codes,), on list prices.
    """
    capability, safety, brand, reliability, price = amounts
    released, weights = flags
    needed, tailored = served
    for segment in range(len(live)):
        for code in range(CODES):
            need[segment, code] = needed[code]
        need[segment, OPEN] = needed[CODES + OPEN_TO[segment]]
        for code in range(CODES):
            if not live[segment, code]:
                continue
            capability[segment, code] = labs.capability[code] + tailored[segment, code]
            safety[segment, code] = labs.safety[code]
            brand[segment, code] = labs.brand[segment, code]
            reliability[segment, code] = labs.reliability[code]
            released[segment, code] = labs.released[code]
            weights[segment, code] = labs.weights[code]
        which = OPEN_TO[segment]
        if live[segment, OPEN]:
            capability[segment, OPEN] = opened.capability[which] + tailored[segment, CODES + which]
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
            list_prices(segment, live, labs, opened, need, factors, rules, price)


@inline
def list_prices(segment, live, labs, opened, need, factors, rules, price):
    """E7-E9: list price on the new unit cost, capped by open weights."""
    best_open = opened.capability[OPEN_TO[segment]]
    of_open = np.nan
    if live[segment, OPEN]:
        of_open = rules.host_margin * unit_cost(need[segment, OPEN], labs.rent[OPEN])
    for code in range(CODES):
        if not live[segment, code]:
            continue
        asked = of_open
        if code != OPEN:
            asked = unit_cost(need[segment, code], labs.rent[code]) * (1.0 + labs.markup[code])
            if labs.capability[code] <= best_open + rules.open_margin:
                asked = capped_price(asked, of_open, rules.open_cap)
        price[segment, code] = min(max(asked * factors[code], LOWEST), HIGHEST)
