"""A model that is wrong: `shareshift verify` says so, in the case that is about it.

The engine is bent in one place at a time: the inverse of a hazard, peers counted twice, ...
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import agents.equations.procurement as procurement
import agents.individuals as individuals
import simulation.market
import simulation.phases.migrate as migrate
import simulation.phases.policy as policy
import simulation.phases.procure as procure
import simulation.phases.serve_bill as serve_bill
import simulation.phases.settle as settle
import simulation.tender as tender
from agents.codes import NONE
from agents.individuals import TASTE_TYPES
from agents.kernels.migrate import WAKE_SCALE
from experiments import verify

Patch = pytest.MonkeyPatch


def change_tables(monkeypatch: Patch, change: Callable[[Any], dict[str, Any]]) -> None:
    """Change what the kernel is told of the month."""
    honest = migrate.month_tables

    def changed(*arguments: Any) -> Any:
        tables = honest(*arguments)
        return tables._replace(**change(tables))

    monkeypatch.setattr(migrate, "month_tables", changed)


def peers_counted_twice(monkeypatch: Patch) -> None:
    change_tables(
        monkeypatch,
        lambda tables: {"peer_weight": 2 * tables.peer_weight, "peers": tables.peers**2},
    )


def nest_forgotten(monkeypatch: Patch) -> None:
    change_tables(
        monkeypatch,
        lambda tables: {"nested": np.zeros_like(tables.nested), "outside": len(tables.options)},
    )


def luck_of_the_nest_forgotten(monkeypatch: Patch) -> None:
    change_tables(monkeypatch, lambda tables: {"nest": np.ones_like(tables.nest)})


def luck_of_the_nest_forgotten_in_tenders(monkeypatch: Patch) -> None:
    monkeypatch.setattr(tender, "nest_table", lambda _: np.ones(65_536, np.float32))


def tastes_all_alike(monkeypatch: Patch) -> None:
    monkeypatch.setattr(
        migrate, "taste_weights", lambda weight, _: np.full((TASTE_TYPES, 1), weight)
    )


def inverse_hazard(monkeypatch: Patch) -> None:
    honest = migrate.wake_thresholds
    monkeypatch.setattr(
        migrate,
        "wake_thresholds",
        lambda *arguments: (WAKE_SCALE - honest(*arguments)).astype(np.uint32),
    )


def tenure_not_reset(monkeypatch: Patch) -> None:
    """Who switches keeps the tenure it had with its former provider."""
    honest = migrate.migrate_range

    def forgetful(first: int, last: int, crowd: Any, *others: Any) -> None:
        before = crowd.since.copy()
        honest(first, last, crowd, *others)
        crowd.since[:] = np.where(crowd.seen == NONE, crowd.since, before)

    monkeypatch.setattr(migrate, "migrate_range", forgetful)


def imitation_forgotten(monkeypatch: Patch) -> None:
    change_tables(monkeypatch, lambda _: {"imitation": 0.0})


def imitation_forgotten_by_firms(monkeypatch: Patch) -> None:
    honest = procure.this_month
    monkeypatch.setattr(
        procure, "this_month", lambda *month: honest(*month)._replace(imitation=0.0)
    )


def incumbent_forgotten(monkeypatch: Patch) -> None:
    honest = tender.bonus
    monkeypatch.setattr(tender, "bonus", lambda market: 0.9 * honest(market))


def contracts_end_early(monkeypatch: Patch) -> None:
    honest = procure.fixed_terms

    def shorter(chances: Any) -> Any:
        months, edges = honest(chances)
        return months - np.int16(1), edges

    monkeypatch.setattr(procure, "fixed_terms", shorter)


def everybody_on_the_list(monkeypatch: Patch) -> None:
    monkeypatch.setattr(procurement, "coverage", lambda brand, slope, base: np.ones_like(brand))


def scores_upside_down(monkeypatch: Patch) -> None:
    honest = procure.tender_month

    def turned(market: Any) -> Any:
        month = honest(market)
        return month._replace(score_weight=-month.score_weight)

    monkeypatch.setattr(procure, "tender_month", turned)


def price_without_logarithm(monkeypatch: Patch) -> None:
    honest = migrate.utility_terms

    def plain(market: Any, people: Any, segment: int) -> Any:
        terms = honest(market, people, segment)
        if segment == migrate.CONSUMER:
            return terms
        return terms._replace(price=-0.1 * people.price_weight * market.offers.price[segment])

    monkeypatch.setattr(migrate, "utility_terms", plain)


def luck_of_the_place(monkeypatch: Patch) -> None:
    """Draws keyed to the position of an offer, so that an exit reshuffles the others."""
    honest = simulation.market.supply_of
    places = np.arange(16, dtype=np.uint64)
    monkeypatch.setattr(
        simulation.market, "supply_of", lambda config: honest(config)._replace(keys=places)
    )


def event_with_a_trace(monkeypatch: Patch) -> None:
    """An event that changes something besides what it names."""
    honest = policy.__dict__["policy"]

    def traced(market: Any) -> None:
        before = market.config
        honest(market)
        if market.config is not before:
            market.enterprises.price *= 0.999

    monkeypatch.setattr("simulation.month.policy", traced)


def observer_with_a_hand(monkeypatch: Patch) -> None:
    """A reporter that writes to what it reports."""

    def meddling(market: Any) -> float:
        market.consumers.crowd.taste[:] = 0
        return 0.0

    monkeypatch.setitem(simulation.market.REPORTERS, "meddling", meddling)


def neighbours_of_somebody_else(monkeypatch: Patch) -> None:
    """Each agent looks at the neighbours of the next one, or at the next clique."""
    honest = migrate.migrate_range

    def elsewhere(first: int, last: int, crowd: Any, graph: Any, blocks: Any, *others: Any) -> None:
        row = np.repeat(np.arange(graph.size), np.diff(graph.offsets))
        order = np.argsort((row - 1) % graph.size, kind="stable")
        degrees = np.roll(np.diff(graph.offsets), -1)
        offsets = np.concatenate([[0], np.cumsum(degrees)]).astype(np.uint32)
        other = graph._replace(offsets=offsets, neighbours=graph.neighbours[order])
        honest(first, last, crowd, other, np.roll(blocks, 1, axis=0), *others)

    monkeypatch.setattr(migrate, "migrate_range", elsewhere)


def first_offer_a_little_better(monkeypatch: Patch) -> None:
    """Whoever is named first in the config has one and a half times the weight."""

    def favoured(tables: Any) -> dict[str, Any]:
        new, own = (np.where(codes == 0, 1.5, 1.0) for codes in (tables.options, np.arange(16)))
        return {"new": tables.new * new, "own": tables.own * own}

    change_tables(monkeypatch, favoured)


def starters_left_to_chance(monkeypatch: Patch) -> None:
    monkeypatch.setattr(individuals, "in_turns", lambda order, blocks: order)


def outsiders_follow_nobody(monkeypatch: Patch) -> None:
    """Who adopts looks at no neighbour."""
    change_tables(monkeypatch, lambda tables: {"peers": np.ones_like(tables.peers)})
    monkeypatch.setattr(migrate, "block_counts", lambda graph, _: np.ones((graph.blocks, 16), int))


def agent_lost(monkeypatch: Patch) -> None:
    """An account loses an agent in the third month, and the model's own identity sleeps."""

    def lose(market: Any) -> None:
        if market.month == 2:
            market.totals["consumers"].accounts[0] -= 1

    monkeypatch.setattr(settle, "check_people", lose)


