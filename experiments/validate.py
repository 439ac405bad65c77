"""`shareshift validate CONFIG|RUN_DIR`: F1-F17 for an ensemble, and how much of it is history.

An ensemble are the seeds of a config from its own on, run here, or those of a finished `run
--seeds`.  Its numbers are those of `experiments.scoring`, one row for each seed.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from experiments.cli import DONE, UsageError
from experiments.facts.history import ALL, CRITERIA
from experiments.failures import show
from experiments.interrupts import Interrupted, Stop
from experiments.processes import in_processes
from experiments.progress import Progress
from experiments.scoring import MISS, Score, readings, scores
from experiments.store import FINISHED, RunDirectory, claim
from experiments.studies.rows import Job, Row, row_of, text_of, worded
from experiments.studies.validation import (
    SEEDS,
    band,
    count_in_words,
    measured,
    often,
    told,
    verdict,
    whom,
)
from experiments.whole_files import StoreError, write_whole

if TYPE_CHECKING:
    from simulation.config import Config

FAILED = 5
ROWS, SCORES = "seeds.csv", "facts.csv"
WIDTH, INDENT = 100, 6
WIDTHS = (46, 18, 30)


def validate(arguments: argparse.Namespace) -> int:
    """Score an ensemble; 5 if a scorable fact is missed."""
    folder = Path(arguments.out) if arguments.out else None
    if folder is not None:
        refuse_used(folder)
    source = Path(arguments.source)
    if source.is_dir():
        if arguments.seeds is not None:
            raise UsageError(f"--seeds not allowed with a run directory: {source} has its own")
        config, rows = finished(source)
    else:
        config, rows = simulated(source, arguments)
    found = scores(rows, config)
    show("\n".join(report(config, rows, found)))
    if folder is not None:
        write_whole(folder / ROWS, text_of(rows).encode())
        write_whole(folder / SCORES, text_of(score_rows(found)).encode())
        show(f"\ntables: {folder}")
    return FAILED if any(score.verdict == MISS for score in found) else DONE


def refuse_used(folder: Path) -> None:
    """Refuse a folder that holds the result of another ensemble, before anything is run."""
    for name in (ROWS, SCORES):
        if (folder / name).exists():
            raise StoreError(f"{folder}: holds {name} already; name another folder or remove it")


def simulated(source: Path, arguments: argparse.Namespace) -> tuple["Config", list[Row]]:
    """Run the seeds of a config in processes of their own; rows in the order of the seeds."""
    from experiments.run import plan_run, say_what_was_removed

    config = plan_run(source, []).config
    say_what_was_removed(config)
    count = arguments.seeds or SEEDS
    jobs = [
        Job({"seed": str(seed)}, config, seed, measured)
        for seed in range(config.seed, config.seed + count)
    ]
    workers = arguments.workers or os.cpu_count() or 1
    rows: list[Row] = []
    progress = Progress(config.name, count, "runs", arguments.quiet)
    try:
        with Stop() as stop, progress:
            for row in in_processes(row_of, jobs, workers, stop.check):
                rows.append(row)
                progress.advance()
    except Interrupted as stopped:
        text = f"after {len(rows)} of {count} runs; nothing was written"
        raise Interrupted(stopped.number, text) from None
    return config, sorted(rows, key=lambda row: int(row["seed"]))


def finished(path: Path) -> tuple["Config", list[Row]]:
    """Read the runs of a finished run directory, of one seed or of several."""
    from experiments.histories import member_path, seeds_of, whole_records
    from experiments.redraw import loaded

    with claim(path, again=True) as directory:
        refuse_unfinished(directory)
        if directory.manifest.get("kind") == "histories":
            members = [member_path(path, seed) for seed in seeds_of(directory)]
            runs = map(whole_records, members)
        else:
            directory.refuse_damage()
            runs = map(loaded, [path])
        rows: list[Row] = []
        for records in runs:
            words = {name: worded(value) for name, value in readings(records).items()}
            rows.append({"seed": str(records.config.seed), **words})
            config = records.config
    return config, rows


def refuse_unfinished(directory: RunDirectory) -> None:
    """Refuse a directory without a finished run."""
    status = directory.manifest.get("status")
    if status != FINISHED:
        raise StoreError(f"{directory.path}: holds no finished run (status: {status or 'none'})")


def report(config: "Config", rows: Sequence[Row], found: Sequence[Score]) -> list[str]:
    """What is printed: every fact with its verdict, counts, and the criteria of section 12."""
    first, last = rows[0]["seed"], rows[-1]["seed"]
    runs = f"{len(rows)} histories, seeds {first}-{last}" if len(rows) > 1 else f"seed {first}"
    lines = [f"{config.name}: {config.months} months from {config.start}, {runs}"]
    if len(rows) < SEEDS:
        lines.append(f"Fewer than {SEEDS} seeds: a first look, not a validation.")
    lines += ["", line("", ("number", "band", "median [95 %]")), "-" * WIDTH]
    for score in found:
        lines += fact_lines(score)
    lines += ["-" * WIDTH, *wrap(count_in_words(found), WIDTH), ""]
    lines.append("Share of seeds that follow the record to the end of 2025:")
    for criterion in (*CRITERIA, ALL):
        lines.append(f"  {criterion.key:<5}{criterion.what:<60}{often(rows, criterion.key):>6}")
    return [text.rstrip() for text in lines]


def fact_lines(score: Score) -> list[str]:
    """A fact: its sentence, its numbers, and what they say."""
    blank = " " * INDENT
    said = verdict(score) if score.why else verdict(score).upper()
    text = f"{score.fact.sentence}: {said}"
    head = wrap(text, WIDTH, initial_indent=f"{score.fact.name:<{INDENT}}", subsequent_indent=blank)
    for source, paths in score.sources.items():
        seen = f"seen by {whom(paths)} ({source})"
        head += wrap(seen, WIDTH, initial_indent=blank, subsequent_indent=f"{blank}  ")
    body = [
        line(blank, (f"{r.part.what}, {r.part.unit}", band(r), told(r))) for r in score.readings
    ]
    return head + body


def line(name: str, cells: Sequence[str]) -> str:
    """One line of the table."""
    parts = [f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True)]
    return f"{name:<{INDENT}}" + "".join(parts).rstrip()


def score_rows(found: Sequence[Score]) -> list[Row]:
    """One row for each number of each fact."""
    return [
        {
            "fact": score.fact.name,
            "number": reading.part.what,
            "unit": reading.part.unit,
            "low": f"{reading.part.low:g}",
            "high": f"{reading.part.high:g}",
            "over": reading.part.over,
            "value": worded(reading.value),
            "value_low": worded(reading.low),
            "value_high": worded(reading.high),
            "seeds": str(reading.seeds),
            "verdict": score.verdict,
            "why": score.why,
        }
        for score in found
        for reading in score.readings
    ]
