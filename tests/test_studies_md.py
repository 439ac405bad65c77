"""STUDIES.md speaks of sweeps that exist, with as many runs as their files ask for."""

import re
from pathlib import Path

import pytest

from experiments import load_sweep

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "STUDIES.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| \[(\w+)\]\((configs/sweeps/\w+\.yaml)\) \|.*\| ([\d,]+) \| \d+ \|$", re.M)


def asked(text: str) -> dict[str, tuple[int, int]]:
    """Runs that the table tells of and that the file asks for, by sweep."""
    return {
        name: (int(runs.replace(",", "")), len(load_sweep(ROOT / file).sweep.jobs()))
        for name, file, runs in ROW.findall(text)
    }


def test_the_table_tells_the_runs_of_the_files() -> None:
    found = asked(TEXT)
    assert list(found) == ["screen", "tipping", "structure"]
    assert all(told == wanted for told, wanted in found.values())


def test_a_design_that_was_changed_since_is_found() -> None:
    found = asked(TEXT.replace("| 1,430 | 0 |", "| 1,300 | 0 |"))
    assert found["tipping"] == (1300, 1430)


@pytest.mark.parametrize("image", re.findall(r"\]\((docs/\w+\.png)\)", TEXT))
def test_pictures_are_there(image: str) -> None:
    assert (ROOT / image).read_bytes().startswith(b"\x89PNG")
