"""Random supply sides that decide: providers and their strategies, clouds, events of every kind."""

from typing import Any

import legal_investors
from harness import ROOT
from legal_investors import OWNERS, STRANGER
from legal_values import LARGEST, ON_RECORD, ORIGINS, Draw, Plain, entries, single, some_of

from agents.codes import NAMED
from agents.investor_parameters import InvestorParameters
from agents.parameters import about
from agents.provider_parameters import Allocation, Focus, PlanningParameters, ProviderParameters
from simulation.event_catalogue import KINDS
from simulation.supply_file import SEGMENTS

ROUNDS = ROOT / "configs" / "data" / "funding_rounds.csv"
# Names of the record come first, so that scheduled rounds find somebody.
DECIDERS = (
    *(name for name in ON_RECORD if name != "OPEN"),
    *(f"P{number}" for number in range(NAMED)),
)[:NAMED]
CLOUDS = 30
LEAST_FOCUS = 1e-6
EVERYBODY = "all"


def deciders(values: Plain, draw: Draw) -> Plain:
    """The values with a supply side that decides in place of a record or offers."""
    count = draw.chance.choice((1, 1, 2, 3, 5, NAMED))
    names = tuple(draw.chance.sample(DECIDERS, count))
    clouds = [f"C{number}" for number in range(draw.chance.choice((1, 1, 2, 4, CLOUDS)))]
    without = some_of(names[1:], 1, draw)
    values = {**values, "supply": {"endogenous": True, "exclude": without}}
    values["months"] = draw.chance.randint(1, 2 * LARGEST["months"])
    values["investors"] = legal_investors.investors(draw)
    funds = tuple(values["investors"])
    values["providers"] = {name: provider(draw, clouds, funds) for name in names}
    values["suppliers"] = suppliers(draw, clouds)
    values["initial"] = initial(values, draw)
    values["freeze"] = {
        path: value
        for path, value in values.get("freeze", {}).items()
        if not path.startswith("supply.")
    }
    values["entry"] = legal_investors.often(values.get("entry", {}) | divided(draw), draw)
    values["planning"] = without_contradiction(values.get("planning", {}))
    if draw.happens():
        values["finance"] = {**values.get("finance", {}), "rounds": str(ROUNDS)}
    if draw.happens():
        region = {"export_region": draw.chance.choice(ORIGINS)}
        values["compute"] = {**values.get("compute", {}), **region}
    values["events"] = {**values.get("events", {}), **events(names, funds, draw)}
    return values


def without_contradiction(planning: Plain) -> Plain:
    """Planning without a floor that lies above the limit."""
    fields = PlanningParameters.model_fields
    low, high = (
        planning.get(name, fields[name].default) for name in ("markup_floor", "markup_limit")
    )
    ends = ("markup_floor", "markup_limit") if low > high else ()
    return {name: value for name, value in planning.items() if name not in ends}


def provider(draw: Draw, clouds: list[str], funds: tuple[str, ...]) -> Plain:
    """One provider: its strategy, means, holders and start."""
    own = entries(ProviderParameters.model_fields, draw)
    own["origin"] = draw.chance.choice(ORIGINS)
    home = draw.chance.choice((None, *clouds))
    if home is None:
        own = {key: own[key] for key in own if key not in ("credits", "exclusive_until")}
    else:
        own["home"] = home
    own = {key: own[key] for key in own if key not in ("focus", "allocation", "holders")}
    return own | divided(draw) | {"holders": legal_investors.holders(funds, draw)}


def divided(draw: Draw) -> Plain:
    """Focus and allocation, some of the time: parts of a whole."""
    forms = (("focus", Focus, LEAST_FOCUS), ("allocation", Allocation, 0.0))
    return {
        name: dict(parts(tuple(form.model_fields), least, draw))
        for name, form, least in forms
        if draw.happens()
    }


def suppliers(draw: Draw, clouds: list[str]) -> Plain:
    """Clouds, which share all capacity."""
    return {
        name: {"capacity_share": share}
        | ({"owner": draw.chance.choice(OWNERS)} if draw.chance.random() < 1 / 2 else {})
        for name, share in parts(tuple(clouds), 0.0, draw)
    }


def parts(names: tuple[str, ...], least: float, draw: Draw) -> list[tuple[str, float]]:
    """Parts of a whole, none below `least`; often all of it is one's."""
    if draw.chance.random() < 1 / 3:
        chosen = draw.chance.choice(names)
        weights = [float(name == chosen) for name in names]
    else:
        weights = [draw.chance.random() + 1e-9 for _ in names]
    whole, room = sum(weights), 1.0 - least * len(names)
    return [
        (name, least + room * weight / whole) for name, weight in zip(names, weights, strict=True)
    ]


def initial(values: Plain, draw: Draw) -> Plain:
    """The start that was drawn, on providers that are there from the first month on."""
    there = [
        name
        for name, own in values["providers"].items()
        if not own.get("entry") and name not in values["supply"]["exclude"]
    ]
    found: Plain = {}
    for population, start in values.get("initial", {}).items():
        kept = {key: value for key, value in start.items() if key not in ("shares", "adopted")}
        if there and start.get("shares"):
            kept["shares"] = dict(parts(tuple(there), 0.0, draw))
            kept["adopted"] = start.get("adopted", 0.0)
        found[population] = kept
    return found


def events(names: tuple[str, ...], funds: tuple[str, ...], draw: Draw) -> Plain:
    """Events of any kind, and settings of providers and investors that change on the way."""
    found: Plain = {}
    for number in range(draw.chance.choice((0, 0, 1, 3, 8))):
        kind = draw.chance.choice((*KINDS, "set"))
        said = changes(names, funds, draw) if kind == "set" else action(kind, names, funds, draw)
        if said:
            found[f"e{number}"] = {"month": draw.chance.randint(0, LARGEST["month"]), kind: said}
    return found


def action(kind: str, names: tuple[str, ...], funds: tuple[str, ...], draw: Draw) -> Plain:
    """Settings of an event; each that its form asks for is given."""
    fields = KINDS[kind].model_fields
    said: Plain = entries(fields, draw)
    everybody = (EVERYBODY,) if kind == "efficiency_shock" else ()
    choices: dict[str, Any] = {
        "provider": (*names, *everybody), "region": ORIGINS, "segment": SEGMENTS,
        "investor": (*funds, *OWNERS, STRANGER),
    }  # fmt: skip
    said |= {name: draw.chance.choice(of) for name, of in choices.items() if name in fields}
    return said


def changes(names: tuple[str, ...], funds: tuple[str, ...], draw: Draw) -> Plain:
    """New values of settings of providers or of investors, by path."""
    if funds and draw.chance.random() < 1 / 4:
        inflow = single("inflow", InvestorParameters.model_fields["inflow"], draw)
        return {f"investors.{draw.chance.choice(funds)}.inflow": inflow}
    free = {
        name: field
        for name, field in ProviderParameters.model_fields.items()
        if (said := about(field)) and not said.at_start
    }
    chosen = draw.chance.sample(list(free), 2)
    values = {name: single(name, free[name], draw) for name in chosen}
    return {
        f"providers.{draw.chance.choice(names)}.{name}": value
        for name, value in values.items()
        if isinstance(value, bool | int | float)
    }
