"""What must hold in the tables of rounds, cap tables and investors of every run.

Like `ledger.py`, which counts users and bills, it shares no code with the checks of the engine.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.columns import SEGMENTS
from simulation.config import value_at
from simulation.records import Records

WHOLE = 1e-9  # of shares of a company, tickets of a round
MONEY = 1e-6
KINDS = {"round", "down_round", "seed", "scheduled", "mega_round", "ipo", "placement"}
# What a round of a kind sells at most; those on record and of events sell what they sell.
LIMITS = {
    "round": ("investment.dilution_limit",),
    "down_round": ("distress.down_round_limit",),
    "placement": ("investment.dilution_limit", "distress.down_round_limit"),
    "ipo": ("investment.listing_share",),
    "seed": ("entry.seed_share",),
}
OF_ROUND = ("provider", "kind", "month", "pre_money", "amount", "post_money", "dilution", "growth")
OTHERS = {"other investors", "public"}  # payers who are not in the table of investors
FLOWS = ("paid_in", "revenue", "budget", "compute_cost")  # of money: the scale of rounding
GOES_ON = "it goes on"
BUYS = " buys it for "
COUNTED = {
    "renegotiations": "renegotiation",
    "acquisitions": "acquisition",
    "failures": "failure",
    "entries": "founding",
    "entries_as_app": "entry_as_app",
    "entries_refused": "entry_refused",
}


def problems_of(records: Records) -> list[str]:
    """Everything that does not hold, one line each."""
    if not records.config.supply.endogenous:
        names = ("rounds", "cap_tables", "investors")
        return [f"{name}: rows on record" for name in names if len(records.table(name)["month"])]
    checks = (rounds, tickets, holders, founders, investors, powder, moods, places)
    return [problem for check in checks for problem in check(records)]


def ever(records: Records, path: str) -> list[float]:
    """Every value that a parameter has in a run: that of the config and those of its events."""
    events = records.config.events.values()
    later = [event.changes[path] for event in events if path in event.changes]
    return [float(value) for value in (value_at(records.config, path), *later)]


def apart(one: Any, other: Any, room: float = MONEY) -> Any:
    """Where two sums of money differ by more than rounding."""
    scale = np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-6)
    return ~(np.abs(np.subtract(one, other)) <= room * scale)


def firsts(table: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    """Row of the first ticket of each round."""
    return np.unique(table["round"], return_index=True)[1].astype(np.int64)


def rounds(records: Records) -> Iterator[str]:
    """Rounds that do not add up: value after money, tickets, what is sold, who leads."""
    table = records.table("rounds")
    first, serial = firsts(table), table["round"]
    for name in OF_ROUND:
        if (table[name] != table[name][first][serial - serial.min(initial=0)]).any():
            yield f"rounds.{name}: differs within a round"
    whole = np.bincount(serial, table["ticket"], len(first))
    if apart(whole, table["amount"][first], WHOLE).any():
        yield f"rounds.ticket: tickets of a round sum to {whole}, not to its amount"
    after = table["post_money"]
    if apart(table["pre_money"] + table["amount"], after, WHOLE).any():
        yield "rounds.post_money: is not the value before money and the money"
    if apart(table["dilution"] * after, table["amount"], WHOLE).any():
        yield "rounds.dilution: is not the part that the money is of the value after it"
    if (np.bincount(serial, table["lead"], len(first)) != 1).any():
        yield "rounds.lead: not one in each round"
    if not set(table["kind"]) <= KINDS:
        yield f"rounds.kind: {set(table['kind']) - KINDS}"
    for kind, paths in LIMITS.items():
        most = max(limit for path in paths for limit in ever(records, path))
        sold = table["dilution"][table["kind"] == kind].max(initial=0.0)
        if sold > most + WHOLE:
            yield f"rounds.dilution: a {kind} sells {sold}, above {most}"


def tickets(records: Records) -> Iterator[str]:
    """Tickets of impossible size, and totals of other tables that they do not make."""
    table, market = records.table("rounds"), records.table("market")
    if not (table["ticket"] >= 0).all() or not (table["commitment"] >= 0).all():
        yield "rounds: a ticket or a commitment below 0"
    if not ((table["credits"] >= 0) & (table["credits"] <= table["ticket"])).all():
        yield "rounds.credits: not between 0 and the ticket"
    months = len(market["month"])
    first = firsts(table)
    if (np.bincount(table["month"][first], minlength=months) != market["rounds_closed"]).any():
        yield "market.rounds_closed: not the rounds of the table"
    if apart(np.bincount(table["month"], table["ticket"], months), market["raised"]).any():
        yield "market.raised: not the tickets of the month"
    investors = records.table("investors")
    sold = events_of(records, "acquisition")
    for name in dict.fromkeys(investors["investor"]):
        told = investors["invested"][investors["investor"] == name]
        own = table["investor"] == name
        paid = np.bincount(table["month"][own], table["ticket"][own], months)
        bought = np.zeros(months, bool)  # an investor that buys a company pays into it too
        bought[[month for month, _, text in sold if text.startswith(name + BUYS)]] = True
        if (apart(told, paid) & ~bought).any() or (told < paid * (1 - MONEY)).any():
            yield f"investors.invested: {name} paid {paid - told} more in tickets"
    strange = set(table["investor"]) - set(investors["investor"]) - OTHERS
    if strange:
        yield f"rounds.investor: {strange} are no investors"


def events_of(records: Records, kind: str) -> list[tuple[int, str, str]]:
    """Month, provider and detail of the events of a kind."""
    table = records.table("events")
    rows = np.flatnonzero(table["kind"] == kind)
    return [(int(table["month"][row]), table["provider"][row], table["detail"][row])
            for row in rows]  # fmt: skip


def mergers(records: Records) -> list[tuple[int, str, str]]:
    """Month, provider absorbed and its buyer, in the order in which they happened."""
    sold = events_of(records, "acquisition")
    return [(month, who, text.partition(BUYS)[0]) for month, who, text in sold
            if GOES_ON not in text]  # fmt: skip


def after_mergers(records: Records, accounts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Accounts (months, segments, providers) once those of absorbed providers are their buyers'."""
    codes = {name: code for code, name in enumerate(records.providers)}
    found = accounts.copy()
    for month, absorbed, buyer in mergers(records):
        found[month, :, codes[buyer]] += found[month, :, codes[absorbed]]
        found[month, :, codes[absorbed]] = 0
    return found


