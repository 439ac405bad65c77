"""Where a run comes from: the program, its versions and the machine, for the manifest."""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "shareshift",
    "mesa",
    "numpy",
    "numba",
    "scipy",
    "networkx",
    "pydantic",
    "PyYAML",
    "pyarrow",
    "matplotlib",
)
SECONDS_FOR_GIT = 5


def provenance(argv: Sequence[str]) -> dict[str, Any]:
    """Entries of the manifest that say who made the run, with what, where and when."""
    return {
        "argv": [relative(word) for word in argv],
        "git": git_state(),
        "versions": {"python": platform.python_version()} | versions(),
        "platform": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "cpus": os.cpu_count(),
        },
        "started": now(),
        "pid": os.getpid(),
    }


def versions() -> dict[str, str]:
    """Installed version of each package that can move a result."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def relative(word: str) -> str:
    """An argument without the folder names of this machine."""
    option, equals, value = word.rpartition("=")
    return option + equals + (os.path.relpath(value) if Path(value).is_absolute() else value)


def git_state() -> dict[str, Any] | None:
    """Commit of the checkout and whether it was changed since; None outside of git."""
    if not (CHECKOUT / ".git").exists():
        return None
    commit, status = git("rev-parse", "HEAD"), git("status", "--porcelain")
    return None if commit is None else {"commit": commit, "dirty": bool(status)}


def git(*words: str) -> str | None:
    """What git answers about the checkout; None if it cannot."""
    try:
        answer = subprocess.run(
            ["git", *words],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_GIT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
