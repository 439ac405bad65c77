"""The store: the same bytes whatever happened, and damage is found and run again."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet
import pytest
from small_sweep import KEPT, contents, jobs, run, setting
from synthetic_runs import MONTHS

from experiments.cli import UsageError
from experiments.sweeps.directory import claim, is_sweep, read
from experiments.sweeps.keeping import Store
from experiments.sweeps.ledger import LEDGER, Ledger
from experiments.sweeps.shards import sound
from experiments.whole_files import StoreError

RUNS = 230
PLANNED = jobs(RUNS, {7: "raise", 150: "raise"})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Shards of the sweep that nobody disturbed."""
    folder = tmp_path_factory.mktemp("sweeps") / "whole"
    assert run(folder, PLANNED).failed == 2
    return contents(folder)


def done(tmp_path: Path) -> Path:
    run(tmp_path / "sweep", PLANNED)
    return tmp_path / "sweep"


def test_shards_hold_every_run_once_in_order(whole: dict[str, bytes]) -> None:
    assert list(whole) == [
        f"{table}-{shard:05d}.parquet" for table in ("market", "runs") for shard in range(3)
    ]
    rows = [
        row
        for name in list(whole)[3:]
        for row in pyarrow.parquet.read_table(pyarrow.BufferReader(whole[name])).to_pylist()
    ]
    assert [row["run"] for row in rows] == list(range(RUNS))
    assert [row["run"] for row in rows if row["status"] == "failed"] == [7, 150]
    assert "no market at number 7" in rows[7]["reason"] and rows[7]["x"] is None
    tables = [
        pyarrow.parquet.read_table(pyarrow.BufferReader(whole[name])) for name in list(whole)[:3]
    ]
    numbers = [number for table in tables for number in table.column("run").to_pylist()]
    expected = [n for n in range(RUNS) if n not in (7, 150) for _ in range(MONTHS)]
    assert numbers == expected
    assert tables[0].schema.field("share").metadata[b"unit"] == b"1"


@pytest.mark.parametrize("seed", range(3))
def test_bytes_do_not_depend_on_order_or_interruptions(
    tmp_path: Path, whole: dict[str, bytes], seed: int
) -> None:
    from experiments.sweeps.attempt import attempt_here

    rng, folder = random.Random(seed), tmp_path / "sweep"
    order = list(PLANNED)
    rng.shuffle(order)
    while order:
        count = rng.randint(1, 60)
        now, order = order[:count], order[count:]
        with claim(folder) as directory, Store(directory, KEPT) as store:
            store.commit([(job, attempt_here(setting(), job)) for job in now])
    run(folder, PLANNED)
    assert contents(folder) == whole


def test_finished_sweep_runs_nothing_again(tmp_path: Path, whole: dict[str, bytes]) -> None:
    folder = done(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (folder / "shards").iterdir()}
    run(folder, jobs(RUNS, dict.fromkeys(range(RUNS), "raise")))
    assert contents(folder) == whole
    assert before == {path: path.stat().st_mtime_ns for path in (folder / "shards").iterdir()}


