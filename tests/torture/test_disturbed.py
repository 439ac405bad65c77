"""What the rows about disks and clocks promise: with the guard removed they find problems."""

import time
from pathlib import Path

import clocks
import full_disk
import lost_folders
import pytest

from experiments import store
from simulation.market import Market


def test_a_file_that_is_written_in_place_is_found_torn(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_place(path: Path, content: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    monkeypatch.setattr(store, "write_whole", in_place)
    assert any("is not whole" in problem for problem in full_disk.run(1, 12))


def test_a_full_disk_that_nobody_notices_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = store.write_whole

    def careless(path: Path, content: bytes) -> None:
        try:
            whole(path, content)
        except store.StoreError:
            return

    monkeypatch.setattr(store, "write_whole", careless)
    assert any("exit 0" in problem for problem in full_disk.run(1, 12))


def test_a_market_that_looks_at_the_clock_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    step = Market.step

    def hasty(market: Market) -> None:
        step(market)
        market.developers.crowd.taste[:] = int(time.time()) % 7

    monkeypatch.setattr(Market, "step", hasty)
    assert clocks.run(1, 4)


def test_a_folder_that_is_not_missed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.RunDirectory, "refuse_if_lost", lambda _: None)
    assert any("exit 0" in problem for problem in lost_folders.run(1, 3))
