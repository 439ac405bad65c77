"""Stories: of an agent, what it chose, why it moved last, whom it knows; and of a provider."""

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.codes import NONE
from agents.developers import NO_EMPLOYER
from agents.kernels.tender import HOME, KIND, PRICE, ROW, SCORES, TERM, WINNER
from agents.strategy_catalogue import STRATEGIES
from experiments.watch.books import compute_contracts, customers, rounds
from experiments.watch.deeds import deeds
from experiments.watch.frames import Film, number, told
from simulation.lab_records import lab_columns
from simulation.recorder import TENDER_KINDS

if TYPE_CHECKING:
    from experiments.watch.witness import Witness
    from simulation.market import Market

MOST_KNOWN = 60  # neighbours that are listed; all are counted
MOST_EVENTS = 40
# What a plan says, with its unit.
PLAN = {
    "budget": "M$",
    "spent_scale": "M$",
    "spent_efficiency": "M$",
    "spent_safety": "M$",
    "spent_sales": "M$",
    "markup": "-",
    "compute_contracted": "kH100e",
    "compute_ordered": "kH100e",
    "commitments": "M$",
    "cash": "M$",
    "burn": "M$ a month",
    "payment_pressure": "-",
}
Story = dict[str, Any]


def of_node(film: Film, witness: "Witness", node: int, done: int) -> Story:
    """Story of a node of the network up to the months that are done.

    Raises
    ------
    ValueError
        There is no such node.
    """
    drawn = film.drawn
    if node >= drawn.nodes:
        raise ValueError(f"no agent {node}: {drawn.nodes} are drawn")
    story: Story = {"node": node, "month": done, "history": history(film, node, done)}
    story["neighbours"] = neighbours(film, node, done)
    if node < len(drawn.developers):
        return story | of_developer(film, witness, node, story["history"])
    return story | of_enterprise(film, int(drawn.enterprises[node - len(drawn.developers)]), done)


def history(film: Film, node: int, done: int) -> list[Story]:
    """Each provider that it had, with the months done when it came; -1 was before the first."""
    codes = np.array([state[node] for state in film.states[: done + 1]])
    changes = np.flatnonzero(np.diff(codes)) + 1
    found = [{"month": -1, "code": code_of(codes[0])}]
    return found + [{"month": int(at) - 1, "code": code_of(codes[at])} for at in changes]


def code_of(code: int) -> int | None:
    """A code as the page has it."""
    return None if code == NONE else int(code)


def neighbours(film: Film, node: int, done: int) -> Story:
    """Whom it knows, and how many of them use which provider."""
    edges = film.drawn.edges
    ends = np.concatenate([edges[edges[:, 0] == node, 1], edges[edges[:, 1] == node, 0]])
    codes = film.states[done][ends]
    return {"count": len(ends), "by_provider": counted(codes), "nodes": ends[:MOST_KNOWN].tolist()}


def of_developer(film: Film, witness: "Witness", node: int, past: list[Story]) -> Story:
    """Employer, tastes, and the terms of the last move."""
    drawn, people = film.drawn, film.market.developers
    row = int(drawn.developers[node])
    employer = int(people.employer[row])
    firm = np.flatnonzero(drawn.enterprises == employer)
    story: Story = {
        "who": "developer",
        "row": row,
        "employer": None if employer == int(NO_EMPLOYER) else employer,
        "employer_node": len(drawn.developers) + int(firm[0]) if len(firm) else None,
        "taste": int(people.crowd.taste[row]),
    }
    moves = [at for at in range(1, len(past)) if past[at]["code"] is not None]
    if moves:
        last = moves[-1]
        since = past[last - 1]["month"] if last > 1 else -people.start.tenure
        terms = witness.terms(row, past[last]["month"], since)
        before = past[last - 1]["code"]
        story["decision"] = {
            "month": past[last]["month"],
            "from": before,
            "to": past[last]["code"],
            "terms": terms,
            "utility": sum(terms.values()) if terms else None,
        }
    return story


