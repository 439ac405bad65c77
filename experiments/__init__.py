"""What users do with the market, from Python and from the command line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.sweeps.study import Study, load_sweep

# Names are looked up when they are asked for: the command answers `--help` without NumPy.
HOMES = {"Study": "experiments.sweeps.study", "load_sweep": "experiments.sweeps.study"}
__all__ = ["Study", "load_sweep"]


def __getattr__(name: str) -> object:
    """Find a public name in its module."""
    from importlib import import_module

    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    """Public names, and what the module has."""
    return sorted({*globals(), *__all__})
