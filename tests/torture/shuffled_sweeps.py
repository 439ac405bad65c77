"""Row 5: runs in any order, in batches of any size, on 1, 2 or 4 workers or a scheduler's.

The bytes of the shards are those of a sweep whose runs follow one another in one process.
"""

import random
import shutil
from contextlib import chdir
from pathlib import Path
from unittest import mock

from hit_sweeps import outputs, prepare, scratch, words
from small_runs import command

from experiments.sweeps import engine as engines
from experiments.sweeps.running import engine
from experiments.sweeps.session import claimed, setting_of
from experiments.sweeps.study import load_sweep

ROW = 5
REDUCED, FULL = 1, 20  # sweeps
RUNS = (20, 6)
WORKERS = (2, 1, 4, 0)


def run(seed: int, count: int) -> list[str]:
    """Run `count` sweeps, each another design and length, in two ways."""
    luck, problems = random.Random(seed), []
    with scratch() as folder, chdir(folder):
        for case in range(count):
            months = luck.randint(1, 3)
            prepare(folder, *RUNS, months=months, seed=luck.randrange(1000))
            for name in ("whole", "out"):
                shutil.rmtree(folder / name, ignore_errors=True)
            code, said = command(folder, words("whole"))
            if code:
                return [*problems, f"undisturbed: exit {code}, {said}"]
            workers, batch = WORKERS[case % len(WORKERS)], luck.choice((0.0, 0.3, 30.0))
            # One in five goes through a scheduler that is not the sweep's own.
            shuffle(folder, luck, workers, batch, foreign=case % 5 == 4)
            if outputs(folder / "out") != outputs(folder / "whole"):
                problems.append(f"case {case}: {workers} workers, batches of {batch} s differ")
    return problems


def shuffle(
    folder: Path, luck: random.Random, workers: int, batch: float, foreign: bool = False
) -> None:
    """Run a sweep's jobs in an order by chance."""
    study = load_sweep("hit.yaml")
    study.path = folder / "out"
    jobs = study.sweep.jobs()
    order = [jobs[number] for number in luck.sample(range(len(jobs)), len(jobs))]
    with mock.patch.object(engines, "BATCH", batch), claimed(study, (), True) as store:
        if foreign:
            from distributed import LocalCluster

            with (
                LocalCluster(
                    n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
                ) as cluster,
                engine(setting_of(study), 0, cluster.scheduler_address) as found,
            ):
                for pairs in found.results(order, len(order)):
                    store.commit(pairs)
        else:
            with engine(setting_of(study), workers) as found:
                for pairs in found.results(order, len(order)):
                    store.commit(pairs)
        store.finish()
