"""What was recorded in a run, stacked over its months: what tables and metrics are made of.

Months, segments and codes are axes 0, 1, 2 of the stacked arrays.  What several tables need is
joined once, when the first of them asks for it.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CONSUMER
from agents.kernels.tender import NUMBERS, WHOLES
from simulation.equity_records import EquityMonth
from simulation.lab_records import COMPUTE_FIELDS, LAB_FIELDS, compute_columns, lab_columns
from simulation.metrics import substitution
from simulation.metrics.choosers import Substitution
from simulation.recorder import OFFER_FIELDS, Recorder
from simulation.supply_file import month_number, month_text

if TYPE_CHECKING:
    from simulation.ledger import Payments
    from simulation.records import Table

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
MONEY = ("accounts", "users", "tokens", "spend", "fees", "app_tokens", "app_spend", "revenue")


class Cohorts(NamedTuple):
    """Agents by month, segment, month of choice and code, where there are any; (cells,) each."""

    month: Whole
    segment: Whole
    since: Whole
    code: Whole
    agents: Whole


class Flowing(NamedTuple):
    """Agents who moved, by month, segment and codes left and chosen; (flows,) each."""

    month: Whole
    segment: Whole
    home: Whole
    target: Whole
    agents: Whole


class Tendered(NamedTuple):
    """Tenders, (tenders,) each but `numbers`; see `Tenders`, of which the order is."""

    month: Whole
    row: Whole
    kind: Whole
    incumbent: Whole
    winner: Whole
    second: Whole
    listed: Whole
    term: Whole
    numbers: Array


class Paid(NamedTuple):
    """Payments: month, accounts, kind and M$; (payments,) each."""

    month: Whole
    payer: Whole
    payee: Whole
    kind: Whole
    amount: Array


class History:
    """Raw arrays of a run, stacked over months; codes are narrowed to the providers that exist.

    Every array of `raw` has shape (months, 3, providers), of `labs` (months, providers), and of
    `compute` (months,); the last two are NaN on recorded supply.
    """

    def __init__(self, recorder: Recorder) -> None:
        """Stack what the recorder kept.

        Raises
        ------
        ValueError
            If no month was recorded.
        """
        bills = recorder.months["bills"]
        if not bills:
            raise ValueError("no month was recorded: step the market first")
        market = recorder.market
        self.recorder, self.config = recorder, market.origin
        self.codes = np.array(market.supply.codes)
        self.names = np.array(market.supply.names, object)
        self.providers = np.array(market.supply.providers, object)
        self.months = len(bills)
        self.equity: list[EquityMonth] = recorder.months["equity"]
        self.investors = market.equity.names if market.endogenous else ()
        self.dates = np.array(calendar(market.config.start, self.months), object)
        self.raw = {
            name: self.stacked([getattr(month, name) for month in bills])
            for name in (*MONEY, "seconds")
        }
        for name in (*OFFER_FIELDS, "origin", "nested"):
            self.raw[name] = self.stacked(recorder.months[name])
        self.labs, self.compute = self.supply_side()
        self.employed_spend = np.stack([month.employed_spend for month in bills])[:, self.codes]

    def supply_side(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """Columns of the providers and of compute; NaN on recorded supply."""
        labs, compute = self.recorder.months["labs"], self.recorder.months["compute"]
        if not labs:
            missing = np.full((self.months, len(self.codes)), np.nan)
            return dict.fromkeys(LAB_FIELDS, missing), dict.fromkeys(COMPUTE_FIELDS, missing[:, 0])
        live = np.stack(self.recorder.months["live"])[:, :CONSUMER]  # who sells tokens
        of_compute = compute_columns(compute, labs, np.logical_or.reduce(live, axis=1))
        of_labs = lab_columns(labs, of_compute["open_capability"])
        return {name: column[:, self.codes] for name, column in of_labs.items()}, of_compute

    def stacked(self, months: list[NDArray[Any]]) -> NDArray[Any]:
        """Arrays of each month as one, shape (months, 3, providers)."""
        return np.stack(months)[:, :, self.codes]

    @cached_property
    def cohorts(self) -> Cohorts:
        """Who chose when, by month and segment."""
        cells, counts = zip(*self.recorder.months["cohorts"], strict=True)
        lengths = np.stack(counts)
        month, segment = np.indices(lengths.shape)
        return Cohorts(
            *(
                np.repeat(place, lengths.reshape(-1))
                for place in (month.reshape(-1), segment.reshape(-1))
            ),
            *np.concatenate(cells, axis=1),
        )

    @cached_property
    def flows(self) -> Flowing:
        """Who moved."""
        flows = self.recorder.flows
        homes = [part.home for part in flows]
        return Flowing(
            repeated([part.month for part in flows], homes),
            repeated([part.segment for part in flows], homes),
            joined(homes),
            joined([part.target for part in flows]),
            joined([part.agents for part in flows]),
        )

    @cached_property
    def tenders(self) -> Tendered:
        """Who tendered, and who won."""
        tenders = self.recorder.all_tenders
        numbers = [part.numbers for part in tenders]
        whole = [np.zeros((WHOLES, 0), np.int64), *(part.whole for part in tenders)]
        columns: list[NDArray[Any]] = [
            repeated([part.month for part in tenders], numbers),
            *np.concatenate(whole, axis=1),
            np.concatenate([np.zeros((0, NUMBERS)), *numbers]),
        ]
        return Tendered._make(columns)

    @cached_property
    def payments(self) -> Paid:
        """Who paid whom; nobody on recorded supply."""
        months: list[Payments] = self.recorder.months["payments"]
        amounts = [part.amount for part in months]
        return Paid(
            repeated(range(len(months)), amounts),
            joined([part.payer for part in months]),
            joined([part.payee for part in months]),
            joined([part.kind for part in months]),
            joined(amounts, np.float64),
        )

    @cached_property
    def stakes(self) -> Array:
        """Parts of each provider by holder, (months, providers, holders); 0 of who has left."""
        there = (self.labs["entered"] > 0.0) & (self.labs["exited"] == 0.0)
        held = np.stack([month.stakes for month in self.equity])[:, self.codes]
        return np.where(there[:, :, None], held, 0.0)

    @cached_property
    def substitution(self) -> dict[int, Substitution]:
        """How choosers substitute, by segment."""
        return substitution.of_segments(self)

    def when(self, month: NDArray[np.int64]) -> "Table":
        """Columns month and date."""
        return {"month": month, "date": self.dates[month]}


def calendar(start: str, months: int) -> list[str]:
    """Calendar months YYYY-MM from `start` on."""
    first = month_number(start)
    return [month_text(first + step) for step in range(months)]


def joined(parts: Sequence[NDArray[Any]], dtype: Any = np.int64) -> NDArray[Any]:
    """Parts end to end; an empty array where there are none."""
    return np.concatenate(parts, dtype=dtype, casting="unsafe") if parts else np.zeros(0, dtype)


def repeated(numbers: Sequence[int], parts: Sequence[NDArray[Any]]) -> Whole:
    """`numbers`, of which each part has one, on every row of the part."""
    return np.repeat(np.array(numbers, np.int64), [len(part) for part in parts])
