"""The table of variants says what the runs hold, and every variant is one."""

import numpy as np
import pytest

import simulation
from experiments.variants import CONFIGS, cell, main, outcomes, table

SMALL = """\
schema_version: 1
name: small
months: 15
supply:
  offers:
    OpenAI: {capability: 1.2}
    Anthropic: {}
    OPEN: {open_weights: true, price: 1}
developers: {count: 400}
consumers: {count: 50}
enterprises: {count: 60, innovation: .1, terms: {1: 1}, pay_as_you_go: 0}
"""
VARIANTS = sorted(CONFIGS.glob("variants/*.yaml"))


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A config of a market that runs in no time."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_outcomes_are_those_of_the_records(small):
    records = simulation.run(simulation.load(small))
    found = outcomes(records)
    api = [found[f"API {name}"] for name in ("OpenAI", "Anthropic", "OPEN")]
    assert sum(api) == pytest.approx(1.0)
    assert np.isnan(found["API Google"])
    providers = records.table("providers")
    last = (providers["month"] == 14) & (providers["provider"] == "OPEN")
    assert found["API OPEN"] == providers["enterprise_api_share"][last][0]
    assert found["coding leader"] == max(found["coding OpenAI"], found["coding Anthropic"])
    market = records.table("market")
    assert found["renewal"] == market["renewal_rate"][-1]
    assert found["developer switches a year"] == pytest.approx(market["switched_coding"][3:].sum())


def test_vendor_switches_are_the_tenders_that_another_vendor_won(small):
    records = simulation.run(simulation.load(small))
    contracts = records.table("contracts")
    switched = (
        (contracts["incumbent"] != "none")
        & (contracts["winner"] != contracts["incumbent"])
        & (contracts["month"] >= 3)
    )
    firms = 60 * records.table("market")["adopted_enterprise"][3:].mean()
    wanted = switched.sum() / firms
    assert wanted > 0
    assert outcomes(records)["vendor switches a year"] == pytest.approx(wanted)


def test_a_cell_holds_the_median_and_the_middle_of_the_seeds():
    assert cell([0.0, 0.25, 0.5, 0.75, 1.0]) == ".50 [.10-.90]"
    assert cell([0.5, float("nan")]) == "-"
    text = table({"one": [{"HHI": 0.25, "renewal": 0.9}] * 2}, ["HHI"])
    assert text.splitlines() == ["| config | HHI |", "| --- | --- |", "| one | .25 [.25-.25] |"]


def test_each_config_has_a_row_in_both_tables(small, capsys):
    other = small.with_name("other.yaml")
    other.write_text(SMALL.replace("name: small", "name: other"))
    main([str(small), str(other), "--seeds", "2"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * 4 + 1
    for title in ("API OpenAI", "renewal"):
        (head,) = [number for number, line in enumerate(lines) if title in line]
        assert lines[head + 2].replace("| small |", "| other |") == lines[head + 3]


def test_a_config_with_errors_is_told_before_anything_runs(small, capsys):
    wrong = small.with_name("wrong.yaml")
    wrong.write_text(SMALL + "seeed: 3\n")
    with pytest.raises(SystemExit) as ended:
        main([str(small), str(wrong)])
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert "seeed" in printed.err
    assert printed.out == ""


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.stem)
def test_a_variant_changes_one_thing_in_the_recorded_market(path):
    variant = simulation.load(path).dump().splitlines()
    recorded = simulation.load(CONFIGS / "recorded.yaml").dump().splitlines()
    assert simulation.load(path).name == path.stem
    changed = [
        line.split(":")[0].strip()
        for line, before in zip(variant, recorded, strict=True)
        if line != before and not line.startswith(("name:", "description:"))
    ]
    assert len(set(changed)) == 1


def test_there_are_variants():
    assert len(VARIANTS) == 11
