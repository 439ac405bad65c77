"""The config of every point of a sweep, tried before anything runs."""

from experiments.sweeps.base import varied
from experiments.sweeps.sweep import SweepFile
from simulation.config import Config, ConfigError

MOST_WRONG = 20


def check_points(sweep: SweepFile) -> None:
    """Try the config of every point, with its input files.

    Raises
    ------
    ConfigError, TableError
        With at most 20 of the points that are refused, each with its values.
    """
    from experiments.check import check_inputs

    check_inputs(sweep.base)
    wrong: list[str] = []
    tried = {input_key(sweep.base)}
    for point in sweep.points():
        if len(wrong) > MOST_WRONG:
            break
        try:
            config = varied(sweep.base, point.changes)
            key = input_key(config)
            if key not in tried:
                tried.add(key)
                check_inputs(config)
        except ValueError as refused:  # ConfigError and TableError
            values = ", ".join(f"{name} {value}" for name, value in point.values.items())
            wrong += [f"point {point.index}: {line} ({values})" for line in lines_of(refused)]
    if wrong:
        raise ConfigError(wrong)


def input_key(config: Config) -> str:
    """What decides how the input files of a config are read."""
    files = {path: str(file) for path, file in config.inputs().items()}
    if not files:
        return ""
    parts = (config.supply.exclude, config.start, config.months, config.initial, config.freeze)
    counts = (config.developers.count, config.consumers.count, config.enterprises.count)
    origins = config.enterprises.excluded_origins
    return repr((files, config.supply.endogenous, *parts, *counts, origins))


def lines_of(refused: ValueError) -> list[str]:
    """Messages of an error, without the place, which is the point."""
    found = [str(line) for line in getattr(refused, "messages", [str(refused)])]
    return [line.removeprefix("point: ") for line in found]
