"""How a provider decides: the routines of the specification, each of which a strategy may replace.

A strategy is a frozen section of a config with methods.  Each method takes a `Situation`, what the
provider knows at the moment, and returns one decision; nothing else is read and nothing changed,
so that a decision can be asked for anywhere.  A strategy of your own is a file in
`agents/strategies`, named as its `family`, or an object of a subclass that is handed to `Market`.
What each decision must be stands in `simulation.decisions`.
"""

from typing import TYPE_CHECKING, NamedTuple

from agents.equations import planning, pricing
from agents.parameters import Parameters

if TYPE_CHECKING:
    from agents.compute_parameters import ComputeParameters
    from agents.finance_parameters import FinanceParameters
    from agents.provider_parameters import (
        PlanningParameters,
        ProviderParameters,
        ResearchParameters,
    )

Parts = tuple[float, float, float]  # coding, enterprise, consumer
HALF_YEAR = 6


class Spending(NamedTuple):
    """Parts of a budget, which sum to 1."""

    scale: float
    efficiency: float
    safety: float
    sales: float


class Deal(NamedTuple):
    """A contract for compute that is wanted: thousand H100-equivalents, for so many months."""

    capacity: float
    months: int


class Situation(NamedTuple):
    """What a provider knows when it decides; of last month's end unless said otherwise.

    own : its settings.
    Alike for all: month : being run.  planning, compute, research, finance : settings.
    safety_rule : lowest safety that regulated buyers take.  rent, usual_rent : this month and mean
    of a year, $/H100e-hour.  open_capability : OOM; NaN where there is none.  market_mix : all
    revenue by segment, parts.  open_share : of all tokens, those of open weights.
    Its own: liquid, cash : M$.  gross_profit, revenue, revenue_before : M$ a month; the last one
    half a year earlier.  revenue_share, share_before : of all revenue, last month and the one
    before.  pressure : payment pressure (E34).  parent_flow : M$ this month.  need : compute it
    needs, contracted : what it has contracted for when a new deal would start, thousand
    H100-equivalents.  capability, best_capability, efficiency : OOM.  safety, rival_safety : own
    and best of others.  markup : last month's.  consumer_share : of all consumers in use.
    allocation, focus : this month's before the strategy is asked.  revenue_mix : own revenue by
    segment, parts.  token_mix : own tokens by segment, parts.
    """

    own: "ProviderParameters"
    month: int
    planning: "PlanningParameters"
    compute: "ComputeParameters"
    research: "ResearchParameters"
    finance: "FinanceParameters"
    safety_rule: float
    rent: float
    usual_rent: float
    open_capability: float
    market_mix: Parts
    open_share: float
    liquid: float
    cash: float
    gross_profit: float
    revenue: float
    revenue_before: float
    revenue_share: float
    share_before: float
    pressure: float
    parent_flow: float
    need: float
    contracted: float
    capability: float
    best_capability: float
    efficiency: float
    safety: float
    rival_safety: float
    markup: float
    consumer_share: float
    allocation: Spending
    focus: Parts
    revenue_mix: Parts
    token_mix: Parts


class Strategy(Parameters):
    """The routines of the specification (E5, E6, E8, E10); a path replaces some of them."""

    def support(self, situation: Situation) -> float:
        """What the parent pays this month, M$."""
        return situation.parent_flow

    def allocation(self, situation: Situation) -> Spending:
        """E6: where the budget goes; fixed unless others are imitated."""
        return situation.allocation

    def cut(self, situation: Situation) -> float:
        """E5: factor on what a provider spends of its own, below 1 under payment pressure."""
        finance = situation.finance
        if situation.own.leverage is None:
            return 1.0
        return planning.stress_cut(
            situation.pressure, finance.stressed, finance.distressed, finance.deepest_cut
        )

    def means(self, situation: Situation) -> float:
        """E5: what a provider can spend of its own while nothing presses, M$."""
        routine = situation.planning
        return planning.own_means(
            situation.gross_profit, situation.liquid, routine.profit_share, routine.spending_months
        )

    def budget(self, situation: Situation) -> float:
        """E5: what is spent this month on scale, efficiency, safety and sales, M$."""
        return self.cut(situation) * self.means(situation) + self.support(situation)

    def growth(self, situation: Situation) -> float:
        """E10: monthly growth of revenue that is expected to go on."""
        return planning.revenue_growth(
            situation.revenue, situation.revenue_before, HALF_YEAR, situation.planning.growth_limit
        )

    def deal(self, situation: Situation) -> Deal:
        """E10: compute to sign for, beyond what is contracted."""
        own, routine, compute = situation.own, situation.planning, situation.compute
        if own.leverage is None:
            return Deal(0.0, compute.contract_term)
        growth = self.growth(situation)
        wanted = planning.wanted_capacity(
            situation.need, growth, own.optimism, routine.contract_cover, routine.contract_horizon
        )
        return Deal(self.affordable(situation, wanted, growth), compute.contract_term)

    def affordable(self, situation: Situation, wanted: float, growth: float) -> float:
        """E10: `wanted` as far as leverage allows, less what is contracted, never below 0."""
        price = pricing.HOURS * situation.rent * (1.0 - situation.compute.contract_discount)
        most = planning.affordable_capacity(
            situation.revenue, growth, situation.liquid, situation.own.leverage or 0.0, price
        )
        return max(min(wanted, most) - situation.contracted, 0.0)

    def markup(self, situation: Situation) -> float:
        """E8: markup on unit cost, which follows the change of the revenue share."""
        routine = situation.planning
        moved = pricing.adjusted_markup(
            situation.markup,
            situation.revenue_share,
            situation.share_before,
            routine.markup_response,
            routine.markup_step,
        )
        return min(max(moved, routine.markup_floor), routine.markup_limit)

    def sales_mix(self, situation: Situation) -> Parts:
        """Parts of the sales effort by segment; equal parts are E15 as written."""
        return (1 / 3, 1 / 3, 1 / 3)

    def focus(self, situation: Situation) -> Parts:
        """E13: where post-training goes; fixed unless it follows the market."""
        return situation.focus

    def sells(self, situation: Situation) -> tuple[bool, bool, bool]:
        """Segments that it has an offer for."""
        return (True, True, True)

    def opens_weights(self, situation: Situation) -> bool:
        """Whether its released models can be downloaded."""
        return situation.own.open_weights

    def bundles(self, situation: Situation) -> bool:
        """Whether its assistant comes with a product that consumers have already."""
        return False
