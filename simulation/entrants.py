"""Places for unscheduled entrants: which there are, who has them, and with which settings (E43)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from agents.codes import CODES, NAMED
from agents.entry_parameters import EntryParameters
from agents.provider_parameters import ProviderParameters
from agents.strategy_catalogue import STRATEGIES

if TYPE_CHECKING:
    from simulation.config import Config

PLACE = "Entrant"


class Entrants(NamedTuple):
    """Who has the places for entrants.

    labels : (16,), names by which draws are keyed, one for each company.
    families : (16,), strategies of the entrants, empty elsewhere.  founded : companies so far.
    """

    labels: tuple[str, ...]
    families: tuple[str, ...]
    founded: int


def nobody_yet(names: Sequence[str]) -> Entrants:
    """No entrant at the start; `names` by code."""
    return Entrants(tuple(names), ("",) * CODES, 0)


def places_for_entrants(config: "Config") -> list[str]:
    """Names of the codes that are kept for entrants, where there can be any."""
    if config.entry.hazard == 0.0:
        return []
    taken = len(set(config.providers) - set(config.supply.exclude))
    return [f"{PLACE} {number + 1}" for number in range(NAMED - taken)]


def entrants_of(
    config: "Config", names: Sequence[str], families: tuple[str, ...]
) -> dict[str, ProviderParameters]:
    """Settings of entrants by name: those that the config has for all of them (E43)."""
    of_all = zip(names, families, strict=True)
    return {name: entrant(config.entry, family) for name, family in of_all if family}


@lru_cache(maxsize=64)
def entrant(form: EntryParameters, family: str) -> ProviderParameters:
    """Settings of an entrant with a strategy."""
    return ProviderParameters(
        strategy=STRATEGIES[family](),
        safety=form.safety,
        brand=form.brand,
        execution=form.execution,
        leverage=form.leverage,
        optimism=form.optimism,
        ambition=form.ambition,
        focus=form.focus,
        allocation=form.allocation,
    )
