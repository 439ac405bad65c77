"""Collect what happens, month by month, as arrays; `simulation.tables` makes tables of it."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, NONE
from agents.draws import stream
from agents.individuals import TASTE_TYPES, Moves
from agents.kernels.accounts import filled_cells
from agents.sample import connected_sample
from simulation.equity_records import equity_month
from simulation.flows import Flows, flows_of_firms, flows_of_people
from simulation.lab_records import compute_row, lab_row
from simulation.metrics.choosers import rules_of

if TYPE_CHECKING:
    from agents.equations.choice import Terms
    from agents.kernels.answers import Answers
    from agents.kernels.migrate import Tables
    from simulation.market import Market

PANEL = 500  # developers in the agents table
TENDER_KINDS = ("adoption", "contract_end", "provider_exit")
APP_FIELDS = ("app", "segment", "provider", "entered", "share")
OFFER_FIELDS = (
    "live",
    "released",
    "capability",
    "in_use",
    "price",
    "brand",
    "product",
    "safety",
    "reliability",
    "runway",
)


class Tenders(NamedTuple):
    """Tenders of one month, one of each in a column of `whole` and in a row of `numbers`.

    whole : (WHOLES, tenders), firm, kind, codes of who was there, of who won and of the second
    source, offers on the list, months.  numbers : (tenders, NUMBERS), util and $/Mtok: scores of
    the winner, their sum, and the price.
    """

    month: int
    whole: NDArray[np.int64]
    numbers: NDArray[np.float64]


class Event(NamedTuple):
    """One row of the events table; `segment` is -1 and `code` NONE where none is concerned."""

    month: int
    kind: str
    code: int = NONE
    segment: int = -1
    before: float = np.nan
    after: float = np.nan
    detail: str = ""


class Silence:
    """A recorder that keeps nothing, for runs of which only the end counts."""

    def event(self, *_: object, **__: object) -> None:
        """Keep nothing."""

    moves = tenders = price_answers = month = merger = event


class Recorder:
    """Keeps raw arrays of every month; it reads the market and never changes it."""

    def __init__(self, market: "Market") -> None:
        """Start empty; choose the panel of developers."""
        self.market = market
        self.months: dict[str, list[Any]] = {name: [] for name in OFFER_FIELDS}
        for name in (
            "bills",
            "origin",
            "nested",
            "cohorts",
            "dual",
            "apps",
            "turnover",
            "labs",
            "compute",
            "payments",
            "equity",
            "utility",
            "sorting",
            "release_rate",
            "shock",
            "rules",
        ):
            self.months[name] = []
        self.status: list[list[str]] = []
        self.flows: list[Flows] = []
        self.all_tenders: list[Tenders] = []
        self.answers: list[tuple[int, Answers]] = []
        self.events: list[Event] = []
        self.mergers: list[tuple[int, int, int]] = []  # month, code absorbed, code of the buyer
        key = stream(market.config.seed, "panel")
        self.panel = connected_sample(market.graphs["developers"], PANEL, key)
        self.panel_choices: list[NDArray[np.uint8]] = []
        crowd = market.developers.crowd
        cell = crowd.taste.astype(np.int64) * CODES + crowd.choice
        placed = np.bincount(cell, minlength=TASTE_TYPES * CODES)
        self.placed = placed.reshape(TASTE_TYPES, CODES)  # developers by taste type, at the start

    def event(  # one row of the events table
        self,
        kind: str,
        code: int = NONE,
        segment: int = -1,
        before: float = np.nan,
        after: float = np.nan,
        detail: str = "",
    ) -> None:
        """Note that something happened this month."""
        self.events.append(Event(self.market.month, kind, code, segment, before, after, detail))

    def moves(
        self, segment: int, moves: Moves, terms: tuple["Terms", NDArray[Any]], tables: "Tables"
    ) -> None:
        """Note the month's moves of individuals and why: sums of utility terms over movers."""
        market = self.market
        people = market.developers if segment == CODING else market.consumers
        when = (market.month, segment)
        flows, sorting = flows_of_people(when, moves, terms, tables.live, people.people)
        self.flows.append(flows)
        if segment == CODING:  # for elasticities: what each taste type saw, and where it went
            self.months["utility"].append([tables.new_utility, tables.own_utility])
            self.months["sorting"].append(sorting)

    def tenders(
        self,
        whole: NDArray[np.int64],
        numbers: NDArray[np.float64],
        flows: NDArray[np.int64],
        amounts: NDArray[np.float64],
    ) -> None:
        """Note the month's tenders, and the flows of those that changed the provider."""
        month = self.market.month
        self.all_tenders.append(Tenders(month, whole, numbers))
        self.flows.append(flows_of_firms(month, flows, amounts))

    def merger(self, absorbed: int, buyer: int) -> None:
        """Note that users of one provider are those of another one from now on."""
        self.mergers.append((self.market.month, absorbed, buyer))

    def price_answers(self, answers: "Answers") -> None:
        """Note how the month's tenders would answer prices."""
        self.answers.append((self.market.month, answers))

    def note_cohorts(self, market: "Market") -> None:
        """Note who has whom since when, and how many of the firms under contract have two.

        Month of choice, code and agents of each cohort, (3, cells), segment by segment in order,
        and cells of each segment, (3,).
        """
        firms = market.enterprises
        coding, consumers = (market.totals[name].cohort for name in ("developers", "consumers"))
        oldest = (
            -market.developers.start.tenure,
            -market.starts["enterprises"].tenure,
            -market.consumers.start.tenure,
        )
        columns = firms.provider, firms.second, firms.since
        cells, counts, dual, signed = filled_cells(coding, columns, consumers, oldest, market.month)
        self.months["cohorts"].append((cells, counts))
        self.months["dual"].append(dual / signed if signed else np.nan)

    def month(self, market: "Market") -> None:
        """Note the state at the month's end."""
        for name in OFFER_FIELDS:
            self.months[name].append(getattr(market.offers, name).copy())
        self.months["bills"].append(market.bills)
        self.months["origin"].append(market.offers.origin)
        self.months["nested"].append(market.offers.open_weights)
        self.note_cohorts(market)
        apps = market.apps
        self.months["apps"].append([apps.columns[name].copy() for name in APP_FIELDS])
        self.months["turnover"].append(apps.turnover)
        self.months["release_rate"].append(float(market.offers.release_rate[CODING]))
        self.months["shock"].append(market.offers.shock.copy())
        self.months["rules"].append(rules_of(market.config))
        self.status.append([provider.status for provider in market.providers])
        self.panel_choices.append(market.developers.crowd.choice[self.panel])
        if market.endogenous:
            self.months["labs"].append(lab_row(market))
            self.months["compute"].append(compute_row(market))
            self.months["payments"].append(market.ledger.payments)
            self.months["equity"].append(equity_month(market))
