"""Monthly measures of the whole market, from the raw arrays of a run."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, CONSUMER, ENTERPRISE, NONE, OPEN
from agents.equations.shares import shares_of
from simulation.columns import SEGMENTS
from simulation.metrics.apps import app_columns
from simulation.metrics.choosers import quotient
from simulation.metrics.concentration import hhi, jensen_shannon, top, turbulence
from simulation.metrics.race import race_columns
from simulation.metrics.regime import regime_columns
from simulation.metrics.supply import supply_columns

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
YEAR = 12
CONTRACT_END = 1


def market_columns(history: "History") -> dict[str, NDArray[Any]]:
    """All columns of the market table but month and date, each of shape (months,)."""
    raw = history.raw
    vectors = share_vectors(history)
    revenue = raw["revenue"].sum(axis=1)
    revenue_shares = shares_of(revenue)
    sizes = [
        history.config.developers.count,
        history.config.enterprises.count,
        history.config.consumers.count,
    ]
    users = raw["accounts"].sum(axis=2)
    columns = {
        "revenue": revenue.sum(axis=1),
        "spend": raw["spend"].sum(axis=(1, 2)),
        "fees": raw["fees"].sum(axis=(1, 2)),
        "tokens": raw["tokens"].sum(axis=(1, 2)),
        "adopted_coding": users[:, CODING] / sizes[CODING],
        "adopted_enterprise": users[:, ENTERPRISE] / sizes[ENTERPRISE],
        "adopted_consumer": users[:, CONSUMER] / sizes[CONSUMER],
        "hhi_coding": hhi(vectors[:, CODING]),
        "hhi_enterprise": hhi(vectors[:, ENTERPRISE]),
        "hhi_consumer": hhi(vectors[:, CONSUMER]),
        "hhi_revenue": hhi(revenue_shares),
        "top_two": top(revenue_shares, 2),
        "top_four": top(revenue_shares, 4),
        "app_tokens": raw["app_tokens"].sum(axis=(1, 2)),
        "app_spend": raw["app_spend"].sum(axis=(1, 2)),
        "segment_divergence": jensen_shannon(vectors),
        "turbulence": yearly_turbulence(shares_of(raw["spend"].sum(axis=1))),
    }
    columns |= loyalty(history, users) | contracts(history) | frontier(history)
    columns |= regime_columns(history, columns["hhi_revenue"], columns["open_token_share"])
    return columns | app_columns(history) | race_columns(history) | supply_columns(history)


def share_vectors(history: "History") -> Array:
    """Shares by which each segment is judged: spend, spend, users; (months, 3, providers)."""
    spend = history.raw["spend"].copy()
    spend[:, CONSUMER] = history.raw["users"][:, CONSUMER]
    return shares_of(spend)


def yearly_turbulence(shares: Array) -> Array:
    """Half the absolute change of shares over twelve months; NaN in the first year."""
    change = np.full(len(shares), np.nan)
    known = (shares[YEAR:].sum(axis=1) > 0) & (shares[:-YEAR].sum(axis=1) > 0)
    moved = turbulence(shares[YEAR:], shares[:-YEAR])
    change[YEAR:] = np.where(known, moved, np.nan)
    return change


def loyalty(history: "History", users: Whole) -> dict[str, Array]:
    """Twelve-month retention, monthly switching and second providers of individuals."""
    switched, kept = switchers(history), retention(history)
    seconds = history.raw["seconds"].sum(axis=2)
    columns = {}
    market = history.recorder.market
    for name, segment, people in (
        ("coding", CODING, market.developers),
        ("consumer", CONSUMER, market.consumers),
    ):
        at_start = round(people.start.adopted * len(people))
        before = np.concatenate([[at_start], users[:-1, segment]])
        columns[f"retention_{name}"] = kept[:, segment]
        columns[f"switched_{name}"] = quotient(switched[:, segment], before, 0.0)
        columns[f"dual_{name}"] = quotient(seconds[:, segment], users[:, segment], 0.0)
    return columns


def switchers(history: "History") -> Array:
    """Agents who changed their provider, by month and segment, (months, 3)."""
    flows = history.flows
    between = (flows.home != NONE) & (flows.target != NONE)
    return by_segment(history.months, flows.month, flows.segment, flows.agents, between)


def retention(history: "History") -> Array:
    """Share of those who chose twelve months ago and have not left since; NaN in the first year.

    (months, 3), by segment.
    """
    month, segment, since, _, agents = history.cohorts
    start, stayed = (
        by_segment(history.months, month, segment, agents, since == month - ago)
        for ago in (0, YEAR)
    )
    kept = np.full(start.shape, np.nan)
    kept[YEAR:] = quotient(stayed[YEAR:], start[:-YEAR])
    return kept


def by_segment(months: int, month: Whole, segment: Whole, agents: Whole, chosen: Flags) -> Array:
    """Sum of `agents` in each month and segment over the rows `chosen`, (months, 3)."""
    rows, size = np.flatnonzero(chosen), len(SEGMENTS)
    found = np.bincount(month[rows] * size + segment[rows], agents[rows], months * size)
    return np.asarray(found.reshape(months, size), np.float64)


def contracts(history: "History") -> dict[str, NDArray[Any]]:
    """Signings, renewals and second sources of enterprises by month (E28)."""
    month, _, kind, incumbent, winner, *_ = history.tenders
    nobody, renewal = winner == NONE, kind == CONTRACT_END
    kept = renewal & (winner == incumbent)
    flags = {
        "signings": (incumbent == NONE) & ~nobody,
        "renewals_held": renewal,
        "renewals_won": kept,
        "postponed": nobody,
    }
    counts = {
        name: np.bincount(month[flag], minlength=history.months) for name, flag in flags.items()
    }
    held, won = renewed_seats(history)
    return counts | {
        "renewal_rate": yearly_rate(counts["renewals_won"], counts["renewals_held"]),
        "renewal_rate_seats": yearly_rate(won, held),
        "dual_source_share": np.array(history.recorder.months["dual"], np.float64),
    }


def renewed_seats(history: "History") -> tuple[Array, Array]:
    """Seats behind the contracts that were tendered at their end, and won again, by month."""
    month, row, kind, incumbent, winner, *_ = history.tenders
    seats = history.recorder.market.enterprises.seats[row]
    renewal = kind == CONTRACT_END
    held, won = (
        np.bincount(month[chosen], seats[chosen], history.months).astype(np.float64)
        for chosen in (renewal, renewal & (winner == incumbent))
    )
    return held, won


def yearly_rate(part: NDArray[Any], whole: NDArray[Any]) -> Array:
    """Sum of `part` over the sum of `whole` in the last twelve months; NaN where there is none."""
    sums = [np.convolve(values, np.ones(YEAR))[: len(values)] for values in (part, whole)]
    rate: Array = np.divide(sums[0], sums[1], out=np.full(len(part), np.nan), where=sums[1] > 0)
    return rate


def frontier(history: "History") -> dict[str, Array]:
    """The capability race as enterprises see it, and the part of OPEN."""
    raw = history.raw
    live = raw["live"][:, ENTERPRISE]
    capability = np.where(live, raw["capability"][:, ENTERPRISE], -np.inf)
    is_open = history.codes == OPEN
    ranked = np.sort(np.where(is_open, -np.inf, capability), axis=1)[:, ::-1]
    ranked = np.concatenate([ranked, np.full((history.months, 2), -np.inf)], axis=1)
    best = capability.max(axis=1)
    price = raw["price"][np.arange(history.months), ENTERPRISE, capability.argmax(axis=1)]
    of_open = capability[:, is_open].max(axis=1, initial=-np.inf)
    tokens = (raw["tokens"] + raw["app_tokens"]).sum(axis=1)
    return {
        "open_token_share": shares_of(tokens)[:, is_open].sum(axis=1),
        "frontier_capability": finite(best),
        "capability_gap": difference(ranked[:, 0], ranked[:, 1]),
        "open_gap": difference(best, of_open),
        "frontier_price": np.where(np.isfinite(best), price, np.nan),
    }


def finite(values: Array) -> Array:
    """`values` with NaN for infinities."""
    return np.where(np.isfinite(values), values, np.nan)


def difference(high: Array, low: Array) -> Array:
    """`high` − `low`, NaN where either is missing (infinite)."""
    return finite(high) - finite(low)
