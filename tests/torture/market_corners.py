"""The baseline market where it ends: nobody pays, nothing to compute on, everybody fails, and more.

A corner is what a user would type after `--set`, on a small baseline market.
"""

from harness import ROOT
from legal_draws import problems_of

from simulation.config import load

ROW = 14
BASELINE = ROOT / "configs" / "baseline.yaml"
NAMED = ("OpenAI", "Google", "Anthropic", "Meta", "xAI", "Mistral", "DeepSeek")
SMALL = (
    "months=20", "developers.count=150", "consumers.count=150", "enterprises.count=60",
    "apps.count=20",
)  # fmt: skip


def of_all(*said: str) -> tuple[str, ...]:
    """The same settings for all providers."""
    return tuple(f"providers.{name}.{one}" for name in NAMED for one in said)


def nobody(population: str) -> tuple[str, ...]:
    """Settings by which a population never adopts; there is no market with a population of 0."""
    return (f"{population}.innovation=0", f"{population}.imitation=0")


def event(said: str) -> tuple[str, ...]:
    """An event of month 8, from then on or for a year."""
    return (f"events.corner={{month: 8, {said}}}",)


ALONE = ("parent_flow=0", "raises=true", "cash=0", "credits=0")
BROKE = (*of_all(*ALONE, "revenue_shared=1"), "finance.rounds=null", "finance.grace=1")
CORNERS: dict[str, tuple[str, ...]] = {
    "no revenue": (*nobody("developers"), *nobody("consumers"), *nobody("enterprises")),
    "no enterprises": nobody("enterprises"),
    "no consumers": nobody("consumers"),
    "one of each": tuple(f"{name}.count=1" for name in ("developers", "consumers", "enterprises"))
    + tuple(f"networks.{name}={{family: none}}" for name in ("developers", "consumers"))
    + ("networks.enterprises={family: none}",),
    "next to no compute": ("compute.capacity=1e-6", "compute.capacity_growth=0"),
    "no compute for a year": event("supply_shock: {factor: 0, months: 12}"),
    "no compute from the start": ("events.e={month: 0, supply_shock: {factor: 0, months: 20}}",),
    "all compute there could be": ("compute.capacity=1e9", "compute.capacity_growth=1"),
    "free compute": ("compute.rent=1e-6", "compute.rent_limit=1e-6", "compute.hardware_cost=0"),
    "dearest compute": ("compute.rent=1e6", "compute.rent_limit=1e6"),
    "rent that leaps": ("compute.rent_response=5", "compute.tightness_limit=1e6"),
    "rent above its limit": ("compute.rent_floor=10", "compute.rent_limit=1e-6"),
    "no demand for a year": tuple(
        f"events.{name}={{month: 4, demand_shock: {{segment: {name}, factor: 0, months: 12}}}}"
        for name in ("coding", "enterprise", "consumer")
    ),
    "a thousand times the use": event("demand_shock: {segment: coding, factor: 1000, months: 9}"),
    "war of prices": event("price_war: {provider: OpenAI, factor: .001, months: 9}"),
    "war upward": event("price_war: {provider: OpenAI, factor: 1000, months: 9}"),
    "everybody fails": BROKE,
    "all parents withdraw": tuple(
        f"events.stop_{name.lower()}={{month: 8, set: {{providers.{name}.parent_flow: 0}}}}"
        for name in ("Google", "Meta", "xAI", "DeepSeek")
    ),
    "parents withdraw and pay no deficits": tuple(
        f"events.stop_{name.lower()}={{month: 8, set: {{providers.{name}.parent_flow: 0, "
        f"providers.{name}.raises: true}}}}"
        for name in ("Google", "Meta", "DeepSeek")
    ),
    "a parent comes late": event("set: {providers.OpenAI.parent_flow: 1e9, "
                                 "providers.OpenAI.raises: false}"),
    "nobody at the start": of_all("entry=6"),
    "nobody ever": of_all("entry=1200"),
    "all enter by a rule without reference": (*of_all("entry=3", "capability=null"),),
    "no models": ("research.run_months=240", "research.release_step=40"),
    "a model a month": ("research.run_months=1", "research.run_safety_months=0",
                        "research.run_pause=0", "research.release_step=0"),
    "wild luck": ("research.run_luck=10",),
    "no final runs": ("research.final_run_share=0",),
    "all into final runs": ("research.final_run_share=1",),
    "never open": (
        "events.llama_licence=null", "providers.Mistral.open_weights=false",
        "providers.DeepSeek.open_weights=false", "providers.Meta.strategy=routine",
    ),
    "all open": of_all("open_weights=true"),
    "all open and refused": (*of_all("open_weights=true", "origin=CN"),
                             "enterprises.excluded_origins=[CN]"),
    "all give their models away": of_all("strategy=open_weights", "open_weights=true"),
    "a single one": ("supply={endogenous: true, exclude: [Google, Anthropic, Meta, xAI, Mistral, "
                     "DeepSeek]}",),
    "a single parasite": ("supply={endogenous: true, exclude: [OpenAI, Google, Anthropic, xAI, "
                          "Mistral, DeepSeek]}",),
    "fourteen": tuple(f"providers.P{number}={{cash: 500, leverage: 1}}" for number in range(7)),
    "one cloud": (
        "suppliers={Azure: {capacity_share: 1}, AWS: {capacity_share: 0}, GCP: "
        "{capacity_share: 0}, Neoclouds: {capacity_share: 0}}",
    ),
    "thirty clouds": tuple(f"suppliers.C{number}={{capacity_share: 0}}" for number in range(26)),
    "all sign for everything": (*of_all("leverage=1e6", "optimism=100", "exclusive_until=0"),
                                "planning.contract_cover=10", "planning.contract_interval=1"),
    "longest contracts": ("compute.contract_lead=60", "compute.contract_term=240",
                          "planning.contract_interval=1"),
    "shortest contracts": ("compute.contract_lead=0", "compute.contract_term=1",
                           "planning.contract_interval=1"),
    "free contracts": ("compute.contract_discount=1", "planning.contract_interval=1"),
    "idle compute pays": ("compute.sublet=1", "planning.contract_interval=1",
                          *event("demand_shock: {segment: coding, factor: 0, months: 9}")),
    "loans at any price": ("finance.debt_limit=1200", "finance.interest=10"),
    "loans to the broke": (*BROKE, "finance.debt_limit=1200", "finance.interest=10"),
    "partners take all": of_all("revenue_shared=1"),
    "chips take all": ("compute.chip_share=1",),
    "no export": event("export_control: {region: US, cap: 0, surcharge: 10}"),
    "own chips for nothing": of_all("own_chips=1e-6"),
    "own chips for ten times": of_all("own_chips=10"),
    "nobody safe": (*of_all("safety=0"), "research.incident_hazard=10",
                    "research.incident_safety=1", "research.incident_brand=0"),
    "all safe": (*of_all("safety=1"), "enterprises.safety_minimum=1"),
    "a rule that nobody meets": (*of_all("safety=0"), *event("safety_rule: {minimum: 1}")),
    "unknown brands": (*of_all("brand=0", "execution=0"),),
    "all brand": of_all("brand=100", "execution=10"),
    "leaps of progress": ("research.own_progress=10", "research.paid_progress=10"),
    "no progress": ("research.own_progress=0", "research.paid_progress=0", "research.spillover=0"),
    "all leaks": ("research.spillover=1",),
    "tailored to the utmost": (
        "research.specialisation=10", "research.refocus=12",
        *of_all("focus={coding: 0.999998, enterprise: 1e-6, consumer: 1e-6}"),
    ),
    "service for nothing": ("research.serving_need=1e-9",),
    "service at any price": ("research.serving_need=1e6",),
    "gifted": of_all("cash=1e9"),
    "monthly gifts": of_all("parent_flow=1e9", "parent_limit=1e9", "raises=false"),
    "pressed at once": ("finance.stressed=0", "finance.distressed=0", "finance.deepest_cut=1"),
    "imitators": ("planning.imitation=1", "planning.imitation_step=1"),
    "one month": ("months=1",),
    "fifty years": ("months=600", "developers.count=20", "consumers.count=20",
                    "enterprises.count=10", "networks.enterprises={family: none}", "apps.count=0"),
}  # fmt: skip
REDUCED = FULL = len(CORNERS)


def run(seed: int, count: int) -> list[str]:
    """Run the first `count` corners with one and two threads."""
    found = {}
    for name in list(CORNERS)[:count]:
        found[name] = problems_of(load(BASELINE, [*SMALL, f"seed={seed}", *CORNERS[name]]))
    return [f"{name}: {problem}" for name, problems in found.items() for problem in problems]
