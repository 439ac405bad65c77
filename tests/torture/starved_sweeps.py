"""Row 9: runs eat memory at once or slowly, hang, raise, leave, or are killed as for their memory.

Each is a recorded failure with its reason, and all others finish.
"""

import random
import re
from pathlib import Path

from hit_sweeps import scratch
from sweep_processes import LONG, orphans, started

from experiments.sweeps.ledger import Ledger

ROW = 9
REDUCED, FULL = 4, 60  # bad runs
EACH = 12  # runs, of which one is bad
REASONS = {
    "eat": r"out of memory: over its limit of 300 MB.*",
    "leak": r"out of memory: over its limit of 300 MB.*|over its limit of 10 s",
    "die": r"ended its worker 3 times \(a crash, or killed for its memory\)",
    "raise": r"ValueError: no market at number \d+ .*",
}


def run(seed: int, count: int) -> list[str]:
    """Let `count` runs misbehave in one sweep with two workers."""
    luck, runs = random.Random(seed), EACH * count
    bad = dict(
        zip(
            luck.sample(range(runs), count),
            (list(REASONS)[place % len(REASONS)] for place in range(count)),
            strict=True,
        )
    )
    acts = [f"{number}:{act}" for number, act in bad.items()]
    with scratch() as folder:
        limits = ("--limit", 10, "--memory", 300)
        process = started(folder, "starved", "out", runs, 2, *acts, *limits, synthetic=True)
        out, err = process.communicate(timeout=LONG + 10 * count)
        found = [] if process.returncode == 3 else [f"exit {process.returncode}: {out} {err}"]
        return found + orphans("starved", 10.0) + judged(folder / "out", runs, bad)


def judged(out: Path, runs: int, bad: dict[int, str]) -> list[str]:
    """What is wrong with the ledger."""
    with Ledger(out) as ledger:
        there = list(ledger.runs())
    found = [] if [one.number for one in there] == list(range(runs)) else ["runs were lost"]
    failed = {one.number: one.reason for one in there if one.status == "failed"}
    found += [f"run {number} failed: {failed[number]}" for number in sorted(set(failed) - set(bad))]
    for number, act in sorted(bad.items()):
        if not re.fullmatch(REASONS[act], failed.get(number, "")):
            found.append(f"run {number} ({act}): {failed.get(number, 'it did not fail')!r}")
    return found
