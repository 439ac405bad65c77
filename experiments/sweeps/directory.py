"""A sweep directory: claimed by one process, what the sweep is, and the files that say so.

The ledger knows which runs are done.  The manifest says what the sweep is, and its own checksum, so
that a change of one byte is noticed; it is written anew from the sweep that is asked for, which the
ledger knows too.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from experiments.cli import UsageError
from experiments.store import LOCK, MANIFEST, RunDirectory, read_manifest, taken
from experiments.sweeps.ledger import LEDGER, refuse_format
from experiments.sweeps.shards import FOLDER
from experiments.whole_files import StoreError, environment, is_partial, partial_name, remove

FORMAT = "shareshift sweep directory"
CHECKSUM = "checksum"
SWEEP, MODEL = "sweep", "model_version"
BEFORE_MANIFEST = (LOCK, LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", f"{LEDGER}-journal", FOLDER)


class SweepDirectory(RunDirectory):
    """One claimed sweep directory; use `claim` to open it and `with` to let it go."""

    def record(self, **changes: Any) -> None:
        """Change entries of the manifest, on the disk too, with their checksum."""
        entries = self.manifest | changes
        entries.pop(CHECKSUM, None)
        entries[CHECKSUM] = checksum(entries)
        self.write(MANIFEST, (json.dumps(entries, indent=2) + "\n").encode())
        self.manifest = entries


def claim(path: Path) -> SweepDirectory:
    """Make or take over a sweep directory and hold it until it is let go.

    Raises
    ------
    StoreError
        It is in use, holds other files, or cannot be made.
    """
    directory = SweepDirectory(path, taken(path, refuse_foreign))
    try:
        with environment(path):
            forget_partial(path)
        directory.manifest = read(path) or {}
    except BaseException:
        directory.release()
        raise
    return directory


def read(path: Path) -> dict[str, Any] | None:
    """Entries of a sweep's manifest; None where there is none, or one that was damaged.

    Raises
    ------
    StoreError
        A later version wrote it.
    """
    try:
        entries = json.loads((path / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(entries, dict) or entries.get("format") != FORMAT:
        return None
    rest = {name: value for name, value in entries.items() if name != CHECKSUM}
    if entries.get(CHECKSUM) != checksum(rest):
        return None
    refuse_format(path / MANIFEST, str(entries.get("format_version")))
    return entries


def checksum(entries: Mapping[str, Any]) -> str:
    """sha256 of the entries of a manifest."""
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()


def is_sweep(path: Path) -> bool:
    """Whether a folder is a sweep directory, sound or not."""
    return path.is_dir() and ((path / LEDGER).is_file() or read(path) is not None)


def refuse_foreign(path: Path) -> None:
    """Refuse a folder with other people's files in it, or one of another kind of run."""
    if not path.is_dir() or is_sweep(path):
        return
    if read_manifest(path) is not None:
        raise StoreError(f"{path}: is a run directory, not a sweep's; name another with --out")
    ours = (*BEFORE_MANIFEST, partial_name(MANIFEST))
    strangers = sorted(entry.name for entry in path.iterdir() if entry.name not in ours)
    if strangers and not is_sweep(path):
        raise StoreError(
            f"{path}: is not a sweep directory (it holds {strangers[0]}, but no {LEDGER}); "
            "nothing was touched, name another folder with --out"
        )


def refuse_other(
    known: Mapping[str, Any], asked: Mapping[str, str], path: Path, change: Callable[[], str] = str
) -> None:
    """Refuse to go on with another sweep, or another version of the model, than began here.

    change : says what is another in the sweep; empty where that is not known

    Raises
    ------
    UsageError
        Nothing was touched.
    """
    told = {SWEEP: "another sweep", MODEL: "another version of the model"}
    for name, what in told.items():
        if known.get(name) not in (None, asked[name]):
            hashes = f"{known[name][:8]}, this is {asked[name][:8]}"
            found = (change() if name == SWEEP else "") or hashes
            raise UsageError(
                f"{path}: {what} began here ({found}); nothing was touched, name another folder "
                "with --out"
            )


def forget_partial(path: Path) -> None:
    """Remove what a process that died was writing."""
    for folder in (path, path / FOLDER, path / "inputs"):
        if folder.is_dir() and (folder is path or not folder.is_symlink()):
            for entry in folder.iterdir():
                if is_partial(entry.name):
                    with contextlib.suppress(FileNotFoundError):
                        remove(entry)
