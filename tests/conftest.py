"""Settings of every test: no window is opened, and property tests draw the same examples again."""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# No deadline: the first call of a kernel compiles it, and no test depends on the clock.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
