"""Settings of every test: no window is opened, and property tests draw the same examples again.

Nothing is kept in this process from one market for the next, so that what is made twice is made
twice; tests of what is kept ask for `keeping`.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from agents.kept import KEPT, MOST

os.environ.setdefault("MPLBACKEND", "Agg")

# No deadline: the first call of a kernel compiles it, and no test depends on the clock.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

KEPT.most = 0


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep, from nothing on, as the program does."""
    monkeypatch.setattr(KEPT, "most", MOST)
    yield
    KEPT.clear()
