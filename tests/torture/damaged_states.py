"""Row 8: a saved state is flipped, cut, zeroed, shortened or lengthened; no copy is read."""

import random

from checkpoint import config_of, states_of, unnoticed

ROW = 8
REDUCED, FULL = 100, 1_000  # damaged copies


def run(seed: int, count: int) -> list[str]:
    """Damage `count` copies of the state of a market with everything on."""
    content = states_of(config_of("recorded", "months=12"))[-1]
    missed = unnoticed(content, count, random.Random(seed))
    return [f"{missed} of {count} damaged copies were read as if they were whole"] * bool(missed)
