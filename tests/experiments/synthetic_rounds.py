"""Rounds, holders and investors for made-up runs of `synthetic_money`; nothing here is a result.

Providers raise in turn; each round has a lead and two or three more of the investors, and sells a
tenth of the provider.  The second one is renegotiated, sold down and for sale before its end.
"""

from typing import Any

import numpy as np
from synthetic_money import grid, money_records
from synthetic_records import table

from agents.codes import HOLDERS, OPEN_NAME
from simulation.columns import NOBODY

INVESTORS = {
    "Microsoft": "strategic",
    "Amazon": "strategic",
    "Nvidia": "strategic",
    "SoftBank": "growth",
    "Sovereign1": "growth",
    "VC1": "venture",
    "VC2": "venture",
}
SOLD = 0.1
EVERY = 4
STAGES = ("renegotiation", "down_round", "blocked_sale", "acquisition")


def rounds_records(investors: dict[str, str] | None = None, **story: Any) -> Any:
    """A made-up run in which providers raise money."""
    records = money_records(**story)
    funders = INVESTORS if investors is None else investors
    tickets = tickets_of(records, tuple(funders))
    records.tables["rounds"] = rounds_table(records, tickets)
    records.tables["cap_tables"] = cap_tables(records, tuple(funders))
    records.tables["investors"] = investors_table(records, funders)
    grid(records, "valuation")[:] = worth(records)
    for name in ("rounds", "raised", "revenue_multiple"):
        grid(records, name)[:] = np.where(np.isnan(worth(records)), np.nan, 1.0)
    distress(records)
    months = records.config.months
    records.tables["market"] |= {
        "sentiment": 1.0 + 0.1 * np.sin(np.arange(months) / 5),
        "rounds_closed": np.bincount(
            [ticket["month"] for ticket in tickets if ticket["lead"]], minlength=months
        ).astype(float),
    }
    return records


def raisers(records: Any) -> list[str]:
    """Those who raise: all but OPEN."""
    return [name for name in records.providers if name != OPEN_NAME]


def tickets_of(records: Any, investors: tuple[str, ...]) -> list[dict[str, Any]]:
    """A round every few months, of one provider after the other."""
    names, found = raisers(records), []
    last = grid(records, "status")
    for serial, month in enumerate(range(0, records.config.months, EVERY)):
        name = names[serial % len(names)]
        if last[month, records.providers.index(name)] == "exited":
            continue
        amount = 100.0 * 1.08**month
        chosen = [investors[(serial * 3 + k) % len(investors)] for k in range(2 + serial % 2)]
        for place, investor in enumerate(dict.fromkeys(chosen)):
            found.append(
                {
                    "month": month,
                    "round": serial,
                    "provider": name,
                    "kind": "round",
                    "investor": investor,
                    "lead": place == 0,
                    "ticket": amount / len(set(chosen)),
                    "pre_money": 9.0 * amount,
                    "amount": amount,
                    "post_money": 10.0 * amount,
                    "dilution": SOLD,
                    "multiple": 80.0 * 0.97**month,
                    "founder_share": 0.5,
                }
            )
    return found


def rounds_table(records: Any, tickets: list[dict[str, Any]]) -> dict[str, Any]:
    """The table of tickets."""
    days = records.tables["market"]["date"]
    fields = tickets[0] if tickets else {"month": 0}
    columns: dict[str, Any] = {name: [ticket[name] for ticket in tickets] for name in fields}
    return table("rounds", columns | {"date": [days[month] for month in columns["month"]]})


def cap_tables(records: Any, investors: tuple[str, ...]) -> dict[str, Any]:
    """Founders are diluted by every round; investors have the rest in falling parts."""
    there = grid(records, "status") != "exited"
    there &= grid(records, "status") != "pre_entry"
    parts = 1.0 / np.arange(1, len(investors) + 1)
    parts /= parts.sum()
    rows: list[tuple[int, str, str, float]] = []
    for code, name in enumerate(records.providers):
        if name == OPEN_NAME:
            continue
        for month in np.flatnonzero(there[:, code]):
            kept = (1.0 - SOLD) ** (month // (EVERY * 2))
            turned = np.roll(parts, code)
            rows += [
                (int(month), name, investor, float((1.0 - kept) * part))
                for investor, part in zip(investors, turned, strict=True)
                if kept < 1.0
            ]
            rows.append((int(month), name, HOLDERS[1], kept))
    month, provider, holder, share = zip(*rows, strict=True)
    days = records.tables["market"]["date"]
    columns = {"month": month, "provider": provider, "holder": holder, "share": share}
    return table("cap_tables", columns | {"date": [days[m] for m in month]})


def investors_table(records: Any, investors: dict[str, str]) -> dict[str, Any]:
    """Every investor in every month."""
    months = records.config.months
    month = np.repeat(np.arange(months), len(investors))
    columns = {
        "month": month,
        "date": np.asarray(records.tables["market"]["date"], object)[month],
        "investor": list(investors) * months,
        "kind": list(investors.values()) * months,
        "dry_powder": np.full(len(month), 1_000.0),
    }
    return table("investors", columns)


def worth(records: Any) -> Any:
    """Values that grow, of all who are there but OPEN."""
    months, size = records.config.months, len(records.providers)
    found = 900.0 * 1.08 ** np.arange(months)[:, None] * (1.0 + np.arange(size))
    there = np.isin(grid(records, "status"), ("pre_entry", "exited", ""))
    found[there] = np.nan
    if OPEN_NAME in records.providers:
        found[:, records.providers.index(OPEN_NAME)] = np.nan
    return found


def distress(records: Any) -> None:
    """Pressure on all in the middle of the run; what follows for the second provider."""
    months = records.config.months
    status = grid(records, "status")
    pressed = np.isin(status, ("healthy",))
    pressed[: months // 3] = pressed[2 * months // 3 :] = False
    status[pressed] = "stressed"
    if len(records.providers) < 2 or months < 12:
        return
    name, rows = records.providers[1], []
    for place, kind in enumerate(STAGES):
        month = months // 3 + 2 * place
        grid(records, "distress_stage")[month : month + 2, 1] = min(place + 1, 3)
        rows.append((month, kind, name))
    rows.append((months - 1, "listing", records.providers[0]))
    rows.append((months // 2, "entry_as_app", NOBODY))
    events, days = records.tables["events"], records.tables["market"]["date"]
    added = {
        "month": [row[0] for row in rows],
        "date": [days[row[0]] for row in rows],
        "kind": [row[1] for row in rows],
        "provider": [row[2] for row in rows],
        "after": [1.0] * len(rows),
    }
    blank = {"segment": [NOBODY], "detail": [""], "before": [np.nan]}
    for column_name, column in events.items():
        more = added.get(column_name, blank.get(column_name, [0]) * len(rows))
        events[column_name] = np.concatenate([column, np.array(more, column.dtype)])
