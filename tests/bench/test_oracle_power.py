"""What the comparison of engine and twin must find: a twin spoiled, one thing at a time.

`test_oracle.py` shows that the same market agrees when nothing is spoiled.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oracle import side_by_side
from plain_firms import Enterprise
from plain_mesa import CrowdLuck, Luck, PlainMarket
from plain_people import Individual
from plain_supply import Shelf, Version
from plain_users import User
from small_markets import lively, trying

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


def keeps_tenure(act: Callable[[Individual], None], agent: Individual) -> None:
    """Go on with the tenure of the old first provider where the second is promoted."""
    since = agent.since
    act(agent)
    if agent.provider == agent.before[1]:
        agent.since = since


def tries_the_second(
    outcome: Callable[[Individual, int], tuple[int | None, int | None]],
    agent: Individual,
    winner: int,
) -> tuple[int | None, int | None]:
    """Leave the second one where it is, with probability mu, although it has won."""
    first, second = outcome(agent, winner)
    if winner == agent.before[1] and agent.before[0] in agent.scores and agent.tries():
        first, second = agent.before
    return first, second


def wakers_leave(draw: Callable[..., None], luck: CrowdLuck, *key: Any) -> None:
    """Leave by the draw that wakes."""
    draw(luck, *key)
    luck.leave = luck.wake


def adopts_again(decide: Callable[[Individual], None], agent: Individual) -> None:
    """Who leaves may adopt in the same month."""
    decide(agent)
    if agent.leaving:
        agent.provider, home = None, agent.provider
        decide(agent)
        agent.provider = home
        agent.leaving = agent.winner is None


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
SECONDS: dict[str, Spoil] = {
    "a promoted provider keeps the old tenure": method(Individual, "act", keeps_tenure),
    "a promotion may be a trial": method(Individual, "outcome", tries_the_second),
    "the second survives its provider": method(Individual, "drop_dead_second", lambda *_: None),
    "who leaves adopts in the same month": method(Individual, "decide", adopts_again),
    "the coin of one half falls the other way": method(
        Individual, "keeps", lambda real, who: not real(who)
    ),
    "a lost first provider stays as second": method(
        Individual,
        "outcome",
        lambda real, who, winner: (
            (winner, who.before[0]) if winner == who.before[1] else real(who, winner)
        ),
    ),
    "a plain switch drops the second": method(
        Individual,
        "outcome",
        lambda real, who, winner: (
            (winner, None) if real(who, winner) == (winner, who.before[1]) else real(who, winner)
        ),
    ),
    "leavers are those who would reconsider": method(CrowdLuck, "__init__", wakers_leave),
    "neighbours see second providers": method(
        Individual,
        "look_around",
        lambda real, who: (
            real(who) or who.around.update(friend.second for friend in who.neighbours)
        ),
    ),
    "one arrives in all blocks together": method(
        PlainMarket, "whose_turn", lambda real, market, name: {min(real(market, name), default=0)}
    ),
}
NUMBERS: dict[str, Spoil] = {
    "contracts do not follow the list price": method(
        Enterprise, "follow_the_list_price", lambda *_: None
    ),
    "nobody pays for deployment": method(Enterprise, "pay_for_deployment", lambda *_: None),
    "the first provider is billed for all": method(
        User, "parts", lambda _, who: [(who.provider, 1.0)]
    ),
    "use grows 1 % too fast": method(User, "growth_of_use", lambda real, *who: 1.01 * real(*who)),
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_wrong_rule_shows_in_the_choices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHOICES[name](monkeypatch)
    assert side_by_side(lively()).misplaced != []


@pytest.mark.parametrize("name", SECONDS)
def test_a_wrong_second_provider_shows_in_the_choices(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    SECONDS[name](monkeypatch)
    assert side_by_side(trying("months=18")).misplaced != []


@pytest.mark.parametrize("name", NUMBERS)
def test_a_wrong_bill_shows_in_the_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    NUMBERS[name](monkeypatch)
    assert side_by_side(lively()).apart != []


def test_luck_keyed_by_position_shows_in_the_choices() -> None:
    assert len(side_by_side(lively(), keyed_by_position).misplaced) > 100
