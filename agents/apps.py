"""Application companies: they build products on a provider's models and pay for the tokens."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.app_parameters import AppParameters
from agents.codes import CODES, CODING, ENTERPRISE, NONE
from agents.population import Population

Array = NDArray[np.float64]
# The offer that apps of each segment buy.  Nobody sells tokens to consumers: who builds for them
# buys what enterprises are offered, at its list price.
API = np.array([CODING, ENTERPRISE, ENTERPRISE])
COHORT = 1_000_000  # serial numbers of a month; starters have those below it


class Columns(NamedTuple):
    """One place for each company that may be alive at once, those alive first."""

    app: NDArray[np.int64]
    segment: NDArray[np.uint8]
    provider: NDArray[np.uint8]
    since: NDArray[np.int16]
    entered: NDArray[np.int16]
    share: Array
    tokens: Array
    spend: Array


class Turnover(NamedTuple):
    """What happened to companies in a month: how many came, went and changed their provider."""

    entered: int = 0
    exited: int = 0
    absorbed: int = 0
    switched: int = 0


class Apps(Population):
    """Companies as columns; they come and go, so a row is not always the same company.

    Columns: app (serial number, never used again), segment, provider (code), since (month in
    which it was chosen), entered (month), share (of the app use of its segment), tokens (trillion)
    and spend (M$) of the last month billed.

    room : the same columns with the places that are free.  in_house : (3 segments, codes), use
    that providers have absorbed, share of the segment's app use.  reach : (3, codes), share of
    each provider in the tokens of a segment at last month's end.  number : running total of
    companies.  turnover : of this month.
    """

    def __init__(self, settings: AppParameters) -> None:
        """Start with companies of equal size, in the segments by turns, on no provider yet."""
        count, places = settings.count, max(settings.count, settings.limit)
        segment = (np.arange(places) % len(API)).astype(np.uint8)
        heads = np.bincount(segment[:count], minlength=len(API))
        self.room = Columns(
            app=np.arange(places),
            segment=segment,
            provider=np.full(places, NONE, np.uint8),
            since=np.zeros(places, np.int16),
            entered=np.zeros(places, np.int16),
            share=1.0 / np.maximum(heads, 1)[segment],
            tokens=np.zeros(places),
            spend=np.zeros(places),
        )
        self.in_house, self.reach = np.zeros((len(API), CODES)), np.zeros((len(API), CODES))
        self.number, self.turnover = count, Turnover()
        super().__init__(self.room._asdict())
        self.hold(count)

    def hold(self, count: int) -> None:
        """Make the first `count` places the companies that are alive."""
        self.columns = {name: column[:count] for name, column in self.room._asdict().items()}

    def turn(self, turnover: Turnover) -> None:
        """Count who came and who went this month."""
        self.turnover = turnover
        self.number += turnover.entered - turnover.exited - turnover.absorbed
