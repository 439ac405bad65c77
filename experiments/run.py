"""`shareshift run CONFIG`: one market, its run directory, its table, figures and report."""

import argparse
import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.checkpoints import Keeper, refuse_saved
from experiments.cli import DONE
from experiments.failures import show
from experiments.interrupts import Interrupted, Stop
from experiments.progress import Progress
from experiments.provenance import now, provenance
from experiments.store import CONFIG, FAILED, FINISHED, INPUTS, RUNNING, RunDirectory, claim
from experiments.streams import tell

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.market import Market
    from simulation.records import Records

RUNS = Path("runs")


class Plan(NamedTuple):
    """A checked config and everything that a run directory needs of it.

    config : as it is run
    text : of config.yaml, which names the copies of the input files
    inputs : bytes of each input file, by its name under inputs/
    identity : sha256 of config, input files, seed and model version
    """

    config: "Config"
    text: str
    inputs: dict[str, bytes]
    identity: str


def run_once(arguments: argparse.Namespace) -> int:
    """Run one market and leave its run directory; returns the exit code."""
    plan = plan_run(arguments.config, overrides(arguments))
    say_what_was_removed(plan.config)
    path = Path(arguments.out) if arguments.out else default_directory(plan, plan.identity)
    with Stop() as stop, claim(path, arguments.force) as directory:
        refuse_saved(directory)
        say_if_unfinished(directory, "starting again")
        begin(directory, plan, {"kind": "run", **entries_of(arguments)})
        build = partial(built, plan, arguments.threads)
        return complete(Keeper(directory, plan, arguments.checkpoint_every), build, stop, arguments)


def entries_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Entries of the manifest that the command line gives."""
    return {"checkpoint_every": arguments.checkpoint_every, **provenance(arguments.argv)}


def built(plan: Plan, threads: int) -> "Market":
    """The market of a plan before its first month."""
    from simulation.market import Market

    return Market(plan.config, threads)


def complete(
    keeper: Keeper, build: Callable[[], "Market"], stop: Stop, arguments: argparse.Namespace
) -> int:
    """Build a market, run it from where it stands to its end, and show it; the exit code."""
    from experiments.redraw import draw_run
    from experiments.summary import run_summary

    directory, config = keeper.directory, keeper.plan.config
    with Progress(config.name, config.months, quiet=arguments.quiet) as progress:
        market = build()
        progress.skip(market.month)
        records = simulate(market, keeper, stop, progress)
    finish(directory, records)
    show(run_summary(records) + "\n")
    if arguments.no_figures:
        show(f"tables: {directory.path}")
        return DONE
    return draw_run(directory, records, stop)


def overrides(arguments: argparse.Namespace) -> list[str]:
    """Settings of the command line in the order of their precedence, the last one strongest."""
    named = [("seed", arguments.seed), ("months", arguments.months)]
    return arguments.sets + [f"{key}={value}" for key, value in named if value is not None]


def plan_run(source: str | Path, sets: list[str]) -> Plan:
    """Read and check a config with its input files; nothing is written.

    Raises
    ------
    ConfigError, TableError
    """
    from experiments.check import check_inputs
    from simulation.config import load

    config = load(source, sets)
    check_inputs(config)
    files, names = config.inputs(), config.copies()
    return planned(config, {names[path]: config.content(files[path]) for path in files})


def say_what_was_removed(config: "Config") -> None:
    """Tell the user which edges of graphs from files are not in the networks."""
    from experiments.check_graphs import removals

    for note in removals(config):
        tell(f"note: {note}")


def planned(config: "Config", inputs: dict[str, bytes]) -> Plan:
    """The plan of a config whose input files were read before."""
    from agents.compiled import model_version

    names = {path: f"{INPUTS}/{name}" for path, name in config.copies().items()}
    identity = hash_of(config.identity(), str(config.seed), model_version())
    return Plan(config, config.dump(names), inputs, identity)


def hash_of(*parts: str) -> str:
    """sha256 of texts in order, as hex digits."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def default_directory(plan: Plan, identity: str) -> Path:
    """Where a run goes that was given no directory: the same run always to the same place."""
    return RUNS / f"{plan.config.name}-{identity[:8]}"


def say_if_unfinished(directory: RunDirectory, what_now: str) -> None:
    """Tell the user that an earlier run here did not end, and what is done about it."""
    status = directory.manifest.get("status")
    if status not in (None, FINISHED):
        told = {RUNNING: "died", FAILED: "failed"}.get(str(status), "was interrupted")
        tell(f"{directory.path}: an earlier run {told} here; {what_now}")


def begin(
    directory: RunDirectory, plan: Plan, entries: dict[str, Any], keep: tuple[str, ...] = ()
) -> None:
    """Open the manifest and put config and inputs in place."""
    from agents.compiled import model_version

    config = plan.config
    directory.begin(
        {
            "name": config.name,
            "seed": config.seed,
            "months": config.months,
            "identity": plan.identity,
            "config_hash": config.identity(),
            "model_version": model_version(),
            **entries,
            "counts": {
                "developers": config.developers.count,
                "enterprises": config.enterprises.count,
                "consumers": config.consumers.count,
            },
        },
        keep,
    )
    put_in_place(directory, plan)


def put_in_place(directory: RunDirectory, plan: Plan) -> None:
    """Write config and inputs, and remove the copies of inputs that are not read."""
    for name, content in plan.inputs.items():
        directory.write(f"{INPUTS}/{name}", content)
    directory.write(CONFIG, plan.text.encode())
    directory.keep_inputs(tuple(plan.inputs))


def simulate(market: "Market", keeper: Keeper, stop: Stop, progress: Progress) -> "Records":
    """Run the market to its end; where it ends early, its state is saved.

    Raises
    ------
    Interrupted
        A signal came; the message says how to go on.
    IdentityError
        Something was created or lost.
    """
    from simulation.identities import IdentityError

    try:
        return march(market, stop, progress, keeper.after_month)
    except Interrupted as stopped:
        raise Interrupted(stopped.number, keeper.leave(market)) from None
    except IdentityError:
        keeper.save_broken(market)
        raise


def march(
    market: "Market", stop: Stop, progress: Progress, after_month: Callable[["Market"], None]
) -> "Records":
    """Run the market month by month; a signal ends it when its month is over."""
    while market.running:
        market.step()
        progress.advance()
        after_month(market)
        stop.check()
    return market.records


def finish(directory: RunDirectory, records: "Records") -> None:
    """Write the tables, and only when all are on the disk call the run finished."""
    for name in records.tables:
        directory.write(f"{name}.parquet", records.parquet(name))
    directory.record(status=FINISHED, ended=now(), sha256=directory.hash_of_tables())
    directory.forget_checkpoints()
