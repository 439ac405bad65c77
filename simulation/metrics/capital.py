"""Capital by month: rounds, who shares them, cap tables, and what became of providers."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.accounts import KINDS
from agents.codes import CODES, FOUNDERS
from agents.equations.shares import shares_of
from simulation.equity_records import EQUITY_FIELDS
from simulation.metrics.choosers import quotient
from simulation.metrics.concentration import gini, hhi

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
YEAR = 12
TO_CLOUDS = np.isin(KINDS, ("usage", "contracts", "spot", "hosting", "credits"))
COUNTED = {  # kinds of rows of the events table by column
    "renegotiations": "renegotiation",
    "acquisitions": "acquisition",
    "failures": "failure",
    "entries": "founding",
    "entries_as_app": "entry_as_app",
    "entries_refused": "entry_refused",
}


def provider_columns(history: "History", revenue: Array) -> dict[str, Array]:
    """Columns of the providers table, (months, providers); `revenue` in M$."""
    months = history.equity
    shape = (history.months, len(history.codes))
    if not months:
        names = (*EQUITY_FIELDS, "revenue_multiple", "founder_share")
        return {name: np.full(shape, np.nan) for name in names}
    found = np.stack([month.by_code for month in months])[:, :, history.codes]
    entered = history.labs["entered"] > 0.0
    columns = {
        name: np.where(entered, found[:, row], np.nan) for row, name in enumerate(EQUITY_FIELDS)
    }
    owned = history.stakes.sum(axis=2) > 0.0
    return columns | {
        "revenue_multiple": quotient(columns["valuation"], YEAR * revenue),
        "founder_share": np.where(owned, history.stakes[:, :, FOUNDERS], np.nan),
    }


def market_columns(history: "History") -> dict[str, Array]:
    """Columns of the market table, (months,); NaN where nobody decides."""
    months = history.equity
    names = ("sentiment", "dry_powder", "rounds_closed", "rounds_failed", "entry_barrier", "raised")
    if not months:
        missing = (*names, "syndicate_gini", "supplier_hhi", *COUNTED)
        return {name: np.full(history.months, np.nan) for name in missing}
    by_investor = np.stack([month.by_investor for month in months])
    rows = [
        (
            month.sentiment,
            powder,
            month.closed,
            month.failed,
            month.barrier,
            sum([ticket.ticket for ticket in month.tickets]),
        )
        for month, powder in zip(months, by_investor[:, 0].sum(axis=1).tolist(), strict=True)
    ]
    columns: dict[str, Array] = dict(zip(names, np.array(rows, np.float64).T, strict=True))
    columns["syndicate_gini"] = gini(by_investor[:, -1])
    columns["supplier_hhi"] = hhi_of_clouds(history)
    return columns | event_counts(history)


def hhi_of_clouds(history: "History") -> Array:
    """Concentration of what clouds receive for compute by month; NaN where they get nothing."""
    clouds = len(history.config.suppliers)
    month, _, payee, kind, amount = history.payments
    place = payee - CODES
    paid = TO_CLOUDS[kind] & (place >= 0) & (place < clouds)
    where = (month * clouds + place)[paid]
    received = np.bincount(where, amount[paid], history.months * clouds)
    return hhi(shares_of(received.reshape(history.months, clouds)))


def event_counts(history: "History") -> dict[str, Array]:
    """Rows of the events table of some kinds, by column and month."""
    events = history.recorder.events
    counts = {}
    for column, kind in COUNTED.items():
        found = [event.month for event in events if event.kind == kind]
        counts[column] = np.bincount(found, minlength=history.months).astype(np.float64)
    return counts
