"""What is on offer this month: the state that the supply side writes and the demand side reads.

Arrays have shape (3 segments, 16 codes).  A provider without an offer to a segment has `live`
false there, and its other entries are left at 0 so that tables stay finite.
"""

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NONE, OPEN
from agents.demand import ChoiceParameters
from agents.equations.choice import upgrading
from agents.kernels.offers import Shown, choosable
from simulation.columns import SEGMENTS

Array = NDArray[np.float64]
SHAPE = (len(SEGMENTS), CODES)
YEAR = 12


class Offers:
    """Offers of the current month.

    capability, price, safety, brand, reliability, runway : as in the supply, OOM, $/Mtok, ...
    coming_runway : runway that buyers will see next month.
    product : product term with its random walk, util.  in_use : capability of a provider's own
    users (E17d), OOM.  nested : uint8, offers in the open-weights nest (E17b).
    release_rate : (3,), flagship releases of the month per provider serving the segment (E20),
    of release_count.  term : product term without its walk, util.
    open_weights, origin : as in the supply.  bundled : (16,), the assistant comes with a product.
    shock : (16,), 1 where a provider had an incident this month.
    """

    def __init__(self) -> None:
        """Nothing is on offer before the first month."""
        self.live = np.zeros(SHAPE, np.bool_)
        self.released = np.zeros(SHAPE, np.bool_)
        self.nested = np.zeros(SHAPE, np.uint8)
        self.capability, self.price, self.safety = (np.zeros(SHAPE) for _ in range(3))
        self.brand, self.product, self.reliability = (np.zeros(SHAPE) for _ in range(3))
        self.runway, self.in_use, self.walk = (np.zeros(SHAPE) for _ in range(3))
        self.coming_runway, self.term = np.zeros(SHAPE), np.zeros(SHAPE)
        self.open_weights, self.origin = np.zeros(SHAPE, np.bool_), np.zeros(SHAPE, "<U2")
        self.bundled = np.zeros(CODES, np.bool_)
        self.release_count = np.zeros(len(SEGMENTS), np.int64)
        self.release_rate = np.zeros(len(SEGMENTS))
        self.shock = np.zeros(CODES)
        self._moved = np.zeros(SHAPE)
        self._past: list[Array] = []  # capability of the last twelve months, oldest first
        self._first = np.zeros(SHAPE)

    def show(self, choice: ChoiceParameters, was_live: NDArray[np.bool_]) -> None:
        """E17b-E17d: set what choosers look at, after the offers of the month have been set.

        was_live : (3, codes), offers of last month.
        """
        year_old = self._past[0] if len(self._past) == YEAR else np.full(SHAPE, np.nan)
        shown = Shown(
            self.live,
            was_live,
            self.open_weights,
            self.capability,
            self.term,
            self.walk,
            self.release_count,
            self._moved,
            self._first,
            year_old,
        )
        self.nested, self.release_rate = np.zeros(SHAPE, np.uint8), np.empty(len(SEGMENTS))
        self.product, self.in_use, latest = found = np.zeros((3, *SHAPE))
        part, share = upgrading(choice.upgrade_rate), choice.upgrade_share
        is_any_new = choosable(shown, part, share, self.nested, self.release_rate, found)
        if is_any_new:
            for past in self._past:  # what it offered before it left is no version of its own
                past[self.live & ~was_live] = np.nan
        self._past.append(latest)
        del self._past[:-YEAR]


def places(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Segment and code of every flag of SHAPE that is set."""
    if True not in flags.tobytes():  # as most often; it takes a fifth of the time
        return []
    segments, codes = flags.nonzero()
    return list(zip(segments.tolist(), codes.tolist(), strict=True))


def nest_members(live: NDArray[np.bool_], open_weights: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """E17b: OPEN and the providers that release weights, where they have an offer."""
    members = open_weights.copy()
    members[..., OPEN] = True
    members[..., NONE] = False
    return (members & live).astype(np.uint8)
