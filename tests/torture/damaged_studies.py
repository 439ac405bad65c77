"""Row 8: the files that say what a sweep is are damaged: design, sweep.yaml, base.yaml, inputs.

The directory is read as it was or refused, and the sweep file, run again, puts everything right.
"""

import random
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from checkpoint import damaged
from hit_sweeps import copied, outputs, prepare, scratch, words
from hit_sweeps import wrong as wrong_there
from small_runs import command

from experiments.cli import UsageError
from experiments.sweeps.study import Study, load_sweep
from experiments.whole_files import StoreError
from simulation.config import ConfigError

ROW = 8
REDUCED, FULL = 40, 4_000  # damaged files
EACH_GOES_ON = 10  # cases, of which one goes on with the sweep
KINDS = ("design.parquet", "sweep.yaml", "base.yaml", "manifest.json")
RUNS = (4, 2)
REFUSALS = (StoreError, UsageError, ConfigError)


def run(seed: int, count: int) -> list[str]:
    """Damage `count` files; return what went wrong."""
    luck, problems = random.Random(seed), []
    with scratch() as folder, chdir(folder):
        runs = prepare(folder, *RUNS)
        code, said = command(folder, words("whole"))
        if code:
            return [f"undisturbed: exit {code}, {said}"]
        wanted, known = outputs(folder / "whole"), told(load_sweep("whole"))
        copied(folder / "whole", folder / "out")
        for case in range(count):
            file = folder / "out" / KINDS[case % len(KINDS)]
            whole = file.read_bytes()
            file.write_bytes(damaged(whole, luck))
            found = [*read_wrongly(Path("out"), known)]
            if case % EACH_GOES_ON == luck.randrange(EACH_GOES_ON):
                code, said = command(folder, words())
                found += [] if code == 0 else [f"going on: exit {code}, {said!r}"]
                found += wrong_there(folder / "out", runs, wanted)
                copied(folder / "whole", folder / "out")
            file.write_bytes(whole)
            problems += [f"case {case}, {file.name}: {problem}" for problem in found]
    return problems


def told(study: Study) -> tuple[object, ...]:
    """What a study says of its sweep."""
    frame = study.frame().drop(columns="seconds").to_json()
    return study.hash, study.points.to_json(), frame, study.values("shares").tobytes()


def read_wrongly(out: Path, known: tuple[object, ...]) -> Iterator[str]:
    """What is read from a damaged directory, and neither refused nor what it was."""
    try:
        if told(load_sweep(out)) != known:
            yield "a damaged directory was read as another sweep"
    except REFUSALS as refusal:
        if str(out) not in str(refusal):
            yield f"does not say what is damaged: {refusal}"
    except Exception as failure:  # noqa: BLE001  # that is what is looked for
        yield f"reading: {type(failure).__name__}: {failure}"
