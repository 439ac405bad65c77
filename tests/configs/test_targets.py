"""The published figures name columns that exist, in units that fit, and nothing after 2025."""

import csv
from pathlib import Path

import pytest

from simulation.columns import SEGMENTS, TABLES

DATA = Path(__file__).parents[2] / "configs" / "data"


def table(name):
    """Rows of a CSV file under configs/data, without its comments."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.fixture(scope="module")
def targets():
    """Rows of the published figures."""
    return table("targets.csv")


def faults(rows):
    """Rows that cannot be compared with a run of the recorded market."""
    providers = {row["provider"] for row in table("providers.csv")} | {"all"}
    found = []
    for row in rows:
        names = {column.name for column in TABLES.get(row["table"], ())}
        sound = (
            "2023-01-01" <= row["date"] <= "2025-12-31"
            and {row["column"], "month"} <= names
            and ("segment" in names) == (row["segment"] in SEGMENTS)
            and row["provider"] in providers
            and row["confidence"] == "seen"
            and row["source"]
        )
        if not sound:
            found.append(row)
    return found


def test_every_figure_has_a_column_of_ours_and_a_source(targets):
    assert len(targets) > 50
    assert faults(targets) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"date": "2026-01-02"},
        {"column": "enterprise_api_shares"},
        {"provider": "ChatGPT"},
        {"segment": "mobile"},
        {"source": ""},
    ],
)
def test_a_figure_that_cannot_be_compared_is_noticed(targets, changes):
    assert len(faults([targets[0], targets[1] | changes])) == 1


def test_units_of_both_sides_agree(targets):
    for row in targets:
        (column,) = [c for c in TABLES[row["table"]] if c.name == row["column"]]
        kind = {"percent": "share", "million": "million", "USD billion/yr": "M$"}[row["unit"]]
        factor = {"percent": 100.0, "million": 1.0, "USD billion/yr": 12 / 1000}[row["unit"]]
        assert column.unit == kind or (row["table"], column.unit) == ("flows", "agents")
        assert float(row["factor"]) == factor
        assert 0 <= float(row["value"]) <= (100 if row["unit"] == "percent" else 3000)


def test_shares_among_some_providers_name_providers_with_figures(targets):
    held = {(row["date"], row["channel"], row["provider"]) for row in targets}
    for row in targets:
        if row["among"]:
            names = row["among"].split(";")
            assert row["provider"] in names
            assert all((row["date"], row["channel"], name) in held for name in names)


def test_the_survey_of_enterprises_is_there(targets):
    survey = {
        (row["date"][:4], row["provider"]): float(row["value"])
        for row in targets
        if row["channel"] == "enterprise API spend"
    }
    assert survey == {
        ("2023", "OpenAI"): 50,
        ("2023", "Anthropic"): 12,
        ("2023", "Google"): 7,
        ("2024", "Anthropic"): 24,
        ("2025", "Anthropic"): 40,
        ("2025", "OpenAI"): 27,
        ("2025", "Google"): 21,
    }
