"""What happened to providers, as the events table tells it: contracts, new terms, sales, exits.

Rows stand in the order in which things happened, which is what an outsider needs to count dues,
books and shares that pass from one company to another.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

CONTRACT, TERMS, ROUND, LISTING = "contract", "renegotiation", "round", "listing"
MERGER, TAKEOVER, FAILURE = "merger", "takeover", "failure"
ENTRY, FOUNDING = "scheduled entry", "founding"
TOLD = (CONTRACT, TERMS, ROUND, LISTING, "acquisition", FAILURE, FOUNDING)
DEAL = re.compile(r"(?P<cloud>.+): .* for (?P<term>\d+) months from month (?P<first>\d+) on")
SALE = re.compile(r"(?P<buyer>.+) buys it for .* M\$; (?P<rest>.*)")
GOES_ON = "it goes on"


class Happening(NamedTuple):
    """One thing that happened to a provider.

    month, kind : of it.  place : of the provider.  before, after : numbers of the row; of a
    contract `after` is its capacity, thousand H100-equivalents.  other : who buys, or the cloud of
    a contract.  first, term : of a contract, months.  with_ticket : it is asked for by an investor,
    after the month's bills were paid (E39).
    """

    month: int
    kind: str
    place: int
    before: float = np.nan
    after: float = np.nan
    other: str = ""
    first: int = 0
    term: int = 0
    with_ticket: bool = False


def happenings(
    config: "Config", records: "Records", names: tuple[str, ...]
) -> tuple[Happening, ...]:
    """All that happened, in its order; `names` of the providers give the places.

    Who enters by schedule comes at the end of the month before its first one, and who is founded
    comes before the round with which it begins.
    """
    table = records.table("events")
    rows = np.flatnonzero(np.isin(table["kind"], TOLD) & np.isin(table["provider"], names))
    found = [
        Happening(-1, ENTRY, place) if own.entry == 0 else Happening(own.entry - 1, ENTRY, place)
        for place, name in enumerate(names)
        if (own := config.providers.get(name)) is not None
    ]
    for row in rows.tolist():
        one = told(
            str(table["kind"][row]),
            int(table["month"][row]),
            names.index(table["provider"][row]),
            (float(table["before"][row]), float(table["after"][row])),
            str(table["detail"][row]),
        )
        at = len(found) - 1 if one.kind == FOUNDING else len(found)  # its round is told before
        found.insert(at, one)
    return tuple(sorted(with_tickets(records, names, found), key=lambda one: one.month))


def with_tickets(
    records: "Records", names: tuple[str, ...], found: list[Happening]
) -> list[Happening]:
    """Say which contracts came with tickets: the last ones of a month, since plans come first."""
    table = records.table("rounds")
    binding = Counter(
        (int(table["month"][row]), names.index(table["provider"][row]))
        for row in np.flatnonzero(table["commitment"].astype(np.float64) > 0.0)
    )
    marked = []
    for one in reversed(found):
        asked = one.kind == CONTRACT and binding[one.month, one.place] > 0
        binding[one.month, one.place] -= asked
        marked.append(one._replace(with_ticket=asked))
    return marked[::-1]


def told(kind: str, month: int, place: int, numbers: tuple[float, float], detail: str) -> Happening:
    """One row of the events table; raises ValueError where it makes no sense."""
    one = Happening(month, kind, place, *numbers)
    if kind == CONTRACT:
        deal = DEAL.fullmatch(detail.split(", ")[0])
        if deal is None:
            raise ValueError(f"not a contract: {detail}")
        return one._replace(other=deal["cloud"], first=int(deal["first"]), term=int(deal["term"]))
    if kind == "acquisition":
        sale = SALE.fullmatch(detail)
        if sale is None:
            raise ValueError(f"not a sale: {detail}")
        kept = sale["rest"].startswith(GOES_ON)
        return one._replace(kind=TAKEOVER if kept else MERGER, other=sale["buyer"])
    return one
