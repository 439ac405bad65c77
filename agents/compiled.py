"""Compiled kernels, and the version of the model they were compiled from.

Numba keys its cache by the file that holds a kernel and does not notice an edit of a function that
the kernel calls from another file: the old number comes back as a cache hit.  So the cache folder
is named by a hash of every source file of `agents` and `simulation` and of Numba's version.  The
same hash is the *model version* in the identity of a run.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import update_wrapper
from pathlib import Path
from typing import Any

from agents.version import model_version, source_hash

KEPT_VERSIONS = 4


def cache_folder() -> Path:
    """Folder of this model version's compiled kernels, made if need be."""
    for root in cache_roots():
        folder = root / model_version()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Whoever can write there runs code as us.
            is_ours = all(path.stat().st_uid == os.getuid() for path in (root, folder))
        except OSError:
            continue
        if is_ours and os.access(folder, os.W_OK):
            forget_old_versions(root)
            return folder
    return Path(tempfile.mkdtemp(prefix="shareshift-"))


def cache_roots() -> Iterator[Path]:
    """Folders under which compiled kernels may lie, the best first."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        yield named / "shareshift"
    else:
        with contextlib.suppress(RuntimeError):  # a user without a home
            yield Path("~/.cache").expanduser() / "shareshift"
    yield Path(tempfile.gettempdir()) / f"shareshift-{os.getuid()}"


def forget_old_versions(root: Path) -> None:
    """Remove all but the most recently used folders of compiled kernels."""
    with contextlib.suppress(OSError):
        os.utime(root / model_version())
        folders = sorted(root.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for folder in folders[KEPT_VERSIONS:]:
            shutil.rmtree(folder, ignore_errors=True)


os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())

import numba  # noqa: E402  (the cache folder must be named first)
from numba.core.caching import FunctionCache  # noqa: E402
from numba.extending import overload  # noqa: E402

from agents.borrowed import as_borrowed  # noqa: E402
from agents.equations.either import either  # noqa: E402

# Where Numba had been imported before us, it has read its settings already.
numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]


class KernelCache(FunctionCache):
    """Compiled code of one kernel on disk; what is wrong with the disk only costs a compilation."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Read the code; a file that a crash or a full disk has damaged counts as none."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001  # damaged pickles raise anything
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write the code, if there is room for it."""
        with contextlib.suppress(OSError):
            super().save_overload(sig, data)


__all__ = ["cache_folder", "inline", "kernel", "model_version", "source_hash"]

LEAN: Any = {"no_cfunc_wrapper": True}  # nobody calls a kernel by a pointer from C


class BorrowingCache(KernelCache):
    """The same for a form that borrows its arguments."""

    def _index_key(self, *words: Any) -> Any:
        return (*super()._index_key(*words), "borrows")


class Kernel:
    """A compiled function; in the form of arguments of its first call it is called directly.

    Numba finds out at every call which form it is, which takes longer than many a kernel; it is
    asked only where an argument differs.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        """Nothing is compiled before the first call."""
        update_wrapper(self, function)
        self.usual, self.borrowing = compilation(function), compilation(function)
        self.usual._cache = KernelCache(function)  # as `cache=True` does, but forgiving
        self.borrowing._cache = BorrowingCache(function)
        self.call: Callable[..., Any] = self.first

    def __call__(self, *arguments: Any) -> Any:
        """Result for these arguments."""
        try:
            return self.call(*arguments)
        except (TypeError, OverflowError):  # of an argument, before anything was done
            return self.usual(*arguments)

    def first(self, *arguments: Any) -> Any:
        """Compile for arguments of this form."""
        form = tuple(self.usual.typeof_pyval(argument) for argument in arguments)
        with as_borrowed():
            self.borrowing.compile(form)
        self.call = self.borrowing.overloads[form].entry_point
        return self.call(*arguments)

    @property
    def _numba_type_(self) -> Any:
        """What other kernels call."""
        return self.usual._numba_type_


def compilation(function: Callable[..., Any]) -> Any:
    """What compiles `function`, and runs it without holding the interpreter's lock."""
    return numba.njit(nogil=True, error_model="numpy", **LEAN)(function)


def kernel(function: Callable[..., Any]) -> Kernel:
    """Compile `function`, cached on disk."""
    return Kernel(function)


def inline(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` for use inside kernels."""
    compiled: Callable[..., Any] = numba.njit(nogil=True, inline="never", **LEAN)(function)
    return compiled


@overload(either)
def either_number(
    condition: Any,  # noqa: ARG001  # types, of which the choice depends on none
    value: Any,  # noqa: ARG001
    otherwise: Any,  # noqa: ARG001
) -> Callable[..., Any]:
    """What kernels have in place of `either`: a choice of two numbers."""

    def chosen(condition: Any, value: Any, otherwise: Any) -> Any:
        return value if condition else otherwise

    return chosen
