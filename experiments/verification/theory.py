"""Formulas that several cases share, written anew from the specification.

Nothing here calls the equations of the model: a mistake in them must not hide in the theory.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from simulation.config import Config

Numbers = NDArray[np.float64]

SEGMENT_OF = {"developers": "coding", "consumers": "consumer", "enterprises": "enterprise"}


def offers_of(config: "Config") -> dict[str, Any]:
    """Constant offers by name, OPEN last, which is the order of codes."""
    offers = dict(config.supply.offers)
    return {name: offers[name] for name in sorted(offers, key=lambda name: name == "OPEN")}


def column(config: "Config", name: str, segment: str) -> Numbers:
    """One quantity of every offer in a segment, shape (offers,)."""
    values = [getattr(offer, name) for offer in offers_of(config).values()]
    return np.array([value if isinstance(value, float) else value[segment] for value in values])


def utilities(config: "Config", population: str, taste: ArrayLike = 1.0) -> Numbers:
    """E17 without peers and lock-in, util: a sum of weights times what is on offer.

    taste : number or (types,), factor on the weight of capability.
    Returns shape (offers,), or (types, offers).
    """
    people, segment = getattr(config, population), SEGMENT_OF[population]
    weight = np.asarray(taste, np.float64)[..., None] * people.capability_weight
    value = weight * column(config, "capability", segment)
    value = value + people.safety_weight * column(config, "safety", segment)
    value = value + people.brand_weight * column(config, "brand", segment)
    value = value + people.reliability_weight * (column(config, "reliability", segment) - 1.0)
    value = value + column(config, "product_term", segment)
    if population == "developers":  # consumers pay no price per token
        value = value - people.price_weight * np.log(column(config, "price", segment))
    total: Numbers = value
    return total


def logit(utility: ArrayLike) -> Numbers:
    """Shares e^V / Σ e^V over the last axis."""
    weight = np.exp(np.asarray(utility, np.float64))
    shares: Numbers = weight / weight.sum(axis=-1, keepdims=True)
    return shares


def nested_logit(utility: ArrayLike, members: ArrayLike, dissimilarity: float) -> Numbers:
    """Shares where `members` form a nest of weight (Σ e^(V/λ))^λ; all shapes (offers,)."""
    weight = np.exp(np.asarray(utility, np.float64))
    inside = np.asarray(members, np.bool_)
    inner = np.where(inside, weight ** (1.0 / dissimilarity), 0.0)
    nest = inner.sum() ** dissimilarity
    outer = np.where(inside, nest * inner / inner.sum(), weight)
    shares: Numbers = outer / (nest + weight[~inside].sum())
    return shares


def looking_around(config: "Config") -> float:
    """Monthly probability that a developer reconsiders."""
    return config.developers.reconsideration_probability or 0.0


def open_members(config: "Config") -> NDArray[np.bool_]:
    """Offers in the nest of open weights: OPEN and whoever releases weights; shape (offers,)."""
    offers = offers_of(config)
    return np.array([name == "OPEN" or offer.open_weights for name, offer in offers.items()])
