"""State of all providers as columns: row j of an array is the provider of code j.

Providers are few and strategic: each is a Mesa agent (`agents.provider`) with a strategy.  What
they own, owe and have built stands here as arrays, so that a month of all of them is arithmetic.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.kernels.money_checks import Liquid, liquid_means
from agents.provider_parameters import ProviderParameters

Array = NDArray[np.float64]
SEGMENTS = 3
USES = ("scale", "efficiency", "safety", "sales")
HALF_YEAR = 6
OF_LIQUID = attrgetter(*Liquid._fields)
NEVER = -10_000.0  # a month long before every run
BY_SUPPLIER = ("credits", "deferred", "owed")  # columns whose first axis are the codes


class Labs:
    """Columns of the providers, shape (16,) unless said otherwise; codes that are not used hold 0.

    Who is there: entered, exited : flags; a provider is on the market from its entry to its exit.
    acquired : flag, it left because another one absorbed it.  founded : month of entry.
    Its model: capability, size, efficiency, serving_efficiency : OOM; size is log10 of training
    compute over F0.  safety : 0-1.  brand : (3, 16).  focus : (3, 16), parts.  record_cost : M$,
    what the run behind it cost.  released, incident : flags of this month.
    Its plan of the month: allocation : (4, 16), parts of the budget by USES that it starts from;
    parts : those of this month.  budget, support : M$, support from a parent.  spending : (4, 16),
    M$ by USES.  efforts : (5, 16), spending on efficiency and on sales by segment, over their
    scales, and e-folds of E11's gain that are left.  sales_mix : (3, 16), parts of the sales
    effort.  markup : on unit cost.  sells : (3, 16), flags.  weights, bundles : flags, releases
    its weights, bundles its assistant.
    Its training run: run_age, run_pause : months.  run_compute : thousand H100-equivalent months.
    run_cost : M$ at the rent of the day.
    Its compute, thousand H100-equivalents: ordered : for research.  inference_used, research_used :
    served.  past_inference : (n, 16), of the last months, oldest first.  reliability : 0-1,
    smoothed part of demand that was served.
    Its income, M$ a month: revenue; segment_revenue : (3, 16).  past_revenue : (7, 16), oldest
    first, the last one is revenue.  tokens : (3, 16), trillion.  gross_profit.  compute_cost,
    operations : costs, paid or not.  past_outflow : (n, 16), costs less income.
    Its books, M$: cash, debt, paid_in, retained.  credits : (16, suppliers).  deferred :
    (16, suppliers), dues of contracts owed and not paid.  owed : (16, suppliers + 1), other bills
    owed, in the last column to others than clouds.  written_off : what creditors lost at an exit.
    How it stands: pressure : of payments (E34).  runway : months.  burn : M$ a month.  overdue :
    months in which liquid means were below 0.  renegotiated, rescued : months of its last new terms
    for contracts, and of its last down round.  stage : of distress, 0 none, 1 renegotiated and 2
    down round in the last twelve months, 3 for sale, 4 failed.
    """

    def __init__(self, suppliers: int, memory: int) -> None:
        """Nobody is there yet; `memory` months are averaged for burn and compute needed."""
        for name in (
            "capability",
            "size",
            "efficiency",
            "serving_efficiency",
            "safety",
            "markup",
            "run_age",
            "run_pause",
            "run_compute",
            "run_cost",
            "record_cost",
            "cash",
            "debt",
            "paid_in",
            "retained",
            "written_off",
            "budget",
            "support",
            "ordered",
            "inference_used",
            "research_used",
            "revenue",
            "gross_profit",
            "compute_cost",
            "operations",
            "pressure",
            "runway",
            "burn",
            "overdue",
            "founded",
            "stage",
        ):
            setattr(self, name, np.zeros(CODES))
        for name in ("entered", "exited", "acquired", "weights", "bundles", "incident", "released"):
            setattr(self, name, np.zeros(CODES, np.bool_))
        self.renegotiated, self.rescued = np.full((2, CODES), NEVER)
        self.brand, self.focus = np.zeros((SEGMENTS, CODES)), np.full((SEGMENTS, CODES), 1 / 3)
        self.tokens, self.segment_revenue = np.zeros((2, SEGMENTS, CODES))
        self.sells = np.zeros((SEGMENTS, CODES), np.bool_)
        self.allocation, self.parts, self.spending = np.zeros((3, len(USES), CODES))
        self.efforts = np.zeros((SEGMENTS + 2, CODES))
        self.sales_mix = np.full((SEGMENTS, CODES), 1 / SEGMENTS)
        self.reliability = np.ones(CODES)
        self.credits = np.zeros((CODES, suppliers))
        self.deferred, self.owed = np.zeros((CODES, suppliers)), np.zeros((CODES, suppliers + 1))
        self.past_revenue = np.zeros((HALF_YEAR + 1, CODES))
        self.past_inference, self.past_outflow = np.zeros((2, memory, CODES))

    capability: Array
    size: Array
    efficiency: Array
    serving_efficiency: Array
    safety: Array
    markup: Array
    run_age: Array
    run_pause: Array
    run_compute: Array
    run_cost: Array
    record_cost: Array
    cash: Array
    debt: Array
    paid_in: Array
    retained: Array
    written_off: Array
    budget: Array
    support: Array
    ordered: Array
    inference_used: Array
    research_used: Array
    revenue: Array
    gross_profit: Array
    compute_cost: Array
    operations: Array
    pressure: Array
    runway: Array
    burn: Array
    overdue: Array
    founded: Array
    stage: Array
    entered: NDArray[np.bool_]
    exited: NDArray[np.bool_]
    acquired: NDArray[np.bool_]
    weights: NDArray[np.bool_]
    bundles: NDArray[np.bool_]
    incident: NDArray[np.bool_]
    released: NDArray[np.bool_]

    def forget(self, code: int) -> None:
        """Make a code as if nobody had ever had it; what creditors lost there stays."""
        fresh = Labs(self.credits.shape[1], len(self.past_outflow))
        for name, values in vars(self).items():
            place = (code,) if name in BY_SUPPLIER else (..., code)
            if name != "written_off":
                values[place] = getattr(fresh, name)[place]

    @property
    def active(self) -> NDArray[np.bool_]:
        """Who has entered and not left."""
        active: NDArray[np.bool_] = self.entered > self.exited
        return active

    @property
    def liquid(self) -> Array:
        """Cash and credits less arrears, M$; below 0 where bills cannot be paid."""
        liquid: Array = liquid_means(Liquid(*OF_LIQUID(self)))
        return liquid

    @property
    def arrears(self) -> Array:
        """What is owed and overdue, M$."""
        owed: Array = self.deferred.sum(axis=1) + self.owed.sum(axis=1)
        return owed


class Means(NamedTuple):
    """Settings of all providers as arrays, shape (16,), 0 where a code is not used.

    leverage is NaN where no contracts are signed.  open_weights : releases its weights.  raises :
    sells shares.  backed : has a parent that covers it.  parent_rate : logarithm of the monthly
    growth of what the parent pays.
    """

    execution: Array
    own_chips: Array
    revenue_shared: Array
    leverage: Array
    parent_flow: Array
    parent_growth: Array
    parent_limit: Array
    ambition: Array
    open_weights: NDArray[np.bool_]
    raises: NDArray[np.bool_]
    backed: NDArray[np.bool_]
    parent_rate: Array


def means_of(providers: Mapping[str, ProviderParameters], names: Sequence[str]) -> Means:
    """Settings as arrays; `names` gives the provider of each code, which may be unknown."""
    columns: dict[str, Any] = {name: np.zeros(CODES) for name in Means._fields}
    for code, name in enumerate(names):
        own = providers.get(name)
        if own is None:
            continue
        for field in columns:
            value = getattr(own, field, None)
            columns[field][code] = np.nan if value is None else value
        columns["backed"][code] = own.parent_flow > 0.0 and not own.raises
    columns["parent_rate"] = np.log1p(np.maximum(columns["parent_growth"], -1.0 + 1e-12))
    for name in ("open_weights", "raises", "backed"):
        columns[name] = columns[name] > 0.0
    return Means(**columns)


def anybody(flags: NDArray[np.bool_]) -> bool:
    """Whether any of a few flags is set: a fifth of the time of `any`."""
    return True in flags.tolist()


def remember(past: Array, latest: Array) -> None:
    """Add the latest month to a memory (months, 16), oldest first, in place of its oldest one."""
    past[:-1] = past[1:]
    past[-1] = latest
