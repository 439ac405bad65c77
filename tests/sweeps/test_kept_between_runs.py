"""What is kept from one run of a sweep for the next changes no byte of it, in whatever order."""

import random

import pytest
from small_sweeps import loaded

from agents.kept import KEPT, MOST
from experiments.sweeps.sweep import SweepFile
from experiments.sweeps.worker import run_job
from simulation.config_layers import CHECKOUT

BASELINE = CHECKOUT / "configs" / "baseline.yaml"
BASE = (
    f"schema_version: 1\nextends: {BASELINE}\nmonths: 6\n"
    "developers: {count: 120}\nconsumers: {count: 120}\nenterprises: {count: 80}\n"
)
FACTORS = (
    "{developers.peer_weight: {range: [0, 4]}, enterprises.criteria.safety: {range: [1, 8]}, "
    "networks.developers.links: {values: [3, 4]}, graph: {choices: {base: {}, "
    "ring: {networks.consumers: ring, networks.consumers.degree: 4}}}}"
)


def results(sweep: SweepFile, order: list[int]) -> dict[int, object]:
    """Outcomes and tables of the runs, by number."""
    jobs = sweep.jobs()
    found = {number: run_job(sweep, jobs[number]) for number in order}
    return {number: (result.outcomes, result.tables) for number, result in found.items()}


@pytest.mark.usefixtures("folder", "keeping")
def test_runs_are_the_same_with_what_others_left_and_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweep = loaded(
        BASE,
        factors=FACTORS,
        design="{kind: lhs, points: 6}",
        replicates="{seeds: 2, networks: 2}",
        keep="[market, agents, contracts, flows]",
    )
    in_order = list(range(len(sweep.jobs())))
    monkeypatch.setattr(KEPT, "most", 0)
    anew = results(sweep, in_order)
    assert not KEPT.results
    assert len({repr(result) for result in anew.values()}) == len(anew)
    monkeypatch.setattr(KEPT, "most", MOST)
    kept = results(sweep, random.Random(4).sample(in_order, len(in_order)))
    assert len(KEPT.results) > 4
    assert kept == anew
