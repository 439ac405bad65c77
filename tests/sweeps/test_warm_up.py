"""The process that workers are forked from is not hit by Ctrl-C while it imports."""

import subprocess
import sys

import pytest

PROBE = """
import re, signal
from pathlib import Path
from multiprocessing import forkserver
from experiments.sweeps import local
local.warm_up()
number = forkserver._forkserver._forkserver_pid
status = Path(f"/proc/{number}/status").read_text()
held = int(re.search(r"SigBlk:\\s+(\\w+)", status).group(1), 16)
own = signal.pthread_sigmask(signal.SIG_BLOCK, [])
for which in (signal.SIGINT, signal.SIGTERM):
    print(bool(held >> (which - 1) & 1), which in own)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_signals_wait_until_it_is_ready_and_we_still_hear_them() -> None:
    said = subprocess.check_output([sys.executable, "-c", PROBE], text=True)
    assert said.split() == ["True", "False"] * 2
