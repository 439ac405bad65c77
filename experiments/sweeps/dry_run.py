"""What a sweep would do: runs, time, disk, and what would be skipped; nothing is written."""

import os
from typing import TYPE_CHECKING

from experiments.progress import duration
from experiments.sweeps import disk, reading
from experiments.sweeps.attempt import attempt_here, prepared
from experiments.sweeps.directory import read
from experiments.sweeps.job import FAILED, Result
from experiments.sweeps.jobs import Jobs
from experiments.sweeps.session import setting_of

if TYPE_CHECKING:
    from experiments.sweeps.study import Study

PILOT = 3  # runs: the first, the middle and the last of what is missing


def dry_run(
    study: "Study", workers: int | None, retry_failed: bool, cluster: str | None = None
) -> str:
    """Say what a sweep would do, after a pilot of three runs in this process.

    Raises
    ------
    UsageError
        Another sweep, or another version of the model, began in its directory.
    StoreError
        No scheduler answers at the address of the cluster.
    """
    study.refuse_other(read(study.path) or {})
    done, failed = reading.tally(study.path)
    jobs = study.sweep.jobs(study.rule_values())
    left = max(0, len(jobs) - done - failed) + (failed if retry_failed else 0)
    lines = [f"{study.sweep.name}: {runs_in_words(study, jobs)}", f"directory: {study.path}"]
    if done:
        lines.append(f"skipped, done already: {done:,}")
    if failed and not retry_failed:
        lines.append(f"skipped, failed before: {failed:,} (--retry-failed tries them again)")
    lines.append(f"to run: {left:,}")
    if left:
        lines += pilot(study, jobs, left, crew(workers, cluster))
    return "\n".join(lines)


def runs_in_words(study: "Study", jobs: Jobs) -> str:
    """Points times replicates."""
    sweep = study.sweep
    points, nets = len(sweep.points()), sweep.networks
    if sweep.rule is not None:
        return (
            f"{points:,} points x {sweep.rule.least} to {sweep.rule.most} seeds, "
            f"{len(jobs):,} runs known, at most {sweep.most_runs:,}"
        )
    networks = f" x {nets} networks" if nets else ""
    return f"{points:,} points x {sweep.seeds} seeds{networks} = {len(jobs):,} runs"


def crew(workers: int | None, cluster: str | None) -> tuple[int, str]:
    """How many workers would run at once, and who they are, in words."""
    if cluster is None:
        count = max(1, os.cpu_count() or 1 if workers is None else workers)
        return count, f"{count} worker{'s' * (count > 1)}"
    from experiments.sweeps.local import connected

    with connected(0, cluster) as client:
        count = sum(client.nthreads().values())
    known = f"{count} worker{'s' * (count > 1)}" if count else "one worker, as there is none yet,"
    return max(1, count), f"{known} at {cluster}, if they are as fast as this process"


def pilot(study: "Study", jobs: Jobs, left: int, crew: tuple[int, str]) -> list[str]:
    """Time and disk of what is left, from a few runs."""
    results, (count, who) = piloted(study, jobs), crew
    seconds = sum(result.seconds for result in results) / len(results)
    size = sum(sum(map(len, result.tables.values())) for result in results) / len(results)
    about = "about" if jobs.complete else "at least"
    lines = [
        f"time: {about} {duration(seconds * left / count)} with {who} "
        f"({seconds:.2f} s a run, from {len(results)})",
        f"disk: {about} {disk.in_words(disk.needed(left, size))}",
    ]
    broken = [result for result in results if result.status == FAILED]
    lines += [f"run {result.number} of the pilot failed: {result.reason}" for result in broken]
    return lines


def piloted(study: "Study", jobs: Jobs) -> list[Result]:
    """Results of the pilot; they are not kept."""
    from experiments.sweeps.ledger import LEDGER, Ledger

    known: set[int] = set()
    if (study.path / LEDGER).exists():
        with Ledger(study.path) as ledger:
            known = set(ledger.statuses())
    missing = [number for number in range(len(jobs)) if number not in known] or [0]
    chosen = sorted({missing[0], missing[len(missing) // 2], missing[-1]})
    setting = setting_of(study)
    prepared(setting)  # kernels that have to be compiled are no run's time
    return [attempt_here(setting, jobs[number]) for number in chosen[:PILOT]]
