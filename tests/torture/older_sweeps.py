"""Row 20: a sweep directory of an earlier version is read; others are refused in a sentence.

`sweep_of_format_1` was written by the first version that had sweeps (`older_sweeps.make`).
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import chdir, closing
from pathlib import Path
from typing import Any

import harness
from hit_sweeps import outputs, prepare, scratch, words
from small_runs import command

from experiments.sweeps.directory import CHECKSUM, checksum
from experiments.sweeps.ledger import Ledger
from experiments.sweeps.shards import sound
from experiments.sweeps.study import load_sweep
from experiments.whole_files import StoreError

ROW = 20
STORED = harness.HERE / "stored" / "sweep_of_format_1"
RUNS = (12, 4)
NUMBERS = STORED.with_suffix(".json")  # what was read when it was written


def make() -> None:
    """Write the stored directory anew; only a new format is a reason to."""
    with scratch() as folder, chdir(folder):
        prepare(folder, *RUNS)
        code, said = command(folder, words("whole"))
        assert code == 0, said
        shutil.rmtree(STORED, ignore_errors=True)
        shutil.copytree("whole", STORED, ignore=shutil.ignore_patterns(".lock", "*-shm", "*-wal"))
        manifest = json.loads((STORED / "manifest.json").read_bytes())
        manifest["began"] = {}  # nothing of the machine that wrote it
        put(STORED, manifest)
        NUMBERS.write_text(json.dumps(read(STORED), indent=1) + "\n")


def read(out: Path) -> dict[str, Any]:
    """Numbers that are read from a sweep directory."""
    study = load_sweep(out)
    frame = study.frame()
    return {
        "columns": list(frame.columns),
        "hhi_revenue": frame["hhi_revenue"].tolist(),
        "identity": frame["identity"].tolist(),
        "months": study.table("market").num_rows,
    }


def put(out: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest with its right checksum."""
    rest = {name: value for name, value in manifest.items() if name != CHECKSUM}
    text = json.dumps({**rest, CHECKSUM: checksum(rest)}, indent=2) + "\n"
    (out / "manifest.json").write_text(text)


def future_manifest(out: Path) -> None:
    """A manifest of a format that is not known yet."""
    put(out, {**json.loads((out / "manifest.json").read_bytes()), "format_version": 2})


def future_ledger(out: Path) -> None:
    """A ledger of a format that is not known yet."""
    with closing(sqlite3.connect(out / "runs.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE notes SET value = '2' WHERE name = 'format_version'")


def other_model(out: Path) -> None:
    """Runs of another version of the model."""
    manifest = json.loads((out / "manifest.json").read_bytes())
    put(out, {**manifest, "model_version": "0" * 64})


OTHERS: dict[Callable[[Path], None], tuple[int, str]] = {
    future_manifest: (4, "format 2"),
    future_ledger: (4, "format 2"),
    other_model: (2, "another version of the model began here"),
}
REDUCED = FULL = 1 + len(OTHERS)


def run(seed: int, count: int) -> list[str]:
    """Read the stored directory, and try to go on with others."""
    with scratch() as folder, chdir(folder):
        return [*stored(folder), *refused(folder)]


def stored(folder: Path) -> Iterator[str]:
    """What is wrong with the reading of the stored directory."""
    shutil.copytree(STORED, folder / "stored")
    known = json.loads(NUMBERS.read_bytes())
    # As text, in which a number that is missing is equal to itself.
    if json.dumps(read(folder / "stored")) != json.dumps(known):
        yield "the stored directory is read with other numbers"
    with Ledger(folder / "stored") as ledger:
        if len(list(ledger.runs())) != RUNS[0] * RUNS[1]:
            yield "runs of the stored ledger are missing"
    if not all(sound(file) for file in (folder / "stored" / "shards").iterdir()):
        yield "a stored shard is not sound"


def refused(folder: Path) -> Iterator[str]:
    """What is wrong with the refusals of directories of other versions."""
    prepare(folder, *RUNS)
    code, said = command(folder, words("whole"))
    if code:
        yield f"undisturbed: exit {code}, {said}"
    for change, (wanted, words_of_it) in OTHERS.items():
        shutil.rmtree(folder / "out", ignore_errors=True)
        out = Path(shutil.copytree(folder / "whole", folder / "out"))
        change(out)
        before = outputs(out)
        code, said = command(folder, words())
        if code != wanted or said.count("\n") != 1 or words_of_it not in said:
            yield f"{change.__name__}: exit {code}, {said!r}"
        if outputs(out) != before:
            yield f"{change.__name__}: something was touched"
        if wanted == 4:
            try:
                load_sweep(out).frame()
                yield f"{change.__name__}: it was read all the same"
            except StoreError as refusal:
                if words_of_it not in str(refusal):
                    yield f"{change.__name__}: {refusal}"
