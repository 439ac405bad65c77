"""The table of variants says what the runs hold, and every variant is one."""

import numpy as np
import pytest

import simulation
from experiments.studies.outcomes import outcomes, outcomes_of_run
from experiments.studies.rows import CONFIGS
from experiments.studies.variants import CHANGES, STUDY, VARIANTS, table, tables
from simulation.config import with_changes

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


def test_a_row_holds_the_median_and_the_middle_of_the_seeds():
    rows = [{"config": "one", "HHI revenue": str(value)} for value in (0.25, 0.35, 0.45)]
    text = table(rows, {"HHI": "HHI revenue"})
    assert text.splitlines() == ["| config | HHI |", "| --- | --- |", "| one | .35 [.27-.43] |"]


def test_each_config_has_a_row_in_both_tables_of_its_kind(small):
    seed = {name: str(value) for name, value in outcomes_of_run(simulation.load(small)).items()}
    found = tables([{"config": cell.labels["config"], **seed} for cell in STUDY.cells])
    for name, configs in (("variants", 1 + len(VARIANTS)), ("changes", 1 + len(CHANGES))):
        shares, rates = found[name].split("\n\n")
        for part, title in ((shares, "API OpenAI"), (rates, "renewal")):
            lines = part.splitlines()
            assert title in lines[0]
            assert lines[2].startswith("| recorded |")
            assert len(lines) == 2 + configs


def test_single_changes_are_changes():
    recorded = simulation.load(CONFIGS / "recorded.yaml")
    for changes in CHANGES.values():
        assert with_changes(recorded, changes) != recorded


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
