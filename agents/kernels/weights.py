"""What a month's offers weigh in the race (E17, E17b), and who looks around (E20)."""

import numpy as np

from agents.codes import CODES, NONE
from agents.compiled import inline, kernel
from agents.draws import GOLDEN
from agents.equations.adoption import reconsideration_hazard as reconsideration_hazard_source
from agents.equations.choice import bounded_exponential as bounded_exponential_source
from agents.kernels.migrate import ONE, WAKE_SCALE

bounded_exponential = inline(bounded_exponential_source)
reconsideration_hazard = inline(reconsideration_hazard_source)


@kernel
def race_weights(terms, own_capability, offers, dissimilarity, order, weights):
    """Fill what `Tables` has of the race; returns how many options are outside the nest.

    Options come in the order in which the race looks at them.

    terms : `choice.Terms` of the offers.  own_capability : (taste types, codes), util, the first of
    them to the users of each offer.  offers : which are live and nested, and their keys, (codes,).
    order : becomes `options`, `slots` and `luck`.  weights : becomes `new_utility`, `own_utility`,
    `new` and `own`; the last two are less a common factor, which is that of the best offer.
    """
    live, nested, keys = offers
    options, slots, luck = order
    new, own, of_others, of_users = weights
    found, outside, on_offer = 0, 0, len(options)
    for rank in range(3):  # offers outside the nest, those of the nest, and no offers
        for code in range(CODES):
            if rank == (np.int64(nested[code]) if live[code] else 2):
                slots[code] = found
                if found < on_offer:
                    options[found] = code
                found += 1
        if rank == 0:
            outside = found
    for slot in range(on_offer):
        luck[slot] = (keys[options[slot]] + ONE) * GOLDEN
    for kind in range(len(new)):
        level = -np.inf
        for code in range(CODES):
            common = terms.price[code] + terms.safety[code] + terms.brand[code]
            common = common + terms.reliability[code] + terms.product[code]
            new[kind, code] = terms.capability[kind, code] + common
            own[kind, code] = own_capability[kind, code] + common
            if live[code]:
                level = max(level, new[kind, code])
        if on_offer == 0:
            level = 0.0
        for code in range(CODES):
            scale = dissimilarity if nested[code] else 1.0
            of_users[kind, code] = bounded_exponential((own[kind, code] - level) / scale)
            if live[code]:
                weight = bounded_exponential((new[kind, code] - level) / scale)
                of_others[kind, slots[code]] = weight
    return outside


@kernel
def waking(live, shock, releases, rates, certain, outside):
    """Of 2^24, how many agents on each code wake: (codes,) uint32 (E20).

    Users of a provider without an offer wake with certainty; nobody wakes where nothing is offered.

    releases, shock, rates : as in `reconsideration_hazard`.  certain : the probability that stands
    in its place, -1 for none.  outside : that of agents without a provider.
    """
    thresholds = np.zeros(CODES, np.uint32)
    if not live.any():
        return thresholds
    for code in range(CODES):
        hazard = outside if code == NONE else 1.0
        if live[code]:
            hazard = certain
            if certain < 0.0:
                hazard = reconsideration_hazard(releases, shock[code], *rates)
        thresholds[code] = np.uint32(np.ceil(hazard * WAKE_SCALE))
    return thresholds
