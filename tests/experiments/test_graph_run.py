"""Graphs from files in `check`, `run` and studies: what is said, copied, hashed and repeated."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest

from experiments import check_graphs
from experiments.cli import main
from experiments.run import plan_run

CONFIG = """\
schema_version: 1
name: small
months: 4
supply: {offers: {A: {}, B: {price: 5}}}
developers: {count: 60}
consumers: {count: 60}
enterprises: {count: 30}
networks:
  developers: {family: file, path: one/g.csv}
  consumers: {family: file, path: two/g.csv}
  enterprises: {family: file, path: firms.graphml}
initial:
  developers: {adopted: 0.5, shares: {A: 1.0}}
"""
Run = Callable[..., int]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a config and its three graphs; it is the current one."""
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(CONFIG)
    for name, seed in (("one", 1), ("two", 2)):
        Path(name).mkdir()
        graph = nx.gnm_random_graph(60, 150, seed=seed)
        lines = nx.generate_edgelist(graph, delimiter=",", data=False)
        Path(name, "g.csv").write_text("\n".join([*lines, "3,3", "1,2", "2,1"]))
    firms = nx.path_graph(30)
    nx.set_node_attributes(firms, {row: f"i{row % 4}" for row in firms}, "industry")
    nx.write_graphml(firms, "firms.graphml")
    return tmp_path


def run(*words: str) -> int:
    """Run the command without bar and figures."""
    return main(["run", *words, "--quiet", "--no-figures"])


def tables(path: str) -> dict[str, bytes]:
    """Bytes of config, inputs and tables of a run directory."""
    files = [Path(path, "config.yaml"), *Path(path, "inputs").iterdir(), *Path(path).glob("*.par*")]
    return {file.name: file.read_bytes() for file in files}


