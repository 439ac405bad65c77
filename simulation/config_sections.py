"""Sections of a config beside supply and demand: networks, the start and freezes."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from agents.finance_parameters import InputFile
from agents.parameters import (
    FrozenMap,
    Parameters,
    Share,
    Whole,
    about,
    param,
    problem,
    sums_to_one,
)
from simulation.config_supply import BY_SEGMENT, Offer, ProviderName, outside

LARGEST_SEED = 2**63 - 1
LONGEST_TENURE = 1200  # months
LARGEST_INDUSTRIES = 65_535  # 16 bits, of which one number stands for "none"
GRAPH_ENDINGS = (".graphml", ".csv", ".tsv", ".txt", ".edges", ".edgelist")

POPULATIONS = ("developers", "consumers", "enterprises")
FREEZABLE = {
    name: about(Offer.model_fields[name]) for name in (*BY_SEGMENT, "reliability", "runway")
}

# Tables, set by hand: one parameter a paragraph.
# fmt: off


class NoNetwork(Parameters):
    """Nobody knows anybody."""

    family: Literal["none"] = param(
        "none", unit="", source="for limit cases", doc="nobody knows anybody")


class Complete(Parameters):
    """Everybody in a block knows everybody else in it; no edges are stored."""

    family: Literal["complete"] = param(
        "complete", unit="", source="for limit cases", doc="everybody in a block knows everybody")
    blocks: Whole = param(
        1, unit="blocks", bounds=(1, 1_000_000), source="for limit cases", at_start=True,
        doc="disjoint blocks of about equal size, each a replicate")


def even(degree: int) -> int:
    """Refuse an odd degree of a ring."""
    if degree % 2:
        raise problem(f"{degree} is odd, and half of it lies on either side; use {degree - 1} or "
                      f"{degree + 1}")
    return degree


Even = Annotated[Whole, AfterValidator(even)]


class Ring(Parameters):
    """Small world: a ring whose edges are rewired at random."""

    family: Literal["ring"] = param(
        "ring", unit="", source="Watts and Strogatz 1998", doc="small world")
    degree: Even = param(
        8, unit="neighbours", bounds=(0, 10_000), range=(4, 16), source="assumed", at_start=True,
        doc="neighbours of each agent before rewiring; even")
    rewiring: float = param(
        0.1, unit="probability", bounds=(0, 1), range=(0, 0.5), source="assumed", at_start=True,
        doc="probability that an edge is moved to a random end")


class RingHubs(Parameters):
    """Small world with hubs."""

    family: Literal["ring_hubs"] = param(
        "ring_hubs", unit="", source="ring and preferential links", doc="small world with hubs")
    degree: Even = param(
        10, unit="neighbours", bounds=(0, 10_000), range=(4, 20), source="assumed", at_start=True,
        doc="total mean degree, links to hubs included; even")
    rewiring: float = param(
        0.1, unit="probability", bounds=(0, 1), range=(0, 0.5), source="assumed", at_start=True,
        doc="probability that an edge of the ring is moved to a random end")
    hub_links: Whole = param(
        2, unit="links", bounds=(0, 5_000), range=(0, 5), source="assumed", at_start=True,
        doc="links from each agent to popular agents")

    @model_validator(mode="after")
    def room_for_hubs(self) -> "RingHubs":
        """Refuse more hub links than the degree has room for."""
        if self.degree < 2 * self.hub_links:
            raise problem(f"{self.hub_links} hub links alone make a mean degree of "
                          f"{2 * self.hub_links}; raise degree or use fewer", "hub_links")
        return self


class PowerLawCluster(Parameters):
    """Growth by preferential attachment, with triangles."""

    family: Literal["power_law_cluster"] = param(
        "power_law_cluster", unit="", source="Holme and Kim 2002", doc="hubs and triangles")
    links: Whole = param(
        4, unit="links", bounds=(1, 5_000), range=(2, 8), source="assumed", at_start=True,
        doc="links that each newcomer makes; the mean degree is about twice as large")
    triangles: float = param(
        0.3, unit="probability", bounds=(0, 1), range=(0, 0.9), source="assumed", at_start=True,
        doc="probability that a link closes a triangle")


class StochasticBlock(Parameters):
    """Industries, denser inside than across."""

    family: Literal["stochastic_block"] = param(
        "stochastic_block", unit="", source="Holland, Laskey and Leinhardt 1983",
        doc="industries, denser inside than across")
    industries: Whole = param(
        8, unit="industries", bounds=(1, LARGEST_INDUSTRIES), range=(4, 20), source="assumed",
        at_start=True, doc="blocks of about equal size")
    degree: float = param(
        6, unit="neighbours", bounds=(0, 10_000), range=(3, 12), source="assumed", at_start=True,
        doc="mean degree")
    within: float = param(
        0.8, unit="share", bounds=(0, 1), range=(0.5, 0.95), source="assumed", at_start=True,
        doc="share of edges inside an industry")


def of_known_form(path: Path) -> Path:
    """Refuse a graph whose form its ending does not tell."""
    if path.suffix.lower() not in GRAPH_ENDINGS:
        raise problem(f"{path.name}: the ending tells the form of a graph; use "
                      f"{', '.join(GRAPH_ENDINGS)}")
    return path


class FileNetwork(Parameters):
    """A graph of the user's own."""

    family: Literal["file"] = param(
        "file", unit="", source="the user", doc="a graph of your own, from a file")
    path: Annotated[InputFile, AfterValidator(of_known_form)] = param(
        ..., unit="", source="the user", at_start=True,
        doc="GraphML (.graphml) or a list of edges (.csv, .tsv, .txt, .edges, .edgelist), "
            "relative to the file that says it; it has as many nodes as there are agents")
    industries: Whole | None = param(
        None, unit="industries", bounds=(1, LARGEST_INDUSTRIES), at_start=True,
        source="`industry` of the file's nodes, else one",
        doc="blocks of about equal size, of enterprises whose nodes have no `industry`")


