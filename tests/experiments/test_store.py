"""A run directory survives kill -9, a full disk and a second process, and keeps finished runs."""

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from experiments.store import FINISHED, LOCK, RUNNING, claim
from experiments.whole_files import StoreError, write_whole

ROOT = Path(__file__).resolve().parents[2]
SEED = 20260
KILLS = 6

# Writes tables that end with the hash of what stands before, over and over, until it is killed.
WRITER = """
import hashlib, sys, time
from pathlib import Path
from experiments.whole_files import write_whole
path, how = Path(sys.argv[1]), sys.argv[2]
def in_place(path, content):
    with open(path, "wb", buffering=0) as file:
        for start in range(0, len(content), 65536):
            file.write(content[start:start + 65536])
            time.sleep(0.002)
write = write_whole if how == "whole" else in_place
for number in range(1, 1_000_000):
    body = number.to_bytes(8, "little") * 200_000
    write(path, body + hashlib.sha256(body).digest())
    if number == 1:
        print("ready", flush=True)
"""

HOLDER = """
import sys, time
from pathlib import Path
from experiments.store import claim
with claim(Path(sys.argv[1])) as directory:
    directory.begin({"seed": 1})
    print("ready", flush=True)
    time.sleep(60)
"""

SMALL_DISK = """
import resource, sys
from pathlib import Path
from experiments.store import claim
from experiments.whole_files import StoreError
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
with claim(Path(sys.argv[1])) as directory:
    directory.begin({"seed": 1})
    directory.write("market.parquet", b"old" * 1_000)
    try:
        directory.write("market.parquet", b"n" * 1_000_000)
    except StoreError as failure:
        print(failure)
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a script that says when it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process as a power cut would."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def is_whole(path: Path) -> bool:
    """Whether a table ends with the hash of what stands before."""
    import hashlib

    content = path.read_bytes()
    return hashlib.sha256(content[:-32]).digest() == content[-32:]


def torn_files(path: Path, how: str) -> int:
    """Kill a writer at random instants and count the tables that are not whole."""
    instants = random.Random(SEED)
    torn = 0
    for _ in range(KILLS):
        process = start(WRITER, path, how)
        time.sleep(instants.uniform(0.0, 0.15))
        end(process)
        torn += not is_whole(path)
    return torn


def finished_run(path: Path, **entries: object) -> Path:
    """Make a small finished run directory."""
    with claim(path) as directory:
        directory.begin({"seed": 1, **entries})
        directory.write("config.yaml", b"seed: 1\n")
        directory.write("market.parquet", b"table")
        directory.record(status=FINISHED)
    return path


def contents(path: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file()
    }


def test_a_killed_writer_leaves_no_torn_file(tmp_path: Path) -> None:
    assert torn_files(tmp_path / "market.parquet", "whole") == 0, f"seed {SEED}"


def test_the_kills_would_tear_a_file_written_in_place(tmp_path: Path) -> None:
    assert torn_files(tmp_path / "market.parquet", "in place") > 0, f"seed {SEED}"


def test_what_a_killed_writer_left_is_swept_at_the_next_start(tmp_path: Path) -> None:
    run = tmp_path / "run"
    end(start(HOLDER, run))
    (run / "inputs").mkdir()
    left = [run / ".market.parquet.partial", run / "inputs" / ".supply.csv.partial"]
    for path in left:
        path.write_bytes(b"half")
    with claim(run):
        assert not any(path.exists() for path in left)


def test_a_directory_that_died_before_its_manifest_can_be_used(tmp_path: Path) -> None:
    (tmp_path / ".manifest.json.partial").write_bytes(b"half")
    (tmp_path / ".lock").write_bytes(b"")
    with claim(tmp_path) as directory:
        assert directory.manifest == {}


def test_the_file_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 cannot test a power cut, so the order of the system calls is tested."""
    calls: list[str] = []
    real_replace, real_fsync = Path.replace, os.fsync

    def replace(source: Path, target: Path) -> Path:
        calls.append("rename")
        return real_replace(source, target)

    def fsync(descriptor: int) -> None:
        calls.append("fsync folder" if os.path.isdir(f"/dev/fd/{descriptor}") else "fsync file")
        real_fsync(descriptor)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "fsync", fsync)
    write_whole(tmp_path / "market.parquet", b"table")
    assert calls == ["fsync file", "rename", "fsync folder"]


