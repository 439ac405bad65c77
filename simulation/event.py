"""What an event of a config can do: a kind of event is a section of settings with methods.

Each file of `simulation/events` holds one kind, whose name is that of the file.  To change a
parameter a kind only says what it sets; what it does to the market besides stands in `act`; what
lasts for some months is read off the config by `simulation.lasting`, so that a run that is resumed
or forked needs to know no more than its config.
"""

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from agents.codes import NONE
from agents.parameters import Parameters, Whole, param

if TYPE_CHECKING:
    from simulation.market import Market

LONGEST_RUN = 600  # months
EVERYBODY = "all"
EXPERIMENT = "the experiment"


class Note(NamedTuple):
    """What a row of the events table says of an event; the fields are those of its columns."""

    detail: str
    code: int = NONE
    segment: int = -1
    before: float = float("nan")
    after: float = float("nan")


class Action(Parameters):
    """One kind of event.

    decides : whether it needs providers that decide, which a record does not have.
    """

    decides: ClassVar[bool] = True

    def changes(self) -> dict[str, Any]:
        """Parameters that it sets, by dotted path."""
        return {}

    def act(self, market: "Market") -> Note:
        """Do what it does besides, and say what happened."""
        raise NotImplementedError


class Rule(Action):
    """An event that only sets parameters."""

    def act(self, market: "Market") -> Note:
        """Say what was set."""
        return Note(assignments(self.changes()))


class Lasting(Action):
    """An event that goes on for some months."""

    months: Whole = param(
        ..., unit="month", bounds=(1, LONGEST_RUN), source=EXPERIMENT, doc="months that it lasts"
    )


def assignments(changes: dict[str, Any]) -> str:
    """Changes in words, as `a.b = 3`."""
    return ", ".join(f"{path} = {value}" for path, value in changes.items())


def code_of(market: "Market", provider: str) -> int | None:
    """Code of a provider that is on the market; None if it is not."""
    names = list(market.supply.names)
    code = names.index(provider) if provider in names else NONE
    return code if code != NONE and market.labs.active[code] else None


def absent(provider: str) -> Note:
    """Say that nothing happened, because the provider is not on the market."""
    return Note(f"{provider} is not on the market; nothing happens")
