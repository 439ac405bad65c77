"""Tables of records from the raw arrays of a run.

Months, segments and codes are axes 0, 1, 2 of the stacked arrays; a table has one row for each
(month, segment, provider), in that order.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.accounts import KINDS, OTHERS
from agents.codes import CONSUMER, ENTERPRISE
from agents.equations.shares import shares_of
from agents.kernels.tender import PRICE, SCORE, SCORES
from simulation.columns import NOBODY, SEGMENTS, TENDER_TERMS, TERMS
from simulation.equity_tables import cap_tables_table, investors_table, rounds_table
from simulation.history import MONEY, History, joined
from simulation.metrics import capital, substitution
from simulation.metrics import market as measures
from simulation.metrics.loyalty import loyalty_columns
from simulation.metrics.money import money_columns
from simulation.recorder import TENDER_KINDS, Recorder

if TYPE_CHECKING:
    from simulation.records import Table


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
    flows, moved = history.recorder.flows, history.flows
    table = history.when(moved.month) | {
        "segment": np.array(SEGMENTS, object)[moved.segment],
        "from": history.names[moved.home],
        "to": history.names[moved.target],
        "agents": moved.agents,
        "users": joined([part.users for part in flows], np.float64),
    }
    sums = np.concatenate([np.zeros((0, len(TERMS))), *(part.sums for part in flows)])
    table |= {name: sums[:, column] for column, (name, _) in enumerate(TERMS)}
    table["utility"] = joined([part.utility for part in flows], np.float64)
    order = np.lexsort((moved.target, moved.home, moved.segment, moved.month))
    return {name: values[order] for name, values in table.items()}


def contracts_table(history: History) -> "Table":
    """One row for each tender."""
    held, firms = history.tenders, history.recorder.market.enterprises
    rows = held.row
    table = history.when(held.month)
    table |= {
        "enterprise": rows,
        "seats": firms.seats[rows],
        "industry": firms.industry[rows],
        "regulated": firms.regulated[rows],
        "kind": np.array(TENDER_KINDS, object)[held.kind],
        "incumbent": history.names[held.incumbent],
        "winner": history.names[held.winner],
        "second": history.names[held.second],
        "shortlist": held.listed,
        "term": held.term,
        "price": held.numbers[:, PRICE].copy(),
    }
    for name, _ in TENDER_TERMS:
        table[f"{name}_score"] = held.numbers[:, SCORES.index(name)].copy()
    table["score"] = held.numbers[:, SCORE].copy()
    return table


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
    cells = history.cohorts
    return history.when(cells.month) | {
        "segment": np.array(SEGMENTS, object)[cells.segment],
        "provider": history.names[cells.code],
        "cohort": cells.since,
        "agents": cells.agents,
    }


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
    names = np.array(account_names(history), object)
    paid = history.payments
    return history.when(paid.month) | {
        "payer": names[paid.payer],
        "payee": names[paid.payee],
        "kind": np.array(KINDS, object)[paid.kind],
        "amount": paid.amount,
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
