"""Row 11: eight sweeps begin at once on one directory: one proceeds, seven name the holder.

After `kill -9` of the holder the next one needs no unlocking.
"""

import random
import re
import shutil

from faulty_sweeps import Ended, Hit, sweeps
from hit_sweeps import committed, outputs, prepare, scratch, words, wrong

ROW = 11
REDUCED, FULL = 2, 50  # rounds
CROWD = 8
RUNS = (10, 4)


def run(seed: int, count: int) -> list[str]:
    """Let crowds begin `count` times; in every other round the holder is killed first."""
    luck, problems = random.Random(seed), []
    with scratch() as folder:
        runs = prepare(folder, *RUNS)
        whole = sweeps()(folder, *words("whole"))
        if whole.code:
            return [f"alone: {whole}"]
        wanted = outputs(folder / "whole")
        for case in range(count):
            shutil.rmtree(folder / "out", ignore_errors=True)
            if case % 2:
                hit = Hit(after=luck.uniform(0.1, 1.0))
                killed = sweeps()(folder, *words(), hit=hit)
                problems += [f"{case}: {killed}"] if killed.code not in (0, -9) else []
            done = len(committed(folder / "out"))
            crowd = sweeps().crowd(folder, words(), CROWD)
            found = told(crowd, 2 * done < runs) + wrong(folder / "out", runs, wanted)
            problems += [f"round {case}: {problem}" for problem in found]
    return problems


def told(crowd: list[Ended], takes_long: bool) -> list[str]:
    """What is wrong with the ways in which they ended.

    takes_long : whether the one that proceeds has much to do; else those that come after its end
        find the sweep finished, and end well too.
    """
    found = []
    codes = sorted(ended.code for ended in crowd)
    if not {0} <= {*codes} <= {0, 4} or (takes_long and codes.count(0) > 1):
        found.append(f"exit codes {codes}")
    for ended in crowd:
        line = re.fullmatch(r"shareshift: out: in use by process \d+.*\n", ended.err)
        if ended.code == 4 and not line:
            found.append(f"does not name the holder: {ended.err!r}")
    return found
