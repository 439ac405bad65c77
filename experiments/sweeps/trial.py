"""Configs of the points of a sweep, tried before anything runs."""

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.sweeps.base import varied
from experiments.sweeps.designs import size_of
from experiments.sweeps.factors import CHOICE, Factor
from experiments.sweeps.sweep import SweepFile
from simulation.config import Config, ConfigError
from simulation.csv_table import TableError

MOST_WRONG = 20
MOST_AT_ONCE = 400  # points that a check of the file tries: a second's work


def check_points(sweep: SweepFile) -> None:
    """Try the config of every point, with its input files.

    Raises
    ------
    ConfigError, TableError
        With at most 20 of the points that are refused, each with its values.
    """
    cases = ((f"point {point.index}", point.values, point.changes) for point in sweep.points())
    try_all(sweep, cases)


def check_quickly(sweep: SweepFile) -> int:
    """Try every point of a small design; of a large one both ends of each factor alone.

    Returns the number of points that are left for `check_points`.

    Raises
    ------
    ConfigError, TableError
    """
    count = size_of(sweep.design, sweep.factors)
    if count <= MOST_AT_ONCE:
        check_points(sweep)
        return 0
    try_all(sweep, (case for factor in sweep.factors for case in ends_of(factor)))
    return count


Case = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def ends_of(factor: Factor) -> Iterator[Case]:
    """Each choice of a factor, or both ends of its range."""
    count = len(factor.labels)
    places = [(i + 0.5) / count for i in range(count)] if factor.kind == CHOICE else [0.0, 1.0]
    for place in places:
        yield "one factor alone", {factor.name: factor.value(place)}, factor.changes(place)


def try_all(sweep: SweepFile, cases: Iterator[Case]) -> None:
    """Refuse the cases whose configs are refused: what they are called, values and changes."""
    from experiments.check import check_inputs

    check_inputs(sweep.base)
    wrong: list[str] = []
    tried = {input_key(sweep.base)}
    for name, values, changes in cases:
        if len(wrong) > MOST_WRONG:
            break
        try:
            config = varied(sweep.base, changes)
            key = input_key(config)
            if key not in tried:
                tried.add(key)
                check_inputs(config)
        except (ConfigError, TableError) as refused:
            said = ", ".join(f"{factor} {value}" for factor, value in values.items())
            wrong += [f"{sweep.label}: {name} ({said}): {line}" for line in lines_of(refused)]
    if wrong:
        raise ConfigError(wrong)


def input_key(config: Config) -> str:
    """What decides how the input files of a config are read; empty where there are none."""
    files = {path: str(file) for path, file in config.inputs().items()}
    if not files:
        return ""
    parts = (config.supply.exclude, config.start, config.months, config.initial, config.freeze)
    counts = (config.developers.count, config.consumers.count, config.enterprises.count)
    origins = config.enterprises.excluded_origins
    return repr((files, config.supply.endogenous, *parts, *counts, origins))


def lines_of(refused: ConfigError | TableError) -> list[str]:
    """Messages of an error; of a place in the base the path and what is wrong are left."""
    return [str(line).removeprefix("point: ") for line in refused.messages]
