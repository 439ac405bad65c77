"""Who the providers are by the present config: their means, strategies and countries."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.labs import Means, means_of
from agents.provider_parameters import ProviderParameters
from agents.strategy import Strategy
from simulation.decisions import Question, own_questions, places_of
from simulation.entrants import entrants_of

if TYPE_CHECKING:
    from simulation.config import Config


class Roster(NamedTuple):
    """Providers by code.

    config : what it was made from; events make another.  means : settings as arrays.
    strategies, settings : by code.  questions : by code, what its strategy is asked each month,
    because it does not decide it by the routine.  places : by code, where its answers stand.
    origins : (16,), country codes, empty where there is nobody.
    families : strategies of entrants by code, empty elsewhere.  entries : months in which somebody
    of the config enters.
    refused, restricted : (16,), flags, whose weights enterprises do not admit, and who is under
    export control.  surcharge : (16,), paid on top of the rent, as a share of it (E4).
    """

    config: "Config"
    families: tuple[str, ...]
    means: Means
    strategies: dict[int, Strategy]
    questions: dict[int, list[Question]]
    places: dict[int, list[int]]
    settings: dict[int, ProviderParameters]
    entries: tuple[int, ...]
    origins: NDArray[np.str_]
    refused: NDArray[np.bool_]
    restricted: NDArray[np.bool_]
    surcharge: NDArray[np.float64]


def own_strategies(config: "Config", given: Mapping[str, Strategy]) -> dict[str, Strategy]:
    """Strategies that a user hands over, by provider.

    Raises
    ------
    TypeError
        Something is no strategy object.
    ValueError
        The config has no such provider, or its providers do not decide.
    """
    if given and not config.supply.endogenous:
        raise ValueError(
            "strategies need providers that decide: the supply of this config is not endogenous"
        )
    for name, strategy in given.items():
        if name not in config.providers:
            known = ", ".join(config.providers)
            raise ValueError(f"strategies: no provider {name!r} (there are {known})")
        if not isinstance(strategy, Strategy):
            raise TypeError(
                f"strategies: {strategy!r}, for {name}, is no object of a subclass of "
                "agents.strategy.Strategy"
            )
    return dict(given)


def roster_of(
    config: "Config",
    names: Sequence[str],
    families: tuple[str, ...],
    strategies: Mapping[str, Strategy],
) -> Roster:
    """Roster of a config; names, and strategies of entrants, by code.

    strategies : of the user, which stand in for those of the config.
    """
    known = {**config.providers, **entrants_of(config, names, families)}
    origins = np.zeros(CODES, "<U2")
    found: dict[int, Strategy] = {}
    settings = {}
    for code, name in enumerate(names):
        own = known.get(name)
        if own is not None:
            origins[code] = own.origin
            found[code], settings[code] = strategies.get(name, own.strategy), own
    compute = config.compute
    refused = np.isin(origins, config.enterprises.excluded_origins)
    restricted = (origins != "") & (origins == (compute.export_region or ""))
    surcharge = np.where(restricted, compute.export_surcharge, 0.0)
    means = means_of(known, names)
    asked = {code: own_questions(type(strategy)) for code, strategy in found.items()}
    places = {code: places_of(code, questions) for code, questions in asked.items()}
    return Roster(
        config,
        families,
        means,
        found,
        asked,
        places,
        settings,
        tuple(own.entry for own in config.providers.values()),
        origins,
        refused,
        restricted,
        surcharge,
    )
