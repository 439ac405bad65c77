"""Investors: few and strategic, one Mesa agent each; what they hold stands in columns."""

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, FOUNDERS, HOLDERS
from agents.investor_parameters import InvestorParameters
from agents.labs import NEVER
from agents.provider import Numbers

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
YEAR = 12


class Ticket(NamedTuple):
    """What one investor paid in one round; money in M$.

    serial : of the round.  code : provider.  kind : of round.  investor : place, or OTHERS or
    PUBLIC.  lead : flag.  ticket : paid, credits included.  commitment : dues it made the provider
    sign.  pre_money, amount : of the round.  dilution : share that the round sold.
    growth : of revenue, per year.  founders : their share after the round.
    annual_revenue : of the month.
    """

    serial: int
    code: int
    kind: str
    investor: int
    lead: bool
    ticket: float
    credits: float
    commitment: float
    pre_money: float
    amount: float
    dilution: float
    growth: float
    founders: float
    annual_revenue: float


class EquityMarket:
    """Who has money for providers, and whom providers belong to; money in M$.

    names : of the investors, V of them.  kinds : theirs.
    owned : (V, suppliers), flags, clouds that each owns.  makes_chips, venture, pool : (V,), flags.
    powder, invested : (V,), money to invest, and put into rounds this month.
    ties : (V, V), rounds that two have shared.
    stakes : (16, V + 3), parts of each provider by investor and HOLDERS; rows sum to 1 from entry
    on.  since : (16, V), month of the first ticket.
    By code, (16,): valuation, before money; worth, the same at sentiment 1, NaN before entry.
    growth, per year.  last_post, last_round : value after money and month of the last round.
    failed_round, failed_rescue : month in which a round, and a down round, last failed.
    closed : rounds so far.  raised : in them.  listed : flag.  mark : value at listing, until it
    has fallen below its half.
    past_revenue : (13, 16), of the last months, oldest first.
    sentiment : of investors, 1 is usual.  serial : of the next round.
    tickets : of this month.  rounds_closed, rounds_failed : this month.
    """

    def __init__(
        self,
        investors: Mapping[str, InvestorParameters],
        clouds: Sequence[str | None],
        chip_maker: str,
    ) -> None:
        """Nobody holds anything yet; `clouds` are the owners of the clouds in their order."""
        self.names = tuple(investors)
        found = list(investors.values())
        size = len(found)
        self.kinds = tuple(investor.kind for investor in found)
        self.owned = np.array([[name == owner for owner in clouds] for name in self.names], bool)
        self.owned = self.owned.reshape(size, len(clouds))
        self.makes_chips = np.array([name == chip_maker for name in self.names], bool)
        self.venture = np.array([kind == "venture" for kind in self.kinds], bool)
        self.pool = np.array([kind == "growth" for kind in self.kinds], bool)
        self.powder = np.array([investor.dry_powder for investor in found], float)
        self.invested, self.ties = np.zeros(size), np.zeros((size, size))
        for row, investor in enumerate(found):
            for partner in investor.partners:
                other = self.names.index(partner)
                self.ties[row, other] = self.ties[other, row] = 1.0
        self.stakes = np.zeros((CODES, size + len(HOLDERS)))
        self.since = np.full((CODES, size), np.inf)
        for name in ("valuation", "growth", "last_post", "closed", "raised"):
            setattr(self, name, np.zeros(CODES))
        for name in ("last_round", "failed_round", "failed_rescue"):
            setattr(self, name, np.full(CODES, NEVER))
        self.worth, self.mark = np.full((2, CODES), np.nan)
        self.listed = np.zeros(CODES, np.bool_)
        self.past_revenue = np.zeros((YEAR + 1, CODES))
        self.sentiment, self.serial = 1.0, 0
        self.tickets: list[Ticket] = []
        self.rounds_closed = self.rounds_failed = 0

    valuation: Array
    growth: Array
    last_post: Array
    last_round: Array
    failed_round: Array
    failed_rescue: Array
    closed: Array
    raised: Array

    def found(self, code: int, holders: Mapping[str, float], valuation: float, month: int) -> None:
        """Divide a newcomer among its holders; founders have what is left.

        valuation : of its last round before, M$, 0 where there was none; such a one may raise at
        once.
        """
        for column in (self.closed, self.raised, self.growth, self.valuation):
            column[code] = 0.0
        self.failed_round[code] = self.failed_rescue[code] = NEVER
        self.last_round[code] = month if valuation else NEVER
        self.last_post[code], self.listed[code] = valuation, False
        self.worth[code] = self.mark[code] = np.nan
        self.past_revenue[:, code], self.since[code], self.stakes[code] = 0.0, np.inf, 0.0
        total = math.fsum(holders.values())
        for name, share in holders.items():
            place = self.names.index(name)
            self.stakes[code, place], self.since[code, place] = share / max(total, 1.0), month
        self.stakes[code, FOUNDERS] = max(1.0 - total, 0.0)

    def sell(self, code: int, share: float, parts: Array) -> None:
        """Issue new shares that are `share` of all after it, to holders by `parts`, (V + 3,)."""
        self.stakes[code] = (1.0 - share) * self.stakes[code] + share * parts

    @property
    def degree(self) -> Array:
        """Rounds shared with others, (V,)."""
        degree: Array = self.ties.sum(axis=1)
        return degree


class Investor(mesa.Agent):
    """Somebody who funds providers; its numbers are in the market's columns.

    name : as in the config.  kind : strategic, venture or growth.
    """

    _ids: ClassVar[Numbers] = Numbers()  # Mesa's name for its register

    def __init__(self, market: mesa.Model, name: str, kind: str) -> None:
        """Enter the market's register."""
        super().__init__(market)
        self.name, self.kind = name, kind
