"""Parameters of providers: who they are, and what all of them have in common (E5-E16)."""

import math
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from agents.parameters import FrozenMap, Name, Origin, Parameters, Share, Whole, param, problem
from agents.strategy_catalogue import STRATEGIES, StrategySettings

HAND_FIT = "hand-fit to the record of early 2023"
CONSTANT = "constant of the specification, assumed; range half to double"
PROGRESS = "Epoch: compute for the same result halves in 8 months (5-14)"
SUM_TOLERANCE = 1e-9
LATEST = 1200  # months

# A table, set by hand: one parameter a paragraph.
# fmt: off


def sums(section: Parameters, what: str) -> None:
    """Refuse parts of a whole that do not sum to 1."""
    total = math.fsum(getattr(section, name) for name in type(section).model_fields)
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise problem(f"{what} sum to {total:.12g}, not 1; change them so that they sum to 1")


class Focus(Parameters):
    """Where post-training goes (E13); equal parts make the same model for everybody."""

    coding: float = param(
        1 / 3, unit="share", bounds=(1e-6, 1), symbol="phi", source=HAND_FIT, doc="on developers")
    enterprise: float = param(
        1 / 3, unit="share", bounds=(1e-6, 1), symbol="phi", source=HAND_FIT, doc="on enterprises")
    consumer: float = param(
        1 / 3, unit="share", bounds=(1e-6, 1), symbol="phi", source=HAND_FIT, doc="on consumers")

    @model_validator(mode="after")
    def whole(self) -> "Focus":
        """Refuse parts that do not make a whole."""
        sums(self, "parts")
        return self


class Allocation(Parameters):
    """Where the budget goes (E6)."""

    scale: Share = param(
        0.55, unit="share", bounds=(0, 1), symbol="alpha", source=HAND_FIT,
        doc="on compute for research and training")
    efficiency: Share = param(
        0.20, unit="share", bounds=(0, 1), symbol="alpha", source=HAND_FIT,
        doc="on algorithms: more capability and cheaper service from the same compute")
    safety: Share = param(
        0.05, unit="share", bounds=(0, 1), symbol="alpha", source=HAND_FIT, doc="on safety")
    sales: Share = param(
        0.20, unit="share", bounds=(0, 1), symbol="alpha", source=HAND_FIT,
        doc="on sales and marketing")

    @model_validator(mode="after")
    def whole(self) -> "Allocation":
        """Refuse parts that do not make a whole."""
        sums(self, "parts")
        return self


