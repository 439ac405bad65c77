"""`shareshift run --from DIR@MONTH --set key=value`: another future of a run.

The fork is a config like any other: that of DIR with one more event, which sets the changes in
MONTH.  So running its own config.yaml from the start gives the same bytes, and going on from a
state that DIR has saved is only the shorter way.  A finished run has none left: its months up to
MONTH are simulated again, and must be those in its segments table.
"""

import argparse
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.checkpoints import Keeper, newest, refuse_saved
from experiments.cli import UsageError
from experiments.interrupts import Stop
from experiments.provenance import relative
from experiments.resume import manifest_of, refuse_other_version
from experiments.run import (
    Plan,
    begin,
    built,
    complete,
    default_directory,
    entries_of,
    plan_run,
    planned,
    say_if_unfinished,
    say_what_was_removed,
)
from experiments.store import CONFIG, FINISHED, claim
from experiments.streams import tell
from experiments.whole_files import StoreError

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.market import Market
    from simulation.records import Table

PLACE = re.compile(r"(?P<path>.+)@(?P<month>[0-9]{1,3})")


class Origin(NamedTuple):
    """The run that is forked.

    path, manifest, plan : of it.  month : from which on the fork may differ.
    past : its segments table; None if it is not finished.
    """

    path: Path
    manifest: Mapping[str, Any]
    plan: Plan
    month: int
    past: "Table | None"


def fork(arguments: argparse.Namespace) -> int:
    """Run the config of a run directory with changes from a month on; returns the exit code."""
    origin = origin_of(arguments.source)
    changes = changes_of(arguments.sets)
    plan = plan_of_fork(origin, changes, arguments.months)
    say_what_was_removed(plan.config)
    path = Path(arguments.out) if arguments.out else default_directory(plan, plan.identity)
    place = origin.path.resolve()
    if path.resolve() in (place, *place.parents):  # the study that it is a seed of is not its own
        raise UsageError(f"{path}: a fork needs a directory of its own; name another with --out")
    with Stop() as stop, claim(path, arguments.force) as directory:
        refuse_saved(directory)
        say_if_unfinished(directory, "starting again")
        told = {"of": relative(str(origin.path)), "identity": origin.manifest.get("identity")}
        told |= {"month": origin.month, "set": changes}
        begin(directory, plan, {"kind": "run", "fork": told, **entries_of(arguments)})
        build = partial(start_of_fork, origin, plan, arguments.threads)
        look = partial(refuse_other_past, origin)
        keeper = Keeper(directory, plan, arguments.checkpoint_every, look)
        return complete(keeper, build, stop, arguments)


def origin_of(source: str) -> Origin:
    """The run that DIR@MONTH names, which is only read.

    Raises
    ------
    UsageError, StoreError
    """
    from experiments.redraw import loaded

    named = PLACE.fullmatch(source)
    if named is None:
        raise UsageError(f"--from {source!r}: write DIR@MONTH, as runs/herd@24")
    path, month = Path(named["path"]), int(named["month"])
    manifest, past = manifest_of(path), None
    if manifest.get("kind") == "histories":
        raise UsageError(f"{path}: holds a study; name one of its seeds, as {path}/seed-1@{month}")
    if manifest.get("status") == FINISHED:
        with claim(path, again=True) as directory:
            directory.refuse_damage()
            past = loaded(path).table("segments")
    if not (path / CONFIG).is_file():
        raise StoreError(f"{path}: the run died before its {CONFIG} was there; run it again")
    origin = Origin(path, manifest, plan_run(path / CONFIG, []), month, past)
    if not is_of_this_version(manifest):
        if past is None:
            refuse_other_version(path, manifest)
    elif origin.plan.identity != manifest.get("identity"):
        raise StoreError(f"{path}: {CONFIG} or an input file is not what the run began with")
    return origin


def is_of_this_version(manifest: Mapping[str, Any]) -> bool:
    """Whether a run was made by this version of the model."""
    from agents.compiled import model_version

    return manifest.get("model_version") == model_version()


def changes_of(sets: list[str]) -> dict[str, Any]:
    """Values by dotted path, as `--set` gives them.

    Raises
    ------
    UsageError, ConfigError
    """
    from simulation.config import ConfigError
    from simulation.yaml_text import TextError, parse

    changes = {}
    for number, text in enumerate(sets, 1):
        path, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value or not all(path.split(".")):
            raise UsageError(f"--set {text!r} is not an assignment; write path=value")
        try:
            changes[path] = parse(value, f"--set #{number}").plain
        except TextError as error:
            raise ConfigError(error.findings) from None
    return changes


def plan_of_fork(origin: Origin, changes: Mapping[str, Any], months: int | None) -> Plan:
    """The plan of the run's config with one more event, and with other months if that is asked.

    Raises
    ------
    UsageError, ConfigError, TableError
    """
    plan = origin.plan
    if months is not None:
        plan = plan_run(origin.path / CONFIG, [f"months={months}"])
    if origin.month >= plan.config.months:
        raise UsageError(
            f"month {origin.month} is not in the run: its months are 0 to {plan.config.months - 1}"
        )
    if not changes:
        return plan
    return planned(forked(plan.config, origin.month, changes), plan.inputs)


def forked(config: "Config", month: int, changes: Mapping[str, Any]) -> "Config":
    """The config with one more event, which comes after all others of its month."""
    from simulation.config import ConfigError, with_changes

    names = ["fork", *(f"fork-{number}" for number in range(2, len(config.events) + 2))]
    name = next(name for name in names if name not in config.events)
    try:
        return with_changes(config, {f"events.{name}": {"month": month, "set": changes}})
    except ConfigError as error:
        where = f"change: events.{name}.set."
        told = [line.replace(where, "--set ") for line in error.messages]
        raise ConfigError(told) from None


def start_of_fork(origin: Origin, plan: Plan, threads: int) -> "Market":
    """The market in the newest state of the run up to the month, or before its first month."""
    market = None
    # A state holds tables as long as the run, so that it serves no run of another length.
    if plan.config.months == origin.plan.config.months:
        identity = origin.plan.identity
        market = newest(origin.path, identity, plan.config, threads, last=origin.month)
    if market is None:
        tell(f"{origin.path}: its first {origin.month} months are simulated again")
        return built(plan, threads)
    tell(f"{origin.path}: going on from its state after {market.month} months")
    return market


def refuse_other_past(origin: Origin, market: "Market") -> None:
    """Refuse a fork whose months before the change are not those of the run.

    Raises
    ------
    UsageError
        Another version of the model made the run, and gives another history.
    StoreError
    """
    if origin.past is None or market.month != origin.month:
        return
    before, found = origin.past, market.records.table("segments")
    rows = before["month"] < origin.month
    if all(is_same(before[name][rows], found[name]) for name in found):
        return
    if not is_of_this_version(origin.manifest):
        refuse_other_version(origin.path, dict(origin.manifest))
    raise StoreError(
        f"{origin.path}: simulated again, its first {origin.month} months are not the same, though "
        "config and model version are: was it made on another machine, or with other libraries?"
    )


def is_same(one: Any, other: Any) -> bool:
    """Whether two columns are the same, missing numbers included."""
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