def test_check_says_what_is_in_each_graph(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("two/g.csv").write_text("0,1\n1,2\n4,5\n")
    assert main(["check", "small.yaml"]) == 0
    graph = nx.read_edgelist("one/g.csv", delimiter=",", nodetype=int)
    graph.add_nodes_from(range(60))
    graph.remove_edge(3, 3)
    degree = [row for _, row in graph.degree]
    parts = [len(part) for part in nx.connected_components(graph)]
    alone = degree.count(0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "small.yaml: ok",
        f"  networks.developers: one/g.csv: 60 nodes, {graph.number_of_edges()} edges, degree "
        f"{min(degree)} to {max(degree)} (mean {sum(degree) / 60:.1f}), {alone} without "
        f"neighbours, {len(parts)} component{'s' * (len(parts) > 1)} (largest {max(parts)})",
        "  networks.consumers: two/g.csv: 60 nodes, 3 edges, degree 0 to 2 (mean 0.1), 55 without "
        "neighbours, 57 components (largest 3)",
        "  networks.enterprises: firms.graphml: 30 nodes, 29 edges, degree 1 to 2 (mean 1.9), 0 "
        "without neighbours, 1 component (largest 30), 4 industries",
    ]
    repeats = 150 + 2 - graph.number_of_edges()
    assert lines[4] == (
        f"  note: networks.developers: one/g.csv: removed 1 self-loop and {repeats} repeated "
        f"edge{'s' * (repeats > 1)}; networks are simple and undirected"
    )


def test_all_graphs_are_refused_at_once_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("one/g.csv").write_text("0,1\n0,60\n")
    Path("two/g.csv").write_text("0,1\nx\n")
    told = (
        "shareshift: one/g.csv:2: '60' is outside 0 to 59, the rows of the 60 developers; number "
        "nodes from 0, or raise developers.count\n"
        "two/g.csv:2: 'x' is one field; an edge has two ends, set apart by a comma\n"
        "firms.graphml: has 30 nodes, but enterprises.count is 31; set enterprises.count to 30 or "
        "give another graph\n"
    )
    for words in (["run", "--out", "out"], ["run", "--seeds", "2", "--out", "out"], ["check"]):
        assert main([words[0], "small.yaml", *words[1:], "--set", "enterprises.count=31"]) == 2
        assert capsys.readouterr().err.replace("shareshift: ", "") == told.replace(
            "shareshift: ", ""
        )
        assert not Path("out").exists()


def test_a_run_is_repeated_from_its_own_config(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert run("small.yaml", "--out", "out") == 0
    assert "note: networks.developers: one/g.csv: removed 1 self-loop" in capsys.readouterr().err
    before = tables("out")
    assert before["g.csv"] == Path("one/g.csv").read_bytes()
    assert before["consumers.csv"] == Path("two/g.csv").read_bytes()
    assert before["firms.graphml"] == Path("firms.graphml").read_bytes()
    config = before["config.yaml"].decode()
    assert config.count('path: "inputs/') == 3
    assert str(folder) not in config
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "moved"
    Path("out").rename(elsewhere)
    for name in ("one", "two", "firms.graphml"):
        Path(name).rename(f"was-{name}")
    assert run(str(elsewhere / "config.yaml"), "--out", "again") == 0
    assert tables("again") == before
    os.chdir(elsewhere)  # the fixture leads back; it overwrites the inputs that it reads
    assert run("config.yaml", "--out", ".", "--force") == 0
    assert tables(".") == before


def test_the_network_of_the_file_is_that_of_the_run(folder: Path) -> None:
    """Other edges give other tables: the comparison above could fail."""
    assert run("small.yaml", "--out", "out") == 0
    lines = Path("one/g.csv").read_text().splitlines()
    Path("one/g.csv").write_text("\n".join(lines[:40]))
    assert run("small.yaml", "--out", "other") == 0
    first, other = tables("out"), tables("other")
    assert first["agents.parquet"] != other["agents.parquet"]
    identities = [
        json.loads(Path(path, "manifest.json").read_text())["identity"] for path in ("out", "other")
    ]
    assert identities[0] != identities[1]


def test_a_file_that_changes_after_the_check_does_not_change_the_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("small.yaml", "--out", "out") == 0
    checked = check_graphs.check_graphs

    def changing(config: object) -> None:
        checked(config)  # type: ignore[arg-type]
        for name in ("one/g.csv", "two/g.csv", "firms.graphml"):
            Path(name).write_bytes(b"0,1\n")

    monkeypatch.setattr(check_graphs, "check_graphs", changing)
    assert run("small.yaml", "--out", "changed") == 0
    assert Path("one/g.csv").read_bytes() == b"0,1\n"
    assert tables("changed") == tables("out")


def test_each_seed_of_a_study_has_its_copies(folder: Path) -> None:
    assert run("small.yaml", "--seeds", "2", "--out", "study") == 0
    assert run("small.yaml", "--seed", "2", "--out", "alone") == 0
    assert tables("study/seed-2") == tables("alone")
    names = {path.name for path in Path("study/inputs").iterdir()}
    assert names == {"g.csv", "consumers.csv", "firms.graphml"}


def test_the_report_names_the_copies(folder: Path) -> None:
    assert main(["run", "small.yaml", "--quiet", "--out", "out"]) == 0
    report = Path("out/report.html").read_text()
    assert "inputs/consumers.csv" in report
    assert str(folder) not in report


def test_the_plan_holds_the_bytes_that_were_hashed(folder: Path) -> None:
    plan = plan_run("small.yaml", [])
    again = plan_run("small.yaml", [])
    assert plan.identity == again.identity
    Path("firms.graphml").write_text(Path("firms.graphml").read_text().replace("i3", "i2"))
    other = plan_run("small.yaml", [])
    assert other.identity != plan.identity
    assert other.inputs["firms.graphml"] != plan.inputs["firms.graphml"]


def test_check_of_graphs_imports_no_engine(folder: Path) -> None:
    code = (
        "import sys; from experiments.cli import main; main(['check', 'small.yaml']); "
        "print(sorted({'mesa', 'numba', 'networkx', 'matplotlib'} & set(sys.modules)))"
    )
    root = Path(check_graphs.__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.stdout.splitlines()[-1] == b"[]", done.stderr.decode()
