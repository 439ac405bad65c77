"""Parameters of the demand side: choice, developers, consumers and enterprises.

Defaults, ranges and sources are those of the model specification; symbols are the letters of
MODEL.md's equations, and units of utility ("util") are those of a logit with unit scale.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from agents.parameters import (
    FrozenMap,
    Names,
    Origins,
    Parameters,
    Share,
    Whole,
    not_empty,
    param,
    problem,
    sums_to_one,
)

LONGEST_TERM = 120  # months
HAND_FIT_SPEND = "hand-fit: API spend and token counts of late 2025"
SWITCHING = "form of Dube, Hitsch and Rossi 2010; size assumed"
CONSTANT = "constant of the specification, assumed; range half to double"
UPGRADES = "Menlo Ventures 2025: 45 % on the new model within a month, 66 % within a year"
RENEWAL = "hand-fit: renewal .90 (SaaS retention .90-.92) and 11 % switching a year"

# A table, set by hand: one parameter a paragraph.
# fmt: off


class ChoiceParameters(Parameters):
    """What every choice of a provider has in common (E17b, E17c, E17d)."""

    nest_dissimilarity: float = param(
        0.6, unit="-", bounds=(0.2, 1), range=(0.3, 1), symbol="nest_lambda", source="assumed",
        doc="dissimilarity of open-weight offers: 1 is the plain logit, near 0 they are one offer")
    upgrade_share: float = param(
        0.66, unit="share", bounds=(0, 1), range=(0, 1), symbol="up_share", source=UPGRADES,
        seen_to="2025-07", doc="share of a provider's users who follow its newest model at once")
    upgrade_rate: float = param(
        1.1, unit="per month", bounds=(0, 100), range=(0.2, 3), symbol="up_rate", source=UPGRADES,
        seen_to="2025-07", doc="hazard at which those users move to a new model")
    product_step: float = param(
        0, unit="util per root month", bounds=(0, 10), range=(0, 0.3), symbol="sigma_xi",
        source="lever; .1 is the variant on recorded supply",
        doc="monthly step of the random walk of each provider's product term, common to a segment")


class IndividualParameters(Parameters):
    """What developers and consumers share: utility, switching, attention, adoption (E17-E22)."""

    count: Whole = param(
        10_000, unit="agents", bounds=(1, 50_000_000), symbol="N", at_start=True,
        source="size of a first run",
        doc="simulated agents; each stands for real_users / count people")
    capability_weight: float = param(
        2.0, unit="util/OOM", bounds=(0, 50), range=(1, 4), symbol="beta_a", source="assumed",
        doc="weight of capability")
    taste_spread: float = param(
        0.3, unit="-", bounds=(0, 3), range=(0, 0.8), symbol="taste_sd", source="assumed",
        doc="standard deviation of log taste for capability, in 8 types of equal probability")
    safety_weight: float = param(
        0.6, unit="util", bounds=(0, 50), range=(0, 2), symbol="beta_sigma", source="assumed",
        doc="weight of the safety index")
    reliability_weight: float = param(
        1.0, unit="util", bounds=(0, 50), range=(0, 2), symbol="beta_rho", source="assumed",
        doc="weight of the share of demand that is served")
    peer_weight: float = param(
        1.5, unit="util", bounds=(-50, 50), range=(0, 6), symbol="J",
        source="assumed; 2 is critical for two equal options (V5)",
        doc="weight of the share of neighbours on a provider")
    peer_form: Literal["linear", "log"] = param(
        "linear", unit="", source="Brock and Durlauf 2001; log for limit cases",
        doc="linear: weight x share; log: weight x ln share (voter and urn models)")

    switching_cost_base: float = param(
        0.5, unit="util", bounds=(0, 30), range=(0, 2), symbol="k0", source=SWITCHING,
        doc="cost of leaving a provider, from the first month")
    switching_cost_growth: float = param(
        1.5, unit="util", bounds=(0, 30), range=(0, 4), symbol="k1", source=SWITCHING,
        doc="what the cost of leaving gains over a long tenure")
    switching_cost_months: float = param(
        12, unit="month", bounds=(0.01, 10_000), range=(3, 36), symbol="tau_k", source=SWITCHING,
        doc="tenure at which 63 % of that gain is reached")
    switching_cost_factor: float = param(
        1, unit="-", bounds=(0, 1), range=(0.1, 1), symbol="k_con",
        source="assumed; a fit of consumers alone wants .1-.4",
        doc="factor on the whole cost of leaving")

    reconsideration_base: float = param(
        0.015, unit="per month", bounds=(0, 1000), range=(0.005, 0.2), symbol="h0",
        source="hand-fit of the prototype to 15 % of developers switching in a year",
        seen_to="2025-07", doc="hazard of looking around in a quiet month")
    reconsideration_release: float = param(
        0.05, unit="per month", bounds=(0, 1000), range=(0, 0.3), symbol="h1",
        source="hand-fit of the prototype to 15 % of developers switching in a year",
        seen_to="2025-07",
        doc="added hazard per flagship release per provider serving the segment")
    reconsideration_shock: float = param(
        0.5, unit="per month", bounds=(0, 1000), range=(0, 2), symbol="h2", source="assumed",
        doc="added hazard in a month with an incident at the own provider; the record holds none")
    reconsideration_probability: float | None = param(
        None, unit="probability", bounds=(0, 1), symbol="recon_prob", source="for limit cases",
        doc="monthly probability of looking around, in place of the three hazards; null: not used")

    trial_probability: float = param(
        0.3, unit="probability", bounds=(0, 1), range=(0, 0.8), symbol="mu",
        source="assumed; 37 % of CIOs run five or more models",
        doc="a newly preferred provider is first tried as a second one; 0 is pure switching")
    second_share: float = param(
        0.25, unit="share", bounds=(0, 1), range=(0, 0.8), symbol="omega", source="assumed",
        doc="share of an agent's use that goes to its second provider, where it has one")
    leaving_hazard: float = param(
        0, unit="per month", bounds=(0, 1000), range=(0, 0.05), symbol="h_out", source="lever",
        doc="hazard of giving up every provider; one who left may adopt again")

    adoption_reference: Literal["neighbours", "market"] = param(
        "neighbours", unit="", source="Bass 1969 on a graph",
        doc="whose adopted share is imitated: one's neighbours' or the whole market's")
    arrival: Literal["hazard", "one_per_month"] = param(
        "hazard", unit="", source="Bass 1969; one_per_month for limit cases",
        doc="who adopts: each by a hazard, or one each month, in each block of a complete graph")
    usage_saturation: float = param(
        7, unit="OOM", bounds=(0.01, 1000), range=(3, 12), symbol="A_sat", source=HAND_FIT_SPEND,
        seen_to="2025-10", doc="capability beyond which use hardly grows")


class DeveloperParameters(IndividualParameters):
    """Developers: the coding segment, paying list prices per token."""

    real_users: float = param(
        28.7, unit="million", bounds=(1e-6, 1e5), range=(20, 50), at_start=True,
        source="developer population 2023, secondary source", seen_to="2023-12",
        doc="people whom the agents stand for")
    price_weight: float = param(
        0.6, unit="util per ln price", bounds=(0, 50), range=(0.2, 2), symbol="beta_p",
        source="assumed; low cross-model price response in router data",
        doc="weight of the log list price")
    brand_weight: float = param(
        0.35, unit="util", bounds=(0, 50), range=(0, 1.5), symbol="beta_b", source="hand-fit",
        doc="weight of the brand stock")
    innovation: float = param(
        0.020, unit="per month", bounds=(0, 1000), range=(0.010, 0.040), symbol="p_B",
        source="hand-fit: 84 % of developers use AI tools (Stack Overflow 2025)", seen_to="2025-07",
        doc="hazard of adopting of one's own accord")
    imitation: float = param(
        0.090, unit="per month", bounds=(0, 1000), range=(0.045, 0.180), symbol="q_B",
        source="hand-fit: 84 % of developers use AI tools (Stack Overflow 2025)", seen_to="2025-07",
        doc="added hazard of adopting when everybody around has")
    tokens_per_user: float = param(
        0.35, unit="Mtok/user-month", bounds=(0, 1e6), range=(0.175, 0.7), symbol="q0",
        source=HAND_FIT_SPEND, seen_to="2025-10",
        doc="use at capability 0 and the reference price")
    usage_slope: float = param(
        0.40, unit="1/OOM", bounds=(0, 2), range=(0.2, 0.8), symbol="theta", source=HAND_FIT_SPEND,
        seen_to="2025-10", doc="orders of use gained per OOM of capability")
    price_elasticity: float = param(
        1.1, unit="-", bounds=(0, 10), range=(0.3, 1.2), symbol="eta",
        source="hand-fit; measured 1.11 on hosts of open weights", seen_to="2025-12",
        doc="percent of use lost per percent of price")
    reference_price: float = param(
        10, unit="$/Mtok", bounds=(1e-6, 1e6), source="normalisation",
        doc="price at which use is tokens_per_user")
    spend_spread: float = param(
        2.45, unit="-", bounds=(0, 4), range=(0, 2.6), symbol="spend_sigma", at_start=True,
        source="99th-percentile buyer about 300 times the median",
        doc="standard deviation of log spend between agents; 0 makes them equal")


class ConsumerParameters(IndividualParameters):
    """Consumers: assistants by subscription or for free; no price per token, so none is weighed."""

    real_users: float = param(
        3000, unit="million", bounds=(1e-6, 1e5), range=(2000, 6000), at_start=True,
        source="assumed",
        doc="people whom the agents stand for")
    brand_weight: float = param(
        0.70, unit="util", bounds=(0, 50), range=(0, 1.5), symbol="beta_b", source="hand-fit",
        doc="weight of the brand stock")
    innovation: float = param(
        0.004, unit="per month", bounds=(0, 1000), range=(0.002, 0.008), symbol="p_B",
        source="hand-fit: about 0.9 bn users in early 2026", seen_to="2026-02",
        doc="hazard of adopting of one's own accord")
    imitation: float = param(
        0.065, unit="per month", bounds=(0, 1000), range=(0.0325, 0.130), symbol="q_B",
        source="hand-fit: about 0.9 bn users in early 2026", seen_to="2026-02",
        doc="added hazard of adopting when everybody around has")
    tokens_per_user: float = param(
        0.02, unit="Mtok/user-month", bounds=(0, 1e6), range=(0.01, 0.04), symbol="q0",
        source=HAND_FIT_SPEND, seen_to="2025-10",
        doc="use at capability 0")
    usage_slope: float = param(
        0.25, unit="1/OOM", bounds=(0, 2), range=(0.1, 0.5), symbol="theta_con",
        source=HAND_FIT_SPEND, seen_to="2025-10",
        doc="orders of use gained per OOM of capability")
    spend_spread: float = param(
        0, unit="-", bounds=(0, 4), range=(0, 2.6), symbol="spend_sigma", at_start=True,
        source="one subscription each",
        doc="standard deviation of log spend between agents; 0 makes them equal")

    paying_share: float = param(
        0.05, unit="share", bounds=(0, 1), range=(0.03, 0.10), symbol="pay",
        source="50 of 900 million ChatGPT users pay", seen_to="2026-02",
        doc="share of users who pay, after the ramp")
    subscription_price: float = param(
        20, unit="$/month", bounds=(0, 10_000), range=(10, 40), symbol="sub_price",
        source="list price", seen_to="2025-12", doc="price of a subscription")
    bundled: Names = param(
        ("Google", "Meta"), unit="", source="AI inside a suite or a social network",
        doc="providers whose assistant comes with another product")
    bundle_factor: float = param(
        0.35, unit="share", bounds=(0, 1), range=(0.1, 1), symbol="bundle_pay", source="assumed",
        doc="factor on the paying share of bundled providers")
    paying_start: float = param(
        0.35, unit="share", bounds=(0, 1), range=(0.2, 1), symbol="pay_start", source="assumed",
        doc="share of the paying share reached in the first month")
    paying_ramp: float = param(
        0.02, unit="per month", bounds=(0, 1), range=(0, 0.05), symbol="pay_ramp", source="assumed",
        doc="what that share gains each month, up to 1")
    ad_revenue: float = param(
        0, unit="$/free user-month", bounds=(0, 1000), range=(0, 2), symbol="ad_arpu",
        source="lever: the advertising scenario", doc="advertising revenue of advertisers")
    advertisers: Names = param(
        (), unit="", source="lever: the advertising scenario",
        doc="providers who show advertising to free users")
    untracked: Names = param(
        ("Meta",), unit="", source="the web-traffic tracker does not see embedded use",
        at_start=True,
        doc="providers left out of the consumer traffic channel")


AnyIndividuals = DeveloperParameters | ConsumerParameters


class CriteriaWeights(Parameters):
    """Dirichlet parameters of enterprises' criteria weights; a criterion with 0 has no weight."""

    capability: float = param(
        4.0, unit="-", bounds=(0, 1e6), range=(2, 8), at_start=True, source="assumed",
        doc="capability")
    safety: float = param(
        4.2, unit="-", bounds=(0, 1e6), range=(2.1, 8.4), at_start=True, source="assumed",
        doc="safety and controllability")
    cost: float = param(
        3.0, unit="-", bounds=(0, 1e6), range=(1.5, 6), at_start=True, source="assumed",
        doc="total cost of ownership")
    stability: float = param(
        2.5, unit="-", bounds=(0, 1e6), range=(1.25, 5), at_start=True, source="assumed",
        doc="financial runway of the provider")
    integration: float = param(
        2.0, unit="-", bounds=(0, 1e6), range=(1, 4), at_start=True, source="assumed",
        doc="integration, measured by the brand stock")

    @model_validator(mode="after")
    def some_weight(self) -> "CriteriaWeights":
        """Refuse weights that are all 0: no criterion could be drawn."""
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise problem("all five weights are 0; give at least one criterion a weight above 0")
        return self