def test_failed_runs_are_tried_again_only_on_request(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    folder = done(tmp_path)
    cured = jobs(RUNS, {})
    assert run(folder, cured).failed == 2
    assert run(folder, cured, retry_failed=True).failed == 0
    run(tmp_path / "other", cured)
    assert contents(folder) == contents(tmp_path / "other") != whole


@pytest.mark.parametrize("table", ["market", "runs"])
@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "empty"])
def test_damaged_shard_is_made_again(
    tmp_path: Path, whole: dict[str, bytes], table: str, damage: str
) -> None:
    folder, said = done(tmp_path), []
    file = folder / "shards" / f"{table}-00001.parquet"
    assert sound(file)
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.unlink()
    if damage != "gone":
        half = {"flip": content, "cut": content[: len(content) // 2], "empty": b""}
        file.write_bytes(half[damage])
        assert not sound(file)
    run(folder, PLANNED, say=said)
    assert contents(folder) == whole
    assert any("damaged and will be run again" in line for line in said) == (table == "market")


def test_damaged_row_is_run_again_and_the_others_kept(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    folder, said = done(tmp_path), []
    with closing(sqlite3.connect(folder / LEDGER)) as connection, connection:
        connection.execute("""UPDATE runs SET outcomes = '{"x":0.5}' WHERE number = 120""")
    run(folder, PLANNED, say=said)
    assert "1 runs are damaged and will be run again (run 120: its row)" in said[0]
    assert contents(folder) == whole


@pytest.mark.parametrize("seed", range(8))
def test_random_damage_of_the_ledger_never_gives_another_result(
    tmp_path: Path, whole: dict[str, bytes], seed: int
) -> None:
    rng, folder = random.Random(seed), done(tmp_path)
    file = folder / LEDGER
    content = bytearray(file.read_bytes())
    kind = rng.choice(["flip", "zero", "cut"])
    place = rng.randrange(len(content))
    if kind == "flip":
        content[place] ^= 1 << rng.randrange(8)
    elif kind == "zero":
        content[place : place + 512] = bytes(min(512, len(content) - place))
    else:
        del content[place:]
    file.write_bytes(content)
    run(folder, PLANNED)
    assert contents(folder) == whole, f"seed {seed}: {kind} at {place}"
    with Ledger(folder) as ledger:
        assert [found.number for found in ledger.runs()] == list(range(RUNS))


def test_ledger_that_cannot_be_read_is_rebuilt_from_sound_shards(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    folder, said = done(tmp_path), []
    (folder / LEDGER).write_bytes(b"\0" * 5000)
    (folder / "shards" / "market-00002.parquet").write_bytes(b"nothing")
    other = jobs(RUNS, dict.fromkeys(range(200), "raise"))  # whoever runs these again is seen
    run(folder, other, say=said)
    assert "200 runs were found in sound shards" in said[0]
    assert contents(folder) == whole
    assert (folder / f"{LEDGER}.damaged").exists()


def test_shards_of_another_sweep_are_not_trusted(tmp_path: Path) -> None:
    folder, said = done(tmp_path), []
    (folder / LEDGER).write_bytes(b"\0" * 5000)
    (folder / "manifest.json").unlink()
    run(folder, jobs(5, {}), kept=KEPT._replace(sweep="t" * 64), say=said)
    assert "and 0 runs were found" in said[0]


def test_damaged_manifest_is_noticed_and_written_anew(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    folder = done(tmp_path)
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace("m" * 16, "n" * 16))
    assert read(folder) is None and is_sweep(folder)
    run(folder, PLANNED)
    assert read(folder)["model_version"] == "m" * 16
    assert contents(folder) == whole


@pytest.mark.parametrize("other", [{"sweep": "t" * 64}, {"model_version": "n" * 16}])
def test_another_sweep_or_model_is_refused_and_nothing_touched(
    tmp_path: Path, whole: dict[str, bytes], other: dict[str, str]
) -> None:
    folder = done(tmp_path)
    before = (folder / "manifest.json").read_bytes()
    with pytest.raises(UsageError, match=r"another .* began here"):
        run(folder, PLANNED, kept=KEPT._replace(**other))
    assert contents(folder) == whole
    assert (folder / "manifest.json").read_bytes() == before


def test_second_sweep_names_the_holder(tmp_path: Path) -> None:
    import os

    with claim(tmp_path / "sweep"), pytest.raises(StoreError, match=f"process {os.getpid()}"):
        claim(tmp_path / "sweep")


def test_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_a_friend.txt").write_text("dear")
    with pytest.raises(StoreError, match="not a sweep directory"):
        claim(tmp_path / "letters")
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["to_a_friend.txt"]


def test_vanished_directory_is_said(tmp_path: Path) -> None:
    from synthetic_runs import work

    folder = tmp_path / "sweep"
    with claim(folder) as directory, Store(directory, KEPT) as store:
        folder.rename(tmp_path / "elsewhere")
        with pytest.raises(StoreError, match="moved, removed or replaced"):
            store.commit([(PLANNED[0], work(1.0, PLANNED[0]))])
        assert not folder.exists()
