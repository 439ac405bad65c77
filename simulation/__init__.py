"""The market and its clock: `from simulation import load, run; run(load("market.yaml"))`.

Names are loaded when they are first used, so that reading a config or a result never imports the
engine, which takes seconds.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.config import Config, load
    from simulation.market import Market, run
    from simulation.records import Records

__all__ = ["Config", "Market", "Records", "load", "run"]

HOMES = {
    "Config": "simulation.config",
    "Market": "simulation.market",
    "Records": "simulation.records",
    "load": "simulation.config",
    "run": "simulation.market",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used (PEP 562)."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """List the lazy names too, for completion in a notebook."""
    return sorted({*globals(), *__all__})
