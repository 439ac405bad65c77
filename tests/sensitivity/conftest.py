"""Lets the tests of this folder share code with each other."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
