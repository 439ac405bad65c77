"""What runs free is kept for the next one: to ask the system for it anew is 5 % of a run."""

import contextlib
import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # names of `mallopt`, from glibc's malloc.h
MOST_KEPT = 64 * 2**20  # bytes at the end of the heap; what is more goes back to the system
LARGEST = 32 * 2**20  # bytes of an array that comes from the heap, the most that glibc allows


def keep_freed() -> None:
    """Have glibc keep what is freed in this process; elsewhere nothing is done."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library, as musl
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(TRIM_THRESHOLD, MOST_KEPT)
        mallopt(MMAP_THRESHOLD, LARGEST)
