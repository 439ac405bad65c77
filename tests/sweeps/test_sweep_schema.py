"""The schema of sweep files by which editors complete and check, and the shipped sweep files."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_sweeps import text_of

from agents.parameters import declarations
from experiments.cli import main
from experiments.sweeps.schema import sweep_schema
from experiments.sweeps.sweep_file import load_sweep_file
from simulation.config import Config
from simulation.yaml_text import parse

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
SHIPPED = sorted((CONFIGS / "sweeps").glob("*.yaml"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "simulation"))


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Iterator[str]]:
    """Faults of a text, as an editor finds them."""
    import test_config_schema as config_schema

    monkeypatch.setattr(config_schema, "SCHEMA", sweep_schema())
    return lambda text: config_schema.faults(parse(text, "x").plain, config_schema.SCHEMA)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_sweep_names_the_schema_and_obeys_it(
    path: Path, faults: Callable[[str], Iterator[str]]
) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../sweep_schema.json\n#\n# ")
    assert "?" in text.partition("schema_version")[0]  # it opens with its question
    assert list(faults(text)) == []
    assert load_sweep_file(path).name == path.stem


def test_the_schema_in_the_folder_is_that_of_this_version(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["schema", "--sweep"]) == 0
    assert (CONFIGS / "sweep_schema.json").read_text(encoding="utf-8") == capsys.readouterr().out
    assert json.loads((CONFIGS / "sweep_schema.json").read_text())["title"] == "Shareshift sweep"


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({}, ""),
        ({"replicates": "{seeds: 3, networks: 2}"}, ""),
        ({"replicates": "3"}, ""),
        ({"outcomes": "{hhi_revenue: , a: {column: regime, is: open}}"}, ""),
        ({"factor": "{}"}, ".factor: unknown"),
        ({"design": "{kind: moris}"}, ".design"),
        ({"factors": "{a: {rang: [0, 1]}}"}, ".factors"),
        ({"replicates": "0"}, ".replicates"),
        ({"base": "5"}, ".base: type"),
    ],
)
def test_the_schema_finds_slips(
    parts: dict[str, str], fault: str, faults: Callable[[str], Iterator[str]]
) -> None:
    text = text_of(**{"base": "", **parts}).replace(
        "base: base.yaml\n", "" if "base" in parts else "base: b\n"
    )
    found = list(faults(text))
    assert (found == []) if not fault else any(line.startswith(fault) for line in found), found


def test_the_index_lists_every_sweep_with_its_runs() -> None:
    index = (CONFIGS / "sweeps" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| \[(\w+)\]\((\w+)\.yaml\) \| .+\? .*\| .+ \| ([0-9,]+) \|$|^$", index, re.M
    )
    found = {name: int(runs.replace(",", "")) for name, _, runs in rows if name}
    assert found == {path.stem: load_sweep_file(path).most_runs for path in SHIPPED}


MARKS = ("assumed", "hand-fit", "lever", "prototype")
FAMILY = {"developers": "power_law_cluster", "consumers": "ring", "enterprises": "stochastic_block"}


def marked() -> Iterator[str]:
    """Parameters with a plausible range whose value is assumed, hand-fit or a lever."""
    for row in declarations(Config):
        steps = row.path.split(".")
        if not row.about.range or "NAME" in steps or "constant of the spec" in row.about.source:
            continue
        if steps[0] == "networks" and len(steps) > 3:
            if steps[2] != FAMILY[steps[1]]:
                continue
            del steps[2]
        if any(mark in row.about.source for mark in MARKS):
            yield ".".join(steps)


def test_the_screen_has_every_parameter_that_is_marked_as_assumed() -> None:
    screened = {factor.name for factor in load_sweep_file(CONFIGS / "sweeps/screen.yaml").factors}
    assert set(marked()) - screened == set()


def test_the_tiny_sweep_is_tiny() -> None:
    sweep: Any = load_sweep_file(CONFIGS / "sweeps" / "tiny.yaml")
    assert sweep.most_runs <= 50 and sweep.base.months <= 24
    assert sweep.base.developers.count <= 1000