class ProviderParameters(Parameters):
    """One provider: its path, its means and what it starts with."""

    strategy: StrategySettings = Field(
        STRATEGIES["routine"](),
        description="how it decides: a file of agents/strategies by its name")
    entry: Whole = param(
        0, unit="month", bounds=(0, LATEST), source="history", at_start=True,
        doc="first month on the market")
    origin: Origin = param(
        "US", unit="", source="most providers", at_start=True, doc="country code")
    cash: float = param(
        0, unit="M$", bounds=(0, 1e9), source=HAND_FIT, at_start=True,
        doc="liquid means at entry, credits included")
    credits: Share = param(
        0, unit="share", bounds=(0, 1), source=HAND_FIT, at_start=True,
        doc="part of it that is credits of its home cloud")
    home: Name | None = param(
        None, unit="", source="the cloud of its largest strategic holder", at_start=True,
        doc="cloud that it signs with as long as that has free capacity")
    exclusive_until: Whole = param(
        0, unit="month", bounds=(0, LATEST), source="OpenAI: Azure until January 2025",
        doc="first month in which it may sign with another cloud")
    parent_flow: float = param(
        0, unit="M$/month", bounds=(0, 1e9), source=HAND_FIT,
        doc="what a parent pays at entry; 0 is no parent")
    parent_growth: float = param(
        0, unit="per month", bounds=(-1, 1), source=HAND_FIT, doc="growth of that flow")
    parent_limit: float = param(
        1e9, unit="M$/month", bounds=(0, 1e9), source=HAND_FIT, doc="highest flow")
    raises: bool = param(
        True, unit="", source="who sells shares",
        doc="raises money; a provider that does not, and has a parent, has its deficits covered "
            "and its surplus taken")
    revenue_shared: Share = param(
        0, unit="share", bounds=(0, 1), range=(0, 0.3), symbol="rev_share",
        source="OpenAI to Microsoft, reported", doc="part of revenue that goes to a partner first")
    capability: float | None = param(
        None, unit="OOM", bounds=(-20, 40), symbol="a0", source=HAND_FIT, at_start=True,
        doc="capability at entry; by default `entry_lag` below the best open weights, before there "
            "are any below the best of those who release weights or have the strategy "
            "open_weights, else below the weakest on the market")
    efficiency: float = param(
        0, unit="OOM", bounds=(-10, 20), symbol="e0", source=HAND_FIT, at_start=True,
        doc="efficiency at entry, in training and in serving")
    safety: Share = param(
        0.3, unit="0-1", bounds=(0, 1), symbol="sigma_0", at_start=True,
        source="index of safety.csv in January 2023, carried back", doc="safety index at entry")
    brand: float = param(
        0.5, unit="-", bounds=(0, 100), symbol="b_0", source=HAND_FIT, at_start=True,
        doc="brand stock at entry, in every segment")
    execution: float = param(
        0.5, unit="-", bounds=(0, 10), range=(0.2, 1.5), symbol="x", source=HAND_FIT,
        doc="commercial execution: brand that a given effort of sales makes")
    focus: Focus = Focus()
    allocation: Allocation = Allocation()
    leverage: float | None = param(
        None, unit="-", bounds=(0, 1e6), range=(0, 5), symbol="l", source=HAND_FIT,
        doc="commitments for compute that it bears, over a year's expected revenue and liquid "
            "means; by default it signs no contracts and buys at the month's rent")
    optimism: float = param(
        0, unit="-", bounds=(-1, 100), range=(0, 2), symbol="o", source=HAND_FIT,
        doc="by how much it overrates its own growth")
    ambition: float = param(
        0.5, unit="-", bounds=(0, 100), range=(0, 1.5), symbol="amb", source=HAND_FIT,
        doc="size of the budget that it wants, over that of the frontier")
    valuation: float = param(
        0, unit="M$", bounds=(0, 1e9), source="last round before entry", at_start=True,
        doc="value at entry, after money")
    holders: Annotated[Mapping[Name, Share], AfterValidator(FrozenMap)] = param(
        FrozenMap(), unit="share", bounds=(0, 1), at_start=True, whole=True,
        source="OpenAI, Anthropic: reported; others assumed",
        doc="parts that investors hold at entry; founders, or a parent, hold the rest")
    own_chips: float = param(
        1, unit="-", bounds=(1e-6, 10), range=(0.4, 1), symbol="own_compute_discount",
        source="assumed: Google .6", doc="factor on the cost of compute of who has own chips")
    open_weights: bool = param(
        False, unit="", source="history", doc="releases the weights of its models")


