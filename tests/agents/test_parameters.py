"""The declaration of a parameter, and the table of all of them."""

import math
import pickle
import re
from typing import Any

import pytest
from pydantic import ValidationError

from agents.demand import EnterpriseParameters
from agents.parameters import Declaration, FrozenMap, Names, Parameters, Whole, declarations, param
from agents.provider_parameters import Focus
from agents.strategies.safety_first import SafetyFirst
from simulation.config import Config

ROWS = list(declarations(Config))


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def faults(row: Declaration) -> list[str]:
    """What the table of parameters must not show."""
    about = row.about
    found = []
    if not row.doc.strip() or not about.source.strip():
        found.append("no doc or source")
    if is_number(row.default) and about.bounds is None:
        found.append("no bounds")
    if about.bounds and not about.bounds[0] < about.bounds[1]:
        found.append("empty bounds")
    if about.range:
        low, high = about.range
        if not about.bounds or not about.bounds[0] <= low < high <= about.bounds[1]:
            found.append("range outside bounds")
        if is_number(row.default) and not low <= row.default <= high:
            found.append("default outside range")
    if is_number(row.default) and not about.unit and row.path != "seed":
        found.append("no unit")
    if about.seen_to is not None and not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", about.seen_to):
        found.append("seen_to is no month")
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_every_parameter_says_what_it_means(row: Declaration) -> None:
    assert faults(row) == []


def test_the_table_check_catches_a_planted_fault() -> None:
    class Planted(Parameters):
        share: float = param(
            0.9, unit="share", bounds=(0, 1), range=(0, 0.5), source="assumed", doc="a share"
        )

    (row,) = declarations(Planted)
    assert faults(row) == ["default outside range"]


def test_the_table_reaches_every_section() -> None:
    paths = {row.path for row in ROWS}
    assert {
        "months",
        "choice.nest_dissimilarity",
        "developers.peer_weight",
        "consumers.bundle_factor",
        "enterprises.criteria.safety",
        "enterprises.scales.cost",
        "apps.entry_rate",
        "networks.developers.power_law_cluster.links",
        "networks.employment.employed_share",
        "initial.consumers.adopted",
        "supply.offers.NAME.price",
        "providers.NAME.parent_flow",
        "providers.NAME.allocation.scale",
        "providers.NAME.strategy.open_weights.openness_gain",
        "suppliers.NAME.capacity_share",
        "compute.rent",
        "planning.markup",
        "research.spillover",
        "finance.stressed",
        "events.NAME.month",
    } <= paths
    assert len(paths) == len(ROWS)


def test_symbols_are_unique_in_a_section() -> None:
    for section in DEFAULTS:
        symbols = [
            row.about.symbol
            for row in ROWS
            if row.path.rpartition(".")[0] == section and row.about.symbol
        ]
        assert len(symbols) == len(set(symbols)), section


