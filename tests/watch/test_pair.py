"""Two markets side by side: one clock, and each of them is the run that it would be alone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import ROOT, small

from experiments.watch import pair, protocol
from experiments.watch.runs import runs_near
from experiments.watch.scene import scene_of
from experiments.watch.session import Session
from simulation.config import load
from simulation.market import run

CHANGES = tuple(word for word in small() if word != "--set")
BASE = ROOT / "configs" / "baseline.yaml"
ALONE = ROOT / "configs" / "scenarios" / "s01_no_network.yaml"
KEY = "developers.peer_weight"


def opened(against: Any = None) -> Session:
    """A session of the small baseline; its thread is never started."""
    made = Session(scene_of(BASE, CHANGES)._replace(against=against), lambda: None)
    made.open()
    return made


def say(session: Session, **command: Any) -> None:
    """Give a command."""
    session.obey(protocol.read(json.dumps(command)))


def heard(session: Session, kind: str) -> list[dict[str, Any]]:
    """Text messages of a kind that wait; all that wait are gone then."""
    waiting = [session.messages.get() for _ in range(session.messages.qsize())]
    told = [json.loads(message) for message in waiting if isinstance(message, str)]
    return [message for message in told if message["type"] == kind]


def segments(records: Any) -> bytes:
    """The segments table of a run."""
    return bytes(records.parquet("segments"))


def rows(session: Session, side: int) -> Any:
    """What the charts of a side show, all months."""
    return np.array(session.sides[side].film.rows)


def heads(session: Session) -> list[dict[str, Any]]:
    """Heads of the frames that a page gets now."""
    contents, _ = session.frames({})
    return [
        json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")]) for content in contents
    ]


def test_equal_configs_stay_equal_to_the_last_bit() -> None:
    session = opened()
    say(session, type="seek", month=7)
    say(session, type="compare", against="base")
    say(session, type="seek", month=24)
    assert np.array_equal(rows(session, 0), rows(session, 1), equal_nan=True)
    one, two = (side.film.states for side in session.sides)
    assert all(np.array_equal(*states) for states in zip(one, two, strict=True))


def test_each_side_is_the_run_that_it_would_be_alone() -> None:
    session = opened()
    say(session, type="compare", against="scenario", name="s01_no_network")
    say(session, type="seek", month=24)
    found = [segments(side.market.records) for side in session.sides]
    alone = [segments(run(load(path, CHANGES))) for path in (BASE, ALONE)]
    assert found == alone
    assert alone[0] != alone[1]


def test_a_fork_is_the_same_market_until_it_is_changed() -> None:
    session = opened()
    say(session, type="seek", month=12)
    say(session, type="seek", month=9)
    say(session, type="compare", against="fork")
    assert (session.focus, session.shown) == (1, 9)
    say(session, type="set", key=KEY, value=6.0)
    say(session, type="seek", month=24)
    assert np.array_equal(rows(session, 0)[:9], rows(session, 1)[:9], equal_nan=True)
    assert not np.array_equal(rows(session, 0), rows(session, 1), equal_nan=True)
    changed = f"events.late={{month: 9, set: {{{KEY}: 6.0}}}}"
    two = run(load(BASE, [*CHANGES, changed]))
    assert segments(session.sides[0].market.records) == segments(run(load(BASE, CHANGES)))
    assert segments(session.sides[1].market.records) == segments(two)


def test_a_fork_of_a_changed_market_has_its_changes() -> None:
    session = opened()
    say(session, type="seek", month=3)
    say(session, type="set", key=KEY, value=5.0)
    say(session, type="seek", month=8)
    say(session, type="compare", against="fork")
    say(session, type="seek", month=24)
    assert np.array_equal(rows(session, 0), rows(session, 1), equal_nan=True)
    assert session.controls.values == {KEY: 5.0}


def test_one_clock_holds_both() -> None:
    session = opened()
    say(session, type="compare", against="base")
    for _ in range(3):
        say(session, type="step")
    assert [side.film.seen for side in session.sides] == [3, 3]
    assert [(head["side"], head["month"], head["sides"]) for head in told_by(session)] == [
        (0, 3, 2),
        (1, 3, 2),
    ]
    say(session, type="reset")
    assert [(head["month"], head["seen"]) for head in told_by(session)] == [(0, 0), (0, 0)]
    say(session, type="compare", against="nothing")
    assert heard(session, "comparison")[-1]["told"] is None
    assert [head["sides"] for head in told_by(session)] == [1]


def told_by(session: Session) -> list[dict[str, Any]]:
    """Heads of the frames after all messages were taken."""
    heard(session, "")
    return heads(session)


def test_a_longer_run_goes_on_beside_a_shorter_one() -> None:
    session = opened(scene_of(BASE, (*CHANGES, "months=30")))
    say(session, type="seek", month=30)
    assert [(head["month"], head["seen"]) for head in told_by(session)] == [(24, 24), (30, 30)]
    say(session, type="play")
    assert (session.playing, session.shown) == (True, 0)


def test_changes_and_stories_are_of_the_side_in_focus() -> None:
    session = opened()
    say(session, type="compare", against="base")
    say(session, type="seek", month=6)
    say(session, type="focus", side=1)
    say(session, type="set", key=KEY, value=6.0)
    assert [side.controls.values for side in session.sides] == [{}, {KEY: 6.0}]
    heard(session, "")
    say(session, type="inspect", provider="OpenAI")
    assert heard(session, "story")[0]["side"] == 1
    say(session, type="seek", month=12)
    assert not np.array_equal(rows(session, 0), rows(session, 1), equal_nan=True)


def test_what_differs_is_told_with_both_values() -> None:
    session = opened(scene_of(BASE, (*CHANGES, f"{KEY}=4", "seed=9")))
    told = heard(session, "comparison")[-1]["told"]
    assert (told["seeds"], told["same_seed"]) == ([1, 9], False)
    differs = {line["key"]: (line["a"], line["b"]) for line in told["differs"]}
    assert differs.keys() == {KEY, "seed"}
    assert differs[KEY][1] == "4"


def test_a_scenario_beside_a_market_shares_its_luck() -> None:
    session = Session(scene_of(BASE, (*CHANGES, "seed=5")), lambda: None)
    session.open()
    say(session, type="compare", against="scenario", name="s01_no_network")
    assert heard(session, "comparison")[-1]["told"]["seeds"] == [5, 5]


@pytest.mark.parametrize(
    "command",
    [
        {"type": "compare", "against": "scenario", "name": "../../secret"},
        {"type": "compare", "against": "run", "name": "../../secret"},
        {"type": "focus", "side": 1},
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(command: dict[str, Any]) -> None:
    session = opened()
    heard(session, "")
    say(session, **command)
    (told,) = heard(session, "notice")
    assert told["level"] == "error"
    assert len(session.sides) == 1


def test_two_clocks_are_refused() -> None:
    one, two = (load(BASE, [*CHANGES, f"start={start}"]) for start in ("2023-01", "2024-01"))
    with pytest.raises(ValueError, match="2024-01"):
        pair.refuse_other_clock(one, two)


def test_only_finished_runs_are_offered(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for name, told in (
        ("done", '{"status": "finished", "kind": "run"}'),
        ("died", '{"status": "running", "kind": "run"}'),
        ("study", '{"status": "finished", "kind": "histories"}'),
        ("torn", "{"),
    ):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(told, encoding="utf-8")
    assert list(runs_near(scene_of(BASE, CHANGES))) == ["done"]