class Employment(Parameters):
    """Who works for whom."""

    employed_share: float = param(
        0.60, unit="share", bounds=(0, 1), range=(0.3, 0.9), source="assumed", at_start=True,
        doc="share of developers who work for one of the enterprises, in proportion to seats")


class Start(Parameters):
    """Who has adopted what when the run begins."""

    adopted: Share = param(
        0, unit="share", bounds=(0, 1), source="no one has adopted in January 2023", at_start=True,
        doc="share of agents who have adopted")
    shares: Annotated[
        Mapping[ProviderName, Share], AfterValidator(FrozenMap), AfterValidator(sums_to_one)
    ] = param(
        FrozenMap(), unit="share", bounds=(0, 1), source="nobody", whole=True, at_start=True,
        doc="how the adopted divide over providers")
    tenure: Whole = param(
        0, unit="month", bounds=(0, LONGEST_TENURE), source="new users", at_start=True,
        doc="months since the adopted chose their provider")

    @model_validator(mode="after")
    def adopted_on_someone(self) -> "Start":
        """Refuse adopters who are on nobody."""
        if self.adopted and not self.shares:
            raise problem("adopters need a provider; give `shares`, as {OpenAI: 1}", "adopted")
        return self


# fmt: on


def in_family(family: str) -> BeforeValidator:
    """Fill in the family of a network whose settings do not name one."""
    return BeforeValidator(
        lambda value: {"family": family, **value} if isinstance(value, Mapping) else value
    )


GeneratedNetwork = NoNetwork | Complete | Ring | RingHubs | PowerLawCluster | StochasticBlock
NetworkSettings = Annotated[GeneratedNetwork | FileNetwork, Field(discriminator="family")]


# fmt: off


class Networks(Parameters):
    """Who knows whom, and who works for whom."""

    developers: Annotated[NetworkSettings, in_family("power_law_cluster")] = PowerLawCluster()
    consumers: Annotated[NetworkSettings, in_family("ring")] = Ring()
    enterprises: Annotated[NetworkSettings, in_family("stochastic_block")] = StochasticBlock()
    employment: Employment = Employment()
    seed: Whole | None = param(
        None, unit="", bounds=(0, LARGEST_SEED), source="the run's seed", at_start=True,
        doc="seed of who knows whom and who is employed, and of nothing else (how large employers "
            "are is luck of the run); runs that share it differ in all luck but that of networks")


# fmt: on


class Initial(Parameters):
    """State of the populations when the run begins."""

    developers: Start = Start()
    consumers: Start = Start()
    enterprises: Start = Start()


def freezable(states: Mapping[str, float]) -> FrozenMap[str, float]:
    """Refuse states that do not exist, and values outside their bounds."""
    for path, value in states.items():
        section, _, rest = path.partition(".")
        state, _, provider = rest.partition(".")
        if section == "supply" and state in FREEZABLE and (provider or "." not in rest):
            said = FREEZABLE[state]
            bounds = said.bounds if said and said.bounds else (-math.inf, math.inf)
            unit = said.unit if said else ""
        elif section in POPULATIONS and rest == "tenure":
            unit, bounds = "month", (0, LONGEST_TENURE)
        else:
            raise problem(
                "no such state; use supply." + "|".join(FREEZABLE) + ", alone or followed by "
                ".PROVIDER, or " + "|".join(POPULATIONS) + ".tenure",
                path,
            )
        if not bounds[0] <= value <= bounds[1]:
            raise problem(outside(value, unit, *bounds), path)
    return FrozenMap(sorted(states.items()))


def state_forms() -> dict[str, Any]:
    """JSON Schema of the states that can be held, for editors."""
    forms: dict[str, Any] = {}
    for name, said in FREEZABLE.items():
        low, high = said.bounds if said and said.bounds else (-math.inf, math.inf)
        forms[f"supply.{name}"] = {"type": ["number", "null"], "minimum": low, "maximum": high}
    for name in POPULATIONS:
        tenure = {"type": ["number", "null"], "minimum": 0, "maximum": LONGEST_TENURE}
        forms[f"{name}.tenure"] = tenure
    measures = "|".join(FREEZABLE)
    return {
        "type": "object",
        "properties": forms,
        "patternProperties": {rf"^supply\.({measures})\..+$": {"type": "number"}},
    }


Freeze = Annotated[Mapping[str, float], AfterValidator(freezable), WithJsonSchema(state_forms())]
