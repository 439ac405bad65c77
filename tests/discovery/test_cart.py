"""CART: leaves that part the runs, with a planted box among them."""

import numpy as np
import pandas as pd
import pytest

from experiments.discovery.boxes import inside
from experiments.discovery.cart import cart
from experiments.discovery.prim import NO_REGION


def planted() -> tuple[pd.DataFrame, np.ndarray]:
    """Runs tip where a < .5 on rings."""
    rng = np.random.default_rng(0)
    places = pd.DataFrame({"a": rng.random(300), "b": rng.random(300)})
    places["graph"] = rng.choice(["ring", "hub", "none"], 300)
    box = ((places["a"] < 0.5) & (places["graph"] == "ring")).to_numpy()
    return places, (rng.random((300, 3)) < np.where(box, 0.9, 0.1)[:, None]) * 1.0


def test_planted_box_is_the_densest_leaf() -> None:
    places, region = planted()
    best = cart(places, region, name="tipped", leaves=4).leaves[0]
    limits = {limit.factor: limit for limit in best.limits}
    assert limits["a"].high == pytest.approx(0.5, abs=0.05)
    assert limits["graph"].labels == ("ring",)
    assert best.density.low < 0.9 < best.density.high
    assert best.words.startswith("a below 0.")


def test_leaves_hold_each_run_once() -> None:
    places, region = planted()
    tree = cart(places, region)
    held = np.sum([inside(places, leaf.limits) for leaf in tree.leaves], axis=0)
    assert (held == 1).all()
    assert sum(leaf.coverage.value for leaf in tree.leaves) == pytest.approx(1)
    assert sum(leaf.mass for leaf in tree.leaves) == pytest.approx(1)
    assert sum(leaf.mass * leaf.density.value for leaf in tree.leaves) == pytest.approx(tree.base)


def test_no_more_leaves_than_asked() -> None:
    places, region = planted()
    assert len(cart(places, region, leaves=3).leaves) == 3


def test_same_seed_same_tree_and_the_global_generator_is_left_alone() -> None:
    places, region = planted()
    places["copy"] = places["a"]
    first = cart(places, region, seed=1)
    assert first.leaves == cart(places, region, seed=1).leaves


def test_a_handful_of_runs_has_a_tree() -> None:
    """A twentieth of them is less than one run, of which the workbench would make none."""
    places = pd.DataFrame(
        {"rule": ["nested", "plain"] * 2, "graph": ["ring", "ring", "hub", "hub"]}
    )
    tree = cart(places, np.array([[0, 1, 0, 1]] * 3).T * 1.0)
    assert [leaf.density.value for leaf in tree.leaves] == [1, 0]


def test_a_region_of_nothing_has_a_reason() -> None:
    places, region = planted()
    assert cart(places, region * 0).reason == NO_REGION
