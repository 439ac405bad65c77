"""What belongs to a company goes where it goes: to who absorbs it, or away with it.

A place of the tables may have one company after the other.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.verification.happenings import FAILURE, FOUNDING, MERGER
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.books import Books


class Sums(NamedTuple):
    """Sums over the months of each company so far, (months, providers).

    had : at the month's end; of who is gone what it had at the end.  left : what each had when it
    was absorbed or gave up, in the month of that, 0 elsewhere.
    """

    had: Numbers
    left: Numbers


def carried(books: "Books", flows: Numbers, first: Numbers | None = None) -> Sums:
    """Sum what each company gets, (months, providers); who absorbs another has its sums as well.

    first : what a company that is founded begins with, where a place starts anew; without it what
    a place had stays there.
    """
    had, left, now = np.zeros_like(flows), np.zeros_like(flows), np.zeros(flows.shape[1])
    for month in range(len(flows)):
        now += flows[month]
        for one in books.happened(month):
            place = one.place
            if one.kind in (MERGER, FAILURE):
                left[month, place] = now[place]
            if one.kind == MERGER:
                now[books.names.index(one.other)] += now[place]
                now[place] = 0.0
            elif one.kind == FOUNDING and first is not None:
                now[place] = first[month, place]
        had[month] = now
    return Sums(had, left)


def turned_over(books: "Books", moved: Numbers) -> Numbers:
    """All that has gone through the accounts of a place so far, with what was absorbed."""
    turnover: Numbers = np.maximum(np.cumsum(moved, axis=0), carried(books, moved).had)
    return turnover


def bought(books: "Books") -> Numbers:
    """What each provider has paid in a month for others that it absorbs, M$."""
    price = np.zeros((books.months, len(books.names)))
    for one in books.happenings:
        if one.kind == MERGER:
            price[one.month, books.names.index(one.other)] += one.after
    return price
