"""The study of scenarios says what the runs hold, and pairs them by their seeds."""

import numpy as np
import pytest

import simulation
from experiments.studies.scenarios import (
    BASE,
    FAMILIES,
    FILES,
    STUDY,
    beside,
    interval,
    outcomes,
    signed,
    tables,
)
from simulation.config import load, with_changes

SMALL = {"developers.count": 300, "consumers.count": 300, "enterprises.count": 60, "apps.count": 20}
NUMBERS = ("scenarios", "scenario_differences")


def rows_of(values: dict[str, float], name: str = "x") -> list[dict[str, str]]:
    """A row for each seed, with one number."""
    return [{"scenario": name, "seed": seed, "HHI": str(v)} for seed, v in values.items()]


def test_cells_are_every_file_and_every_family() -> None:
    labels = [(cell.labels["scenario"], cell.labels["with"]) for cell in STUDY.cells]
    assert len(set(labels)) == len(labels)
    assert {name for name, value in labels if not value} == {path.stem for path in FILES}
    values = sum(len(family) for family in FAMILIES.values())
    assert len(labels) == len(FILES) + values


@pytest.mark.parametrize("cell", [cell for cell in STUDY.cells if cell.changes], ids=str)
def test_what_a_cell_changes_is_another_config(cell) -> None:
    config = load(cell.config)
    changed = with_changes(config, cell.changes)
    assert changed.identity() != config.identity()


def test_outcomes_are_those_of_the_records() -> None:
    config = with_changes(load(FILES[0]), SMALL)
    records = simulation.run(config)
    found = outcomes(records)
    market, segments = records.table("market"), records.table("segments")
    assert found["HHI 2027"] == pytest.approx(
        np.mean([market["hhi_revenue"][list(market["date"]).index(f"2027-{m:02}")]
                 for m in range(1, 13)])
    )  # fmt: skip
    last_year = [date.startswith("2032") for date in segments["date"]]
    own = (segments["provider"] == "Anthropic") & (segments["segment"] == "enterprise")
    assert found["firms Anthropic 2032"] == pytest.approx(
        segments["spend_share"][own & last_year].mean()
    )
    providers = records.frame("providers")
    pressure = providers[providers.provider == "OpenAI"].payment_pressure
    assert found["pressure"] == pressure.max()
    end = providers[providers.month == 119]
    assert found["left"] == (end.status == "exited").sum()
    assert found["monopoly"] == (market["regime"][-1] == "monopoly")
    assert found["left OpenAI"] == (end[end.provider == "OpenAI"].status == "exited").sum()


def test_seeds_are_paired_whatever_their_order() -> None:
    base = rows_of({"1": 0.1, "2": 0.9, "3": 0.5})
    here = rows_of({"3": 0.6, "1": 0.2, "2": 1.0})
    assert beside(here, base, "HHI") == "**+.10 [+.10 to +.10]**"
    assert beside(base, base, "HHI") == "0 [0 to 0]"


def test_an_interval_holds_its_mean_and_leaves_no_room_where_there_is_no_spread() -> None:
    luck = np.random.default_rng(7).normal(size=200)
    luck -= luck.mean()
    low, high = interval(luck)
    assert low < 0.0 < high
    assert high - low == pytest.approx(2 * 1.96 * luck.std() / np.sqrt(200), rel=0.1)
    assert interval(luck) == (low, high)
    moved = interval(luck + 1.0)
    assert moved[0] > 0.0  # what is there is found


def test_intervals_cover_as_often_as_ten_seeds_let_them() -> None:
    """A percentile bootstrap of ten is too narrow: about .90 instead of .95, and not less."""
    luck = np.random.default_rng(3).normal(size=(400, 10))
    ends = np.array([interval(row) for row in luck])
    covered = np.mean((ends[:, 0] < 0.0) & (ends[:, 1] > 0.0))
    assert 0.85 < covered < 0.95


def test_differences_have_a_sign() -> None:
    assert [signed(value) for value in (0.004, -0.004, 0.126, -1.5)] == ["0", "0", "+.13", "−1.50"]


def test_tables_have_a_line_for_each_cell() -> None:
    outcome = dict.fromkeys(outcomes_of_columns(), "0.5")
    rows = [{**cell.labels, "seed": str(s), **outcome} for cell in STUDY.cells for s in (1, 2)]
    found = tables(rows)
    assert tuple(found) == NUMBERS
    listed = len(STUDY.cells)
    assert [len(found[name].splitlines()) - 2 for name in NUMBERS] == [listed, listed - 1]
    assert f"| {BASE} | .50 [.50-.50] |" in found["scenarios"]
    assert "| s07_commitment_lock_in | 0 [0 to 0] |" in found["scenario_differences"]


def outcomes_of_columns() -> list[str]:
    """Columns of a row beside its labels."""
    words = ("HHI", "segments", "OPEN", "gap", "firms OpenAI", "firms Anthropic")
    by_year = [f"{word} {year}" for year in ("2027", "2032") for word in words]
    return [*by_year, "pressure", "left", "left OpenAI", "sold", "entered", "monopoly"]
