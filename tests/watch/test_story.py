"""What stories tell of providers and firms is what the tables of the run say."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import ROOT, small

from agents.codes import NONE
from experiments.watch import deeds, protocol, story
from experiments.watch.scene import scene_of
from experiments.watch.session import Session

BASE = ROOT / "configs" / "baseline.yaml"
CHANGES = tuple(word for word in small() if word != "--set")
DONE = 20


@pytest.fixture(scope="module")
def session() -> Session:
    """A session at the end of its run, whose stories are of a month before."""
    made = Session(scene_of(Path(BASE), CHANGES), lambda: None)
    made.open()
    made.obey(protocol.read(json.dumps({"type": "seek", "month": 24})))
    return made


def rows(session: Session, table: str, **wanted: Any) -> dict[str, Any]:
    """Rows of a table of the run, up to the month of the story."""
    columns = session.market.records.table(table)
    kept = columns["month"] < DONE
    for name, value in wanted.items():
        kept &= columns[name] == value
    return {name: column[kept] for name, column in columns.items()}


def names(session: Session) -> list[str]:
    """Providers that are there."""
    providers = rows(session, "providers")
    return sorted(set(providers["provider"]) - {"OPEN"})


def test_rounds_are_those_of_the_table(session: Session) -> None:
    told = 0
    for name in names(session):
        table = rows(session, "rounds", provider=name)
        found = story.of_provider(session.film, name, DONE)["rounds"]
        paid = sum(amount for entry in found for _, amount in entry["investors"])
        assert paid == pytest.approx(table["ticket"].sum())
        assert len(found) == len(set(table["round"]))
        leads = {entry["lead"] for entry in found if entry["lead"]}
        assert leads == set(table["investor"][table["lead"]])
        told += len(found)
    assert told > 0


def test_tenders_and_contracts_of_firms_are_those_of_the_table(session: Session) -> None:
    held = 0
    for name in names(session):
        customers = story.of_provider(session.film, name, DONE)["customers"]
        table = rows(session, "contracts")
        year = table["month"] >= DONE - 12
        before, after = table["incumbent"] == name, table["winner"] == name
        assert customers["won"][1] == (year & after & ~before).sum()
        assert customers["kept"][1] == (year & after & before).sum()
        assert customers["lost"][1] == (year & before & ~after).sum()
        assert customers["lost"][0] == ((table["month"] == DONE - 1) & before & ~after).sum()
        held += customers["held"]
    firms = session.film.states[DONE][len(session.film.drawn.developers) :]
    open_code = list(session.market.supply.names).index("OPEN")
    assert held == np.isin(firms, [NONE, open_code], invert=True).sum() > 0


def test_contracts_for_compute_are_those_that_were_announced(session: Session) -> None:
    code = list(session.market.supply.names).index("OpenAI")
    announced = [
        event
        for event in session.market.recorder.events
        if event.kind == "contract" and event.code == code and event.month < DONE
    ]
    told = story.of_provider(session.film, "OpenAI", DONE)["compute"]
    assert [entry["month"] for entry in told] == [event.month for event in announced][::-1][:30]
    assert told[0]["capacity"] == pytest.approx(announced[-1].after)
    assert all(entry["month"] <= entry["first"] < entry["last"] for entry in told)


def test_a_price_moves_by_its_cost_and_its_markup(session: Session) -> None:
    code = list(session.market.supply.names).index("OpenAI")
    now, before = (deeds.month_of(session.market, code, month) for month in (DONE - 1, DONE - 2))
    told = deeds.pricing(now, before)
    assert told is not None
    table = rows(session, "providers", provider="OpenAI")
    last, other = np.flatnonzero(table["month"] == DONE - 1), table["month"] == DONE - 2
    assert now.labs["budget"] == table["budget"][last][0]
    margin = (1 + table["markup"][last][0]) / (1 + table["markup"][other][0])
    cost = now.price[0] / before.price[0] / margin
    assert (
        f"costs and caps {deeds.percent(cost - 1)}, markup {deeds.percent(margin - 1)}"
        in told["why"]
    )


def test_every_deed_says_what_and_why_and_no_number_is_missing(session: Session) -> None:
    count = 0
    for name in names(session):
        for done in range(25):
            for deed in story.of_provider(session.film, name, done)["deeds"]:
                assert deed["what"] and deed["why"]
                assert "nan" not in f"{deed}" and "inf" not in f"{deed}"
                count += 1
    assert count > 100


def test_a_month_before_the_first_has_no_deeds(session: Session) -> None:
    assert deeds.deeds(session.market, 0, 0) == []


def test_a_firm_knows_its_people_and_until_when_its_contract_runs(session: Session) -> None:
    film = session.film
    first, employer = len(film.drawn.developers), session.market.developers.employer
    table = rows(session, "contracts")
    row = int(table["enterprise"][table["winner"] != "none"][-1])
    told = story.of_node(film, session.witness, first + row, DONE)
    assert told["people"]["count"] == (employer == row).sum()
    assert sum(count for _, count in told["people"]["by_provider"]) == told["people"]["count"]
    last = told["tenders"][-1]
    assert last["until"] == last["month"] + last["term"] > DONE - 36
    assert math.isfinite(last["price"])
