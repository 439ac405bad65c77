"""Random legal configs, run: no crash, nothing missing, nothing lost, and the same bytes twice."""

import traceback
import warnings

import ledger
from legal_configs import config_of, settled, smallest
from legal_values import Plain

from simulation.config import Config, ConfigError
from simulation.csv_table import TableError
from simulation.market import run as run_market
from simulation.records import Records

ROW = 14
REDUCED, FULL = 100, 10_000
MOST_TOLD = 10  # problems after which the rest is left


def run(seed: int, count: int) -> list[str]:
    """Run `count` drawn configs twice; those that fail are told as small as they can be made."""
    told = []
    for case in range(count):
        values = config_of(f"{seed} {case}")
        problem = problem_of(values)
        if problem:
            kind = problem.partition(":")[0]
            less = smallest(values, lambda tried, kind=kind: problem_of(tried).startswith(kind))
            told.append(f"case {case}: {problem_of(less)} with {less}")
        if len(told) == MOST_TOLD:
            return [*told, f"... and the cases after {case} were not tried"]
    return told


def problem_of(values: Plain) -> str:
    """The first thing that is wrong with the history of a config; empty if nothing is."""
    try:
        return next(iter(problems_of(settled(values))), "")
    except (ConfigError, TableError) as refused:
        return f"refused: {refused}"


def problems_of(config: Config) -> list[str]:
    """What is wrong with the history of a config; a warning of NumPy's is wrong too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            records, again = run_market(config), run_market(config, threads=2)
        except Exception as failure:  # noqa: BLE001  # a crash is what this looks for
            where = traceback.extract_tb(failure.__traceback__)[-1]
            return [f"{type(failure).__name__} in {where.name}: {failure}"]
        return [*ledger.problems_of(records), *differences(records, again)]


def differences(one: Records, other: Records) -> list[str]:
    """Columns whose bytes differ between two runs of the same config."""
    found = []
    for name, table in one.tables.items():
        for column, values in table.items():
            again = other.table(name)[column]
            text = values.dtype == object
            if values.tolist() != again.tolist() if text else values.tobytes() != again.tobytes():
                found.append(f"{name}.{column}: differs in a second run")
    return found
