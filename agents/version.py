"""The version of the model: a hash of all its source files, known without importing them.

It is part of every run's identity, and names the folder of the compiled kernels.
"""

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = ("agents", "simulation")


@lru_cache(maxsize=1)
def model_version() -> str:
    """Hash of every source file of the model and of Numba's version, as 16 hex digits."""
    return source_hash(CHECKOUT)


def source_hash(checkout: Path) -> str:
    """The same for the model that lies under `checkout`."""
    digest = hashlib.sha256(version("numba").encode())
    for package in SOURCES:
        for path in sorted((checkout / package).rglob("*.py")):
            digest.update(path.relative_to(checkout).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
