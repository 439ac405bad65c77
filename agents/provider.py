"""Model providers: few and strategic, one Mesa agent each."""

from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import mesa

from agents.labs import BY_SUPPLIER
from agents.strategy import Strategy


class Numbers:
    """Numbers agents within each model, as Mesa does, but forgets a model that nobody holds.

    Mesa's own register holds every model for ever, and with it all of a market's arrays.
    """

    def __init__(self) -> None:
        """Know no model."""
        self.next_of: WeakKeyDictionary[mesa.Model, Iterator[int]] = WeakKeyDictionary()

    def __getitem__(self, model: mesa.Model) -> Iterator[int]:
        """Numbers still free in `model`, from 1 on."""
        return self.next_of.setdefault(model, count(1))


class Provider(mesa.Agent):
    """One provider of models; OPEN stands for the best released open weights, whoever's they are.

    name : as in the config or supply file.  code : its code in the columns of populations.
    status : pre_entry, healthy, stressed, distressed, acquired or exited.

    Where providers decide, what it has stands in the market's columns: `provider["cash"]` reads
    any column of `agents.labs.Labs`, and `provider.strategy` is how it decides.
    """

    _ids: ClassVar[Numbers] = Numbers()  # Mesa's name for its register

    def __init__(self, market: mesa.Model, name: str, code: int) -> None:
        """Enter the market's register; it sells from its first offer on."""
        super().__init__(market)
        self.name, self.code = name, code
        self.status = "pre_entry"

    def __getitem__(self, column: str) -> Any:
        """Its own entry in a column: a number, or an array over the column's other axis."""
        values = getattr(self.model.labs, column)
        return values[self.code] if column in BY_SUPPLIER else values[..., self.code]

    @property
    def strategy(self) -> Strategy | None:
        """How it decides; None for open weights, which nobody runs."""
        found: Strategy | None = self.model.roster.strategies.get(self.code)
        return found

    def review(self, on_offer: bool, condition: str = "healthy", gone: str = "exited") -> None:
        """Change status by whether any segment has an offer this month, and how it stands."""
        if on_offer:
            self.status = condition
        elif self.status != "pre_entry":
            self.status = gone