class CriteriaScales(Parameters):
    """The difference in each criterion that counts as one (E25)."""

    capability: float = param(
        1, unit="OOM", bounds=(1e-6, 1e6), range=(0.5, 2), source=CONSTANT, doc="capability")
    safety: float = param(
        0.5, unit="-", bounds=(1e-6, 1e6), range=(0.25, 1), source=CONSTANT, doc="safety index")
    cost: float = param(
        1.3862943611198906, unit="-", bounds=(1e-6, 1e6), range=(0.69, 3.7),
        source="ln 4, assumed; the demand prototype used ln 40",
        doc="log total cost of ownership")
    stability: float = param(
        60, unit="month", bounds=(1e-6, 1e6), range=(30, 120), source=CONSTANT, doc="runway")
    integration: float = param(
        2, unit="-", bounds=(1e-6, 1e6), range=(1, 4), source=CONSTANT, doc="brand stock")


def month_keys(terms: Any) -> Any:
    """Read contract terms with months as keys, which a text file cannot tell from words."""
    if not isinstance(terms, Mapping):
        return terms
    months = {}
    for key, chance in terms.items():
        text = str(key)
        if not (text.isdecimal() and text.isascii() and len(text) <= 3):
            raise problem("a contract term is a whole number of months from 1 to 120", text)
        if int(text) in months:
            raise problem("this term is given twice; keep one", text)
        months[int(text)] = chance
    return dict(sorted(months.items()))


