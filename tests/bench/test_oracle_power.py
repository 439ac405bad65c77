"""What the comparison of engine and twin must find: a twin spoiled, one thing at a time.

`test_oracle.py` shows that the same market agrees when nothing is spoiled.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from oracle import side_by_side
from plain_firms import Enterprise
from plain_mesa import Luck, PlainMarket
from plain_people import Individual
from plain_supply import Shelf, Version
from small_markets import lively

Spoil = Callable[[pytest.MonkeyPatch], None]


def method(owner: type, name: str, wrong: Callable[..., Any]) -> Spoil:
    """Put `wrong(original, ...)` in place of a method."""
    original = getattr(owner, name)

    def spoil(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(owner, name, lambda *args: wrong(original, *args))

    return spoil


def keyed_by_position(model: PlainMarket) -> None:
    """Luck that belongs to the place in the list, not to the provider."""
    model.provider_keys = np.arange(len(model.provider_keys), dtype=np.uint64)


def at_once(decide: Callable[[Individual], None], agent: Individual) -> None:
    """Move at once, so that those who come later see it."""
    decide(agent)
    agent.act()


CHOICES: dict[str, Spoil] = {
    "peers count twice": method(Individual, "peers", lambda real, *who: 2 * real(*who)),
    "tenure of individuals is off by one": method(
        Individual, "tenure", lambda real, who: real(who) + 1
    ),
    "individuals see this month's moves": method(Individual, "decide", at_once),
    "the un-adopted count as adopted": method(
        Individual, "adopted_share", lambda real, who: max(real(who), 0.8)
    ),
    "taste has no nest": method(
        Luck, "of", lambda real, luck, row, offer: real(luck, row, offer._replace(nested=False))
    ),
    "new versions reach all users at once": method(
        Version,
        "in_use",
        lambda real, version, newest, choice: real(version, newest, choice) * 0 + newest,
    ),
    "OPEN's copies of a release wake people too": method(
        Shelf,
        "releases",
        lambda real, shelf, month, segment: int(shelf.supply.released[month, segment].sum()),
    ),
    "the incumbent has no bonus": method(Enterprise, "incumbent_bonus", lambda *_: 0.0),
    "tenure of firms is off by a year": method(
        Enterprise, "tenure", lambda real, who: real(who) + 12
    ),
    "firms with few developers feel no pull": method(
        Enterprise,
        "staff_share",
        lambda real, who, code: real(who, code) * (len(who.staff) >= who.settings.pull_minimum),
    ),
    "peers of firms count by heads": method(
        Enterprise,
        "peer_share",
        lambda _, who, code: (
            sum(firm.provider == code for firm in who.neighbours) / max(len(who.neighbours), 1)
        ),
    ),
    "hosting has no fee": method(Enterprise, "planned_volume", lambda real, who: 1e9 * real(who)),
}
NUMBERS: dict[str, Spoil] = {
    "contracts do not follow the list price": method(
        Enterprise, "follow_the_list_price", lambda *_: None
    ),
    "nobody pays for deployment": method(Enterprise, "pay_for_deployment", lambda *_: None),
    "use grows 1 % too fast": method(
        Individual, "growth_of_use", lambda real, *who: 1.01 * real(*who)
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_wrong_rule_shows_in_the_choices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHOICES[name](monkeypatch)
    assert side_by_side(lively()).misplaced != []


@pytest.mark.parametrize("name", NUMBERS)
def test_a_wrong_bill_shows_in_the_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    NUMBERS[name](monkeypatch)
    assert side_by_side(lively()).apart != []


def test_luck_keyed_by_position_shows_in_the_choices() -> None:
    assert len(side_by_side(lively(), keyed_by_position).misplaced) > 100
