"""`shareshift analyze` while the workers of the sweep that it reads are at work."""

from pathlib import Path

import pandas
from hit_sweeps import committed, finished, prepare, words
from sweep_processes import LONG, happens, orphans, started

from experiments.cli import main

POINTS, SEEDS, MONTHS = 60, 5, 6


def rows(out: Path) -> int:
    """How many runs an analysis tells of."""
    assert main(["analyze", str(out), "--no-figures"]) == 0
    return len(pandas.read_parquet(out / "results.parquet"))


def test_a_sweep_is_analysed_again_and_again_while_it_runs(tmp_path: Path) -> None:
    runs, out = prepare(tmp_path, POINTS, SEEDS, MONTHS), tmp_path / "out"
    process, seen = started(tmp_path, "analysed", *words(workers=2)), []
    try:
        assert happens(lambda: bool(committed(out)) or process.poll() is not None)
        while process.poll() is None:
            seen.append(rows(out))
    finally:
        _, said = process.communicate(timeout=LONG)
    assert process.returncode == 0, said
    assert not orphans("analysed", LONG)
    assert seen == sorted(seen) and 0 < seen[0] < runs
    assert finished(out) and committed(out) == list(range(runs))
    assert rows(out) == runs