def owned(records: Records) -> NDArray[np.bool_]:
    """Who belongs to somebody at month end, (months, providers): from entry to the end."""
    months, codes = len(records.table("market")["month"]), list(records.providers)
    found = np.zeros((months, len(codes)), bool)
    for name, own in records.config.providers.items():
        if name in codes:  # it enters at the end of the month before its first
            found[max(own.entry - 1, 0) :, codes.index(name)] = True
    gone = {(month, name) for month, name, _ in events_of(records, "failure")}
    gone |= {(month, name) for month, name, _ in mergers(records)}
    came = {(month, name) for month, name, _ in events_of(records, "founding")}
    for month in range(months):
        for there, changed in ((False, gone), (True, came)):  # a place can be had again at once
            for name in [name for when, name in changed if when == month]:
                found[month:, codes.index(name)] = there
    return found


def by_provider(records: Records, table: str, column: str) -> NDArray[Any]:
    """Column as (months, providers); sums over the rows of each, if there are many."""
    values, codes = records.table(table), list(records.providers)
    found = np.zeros((len(records.table("market")["month"]), len(codes)))
    places = [codes.index(name) for name in values["provider"]]
    np.add.at(found, (values["month"], np.array(places, np.int64)), values[column])
    return found


def holders(records: Records) -> Iterator[str]:
    """Companies that do not belong to somebody once, exactly from entry to the end."""
    table = records.table("cap_tables")
    if not ((table["share"] > 0) & (table["share"] <= 1 + WHOLE)).all():
        yield f"cap_tables.share: outside 0 to 1: {table['share'].min()} to {table['share'].max()}"
    off = np.abs(by_provider(records, "cap_tables", "share") - owned(records))
    if (off > WHOLE).any():
        month, code = np.argwhere(off > WHOLE)[0]
        yield f"cap_tables: {records.providers[code]}, month {month}: off by {off[month, code]:g}"


def founders(records: Records) -> Iterator[str]:
    """What founders have differs between tables, or lies outside 0 to 1."""
    table, caps = records.table("providers"), records.table("cap_tables")
    shape = (-1, len(records.providers))
    told = table["founder_share"].reshape(shape)
    if (np.isnan(told) == owned(records)).any():
        yield "providers.founder_share: it is not there exactly where a provider is"
    if not ((told >= 0) & (told <= 1) | np.isnan(told)).all():
        yield "providers.founder_share: outside 0 to 1"
    rows = caps["holder"] == "founders"
    held = np.zeros(told.shape)
    codes = [list(records.providers).index(name) for name in caps["provider"][rows]]
    held[caps["month"][rows], np.array(codes, np.int64)] = caps["share"][rows]
    if (np.abs(held - np.nan_to_num(told)) > WHOLE).any():
        yield "providers.founder_share: not that of the cap table"
    largest = max(1.0, *(np.abs(np.nan_to_num(table[name])).max() for name in FLOWS))
    for name in ("valuation", "post_money", "rounds", "raised", "credits", "cash", "debt"):
        if (table[name] < -WHOLE * largest).any():
            yield f"providers.{name}: below 0, {np.nanmin(table[name])}"


