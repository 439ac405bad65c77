"""The market: it owns the world and steps it month by month.

`Market` is a Mesa model.  Its providers are Mesa agents; developers, consumers and enterprises are
populations of arrays.  `run` is the short way from a config to records.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from agents.apps import Apps
from agents.codes import CODES, CODING, CONSUMER, ENTERPRISE
from agents.consumers import Consumers
from agents.developers import Developers
from agents.draws import Keys, keys_of
from agents.enterprises import Enterprises
from agents.individuals import Start
from agents.investor import EquityMarket, Investor
from agents.investor_parameters import InvestorParameters
from agents.labs import Labs
from agents.open_weights import OpenModels
from agents.provider import Provider
from agents.regulator import Regulator
from agents.strategy import Strategy
from agents.supplier import ComputeMarket, Supplier
from simulation import network
from simulation.config import Config, ConfigError
from simulation.entrants import nobody_yet, places_for_entrants
from simulation.entry import enter
from simulation.ledger import Ledger
from simulation.month import month
from simulation.offers import SHAPE, Offers
from simulation.phases.apps import adopted_shares
from simulation.phases.serve_bill import Bills
from simulation.recorder import Recorder, Silence
from simulation.records import Records, Table, checked
from simulation.roster import Roster, own_strategies, roster_of
from simulation.rounds_file import rounds_of
from simulation.supply import Supply, constant, deciding, recorded
from simulation.tables import tables_of
from simulation.tender import staff_of

POPULATIONS = ("developers", "consumers", "enterprises")
YEAR = 12


class Market(mesa.Model):
    """One history of the market.

    config : the config, changed by events as the run goes on.  supply : what is on record.
    offers : what is on offer this month.  developers, consumers, enterprises, apps : populations.
    providers : Mesa agents.  sellers : the same in a tuple, which takes less time to go through.
    totals : running totals of individuals.  graphs : networks by name.
    adopted : (3,), share of each segment's users who had adopted at last month's end.
    entrants : who has the places for unscheduled entry.
    month : months done so far, which is the month being run while it runs.

    With `supply: endogenous` also labs : columns of the providers.  open_models : the best open
    weights.  compute : capacity, rent and contracts.  equity : investors and what they hold.
    suppliers, investors, regulator : Mesa agents.  ledger : cash.
    needs : (3, 16), compute per trillion tokens.  pledged : money that events bring this month.
    """

    labs: Labs
    open_models: OpenModels
    compute: ComputeMarket
    ledger: Ledger
    suppliers: AgentSet
    equity: EquityMarket
    investors: AgentSet
    regulator: Regulator
    needs: NDArray[np.float64]

    def __init__(
        self,
        config: Config,
        threads: int = 1,
        observe: bool = True,
        strategies: Mapping[str, Strategy] | None = None,
    ) -> None:
        """Build the world before its first month.

        Parameters
        ----------
        config : Config
            As returned by `simulation.load`.
        threads : int
            Threads for the large populations; the result does not depend on it.
        observe : bool
            Whether to keep records; without them the market runs the same.
        strategies : {provider: strategy}, optional
            Strategies of your own, in place of those of the config, whatever events set there.
            They are no part of the config or of its identity.

        """
        super().__init__(rng=config.seed)
        self.origin, self.config, self.threads, self.observe = config, config, threads, observe
        self.month, self.running = 0, True
        self.supply = frozen(supply_of(config), config.freeze)
        self.offers, self.was_live = Offers(), np.zeros(SHAPE, np.bool_)
        self.endogenous = config.supply.endogenous
        self.own_strategies = own_strategies(config, strategies or {})
        self.entrants = nobody_yet(self.supply.names)
        self._roster = self.new_roster()
        self.bills: Bills
        codes = zip(self.supply.providers, self.supply.codes, strict=True)
        self.providers = AgentSet(
            [Provider(self, name, code) for name, code in codes], random=self.random
        )
        self.sellers = tuple(self.providers)
        self.graphs = {
            name: network.build(
                getattr(config.networks, name),
                getattr(config, name).count,
                config.network_seed,
                name,
                graph_content(config, name),
            )
            for name in POPULATIONS
        }
        self.starts = {
            name: start_of(config, self.supply, name, graph.blocks)
            for name, graph in self.graphs.items()
        }
        self.populate()
        if self.endogenous:
            self.build_supply_side()
        else:
            self.offers.coming_runway = self.supply.runway[0]
        self.recorder: Recorder | Silence = Recorder(self) if observe else Silence()
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)

    def populate(self) -> None:
        """Make the populations, employ developers, and count what they start with."""
        config, starts = self.config, self.starts
        industry = network.industries(
            config.networks.enterprises,
            config.enterprises.count,
            graph_content(config, "enterprises"),
        )
        self.enterprises = Enterprises(
            config.enterprises, config.seed, starts["enterprises"], industry
        )
        employer = network.employment(
            config.networks.employment,
            self.enterprises.seats,
            config.developers.count,
            config.network_seed,
        )
        self.developers = Developers(
            config.developers, config.seed, starts["developers"], employer, industry
        )
        self.consumers = Consumers(config.consumers, config.seed, starts["consumers"])
        self.apps = Apps(config.apps)
        self.staff = staff_of(employer, config.enterprises.count)
        groups = int(industry.max()) + 1
        self.totals = {
            people.name: people.totals(groups, config.months)
            for people in (self.developers, self.consumers)
        }

    def build_supply_side(self) -> None:
        """Make the supply side: suppliers, their capacity, and the providers of the first month."""
        config = self.config
        self.labs = Labs(len(config.suppliers), config.finance.burn_months)
        self.open_models = OpenModels()
        self.compute = ComputeMarket(config.suppliers, config.months)
        owners = {name: supplier.owner for name, supplier in config.suppliers.items()}
        funds = investors_of(config)
        self.equity = EquityMarket(funds, list(owners.values()), config.compute.chip_maker)
        self.ledger = Ledger(len(config.suppliers), len(funds))
        for place, own in enumerate(self.equity.owned):
            self.ledger.owners[own] = self.ledger.funds[place]
            self.ledger.bring(int(self.ledger.funds[place]), float(self.equity.powder[place]))
        self.needs = np.zeros(SHAPE)
        self.rounds = rounds_of(config)
        self.pledged: list[tuple[int, float, str, float]] = []
        self.suppliers = AgentSet(
            [
                *(Supplier(self, name, "cloud", owner) for name, owner in owners.items()),
                Supplier(self, config.compute.chip_maker, "chip_maker", None),
            ],
            random=self.random,
        )
        self.regulator = Regulator(self)
        self.investors = AgentSet(
            [Investor(self, name, investor.kind) for name, investor in funds.items()],
            random=self.random,
        )
        self.offers.coming_runway = np.full(SHAPE, config.finance.runway_limit)
        enter(self, 0)

    @property
    def roster(self) -> Roster:
        """Providers by the config as it stands; events may have changed it, and some entered."""
        known = self._roster
        if known.config is not self.config or known.families is not self.entrants.families:
            self._roster = self.new_roster()
        return self._roster

    def new_roster(self) -> Roster:
        """Roster of the config, and of the entrants, of today."""
        names, families = self.supply.names, self.entrants.families
        return roster_of(self.config, names, families, self.own_strategies)

    @property
    def keys(self) -> Keys:
        """Key of each offer in the keyed draws, that of its company, (16,); 0 where unused."""
        return keys_of(self.entrants.labels)

    def step(self) -> None:
        """Run one month."""
        if not self.running:
            raise RuntimeError(f"the run is over after its {self.origin.months} months")
        # What enterprises and apps see of others is the state of last month's end.
        self.industry_choices = self.totals["developers"].group.copy()
        self.adopted = adopted_shares(self)
        month(self)
        if self.observe:
            self.datacollector.collect(self)
        self.month += 1
        self.running = self.month < self.origin.months

    @property
    def records(self) -> Records:
        """Records of the months done so far; a market that does not observe has none."""
        return Records(self.origin, self.supply.providers, tables_of(self.observer()))

    def tables(self, names: Iterable[str]) -> dict[str, Table]:
        """The tables `names` of the months done so far, as in `records`: fewer take less time."""
        made = tables_of(self.observer(), names)
        return {name: checked(name, table) for name, table in made.items()}

    def observer(self) -> Recorder:
        """Who keeps the records."""
        if isinstance(self.recorder, Silence):
            raise RuntimeError("this market keeps no records: it was made with observe=False")
        return self.recorder


def investors_of(config: Config) -> dict[str, InvestorParameters]:
    """Investors by name; who owns a cloud is one, if without money of its own to invest."""
    idle = InvestorParameters(kind="strategic", dry_powder=0.0, inflow=0.0)
    owners = [supplier.owner for supplier in config.suppliers.values()]
    unnamed = {name: idle for name in owners if name and name not in config.investors}
    return {**config.investors, **unnamed}


def graph_content(config: Config, name: str) -> bytes | None:
    """Bytes of the file of a network; None if it is generated."""
    path = config.inputs().get(f"networks.{name}.path")
    return None if path is None else config.content(path)


def supply_of(config: Config) -> Supply:
    """Supply named by the config: a recorded file, constant offers, or providers that decide."""
    if config.supply.endogenous:
        names = [*config.providers, *places_for_entrants(config)]
        return deciding(names, config.start, config.months, config.supply.exclude)
    excluded = config.enterprises.excluded_origins
    path, left_out = config.supply.recorded, config.supply.exclude
    if path is None:
        return constant(config.supply.offers, config.months, excluded, left_out)
    content = config.content(path)
    return recorded(path, config.start, config.months, excluded, left_out, content)


def frozen(supply: Supply, freeze: Mapping[str, float]) -> Supply:
    """Supply with the columns named in `freeze` held constant wherever there is an offer."""
    for path, value in freeze.items():
        kind, column, *provider = path.split(".", 2)
        if kind != "supply":
            continue
        values = getattr(supply, column).copy()
        held = ~np.isnan(values)
        if provider:
            held &= np.array(supply.names) == provider[0]
        values[held] = value
        supply = supply._replace(**{column: values})
    return supply


def start_of(config: Config, supply: Supply, name: str, blocks: int) -> Start:
    """Who uses what before the first month, in codes; `blocks` of the population's graph."""
    settings = getattr(config.initial, name)
    shares = np.zeros(CODES)
    for provider, share in settings.shares.items():
        if provider not in supply.providers:
            known = ", ".join(supply.providers)
            where = f"initial.{name}.shares"
            raise ConfigError([f"config: {where}: no provider {provider!r} (there are {known})"])
        shares[supply.names.index(provider)] = share
    return Start(settings.adopted, shares, settings.tenure, blocks)