def test_a_second_process_is_refused_and_told_who_holds_the_directory(tmp_path: Path) -> None:
    run = tmp_path / "run"
    holder = start(HOLDER, run)
    try:
        before = contents(run)
        for force in (False, True):
            with pytest.raises(StoreError, match=f"in use by process {holder.pid}"):
                claim(run, force)
        assert contents(run) == before
    finally:
        end(holder)
    with claim(run) as directory:
        assert directory.manifest["status"] == RUNNING


def test_a_full_disk_is_one_line_and_changes_nothing(tmp_path: Path) -> None:
    run = tmp_path / "run"
    done = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, run],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"{run / 'market.parquet'}: file too large: needs 1,000,000")
    assert done.stdout.count("\n") == 1 and done.stderr == ""
    assert (run / "market.parquet").read_bytes() == b"old" * 1_000
    assert not list(run.glob("*.partial")) and not list(run.glob(".*.partial"))


def test_a_finished_run_is_kept_unless_forced(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    before = contents(run)
    with pytest.raises(StoreError, match="finished run; --force overwrites it"):
        claim(run)
    assert contents(run) == before
    with claim(run, force=True) as directory:
        directory.begin({"seed": 2})
        assert not (run / "market.parquet").exists()


def test_an_unfinished_run_is_started_again(tmp_path: Path) -> None:
    run = tmp_path / "run"
    end(start(HOLDER, run))
    with claim(run) as directory:
        assert directory.manifest["status"] == RUNNING
        directory.begin({"seed": 3})
        assert json.loads((run / "manifest.json").read_text())["seed"] == 3


def test_a_manifest_says_nothing_of_the_run_before(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run", note="of the first run")
    with claim(run, force=True) as directory:
        directory.begin({"seed": 2})
    assert "note" not in json.loads((run / "manifest.json").read_text())


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_with_other_files_is_never_touched(tmp_path: Path, force: bool) -> None:
    (tmp_path / "thesis.tex").write_bytes(b"precious")
    (tmp_path / "manifest.json").write_bytes(b'{"name": "another program"}')
    before = contents(tmp_path)
    with pytest.raises(StoreError, match="is not a run directory"):
        claim(tmp_path, force)
    assert contents(tmp_path) == before


def test_force_leaves_notes_and_the_targets_of_links(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "figure.png").write_bytes(b"precious")
    (run / "figures").symlink_to(elsewhere)
    (run / "notes.txt").write_bytes(b"mine")
    with claim(run, force=True) as directory:
        directory.begin({"seed": 2})
    assert (run / "notes.txt").read_bytes() == b"mine"
    assert (elsewhere / "figure.png").read_bytes() == b"precious"
    assert not (run / "figures").exists()


def test_new_figures_of_a_finished_run_are_not_written_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "river.png").write_bytes(b"precious")
    run = finished_run(tmp_path / "run")
    (run / "figures").symlink_to(elsewhere)
    with claim(run, again=True) as directory:
        directory.write("figures/river.png", b"new")
    assert (elsewhere / "river.png").read_bytes() == b"precious"
    assert (run / "figures" / "river.png").read_bytes() == b"new"


def test_force_leaves_the_users_own_tables(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    (run / "mine.parquet").write_bytes(b"precious")
    (run / "rounds.parquet").write_bytes(b"of a former version")
    entries = json.loads((run / "manifest.json").read_text())
    entries["sha256"] = {"rounds.parquet": "", "manifest.json": ""}
    (run / "manifest.json").write_text(json.dumps(entries))
    with claim(run, force=True) as directory:
        assert "mine.parquet" not in directory.hash_of_tables()
        directory.begin({"seed": 2})
    assert sorted(contents(run)) == [".lock", "config.yaml", "manifest.json", "mine.parquet"]


def test_nothing_is_emptied_written_or_swept_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "supply.csv").write_bytes(b"precious")
    (elsewhere / ".download.partial").write_bytes(b"precious")
    before = contents(elsewhere)
    run = finished_run(tmp_path / "run")
    (run / "inputs").symlink_to(elsewhere)
    with claim(run, force=True) as directory:
        directory.begin({"seed": 2})
        directory.write("inputs/supply.csv", b"new")
        directory.keep_inputs(("supply.csv",))
    assert contents(elsewhere) == before
    assert (run / "inputs" / "supply.csv").read_bytes() == b"new"
    (tmp_path / "lock").mkdir()
    (tmp_path / "lock" / ".lock").symlink_to(elsewhere / "supply.csv")
    with pytest.raises(StoreError, match="lock: too many levels of symbolic links"):
        claim(tmp_path / "lock")
    assert contents(elsewhere) == before


def test_a_folder_with_a_strangers_partial_file_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / ".film.mkv.partial").write_bytes(b"precious")
    with pytest.raises(StoreError, match="is not a run directory"):
        claim(tmp_path)
    assert (tmp_path / ".film.mkv.partial").read_bytes() == b"precious"


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="run: is a link to nothing; name another folder"):
        claim(tmp_path / "run")


