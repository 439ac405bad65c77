"""Row 4: real runs are killed with `kill -9` at any instant and resumed; not a byte differs."""

import random

from checkpoint import hit_elsewhere, kill

ROW = 4
REDUCED, FULL = 2, 100  # kills


def run(seed: int, count: int) -> list[str]:
    """Kill `count` runs, each at an instant by chance."""
    return hit_elsewhere(count, random.Random(seed), kill)
