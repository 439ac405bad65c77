"""A session without a browser: what it tells is what the market did."""

import gc
import json
import weakref
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import ROOT, small

from agents.codes import CODING, NONE
from agents.sample import BROUGHT
from experiments.watch import flows, layout, protocol, story
from experiments.watch.drawn import drawn_of
from experiments.watch.scene import scene_of
from experiments.watch.session import Session
from simulation.columns import TERMS
from simulation.config import load
from simulation.market import Market, run

CHANGES = tuple(word for word in small() if word != "--set")
BASE = ROOT / "configs" / "baseline.yaml"
TERM_UNIT = 1e-9  # util: sums in another order differ by rounding


@pytest.fixture(scope="module")
def session() -> Session:
    """A session at the end of its run; its thread is never started."""
    made = opened()
    say(made, type="seek", month=24)
    return made


def opened(*more: str) -> Session:
    """A session before its first month."""
    made = Session(scene_of(BASE, (*CHANGES, *more)), lambda: None)
    made.open()
    return made


def say(session: Session, **command: Any) -> None:
    """Give a command."""
    session.obey(protocol.read(json.dumps(command)))


def heard(session: Session) -> list[dict[str, Any]]:
    """Text messages that wait."""
    waiting = [session.messages.get() for _ in range(session.messages.qsize())]
    return [json.loads(message) for message in waiting if isinstance(message, str)]


def same_segments(one: Any, other: Any) -> bool:
    """Whether two runs have the same segments table, to the last byte."""
    return bool(one.parquet("segments") == other.parquet("segments"))


def test_to_be_watched_changes_nothing(session: Session) -> None:
    assert same_segments(session.market.records, run(load(BASE, CHANGES)))


def test_what_is_saved_gives_the_run_that_was_watched(tmp_path: Path) -> None:
    watched = opened()
    say(watched, type="seek", month=3)
    say(watched, type="set", key="developers.peer_weight", value=5.0)
    say(watched, type="set", key="consumers.brand_weight", value=0.1)
    say(watched, type="event", kind="capital_shock", settings={"shift": -0.5, "months": 4})
    say(watched, type="seek", month=8)
    say(watched, type="restore", key="developers.peer_weight")
    say(watched, type="seek", month=24)
    assert [event["month"] for event in watched.controls.dropped()] == [3, 3, 8]
    saved = tmp_path / "saved.yaml"
    saved.write_text(watched.controls.yaml(str(BASE)), encoding="utf-8")
    again = run(load(saved, CHANGES))
    assert same_segments(watched.market.records, again)
    assert not same_segments(again, run(load(BASE, CHANGES)))


def test_after_a_reset_sliders_hold_from_the_first_month(tmp_path: Path) -> None:
    watched = opened()
    say(watched, type="seek", month=3)
    say(watched, type="set", key="developers.peer_weight", value=5.0)
    say(watched, type="event", kind="incident", settings={"provider": "Google"})
    say(watched, type="reset")
    assert (watched.shown, watched.film.seen, watched.controls.dropped()) == (0, 0, [])
    say(watched, type="seek", month=24)
    saved = tmp_path / "saved.yaml"
    saved.write_text(watched.controls.yaml(str(BASE)), encoding="utf-8")
    assert "events" not in saved.read_text(encoding="utf-8")
    assert same_segments(watched.market.records, run(load(saved, CHANGES)))


def test_a_reset_frees_the_market_before() -> None:
    """It holds itself; a page that is left running would gather markets until memory ends."""
    watched = opened("months=12")
    say(watched, type="seek", month=2)
    before = weakref.ref(watched.market.recorder)
    gc.collect()
    gc.disable()
    try:
        say(watched, type="reset")
        assert before() is None
    finally:
        gc.enable()
    say(watched, type="seek", month=2)
    assert watched.film.seen == 2


def test_stories_of_all_movers_sum_to_the_flows(session: Session) -> None:
    """Drawn developers are all developers here, so that nothing may be missing or invented."""
    found, counts = defaultdict(lambda: np.zeros(len(TERMS))), defaultdict(int)
    film, compared = session.film, 0
    for month in range(film.seen):
        shown = film.frame(month + 1, 0)
        for node in shown.movers[shown.movers < len(film.drawn.developers)]:
            told = story.of_node(film, session.witness, int(node), month + 1)
            if told["history"][-1]["code"] is None:
                continue
            decision = told["decision"]
            key = (month, decision["from"], decision["to"])
            counts[key] += 1
            found[key] += np.array(list(decision["terms"].values()))
    for part in session.market.recorder.flows:
        if part.segment != CODING:
            continue
        for at in range(len(part.agents)):
            ends = (
                None if code == NONE else int(code) for code in (part.home[at], part.target[at])
            )
            key = (part.month, *ends)
            assert counts[key] == part.agents[at]
            np.testing.assert_allclose(found[key], part.sums[at], atol=TERM_UNIT)
            compared += 1
    assert compared > 20


