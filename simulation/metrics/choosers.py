"""What the measures of choice of developers and of enterprises have in common: section 7.13."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.equations.substitution import Response
from simulation.offers import nest_members

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.history import History

Array = NDArray[np.float64]
NOTHING = 1e-100  # a quotient by less could be too large for a number


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


class Rules(NamedTuple):
    """What the config says of choice in a month: events may change it.  As arrays, (months,).

    Of developers, but for the first, and the last, which is of firms.  probability : NaN where
    the hazards of E20 hold.
    """

    dissimilarity: Any
    price_weight: Any
    peer_weight: Any
    by_log: Any
    use: Any
    factor: Any
    base: Any
    growth: Any
    span: Any
    looking_base: Any
    looking_release: Any
    looking_shock: Any
    probability: Any
    use_of_firms: Any


def rules_of(config: "Config") -> Rules:
    """The numbers of one month."""
    people = config.developers
    probability = people.reconsideration_probability
    return Rules(
        config.choice.nest_dissimilarity,
        people.price_weight,
        people.peer_weight,
        people.peer_form == "log",
        people.price_elasticity,
        people.switching_cost_factor,
        people.switching_cost_base,
        people.switching_cost_growth,
        people.switching_cost_months,
        people.reconsideration_base,
        people.reconsideration_release,
        people.reconsideration_shock,
        np.nan if probability is None else probability,
        config.enterprises.price_elasticity,
    )


def rules_by_month(history: "History") -> Rules:
    """The same of all months, as arrays."""
    return Rules(*np.array(history.recorder.months["rules"], np.float64).T)


def nested_offers(history: "History", segment: int) -> NDArray[np.bool_]:
    """Offers of a segment in the nest of open weights, shape (months, providers)."""
    months = history.recorder.months
    members = nest_members(np.stack(months["live"]), np.stack(months["nested"]))
    return members[:, segment, history.codes] > 0


def quotient(part: NDArray[Any], whole: NDArray[Any], missing: float = np.nan) -> Array:
    """`part` over `whole`, and `missing` where there is next to nothing to divide by."""
    found = np.full(np.shape(part), missing)
    return np.asarray(np.divide(part, whole, out=found, where=np.asarray(whole) > NOTHING))
