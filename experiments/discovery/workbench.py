"""The EMA workbench, without its notes on what we do not use."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

NOTES = (("ipyparallel not installed", UserWarning), ("altair based interactive", ImportWarning))


def analysis(module: str) -> Any:
    """`ema_workbench.analysis.<module>`; importing it takes 2 s, so nothing does before this."""
    with warnings.catch_warnings():
        for message, category in NOTES:
            warnings.filterwarnings("ignore", message=message, category=category)
        return import_module(f"ema_workbench.analysis.{module}")


@contextmanager
def at_work() -> Iterator[None]:
    """While the workbench computes: it uses a word that pandas 3.1 calls out of date."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The inplace keyword in DataFrame.drop")
        yield
