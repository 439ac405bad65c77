"""Who offers what: the recorded supply, or constant offers written into a config."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from agents.compute_parameters import SupplierParameters
from agents.finance_parameters import InputFile
from agents.investor_parameters import InvestorParameters
from agents.parameters import (
    FrozenMap,
    Name,
    Names,
    Origin,
    Parameters,
    about,
    as_tuple,
    not_empty,
    param,
    problem,
    unique,
)
from agents.provider_parameters import ProviderParameters
from simulation.columns import NOBODY, SEGMENTS

MOST_NAMED = 14
OPEN = "OPEN"
LONGEST_RUNWAY = 1200  # months

Segment = Literal["coding", "enterprise", "consumer"]


def outside(value: float, unit: str, low: float, high: float) -> str:
    """Say that a value lies outside its bounds, and what to do."""
    unit = f" {unit}" if unit not in ("", "-") else ""
    return f"{value:.12g}{unit} is outside [{low:.12g}, {high:.12g}]; choose a value inside"


def not_nobody(name: str) -> str:
    """Refuse the name that stands for no provider in the tables."""
    if name.lower() == NOBODY:
        raise problem(f"{name!r} stands for no provider in the tables; choose another name")
    return name


def in_every_segment(value: Any) -> Any:
    """Take one number for all segments; a map is left for the type to judge."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return dict.fromkeys(SEGMENTS, value) if number else value


def everywhere(value: float) -> FrozenMap[str, float]:
    """One number for all segments."""
    return FrozenMap(dict.fromkeys(SEGMENTS, value))


ProviderName = Annotated[Name, AfterValidator(not_nobody)]
PerSegment = Annotated[
    Mapping[Segment, float],
    BeforeValidator(in_every_segment),
    AfterValidator(FrozenMap),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {
                    "type": "object",
                    "properties": {segment: {"type": "number"} for segment in SEGMENTS},
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
Segments = Annotated[
    tuple[Segment, ...],
    BeforeValidator(as_tuple),
    AfterValidator(not_empty),
    AfterValidator(unique),
]
Providers = Annotated[Mapping[ProviderName, ProviderParameters], AfterValidator(FrozenMap)]
Suppliers = Annotated[Mapping[Name, SupplierParameters], AfterValidator(FrozenMap)]
Investors = Annotated[Mapping[Name, InvestorParameters], AfterValidator(FrozenMap)]
BY_SEGMENT = ("capability", "price", "safety", "brand", "product_term")

# A table, set by hand: one parameter a paragraph.
# fmt: off


class Offer(Parameters):
    """A provider that offers the same in every month, to small experiments and limit cases."""

    capability: PerSegment = param(
        everywhere(0.0), unit="OOM", bounds=(-20, 40), source="GPT-4 is .85",
        doc="capability: one number, or one for each segment")
    price: PerSegment = param(
        everywhere(10.0), unit="$/Mtok", bounds=(1e-6, 1e6), source="round",
        doc="list price, blended 3:1: one number, or one for each segment")
    safety: PerSegment = param(
        everywhere(0.5), unit="-", bounds=(0, 1), source="middle of the index",
        doc="safety index: one number, or one for each segment")
    brand: PerSegment = param(
        everywhere(1.0), unit="-", bounds=(0, 100), source="round",
        doc="brand stock: one number, or one for each segment")
    product_term: PerSegment = param(
        everywhere(0.0), unit="util", bounds=(-50, 50), source="none",
        doc="what the other terms do not measure: one number, or one for each segment")
    reliability: float = param(
        1, unit="share", bounds=(0, 1), source="all demand is served",
        doc="share of demand that is served")
    runway: float = param(
        60, unit="month", bounds=(0, LONGEST_RUNWAY), source="backed by a parent",
        doc="months of cash at the present burn")
    open_weights: bool = param(
        False, unit="", source="closed",
        doc="releases its weights: it joins the nest of open offers")
    origin: Origin = param(
        "US", unit="", source="most providers", doc="country code of its weights")
    segments: Segments = param(
        SEGMENTS, unit="", source="all", doc="segments that it serves")

    @field_validator(*BY_SEGMENT)
    @classmethod
    def within_bounds(cls, values: Mapping[str, float], info: ValidationInfo) -> Any:
        """Hold the entry of each segment to the bounds of the quantity."""
        name = str(info.field_name)
        said = about(cls.model_fields[name])
        for segment, value in values.items():
            if said and said.bounds and not said.bounds[0] <= value <= said.bounds[1]:
                raise problem(outside(value, said.unit, *said.bounds), segment)
        return values

    @model_validator(mode="after")
    def named_for_each_segment(self) -> "Offer":
        """Refuse a map that leaves out a segment that the provider serves."""
        for name in BY_SEGMENT:
            for segment in self.segments:
                if segment == "consumer" and name == "price":  # a subscription, no price per token
                    continue
                if segment not in getattr(self, name):
                    raise problem(f"no entry for {segment}, which the provider serves; add it, or "
                                  "leave the segment out of `segments`", name)
        return self


class Supply(Parameters):
    """What providers offer: their own decisions, a record, or constant offers."""

    words: ClassVar[tuple[str, ...]] = ("endogenous",)

    endogenous: bool = param(
        False, unit="", source="one of endogenous, recorded and offers is needed",
        doc="providers decide for themselves; `supply: endogenous` says the same")
    recorded: InputFile | None = param(
        None, unit="", source="one of endogenous, recorded and offers is needed",
        doc="CSV file of the recorded supply, relative to the file that says it")
    offers: Mapping[ProviderName, Offer] = Field(
        FrozenMap(), description="constant offers, by name of provider")
    exclude: Names = param(
        (), unit="", source="nobody", doc="providers to leave out")

    @field_validator("offers")
    @classmethod
    def not_too_many(cls, offers: Mapping[str, Offer]) -> FrozenMap[str, Offer]:
        """Refuse more providers than a choice has room for."""
        named = len([name for name in offers if name != OPEN])
        if named > MOST_NAMED:
            raise problem(f"{named} named providers; at most {MOST_NAMED} and {OPEN} are possible")
        return FrozenMap(offers)

    @model_validator(mode="after")
    def one_source(self) -> "Supply":
        """Refuse two sources, none, and a supply without providers."""
        given = [name for name in ("endogenous", "recorded", "offers") if getattr(self, name)]
        if len(given) > 1:
            both = " and ".join(f"`{name}`" for name in given)
            raise problem(f"both {both} are given; keep one and set the other to null", given[-1])
        if not given:
            raise problem("nobody supplies; give `endogenous: true`, `recorded: FILE.csv` or "
                          "`offers:`")
        if self.offers and not set(self.offers) - set(self.exclude):
            raise problem("every offer is excluded; keep at least one provider", "exclude")
        return self
