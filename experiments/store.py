"""A run directory: claimed by one process at a time, each file written whole or not at all.

The manifest is the only witness of a run's state.  It says `running` before the first table is
written and `finished` after the last one is on the disk, so that a process that dies at any instant
leaves either a finished directory or one that is plainly unfinished, and never half a file.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from experiments.interrupts import Interrupted
from experiments.whole_files import (
    StoreError,
    environment,
    is_partial,
    partial_name,
    remove,
    sha256_of,
    sync_folder,
    write_whole,
)

MANIFEST = "manifest.json"
CONFIG = "config.yaml"
INPUTS = "inputs"
CHECKPOINTS = "checkpoints"
FIGURES = "figures"
REPORT = "report.html"
DIVERGENCE, BASINS = "divergence.parquet", "basins.parquet"
LOCK = ".lock"
FORMAT = "shareshift run directory"
FORMAT_VERSION = 1

LONGEST_REASON = 500
HOLDER_LOOKS, HOLDER_PAUSE = 40, 0.05  # times, s

RUNNING, FINISHED, INTERRUPTED, FAILED = "running", "finished", "interrupted", "failed"


class RunDirectory:
    """One claimed run directory; use `claim` to open it and `with` to let it go."""

    def __init__(self, path: Path, lock: int, force: bool = False) -> None:
        self.path = path
        self.lock = lock
        self.force = force
        self.manifest: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the directory go; a run that did not end says so in its manifest if it still can."""
        if failure is not None and self.manifest.get("status") == RUNNING:
            status, reason = FAILED, f"{type(failure).__name__}: {failure}"
            if isinstance(failure, Interrupted):
                status, reason = INTERRUPTED, str(failure)
            with contextlib.suppress(StoreError):
                self.record(status=status, reason=reason[:LONGEST_REASON])
        self.release()

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place whole; `name` may be in a folder of the directory.

        A link in place of that folder is removed: to write through it would change files elsewhere.

        Raises
        ------
        StoreError
            Among other things: the directory is no longer the one that was claimed.
        """
        self.refuse_if_lost()
        file = self.path / name
        if file.parent != self.path and file.parent.is_symlink():
            remove(file.parent)
        write_whole(file, content)

    def refuse_if_lost(self) -> None:
        """Refuse to write where somebody has moved, removed or replaced the directory.

        A new folder of that name would be nobody's: without its config, and without our lock.
        """
        held = os.fstat(self.lock)
        try:
            found = (self.path / LOCK).lstat()
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != (held.st_dev, held.st_ino):
            raise StoreError(
                f"{self.path}: was moved, removed or replaced while it was in use; run again"
            )

    def record(self, **changes: Any) -> None:
        """Change entries of the manifest, on the disk too."""
        entries = self.manifest | changes
        self.write(MANIFEST, (json.dumps(entries, indent=2) + "\n").encode())
        self.manifest = entries

    def begin(self, entries: dict[str, Any], keep: tuple[str, ...] = ()) -> None:
        """Start a run here: the manifest first, then nothing of an earlier run is left but `keep`.

        Only names that a run writes are removed; a note that a user put here stays.  The config
        and its inputs are left for the new run to replace, for it may be read from them.
        """
        leaving = [path for path in self.outputs() if path.name not in keep]
        for member in filter(is_member, leaving):
            claim(member, self.force).release()
        self.manifest = {}
        self.record(format=FORMAT, format_version=FORMAT_VERSION, status=RUNNING, **entries)
        for path in leaving:
            remove(path)

    def go_on(self, month: int, entries: dict[str, Any]) -> None:
        """Note that a run is continued after `month` months; how it began is left as it is."""
        before = self.manifest.get("resumed")
        resumed = [*(before if isinstance(before, list) else []), {"month": month, **entries}]
        self.manifest.pop("reason", None)
        self.record(status=RUNNING, resumed=resumed)

    def outputs(self) -> list[Path]:
        """What runs have written here, but for the config and its inputs.

        Tables are those of this version and of the version that wrote the manifest; a link in place
        of the inputs is no run's, and to write through it would change files elsewhere.
        """
        tables = {name for name in hashes_in(self.manifest) if name.endswith(".parquet")}
        named = {FIGURES, REPORT, CHECKPOINTS} | table_names() | tables
        return [
            path
            for path in sorted(self.path.iterdir())
            if path.name in named or is_member(path) or (path.name == INPUTS and path.is_symlink())
        ]

    def release(self) -> None:
        """Let another process claim the directory."""
        with contextlib.suppress(OSError):
            os.ftruncate(self.lock, 0)
        os.close(self.lock)

    def keep_inputs(self, names: tuple[str, ...]) -> None:
        """Remove the copies of input files that this run does not read."""
        folder = self.path / INPUTS
        if folder.is_dir() and not folder.is_symlink():
            for path in sorted(folder.iterdir()):
                if path.name not in names:
                    remove(path)
            if not names:
                remove(folder)

    def forget_checkpoints(self) -> None:
        """Remove the states that were saved on the way, as no finished run needs them."""
        if (self.path / CHECKPOINTS).is_symlink() or (self.path / CHECKPOINTS).exists():
            remove(self.path / CHECKPOINTS)

    def refuse_damage(self) -> None:
        """Refuse a finished run whose config or tables are not what it wrote.

        Raises
        ------
        StoreError
        """
        version = self.manifest.get("format_version")
        if version != FORMAT_VERSION:
            raise StoreError(
                f"{self.path}: has format {version}, this version reads {FORMAT_VERSION}; "
                "run its config.yaml again"
            )
        written, found = hashes_in(self.manifest), self.hash_of_tables()
        for name in sorted(written | found):
            if written.get(name) != found.get(name):
                change = "is missing" if name not in found else "was changed since the run"
                raise StoreError(f"{self.path / name}: {change}; run the config again with --force")

    def hash_of_tables(self) -> dict[str, str]:
        """sha256 of each table and of the config, by file name."""
        names = [CONFIG, *sorted(table_names())]
        return {name: sha256_of(self.path / name) for name in names if (self.path / name).exists()}


def claim(path: Path, force: bool = False, again: bool = False) -> RunDirectory:
    """Make or take over a run directory and hold it until it is let go.

    Parameters
    ----------
    path : folder, made if it is missing
    force : whether a finished run may be overwritten
    again : whether a finished run may be opened to add figures and a report to it

    Raises
    ------
    StoreError
        It is in use, finished, not a run directory, or cannot be made.
    """
    directory = RunDirectory(path, taken(path, refuse_foreign), force)
    try:
        with environment(path):
            sweep(path)
            directory.manifest = read_manifest(path) or {}
            if directory.manifest.get("status") == FINISHED:
                directory.forget_checkpoints()
        if directory.manifest.get("status") == FINISHED and not (force or again):
            raise StoreError(
                f"{path}: holds a finished run; --force overwrites it, --out names another folder"
            )
    except BaseException:
        directory.release()
        raise
    return directory


def taken(path: Path, refuse: Callable[[Path], None]) -> int:
    """Make a directory if it is missing and lock it for this process; the open lock.

    refuse : raises StoreError of a folder that is not to be touched
    """
    with environment(path):
        if path.exists() and not path.is_dir():
            raise StoreError(f"{path}: is a file, not a folder; name another with --out")
        if path.is_symlink() and not path.exists():
            raise StoreError(f"{path}: is a link to nothing; name another folder with --out")
        refuse(path)
        path.mkdir(parents=True, exist_ok=True)
        sync_folder(path.parent)
        return hold(path)


def refuse_foreign(path: Path) -> None:
    """Refuse a folder with other people's files in it, with or without --force."""
    if not path.is_dir() or read_manifest(path) is not None:
        return
    strangers = [entry.name for entry in path.iterdir() if not is_ours_before_start(entry.name)]
    # Another process may have begun a run here since then; its manifest comes before its files.
    if strangers and read_manifest(path) is None:
        raise StoreError(
            f"{path}: is not a run directory (it holds {sorted(strangers)[0]}, but no {MANIFEST} "
            "of a run); nothing was touched, name another folder with --out"
        )