def investors(records: Records) -> Iterator[str]:
    """Money and shares of investors below 0, or not those of other tables."""
    table, market, caps = (records.table(name) for name in ("investors", "market", "cap_tables"))
    for name in ("dry_powder", "invested", "credits_outstanding", "holdings", "degree"):
        if not (table[name] >= 0).all():
            yield f"investors.{name}: below 0, {table[name].min()}"
    months = len(market["month"])
    sums = np.bincount(table["month"], table["dry_powder"], months)
    if apart(sums, market["dry_powder"]).any():
        yield "market.dry_powder: not that of the investors"
    values = by_provider(records, "providers", "valuation")
    codes = {name: code for code, name in enumerate(records.providers)}
    worth = [share * values[month, codes[provider]] for month, provider, share in
             zip(caps["month"], caps["provider"], caps["share"], strict=True)]  # fmt: skip
    for name in dict.fromkeys(table["investor"]):
        own = caps["holder"] == name
        held = np.bincount(caps["month"][own], np.array(worth)[own], months)
        if apart(held, table["holdings"][table["investor"] == name]).any():
            yield f"investors.holdings: {name} has not what cap tables and values say"
    given = np.bincount(table["month"], table["credits_outstanding"], months)
    had = np.nansum(records.table("providers")["credits"].reshape(months, -1), axis=1)
    if (apart(given, had) & (given > had)).any():
        yield "investors.credits_outstanding: more than providers have"


def powder(records: Records) -> Iterator[str]:
    """Investors whose money changes without a payment of the ledger table."""
    table, paid = records.table("investors"), records.table("ledger")
    months = len(records.table("market")["month"])
    for name in dict.fromkeys(table["investor"]):
        own = table["investor"] == name
        held = table["dry_powder"][own] + table["credits_outstanding"][own]
        # An investor may make the chips as well, which is another account of the same name.
        moved = np.where(paid["kind"] == "chips", 0.0, paid["amount"])
        flows = [np.where(paid[side] == name, moved, 0.0) for side in ("payee", "payer")]
        received, spent = (np.bincount(paid["month"], flow, months) for flow in flows)
        received = received + brought(records, name, months)
        lost = np.diff(held) - (received - spent)[1:]
        scale = np.maximum(held[1:], held[:-1]) + (received + spent)[1:] + MONEY
        if not (np.abs(lost) <= MONEY * scale).all():
            yield f"investors.dry_powder: {name} has {lost} M$ more than was paid"


def brought(records: Records, name: str, months: int) -> NDArray[Any]:
    """Money that an investor gets to redeem the credits with which providers enter, by month."""
    found, config = np.zeros(months), records.config
    for provider, own in config.providers.items():
        owner = config.suppliers[own.home].owner if own.home else None
        if owner == name and provider in records.providers and 0 < own.entry <= months:
            found[own.entry - 1] += own.credits * own.cash
    return found


def moods(records: Records) -> Iterator[str]:
    """Sentiment outside its clips, and counts that the events table does not make."""
    market, months = records.table("market"), len(records.table("market")["month"])
    low = min(ever(records, "investment.sentiment_floor"))
    high = max(ever(records, "investment.sentiment_limit"))
    if not ((market["sentiment"] >= low) & (market["sentiment"] <= high)).all():
        yield f"market.sentiment: outside {low} to {high}: {market['sentiment']}"
    for column, kind in COUNTED.items():
        found = [month for month, _, _ in events_of(records, kind)]
        if (np.bincount(np.array(found, np.int64), minlength=months) != market[column]).any():
            yield f"market.{column}: not the rows of the events table"


def places(records: Records) -> Iterator[str]:
    """Places that an entrant gets though somebody is there, and users or offers of who is gone."""
    segments = records.table("segments")
    shape = (-1, len(SEGMENTS), len(records.providers))
    used: NDArray[np.bool_] = np.zeros(segments["month"].reshape(shape).shape, bool)
    for name in ("accounts", "second_accounts"):
        used |= segments[name].reshape(shape) > 0
    offered = segments["available"].reshape(shape)
    codes, there = list(records.providers), owned(records)
    built = {*zip(*(records.table("apps")[name].tolist() for name in ("month", "provider")),
                  strict=True)}  # fmt: skip
    for month, name, _ in events_of(records, "founding"):
        code = codes.index(name)
        if used[month, :, code].any() or offered[month, :, code].any() or (month, name) in built:
            yield f"founding: {name}, month {month}: somebody is there already"
    nobody = [code for code, name in enumerate(codes) if name != "OPEN"]
    for before, month in pairwise(range(len(there))):
        gone = [code for code in nobody if not there[before, code]]
        if offered[month, :, gone].any():
            yield f"segments.available: offers in month {month} of who is not there"
