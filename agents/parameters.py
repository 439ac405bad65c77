"""Parameters that carry their unit, bounds, plausible range, source and meaning.

One declaration, `param(...)`, feeds validation, the JSON Schema, MODEL.md's parameter table, the
default bounds of sweeps and the notes on values outside the plausible range.  *Bounds* are hard:
a value outside is an error.  The *range* is plausible: a value outside is legal and noted, so that
limit cases are plain configs.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple, NoReturn, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

K = TypeVar("K")
V = TypeVar("V")
E = TypeVar("E")

EXACT_WHOLE = 2**53  # whole floats above this have lost digits
SUM_TOLERANCE = 1e-9
NAME_PATTERN = r"^[A-Za-z0-9]([A-Za-z0-9_. -]{0,38}[A-Za-z0-9_.-])?$"
ORIGIN_PATTERN = r"^[A-Z]{2}$"


class About(NamedTuple):
    """What a parameter means; see `param` for the fields."""

    unit: str = ""
    bounds: tuple[float, float] | None = None
    range: tuple[float, float] | None = None
    source: str = ""
    symbol: str = ""
    seen_to: str | None = None
    at_start: bool = False
    whole: bool = False


class Declaration(NamedTuple):
    """One row of the parameter table: where it is declared, its default and what it means."""

    path: str
    default: Any
    doc: str
    about: About


def param(  # noqa: PLR0913  # a declaration: every argument is named where it is used
    default: Any,
    *,
    unit: str,
    doc: str,
    source: str,
    bounds: tuple[float, float] | None = None,
    range: tuple[float, float] | None = None,  # noqa: A002  # the word that MODEL.md uses
    symbol: str = "",
    seen_to: str | None = None,
    at_start: bool = False,
    whole: bool = False,
) -> Any:
    """Declare a parameter as a pydantic field.

    Parameters
    ----------
    default : value of the field's type
        Immutable: lists are tuples and maps are `FrozenMap`.
    unit : text
        Its unit in words, "-" for a pure number, "" for a choice or a name.
    doc : text
        What it means, as a phrase.
    source : text
        Where the default comes from, in a few words; "assumed" if nowhere.
    bounds : (low, high), in `unit`
        Hard bounds, both ends allowed.
    range : (low, high), in `unit`
        Plausible range; None where no single range makes sense.
    symbol : text
        Its letter in MODEL.md's equations.
    seen_to : YYYY-MM
        Month of the latest fact that the default was chosen from.
    at_start : bool
        Read once, when the market is built: an event cannot change it.
    whole : bool
        A map that is one value, as a distribution is: a later file replaces it, never merges.

    """
    about = About(unit, bounds, range, source, symbol, seen_to, at_start, whole)
    low, high = bounds if bounds and not isinstance(default, FrozenMap) else (None, None)
    told = {name: value for name, value in about._asdict().items() if value}
    return Field(default, ge=low, le=high, description=doc, json_schema_extra=told)


class FrozenMap(dict[K, V]):
    """A map that cannot be changed and can be hashed."""

    def refuse(self, *_: Any) -> NoReturn:
        """Stand in for every method that would change the map."""
        raise TypeError("a config cannot be changed; use simulation.config.with_changes")

    __setitem__ = __delitem__ = __ior__ = refuse
    clear = pop = popitem = setdefault = update = refuse

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash of the entries, whatever their order."""
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type, tuple[dict[K, V]]]:
        """Copy and pickle through the constructor, since items cannot be set."""
        return type(self), (dict(self),)


def problem(text: str, *at: str) -> PydanticCustomError:
    """Error that names the entry `at` below the value being validated, and its cure."""
    return PydanticCustomError("problem", "{text}", {"text": text, "at": at})


def as_whole(value: Any) -> Any:
    """Take 1e6 for 1000000, as JSON and people do; anything else is left for the type to judge."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT_WHOLE:
        return int(value)
    return value


def as_tuple(value: Any) -> Any:
    """Take a list for a tuple; anything else is left for the type to judge."""
    return tuple(value) if isinstance(value, list) else value


def unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a list that names something twice."""
    seen = set()
    for name in names:
        if name in seen:
            raise problem(f"{name!r} stands twice in the list; keep one")
        seen.add(name)
    return names


def not_empty(entries: E) -> E:
    """Refuse a list or map without entries."""
    if not entries:
        raise problem("nothing stands here; add an entry")
    return entries


def sums_to_one(shares: FrozenMap[K, float]) -> FrozenMap[K, float]:
    """Refuse shares or probabilities that do not sum to 1 within `SUM_TOLERANCE`."""
    total = math.fsum(shares.values())
    if shares and abs(total - 1.0) > SUM_TOLERANCE:
        raise problem(f"the entries sum to {total:.12g}, not 1; change them so that they sum to 1")
    return shares


Whole = Annotated[int, BeforeValidator(as_whole)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Names = Annotated[tuple[Name, ...], BeforeValidator(as_tuple), AfterValidator(unique)]
Origin = Annotated[str, StringConstraints(pattern=ORIGIN_PATTERN)]
Origins = Annotated[tuple[Origin, ...], BeforeValidator(as_tuple), AfterValidator(unique)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Parameters(BaseModel):
    """Base of every section: strict, frozen, finite, and unknown keys are errors.

    words : flags of a section that may stand for all of it, as in `supply: endogenous`.
    """

    words: ClassVar[tuple[str, ...]] = ()

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True
    )


def about(field: FieldInfo) -> About | None:
    """Return what `param` said of a field; None for a field that is not a parameter."""
    told: Any = field.json_schema_extra
    return About(**told) if isinstance(told, dict) and "source" in told else None


def sections(annotation: Any) -> list[type[Parameters]]:
    """Every class of parameters inside an annotation, in order."""
    if isinstance(annotation, type) and issubclass(annotation, Parameters):
        return [annotation]
    return [found for part in get_args(annotation) for found in sections(part)]


def declarations(section: type[Parameters], prefix: str = "") -> Iterator[Declaration]:
    """Every parameter of a section and of the sections in it, in the order of declaration.

    Where a section takes one of several forms, the form's name stands in the path, as in
    `networks.developers.ring.degree`; entries of a keyed collection stand under `NAME`.
    """
    for name, field in section.model_fields.items():
        said = about(field)
        path = f"{prefix}{name}"
        if said:
            yield Declaration(path, field.default, field.description or "", said)
            continue
        inner = sections(field.annotation)
        keyed = isinstance(field.default, Mapping)
        for form in inner:
            family = form.model_fields.get("family")
            step = ".NAME" if keyed else f".{family.default}" if family else ""
            yield from declarations(form, f"{path}{step}.")
