"""The market's demand side as a plain Mesa model: one object per agent, Python floats, no arrays.

It is written from the model's equations, not from the engine, with which it shares only the keyed
draws.  So it serves as the oracle of the engine, one month ahead from the engine's own state, and
as the peer in the benchmark.
"""

import math
from collections import Counter, defaultdict
from typing import Any

import mesa
import numpy as np
from plain_firms import Contract, Enterprise
from plain_people import tastes
from plain_supply import Offer, Shelf
from plain_users import Consumer, Developer, User

from agents.codes import NONE
from agents.draws import below, stream, uniform
from agents.equations.procurement import CRITERIA
from agents.equations.race import arrival_table, nest_table
from agents.graph import neighbours_of
from agents.individuals import WEIGHT_UNIT
from simulation.market import Market

PEOPLE: dict[str, type[User]] = {"developers": Developer, "consumers": Consumer}
SECTIONS = (*PEOPLE, "enterprises")
INDEX_BITS = np.uint64(48)  # a draw's upper 16 bits choose the quantile
WAKE_SHIFT = np.uint64(40)  # an agent's upper 24 bits say whether it wakes
LEAVE_SHIFT = np.uint64(16)  # the next 24 bits say whether it leaves
LEAVE_BITS = np.uint64(2**24 - 1)


class Luck:
    """The month's keyed draws of one population, row by row.

    They are drawn for everybody at once, as a modeller would from Mesa's NumPy generator.
    """

    def __init__(self, model: "PlainMarket", name: str) -> None:
        """Draw what agents need to wake and to choose."""
        self.key = (model.config.seed, name, model.month)
        self.rows = np.arange(getattr(model.config, name).count)
        self.dissimilarity = model.config.choice.nest_dissimilarity
        keys = self.keys("choice")
        arrival = np.log(arrival_table().astype(np.float64))
        shared = np.log(nest_table(self.dissimilarity).astype(np.float64))
        self.wake = (keys >> WAKE_SHIFT).tolist()
        self.own = arrival[below(keys[:, None], model.provider_keys) >> INDEX_BITS].tolist()
        self.nest = shared[below(keys, stream(0, "nest")) >> INDEX_BITS].tolist()

    def keys(self, purpose: str) -> np.ndarray:
        """Key of each row for one purpose."""
        seed, name, month = self.key
        return below(stream(seed, f"{name}.{purpose}"), month, self.rows)

    def of(self, row: int, offer: Offer) -> float:
        """Taste of an agent for an offer: Gumbel, alike within the nest (E17b), util."""
        own = self.own[row][offer.code]
        return self.dissimilarity * own + self.nest[row] if offer.nested else own


class CrowdLuck(Luck):
    """The same for individuals, with the coin of E21 and who leaves."""

    def __init__(self, model: "PlainMarket", name: str) -> None:
        """Draw one coin a month, and leaving from bits that nothing else looks at."""
        super().__init__(model, name)
        keys = self.keys("choice")
        self.coin = (below(keys, stream(0, "trial")) >> WAKE_SHIFT).tolist()
        self.leave = (keys >> LEAVE_SHIFT & LEAVE_BITS).tolist()


class FirmLuck(Luck):
    """The same for enterprises, with what a tender needs besides."""

    def __init__(self, model: "PlainMarket") -> None:
        """Draw adoption, shortlist, second source and term."""
        super().__init__(model, "enterprises")
        self.adopt = uniform(self.keys("adoption")).tolist()
        self.dual = uniform(self.keys("dual")).tolist()
        self.term = uniform(self.keys("term")).tolist()
        listed = below(self.keys("shortlist")[:, None], model.provider_keys)
        self.reached = uniform(listed).tolist()


