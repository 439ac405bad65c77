"""The engine against the plain NumPy version: every developer of larger markets, month by month.

Choices, second providers and months of choice must be equal, and the sums over movers too; only
options closer than 1e-5 util may be taken for each other, and such ties are counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plain_numpy
import pytest
from oracle import TIE
from plain_numpy import Month, PlainDevelopers
from small_markets import on_offers, on_record
from workloads import awake, developer_market

import simulation.month as schedule
from agents.codes import CODES, CODING
from agents.individuals import UTILITY_UNIT, WEIGHT_UNIT
from simulation.columns import TERMS
from simulation.config import Config
from simulation.market import Market
from simulation.phases import migrate as phase

NAMES = [name for name, _ in TERMS]
BUSY = "developers.reconsideration_probability=0.5"
TRIALS = "developers.trial_probability=0.3"
MARKETS: dict[str, Callable[[], Config]] = {
    "workload W1": lambda: developer_market(20_000, "months=6", *awake()),
    "the record, strong peers": lambda: on_record(
        "developers.count=3000",
        "developers.peer_weight=3",
        "developers.reconsideration_release=1",
        "developers.leaving_hazard=0.02",
        TRIALS,
    ),
    "adoption on the market, frozen tenure, no nest": lambda: on_record(
        "developers.count=3000",
        "developers.adoption_reference=market",
        "developers.trial_probability=0.8",
        "choice.nest_dissimilarity=1",
        "freeze={developers.tenure: 6}",
    ),
    "log peers among few neighbours": lambda: on_offers(
        "developers.count=3000",
        "developers.peer_form=log",
        "developers.peer_weight=1",
        "networks.developers={family: ring, degree: 4}",
        BUSY,
        TRIALS,
    ),
    "hundreds of neighbours, nobody tries": lambda: on_offers(
        "months=6",
        "developers.count=1000",
        "developers.trial_probability=0",
        "networks.developers={family: ring, degree: 280}",
        BUSY,
    ),
}


@dataclass
class Verdict:
    """What a run showed: sizes, ties taken for each other, and differences in words."""

    decisions: int = 0
    moves: int = 0
    seconds: int = 0
    ties: int = 0
    apart: list[str] = field(default_factory=list)


def compared(config: Config, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Run a market, and NumPy beside it from the engine's state before each month's choices."""
    market, verdict = Market(config), Verdict()
    plain, engine = PlainDevelopers(market), schedule.migrate

    def both(world: Market) -> None:
        plain.copy_state(world)
        month = plain.step(world)
        engine(world)
        compare(world, plain, month, verdict)

    monkeypatch.setattr(schedule, "migrate", both)
    while market.running:
        market.step()
    return verdict


def compare(market: Market, plain: PlainDevelopers, month: Month, verdict: Verdict) -> None:
    """Note where engine and NumPy differ in this month."""
    crowd = market.developers.crowd
    verdict.decisions += len(month.awake)
    verdict.moves += int(month.moves.sum())
    verdict.seconds += int(np.count_nonzero(crowd.second != plain_numpy.NONE))
    columns = ("choice", "second", "since")
    wrong = np.any([getattr(crowd, name) != getattr(plain, name) for name in columns], axis=0)
    close = np.zeros(len(wrong), bool)
    if len(month.options) > 1:
        best = np.sort(month.utility, axis=1)
        close[month.awake] = best[:, -1] - best[:, -2] < TIE
    verdict.ties += int((wrong & close).sum())
    rows = np.flatnonzero(wrong & ~close)
    verdict.apart += [f"month {market.month}: developers {rows[:5]}"] if len(rows) else []
    if not wrong.any():
        verdict.apart += [
            f"month {market.month}: {name} {ours} {theirs}"
            for name, ours, theirs in sums(market, month)
            if not np.allclose(ours, theirs, rtol=1e-6, atol=CODES * UTILITY_UNIT * len(wrong))
        ]


def sums(market: Market, month: Month) -> list[tuple[str, Any, Any]]:
    """Sums of NumPy and of the engine, by name."""
    totals = market.totals["developers"]
    share = market.config.developers.second_share
    flows = [flow for flow in market.recorder.flows if flow.month == market.month]
    flow = next(flow for flow in flows if flow.segment == CODING)
    moves, four = np.zeros_like(month.moves), np.zeros_like(month.sums)
    moves[flow.home, flow.target] = flow.agents
    for term, name in enumerate(("peers", "lock_in", "taste")):
        four[term, flow.home, flow.target] = flow.sums[:, NAMES.index(name)]
    four[3, flow.home, flow.target] = flow.utility
    use = (totals.weight[0] + share * totals.lent[0]) * WEIGHT_UNIT
    return [
        ("moves", month.moves, moves),
        ("sums", month.sums, four),
        ("accounts", month.accounts, totals.accounts),
        ("use", month.use, use),
    ]


@pytest.mark.parametrize("name", MARKETS)
def test_numpy_takes_the_engines_choices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = compared(MARKETS[name](), monkeypatch)
    assert verdict.apart == []
    assert verdict.ties <= verdict.decisions * 1e-4
    assert verdict.decisions > 2000 and verdict.moves > 300
    assert verdict.seconds > 300 or "nobody tries" in name


def instead(name: str, wrong: Callable[..., Any], owner: Any = PlainDevelopers) -> Any:
    """Put `wrong(original, ...)` in place of a function."""
    original = getattr(owner, name)
    return owner, name, lambda *arguments: wrong(original, *arguments)


def keep_seconds(settle: Callable[..., Any], plain: PlainDevelopers, *arguments: Any) -> Any:
    """Second providers stay when somebody moves on."""
    before = plain.second.copy()
    moved = settle(plain, *arguments)
    plain.second[before != plain_numpy.NONE] = before[before != plain_numpy.NONE]
    return moved


SPOILED = {
    "peers count twice": instead(
        "peer_term", lambda real, *rest: 2 * real(*rest), owner=plain_numpy
    ),
    "tenure is off by one": instead(
        "switching_cost", lambda real, market, since: real(market, since - 1), owner=plain_numpy
    ),
    "own users work with the newest version": instead(
        "offered", lambda real, *rest: (real(*rest)[0],) * 2, owner=plain_numpy
    ),
    "taste has no nest": instead(
        "taste_term",
        lambda real, plain, market, keys, options: plain.log_arrival[
            plain_numpy.below(keys[:, None], market.supply.keys[options]) >> np.uint64(48)
        ],
    ),
    "neighbours are those of the next agent": instead(
        "count_neighbours",
        lambda real, plain, rows, seen: real(plain, np.minimum(rows + 1, len(seen) - 1), seen),
    ),
    "second providers are never given up": instead("settle", keep_seconds),
    "nobody leaves": instead("leave", lambda real, *_: np.zeros((CODES, CODES), np.int64)),
    "use forgets second providers": instead("use", lambda real, plain, share: real(plain, 0.0)),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_version_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*SPOILED[name])
    config = MARKETS["the record, strong peers"]()
    verdict = compared(config, monkeypatch)
    assert verdict.apart != [] or verdict.ties > verdict.decisions * 1e-3


def test_wrong_bounds_of_the_nests_power_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = phase.power_steps
    monkeypatch.setattr(phase, "power_steps", lambda lam: np.roll(honest(lam), -1))
    verdict = compared(MARKETS["workload W1"](), monkeypatch)
    assert verdict.apart != []


def test_what_numpy_does_not_know_it_refuses() -> None:
    blocks = "networks.developers={family: complete, blocks: 4}"
    with pytest.raises(ValueError, match="edges and hazards only"):
        PlainDevelopers(Market(on_offers(blocks)))
