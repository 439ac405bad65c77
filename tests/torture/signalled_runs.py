"""Row 3: real runs get Ctrl-C or SIGTERM, once or twice; they say how to go on, and can."""

import random
import signal

from checkpoint import ask_to_stop, hit_elsewhere

ROW = 3
REDUCED, FULL = 1, 50  # runs for each of four faults


def run(seed: int, count: int) -> list[str]:
    """Send each signal once and twice to `count` runs each, at an instant by chance."""
    luck, found = random.Random(seed), []
    for number in (signal.SIGINT, signal.SIGTERM):
        for times in (1, 2):
            place = f"{number.name} x {times}: "
            try:
                problems = hit_elsewhere(count, luck, ask_to_stop(number, times))
            except AssertionError as problem:
                problems = [str(problem)]
            found += [place + problem for problem in problems]
    return found
