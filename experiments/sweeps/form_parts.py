"""What several sections of a sweep file have in common."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from simulation.config_events import frozen

OURS = "sweep"  # source of what only a sweep file says
MOST_RUNS = 10_000_000

Scalar = str | int | float | bool
FrozenAny = Annotated[Mapping[str, Any], AfterValidator(frozen)]


def none_is_all(value: Any) -> Any:
    """Take `name:` without anything for `name: {}`: everything as it is declared."""
    return {} if value is None else value
