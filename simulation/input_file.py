"""Bytes of an input file, read once: never from a pipe or a device, never more than fit."""

import os
import stat
from pathlib import Path

from simulation.config_errors import ConfigError

LARGEST_INPUT = 100_000_000  # bytes


def bytes_of(path: Path) -> bytes:
    """Bytes of an input file.

    Raises
    ------
    ConfigError
        It is missing, no regular file, or larger than `LARGEST_INPUT`.
    """
    try:
        # Not to wait for ever for somebody to write to a pipe.
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(number, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigError([f"{path}: not a regular file; name a file"])
            content = file.read(LARGEST_INPUT + 1)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    if len(content) > LARGEST_INPUT:
        raise ConfigError([f"{path}: larger than {LARGEST_INPUT:,} bytes, not read"])
    return content
