"""VALIDATION.md says what the stored runs hold, and of every fact that is missed why."""

import re

import pytest

from experiments import model_tables, scoring, validation_tables
from experiments.facts.history import CRITERIA
from experiments.studies import histories, validation
from experiments.studies.rows import BASELINE, read
from simulation.config import load

TEXT = validation_tables.VALIDATION.read_text(encoding="utf-8")
LONGEST = 120


def test_tables_are_those_of_the_stored_rows() -> None:
    """`python -m experiments.validation_tables` writes them anew; an edited number is found."""
    assert validation_tables.with_tables(TEXT) == TEXT
    edited = re.sub(r"\| (\**pass|\**miss)", "| maybe", TEXT, count=1)
    assert edited != TEXT
    assert validation_tables.with_tables(edited) == TEXT


def test_another_number_in_the_rows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of facts follows the rows."""
    honest = model_tables.read

    def planted(path):
        return [
            {**row, "record cost": "9.5"} if "record cost" in row else row for row in honest(path)
        ]

    monkeypatch.setattr(model_tables, "read", planted)
    assert validation_tables.with_tables(TEXT) != TEXT


def test_both_studies_ran_one_model() -> None:
    """The baseline's histories are the same in both: none is older than the other."""
    facts = {row["seed"]: row for row in read(validation.STUDY.path)}
    others = [row for row in read(histories.STUDY.path) if row["config"] == "baseline"]
    assert len(facts) == len(others) == validation.SEEDS
    for row in others:
        same = facts[row["seed"]]
        assert [row[item.key] for item in CRITERIA] == [same[item.key] for item in CRITERIA]


def explained() -> set[str]:
    """Facts to which the section on mechanisms gives a paragraph."""
    section = TEXT.split("## What is missed")[1].split("\n## ")[0]
    return {
        name
        for names in re.findall(r"^\*\*(F[\d, F]+)\.", section, re.M)
        for name in names.split(", ")
    }


def test_every_fact_outside_its_band_has_a_mechanism_and_no_other() -> None:
    """Calibrated ones too: the number is outside, whoever has seen it."""
    scores = scoring.scores(read(validation.STUDY.path), load(BASELINE))
    outside = {score.fact.name for score in scores if score.known and not score.inside}
    assert explained() == outside


def test_lines_are_short_but_in_tables() -> None:
    """Text that a person edits fits a window."""
    lines = enumerate(TEXT.splitlines(), 1)
    assert [n for n, line in lines if len(line) > LONGEST and not line.startswith("|")] == []


def test_every_fact_stands_in_the_table() -> None:
    """With its sentence, in order."""
    names = re.findall(r"^\| \*\*(F\d+)\*\* ", TEXT, re.M)
    assert names == [fact.name for fact in scoring.every_fact()]
