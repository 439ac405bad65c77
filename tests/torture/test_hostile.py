"""Hostile files and names that lead out: the rows see a guard that is missing."""

import hostile_files
import pytest
import traversal


@pytest.mark.parametrize(
    ("plant", "case", "problem"),
    [
        ("any_size", "a gigabyte", "MB"),
        ("any_kind_of_file", "a pipe that nobody writes", "exit -14"),
        ("aliases_allowed", "an anchor alone", "exit 0"),
        ("keys_twice_allowed", "the same key twice", "exit 0"),
        ("bytes_trusted", "Latin-1", "exit 1"),
        ("no_place", "a million keys", "does not name the file"),
    ],
)
def test_a_lost_guard_against_a_hostile_file_is_seen(
    monkeypatch: pytest.MonkeyPatch, plant: str, case: str, problem: str
) -> None:
    monkeypatch.setenv("TORTURE_HANG", "3")
    for name in ("CONTENTS", "PLACES"):
        only = {key: entry for key, entry in getattr(hostile_files, name).items() if key == case}
        monkeypatch.setattr(hostile_files, name, only)
    assert hostile_files.run(1, 100) == []
    found = hostile_files.run(1, 100, plant)
    assert [line for line in found if line.startswith(f"{case}: ") and problem in line]


@pytest.mark.parametrize(
    ("plant", "case", "problems"),
    [
        ("reads_anywhere", "extends: up and over", ("exit 2", "tells the secret", "touches")),
        ("reads_anywhere", "recorded: a link to a file", ("tells the secret", "touches")),
        ("writes_through_links", "link: the inputs", ("something outside was changed",)),
        ("runs_lead_out", "name: an option", ("something outside was changed", "touches")),
    ],
)
def test_a_lost_guard_against_a_name_that_leads_out_is_seen(
    monkeypatch: pytest.MonkeyPatch, plant: str, case: str, problems: tuple[str, ...]
) -> None:
    (chosen,) = [entry for entry in traversal.cases() if entry.name == case]
    monkeypatch.setattr(traversal, "cases", lambda: [chosen])
    assert traversal.run(1, 1) == []
    found = traversal.run(1, 1, plant)
    assert [line for line in found if line.startswith(f"{case}: ")]
    assert any(problem in line for problem in problems for line in found)
