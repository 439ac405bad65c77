"""The books of a run, read by an outsider: tables and the config, and nothing of the engine.

Providers are those of the config, in its order; a month is a row.
"""

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.verification.case import IDENTITY, Row, at_most
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

HOURS = 0.73  # M$ for a thousand H100-equivalents in a month at 1 $/hour
DEAL = re.compile(r"(?P<cloud>.+): .* for (?P<term>\d+) months from month (?P<first>\d+) on")


class Contract(NamedTuple):
    """Compute that a provider signed: place of both, months, thousand H100-equivalents.

    with_ticket : asked for by an investor, after the month's bills were paid (E39).
    """

    provider: int
    cloud: int
    signed: int
    first: int
    term: int
    capacity: float
    with_ticket: bool = False


class Books:
    """Tables of a run by month and provider.

    config : the config that the run should have followed.  names : of the providers.
    months : of the run.
    """

    def __init__(self, config: "Config", records: "Records") -> None:
        """Look at the records of a run."""
        self.config, self.records = config, records
        self.names = tuple(config.providers)
        self.months = len(records.table("market")["month"])

    def held(self, name: str) -> Numbers:
        """Column of the providers table, (months, providers); 0 before a provider is let in."""
        table = self.records.table("providers")
        values = np.zeros((self.months, len(self.names)))
        place, known = self.places(table["provider"])
        values[table["month"][known], place] = table[name][known]
        return np.where(self.entered(), values, 0.0)

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

    def raised(self) -> Numbers:
        """What each provider got in rounds, from whomever, (months, providers), M$."""
        table = self.records.table("rounds")
        sums = np.zeros((self.months, len(self.names)))
        place, known = self.places(table["provider"])
        np.add.at(sums, (table["month"][known], place), table["ticket"][known])
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
    def failed(self) -> NDArray[np.int64]:
        """Month in which each provider gave up, that of the end of the run if it did not."""
        months = np.full(len(self.names), self.months)
        for month, place, *_ in self.events("failure"):
            months[place] = month
        return months

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Whether a provider had not given up at the end of a month, (months, providers)."""
        alive: NDArray[np.bool_] = np.arange(self.months)[:, None] < self.failed
        return alive

    def entered(self) -> NDArray[np.bool_]:
        """Whether a provider has been let in by the end of a month, (months, providers).

        Who sells from a month on brings its cash at the end of the month before.
        """
        entry = np.array([self.config.providers[name].entry for name in self.names])
        entered: NDArray[np.bool_] = np.arange(self.months)[:, None] >= entry - 1
        return entered

    def own(self, name: str) -> Numbers:
        """One setting of every provider, (providers,)."""
        return np.array([getattr(self.config.providers[p], name) for p in self.names], np.float64)

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
        origins = np.array([self.config.providers[name].origin for name in self.names])
        for month, region, share in sorted(rules, key=lambda rule: rule[0]):
            extra[month:] = np.where(origins == region, share, 0.0)
        return extra

    @cached_property
    def contracts(self) -> tuple[Contract, ...]:
        """Every contract that was signed, as the events have it."""
        found = []
        for month, place, _, capacity, detail in self.events("contract"):
            deal = DEAL.fullmatch(detail.split(", ")[0])
            if deal is None:
                raise ValueError(f"not a contract: {detail}")
            cloud = list(self.config.suppliers).index(deal["cloud"])
            first, term = int(deal["first"]), int(deal["term"])
            found.append(Contract(place, cloud, month, first, term, capacity))
        binding = (self.tickets("commitment") > 0.0).sum(axis=2)
        for at in reversed(range(len(found))):  # plans come before rounds
            who = (found[at].signed, found[at].provider)
            if binding[who]:
                binding[who] -= 1
                found[at] = found[at]._replace(with_ticket=True)
        return tuple(found)

    def monthly_price(self, contract: Contract) -> float:
        """Dues of one month of a contract: the discounted rent of the day on which it was signed.

        E10: the price is fixed at signing.
        """
        rent = self.market("rent")[contract.signed, 0]
        rent *= 1.0 - self.config.compute.contract_discount
        rent *= 1.0 + self.surcharge()[contract.signed, contract.provider]
        return float(HOURS * rent * contract.capacity)

    def dues(self) -> tuple[Numbers, Numbers, Numbers]:
        """What contracts ask, M$ by month and provider; who has given up owes nothing more.

        Returns what was signed in the month, what falls due in it by cloud (the last axis), and
        what is to come after it.
        """
        signed, to_come = np.zeros((2, self.months, len(self.names)))
        due = np.zeros((*signed.shape, len(self.config.suppliers)))
        month = np.arange(self.months)
        for contract in self.contracts:
            price, place = self.monthly_price(contract), contract.provider
            last = contract.first + contract.term
            there = (month >= contract.signed) & (month < self.failed[place])
            signed[contract.signed, place] += price * contract.term
            running = (month >= contract.first) & (month < last) & (month <= self.failed[place])
            due[running, place, contract.cloud] += price
            left = np.clip(last - np.maximum(contract.first, month + 1), 0, None)
            to_come[:, place] += np.where(there, price * left, 0.0)
        return signed, due, to_come

    def due_within(self, months: int) -> Numbers:
        """Dues of the next months of what is signed before rounds close, (months, providers)."""
        ahead = np.zeros((self.months, len(self.names)))
        month = np.arange(self.months)
        for contract in self.contracts:
            last = np.minimum(contract.first + contract.term, month + 1 + months)
            count = np.clip(last - np.maximum(contract.first, month + 1), 0, None)
            signed = month >= contract.signed + contract.with_ticket
            ahead[:, contract.provider] += signed * count * self.monthly_price(contract)
        return ahead

    def room(self, at: int, deal: Contract, capacity: float) -> float:
        """What the cloud of a deal has free for its first month, thousand H100-equivalents.

        at : number of contracts that were signed before.  capacity : of all clouds.
        """
        share = [cloud.capacity_share for cloud in self.config.suppliers.values()][deal.cloud]
        there = [
            older.capacity
            for older in self.contracts[:at]
            if older.cloud == deal.cloud
            and older.first <= deal.first < older.first + older.term
            and deal.signed <= self.failed[older.provider]
        ]
        return share * capacity - sum(there)

    def signed_beyond(self, capacity: Numbers) -> Numbers:
        """By how much each contract goes beyond what its cloud had free for its first month.

        capacity : (months,), thousand H100-equivalents.  Returns (contracts,), over all compute.
        """
        whole = [float(capacity[deal.signed]) for deal in self.contracts]
        beyond = [
            (deal.capacity - self.room(at, deal, whole[at])) / whole[at]
            for at, deal in enumerate(self.contracts)
        ]
        return np.array(beyond)


def balanced(what: str, expected: ArrayLike, found: ArrayLike, turnover: ArrayLike) -> Row:
    """Largest difference between two accounts, over what has gone through them, to 1e-9."""
    scale = np.maximum(np.asarray(turnover, np.float64), 1.0)
    apart = np.abs(np.asarray(found, np.float64) - np.asarray(expected, np.float64))
    return at_most(f"{what}: difference", IDENTITY, float(np.max(apart / scale)))
