"""Model providers: few and strategic, one Mesa agent each."""

from collections.abc import Iterator
from itertools import count
from typing import ClassVar
from weakref import WeakKeyDictionary

import mesa


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
    status : pre_entry, healthy or exited.
    """

    _ids: ClassVar[Numbers] = Numbers()  # Mesa's name for its register

    def __init__(self, market: mesa.Model, name: str, code: int) -> None:
        """Enter the market's register; it sells from its first offer on."""
        super().__init__(market)
        self.name, self.code = name, code
        self.status = "pre_entry"

    def review(self, on_offer: bool) -> None:
        """Change status by whether any segment has an offer this month."""
        if on_offer:
            self.status = "healthy"
        elif self.status == "healthy":
            self.status = "exited"