def is_ours_before_start(name: str) -> bool:
    """Whether a directory that died before its first manifest may hold this name."""
    return name in (LOCK, partial_name(MANIFEST))


def table_names() -> set[str]:
    """Names of the tables that a run or a study writes; other Parquet files are the user's."""
    from simulation.columns import TABLES

    return {DIVERGENCE, BASINS, *(f"{name}.parquet" for name in TABLES)}


def hashes_in(manifest: dict[str, Any]) -> dict[str, Any]:
    """Hash of each file that a finished run wrote, by name, as far as its manifest tells."""
    hashes = manifest.get("sha256")
    return hashes if isinstance(hashes, dict) else {}


def is_member(path: Path) -> bool:
    """Whether this is the run directory of one seed among several."""
    stem, _, seed = path.name.partition("-")
    return stem == "seed" and seed.isdigit() and read_manifest(path) is not None


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Entries of the manifest of a run directory; None if this is not one."""
    try:
        entries = json.loads((path / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError, RecursionError):
        return None
    if not isinstance(entries, dict) or entries.get("format") != FORMAT:
        return None
    return entries


def hold(path: Path) -> int:
    """Lock the directory for this process; the kernel lets go of it when the process ends.

    A link in place of the lock is refused, for the file that it names would be emptied.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    lock = os.open(path / LOCK, flags, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = holder_of(lock)
        os.close(lock)
        raise StoreError(
            f"{path}: in use by process {holder}; wait for it or name another folder with --out"
        ) from None
    except BaseException:
        os.close(lock)
        raise
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def holder_of(lock: int) -> str:
    """Number of the process that holds a lock, which it writes a moment after it has the lock."""
    for _ in range(HOLDER_LOOKS):
        holder = os.pread(lock, 32, 0).decode(errors="replace").strip()
        if holder:
            return holder
        time.sleep(HOLDER_PAUSE)
    return "unknown"


def sweep(path: Path) -> None:
    """Remove what a process that died was writing."""
    for folder in (path, path / INPUTS, path / FIGURES, path / CHECKPOINTS):
        if folder.is_dir() and (folder is path or not folder.is_symlink()):
            for entry in folder.iterdir():
                if is_partial(entry.name):
                    remove(entry)
