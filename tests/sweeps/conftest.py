"""Lets the tests of sweeps share code with each other, with workers and with the torture tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
