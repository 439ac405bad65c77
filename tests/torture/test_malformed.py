"""Damaged configs and supply files: the rows see a guard that is missing."""

import malformed_configs
import malformed_supply
import pytest


@pytest.mark.parametrize(
    ("plant", "count", "problem"),
    [
        ("no_place", 20, "refusals name no place"),
        ("bytes_trusted", 50, "a bug: UnicodeDecodeError"),
        ("raw_messages", 400, "says what no terminal should show"),
        ("greedy", 3, "MB at the peak"),
        ("silent", 20, "refused, but said"),
        ("slow", 1, "exit -14"),
    ],
)
def test_a_lost_guard_of_configs_is_seen(
    monkeypatch: pytest.MonkeyPatch, plant: str, count: int, problem: str
) -> None:
    monkeypatch.setenv("TORTURE_HANG", "1" if plant == "slow" else "120")
    found = malformed_configs.run(1, count, plant)
    assert [line for line in found if problem in line]


@pytest.mark.parametrize(
    ("plant", "problem"),
    [
        ("supply_without_lines", "refusals name no line"),
        ("supply_bytes_trusted", "a bug: UnicodeDecodeError"),
        ("supply_unread", "too little was damaged"),
    ],
)
def test_a_lost_guard_of_supply_files_is_seen(plant: str, problem: str) -> None:
    found = malformed_supply.run(1, 60, plant)
    assert [line for line in found if problem in line]
