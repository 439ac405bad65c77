"""The engine against a plain Mesa model of the same equations, one month ahead from its own state.

Every choice of every developer, consumer and enterprise, every contract, and the sums of utility
terms, tokens and money must agree; only options closer than 1e-5 util may be taken for each other.
Then the twin is spoiled, one thing at a time, and the comparison must find it out.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oracle import Verdict, side_by_side
from plain_firms import Enterprise
from plain_mesa import Luck, PlainMarket
from plain_people import Individual
from plain_supply import Shelf, Version

from simulation.config import Config, load

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "configs" / "recorded.yaml"
SMALL = [
    "seed=7",
    "months=24",
    "developers.count=300",
    "consumers.count=200",
    "enterprises.count=80",
    "enterprises.innovation=0.02",
]
# Close substitutes, a dear leader, a nest of three, one provider short of money.
OFFERS: dict[str, Any] = {
    "A": {"capability": 1.0, "price": 20, "safety": 0.4, "brand": 1.5},
    "B": {
        "capability": {"coding": 1.2, "enterprise": 0.8, "consumer": 0.9},
        "price": 8,
        "safety": 0.6,
        "brand": 0.6,
        "runway": 5,
    },
    "C": {"capability": 0.7, "price": 3, "safety": 0.2, "brand": 0.4, "open_weights": True},
    "D": {
        "capability": 0.9,
        "price": 4,
        "safety": 0.3,
        "brand": 0.3,
        "open_weights": True,
        "reliability": 0.9,
        "product_term": 0.2,
    },
    "OPEN": {"capability": 0.9, "price": 2, "safety": 0.2, "brand": 0.5},
}
USERS = {"A": 0.3, "B": 0.3, "C": 0.2, "D": 0.1, "OPEN": 0.1}
BUSY = "developers.reconsideration_probability=0.5"
FROM_MARCH = "start=2023-03"  # with releases and entries from then on

# Settings laid over the recorded market, from March 2023 on.
ON_RECORD: dict[str, list[str]] = {
    "clusters, small world and industries": ["enterprises.innovation=0.05"],
    "hubs, blocks, product walk and adoption on the market": [
        "networks.developers={family: ring_hubs, degree: 10, hub_links: 2}",
        "networks.consumers={family: complete, blocks: 4}",
        "networks.enterprises={family: ring, degree: 6}",
        "choice.product_step=0.1",
        "developers.adoption_reference=market",
        "consumers.adoption_reference=market",
        "enterprises.adoption_reference=market",
    ],
}
# Settings laid over constant offers, which many already use.
ON_OFFERS: dict[str, list[str]] = {
    "log peers in blocks, strong peers, min-max scores": [
        BUSY,
        "choice.nest_dissimilarity=0.4",
        "developers.peer_form=log",
        "developers.peer_weight=1",
        "developers.taste_spread=0",
        "consumers.peer_weight=12",
        "consumers.reconsideration_base=0.3",
        "enterprises.scaling=min_max",
        "enterprises.peer_weight=3",
        "networks.developers={family: complete, blocks: 5}",
        "networks.consumers={family: stochastic_block, industries: 4, degree: 6}",
        "networks.enterprises={family: complete, blocks: 3}",
    ],
    "log peers among few neighbours": [
        BUSY,
        "developers.peer_form=log",
        "developers.peer_weight=1",
        "networks.developers={family: ring, degree: 4}",
    ],
    "usage pull with few staff, a safety rule, nobody knows anybody": [
        "enterprises.usage_pull=4",
        "enterprises.pull_minimum=20",
        "enterprises.safety_minimum=0.35",
        "enterprises.dual_share=0.8",
        "enterprises.shortlist=all",
        "networks.employment.employed_share=0.1",
        "networks.developers={family: none}",
        "networks.consumers={family: none}",
        "networks.enterprises={family: none}",
    ],
    "frozen tenures, advertising, and events that change the rules": [
        "choice.nest_dissimilarity=1",
        "freeze={developers.tenure: 6, enterprises.tenure: 12, supply.capability.A: 0.5}",
        "consumers.spend_spread=1",
        "consumers.bundled=[B]",
        "consumers.advertisers=[A]",
        "consumers.ad_revenue=1",
        "consumers.switching_cost_factor=0.2",
        "events={rule: {month: 6, set: {enterprises.safety_minimum: 0.5,"
        " developers.peer_weight: 4, choice.upgrade_share: 0.2,"
        " enterprises.terms: {6: 0.5, 18: 0.5}}}}",
    ],
    "hundreds of neighbours": [
        BUSY,
        "months=4",
        "developers.peer_weight=6",
        "networks.developers={family: ring, degree: 280}",
        "networks.consumers={family: stochastic_block, industries: 1, degree: 80, within: 1}",
    ],
    "thousands of developers": [BUSY, "months=2", "developers.count=5000"],
    "every firm under contract from the start": ["initial.enterprises.adopted=1"],
    "contracts signed just before the start": ["initial.enterprises.tenure=0"],
}


def on_record(*sets: str) -> Config:
    """The recorded market with few agents, from March 2023 on."""
    return load(RECORDED, [*SMALL, FROM_MARCH, *sets])


def on_offers(*sets: str) -> Config:
    """Constant offers which most agents already use."""
    start = {"adopted": 0.7, "shares": USERS, "tenure": 5}
    source = {
        "schema_version": 1,
        "supply": {"offers": OFFERS},
        "initial": {"developers": start, "consumers": start, "enterprises": start},
    }
    return load(source, [*SMALL, *sets])


def agree(verdict: Verdict) -> None:
    """Nothing differs but a tie or two, and a good deal happened."""
    assert verdict.misplaced == []
    assert verdict.apart == []
    assert len(verdict.ties) <= verdict.decisions * 1e-3
    assert verdict.moves > 100
    assert verdict.numbers > 500


@pytest.mark.parametrize("name", ON_RECORD)
def test_the_engine_takes_the_twins_choices_on_the_record(name: str) -> None:
    verdict = side_by_side(on_record(*ON_RECORD[name]))
    agree(verdict)
    assert verdict.tenders > 100 and verdict.switched > 5


@pytest.mark.parametrize("name", ON_OFFERS)
def test_the_engine_takes_the_twins_choices_on_constant_offers(name: str) -> None:
    agree(side_by_side(on_offers(*ON_OFFERS[name])))


def without(keep: Callable[[list[str]], bool]) -> str:
    """Write the recorded supply without some rows here; returns the setting that names it."""
    lines = (ROOT / "configs" / "data" / "supply_recorded.csv").read_text().splitlines()
    kept = [line for line in lines if line.startswith("#") or keep(line.split(","))]
    Path("gap.csv").write_text("\n".join(kept) + "\n")
    return "supply.recorded=gap.csv"


def start_on(name: str) -> list[str]:
    """Half of everybody starts on one provider."""
    return [
        f"initial.{people}={{adopted: 0.5, shares: {{{name}: 1}}, tenure: 3}}"
        for people in ("developers", "consumers", "enterprises")
    ]


def test_users_of_a_provider_that_leaves_move_and_it_may_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gap = without(
        lambda row: not (
            (row[1] == "OpenAI" and "2023-09" <= row[0] <= "2023-11")
            or (row[1:3] == ["Anthropic", "enterprise"] and "2024-05" <= row[0] <= "2024-06")
        )
    )
    verdict = side_by_side(on_record(gap, *start_on("OpenAI"), "consumers.peer_weight=0"))
    agree(verdict)
    assert verdict.switched > 30


def test_firms_wait_where_nobody_offers_and_keep_their_provider_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gap = without(lambda row: not (row[2] == "enterprise" and "2023-09" <= row[0] <= "2023-11"))
    verdict = side_by_side(on_record(gap, *start_on("OpenAI")))
    agree(verdict)
    assert verdict.tenders > 150


# --- Spoiled twins: what the comparison must find ------------------------------------------------

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
        Version, "in_use", lambda real, version, newest, choice: real(version, newest, choice) * 0
        + newest
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
        lambda _, who, code: sum(firm.provider == code for firm in who.neighbours)
        / max(len(who.neighbours), 1),
    ),
    "hosting has no fee": method(
        Enterprise, "planned_volume", lambda real, who: 1e9 * real(who)
    ),
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


def lively() -> Config:
    """A market on the record in which everything is at work."""
    return on_record(
        "enterprises.innovation=0.05",
        "enterprises.pull_minimum=8",
        "developers.reconsideration_release=1",
        "developers.reconsideration_base=0.3",
        "developers.peer_weight=3",
    )


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


def test_the_spoiled_market_is_sound_when_nothing_is_spoiled() -> None:
    agree(side_by_side(lively()))
