"""What the month's offers are to those who choose: nest, product, version in use (E17b-E17d)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NONE, OPEN
from agents.compiled import inline, kernel
from agents.equations import choice

Array = NDArray[np.float64]
capability_in_use, upgraded = inline(choice.capability_in_use), inline(choice.upgraded)


class Shown(NamedTuple):
    """Offers of the month, (3, codes), and those of last month; release_count : (3,).

    moved, first : capability of users who upgrade, and of the first version, OOM.  year_old :
    capability of a year ago, NaN where there was none.
    """

    live: NDArray[np.bool_]
    was_live: NDArray[np.bool_]
    open_weights: NDArray[np.bool_]
    capability: Array
    term: Array
    walk: Array
    release_count: NDArray[np.int64]
    moved: Array
    first: Array
    year_old: Array


@kernel
def choosable(shown, part, share, nested, rate, found):
    """E17b-E17d: fill nest members and releases per offer, and move versions on.

    found : (3, 3, codes), becomes product terms, capability in use, and the capability of what is
    live, NaN elsewhere.  Returns whether anybody is new.

    part : of the way to the newest version that users who upgrade go in a month.  share :
    of users who upgrade.  A new offer starts with its own version.
    """
    product, in_use, latest = found
    is_any_new = False
    for segment in range(len(shown.live)):
        offers = 0
        for code in range(CODES):
            newest = shown.capability[segment, code]
            live = shown.live[segment, code]
            moved = upgraded(shown.moved[segment, code], newest, part)
            if live and not shown.was_live[segment, code]:
                is_any_new, moved, shown.first[segment, code] = True, newest, newest
                year_old = newest
            else:
                year_old = shown.year_old[segment, code]
                if np.isnan(year_old):
                    year_old = shown.first[segment, code]
            shown.moved[segment, code] = moved
            if not live:
                latest[segment, code] = np.nan
                continue
            offers += 1
            is_open = shown.open_weights[segment, code] or code == OPEN
            nested[segment, code] = is_open and code != NONE
            product[segment, code] = shown.term[segment, code] + shown.walk[segment, code]
            in_use[segment, code] = capability_in_use(moved, year_old, share)
            latest[segment, code] = newest
        rate[segment] = shown.release_count[segment] / max(offers, 1)
    return is_any_new
