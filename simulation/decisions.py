"""What providers decide, asked of their strategies and looked at before anything is done with it."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from agents.parameters import SUM_TOLERANCE
from agents.strategy import Deal, Situation, Strategy


class StrategyError(Exception):
    """A strategy failed, or decided what cannot be done; names provider, month and decision."""


class Decisions(NamedTuple):
    """What `Strategy` says of each name; of several providers, a sequence of each."""

    support: Any
    budget: Any
    allocation: Any
    markup: Any
    sales_mix: Any
    focus: Any
    sells: Any
    opens_weights: Any
    bundles: Any


def amount(value: Any) -> bool:
    """Whether a value is a finite number that is not negative; NaN is in no interval."""
    return bool(0.0 <= value < math.inf)


def parts(number: int) -> Callable[[Any], bool]:
    """Make the question whether a value is so many parts of a whole."""
    return lambda value: (
        len(value) == number and min(value) >= 0.0 and abs(sum(value) - 1.0) <= SUM_TOLERANCE
    )


def flag(value: Any) -> bool:
    """Whether a value is true or false, and no other thing that Python takes for it."""
    return value is True or value is False


def flags(value: Any) -> bool:
    """Whether a value is three of them."""
    return len(value) == 3 and all(map(flag, value))


def signable(value: Any) -> bool:
    """Whether a value is a deal of some capacity for a whole number of months."""
    return amount(value.capacity) and type(value.months) is int and value.months >= 1


AMOUNT, THREE_PARTS = "a finite number, 0 or more", "three parts, 0 or more, that sum to 1"
# What each decision must be, as a question and in words.
CLAUSES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "support": (amount, AMOUNT),
    "budget": (amount, AMOUNT),
    "allocation": (parts(4), "four parts, 0 or more, that sum to 1"),
    "markup": (amount, AMOUNT),
    "sales_mix": (parts(3), THREE_PARTS),
    "focus": (parts(3), THREE_PARTS),
    "sells": (flags, "three of True and False"),
    "opens_weights": (flag, "True or False"),
    "bundles": (flag, "True or False"),
    "deal": (signable, "a Deal of 0 or more for a whole number of months, 1 or more"),
}


def asked_of(provider: str, strategy: Strategy, situation: Situation) -> Decisions:
    """What a strategy decides this month, deals apart.

    Raises
    ------
    StrategyError
        As for `decision`.
    """
    return Decisions(*[decision(name, provider, strategy, situation) for name in Decisions._fields])


def deal_of(provider: str, strategy: Strategy, situation: Situation) -> Deal:
    """Compute that a strategy wants to sign for.

    Raises
    ------
    StrategyError
        As for `decision`.
    """
    deal: Deal = decision("deal", provider, strategy, situation)
    return deal


def decision(name: str, provider: str, strategy: Strategy, situation: Situation) -> Any:
    """One decision of a strategy.

    Raises
    ------
    StrategyError
        It raised something, or what it returned is not what CLAUSES says.
    """
    sound, wanted = CLAUSES[name]
    where = "month %d: %s: %s of %s"
    try:
        value = getattr(strategy, name)(situation)
    except Exception as error:
        raise StrategyError(
            where % (situation.month, provider, name, type(strategy).__name__)
            + f" fails: {type(error).__name__}: {error}"
        ) from error
    try:
        if sound(value):
            return value
    except (TypeError, ValueError, AttributeError):
        pass  # what cannot even be compared is not sound
    raise StrategyError(
        where % (situation.month, provider, name, type(strategy).__name__)
        + f" is {value!r}; it must be {wanted}"
    )