DEFAULTS = {
    "choice": {
        "nest_dissimilarity": 0.6, "upgrade_share": 0.66, "upgrade_rate": 1.1, "product_step": 0,
    },
    "developers": {
        "count": 10_000, "real_users": 28.7, "capability_weight": 2, "taste_spread": 0.3,
        "price_weight": 0.6, "safety_weight": 0.6, "brand_weight": 0.35, "reliability_weight": 1,
        "peer_weight": 1.5, "peer_form": "linear", "switching_cost_base": 0.5,
        "switching_cost_growth": 1.5, "switching_cost_months": 12, "switching_cost_factor": 1,
        "reconsideration_base": 0.015, "reconsideration_release": 0.05,
        "reconsideration_shock": 0.5, "reconsideration_probability": None, "innovation": 0.020,
        "imitation": 0.090, "adoption_reference": "neighbours",
        "trial_probability": 0.3, "second_share": 0.25, "leaving_hazard": 0, "arrival": "hazard",
        "tokens_per_user": 0.35,
        "usage_slope": 0.40, "usage_saturation": 7, "price_elasticity": 1.1,
        "reference_price": 10, "spend_spread": 2.45,
    },
    "consumers": {
        "count": 10_000, "real_users": 3000, "capability_weight": 2, "taste_spread": 0.3,
        "safety_weight": 0.6, "brand_weight": 0.70, "reliability_weight": 1,
        "peer_weight": 1.5, "peer_form": "linear", "switching_cost_base": 0.5,
        "switching_cost_growth": 1.5, "switching_cost_months": 12, "switching_cost_factor": 1,
        "reconsideration_base": 0.015, "reconsideration_release": 0.05,
        "reconsideration_shock": 0.5, "reconsideration_probability": None, "innovation": 0.004,
        "imitation": 0.065, "adoption_reference": "neighbours",
        "trial_probability": 0.3, "second_share": 0.25, "leaving_hazard": 0, "arrival": "hazard",
        "tokens_per_user": 0.02,
        "usage_slope": 0.25, "usage_saturation": 7,
        "spend_spread": 0, "paying_share": 0.05, "subscription_price": 20,
        "bundled": ("Google", "Meta"), "bundle_factor": 0.35, "paying_start": 0.35,
        "paying_ramp": 0.02, "ad_revenue": 0, "advertisers": (), "untracked": ("Meta",),
    },
    "enterprises": {
        "count": 1000, "seats": 300, "size_exponent": 1.06, "largest_seats": 2.5,
        "spend_spread": 2.45, "innovation": 0.004, "imitation": 0.085,
        "adoption_reference": "neighbours", "scaling": "fixed", "regulated_share": 0.30,
        "safety_minimum": 0, "runway_minimum": 6, "runway_cap": 60, "excluded_origins": ("CN",),
        "score_weight": 6,
        "usage_pull": 1.5, "pull_minimum": 3, "peer_weight": 1.0, "incumbent_base": 3.0,
        "incumbent_growth": 1.5, "incumbent_months": 24, "shortlist": "coverage",
        "coverage_slope": 2.5, "coverage_base": 0.1, "discount": 0.10, "pay_as_you_go": 0.6,
        "pay_as_you_go_term": 6, "terms": {12: 0.60, 24: 0.25, 36: 0.15}, "dual_share": 0.3,
        "dual_volume": 0.30, "integration_cost": 0.15, "deployment_fee": 5, "hosting_fee": 2,
        "host_margin": 1.25, "tokens_per_seat": 0.20, "usage_slope": 0.40, "usage_saturation": 7,
        "price_elasticity": 1.1, "reference_price": 10, "ramp_months": 18,
        "criteria.capability": 4.0, "criteria.safety": 4.2, "criteria.cost": 3.0,
        "criteria.stability": 2.5, "criteria.integration": 2.0, "scales.capability": 1,
        "scales.safety": 0.5, "scales.cost": math.log(4), "scales.stability": 60,
        "scales.integration": 2,
    },
    "apps": {
        "count": 200, "limit": 2000, "usage_share": 0.15, "size_spread": 0.08,
        "size_drift": 0.003, "capability_weight": 2, "price_weight": 1.2,
        "switching_cost_base": 0.5, "switching_cost_growth": 1.5, "switching_cost_months": 12,
        "reconsideration": 0.05, "entry_rate": 20, "entrant_size": 0.1, "exit_size": 1e-4,
        "absorption": 0.002,
    },
    "compute": {
        "capacity": 100, "capacity_growth": 0.115, "growth_half_life": 45, "rent": 4,
        "rent_response": 0.35, "rent_limit": 12, "rent_floor": 1.1, "slack_limit": 1 / 3,
        "tightness_limit": 3, "hardware_cost": 2.2, "learning": 0.32, "chip_share": 0.6,
        "chip_maker": "Nvidia", "contract_term": 48, "contract_lead": 3,
        "contract_discount": 0.15, "sublet": 0, "reliability_memory": 0.5, "export_region": None,
        "export_cap": 1, "export_surcharge": 0,
    },
    "planning": {
        "profit_share": 0.6, "spending_months": 24, "markup": 1.0, "markup_response": 0.015,
        "markup_step": 0.2, "markup_floor": 0.1, "markup_limit": 3, "imitation": 0,
        "imitation_step": 0.1, "contract_interval": 6, "contract_cover": 0.7,
        "contract_horizon": 12, "growth_limit": 0.15, "open_cap": 1.3,
        "open_margin": 0.02,
    },
    "research": {
        "serving_need": 1.5, "size_exponent": 0.5, "own_progress": 0.012, "paid_progress": 0.012,
        "progress_spending": 30, "exhaustion": 3.0, "spillover": 0.04, "serve_factor": 2.0,
        "utilisation": 0.35, "final_run_share": 0.20, "run_months": 8, "run_safety_months": 20,
        "run_pause": 1, "run_luck": 0.10, "release_step": 0.05, "specialisation": 0.4,
        "refocus": 0, "safety_speed": 0.05, "safety_half": 0.03, "incident_hazard": 0.03,
        "incident_safety": 0.15, "incident_brand": 0.8, "brand_decay": 0.04, "brand_gain": 0.05,
        "brand_spending": 5, "bundle_execution": 1.0, "entry_lag": 0.1, "open_brand": 0.3,
    },
    "finance": {
        "rounds": None, "credit_share": 0.5, "stressed": 0.6, "distressed": 1.0,
        "deepest_cut": 0.5, "debt_limit": 0, "interest": 0.1, "burn_months": 3, "grace": 3,
        "runway_limit": 60,
    },
    "distress": {
        "renegotiation": 0.25, "moved_share": 0.3, "moved_months": 24, "moved_fee": 0.1,
        "down_round_runway": 6, "down_round_limit": 0.35, "memory": 6, "sale_months": 3,
        "bidder_means": 0.5, "lowest_bid": 0.5, "brand_kept": 0.5, "blocking_concentration": 0.18,
        "blocking_rise": 0.01, "blocking_share": 0.3, "blocking_probability": 0.8,
    },
    "entry": {
        "hazard": 0, "seed": 300, "seed_spread": 1.2, "seed_share": 0.205, "headroom": 0.8,
        "safety": 0.2, "brand": 0.2, "execution": 0.5, "leverage": 0.5, "optimism": 0.25,
        "ambition": 0.12, "focus.coding": 1 / 3, "focus.enterprise": 1 / 3,
        "focus.consumer": 1 / 3, "allocation.scale": 0.55, "allocation.efficiency": 0.2,
        "allocation.safety": 0.05, "allocation.sales": 0.2,
    },
}  # fmt: skip


