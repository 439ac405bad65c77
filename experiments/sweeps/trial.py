"""Configs of the points of a sweep, tried before anything runs."""

from collections.abc import Iterable

from experiments.sweeps.base import varied
from experiments.sweeps.designs import size_of
from experiments.sweeps.factors import Factor
from experiments.sweeps.points import Point
from experiments.sweeps.sweep import SweepFile
from simulation.config import Config, ConfigError
from simulation.config_errors import locate
from simulation.config_shape import Shape
from simulation.csv_table import TableError
from simulation.yaml_text import MOST_FINDINGS, Finding, shown_path

# What a check of the file does: about a second's work.
MOST_POINTS, MOST_CHANGES = 250, 15_000
MOST_NUMBERS = 1_000_000  # of a design that is made for it, or that an optimal one takes


def check_points(sweep: SweepFile) -> None:
    """Try the config of every point, with its input files.

    Raises
    ------
    ConfigError, TableError
        With at most 20 problems, each with the values of a point that has it.
    """
    try_all(sweep, sweep.points())


def check_quickly(sweep: SweepFile) -> int:
    """Try the points of a small design, and some of a large one, evenly over it.

    Returns the number of points that are left for `check_points`.

    Raises
    ------
    ConfigError, TableError
    """
    count, factors = size_of(sweep.design, sweep.factors), len(sweep.factors)
    if max(count, (sweep.design.candidates or 0) ** 2) * factors > MOST_NUMBERS:
        try_all(sweep, ())
        return count
    points, tried = sweep.points(), min(count, MOST_POINTS, max(1, MOST_CHANGES // factors))
    try_all(sweep, (points[count * place // tried] for place in range(tried)))
    return count - tried


def try_all(sweep: SweepFile, points: Iterable[Point]) -> None:
    """Refuse the points whose configs are refused, each problem once."""
    from experiments.check import check_inputs

    check_inputs(sweep.base)
    found: dict[str, Finding] = {}
    tried = {input_key(sweep.base)}
    for point in points:
        try:
            config = varied(sweep.base, point.changes)
            key = input_key(config)
            if key not in tried:
                tried.add(key)
                check_inputs(config)
        except (ConfigError, TableError) as refused:
            for line in refused.messages:
                if line not in found:
                    found[line] = finding_of(sweep, point, line.removeprefix("point: "))
        if len(found) > MOST_FINDINGS:
            break
    if found:
        raise ConfigError(found.values())


def finding_of(sweep: SweepFile, point: Point, line: str) -> Finding:
    """Place of a problem: the factor that has it alone, else the design that puts some together."""
    for factor, unit in zip(sweep.factors, point.unit, strict=True):
        if line in alone(sweep, factor, unit):
            value = factor.value(unit)
            steps: tuple[str, ...] = ("factors", factor.name)
            if sweep.form.factors[factor.name].choices is not None:
                steps = (*steps, "choices", str(value))
            return found_at(sweep, steps, f"{factor.name} {value}: {line}")
    said = ", ".join(f"{name} {value}" for name, value in point.values.items())
    return found_at(sweep, ("design",), f"point {point.index} ({said}): {line}")


def alone(sweep: SweepFile, factor: Factor, unit: float) -> list[str]:
    """Problems of the base with one factor changed."""
    try:
        varied(sweep.base, factor.changes(unit))
    except ConfigError as refused:
        return [line.removeprefix("point: ") for line in refused.messages]
    return []


def found_at(sweep: SweepFile, steps: tuple[str, ...], text: str) -> Finding:
    """Finding at the steps of the sweep file, or at the nearest value above."""
    node = locate(sweep.tree, Shape((type(sweep.form),)), steps).node
    return Finding(node.place, shown_path(steps), text)


def input_key(config: Config) -> str:
    """What decides how the input files of a config are read; empty where there are none."""
    files = {path: str(file) for path, file in config.inputs().items()}
    if not files:
        return ""
    parts = (config.supply.exclude, config.start, config.months, config.initial, config.freeze)
    counts = (config.developers.count, config.consumers.count, config.enterprises.count)
    origins = config.enterprises.excluded_origins
    return repr((files, config.supply.endogenous, *parts, *counts, origins))
