"""The list of planted bugs stays true to the sources; `make mutants` plants them."""

from pathlib import Path

import planted
import pytest
import runner


@pytest.mark.parametrize("mutant", planted.MUTANTS, ids=lambda mutant: mutant.name)
def test_the_place_of_a_mutant_is_there_once_and_its_test_exists(mutant: planted.Mutant) -> None:
    sources = (runner.ROOT / mutant.file).read_text(encoding="utf-8")
    assert sources.count(mutant.sound) == 1
    assert mutant.planted != mutant.sound
    file, _, name = mutant.test.partition("::")
    assert f"def {name.partition('[')[0]}" in (runner.ROOT / file).read_text(encoding="utf-8")


def test_names_are_unique() -> None:
    assert len({mutant.name for mutant in planted.MUTANTS}) == len(planted.MUTANTS) >= 20


SOUND = "SHARES = {'A': 1}"
TEST = "import table\n\n\ndef test_shares():\n    assert table.SHARES == {'A': 1}\n"


@pytest.mark.parametrize(
    ("bug", "test", "found"),
    [
        ("SHARES = {'A': 2}", TEST, True),
        ("SHARES = dict(A=1)", TEST, False),
        ("SHARES = {'A': 2}", TEST.replace("()", "("), False),
    ],
    ids=["the test fails", "the test passes", "the test cannot be run"],
)
def test_a_mutant_counts_as_found_if_its_test_fails_and_only_then(
    tmp_path: Path, bug: str, test: str, found: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "table.py").write_text(SOUND)
    (tmp_path / "test_table.py").write_text(test)
    mutant = planted.Mutant("bug", "table.py", SOUND, bug, "test_table.py")
    assert runner.shown(mutant, tmp_path) is found
    assert ("SURVIVED" in capsys.readouterr().out) is not found
    assert (tmp_path / "table.py").read_text() == SOUND


def test_a_mutant_whose_place_has_gone_is_out_of_date(tmp_path: Path) -> None:
    (tmp_path / "table.py").write_text("a = 1\n")
    mutant = planted.Mutant("bug", "table.py", "b = 1", "b = 2", "test_table.py")
    assert "stands 0 times" in runner.survived(mutant, tmp_path)
