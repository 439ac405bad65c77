"""Libraries of others that the page uses are whole, unchanged, and named with their licence."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "experiments" / "watch" / "page" / "vendor"


def listed() -> dict[str, str]:
    """Hash by file, as the README of the folder has them."""
    lines = (VENDOR / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line][2:]
    return {row[0]: row[-1] for row in rows}


def test_every_file_is_listed_and_unchanged() -> None:
    files = {path.name: path for path in VENDOR.iterdir() if path.name != "README.md"}
    found = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    assert found == listed()


def test_every_library_brings_its_licence() -> None:
    assert {name.split(".")[0] for name in listed()} == {
        path.name.removesuffix(".LICENSE") for path in VENDOR.glob("*.LICENSE")
    }
