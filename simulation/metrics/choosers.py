"""What the measures of choice of developers and of enterprises have in common: section 7.13."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.equations.substitution import Response
from simulation.config import Config, with_changes
from simulation.offers import nest_members

if TYPE_CHECKING:
    from simulation.tables import History

Array = NDArray[np.float64]


class Substitution(NamedTuple):
    """How the choosers of a segment substitute, by month.

    response : choices (months, providers) and their slopes (months, providers, providers).
    surplus : (months,), ln price, from an arbitrary level.  looking : (months,), share of those
    with a provider who choose this month.  use : (months,), elasticity of use per chooser.
    """

    response: Response
    surplus: Array
    looking: Array
    use: Array


def settings_of_months(history: "History") -> list[Config]:
    """The config of each month: events that are due change it, as in the market."""
    config, found = history.config, []
    for month in range(history.months):
        for event in config.events.values():
            if event.month == month:
                config = with_changes(config, dict(event.set))
        found.append(config)
    return found


def nested_offers(history: "History", segment: int) -> NDArray[np.bool_]:
    """Offers of a segment in the nest of open weights, shape (months, providers)."""
    months = history.recorder.months
    members = [
        nest_members(live, released)[segment, history.codes]
        for live, released in zip(months["live"], months["nested"], strict=True)
    ]
    return np.stack(members) > 0


def quotient(part: NDArray[Any], whole: NDArray[Any], missing: float = np.nan) -> Array:
    """`part` over `whole`, and `missing` where there is nothing to divide by."""
    found = np.full(np.shape(part), missing)
    return np.asarray(np.divide(part, whole, out=found, where=np.asarray(whole) > 0.0))
