"""What is freed stays with the process: the next array of that size costs no page of the system."""

import subprocess
import sys

import pytest

PROBE = """
import resource, sys
import numpy as np
from experiments.sweeps.freed_memory import keep_freed
if sys.argv[1] == "kept":
    keep_freed()
def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def use():
    for _ in range(20):
        parts = [np.ones(200_000) for _ in range(8)]  # 13 MB in all, freed at once
        del parts
use()
before = pages()
use()
print(pages() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's own")
def test_pages_are_asked_for_once() -> None:
    kept, given_back = (
        int(subprocess.check_output([sys.executable, "-c", PROBE, how], text=True))
        for how in ("kept", "given back")
    )
    assert kept < 0.1 * given_back
    assert given_back > 1_000  # the power twin
