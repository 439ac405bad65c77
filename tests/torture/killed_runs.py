"""Row 4: real runs are killed with `kill -9` at any instant and resumed; not a byte differs."""

import random

from checkpoint import hit_elsewhere, kill

ROW = 4
REDUCED, FULL = 2, 100  # kills


def run(seed: int, count: int) -> list[str]:
    """Kill `count` runs, each at an instant by chance, half of them of a market that decides."""
    luck = random.Random(seed)
    parts = {"recorded": count - count // 2, "baseline": count // 2}
    return [
        f"{source}: {problem}"
        for source, part in parts.items()
        for problem in hit_elsewhere(part, luck, kill, source)
    ]