@pytest.mark.parametrize("text", [b"", b"[1]", b"\xff\xfe", b"[" * 100_000, None])
def test_a_manifest_that_cannot_be_read_is_nobodys(tmp_path: Path, text: bytes | None) -> None:
    run = finished_run(tmp_path / "run")
    (run / "manifest.json").unlink()
    if text is None:
        (run / "manifest.json").mkdir()
    else:
        (run / "manifest.json").write_bytes(text)
    with pytest.raises(StoreError, match="is not a run directory"):
        claim(run, force=True)


@pytest.mark.parametrize("hashes", [None, [1], "x", 5, {}])
def test_damaged_hashes_are_damage(tmp_path: Path, hashes: object) -> None:
    run = finished_run(tmp_path / "run", sha256=hashes)
    with claim(run, again=True) as directory, pytest.raises(StoreError, match="was changed since"):
        directory.refuse_damage()


def test_a_finished_member_is_kept_unless_forced(tmp_path: Path) -> None:
    with claim(tmp_path / "runs") as directory:
        directory.begin({"seed": 1})
        member = finished_run(tmp_path / "runs" / "seed-7")
        with pytest.raises(StoreError, match="seed-7: holds a finished run"):
            directory.begin({"seed": 2})
        directory.begin({"seed": 2}, keep=("seed-7",))
        assert (member / "market.parquet").exists()
    with claim(tmp_path / "runs", force=True) as directory:
        directory.begin({"seed": 2})
        assert not member.exists()


def test_a_run_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), claim(tmp_path / "run") as directory:
        directory.begin({"seed": 1})
        raise ZeroDivisionError("month 3")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["status"], manifest["reason"]) == ("failed", "ZeroDivisionError: month 3")


def test_a_path_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="is a file, not a folder"):
        claim(tmp_path / "file")
    with pytest.raises(StoreError, match="not a directory"):
        claim(tmp_path / "file" / "run")


def test_a_folder_without_permission_is_named_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError, match=r"run: permission denied; name a folder .* with --out"):
        claim(tmp_path / "run")


def test_a_holder_that_has_not_yet_written_its_number_is_waited_for(tmp_path: Path) -> None:
    lock = os.open(tmp_path / LOCK, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    writer = threading.Timer(0.1, os.pwrite, (lock, b"4711\n", 0))
    writer.start()
    try:
        with pytest.raises(StoreError, match="in use by process 4711"):
            claim(tmp_path)
    finally:
        writer.join()
        os.close(lock)


def test_of_several_processes_at_once_exactly_one_gets_the_directory(tmp_path: Path) -> None:
    run = tmp_path / "run"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", HOLDER, run], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    try:
        while sum(process.poll() is None for process in processes) > 1:
            time.sleep(0.01)
        holders = [process for process in processes if process.poll() is None]
        assert len(holders) == 1
        for process in set(processes) - set(holders):
            assert "in use by process" in process.communicate()[1]
    finally:
        for process in processes:
            end(process)


def test_hashes_cover_config_and_tables(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    with claim(run, again=True) as directory:
        hashes = directory.hash_of_tables()
    assert list(hashes) == ["config.yaml", "market.parquet"]
    (run / "market.parquet").write_bytes(b"tablf")
    with claim(run, again=True) as directory:
        assert directory.hash_of_tables()["market.parquet"] != hashes["market.parquet"]


def test_damage_to_a_finished_run_is_named(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    with claim(run, again=True) as directory:
        directory.record(sha256=directory.hash_of_tables())
        directory.refuse_damage()
        (run / "config.yaml").write_bytes(b"seed: 2\n")
        with pytest.raises(StoreError, match=r"config\.yaml: was changed since the run"):
            directory.refuse_damage()
        (run / "config.yaml").unlink()
        with pytest.raises(StoreError, match=r"config\.yaml: is missing"):
            directory.refuse_damage()
        directory.record(format_version=2)
        with pytest.raises(StoreError, match="has format 2, this version reads 1"):
            directory.refuse_damage()
