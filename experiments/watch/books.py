"""The books of a provider up to a month: compute it signed for, rounds, and tenders of firms."""

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.codes import HOLDERS
from agents.kernels.tender import HOME, WINNER
from experiments.watch.frames import number

if TYPE_CHECKING:
    from experiments.watch.frames import Film
    from simulation.market import Market

MOST_TOLD = 30
YEAR = 12
Entry = dict[str, Any]


def compute_contracts(market: "Market", code: int, done: int) -> list[Entry]:
    """Contracts for compute signed so far, the latest first; those of who was bought included."""
    if not market.endogenous:
        return []
    names = market.compute.names
    found: list[Entry] = [
        {
            "month": int(signed),
            "supplier": names[int(supplier)],
            "first": int(first),
            "last": int(last),
            "capacity": number(capacity),
            "price": number(price),
            "running": bool(first <= done - 1 < last),
        }
        for holder, supplier, signed, first, last, capacity, price in market.compute.contracts
        if int(holder) == code and signed < done
    ]
    return found[::-1][:MOST_TOLD]


def rounds(market: "Market", code: int, done: int) -> list[Entry]:
    """Rounds that closed so far, the latest first: amount, value before, and who paid what."""
    recorder: Any = market.recorder
    holders = [*market.equity.names, *HOLDERS] if market.endogenous else []
    found: dict[int, Entry] = {}
    for month, kept in enumerate(recorder.months["equity"][:done]):
        for ticket in kept.tickets:
            if ticket.code != code:
                continue
            told = found.setdefault(
                ticket.serial,
                {
                    "month": month,
                    "round": ticket.kind,
                    "amount": number(ticket.amount),
                    "pre_money": number(ticket.pre_money),
                    "sold": number(ticket.dilution),
                    "credits": 0.0,
                    "commitment": 0.0,
                    "lead": None,
                    "investors": [],
                },
            )
            name = holders[ticket.investor]
            told["investors"].append([name, float(ticket.ticket)])
            told["credits"] += float(ticket.credits)
            told["commitment"] += float(ticket.commitment)
            if ticket.lead:
                told["lead"] = name
    return sorted(found.values(), key=lambda entry: -entry["month"])[:MOST_TOLD]


def customers(film: "Film", code: int, done: int) -> Entry:
    """Tenders of enterprises won, kept and lost in the last month and in a year of months.

    held : contracts of the enterprises that are drawn, after those months.
    """
    recorder: Any = film.market.recorder
    counts = {"won": [0, 0], "kept": [0, 0], "lost": [0, 0]}
    for month in recorder.all_tenders:
        if not done - YEAR <= month.month < done:
            continue
        before, after = month.whole[HOME] == code, month.whole[WINNER] == code
        kinds = {"won": after & ~before, "kept": after & before, "lost": before & ~after}
        for name, rows in kinds.items():
            count = int(np.count_nonzero(rows))
            counts[name][0] += count * (month.month == done - 1)
            counts[name][1] += count
    firms = film.states[done][len(film.drawn.developers) :]
    return {**counts, "held": int(np.count_nonzero(firms == code)), "of": len(firms)}
