"""Libraries of others are whole, unchanged, and named with their licence."""

import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "experiments" / "watch" / "page" / "vendor", ROOT / "tests" / "watch" / "vendor")


def listed(folder: Path) -> dict[str, str]:
    """Hash by file, as the README of the folder has them."""
    lines = (folder / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line][2:]
    return {row[0]: row[-1] for row in rows}


@pytest.mark.parametrize("folder", FOLDERS, ids=["page", "tests"])
def test_every_file_is_listed_and_unchanged(folder: Path) -> None:
    files = {path.name: path for path in folder.iterdir() if path.name != "README.md"}
    found = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    assert found == listed(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=["page", "tests"])
def test_every_library_brings_its_licence(folder: Path) -> None:
    assert {name.split(".")[0] for name in listed(folder)} == {
        path.name.split(".")[0] for path in folder.glob("*.LICENSE")
    }
