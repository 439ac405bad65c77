"""Settings of every test: no window is opened, and property tests draw the same examples again.

Nothing is kept from one market for the next, so that what is made twice is made twice; but
`tests/agents/test_kept.py` keeps.
"""

import os

from hypothesis import settings

from agents.kept import KEPT

os.environ.setdefault("MPLBACKEND", "Agg")

# No deadline: the first call of a kernel compiles it, and no test depends on the clock.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

KEPT.most = 0
