"""What providers decide: asked of their strategies, and looked at before it is done."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from agents.kernels import write_down as to
from agents.parameters import SUM_TOLERANCE
from agents.strategy import Deal, Situation, Strategy

Question = tuple[str, Callable[[Any], Any]]  # name of a method, and whether an answer is sound


class StrategyError(Exception):
    """A strategy failed, or decided what cannot be done; names provider, month and decision."""


class Decisions(NamedTuple):
    """Answers of the methods of `Strategy` of these names."""

    support: Any
    budget: Any
    allocation: Any
    markup: Any
    sales_mix: Any
    focus: Any
    sells: Any
    opens_weights: Any
    bundles: Any


def amount(value: Any) -> Any:
    """Whether a value is a finite number that is not negative; NaN is not."""
    return 0.0 <= value < math.inf


def parts(value: Any, number: int = 3) -> Any:
    """Whether a value is so many parts of a whole."""
    return len(value) == number and min(value) >= 0.0 and abs(sum(value) - 1.0) <= SUM_TOLERANCE


def four_parts(value: Any) -> Any:
    """Whether a value is four parts of a whole."""
    return parts(value, 4)


def flag(value: Any) -> bool:
    """Whether a value is true or false, and no other thing that Python takes for it."""
    return value is True or value is False


def flags(value: Any) -> bool:
    """Whether a value is three of them."""
    return len(value) == 3 and all(map(flag, value))


def signable(value: Any) -> Any:
    """Whether a value is a deal over some capacity, or all there is, for whole months."""
    return value.capacity >= 0.0 and type(value.months) is int and value.months >= 1


AMOUNT, THREE_PARTS = "a finite number, 0 or more", "three parts, 0 or more, that sum to 1"
# What each decision must be, as a question and in words.
CLAUSES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "support": (amount, AMOUNT),
    "budget": (amount, AMOUNT),
    "allocation": (four_parts, "four parts, 0 or more, that sum to 1"),
    "markup": (amount, AMOUNT),
    "sales_mix": (parts, THREE_PARTS),
    "focus": (parts, THREE_PARTS),
    "sells": (flags, "three of True and False"),
    "opens_weights": (flag, "True or False"),
    "bundles": (flag, "True or False"),
    "deal": (signable, "a Deal over 0 or more for a whole number of months, 1 or more"),
}
MONTHLY: list[Question] = [(name, CLAUSES[name][0]) for name in Decisions._fields]
DEAL: list[Question] = [("deal", signable)]
# Where each answer stands in a row of decisions; one of several parts takes several columns.
WHERE: dict[str, int | slice] = {
    "support": to.SUPPORT,
    "budget": to.BUDGET,
    "allocation": slice(to.ALLOCATION, to.SALES),
    "markup": to.MARKUP,
    "sales_mix": slice(to.SALES, to.FOCUS),
    "focus": slice(to.FOCUS, to.SELLS),
    "sells": slice(to.SELLS, to.COLUMNS),
    "opens_weights": to.OPENS,
    "bundles": to.BUNDLES,
}
SEVERAL = frozenset(name for name, where in WHERE.items() if isinstance(where, slice))
# Methods of the routine that `agents.kernels.routine` stands in for, and those that a budget asks.
OF_BUDGET = ("budget", "cut", "means", "support")
ROUTINES = {name: getattr(Strategy, name) for name in (*Decisions._fields, *OF_BUDGET)}


@lru_cache(maxsize=256)
def own_questions(kind: type[Strategy]) -> list[Question]:
    """Questions that strategies of a class answer in their own way, and not by the routine."""
    return [
        (name, sound)
        for name, sound in MONTHLY
        if any(
            getattr(kind, method) is not ROUTINES[method]
            for method in (OF_BUDGET if name == "budget" else (name,))
        )
    ]


def places_of(code: int, questions: list[Question]) -> list[int]:
    """Places of the answers of a provider in the rows of all, counted through."""
    columns = range(code * to.COLUMNS, (code + 1) * to.COLUMNS)
    found: list[int] = []
    for name, _ in questions:
        where = WHERE[name]
        found += columns[where] if isinstance(where, slice) else [columns[where]]
    return found


def asked_of(provider: str, strategy: Strategy, situation: Situation) -> Decisions:
    """What a strategy decides for a month, deals apart.

    Raises
    ------
    StrategyError
        A method fails, or what it returns is not what CLAUSES says.
    """
    return Decisions(*answers(provider, strategy, situation, MONTHLY))


def deal_of(provider: str, strategy: Strategy, situation: Situation) -> Deal:
    """Compute that a strategy wants to sign for.

    Raises
    ------
    StrategyError
        As for `asked_of`.
    """
    deal: Deal
    (deal,) = answers(provider, strategy, situation, DEAL)
    return deal


def answers(
    provider: str, strategy: Strategy, situation: Situation, questions: list[Question]
) -> list[Any]:
    """Answers to these questions, or the error that names the first one that is no answer."""
    found: list[Any] = []
    name, answer, cause = "", None, None
    try:
        for name, sound in questions:
            answer = cause = None
            answer = getattr(strategy, name)(situation)
            if not sound(answer):
                break
            found.append(answer)
        else:
            return found
    except Exception as error:  # noqa: BLE001  # whatever a strategy raises stops the run
        cause = error
    failed = "" if cause is None else f" ({type(cause).__name__}: {cause})"
    raise StrategyError(
        f"month {situation.month}: {provider}: {type(strategy).__name__}.{name} returned "
        f"{answer!r}{failed}; it must return {CLAUSES[name][1]}"
    ) from cause
