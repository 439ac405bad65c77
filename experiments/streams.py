"""Standard streams that cannot stop the work: closed, full, unread, or of a narrow alphabet."""

import os
import sys
from typing import TextIO


def settle() -> None:
    """Open the streams that whoever started us has closed, and escape what an encoding lacks.

    It comes before any file is opened, which would else get the number of a closed stream.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def tell(text: str, stream: TextIO | None = None) -> None:
    """Print a line on stderr, or another stream; that nobody takes it is no reason to stop."""
    stream = stream or sys.stderr
    try:
        print(text, file=stream, flush=True)
    except OSError:
        silence(stream)


def silence(stream: TextIO) -> None:
    """Send what is left for a stream nowhere, so that Python does not complain when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
