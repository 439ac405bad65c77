"""Tables of rounds, of cap tables and of investors."""

from typing import TYPE_CHECKING

import numpy as np

from agents.codes import HOLDERS
from agents.investor import Ticket
from simulation.metrics.choosers import quotient

if TYPE_CHECKING:
    from simulation.history import History
    from simulation.records import Table


def rounds_table(history: "History") -> "Table":
    """One row for each ticket of a round."""
    tickets = [ticket for month in history.equity for ticket in month.tickets]
    lengths = [len(month.tickets) for month in history.equity]
    month = np.repeat(np.arange(len(lengths)), lengths).astype(np.int64)
    found = dict(zip(Ticket._fields, zip(*tickets, strict=True), strict=False))
    columns = {name: np.array(found.get(name, ())) for name in Ticket._fields}
    amount, pre_money = columns["amount"].astype(float), columns["pre_money"].astype(float)
    holders = np.array([*history.investors, *HOLDERS], object)
    annual = columns["annual_revenue"].astype(float)
    return history.when(month) | {
        "round": columns["serial"],
        "provider": history.names[columns["code"].astype(np.int64)],
        "kind": columns["kind"].astype(object),
        "investor": holders[columns["investor"].astype(np.int64)],
        "lead": columns["lead"],
        "ticket": columns["ticket"],
        "credits": columns["credits"],
        "commitment": columns["commitment"],
        "pre_money": pre_money,
        "amount": amount,
        "post_money": pre_money + amount,
        "dilution": columns["dilution"],
        "multiple": quotient(pre_money + amount, annual),
        "growth": columns["growth"],
        "founder_share": columns["founders"],
    }


def cap_tables_table(history: "History") -> "Table":
    """One row for each month, provider and holder who has a share of it."""
    holders = np.array([*history.investors, *HOLDERS], object)
    stakes = history.stakes if history.equity else np.zeros((0, len(history.codes), len(holders)))
    month, place, holder = np.nonzero(stakes > 0.0)
    return history.when(month.astype(np.int64)) | {
        "provider": history.providers[place],
        "holder": holders[holder],
        "share": stakes[month, place, holder],
    }


def investors_table(history: "History") -> "Table":
    """One row for each month and investor."""
    names = np.array(history.investors, object)
    fields = ("dry_powder", "invested", "credits_outstanding", "holdings", "degree")
    months = len(history.equity) if len(names) else 0
    values = np.array([month.by_investor for month in history.equity])
    values = values.reshape(len(history.equity), len(fields), len(names))
    month, investor = (axis.ravel() for axis in np.indices((months, len(names))))
    kinds = np.array(history.recorder.market.equity.kinds, object) if months else names
    return history.when(month.astype(np.int64)) | {
        "investor": names[investor],
        "kind": kinds[investor],
        **{name: values[:months, row].ravel() for row, name in enumerate(fields)},
    }
