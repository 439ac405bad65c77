"""The books of a run, read by an outsider: tables and the config, and nothing of the engine.

Providers are those of the tables, places for entrants included, in their order; a month is a row.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.verification.case import IDENTITY, Row, at_most
from experiments.verification.happenings import (
    ENTRY,
    FAILURE,
    FOUNDING,
    MERGER,
    Happening,
    happenings,
)
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

HOURS = 0.73  # M$ for a thousand H100-equivalents in a month at 1 $/hour
NOBODY_DECIDES = "OPEN"  # a row of the providers table that is no company
OF_ENTRANTS = {  # what an entrant has of what only those of the config may have otherwise
    "cash": 0.0,
    "credits": 0.0,
    "home": None,
    "origin": "US",
    "own_chips": 1.0,
    "parent_flow": 0.0,
    "raises": True,
    "revenue_shared": 0.0,
}


class Books:
    """Tables of a run by month and provider.

    config : the config that the run should have followed.  names : of the providers.
    months : of the run.
    """

    def __init__(self, config: "Config", records: "Records") -> None:
        """Look at the records of a run."""
        self.config, self.records = config, records
        self.names = tuple(name for name in records.providers if name != NOBODY_DECIDES)
        self.months = len(records.table("market")["month"])

    def held(self, name: str) -> Numbers:
        """Column of the providers table, (months, providers); 0 before a provider is let in."""
        table = self.records.table("providers")
        values = np.zeros((self.months, len(self.names)))
        place, known = self.places(table["provider"])
        values[table["month"][known], place] = table[name][known]
        return np.where(self.entered(), values, 0.0)

    def moved_on(self, values: Numbers) -> Numbers:
        """What was there at the end of the month before, 0 in the first one."""
        before: Numbers = np.vstack([np.zeros((1, values.shape[1])), values[:-1]])
        return before

    def market(self, name: str) -> Numbers:
        """Column of the market table, (months, 1)."""
        column: Numbers = self.records.table("market")[name].astype(np.float64)[:, None]
        return column

    def places(self, names: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Place of each name among the providers, and which names are providers at all."""
        order = {name: place for place, name in enumerate(self.names)}
        known = np.array([name in order for name in names], np.bool_)
        return np.array([order[name] for name in names[known]], np.int64), known

    def moved(self, side: str, *kinds: str) -> Numbers:
        """Cash that providers paid (`payer`) or received (`payee`), (months, providers), M$.

        kinds : of payments; all if none is given.
        """
        ledger = self.records.table("ledger")
        wanted = np.isin(ledger["kind"], kinds) if kinds else np.ones(len(ledger["kind"]), np.bool_)
        place, known = self.places(ledger[side][wanted])
        sums = np.zeros((self.months, len(self.names)))
        np.add.at(sums, (ledger["month"][wanted][known], place), ledger["amount"][wanted][known])
        return sums

    def of(self, side: str, accounts: ArrayLike, *kinds: str) -> Numbers:
        """Cash that moved to or from other accounts together, (months,), M$."""
        ledger = self.records.table("ledger")
        wanted = np.isin(ledger[side], accounts) & np.isin(ledger["kind"], kinds)
        sums = np.zeros(self.months)
        np.add.at(sums, ledger["month"][wanted], ledger["amount"][wanted])
        return sums

    def tickets(self, name: str, *kinds: str) -> Numbers:
        """Sums of a column of the rounds table, (months, providers, investors of the config), M$.

        kinds : of rounds; all if none is given.
        """
        table, investors = self.records.table("rounds"), list(self.config.investors)
        sums = np.zeros((self.months, len(self.names), len(investors)))
        for row in range(len(table["round"])):
            if table["investor"][row] in investors and (not kinds or table["kind"][row] in kinds):
                place = self.names.index(table["provider"][row])
                investor = investors.index(table["investor"][row])
                sums[table["month"][row], place, investor] += table[name][row]
        return sums

    def sold_in(self, *kinds: str) -> Numbers:
        """What rounds of some kinds brought each month, (months,), M$."""
        table = self.records.table("rounds")
        wanted = np.isin(table["kind"], kinds)
        sums = np.zeros(self.months)
        np.add.at(sums, table["month"][wanted], table["ticket"][wanted])
        return sums

    def stakes(self, place: int, month: int) -> Numbers:
        """Parts of a provider that investors of the config hold at a month's end, (investors,)."""
        table = self.records.table("cap_tables")
        here = (table["month"] == month) & (table["provider"] == self.names[place])
        found = dict(zip(table["holder"][here], table["share"][here], strict=True))
        return np.array([found.get(investor, 0.0) for investor in self.config.investors])

    def raised(self, *kinds: str) -> Numbers:
        """What each provider got in rounds, from whomever, (months, providers), M$.

        kinds : of rounds; all if none is given.
        """
        table = self.records.table("rounds")
        wanted = np.isin(table["kind"], kinds) if kinds else np.ones(len(table["kind"]), np.bool_)
        sums = np.zeros((self.months, len(self.names)))
        place, known = self.places(table["provider"][wanted])
        np.add.at(sums, (table["month"][wanted][known], place), table["ticket"][wanted][known])
        return sums

    def invested(self, name: str) -> Numbers:
        """Column of the investors table, (months, investors of the config)."""
        table, investors = self.records.table("investors"), list(self.config.investors)
        rows = [table["investor"] == investor for investor in investors]
        return np.stack([table[name][row].astype(np.float64) for row in rows], axis=1)

    def flows(self, side: str, *kinds: str) -> Numbers:
        """Cash that investors paid or received, (months, investors of the config), M$."""
        return np.stack([self.of(side, [name], *kinds) for name in self.config.investors], axis=1)

    def events(self, kind: str) -> list[tuple[int, int, float, float, str]]:
        """Events of a kind: month, place of the provider, before, after, detail."""
        table = self.records.table("events")
        rows = np.flatnonzero((table["kind"] == kind) & np.isin(table["provider"], self.names))
        return [
            (
                int(table["month"][row]),
                self.names.index(table["provider"][row]),
                float(table["before"][row]),
                float(table["after"][row]),
                str(table["detail"][row]),
            )
            for row in rows
        ]

    @cached_property
    def happenings(self) -> tuple[Happening, ...]:
        """Contracts, sales, exits and entries, in their order."""
        return happenings(self.config, self.records, self.names)

    def happened(self, month: int) -> list[Happening]:
        """Those of a month; before the first one are those who are there from the start."""
        return [one for one in self.happenings if one.month == month]

    @cached_property
    def failed(self) -> NDArray[np.int64]:
        """Month in which somebody first gave up at each place, that of the run's end if nobody."""
        months = np.full(len(self.names), self.months)
        for month, place, *_ in reversed(self.events("failure")):
            months[place] = month
        return months

    @cached_property
    def alive(self) -> NDArray[np.bool_]:
        """Whether a company is there, at the start and at each month's end, less the start."""
        return self.there[1:]

    @cached_property
    def there(self) -> NDArray[np.bool_]:
        """Whether a company has each place, at the start and at the end of every month."""
        there = np.zeros((self.months + 1, len(self.names)), np.bool_)
        for one in self.happenings:
            if one.kind in (ENTRY, FOUNDING, FAILURE, MERGER):
                there[one.month + 1 :, one.place] = one.kind in (ENTRY, FOUNDING)
        return there

    @property
    def stayed(self) -> NDArray[np.bool_]:
        """Whether a company paid its bills of a month: it was there at the end of the last one."""
        return self.there[:-1]

    def entered(self) -> NDArray[np.bool_]:
        """Whether a place has ever been taken by the end of a month, (months, providers).

        Who sells from a month on brings its cash at the end of the month before.
        """
        entered: NDArray[np.bool_] = np.logical_or.accumulate(self.there, axis=0)[1:]
        return entered

    def setting(self, provider: str, name: str) -> Any:
        """One setting of a provider; of an entrant, what all of them have."""
        own = self.config.providers.get(provider)
        return OF_ENTRANTS[name] if own is None else getattr(own, name)

    def own(self, name: str) -> Numbers:
        """One setting of every provider, (providers,)."""
        return np.array([self.setting(provider, name) for provider in self.names], np.float64)

    @cached_property
    def surcharge(self) -> Numbers:
        """What providers under export control pay on top of the rent, (months, providers)."""
        compute = self.config.compute
        rules = [(0, compute.export_region, compute.export_surcharge)]
        rules += [
            (event.month, event.action.region, event.action.surcharge)
            for event in self.config.events.values()
            if event.kind == "export_control"
        ]
        extra = np.zeros((self.months, len(self.names)))
        origins = np.array([self.setting(name, "origin") for name in self.names])
        for month, region, share in sorted(rules, key=lambda rule: rule[0]):
            extra[month:] = np.where(origins == region, share, 0.0)
        return extra


def balanced(what: str, expected: ArrayLike, found: ArrayLike, turnover: ArrayLike) -> Row:
    """Largest difference between two accounts, over what has gone through them, to 1e-9."""
    scale = np.maximum(np.asarray(turnover, np.float64), 1.0)
    apart = np.abs(np.asarray(found, np.float64) - np.asarray(expected, np.float64))
    return at_most(f"{what}: difference", IDENTITY, float(np.max(apart / scale, initial=0.0)))
