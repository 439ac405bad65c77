"""Row 3: sweeps get Ctrl-C or SIGTERM, once or twice, at any instant; they go on where they were.

Once: what runs is finished and committed, and the command says how to go on, if it has begun to
write.  Twice: it ends at once.  No process of it is left either way.
"""

import random
import shutil
import signal
import time
from pathlib import Path

import harness
from faulty_sweeps import Ended, Hit, sweeps
from hit_sweeps import committed, outputs, prepare, scratch, words, wrong
from sweep_processes import LONG, alive, orphans, started

ROW = 3
REDUCED, FULL = 2, 50  # sweeps for each of four faults
RUNS = (12, 4)
EACH_WITH_WORKERS = 5  # sweeps of a fault, of which one has worker processes
AT_ONCE = 1.0  # seconds, judged in `make torture` only
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(seed: int, count: int) -> list[str]:
    """Send each signal once and twice to `count` sweeps each."""
    luck, problems = random.Random(seed), []
    with scratch() as folder:
        runs = prepare(folder, *RUNS)
        begun = time.monotonic()
        whole = sweeps()(folder, *words("whole"))
        if whole.code:
            return [f"undisturbed: {whole}"]
        begun = time.monotonic()
        sweeps()(folder, *words("timed"))
        takes = time.monotonic() - begun
        with_two = seconds_of_two(folder)
        for case in range(4 * count):
            number, times = SIGNALS[case % 2], 1 + case // 2 % 2
            shutil.rmtree(folder / "out", ignore_errors=True)
            if case // 4 % EACH_WITH_WORKERS == EACH_WITH_WORKERS - 1:
                after = luck.uniform(0.1, 1.0) * with_two
                found = with_workers(folder, luck, number, times, after, f"signal-{case}")
            else:
                hit = Hit(after=luck.uniform(0.01, takes), signal=number)
                hit = hit._replace(again=luck.uniform(0.001, 0.05) if times == 2 else 0.0)
                found = complaints(sweeps()(folder, *words(), hit=hit), number, times)
            before = set(committed(folder / "out"))
            ended = sweeps()(folder, *words())
            found += [] if ended.code == 0 else [f"afterwards {ended}"]
            found += ["runs were lost"] if before - set(committed(folder / "out")) else []
            found += wrong(folder / "out", runs, outputs(folder / "whole"))
            problems += [f"case {case}, {number.name} x {times}: {text}" for text in found]
    return problems


def complaints(ended: Ended, number: signal.Signals, times: int) -> list[str]:
    """What is wrong with the end of a sweep that was asked to stop."""
    last = ended.err.splitlines()[-1] if ended.err else ""
    said = ended.code == 128 + number and "goes on" in last and "Traceback" not in ended.err
    # Whoever has finished and said so may be hit while the interpreter closes.
    over = ended.code in (0, -number) and "runs done" in ended.out and "Traceback" not in ended.err
    cut = times == 2 and ended.code == -number and "Traceback" not in ended.err
    # Before its first write a sweep has nothing that it could go on with.
    plain = ended.code in (128 + number, -number) and "Traceback" not in ended.err
    return [] if said or over or cut or (ended.calls == 0 and plain) else [f"{ended}"]


def seconds_of_two(folder: Path) -> float:
    """How long the sweep takes with two workers that nobody disturbs."""
    begun = time.monotonic()
    process = started(folder, "undisturbed", *words(workers=2))
    process.communicate(timeout=LONG)
    shutil.rmtree(folder / "out", ignore_errors=True)
    return time.monotonic() - begun


def with_workers(
    folder: Path, luck: random.Random, number: signal.Signals, times: int, after: float, mark: str
) -> list[str]:
    """The same for a sweep with two worker processes, all of which a terminal tells of Ctrl-C."""
    process = started(folder, mark, *words(workers=2))
    time.sleep(after)
    everyone = alive(mark) if number == signal.SIGINT else [process.pid]
    for turn in range(times):
        time.sleep(luck.uniform(0.01, 0.3) if turn else 0.0)
        for one in everyone:
            send(one, number)
    sent = time.monotonic()
    process.wait(LONG)  # whoever it started may be importing still, and ends when it can
    took = time.monotonic() - sent
    out, err = process.communicate(timeout=LONG)
    begun = int((folder / "out").exists())
    found = complaints(Ended(process.returncode, out, err, begun), number, times)
    if harness.TIMED and times == 2 and took > AT_ONCE:
        found.append(f"ended {took:.1f} s after the second signal")
    return found + orphans(mark, 10.0)


def send(process: int, number: int) -> None:
    """Send a signal to a process that may have gone."""
    import contextlib
    import os

    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)