def second_provider_billed_twice(monkeypatch: Patch) -> None:
    """What a second provider serves is billed by the first one too."""
    honest = serve_bill.bill_demand

    def doubled(totals: Any, *others: Any) -> None:
        lent = totals[0].lent
        kept = lent.copy()
        np.maximum(lent, 0, out=lent)
        honest(totals, *others)
        lent[:] = kept

    monkeypatch.setattr(serve_bill, "bill_demand", doubled)


def tokens_forgotten(monkeypatch: Patch) -> None:
    """One token in ten million is not billed."""
    honest = serve_bill.firm_use

    def bent(market: Any) -> Any:
        use = honest(market)
        return use._replace(tokens=use.tokens * (1 - 1e-7))

    monkeypatch.setattr(serve_bill, "firm_use", bent)


@pytest.mark.parametrize(
    ("bend", "case"),
    [
        (peers_counted_twice, "v05_ordered"),
        (peers_counted_twice, "v06_six_even"),
        (nest_forgotten, "v01_nest"),
        (luck_of_the_nest_forgotten, "v01_nest"),
        (luck_of_the_nest_forgotten_in_tenders, "v01_nest"),
        (tastes_all_alike, "v02_tastes"),
        (inverse_hazard, "v03_switching"),
        (tenure_not_reset, "v04_tenure"),
        (peers_counted_twice, "v07_graph"),
        (neighbours_of_somebody_else, "v07_graph"),
        (first_offer_a_little_better, "v07_cliques"),
        (starters_left_to_chance, "v08_uniform"),
        (outsiders_follow_nobody, "v08_even"),
        (imitation_forgotten, "v09_bass"),
        (imitation_forgotten_by_firms, "v09_bass"),
        (incumbent_forgotten, "v10_contracts"),
        (contracts_end_early, "v10_contracts"),
        (scores_upside_down, "v11_best"),
        (everybody_on_the_list, "v11_indifferent"),
        (agent_lost, "v18_recorded"),
        (second_provider_billed_twice, "v18_cliques"),
        (tokens_forgotten, "v18_recorded"),
        (first_offer_a_little_better, "v19_twins"),
        (price_without_logarithm, "v20_prices"),
        (luck_of_the_place, "v20_hopeless"),
        (event_with_a_trace, "v21_recorded"),
        (observer_with_a_hand, "v21_recorded"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_bent_model_fails_the_case_that_is_about_it(
    bend: Callable[[Patch], None], case: str, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`shareshift verify` ends with 5 and names the case."""
    bend(monkeypatch)
    assert verify.main([case]) == 5
    text = capsys.readouterr().out
    assert re.search(r"(binomial|blocks|agents|exact|bound) +FAILED", text), text
    assert f"configs/verification/{case}.yaml" in text
