"""`shareshift check FILE ...`: everything that is wrong with configs and sweeps, beforehand."""

import argparse
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.cli import DONE, USAGE
from experiments.streams import tell

if TYPE_CHECKING:
    from simulation.config import Config

LONGEST_VALUE = 40


def check(arguments: argparse.Namespace) -> int:
    """Check each config or sweep file with its input files; 2 if one of them has an error."""
    from experiments.check_sweeps import sweep_lines
    from experiments.sweeps.kind import is_sweep
    from simulation.config import ConfigError
    from simulation.csv_table import TableError

    failed = False
    for source in arguments.configs:
        try:
            if is_sweep(Path(source)):
                if arguments.sets:
                    text = f"{source}: --set changes configs; a sweep file has `set` for this"
                    raise ConfigError([text])
                lines = sweep_lines(source)
            else:
                lines = config_lines(source, arguments.sets, arguments.origin)
        except (ConfigError, TableError) as failure:
            tell(str(failure))
            failed = True
            continue
        print("\n".join([f"{source}: ok", *lines]))
    return USAGE if failed else DONE


def config_lines(source: str, sets: list[str], with_origins: bool) -> list[str]:
    """Check a config with its input files, and say what is worth a word.

    Raises
    ------
    ConfigError, TableError
    """
    from experiments.check_graphs import graph_lines, removals
    from simulation.config import load, notes

    config = load(source, sets)
    check_inputs(config)
    lines = [f"  {line}" for line in graph_lines(config)]
    said = [*notes(config), *removals(config), *unused_rounds(config)]
    lines += [f"  note: {note}" for note in said]
    return lines + (origin_lines(config) if with_origins else [])


def check_inputs(config: "Config") -> None:
    """Read the input files as the market will, and check what the config says about them.

    Raises
    ------
    ConfigError, TableError
    """
    from experiments.check_graphs import check_graphs
    from simulation.config import ConfigError
    from simulation.supply import recorded

    check_graphs(config)
    unused_rounds(config)
    if config.supply.recorded is None:
        return
    path = short_path(config.supply.recorded)
    supply = recorded(
        path,
        config.start,
        config.months,
        config.enterprises.excluded_origins,
        config.supply.exclude,
        config.content(config.supply.recorded),
    )
    unknown = [
        f"{place}: {name!r} is not a provider of {path} ({nearest(name, supply.providers)})"
        for place, name in named_providers(config)
        if name not in supply.providers
    ]
    if unknown:
        raise ConfigError(unknown)


def unused_rounds(config: "Config") -> list[str]:
    """Read the file of rounds, and note whose rounds are not used.

    Raises
    ------
    ConfigError, TableError
    """
    from simulation.rounds_file import rounds_of, unused
    from simulation.supply_file import month_number, month_text

    path = config.finance.rounds
    if path is None or not config.supply.endogenous:
        return []
    names = unused(short_path(path), config.content(path), config.providers)
    found = [f"finance.rounds: rounds of {n}, who is no provider, are not used" for n in names]
    months = rounds_of(config).month.tolist()
    if months and months[-1] < config.months - 1:
        last = month_text(month_number(config.start) + months[-1])
        found.append(f"finance.rounds: the last one closes in {last}; nobody is funded after it")
    return found


def named_providers(config: "Config") -> Iterator[tuple[str, str]]:
    """Places of a config that name a provider, and the name."""
    for population in ("developers", "consumers", "enterprises"):
        for name in getattr(config.initial, population).shares:
            yield f"initial.{population}.shares", name
    for path in config.freeze:
        section, _, rest = path.partition(".")
        if section == "supply" and "." in rest:
            yield f"freeze.{path}", rest.partition(".")[2]


def nearest(name: str, known: tuple[str, ...]) -> str:
    """The provider that may be meant; else all there are."""
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"


def origin_lines(config: "Config") -> list[str]:
    """Each value and where it was said, in three columns."""
    from simulation.config import origins
    from simulation.config_text import inline, leaves, plain

    values, places = plain(config), origins(config)
    rows = []
    for steps in leaves(values):
        value = values
        for step in steps:
            value = value[step]
        path = ".".join(steps)
        rows.append((path, inline(value), places[path]))
    wide = max(len(path) for path, _, _ in rows)
    long = min(max(len(value) for _, value, _ in rows), LONGEST_VALUE)
    return [f"  {path:<{wide}}  {value:<{long}}  {place}" for path, value, place in rows]


def short_path(path: Path) -> Path:
    """The path as a user would type it here; unchanged if it is not below the current folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
