"""Money, compute and what happened for made-up runs: a supply side that nobody simulated.

Providers sign ever larger contracts each half-year; the first of them fails after two thirds of
the run where it is long enough and there is another one.  Nothing here is a result.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
from synthetic_records import synthetic_records

from agents.codes import OPEN_NAME
from simulation.columns import DECISIONS, NOBODY

TERM = 48
BETWEEN = 6


def money_records(fails: bool = True, **story: Any) -> Any:
    """A made-up run as `synthetic_records` gives it, with a supply side that decides."""
    records = synthetic_records(**story)
    months, size = records.config.months, len(records.providers)
    failure = 2 * months // 3 if fails and months > BETWEEN and size > 1 else months
    records.config.finance = SimpleNamespace(stressed=0.6, distressed=1.0, runway_limit=60)
    provider_columns(records, failure)
    market_columns(records)
    happened(records, failure)
    return records


def grid(records: Any, name: str) -> Any:
    """A column of the providers table as months x providers, to write into."""
    return records.tables["providers"][name].reshape(records.config.months, -1)


def provider_columns(records: Any, failure: int) -> None:
    """Money that grows, a contract each half-year, and an end for the first provider."""
    table, (months, size) = records.tables["providers"], shape(records)
    for column in DECISIONS:
        if column.kind == "number":
            table[column.name] = np.zeros(months * size)
    month, provider = np.arange(months)[:, None], np.arange(size)[None, :]
    signed = (month // BETWEEN) * BETWEEN
    dues = 100.0 * (1 + provider) * 1.05**signed * (TERM - (month - signed)) * (month >= BETWEEN)
    grid(records, "revenue")[:] = 0.0
    table["revenue"] = (2.0 * (1 + provider) * 1.06**month).ravel()
    columns = {
        "model_capability": np.floor(month / 5) * 0.3 + 0.05 * provider - 0.5,
        "commitments": dues,
        "payment_pressure": 0.1 + dues / (20_000.0 * (1 + provider)) + 0.004 * month,
        "commitments_to_revenue": dues / (12 * np.reshape(table["revenue"], (months, size))),
        "runway": np.clip(50.0 - month + 3 * provider, 0, 60),
        "burn": 5.0 + month + 0 * provider,
        "compute_inference": 1.0 + month * (1 + provider) / 9,
        "compute_research": 2.0 + 0 * month + provider,
        "compute_contracted": 3.0 + 0 * month + provider,
        "utilisation": 0.8 + 0 * (month + provider),
        "revenue_per_compute": 1.0 + month / 40 + provider / 9,
        "revenue_per_compute_dollar": 0.5 + month / 90 + 0 * provider,
        "retention_coding": 0.8 + 0 * (month + provider),
        "renewal_rate": 0.9 + 0 * (month + provider),
        "cash": 1000.0 + month + provider,
        "distress_stage": 0.0 * (month + provider),
    }
    table |= {name: np.asarray(values, np.float64).ravel() for name, values in columns.items()}
    cost = np.where((month % 5 == 0) & (month > 0), 30.0 * 1.1**month + provider, np.nan)
    table["released_run_cost"] = cost.ravel()
    table["signings"] = np.full(months * size, 3)
    if OPEN_NAME in records.providers:
        code = records.providers.index(OPEN_NAME)
        for name in columns:
            if name not in {"runway", "retention_coding", "renewal_rate"}:
                grid(records, name)[:, code] = np.nan
    if failure < months:
        grid(records, "status")[failure + 1 :, 0] = "exited"
        for name in ("payment_pressure", "commitments"):
            grid(records, name)[failure:, 0] = 0.0
        records.tables["segments"]["capability"].reshape(months, 3, -1)[failure + 1 :, :, 0] = (
            np.nan
        )


def shape(records: Any) -> tuple[int, int]:
    """Months and providers."""
    return records.config.months, len(records.providers)


def market_columns(records: Any) -> None:
    """Rent, capacity, prices and the race."""
    months = records.config.months
    month = np.arange(months)
    used = np.nan_to_num(grid(records, "compute_inference") + grid(records, "compute_research"))
    records.tables["market"] |= {
        "rent": 4.0 * 0.99**month,
        "hardware_cost": 2.0 * 0.97**month,
        "compute_capacity": 1.25 * used.sum(axis=1) + 1.0,
        "compute_demand": 1.4 * used.sum(axis=1) + 1.0,
        "compute_used": used.sum(axis=1),
        "compute_contracted": np.nansum(grid(records, "compute_contracted"), axis=1),
        "frontier_price": 20.0 * 0.5 ** (month / 12),
        "fixed_price": np.where(month >= 2, 10.0 * 0.1 ** (month / 12), np.nan),
        "capability_gap": 0.1 + 0.01 * month,
        "open_gap": 0.2 + 0.01 * month,
        "open_lag": np.where(month > 3, month % 9, np.nan).astype(np.float64),
        "lead_changes": np.minimum(month // 9, 4),
        "record_run_cost": np.where((month % 5 == 0) & (month > 0), 30.0 * 1.1**month, np.nan),
        "revenue_per_compute": 1.0 + month / 40,
        "payment_pressure": np.nanmax(
            np.nan_to_num(grid(records, "payment_pressure")), axis=1, initial=0.0
        ),
        "commitments": np.nansum(grid(records, "commitments"), axis=1),
        "written_off": np.zeros(months),
    }


def happened(records: Any, failure: int) -> None:
    """Rounds, contracts, an incident, two dated events and a failure."""
    months, names = records.config.months, records.providers
    rows = [(m, "round", names[0], 500.0 * (1 + m)) for m in range(0, months, 7)]
    rows += [(m, "contract", names[-1], 4.0) for m in range(BETWEEN, months, BETWEEN)]
    rows += [(months // 2, "incident", names[0], 0.4)]
    rows += [
        (months // 3, "chip_rule", NOBODY, np.nan),
        (months // 3, "a_much_longer_name", NOBODY, 1),
    ]
    if failure < months:
        rows += [(failure, "failure", names[0], 900.0)]
    events, days = records.tables["events"], records.tables["market"]["date"]
    added = {
        "month": [row[0] for row in rows],
        "date": [days[row[0]] for row in rows],
        "kind": [row[1] for row in rows],
        "provider": [row[2] for row in rows],
        "after": [row[3] for row in rows],
    }
    blank = {"segment": [NOBODY], "detail": [""], "before": [np.nan]}
    for name, column in events.items():
        more = added.get(name, blank.get(name, [0]) * len(rows))
        events[name] = np.concatenate([column, np.array(more, column.dtype)])
