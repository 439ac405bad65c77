"""`networks.seed` keys who knows whom and who is employed, and nothing else.

How many a firm employs goes with its size, which is luck of the run.
"""

import hashlib
from typing import Any

import numpy as np
import pytest

from agents.developers import NO_EMPLOYER
from agents.graph import edges
from simulation.config import ConfigError, load
from simulation.market import Market

SMALL: dict[str, Any] = {
    "months": 3,
    "supply": {"offers": {"A": {}, "B": {}}},
    "developers": {"count": 300},
    "consumers": {"count": 200},
    "enterprises": {"count": 200},
}


def market(seed: int, network: int | None) -> Market:
    """A small market before its first month."""
    return Market(load(SMALL | {"seed": seed, "networks": {"seed": network}}))


def drawn(found: Market) -> dict[str, str]:
    """Hash of everything that is drawn when a market is built, by name."""
    kept = {f"network.{name}": np.stack(edges(graph)) for name, graph in found.graphs.items()}
    kept["network.employed"] = found.developers.employer != NO_EMPLOYER
    for people in (found.developers, found.consumers, found.enterprises):
        for name, column in vars(people).items():
            if isinstance(column, np.ndarray) and name != "employer":
                kept[f"{type(people).__name__}.{name}"] = column
    return {name: hashlib.sha256(column.tobytes()).hexdigest() for name, column in kept.items()}


def networks(found: dict[str, str]) -> dict[str, str]:
    """What belongs to the networks."""
    return {name: hashed for name, hashed in found.items() if name.startswith("network.")}


def test_without_one_the_seed_of_the_run_is_taken() -> None:
    assert drawn(market(5, None)) == drawn(market(5, 5))


def test_one_network_for_two_seeds() -> None:
    one, other = drawn(market(5, 8)), drawn(market(6, 8))
    assert networks(one) == networks(other)
    assert networks(one) == networks(drawn(market(8, None)))
    differing = {name for name in one if one[name] != other[name]}
    assert differing and not differing & set(networks(one))


def test_two_networks_for_one_seed_and_no_other_difference() -> None:
    one, other = drawn(market(5, 8)), drawn(market(5, 9))
    differing = {name for name in one if one[name] != other[name]}
    assert differing == set(networks(one))


def test_a_seed_of_networks_has_the_bounds_of_seeds() -> None:
    for wrong in (-1, 2**63, 1.5, "a"):
        with pytest.raises(ConfigError, match=r"networks\.seed"):
            load(SMALL | {"networks": {"seed": wrong}})


def test_an_event_cannot_change_it() -> None:
    event = {"e": {"month": 1, "set": {"networks.seed": 3}}}
    with pytest.raises(ConfigError, match=r"networks\.seed"):
        load(SMALL | {"events": event})
