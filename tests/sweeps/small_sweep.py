"""A sweep without a market, from Python or as a command: what it does stands in its arguments.

python small_sweep.py FOLDER RUNS WORKERS [NUMBER:ACT ...] [--seconds S] [--limit S] [--memory MB]
    [--cluster ADDRESS] [--retry-failed]
"""

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.failures import explain
from experiments.interrupts import Stop
from experiments.sweeps.attempt import Limits, Setting
from experiments.sweeps.directory import FORMAT, MODEL, SWEEP, claim, refuse_other
from experiments.sweeps.job import Job
from experiments.sweeps.keeping import Kept, Store
from experiments.sweeps.ledger import FORMAT_VERSION
from experiments.sweeps.live import Live
from experiments.sweeps.running import Counts, Runner, engine

HERE = Path(__file__).resolve().parent
OUTCOMES = {"x": False, "pair": True, "nothing": False}
NO_LIMITS = Limits()
KEPT = Kept("s" * 64, "m" * 16, ("market",), OUTCOMES)


class Plain(list[Job]):
    """Jobs that are all known."""

    complete = True


def jobs(count: int, acts: Mapping[int, str], seconds: float = 0.0) -> Plain:
    """Jobs of which some do something else."""
    return Plain(
        Job(number, number // 2, number % 2, 0, {"act": acts.get(number), "seconds": seconds})
        for number in range(count)
    )


def run(  # noqa: PLR0913
    folder: Path,
    planned: Plain,
    workers: int = 0,
    *,
    limits: Limits = NO_LIMITS,
    cluster: str | None = None,
    retry_failed: bool = False,
    kept: Kept = KEPT,
    quiet: bool = True,
    say: list[str] | None = None,
) -> Counts:
    """Run what is missing in a folder; what the store says is added to `say`."""
    told: list[str] = [] if say is None else say
    with Stop() as stop, claim(folder) as directory:
        refuse_other(directory.manifest, kept.origin, folder)
        directory.record(
            format=FORMAT,
            format_version=FORMAT_VERSION,
            status="running",
            **{SWEEP: kept.sweep, MODEL: kept.model_version},
        )
        with Store(directory, kept, told.append) as store:
            if retry_failed:
                store.forget_failed()
            live = Live("small", folder, quiet)
            runner = Runner(lambda _: planned, store, stop, live)
            with live, engine(setting(limits), workers, cluster) as found:
                return runner.go(found)


def setting(limits: Limits = NO_LIMITS) -> Setting:
    """What the runs have in common."""
    from synthetic_runs import identity, prepare, work

    return Setting(work, 1.0, limits, prepare, identity)


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of the shards by name."""
    return {path.name: path.read_bytes() for path in sorted((folder / "shards").iterdir())}


def main(words: Sequence[str]) -> int:
    """Run as a command; returns the exit code that `shareshift sweep` would have."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("runs", type=int)
    parser.add_argument("workers", type=int)
    parser.add_argument("acts", nargs="*", default=[])
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--limit", type=float)
    parser.add_argument("--memory", type=float)
    parser.add_argument("--cluster")
    parser.add_argument("--retry-failed", action="store_true")
    asked = parser.parse_args(words)
    acts = {int(number): act for number, _, act in (word.partition(":") for word in asked.acts)}
    if asked.workers and not asked.cluster:
        from experiments.sweeps.local import warm_up

        warm_up()
    try:
        counts = run(
            asked.folder,
            jobs(asked.runs, acts, asked.seconds),
            asked.workers,
            limits=Limits(asked.limit, asked.memory),
            cluster=asked.cluster,
            retry_failed=asked.retry_failed,
            quiet=False,
        )
    except Exception as failure:  # noqa: BLE001  # as the command does
        message, code = explain(failure)
        print(message, file=sys.stderr)  # noqa: T201
        return code
    print(*counts)  # noqa: T201
    return 3 if counts.failed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    # Whoever runs this in the background of a shell hands on that SIGINT is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
