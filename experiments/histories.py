"""`shareshift run CONFIG --seeds N`: several histories of one config, and how far they diverge.

Each seed has a run directory of its own below the common one, so that a study that was interrupted
goes on where it stopped: finished seeds are kept, and one that has a checkpoint goes on from it.
The same seeds with peers off are run beside them and kept in memory: they show how much of the
divergence is there without peers in the choice of a provider; imitation in adoption and the pull
of a firm's own developers stay on.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments import basins
from experiments.checkpoints import Keeper, how_to_go_on, newest, refuse_saved, saved
from experiments.cli import DONE, MOST_SEEDS
from experiments.divergence import Paths, columns_for, divergence_table, paths_of
from experiments.failures import show
from experiments.interrupts import Interrupted, Stop
from experiments.progress import Progress
from experiments.provenance import now
from experiments.run import (
    Plan,
    begin,
    built,
    default_directory,
    entries_of,
    finish,
    hash_of,
    march,
    overrides,
    plan_run,
    planned,
    put_in_place,
    say_if_unfinished,
    say_what_was_removed,
    simulate,
)
from experiments.store import (
    BASINS,
    DIVERGENCE,
    FAILED,
    FINISHED,
    MANIFEST,
    RunDirectory,
    claim,
    read_manifest,
)
from experiments.whole_files import StoreError

if TYPE_CHECKING:
    from simulation.records import Records

PEERS_OFF = {f"{group}.peer_weight": 0 for group in ("developers", "consumers", "enterprises")}


class Study(NamedTuple):
    """What a study of several seeds needs while it runs."""

    directory: RunDirectory
    plans: tuple[Plan, ...]
    stop: Stop
    progress: Progress
    arguments: argparse.Namespace


def run_histories(arguments: argparse.Namespace) -> int:
    """Run every seed with and without peers, and compare them; returns the exit code."""
    from experiments.histories_summary import histories_summary
    from simulation.config import with_changes
    from simulation.records import Records, to_parquet

    common = plan_run(arguments.config, overrides(arguments))
    say_what_was_removed(common.config)
    seeds = range(common.config.seed, common.config.seed + arguments.seeds)
    plans = tuple(
        planned(with_changes(common.config, {"seed": seed}), common.inputs) for seed in seeds
    )
    identity = hash_of(common.identity, f"{len(seeds)} seeds")
    path = Path(arguments.out) if arguments.out else default_directory(common, identity)
    steps = 2 * len(seeds) * common.config.months
    with Stop() as stop, claim(path, arguments.force) as directory:
        progress = Progress(common.config.name, steps, quiet=arguments.quiet)
        study = Study(directory, plans, stop, progress, arguments)
        kept = () if arguments.force else finished_members(path, plans)
        begun = () if arguments.force else begun_members(path, plans)
        refuse_saved(directory, kept + begun)
        kept_seeds = "finished seeds of the same study are kept"
        say_if_unfinished(directory, "starting again" if arguments.force else kept_seeds)
        begin(
            directory,
            common._replace(identity=identity),
            {"kind": "histories", "seeds": [seeds[0], seeds[-1]], **entries_of(arguments)},
            kept + begun,
        )
        with progress:
            histories, peers_off = run_all(study, kept)
        records = Records.load(member_path(path, seeds[0]))
        providers = records.providers
        table = divergence_table(histories, peers_off, providers)
        directory.write(DIVERGENCE, to_parquet(table, columns_for(providers), providers))
        ended = basins.basins_table(histories, providers, seeds)
        directory.write(BASINS, to_parquet(ended, basins.COLUMNS, providers))
        directory.record(status=FINISHED, ended=now(), sha256=directory.hash_of_tables())
        show(histories_summary(records, histories, table, seeds) + "\n")
        if arguments.no_figures:
            show(f"tables: {path}")
            return DONE
        return draw_histories(directory, stop)


def draw_histories(directory: RunDirectory, stop: Stop) -> int:
    """Draw what a finished study shows, the figures of its first seed, and the report."""
    from experiments.headlines import ends_of
    from experiments.histories_summary import histories_summary
    from experiments.plots.basins import Ends, draw_basins
    from experiments.plots.divergence import draw_paths
    from experiments.redraw import draw_all, drawings_of
    from simulation.records import read_table

    seeds = seeds_of(directory)
    first, *others = (member_path(directory.path, seed) for seed in seeds)
    records = whole_records(first)
    histories = [paths_of(records), *(paths_of(whole_records(path)) for path in others)]
    table, _ = read_table(directory.path / DIVERGENCE)
    shares = np.stack([history.shares for history in histories])
    summary = histories_summary(records, histories, table, seeds)
    ended = basins.basins_table(histories, records.providers, seeds)
    labels = np.stack([history.regimes for history in histories])
    revenue = np.stack([history.revenue for history in histories])
    drawings = {
        "divergence": partial(draw_paths, records, shares, table, seeds),
        "basins": partial(draw_basins, records, Ends(labels, revenue, ended), seeds),
    }
    told = {"summary": summary, "ends": ends_of(histories), "basins": ended}
    return draw_all(directory, records, drawings | drawings_of(records), stop, told)


def seeds_of(directory: RunDirectory) -> range:
    """Seeds of a finished study, from its manifest."""
    match directory.manifest.get("seeds"):
        case [int(first), int(last)] if first < last < first + MOST_SEEDS:
            return range(first, last + 1)
    raise StoreError(
        f"{directory.path / MANIFEST}: does not name the seeds; run the config again with --force"
    )


def whole_records(path: Path) -> "Records":
    """Records of a finished seed, its tables being what it wrote."""
    from experiments.redraw import loaded

    if read_manifest(path) is None:  # to claim it would make it
        raise StoreError(f"{path}: is missing or no run directory; run the config again")
    with claim(path, again=True) as directory:
        directory.refuse_damage()
        return loaded(path)


def run_all(study: Study, kept: Sequence[str]) -> tuple[list[Paths], list[Paths]]:
    """Run every seed that is not kept, then every seed with peers off.

    Raises
    ------
    Interrupted
        Seeds that are finished stay.
    """
    histories: list[Paths] = []
    try:
        histories.extend(paths_of(member(study, plan, kept)) for plan in study.plans)
        return histories, [paths_of(without_peers(study, plan)) for plan in study.plans]
    except Interrupted as stopped:
        raise Interrupted(
            stopped.number,
            f"with {len(histories)} of {len(study.plans)} histories finished in "
            f"{study.directory.path}; {how_to_go_on(study.directory.path)}",
        ) from None


def member(study: Study, plan: Plan, kept: Sequence[str]) -> "Records":
    """The run of one seed: read if it is kept, else run, or gone on with, in its own directory."""
    from simulation.records import Records

    path = member_path(study.directory.path, plan.config.seed)
    if path.name in kept:
        study.progress.skip(plan.config.months)
        return Records.load(path)
    with claim(path) as directory:
        market = None
        if is_begun(path, plan.identity):
            market = newest(path, plan.identity, plan.config, study.arguments.threads)
        if market is None:
            begin(directory, plan, {"kind": "run", **entries_of(study.arguments)})
            market = built(plan, study.arguments.threads)
        else:
            put_in_place(directory, plan)
            directory.go_on(market.month, entries_of(study.arguments))
        keeper = Keeper(directory, plan, study.arguments.checkpoint_every)
        study.progress.skip(market.month)
        records = simulate(market, keeper, study.stop, study.progress)
        finish(directory, records)
    return records


def without_peers(study: Study, plan: Plan) -> "Records":
    """The run of one seed with the peer weights at 0; it is not kept on the disk."""
    from simulation.config import with_changes

    other = plan._replace(config=with_changes(plan.config, PEERS_OFF))
    market = built(other, study.arguments.threads)
    return march(market, study.stop, study.progress, lambda _: None)


def member_path(path: Path, seed: int) -> Path:
    """Run directory of one seed below the common one."""
    return path / f"seed-{seed}"


def finished_members(path: Path, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Names of the seeds that a study before this one has finished, with every byte in place."""
    members = ((member_path(path, plan.config.seed), plan.identity) for plan in plans)
    return tuple(member.name for member, identity in members if is_finished(member, identity))


def begun_members(path: Path, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Names of the seeds that a study before this one has begun, with a state to go on from."""
    members = ((member_path(path, plan.config.seed), plan.identity) for plan in plans)
    return tuple(member.name for member, identity in members if is_begun(member, identity))


def is_begun(path: Path, identity: str) -> bool:
    """Whether an unfinished run of this identity has a checkpoint here."""
    manifest = read_manifest(path) or {}
    unfinished = manifest.get("status") != FINISHED and manifest.get("identity") == identity
    return unfinished and bool(saved(path))


def is_finished(path: Path, identity: str) -> bool:
    """Whether a run of this identity is finished here and its tables are what it wrote.

    Tables that were changed since then are nobody's result, so the run is given up.
    """
    manifest = read_manifest(path) or {}
    if manifest.get("status") != FINISHED or manifest.get("identity") != identity:
        return False
    with claim(path, again=True) as directory:
        try:
            directory.refuse_damage()
        except StoreError as damage:
            directory.record(status=FAILED, reason=str(damage))
            return False
    return True
