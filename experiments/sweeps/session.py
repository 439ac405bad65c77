"""One sitting of a sweep: from the claim of its directory to its last run or an interruption."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from experiments.interrupts import Stop
from experiments.sweeps import disk
from experiments.sweeps.attempt import Limits, Setting
from experiments.sweeps.keeping import Kept, Store
from experiments.sweeps.live import Live
from experiments.sweeps.running import Counts, Runner, engine

if TYPE_CHECKING:
    from experiments.sweeps.study import Study

MARKET = "experiments.sweeps.preload_market"


def run_session(  # noqa: PLR0913, PLR0917
    study: "Study",
    workers: int | None,
    cluster: str | None,
    retry_failed: bool,
    quiet: bool,
    argv: tuple[str, ...],
    again: str,
) -> Counts:
    """Run what a study lacks; see `Study.run`."""
    count = (os.cpu_count() or 1) if workers is None else workers
    sweep = study.sweep
    with Stop() as stop, claimed(study, argv, quiet) as store:
        if retry_failed:
            store.forget_failed()
        runner = Runner(
            sweep.jobs,
            store,
            stop,
            live := Live(sweep.name, study.path, quiet),
            sweep.rule.outcome if sweep.rule else None,
            again,
        )
        left = sweep.jobs(runner.values)
        missing = len(left) - len(store.status)
        if missing <= 0 and left.complete:
            return runner.closed(left)
        disk.refuse_if_short(study.path, missing, disk.guessed(sweep))
        if count and cluster is None:
            from experiments.sweeps.local import warm_up

            warm_up((MARKET,))
        with live, engine(setting_of(study), min(count, max(1, missing)), cluster) as found:
            return runner.go(found)


@contextlib.contextmanager
def claimed(study: "Study", argv: tuple[str, ...], quiet: bool) -> Iterator[Store]:
    """The store of a study, held until it is let go."""
    from experiments.streams import tell

    sweep = study.sweep
    vectors = {name: bool(sweep.labels(name)) for name in sweep.outcomes}
    kept = Kept(study.hash, study.model_version, tuple(sweep.keep), vectors)
    say = (lambda _: None) if quiet else tell
    with study.claim(argv) as directory:
        with Store(directory, kept, say) as store:
            yield store
        directory.refuse_if_lost()


def setting_of(study: "Study") -> Setting:
    """What every worker has to know of a study, with the bytes of its input files."""
    from experiments.sweeps.runs import identity_of
    from experiments.sweeps.worker import compile_kernels, run_job

    sweep = replace(study.sweep)  # without the design, which is large and not needed
    for path in sweep.base.inputs().values():
        sweep.base.content(path)
    limits = Limits(sweep.seconds, sweep.memory)
    return Setting(run_job, sweep, limits, compile_kernels, identity_of)