class PlanningParameters(Parameters):
    """Routines that all providers share: budget, allocation, markup, prices, contracts (E5-E10)."""

    profit_share: float = param(
        0.6, unit="share", bounds=(0, 10), range=(0.3, 1), symbol="gamma_B", source="assumed",
        doc="part of last month's gross profit that is spent")
    spending_months: float = param(
        24, unit="month", bounds=(1e-6, 1e6), range=(12, 48), symbol="T_run", source="assumed",
        doc="months over which liquid means are spent")
    markup: float = param(
        1.0, unit="-", bounds=(0, 100), range=(0.2, 3), symbol="m_0", source="assumed",
        at_start=True, doc="markup on unit cost at entry")
    markup_response: float = param(
        0.015, unit="-", bounds=(0, 10), range=(0, 0.1), symbol="nu",
        source="assumed; form Dosi, Fagiolo and Roventini 2010",
        doc="response of the markup to the change of the revenue share")
    markup_step: float = param(
        0.2, unit="share", bounds=(0, 1), range=(0.1, 0.4), source=CONSTANT,
        doc="largest relative change of the share that it responds to")
    markup_floor: float = param(
        0.1, unit="-", bounds=(0, 100), range=(0.05, 0.2), source=CONSTANT, doc="lowest markup")
    markup_limit: float = param(
        3, unit="-", bounds=(0, 100), range=(1.5, 6), source=CONSTANT, doc="highest markup")
    imitation: float = param(
        0, unit="per year", bounds=(0, 1), range=(0, 0.5), symbol="imitate_rate",
        source="lever, as in Nelson and Winter 1982",
        doc="probability of moving the allocation toward that of the fastest-growing provider")
    imitation_step: Share = param(
        0.1, unit="share", bounds=(0, 1), range=(0.05, 0.2), source=CONSTANT,
        doc="part of the allocation that is moved then")
    contract_interval: Whole = param(
        6, unit="month", bounds=(1, 120), range=(3, 12), source=CONSTANT,
        doc="months between two decisions on contracts")
    contract_cover: float = param(
        0.7, unit="share", bounds=(0, 10), range=(0.3, 1), symbol="cov", source="assumed",
        doc="part of expected compute that is wanted on contract")
    contract_horizon: Whole = param(
        12, unit="month", bounds=(0, 120), range=(6, 24), source=CONSTANT,
        doc="months ahead that compute is expected for")
    growth_limit: float = param(
        0.15, unit="per month", bounds=(0, 10), range=(0.075, 0.3), source=CONSTANT,
        doc="highest monthly growth that a provider expects")
    open_cap: float = param(
        1.3, unit="-", bounds=(0, 1e6), range=(0.65, 2.6), source=CONSTANT,
        doc="highest price, over that of open weights, of a model that is no better")
    open_margin: float = param(
        0.02, unit="OOM", bounds=(-40, 40), range=(0.01, 0.04), source=CONSTANT,
        doc="lead over open weights up to which a model is no better")