def test_flows_of_a_window_are_those_of_the_table(session: Session) -> None:
    table = session.market.records.table("flows")
    rows = (table["month"] >= 5) & (table["month"] < 15)
    told = flows.between(session.market, 5, 15)
    assert sum(flow["agents"] for flow in told) == table["agents"][rows].sum() > 0
    assert flows.between(session.market, 5, 5) == []


def test_an_enterprise_tells_its_tenders(session: Session) -> None:
    table = session.market.records.table("contracts")
    row = int(table["enterprise"][-1])
    node = len(session.film.drawn.developers) + row
    told = story.of_node(session.film, session.witness, node, session.film.seen)
    assert len(told["tenders"]) == (table["enterprise"] == row).sum()


def test_a_provider_tells_what_it_planned(session: Session) -> None:
    told = story.of_provider(session.film, "Anthropic", 12)
    table = session.market.records.table("providers")
    row = (table["month"] == 11) & (table["provider"] == "Anthropic")
    cash = next(entry["value"] for entry in told["plan"] if entry["key"] == "cash")
    assert cash == table["cash"][row][0]
    assert told["strategy"]["name"] == "safety_first"


@pytest.mark.parametrize(
    "command",
    [
        {"type": "set", "key": "months", "value": 3.0},
        {"type": "set", "key": "developers.peer_weight", "value": 1e9},
        {"type": "event", "kind": "nothing", "settings": {}},
        {"type": "event", "kind": "incident", "settings": {"provider": "Nobody at all"}},
        {"type": "scenario", "name": "../../secret"},
        {"type": "inspect", "node": 10_000_000},
        {"type": "inspect", "provider": "Nobody at all"},
    ],
)
def test_what_cannot_be_is_refused_in_words(session: Session, command: dict[str, Any]) -> None:
    heard(session)
    before = session.controls.config
    say(session, **command)
    (told,) = heard(session)
    assert (told["type"], told["level"]) == ("notice", "error")
    assert told["text"]
    assert session.controls.config is before


def test_a_layout_is_the_same_each_time_and_lies_in_the_square() -> None:
    drawn = drawn_of(Market(load(BASE, CHANGES)))
    one, other = layout.laid_out(drawn, 1), layout.laid_out(drawn, 1)
    assert np.array_equal(one, other)
    assert one.shape == (drawn.nodes, 2)
    assert ((one >= 0) & (one <= 1)).all()


def test_neighbours_and_colleagues_stand_nearer_than_strangers() -> None:
    drawn = drawn_of(Market(load(BASE, CHANGES)))
    points = layout.laid_out(drawn, 1)
    one, other = drawn.edges[drawn.between :].T.astype(np.int64)
    linked = np.hypot(*(points[one] - points[other]).T).mean()
    strangers = np.hypot(*(points[one] - points[np.roll(other, 1)]).T).mean()
    assert linked < 0.7 * strangers


def test_where_firms_are_too_many_all_of_few_developers_are_drawn() -> None:
    drawn = drawn_of(Market(load(BASE, [*CHANGES, "developers.count=50"])), most=60)
    assert drawn.sampled
    assert drawn.developers.tolist() == list(range(50))


def test_a_sample_is_connected_keyed_and_has_the_edges_of_the_graph() -> None:
    market = Market(load(BASE, CHANGES))
    drawn = drawn_of(market, most=120)
    again = drawn_of(Market(load(BASE, CHANGES)), most=120)
    assert drawn.sampled
    assert len(drawn.developers) == 120
    assert np.array_equal(drawn.edges, again.edges)
    graph, rows = market.graphs["developers"], drawn.developers
    for one, other in drawn.edges[: drawn.between]:
        first, last = graph.offsets[rows[one]], graph.offsets[rows[one] + 1]
        assert rows[other] in graph.neighbours[first:last]
    assert drawn.between >= len(rows) - 1 - len(rows) // BROUGHT