def of_enterprise(film: Film, row: int, done: int) -> Story:
    """Seats, rules, and every tender with the score of its winner."""
    market = film.market
    firms = market.enterprises
    return {
        "who": "enterprise",
        "row": row,
        "seats": float(firms.seats[row]),
        "industry": int(firms.industry[row]),
        "regulated": bool(firms.regulated[row]),
        "tenders": tenders(market, row, done),
        "people": people_of(film, row, done),
    }


def people_of(film: Film, row: int, done: int) -> Story:
    """The drawn developers that an enterprise employs, and how many of them use which provider."""
    nodes = np.flatnonzero(film.market.developers.employer[film.drawn.developers] == row)
    return {"count": len(nodes), "by_provider": counted(film.states[done][nodes])}


def counted(codes: Any) -> list[list[Any]]:
    """Pairs of a code and how many have it, the most frequent first."""
    counts = [[code_of(code), int((codes == code).sum())] for code in np.unique(codes)]
    return sorted(counts, key=lambda pair: -pair[1])


def tenders(market: "Market", row: int, done: int) -> list[Story]:
    """Tenders of an enterprise up to a month."""
    found = []
    for month in getattr(market.recorder, "all_tenders", []):
        if month.month >= done:
            break
        found += [tender(month, int(at)) for at in np.flatnonzero(month.whole[ROW] == row)]
    return found


def tender(month: Any, at: int) -> Story:
    """One tender of a month: who held the contract, who won it, and the winner's score."""
    held, scored = month.whole[:, at].tolist(), month.numbers[at].tolist()
    return {
        "month": month.month,
        "kind": TENDER_KINDS[held[KIND]],
        "from": code_of(held[HOME]),
        "to": code_of(held[WINNER]),
        "term": held[TERM],
        "price": number(scored[PRICE]),
        "until": month.month + held[TERM],
        "terms": {name: number(scored[place]) for place, name in enumerate(SCORES)},
    }


def of_provider(film: Film, name: str, done: int) -> Story:
    """Story of a provider up to a month: how it decides, what it planned, what happened to it.

    Raises
    ------
    ValueError
        There is no such provider.
    """
    market = film.market
    names = list(market.supply.names)
    if name not in market.supply.providers:
        raise ValueError(f"no provider {name!r}")
    code, month = names.index(name), max(done - 1, 0)
    recorder: Any = market.recorder
    events = [told(event) for event in recorder.events if event.code == code and event.month < done]
    story: Story = {"who": "provider", "name": name, "month": done}
    place = list(market.supply.codes).index(code)
    if done:
        story["status"] = recorder.status[month][place]
    story["now"] = [event for event in events if event["month"] == month]
    story["events"] = [e for e in events if e["kind"] != "price_change"][-MOST_EVENTS:]
    settings = market.origin.providers.get(name)
    story["strategy"] = strategy_of(settings.strategy) if settings else None
    story["deeds"] = deeds(market, code, done)
    story["customers"] = customers(film, code, done)
    story["compute"] = compute_contracts(market, code, done)
    story["rounds"] = rounds(market, code, done)
    labs = recorder.months["labs"]
    if done and labs:
        columns = lab_columns([labs[month]])
        story["plan"] = [
            {"key": key, "unit": unit, "value": number(float(columns[key][0, code]))}
            for key, unit in PLAN.items()
        ]
    return story


def strategy_of(strategy: Any) -> Story:
    """Name of a strategy, what it says of itself in its first line, and its settings."""
    name = next((key for key, kind in STRATEGIES.items() if type(strategy) is kind), "own")
    words = (type(strategy).__doc__ or "").strip().splitlines()
    fields = getattr(type(strategy), "model_fields", {})
    settings = [
        {"doc": field.description, "value": getattr(strategy, key)}
        for key, field in fields.items()
        if key != "family" and isinstance(getattr(strategy, key), int | float)
    ]
    return {"name": name, "doc": words[0] if words else "", "settings": settings}