class ResearchParameters(Parameters):
    """Efficiency, training, safety, brand and open weights (E7, E11-E16)."""

    serving_need: float = param(
        1.5, unit="thousand H100e-months/trillion tokens", bounds=(1e-9, 1e6), range=(0.8, 4),
        symbol="iota_0", source="hand-fit: cost of APIs in 2023",
        doc="compute to serve tokens of a model of size f = 0 without efficiency gains")
    size_exponent: float = param(
        0.5, unit="-", bounds=(0, 2), range=(0.4, 0.6), source="Hoffmann et al. 2022: parameters "
        "grow as the root of training compute", doc="compute per token by training compute")
    own_progress: float = param(
        0.012, unit="OOM/month", bounds=(0, 10), range=(0.006, 0.024), symbol="g_0",
        source=PROGRESS, doc="efficiency gain without spending on it")
    paid_progress: float = param(
        0.012, unit="OOM/month", bounds=(0, 10), range=(0.006, 0.024), symbol="g_1",
        source=PROGRESS, doc="further gain for each e-fold of spending")
    progress_spending: float = param(
        30, unit="M$/month", bounds=(1e-9, 1e9), range=(15, 60), symbol="E_ref", source=PROGRESS,
        doc="scale of that spending")
    exhaustion: float = param(
        3.0, unit="OOM", bounds=(1e-3, 1e6), range=(1.5, 8), symbol="e_bar", source="assumed",
        doc="efficiency over which further gains become e times rarer")
    spillover: float = param(
        0.04, unit="per month", bounds=(0, 1), range=(0, 0.15), symbol="spill",
        source="lag of open weights 3 to 14 months", doc="part of the gap to the best that leaks")
    serve_factor: float = param(
        2.0, unit="-", bounds=(0, 100), range=(1, 3), source="assumed",
        doc="efficiency gain in serving over that in training; 1 is one efficiency for both")
    utilisation: float = param(
        0.35, unit="share", bounds=(1e-6, 1), range=(0.25, 0.5), symbol="MFU",
        source="constant of the specification",
        doc="part of peak operations that training achieves")
    final_run_share: Share = param(
        0.20, unit="share", bounds=(0, 1), range=(0.1, 0.3), symbol="frs",
        source="Epoch: final runs are 10 to 30 % of the compute of research",
        doc="part of research compute that goes into the training run")
    run_months: float = param(
        8, unit="month", bounds=(1, 240), range=(4, 16), source=CONSTANT,
        doc="length of a training run without safety work")
    run_safety_months: float = param(
        20, unit="month", bounds=(0, 1200), range=(10, 40), source=CONSTANT,
        doc="months added for each unit of the budget share of safety")
    run_pause: Whole = param(
        1, unit="month", bounds=(0, 120), range=(0, 2), source=CONSTANT,
        doc="longest pause before the next run, drawn evenly from 0 on")
    run_luck: float = param(
        0.10, unit="OOM", bounds=(0, 10), range=(0, 0.3), symbol="sigma_a", source="assumed",
        doc="standard deviation of what a run yields")
    release_step: float = param(
        0.05, unit="OOM", bounds=(0, 40), range=(0.025, 0.1), source=CONSTANT,
        doc="gain below which a trained model is not released")
    specialisation: float = param(
        0.4, unit="OOM", bounds=(0, 10), range=(0, 1.5), symbol="kappa",
        source="what coding benchmarks support: Anthropic +.16 OOM",
        doc="capability gained in a segment for each e-fold of focus")
    refocus: float = param(
        0, unit="per year", bounds=(0, 12), range=(0, 1), symbol="refocus_rate", source="lever",
        doc="speed at which focus follows the revenue of the market")
    safety_speed: float = param(
        0.05, unit="per month", bounds=(0, 1), range=(0.025, 0.1), source=CONSTANT,
        doc="speed at which safety follows the budget share spent on it")
    safety_half: float = param(
        0.03, unit="share", bounds=(1e-9, 10), range=(0.015, 0.06), source=CONSTANT,
        doc="budget share of safety that leads to an index of one half")
    incident_hazard: float = param(
        0.03, unit="per month", bounds=(0, 10), range=(0, 0.1), symbol="lam_inc", source="assumed",
        doc="incidents of a provider without any safety that serves all tokens")
    incident_safety: Share = param(
        0.15, unit="0-1", bounds=(0, 1), range=(0.075, 0.3), source=CONSTANT,
        doc="safety lost in an incident")
    incident_brand: Share = param(
        0.8, unit="share", bounds=(0, 1), range=(0.4, 1), source=CONSTANT,
        doc="brand kept in an incident")
    brand_decay: float = param(
        0.04, unit="per month", bounds=(0, 1), range=(0.02, 0.1), symbol="delta_b",
        source="assumed; form Nerlove and Arrow 1962", doc="brand lost a month")
    brand_gain: float = param(
        0.05, unit="per month", bounds=(0, 10), range=(0.025, 0.1), source=CONSTANT,
        doc="brand made by each e-fold of spending on sales")
    brand_spending: float = param(
        5, unit="M$/month", bounds=(1e-9, 1e9), range=(2, 20), symbol="S_ref", source="assumed",
        doc="scale of that spending")
    bundle_execution: float = param(
        1.0, unit="-", bounds=(0, 10), range=(0.5, 1.5), source="assumed",
        doc="commercial execution with consumers of an assistant that comes with a product they "
            "have, where the provider's own is lower")
    entry_lag: float = param(
        0.1, unit="OOM", bounds=(0, 40), range=(0.05, 0.2), source=CONSTANT,
        doc="how far below open weights an entrant starts")
    open_brand: float = param(
        0.3, unit="-", bounds=(0, 100), range=(0, 1), source="assumed", doc="brand of open weights")
