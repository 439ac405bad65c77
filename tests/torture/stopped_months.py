"""Row 4: runs of many configs are stopped at every month and go on; not a byte differs."""

from checkpoint import CONFIGS, stop_at_every_month

ROW = 4
REDUCED, FULL = 1, 100  # configs; FULL is more than there are, so all are done


def run(seed: int, count: int) -> list[str]:
    """Stop each of `count` configs everywhere; they have seeds of their own."""
    found = []
    for name in list(CONFIGS)[:count]:
        months, wrong = stop_at_every_month([name])
        if wrong or not months:
            found.append(f"{name}: {wrong} of {months} stops changed something")
    return found