class PlainMarket(mesa.Model):
    """Developers, consumers and enterprises of a market, as Mesa agents.

    flows : sums of the terms of moves by (month, segment, from, to), and how many moved.
    contracts : tenders by (month, row).  bills : by (month, segment, code) accounts, users, ...
    """

    def __init__(self, market: Market) -> None:
        """Take the config, the supply, the networks and the fixed traits of `market`."""
        super().__init__(rng=market.config.seed % 2**32)
        self.config, self.month = market.config, market.month
        self.names = market.supply.names
        self.provider_keys = market.supply.keys
        self.shelf = Shelf(market.supply, market.config.seed)
        self.offers: list[dict[int, Offer]] = []
        self.luck: dict[str, Luck] = {}
        self.people = {name: self.populate(market, name) for name in PEOPLE}
        self.enterprises = list(self.found_firms(market))
        self.introduce(market)
        self.industry_staff: dict[int, Counter[int | None]] = {}
        self.adopted: dict[str, float] = {}
        self.turns: dict[str, set[int]] = {}
        self.tastes: dict[str, list[float]] = {}
        self.flows: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
        self.contracts: dict[tuple[int, int], Contract] = {}
        self.bills: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
        self.employed_spend: Counter[tuple[int, int]] = Counter()

    def populate(self, market: Market, name: str) -> list[User]:
        """Make the individuals of a population, in the order of the engine's rows."""
        crowd = getattr(market, name).crowd
        size = len(crowd.choice)
        weights = (crowd.weight * WEIGHT_UNIT).tolist()
        return list(
            PEOPLE[name].create_agents(self, size, list(range(size)), crowd.taste.tolist(), weights)
        )

    def found_firms(self, market: Market) -> mesa.agent.AgentSet:
        """Make the enterprises."""
        firms = market.enterprises
        names = ("seats", "weight", "industry", "regulated", "pays_as_it_goes")
        traits: list[dict[str, Any]] = [
            {name: getattr(firms, name)[row].item() for name in names}
            | {"criteria": dict(zip(CRITERIA, firms.criteria[row].tolist(), strict=True))}
            for row in range(len(firms))
        ]
        return Enterprise.create_agents(self, len(traits), list(range(len(traits))), traits)

    def introduce(self, market: Market) -> None:
        """Tell everybody who the neighbours are, and developers who employs them."""
        for name in SECTIONS:
            members, graph = self.members(name), market.graphs[name]
            for agent in members:
                rows = neighbours_of(graph, agent.row).tolist()
                agent.neighbours = [members[row] for row in rows]
        for developer, employer in zip(
            self.people["developers"], market.developers.employer.tolist(), strict=True
        ):
            if employer < len(self.enterprises):
                developer.employed = True
                self.enterprises[employer].staff.append(developer)

    def members(self, name: str) -> list[Any]:
        """Agents of a population, in the order of the engine's rows."""
        return self.enterprises if name == "enterprises" else self.people[name]

    def copy_state(self, market: Market) -> None:
        """Put every agent where the engine has it."""
        for name in PEOPLE:
            crowd = getattr(market, name).crowd
            columns = (column.tolist() for column in (crowd.choice, crowd.second, crowd.since))
            for agent, first, second, since in zip(self.people[name], *columns, strict=True):
                agent.provider, agent.second, agent.since = named(first), named(second), since
        firms = market.enterprises
        columns = ("since", "ends", "adopted", "price", "waiting")
        for firm in self.enterprises:
            for column in columns:
                setattr(firm, column, getattr(firms, column)[firm.row].item())
            firm.provider = named(firms.provider[firm.row].item())
            firm.second = named(firms.second[firm.row].item())

    def step(self) -> None:
        """One month: all decide on what they see, then all act, then all pay."""
        self.open_month()
        for stage in ("decide", "act", "bill"):
            self.agents.do(stage)
        self.month += 1

    def open_month(self) -> None:
        """Stock the shelf, draw the month's luck and sum up what agents see of the whole."""
        self.offers = self.shelf.stock(self.month, self.config.choice)
        self.luck = {name: CrowdLuck(self, name) for name in PEOPLE} | {
            "enterprises": FirmLuck(self)
        }
        for name in SECTIONS:
            users = sum(agent.provider is not None for agent in self.members(name))
            self.adopted[name] = users / len(self.members(name))
        for name in PEOPLE:
            self.tastes[name] = tastes(getattr(self.config, name).taste_spread)
            self.turns[name] = self.whose_turn(name)
        self.industry_staff = defaultdict(Counter)
        for firm in self.enterprises:
            choices = (developer.provider for developer in firm.staff)
            self.industry_staff[firm.industry].update(choices)

    def whose_turn(self, name: str) -> set[int]:
        """Rows that adopt where one does each month, in each block of a complete graph."""
        members, network = self.members(name), getattr(self.config.networks, name)
        blocks = network.blocks if network.family == "complete" else 1
        first: dict[int, int] = {}
        for agent in members:
            if agent.provider is None:
                first.setdefault(agent.row * blocks // len(members), agent.row)
        return set(first.values())

    def note_move(
        self,
        segment: int,
        home: int | None,
        target: int | None,
        users: float,
        gains: dict[str, float],
    ) -> None:
        """Add one mover to the month's flows; nobody is left by adopters and taken by leavers."""
        ends = (NONE if code is None else code for code in (home, target))
        flow = self.flows[self.month, segment, *ends]
        flow["agents"] += 1
        flow["users"] += users
        for name, gain in gains.items():
            flow[name] += gain
        flow["utility"] += math.fsum(gains.values())

    def note_bill(self, segment: int, code: int, **amounts: float) -> None:
        """Add accounts, users, tokens, spend or revenue to the month's bills."""
        bill = self.bills[self.month, segment, code]
        for name, amount in amounts.items():
            bill[name] += amount


def named(code: int) -> int | None:
    """Code of a provider; None for nobody."""
    return None if code == NONE else code
