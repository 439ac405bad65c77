"""Random legal configs, run: no crash, nothing missing, nothing lost, and the same bytes twice."""

import traceback
import warnings

import ledger
from hypothesis import HealthCheck, Phase, given, seed, settings
from legal_configs import Plain, configs, settled

from simulation.config import Config
from simulation.market import run as run_market
from simulation.records import Records

ROW = 14
REDUCED, FULL = 100, 10_000
PHASES = (Phase.generate, Phase.shrink)


def run(seed_of_draws: int, count: int) -> list[str]:
    """Run `count` drawn configs twice; the first that fails is made small and told."""
    drawn = 0

    @seed(seed_of_draws)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=False,
        phases=PHASES,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(configs())
    def holds(values: Plain) -> None:
        nonlocal drawn
        drawn += 1
        problems = problems_of(settled(values))
        assert not problems, f"{problems} with {values}"

    try:
        holds()
    except Exception as failure:  # noqa: BLE001  # whatever it is, it is a problem of this row
        return [f"draw {drawn}: {''.join(traceback.format_exception_only(failure))}"]
    return [] if drawn >= count else [f"only {drawn} of {count} configs were drawn"]


def problems_of(config: Config) -> list[str]:
    """What is wrong with the history of a config; a warning of NumPy's is wrong too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            records, again = run_market(config), run_market(config, threads=2)
        except Exception as failure:  # noqa: BLE001  # a crash is what this looks for
            where = traceback.extract_tb(failure.__traceback__)[-1]
            return [f"{type(failure).__name__}: {failure} ({where.name}, line {where.lineno})"]
        return [*ledger.problems_of(records), *differences(records, again)]


def differences(one: Records, other: Records) -> list[str]:
    """Columns whose bytes differ between two runs of the same config."""
    return [
        f"{name}.{column} differs in a second run"
        for name, table in one.tables.items()
        for column, values in table.items()
        if values.tolist() != other.table(name)[column].tolist()
        and values.tobytes() != other.table(name)[column].tobytes()
    ]
