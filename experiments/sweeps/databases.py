"""What SQLite says, in the words of the store: a full disk, a lost folder, damaged bytes."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from experiments.whole_files import StoreError, space_left

FULL, SYSTEM, READ_ONLY, NO_FILE, REFUSED, BUSY = 13, 10, 8, 14, 3, 5
CORRUPT, NO_DATABASE = 11, 26
# WAL shares memory between processes, which such file systems do not.
NETWORK = ("nfs", "cifs", "smb", "lustre", "gpfs", "beegfs", "ceph", "afs", "9p", "fuse.sshfs")
MOUNTS = Path("/proc/self/mounts")


class DamagedError(StoreError):
    """Bytes of a sweep directory are not those that were written."""


@contextlib.contextmanager
def database(path: Path, need: int = 0) -> Iterator[None]:
    """Say in one line what SQLite could not do, where, and how many bytes were needed.

    Raises
    ------
    DamagedError
        The file is not a database, or not a sound one.
    StoreError
    """
    try:
        yield
    except sqlite3.Error as failure:
        code = getattr(failure, "sqlite_errorcode", 0) & 0xFF
        if code in (CORRUPT, NO_DATABASE):
            raise DamagedError(f"{path}: damaged ({failure})") from failure
        raise StoreError(f"{path}: {reason(code, str(failure), path, need)}") from failure


def reason(code: int, words: str, path: Path, need: int) -> str:
    """One line about a failure of the system under SQLite, and the cure."""
    if code in (FULL, SYSTEM):
        size = f"needs {need:,} bytes" if need else "needs more space"
        return f"{words}: {size}, {space_left(path)}; make room and run again"
    if code in (READ_ONLY, NO_FILE, REFUSED):
        return f"{words}; name a folder that you may write to with --out"
    if code == BUSY:
        return f"{words}: another process holds it; close it and run again"
    return words


def on_network(path: Path, mounts: Path = MOUNTS) -> bool:
    """Whether a file system of several machines holds the path, as far as the system tells."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    places = [line.split()[1:3] for line in lines if len(line.split()) > 2]
    holding = [(point, kind) for point, kind in places if holds(point, path.resolve())]
    kind = max(holding, key=lambda place: len(place[0]), default=("", ""))[1]
    return kind.startswith(NETWORK)


def holds(point: str, path: Path) -> bool:
    """Whether a path lies under a mount point, as /proc writes it."""
    return path.is_relative_to(point.replace("\\040", " "))