class Reading(dict[str, float]):
    """A report that Mesa's collector, which copies deeply, copies in one step to a plain map."""

    def __deepcopy__(self, memo: object) -> dict[str, float]:
        """Copy: its entries are numbers."""
        return dict(self)


def spend_share(name: str, segment: int) -> Callable[["Market"], dict[str, float]]:
    """Mesa reporter of the spend shares of a segment by provider name."""

    def report(market: "Market") -> dict[str, float]:
        supply, spend = market.supply, market.bills.spend[segment]
        whole, spent = float(np.add.reduce(spend)) or 1.0, spend.tolist()
        return Reading(zip(supply.providers, [spent[c] / whole for c in supply.codes], strict=True))

    report.__name__ = name
    return report


REPORTERS: dict[str, Any] = {
    "spend_coding": spend_share("spend_coding", CODING),
    "spend_enterprise": spend_share("spend_enterprise", ENTERPRISE),
    "spend_consumer": spend_share("spend_consumer", CONSUMER),
}


def run(
    config: Config,
    observe: Callable[[Market], None] | None = None,
    threads: int = 1,
    strategies: Mapping[str, Strategy] | None = None,
) -> Records:
    """Run `config` to its end and return the records.

    Parameters
    ----------
    config : Config
        As returned by `simulation.load`.
    observe : function of the market, optional
        Called after each month; it may look, and it may raise to stop the run.
    threads : int
        Threads for large populations; the result does not depend on it.
    strategies : {provider: strategy}, optional
        As for `Market`.

    """
    market = Market(config, threads, strategies=strategies)
    while market.running:
        market.step()
        if observe is not None:
            observe(market)
    records = market.records
    if observe is None:
        let_go(market)
    return records


def let_go(market: Market) -> None:
    """Empty a market that nobody else holds, after its run.

    It holds itself, by its agents and its recorder, and would stay in memory until Python's
    collector looks at what is old: a hundred runs later.
    """
    market.__dict__.clear()
