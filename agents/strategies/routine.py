"""The routines of the specification and nothing else: for entrants and for comparison."""

from typing import Literal

from agents.parameters import param
from agents.strategy import Strategy


class Routine(Strategy):
    """Budget, prices and contracts by the shared routines (E5-E10)."""

    family: Literal["routine"] = param(
        "routine", unit="", source="Nelson and Winter 1982", doc="shared routines and nothing else"
    )
