"""Strategies by name: every file of `agents/strategies` holds one, whose family is its name."""

from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field

from agents import strategies
from agents.catalogue import classes_of
from agents.strategy import Strategy


def found() -> dict[str, type[Strategy]]:
    """Strategy classes by family, in the order of their names.

    Raises
    ------
    TypeError
        A file does not hold exactly one strategy, or its family is not the name of the file.
    """
    classes = {}
    for name, own in classes_of(strategies, Strategy):
        families = [kind.model_fields["family"].default for kind in own]
        if families != [name]:
            raise TypeError(
                f"agents/strategies/{name}.py must hold one strategy of the family {name!r}; "
                f"found {families}"
            )
        classes[name] = own[0]
    return classes


STRATEGIES = found()
StrategySettings: Any = Annotated[reduce(or_, STRATEGIES.values()), Field(discriminator="family")]
