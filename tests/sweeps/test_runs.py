"""Runs of a sweep: configs and identities of jobs, the files of a sweep, and what is measured."""

from pathlib import Path

import numpy as np
import pytest
from small_sweeps import BASE, loaded

from experiments.run import planned
from experiments.sweeps.difference import what_changed
from experiments.sweeps.runs import Identities, config_of, identity_of, outcomes_of, tables_needed
from experiments.sweeps.stored import stored, sweep_hash
from experiments.sweeps.sweep import SweepFile
from experiments.sweeps.sweep_file import load_sweep_file
from simulation.config import load, with_changes
from simulation.market import Market

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
SHIPPED = sorted((CONFIGS / "sweeps").glob("*.yaml"))
SMALL = "developers: {count: 40}\nconsumers: {count: 40}\nenterprises: {count: 200}\n"
FACTORS = (
    "{a: {paths: [developers.peer_weight, consumers.peer_weight], range: [0, 4]}, "
    "graph: {choices: {base: {}, ring: {networks.developers: ring, networks.developers.degree: 4},"
    " nobody: {networks: {developers: none}}}}, supply.offers.A.brand: {range: [0, 2]}}"
)


def some(sweep: SweepFile) -> list[int]:
    """Numbers of a few jobs, the first and the last among them."""
    count = len(sweep.jobs())
    return sorted({0, 1, count // 3, count // 2 + 1, count - 1})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_identities_are_those_of_the_configs_that_run_would_have(path: Path) -> None:
    sweep = load_sweep_file(path)
    jobs, quick = sweep.jobs(), Identities(sweep)
    for number in some(sweep):
        job = jobs[number]
        config = config_of(sweep, job)
        assert quick(job) == identity_of(sweep, job) == planned(config, {}).identity
        slow = with_changes(sweep.base, dict(job.changes))
        assert slow == config
        assert planned(slow, {}).identity == quick(job)


def test_a_job_is_the_run_that_the_command_line_would_start(folder: Path) -> None:
    sweep = loaded(BASE + SMALL, factors=FACTORS, replicates="{seeds: 2, networks: 2}")
    job = sweep.jobs()[13]
    sets = [f"{path}={value}" for path, value in job.changes.items() if not isinstance(value, dict)]
    sets += [
        f"{path}={{{', '.join(f'{key}: {inner}' for key, inner in value.items())}}}"
        for path, value in job.changes.items()
        if isinstance(value, dict)
    ]
    assert planned(load("base.yaml", sets), {}).identity == identity_of(sweep, job)


@pytest.mark.usefixtures("folder")
def test_every_job_has_an_identity_of_its_own() -> None:
    sweep = loaded(BASE + SMALL, factors=FACTORS, replicates="{seeds: 2, networks: 2}")
    found = Identities(sweep).of(sweep.jobs())
    assert len(set(found)) == len(found) == 20
    assert found == [identity_of(sweep, job) for job in sweep.jobs()]


@pytest.mark.usefixtures("folder")
def test_a_change_of_several_values_in_one_family_is_laid_over_as_said() -> None:
    design = "{kind: grid, levels: 1}"
    sweep = loaded(BASE + SMALL, factors=FACTORS, design=design)
    networks = [config_of(sweep, job).networks.developers for job in sweep.jobs()]
    assert [network.family for network in networks] == ["power_law_cluster", "ring", "none"]
    assert networks[1].degree == 4
    assert sweep.factors[1].options[1] == {
        "networks.developers": "ring",
        "networks.developers.degree": 4,
    }


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_files_of_a_sweep_are_the_same_sweep_anywhere(path: Path, tmp_path: Path) -> None:
    sweep = load_sweep_file(path)
    for name, content in stored(sweep).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    again = load_sweep_file(tmp_path / "sweep.yaml")
    assert sweep_hash(again) == sweep_hash(sweep)
    assert (again.matrix() == sweep.matrix()).all()
    for number in some(sweep):
        assert identity_of(again, again.jobs()[number]) == identity_of(sweep, sweep.jobs()[number])
    assert stored(again) == stored(sweep)


def test_another_sweep_has_another_hash(folder: Path) -> None:
    hashes = {
        sweep_hash(loaded()),
        sweep_hash(loaded(design="{kind: lhs, points: 6}")),
        sweep_hash(loaded(design="{kind: lhs, points: 5, seed: 2}")),
        sweep_hash(loaded(replicates="2")),
        sweep_hash(loaded(outcomes="{hhi_coding: {}}")),
        sweep_hash(loaded(set="{seed: 2}")),
        sweep_hash(loaded(set="{months: 7}")),
        sweep_hash(loaded(factors="{developers.peer_weight: {range: [0, 3]}}")),
    }
    assert len(hashes) == 8
    assert sweep_hash(loaded(set="{months: 12}")) == sweep_hash(loaded(description="text"))


@pytest.mark.usefixtures("folder")
def test_outcomes_of_a_run_are_numbers_of_its_records() -> None:
    outcomes = (
        "{hhi_revenue: {}, mean: {column: hhi_coding, at: mean}, open: {column: regime, is: open}, "
        "shares: {table: providers, column: revenue_share, vector: provider}}"
    )
    sweep = loaded(BASE + SMALL, outcomes=outcomes, keep="[segments]")
    assert tables_needed(sweep) == {"market", "providers", "segments"}
    market = Market(config_of(sweep, sweep.jobs()[0]))
    while market.running:
        market.step()
    tables = market.records.tables
    found = outcomes_of(sweep, {name: tables[name] for name in tables_needed(sweep)})
    assert list(found) == ["hhi_revenue", "mean", "open", "shares"]
    assert found["hhi_revenue"] == tables["market"]["hhi_revenue"][-1]
    assert found["mean"] == pytest.approx(np.nanmean(tables["market"]["hhi_coding"]))
    assert sweep.labels("shares") == ("A", "B", "others")
    assert sweep.labels("mean") == ()
    assert found["shares"][2] == 0.0  # type: ignore[index]
    assert sum(found["shares"]) == pytest.approx(1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"design": "{kind: lhs, points: 6}"}, "design.points was 5 and is 6"),
        ({"replicates": "2"}, "replicates.seeds was 1 and is 2"),
        (
            {"factors": "{developers.peer_weight: {range: [0, 3]}, choice.upgrade_share: {}}"},
            "factors.developers.peer_weight.range was [0, 4] and is [0, 3]",
        ),
        (
            {"factors": "{choice.upgrade_share: {}, developers.peer_weight: {range: [0, 4]}}"},
            "factors.choice.upgrade_share.range stands where "
            "factors.developers.peer_weight.range stood",
        ),
        ({"set": "{months: 7}"}, "months was 12 and is 7"),
    ],
)
def test_what_changed_is_said_by_its_first_value(
    folder: Path, parts: dict[str, str], words: str
) -> None:
    began = stored(loaded())
    (folder / "began").mkdir()
    for name, content in began.items():
        (folder / "began" / name).write_bytes(content)
    assert what_changed(folder / "began", loaded(**parts)) == words
    (folder / "began" / "sweep.yaml").write_text("nothing")
    assert what_changed(folder / "began", loaded(**parts)) == ""
