"""Files that are there whole or not at all, and system errors in words."""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

PARTIAL = ".partial"
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StoreError(Exception):
    """The environment stands in the way: the message says what, where and what to do."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or, whatever happens, not changed at all."""
    partial = path.with_name(partial_name(path.name))
    with environment(path, len(content)):
        if not path.parent.exists():
            path.parent.mkdir()
            sync_folder(path.parent.parent)
        try:
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def partial_name(name: str) -> str:
    """Name of a file while it is being written."""
    return f".{name}{PARTIAL}"


def is_partial(name: str) -> bool:
    """Whether this is the name of a file that was being written when its process died."""
    return name.startswith(".") and name.endswith(PARTIAL)


def remove(path: Path) -> None:
    """Remove a file, a link (never what it points to) or a folder that a run wrote."""
    with environment(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    with environment(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def environment(path: Path, need: int = 0) -> Iterator[None]:
    """Say in one line what the system refused, where, and how many bytes were needed."""
    try:
        yield
    except OSError as failure:
        raise StoreError(explain(failure, path, need)) from failure


def explain(failure: OSError, path: Path, need: int) -> str:
    """One line about a system error: the path, the reason and the cure."""
    reason = (failure.strerror or str(failure)).lower()
    if failure.errno in NO_SPACE:
        size = f"{need:,} bytes" if need else "more space"
        return f"{path}: {reason}: needs {size}, {space_left(path)}; make room and run again"
    if failure.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path}: {reason}; name a folder that you may write to with --out"
    return f"{path}: {reason}"


def space_left(path: Path) -> str:
    """Free space where `path` lies, in words."""
    for folder in path.absolute().parents:
        with contextlib.suppress(OSError):
            return f"{shutil.disk_usage(folder).free:,} are free"
    return "free space is unknown"
