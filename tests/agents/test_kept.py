"""What is kept between markets: the same as anew, never too much, and not written into."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from agents.kept import KEPT, Kept, kept
from simulation.config import load
from simulation.config_layers import CHECKOUT
from simulation.market import Market, run

BASELINE = CHECKOUT / "configs" / "baseline.yaml"
SIZES = ["developers.count=300", "consumers.count=300", "enterprises.count=60", "apps.count=20"]


pytestmark = pytest.mark.usefixtures("keeping")


def ones(bytes_: int) -> np.ndarray:
    return np.ones(bytes_, np.uint8)


def test_what_was_not_asked_for_longest_goes_first() -> None:
    found = Kept(100)
    for name in "abc":
        found.keep(name, ones(30))
    assert found.find("a") is not None
    found.keep("d", (ones(10), 5, ones(20)))  # an array of a tuple counts, a number does not
    assert [found.find(name) is not None for name in "abcd"] == [True, False, True, True]
    assert found.size == 90


def test_what_is_too_large_is_not_kept_and_drives_nothing_out() -> None:
    found = Kept(100)
    found.keep("small", ones(60))
    found.keep("large", ones(101))
    assert found.find("large") is None
    assert found.find("small") is not None
    found.keep("small", ones(70))  # found twice at once: the first stays
    assert found.size == 60


def test_a_function_is_asked_once_and_for_each_kind_of_argument() -> None:
    asked = []

    @kept
    def of(number: float) -> np.ndarray:
        asked.append(number)
        return np.full(2, number)

    assert of(1) is of(1)
    assert of(1.0) is not of(1)
    assert asked == [1, 1.0]


def test_threads_share_it() -> None:
    found = Kept(1_000)

    def use(first: int) -> None:
        for number in range(first, first + 2_000):
            found.keep(number % 50, ones(40))
            found.find((number + 7) % 50)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(use, range(4)))
    assert found.size == 40 * len(found.results) <= 1_000


def test_a_market_has_the_networks_of_the_one_before_and_is_the_same() -> None:
    config = load(BASELINE, [*SIZES, "months=30"])
    anew = run(config)
    held = {name: graph.neighbours.copy() for name, graph in Market(config).graphs.items()}
    again = run(config)
    for table in ("market", "agents", "contracts"):
        for name, column in anew.table(table).items():
            other = again.table(table)[name]
            assert repr(column.tolist()) == repr(other.tolist())  # nan is nan
    graphs = Market(config).graphs
    KEPT.clear()
    for name, graph in Market(config).graphs.items():
        assert graph.neighbours is not graphs[name].neighbours
        assert graph.neighbours.tobytes() == held[name].tobytes()
        assert graph.neighbours.tobytes() == graphs[name].neighbours.tobytes()


def test_other_settings_sizes_seeds_and_populations_have_networks_of_their_own() -> None:
    first = Market(load(BASELINE, [*SIZES, "months=3"]))
    assert first.graphs["developers"].neighbours is not first.graphs["consumers"].neighbours
    for change, names in (
        ("seed=7", ("developers", "consumers", "enterprises")),
        ("networks.developers.links=3", ("developers",)),
        ("networks.consumers.rewiring=.2", ("consumers",)),
        ("developers.count=301", ("developers",)),
    ):
        other = Market(load(BASELINE, [*SIZES, "months=3", change]))
        for name, graph in other.graphs.items():
            shared = graph.neighbours is first.graphs[name].neighbours
            assert shared != (name in names)


def test_criteria_of_one_market_may_be_written_into() -> None:
    config = load(BASELINE, [*SIZES, "months=3"])
    first = Market(config)
    before = first.enterprises.criteria.copy()
    first.enterprises.criteria[:] = 0.0
    assert (Market(config).enterprises.criteria == before).all()
