"""`shareshift sweep SWEEP.yaml`: every run of a sweep, kept as it ends; run again, it goes on."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.cli import DONE, FAILED_RUNS
from experiments.failures import show

if TYPE_CHECKING:
    from experiments.sweeps.running import Counts
    from experiments.sweeps.study import Study

MOST_REASONS = 3
MOST_TRIED = 1000  # points whose configs are all tried first; of more, some over the design


def sweep(arguments: argparse.Namespace) -> int:
    """Run a sweep; returns the exit code."""
    from experiments.sweeps.study import load_sweep
    from experiments.sweeps.trial import check_points, check_quickly

    study = load_sweep(arguments.sweep)
    if arguments.out:
        study.path = Path(arguments.out)
    few = len(study.sweep.points()) <= MOST_TRIED
    (check_points if few else check_quickly)(study.sweep)
    if arguments.dry_run:
        from experiments.sweeps.dry_run import dry_run

        show(dry_run(study, arguments.workers, arguments.retry_failed, arguments.cluster))
        return DONE
    counts = study.run(
        arguments.workers,
        cluster=arguments.cluster,
        retry_failed=arguments.retry_failed,
        quiet=arguments.quiet,
        argv=tuple(arguments.argv),
        again=shlex.join(["shareshift", *arguments.argv]),
    )
    show(summary(study, counts))
    return FAILED_RUNS if counts.failed else DONE


def summary(study: "Study", counts: "Counts") -> str:
    """What came of a sweep, in a few lines."""
    lines = [f"{study.path}: {counts.done:,} runs done"]
    if counts.failed:
        lines[0] += f", {counts.failed:,} failed"
        lines += reasons(study)
        lines.append("(--retry-failed tries them again)")
    return "\n".join(lines)


def reasons(study: "Study") -> list[str]:
    """The most frequent reasons of failure, with the first run that has each."""
    from experiments.sweeps.job import FAILED
    from experiments.sweeps.ledger import Ledger

    first: dict[str, int] = {}
    count: dict[str, int] = {}
    with Ledger(study.path) as ledger:
        for run in ledger.runs():
            if run.status == FAILED:
                first.setdefault(run.reason, run.number)
                count[run.reason] = count.get(run.reason, 0) + 1
    often = sorted(count, key=lambda reason: -count[reason])[:MOST_REASONS]
    return [f"  {count[reason]:,} x {reason} (first: run {first[reason]})" for reason in often]