@pytest.mark.parametrize("section", DEFAULTS)
def test_defaults_are_those_of_the_specification(section: str) -> None:
    declared = {
        row.path.removeprefix(f"{section}."): row.default
        for row in ROWS
        if row.path.startswith(f"{section}.")
    }
    assert declared == DEFAULTS[section]


class Small(Parameters):
    """One parameter of each kind."""

    share: float = param(0.5, unit="share", bounds=(0, 1), source="assumed", doc="a share")
    count: Whole = param(3, unit="agents", bounds=(1, 10), source="assumed", doc="a count")
    names: Names = param((), unit="", source="assumed", doc="some names")


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [("share", 1, 1.0), ("count", 1e1, 10), ("names", ["A", "B c"], ("A", "B c"))],
)
def test_values_that_mean_the_same_are_taken(field: str, value: Any, kept: Any) -> None:
    got = getattr(Small(**{field: value}), field)
    assert got == kept
    assert type(got) is type(kept)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("share", 1.0000001), ("share", -1e-9), ("share", math.nan), ("share", math.inf),
        ("share", "0.5"), ("share", True), ("share", None), ("count", 0), ("count", 11),
        ("count", 2.5), ("count", True), ("count", "3"), ("count", math.inf),
        ("names", "A"), ("names", ["A", "A"]), ("names", [""]), ("names", ["a/b"]),
        ("names", [3]), ("shares", 0.5),
    ],
)  # fmt: skip
def test_values_are_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        Small(**{field: value})


def test_parameters_are_frozen_and_hashable() -> None:
    firms = EnterpriseParameters()
    assert hash(firms) == hash(EnterpriseParameters())
    with pytest.raises(ValidationError):
        firms.count = 5  # type: ignore[misc]
    for change in (
        lambda: firms.terms.__setitem__(6, 1.0),  # type: ignore[attr-defined]
        lambda: firms.terms.update({6: 1.0}),  # type: ignore[attr-defined]
        lambda: firms.terms.pop(12),  # type: ignore[attr-defined]
    ):
        with pytest.raises(TypeError):
            change()
    assert firms.terms == {12: 0.60, 24: 0.25, 36: 0.15}


def test_a_frozen_map_survives_pickle_and_compares_as_a_map() -> None:
    frozen = FrozenMap({"a": 1, "b": 2})
    copy = pickle.loads(pickle.dumps(frozen))  # noqa: S301  # our own bytes, for worker processes
    assert copy == frozen == {"b": 2, "a": 1}
    assert isinstance(copy, FrozenMap)
    assert hash(copy) == hash(FrozenMap({"b": 2, "a": 1}))


@pytest.mark.parametrize(
    "terms", [{}, {"6": 0.5}, {"0": 1}, {"121": 1}, {"6.5": 1}, {"6": 0.4, "06": 0.6}, {"6": -1}]
)
def test_contract_terms_are_a_distribution_over_months(terms: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        EnterpriseParameters(terms=terms)


def test_contract_terms_are_kept_by_month() -> None:
    terms = EnterpriseParameters(terms={"24": 0.25, "6": 0.75}).terms
    assert list(terms.items()) == [(6, 0.75), (24, 0.25)]


@pytest.mark.parametrize(
    ("section", "values"),
    [(SafetyFirst, {"highest": 0.991}), (Focus, {"coding": 0, "enterprise": 0.5, "consumer": 0.5})],
)
def test_bounds_inside_those_of_a_share_hold(
    section: type[Parameters], values: dict[str, float]
) -> None:
    with pytest.raises(ValidationError):
        section(**values)
