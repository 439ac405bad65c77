"""Row 17: a pickle that would act lies in place of each file of a sweep directory: none is loaded.

`no_code_in_data` reads the source of the sweeps as it does that of the other packages.
"""

import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
from hit_sweeps import copied, prepare, scratch, words
from small_runs import command

from experiments.cli import UsageError
from experiments.sweeps.study import load_sweep
from experiments.whole_files import StoreError
from simulation.config import ConfigError

ROW = 17
REDUCED, FULL = 14, 40  # files and payloads; FULL is all of them
REFUSALS = (StoreError, UsageError, ConfigError, KeyError)


class Trap:
    """Leaves a file where it is loaded."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """What a pickle of it does."""
        return Path.touch, (self.sprung,)


def payloads(sprung: Path) -> Iterator[bytes]:
    """The trap as a pickle, as the oldest kind of pickle, and in an array of objects."""
    yield pickle.dumps(Trap(sprung))
    yield pickle.dumps(Trap(sprung), protocol=0)
    stream = io.BytesIO()
    np.save(stream, np.array([Trap(sprung)], dtype=object), allow_pickle=True)
    yield stream.getvalue()


def run(seed: int, count: int) -> list[str]:
    """Put a trap in place of `count` files."""
    problems = []
    with scratch() as folder, chdir(folder):
        prepare(folder, 2, 1)
        code, said = command(folder, words("whole"))
        if code:
            return [f"undisturbed: exit {code}, {said}"]
        whole, sprung = folder / "whole", folder / "sprung"
        files = [path.relative_to(whole) for path in sorted(whole.rglob("*")) if path.is_file()]
        cases = [(file, trap) for trap in payloads(sprung) for file in files]
        for file, trap in cases[:count]:
            out = copied(whole, folder / "out")
            (out / file).write_bytes(trap)
            problems += [f"{file}: {problem}" for problem in loaded(folder, sprung)]
    return problems


def loaded(folder: Path, sprung: Path) -> Iterator[str]:
    """What is wrong after everything was read, and the sweep has gone on."""
    reads: list[Callable[[Any], Any]] = [
        lambda study: study.frame(),
        lambda study: study.table("market"),
        lambda study: study.points,
    ]
    for read in reads:
        try:
            read(load_sweep("out"))
        except REFUSALS:
            continue
        except Exception as failure:  # noqa: BLE001  # that is what is looked for
            yield f"{type(failure).__name__}: {failure}"
    code, said = command(folder, words())
    if code != 0:
        yield f"going on: exit {code}, {said!r}"
    if sprung.exists():
        sprung.unlink()
        yield "what was read was run"
