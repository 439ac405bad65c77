"""What a month's offers weigh in the race (E17, E17b), in the order in which it looks at them."""

import numpy as np

from agents.codes import CODES
from agents.compiled import inline, kernel
from agents.equations.choice import bounded_exponential as bounded_exponential_source

bounded_exponential = inline(bounded_exponential_source)


@kernel
def race_weights(new, own, live, nested, dissimilarity):
    """Options, how many of them are outside the nest, slots and weights, as `Tables` has them.

    new, own : (taste types, codes), utility of an offer to others and to its own users, util.
    Weights are less a common factor, which is that of the best offer.
    """
    options, slots, found = np.empty(CODES, np.uint8), np.empty(CODES, np.int64), 0
    outside = 0
    for rank in range(3):  # offers outside the nest, those of the nest, and no offers
        for code in range(CODES):
            if rank == (np.int64(nested[code]) if live[code] else 2):
                options[found], slots[code] = code, found
                found += 1
        if rank == 0:
            outside = found
        elif rank == 1:
            on_offer = found
    of_others, of_users = np.empty((len(new), on_offer)), np.empty(new.shape)
    for kind in range(len(new)):
        level = -np.inf
        for slot in range(on_offer):
            level = max(level, new[kind, options[slot]])
        if on_offer == 0:
            level = 0.0
        for code in range(CODES):
            scale = dissimilarity if nested[code] else 1.0
            of_users[kind, code] = bounded_exponential((own[kind, code] - level) / scale)
            if live[code]:
                weight = bounded_exponential((new[kind, code] - level) / scale)
                of_others[kind, slots[code]] = weight
    return options[:on_offer].copy(), outside, slots, of_others, of_users
