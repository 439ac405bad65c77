"""Tables of records from the raw arrays of a run.

Months, segments and codes are axes 0, 1, 2 of the stacked arrays; a table has one row for each
(month, segment, provider), in that order.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.accounts import KINDS, OTHERS
from agents.codes import CODES, CONSUMER, ENTERPRISE
from agents.equations.shares import shares_of
from agents.kernels.tender import SCORES
from simulation.columns import NOBODY, SEGMENTS, TENDER_TERMS, TERMS
from simulation.equity_records import EquityMonth
from simulation.equity_tables import cap_tables_table, investors_table, rounds_table
from simulation.lab_records import COMPUTE_FIELDS, LAB_FIELDS
from simulation.metrics import capital, substitution
from simulation.metrics import market as measures
from simulation.metrics.choosers import Substitution
from simulation.metrics.loyalty import loyalty_columns
from simulation.metrics.money import money_columns
from simulation.recorder import OFFER_FIELDS, TENDER_KINDS, Recorder
from simulation.supply_file import month_number, month_text

if TYPE_CHECKING:
    from simulation.records import Table

Array = NDArray[np.float64]
MONEY = ("accounts", "users", "tokens", "spend", "fees", "app_tokens", "app_spend", "revenue")


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
        rows = recorder.months["labs"] or [np.full((len(LAB_FIELDS), CODES), np.nan)] * self.months
        found = np.moveaxis(np.stack(rows), 1, 0)[:, :, self.codes]
        self.labs: dict[str, Array] = dict(zip(LAB_FIELDS, found, strict=True))
        wide = recorder.months["compute"] or [[np.nan] * len(COMPUTE_FIELDS)] * self.months
        self.compute: dict[str, Array] = dict(zip(COMPUTE_FIELDS, np.array(wide).T, strict=True))
        self.employed_spend = np.stack([month.employed_spend for month in bills])[:, self.codes]

    def stacked(self, months: list[NDArray[Any]]) -> NDArray[Any]:
        """Arrays of each month as one, shape (months, 3, providers)."""
        return np.stack(months)[:, :, self.codes]

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


def segments_table(history: History) -> "Table":
    """One row for each month, segment and provider."""
    raw = history.raw
    month, segment, provider = (axis.ravel() for axis in np.indices(raw["live"].shape))
    live = raw["live"]
    table: Table = history.when(month)
    table |= {
        "segment": np.array(SEGMENTS, object)[segment],
        "provider": history.providers[provider],
    }
    columns = {"available": live, "released": raw["released"], "second_accounts": raw["seconds"]}
    columns |= {name: raw[name] for name in ("fees", "app_tokens", "app_spend")}
    for name, field in (
        ("capability", "capability"),
        ("capability_in_use", "in_use"),
        ("price", "price"),
        ("brand", "brand"),
        ("product_term", "product"),
    ):
        columns[name] = np.where(live, raw[field], np.nan)
    columns["price"] = np.where(raw["price"] > 0.0, columns["price"], np.nan)
    for name, share in (
        ("accounts", "account_share"),
        ("users", "user_share"),
        ("tokens", "token_share"),
        ("spend", "spend_share"),
        ("revenue", "revenue_share"),
    ):
        columns[name], columns[share] = raw[name], shares_of(raw[name])
    return table | {name: values.ravel() for name, values in columns.items()}


def providers_table(history: History) -> "Table":
    """One row for each month and provider."""
    raw = history.raw
    months, providers = history.months, len(history.codes)
    month, provider = (axis.ravel() for axis in np.indices((months, providers)))
    live = raw["live"]
    untracked = np.isin(history.providers, history.config.consumers.untracked)
    traffic = np.where(untracked, 0.0, raw["users"][:, CONSUMER])
    channel = raw["spend"][:, ENTERPRISE] + history.employed_spend
    channel = channel + raw["app_spend"].sum(axis=1)
    totals = {name: raw[name].sum(axis=1) for name in MONEY if name != "users"}
    columns = {
        "status": np.array(history.recorder.status, object).reshape(months, providers),
        "origin": first_offered(raw["origin"].astype(object), live, ""),
        "open_weights": (raw["nested"] & live).any(axis=1),
        "safety": first_offered(raw["safety"], live, np.nan),
        "runway": first_offered(raw["runway"], live, np.nan),
        "reliability": first_offered(raw["reliability"], live, np.nan),
        **totals,
        "token_share": shares_of(totals["tokens"]),
        "revenue_share": shares_of(totals["revenue"]),
        "enterprise_api_spend": channel,
        "enterprise_api_share": shares_of(channel),
        "consumer_traffic": traffic,
        "consumer_traffic_share": shares_of(traffic),
        **loyalty_columns(history),
        **money_columns(history, totals["revenue"]),
        **capital.provider_columns(history, totals["revenue"]),
    }
    table = history.when(month) | {"provider": history.providers[provider]}
    return table | {name: values.ravel() for name, values in columns.items()}


def first_offered(values: NDArray[Any], live: NDArray[np.bool_], missing: Any) -> NDArray[Any]:
    """Value of each provider in the first segment in which it has an offer; (months, providers)."""
    segment = live.argmax(axis=1)[:, None, :]
    chosen = np.take_along_axis(values, segment, axis=1)[:, 0]
    return np.where(live.any(axis=1), chosen, missing)


def market_table(history: History) -> "Table":
    """One row for each month."""
    columns = measures.market_columns(history) | substitution.market_columns(history)
    columns |= capital.market_columns(history)
    return history.when(np.arange(history.months)) | columns


def flows_table(history: History) -> "Table":
    """One row for each month, segment and pair of providers between which agents moved."""
    flows = history.recorder.flows
    lengths = [len(part.home) for part in flows]
    months = np.repeat([part.month for part in flows], lengths).astype(np.int64)
    segments = np.repeat([part.segment for part in flows], lengths).astype(np.int64)
    homes = joined([part.home for part in flows], np.int64)
    targets = joined([part.target for part in flows], np.int64)
    table = history.when(months) | {
        "segment": np.array(SEGMENTS, object)[segments],
        "from": history.names[homes],
        "to": history.names[targets],
        "agents": joined([part.agents for part in flows], np.int64),
        "users": joined([part.users for part in flows], np.float64),
    }
    sums = np.concatenate([np.zeros((0, len(TERMS))), *(part.sums for part in flows)])
    table |= {name: sums[:, column] for column, (name, _) in enumerate(TERMS)}
    table["utility"] = joined([part.utility for part in flows], np.float64)
    order = np.lexsort((targets, homes, segments, months))
    return {name: values[order] for name, values in table.items()}


def contracts_table(history: History) -> "Table":
    """One row for each tender."""
    tenders, firms = history.recorder.all_tenders, history.recorder.market.enterprises
    rows = joined([month.rows for month in tenders], np.int64)
    month = np.repeat([part.month for part in tenders], [len(part.rows) for part in tenders])
    winner = joined([part.tender.winner for part in tenders], np.uint8)
    table = history.when(month.astype(np.int64))
    table |= {
        "enterprise": rows,
        "seats": firms.seats[rows],
        "industry": firms.industry[rows],
        "regulated": firms.regulated[rows],
        "kind": np.array(TENDER_KINDS, object)[joined([t.kind for t in tenders], np.int64)],
        "incumbent": history.names[joined([t.incumbent for t in tenders], np.uint8)],
        "winner": history.names[winner],
        "second": history.names[joined([t.tender.second for t in tenders], np.uint8)],
        "shortlist": joined([t.tender.listed for t in tenders], np.int64),
        "term": joined([t.signing.term for t in tenders], np.int64),
        "price": joined([t.signing.price for t in tenders], np.float64),
    }
    nothing = np.zeros((0, len(SCORES)))
    scores = np.concatenate([nothing, *(part.tender.scores for part in tenders)])
    for name, _ in TENDER_TERMS:
        table[f"{name}_score"] = scores[:, SCORES.index(name)].copy()
    table["score"] = joined([t.tender.score for t in tenders], np.float64)
    return table


def joined(parts: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    """Parts end to end; an empty array where there are none."""
    return np.concatenate(parts, dtype=dtype, casting="unsafe") if parts else np.zeros(0, dtype)


def events_table(history: History) -> "Table":
    """One row for each event, in the order in which they happened."""
    events = history.recorder.events
    segments = (*SEGMENTS, NOBODY)  # the last one is that of -1
    return history.when(np.array([event.month for event in events], np.int64)) | {
        "kind": np.array([event.kind for event in events], object),
        "provider": np.array([history.names[event.code] for event in events], object),
        "segment": np.array([segments[event.segment] for event in events], object),
        "before": np.array([event.before for event in events], np.float64),
        "after": np.array([event.after for event in events], np.float64),
        "detail": np.array([event.detail for event in events], object),
    }


def cohorts_table(history: History) -> "Table":
    """One row for each month, segment, provider and month of choice with agents left."""
    months = history.recorder.months["cohorts"]
    parts = [
        (month, segment, *found)
        for month, three in enumerate(months)
        for segment, found in enumerate(three)
    ]
    lengths = [len(part[2]) for part in parts]
    table = history.when(np.repeat([part[0] for part in parts], lengths).astype(np.int64))
    segment = np.repeat([part[1] for part in parts], lengths).astype(np.int64)
    table["segment"] = np.array(SEGMENTS, object)[segment]
    table["provider"] = history.names[joined([part[3] for part in parts], np.int64)]
    table["cohort"] = joined([part[2] for part in parts], np.int64)
    table["agents"] = joined([part[4] for part in parts], np.int64)
    return table


def agents_table(history: History) -> "Table":
    """One row for each month and developer of the panel."""
    panel, choices = history.recorder.panel, history.recorder.panel_choices
    table = history.when(np.repeat(np.arange(history.months), len(panel)))
    table["agent"] = np.tile(panel, history.months)
    table["provider"] = history.names[joined(choices, np.uint8)]
    return table


def apps_table(history: History) -> "Table":
    """One row for each month and application company alive at its end."""
    months = history.recorder.months["apps"]
    lengths = [len(companies[0]) for companies in months]
    app, segment, provider, entered, share = (
        np.concatenate(column) for column in zip(*months, strict=True)
    )
    month = np.repeat(np.arange(history.months), lengths)
    return history.when(month) | {
        "app": app,
        "segment": np.array(SEGMENTS, object)[segment],
        "provider": history.names[provider],
        "age": month - entered,
        "size_share": share,
    }


def ledger_table(history: History) -> "Table":
    """One row for each payer, payee and kind of payment of a month."""
    months = history.recorder.months["payments"]
    names = np.array(account_names(history), object)
    month = np.repeat(np.arange(len(months)), [len(part.amount) for part in months])
    return history.when(month.astype(np.int64)) | {
        "payer": names[joined([part.payer for part in months], np.int64)],
        "payee": names[joined([part.payee for part in months], np.int64)],
        "kind": np.array(KINDS, object)[joined([part.kind for part in months], np.int64)],
        "amount": joined([part.amount for part in months], np.float64),
    }


def account_names(history: History) -> list[str]:
    """Names of the accounts of the ledger in their order."""
    config = history.config
    others = [config.compute.chip_maker if name == "chip_maker" else name for name in OTHERS]
    return [*history.names, *config.suppliers, *history.investors, *others]


def substitution_table(history: History) -> "Table":
    """One row for each segment and pair of providers, in the last month of every year and run."""
    columns = substitution.substitution_columns(history)
    return history.when(columns["month"]) | columns


MAKERS: "dict[str, Callable[[History], Table]]" = {
    "segments": segments_table,
    "providers": providers_table,
    "market": market_table,
    "flows": flows_table,
    "contracts": contracts_table,
    "events": events_table,
    "cohorts": cohorts_table,
    "agents": agents_table,
    "apps": apps_table,
    "ledger": ledger_table,
    "substitution": substitution_table,
    "rounds": rounds_table,
    "cap_tables": cap_tables_table,
    "investors": investors_table,
}


def tables_of(recorder: Recorder, names: Iterable[str] = tuple(MAKERS)) -> "dict[str, Table]":
    """The tables of a run that `names` asks for; what they share is worked out once.

    Raises
    ------
    KeyError
        If there is no table of a name.
    """
    asked = list(names)
    for name in asked:
        if name not in MAKERS:
            raise KeyError(f"no table {name!r} (tables: {', '.join(MAKERS)})")
    history = History(recorder)
    return {name: MAKERS[name](history) for name in asked}
