"""Which regime a month is in: a monopoly, an open market or an oligopoly (section 8 of the paper).

The openness index is the mean of three terms from 0 to 1: how evenly revenue is shared, how much of
the use runs on open weights, and how many providers are near the most capable model there is.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from agents.codes import OPEN
from simulation.columns import NOBODY

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
FRONTIER_DISTANCE = 0.5  # OOM below the best model within which a provider is at the frontier
FULL_FRONTIER = 5  # providers there from which on the frontier counts as open
MONOPOLY_ABOVE = 0.5  # HHI of revenue
OPEN_ABOVE = 0.5  # openness index
REGIMES = ("monopoly", "open", "oligopoly")  # in the order in which they are tested


def frontier_providers(capability: ArrayLike, of_a_provider: ArrayLike) -> NDArray[np.int64]:
    """How many providers are at most `FRONTIER_DISTANCE` behind the best model, a ≥ a* − 0.5.

    Parameters
    ----------
    capability : (..., models), OOM
        NaN for a model that is not on offer.
    of_a_provider : (models,), bool
        False for OPEN: the open fringe moves the frontier a* and is no provider at it.

    Returns
    -------
    (...,), providers
        0 where nothing is on offer.
    """
    level = np.nan_to_num(np.asarray(capability, np.float64), nan=-np.inf)
    best = level.max(axis=-1, keepdims=True, initial=-np.inf)
    near = np.isfinite(level) & (level >= best - FRONTIER_DISTANCE)
    return np.asarray((near & np.asarray(of_a_provider)).sum(axis=-1), np.int64)


def openness_terms(
    concentration: ArrayLike, open_share: ArrayLike, at_frontier: ArrayLike
) -> dict[str, Array]:
    """The three terms of the openness index by name, each 0-1 and of the shape of the arguments.

    Parameters
    ----------
    concentration : HHI of revenue, 0-1
        NaN where there is no revenue.
    open_share : share of all tokens that OPEN serves
    at_frontier : providers at the frontier
    """
    return {
        "openness_shares": 1.0 - np.asarray(concentration, np.float64),
        "openness_weights": np.asarray(open_share, np.float64),
        "openness_frontier": np.minimum(1.0, np.asarray(at_frontier) / FULL_FRONTIER),
    }


def openness(terms: dict[str, Array]) -> Array:
    """Openness index O, the mean of its terms; NaN where one of them is."""
    return np.asarray(sum(terms.values()) / len(terms), np.float64)


def regimes(concentration: ArrayLike, index: ArrayLike) -> NDArray[np.object_]:
    """Regime by HHI of revenue and openness index; `none` where there is no revenue.

    The order of the tests counts: a market that open weights have conquered can be a monopoly.
    """
    held = np.asarray(concentration, np.float64)
    tests = {"monopoly": held > MONOPOLY_ABOVE, "open": np.asarray(index) > OPEN_ABOVE}
    label = np.select(list(tests.values()), list(tests), "oligopoly")
    return np.asarray(np.where(np.isnan(held), NOBODY, label), object)


def regime_columns(
    history: "History", concentration: Array, open_share: Array
) -> dict[str, NDArray[np.generic]]:
    """Columns of the market table, (months,), from its columns hhi_revenue and open_token_share."""
    of_a_provider = history.codes != OPEN
    at_frontier = frontier_providers(models_on_offer(history), of_a_provider)
    terms = openness_terms(concentration, open_share, at_frontier)
    index = openness(terms)
    return {
        "frontier_providers": at_frontier,
        "active_providers": (history.raw["live"].any(axis=1) & of_a_provider).sum(axis=1),
        "openness": index,
        **terms,
        "regime": regimes(concentration, index),
    }


def models_on_offer(history: "History") -> Array:
    """Capability of each provider's model, OOM, (months, providers); NaN without an offer.

    It is a provider's own model where providers decide, and on record its most capable offer in any
    segment: what is sold to firms alone would leave out labs that give their weights away.
    """
    live = history.raw["live"]
    if history.recorder.market.endogenous:
        model = history.labs["model_capability"]
    else:
        model = np.where(live, history.raw["capability"], -np.inf).max(axis=1)
    return np.where(live.any(axis=1), model, np.nan)