Terms = Annotated[
    Mapping[Annotated[int, Field(ge=1, le=LONGEST_TERM)], Share],
    BeforeValidator(month_keys),
    AfterValidator(FrozenMap),
    AfterValidator(not_empty),
    AfterValidator(sums_to_one),
]


class EnterpriseParameters(Parameters):
    """Enterprises: sizes, adoption, tenders, contracts and use (E23-E28)."""

    count: Whole = param(
        1_000, unit="agents", bounds=(1, 1_000_000), symbol="N", at_start=True,
        source="size of a first run", doc="simulated enterprises")
    seats: float = param(
        300, unit="million", bounds=(1e-6, 1e5), range=(150, 600), at_start=True, source="assumed",
        doc="seats of all enterprises together")
    size_exponent: float = param(
        1.06, unit="-", bounds=(0.01, 100), range=(0.9, 2), at_start=True, source="Axtell 2001",
        doc="Pareto exponent of seats; large values make firms equal")
    largest_seats: float = param(
        2.5, unit="million", bounds=(1e-6, 1e5), range=(1, 5), at_start=True, source="assumed",
        doc="seats at which the size distribution is cut off")
    spend_spread: float = param(
        2.45, unit="-", bounds=(0, 4), range=(0, 2.6), symbol="spend_sigma", at_start=True,
        source="99th-percentile firm about 300 times the median",
        doc="standard deviation of log spend between firms; 0 makes them equal")
    innovation: float = param(
        0.004, unit="per month", bounds=(0, 1000), range=(0.002, 0.008), symbol="p_B",
        source="hand-fit: 47 % of firms pay for AI (Ramp AI index)", seen_to="2026-01",
        doc="hazard of adopting of one's own accord")
    imitation: float = param(
        0.085, unit="per month", bounds=(0, 1000), range=(0.0425, 0.170), symbol="q_B",
        source="hand-fit: 47 % of firms pay for AI (Ramp AI index)", seen_to="2026-01",
        doc="added hazard of adopting when everybody around has")
    adoption_reference: Literal["neighbours", "market"] = param(
        "neighbours", unit="", source="Bass 1969 on a graph",
        doc="whose adopted share is imitated: the peers' or the whole market's")

    criteria: CriteriaWeights = CriteriaWeights()
    scales: CriteriaScales = CriteriaScales()
    scaling: Literal["fixed", "min_max"] = param(
        "fixed", unit="", source="fixed scales keep a weak entrant from moving the leaders",
        doc="fixed: differences over the scales; min_max: over the shortlist's own span")
    regulated_share: float = param(
        0.30, unit="share", bounds=(0, 1), range=(0.15, 0.6), at_start=True, source="assumed",
        doc="share of enterprises that must hold the safety minimum")
    safety_minimum: float = param(
        0, unit="-", bounds=(0, 1), range=(0, 0.5), symbol="s_min", source="lever; 0 is no rule",
        doc="safety index below which regulated buyers drop an offer")
    runway_minimum: float = param(
        6, unit="month", bounds=(0, 1200), range=(3, 12), source=CONSTANT,
        doc="runway below which every buyer drops an offer")
    runway_cap: float = param(
        60, unit="month", bounds=(0, 1200), range=(30, 120), source=CONSTANT,
        doc="runway beyond which more of it impresses nobody")
    excluded_origins: Origins = param(
        ("CN",), unit="", at_start=True, source="1 % of use in the survey of 2025",
        seen_to="2025-12", doc="origins of weights that enterprises do not buy")

    score_weight: float = param(
        6, unit="util", bounds=(0, 1e6), range=(3, 12), symbol="beta_E", source=RENEWAL,
        seen_to="2025-07", doc="weight of the criteria in the score of an offer")
    usage_pull: float = param(
        1.5, unit="util", bounds=(0, 1e6), range=(0, 4), symbol="lam_dev", source="hand-fit",
        doc="weight of the share of the firm's own developers on a provider")
    pull_minimum: Whole = param(
        3, unit="developers", bounds=(0, 1_000_000), range=(1, 10), source="assumed",
        doc="fewer developers of its own: the firm follows its industry's mean")
    peer_weight: float = param(
        1.0, unit="util", bounds=(-1000, 1000), range=(0, 3), symbol="lam_peer", source="assumed",
        doc="weight of the size-weighted share of peers on a provider")
    incumbent_base: float = param(
        3.0, unit="util", bounds=(0, 1e6), range=(0, 4), symbol="ek0", source=RENEWAL,
        seen_to="2025-07", doc="bonus of the incumbent, from the first month")
    incumbent_growth: float = param(
        1.5, unit="util", bounds=(0, 1e6), range=(0, 3), symbol="ek1", source=RENEWAL,
        seen_to="2025-07", doc="what that bonus gains over a long tenure")
    incumbent_months: float = param(
        24, unit="month", bounds=(0.01, 10_000), range=(12, 48), source=CONSTANT,
        doc="tenure at which 63 % of that gain is reached")

    shortlist: Literal["coverage", "all"] = param(
        "coverage", unit="", source="all for limit cases",
        doc="coverage: an offer is listed by chance, more often with more brand; all: always")
    coverage_slope: float = param(
        2.5, unit="-", bounds=(0, 1e6), range=(0.8, 5), symbol="c_short", source="hand-fit",
        doc="how fast brand brings a provider onto tender lists")
    coverage_base: float = param(
        0.1, unit="-", bounds=(0, 1e6), range=(0.05, 0.2), source=CONSTANT,
        doc="coverage of a provider without brand")

    discount: float = param(
        0.10, unit="share", bounds=(0, 0.99), range=(0, 0.3), symbol="disc_e", source="assumed",
        doc="enterprise discount on the list price")
    pay_as_you_go: float = param(
        0.6, unit="share", bounds=(0, 1), range=(0, 1), symbol="payg", at_start=True,
        source=RENEWAL, seen_to="2025-07",
        doc="share of enterprises that always sign the pay-as-you-go term")
    pay_as_you_go_term: Whole = param(
        6, unit="month", bounds=(1, LONGEST_TERM), range=(3, 12), source=CONSTANT,
        doc="length of that term")
    terms: Terms = param(
        FrozenMap({12: 0.60, 24: 0.25, 36: 0.15}), unit="probability", bounds=(0, 1), whole=True,
        source="assumed", doc="the other enterprises: probability of each term in months")
    dual_share: float = param(
        0.3, unit="probability", bounds=(0, 1), range=(0, 0.8), symbol="dual",
        source="assumed; 37 % of CIOs run five or more models (a16z 2025)", seen_to="2025-05",
        doc="probability that a tender takes a second source")
    dual_volume: float = param(
        0.30, unit="share", bounds=(0, 1), range=(0, 0.8), symbol="omega_e", source="assumed",
        doc="share of volume that the second source gets")

    integration_cost: float = param(
        0.15, unit="share", bounds=(0, 100), range=(0, 0.5), symbol="int_cost", source="assumed",
        doc="what a change of provider adds to the total cost of ownership")
    deployment_fee: float = param(
        5, unit="M$ per 100,000 seats", bounds=(0, 1e6), range=(0, 20), symbol="fee_custom",
        source="assumed", doc="paid at signature by regulated buyers")
    hosting_fee: float = param(
        2, unit="M$/year", bounds=(0, 1e6), range=(0, 10), symbol="fee_host", source="assumed",
        doc="fixed cost of hosting open weights")
    host_margin: float = param(
        1.25, unit="-", bounds=(1, 1000), range=(1.05, 2.5), source=CONSTANT,
        doc="price of OPEN at hosts over the cost of hosting it oneself")

    tokens_per_seat: float = param(
        0.20, unit="Mtok/seat-month", bounds=(0, 1e6), range=(0.1, 0.4), symbol="q0_ent",
        source=HAND_FIT_SPEND, seen_to="2025-10",
        doc="use at capability 0 and the reference price, after the ramp")
    usage_slope: float = param(
        0.40, unit="1/OOM", bounds=(0, 2), range=(0.2, 0.8), symbol="theta", source=HAND_FIT_SPEND,
        seen_to="2025-10", doc="orders of use gained per OOM of capability")
    usage_saturation: float = param(
        7, unit="OOM", bounds=(0.01, 1000), range=(3, 12), symbol="A_sat", source=HAND_FIT_SPEND,
        seen_to="2025-10", doc="capability beyond which use hardly grows")
    price_elasticity: float = param(
        1.1, unit="-", bounds=(0, 10), range=(0.3, 1.2), symbol="eta",
        source="hand-fit; measured 1.11 on hosts of open weights", seen_to="2025-12",
        doc="percent of use lost per percent of price")
    reference_price: float = param(
        10, unit="$/Mtok", bounds=(1e-6, 1e6), source="normalisation",
        doc="price at which use is tokens_per_seat")
    ramp_months: float = param(
        18, unit="month", bounds=(0.01, 10_000), range=(9, 36), source=CONSTANT,
        doc="months since adoption at which 63 % of full use is reached")
