"""A stored run as one packed message: all that a page without a server can be asked for.

The first messages are those of a session.  Behind them stand the states of all months, what was
told of each agent's decisions and of each provider month by month, and the moves of each month;
`page/offline.js` answers from them as a session does.
"""

import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.watch import flows, protocol, story
from experiments.watch.introduction import introduction
from experiments.watch.layout import positions

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.watch.session import Session
    from experiments.watch.side import Side

DIGITS = 5  # significant ones of a number; the page shows three
# What of an agent's story the page works out itself, from the states and the edges.
MOVING = frozenset({"node", "month", "history", "neighbours", "decision", "tenders", "people"})


def archive(session: "Session", look: "Callable[[], None]") -> bytes:
    """The run of a session that has seen its end, compressed; `look` is called now and then."""
    side = session.side
    points = positions(side.drawn, side.market.config.seed)
    # What else lies in the folder of the run is nobody's business who reads the file.
    said = json.loads(introduction(session, side)) | {"offline": True, "runs": []}
    told = {"playing": False, "speed": session.speed, "pace": 0.0, "focus": 0, "sides": 1}
    parts = {
        "init": as_text(said),
        "graph": protocol.graph(points, side.drawn.edges),
        "frame": side.frame(side.film.seen, (-1, 0), told)[0],
        "states": states(side),
        "flows": as_text(moves(side)),
        "agents": as_text(agents(side, look)),
        "providers": as_text(providers(side, look)),
    }
    arrays: list[NDArray[Any]] = [np.frombuffer(part, np.uint8) for part in parts.values()]
    return gzip.compress(protocol.packed("archive", {}, arrays), 9, mtime=0)


def as_text(content: Any) -> bytes:
    """Content as JSON."""
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def states(side: "Side") -> bytes:
    """States of all months, one agent after the other, for so they compress best."""
    found = side.place[np.array(side.film.states)].T
    return protocol.packed("states", {}, [found])


def moves(side: "Side") -> list[list[dict[str, Any]]]:
    """Moves between providers, month by month."""
    market, months = side.market, side.film.seen
    found: list[list[dict[str, Any]]] = [
        side.placed(flows.between(market, month, month + 1)) for month in range(months)
    ]
    return found


def agents(side: "Side", look: "Callable[[], None]") -> list[dict[str, Any]]:
    """Of each drawn agent what never changes, and each of its decisions or tenders."""
    found = []
    for node in range(side.drawn.nodes):
        look()
        told = story.of_node(side.film, side.witness, node, side.film.seen)
        kept = {key: value for key, value in told.items() if key not in MOVING}
        if "tenders" in told:
            kept["tenders"] = told["tenders"]
        if "decision" in told:
            kept["decisions"] = decisions(side, node, told)
        found.append(rounded(side.placed(kept)))
    return found


def decisions(side: "Side", node: int, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Every decision of a developer, in order; `told` is its story at the end."""
    last = told["decision"]
    earlier = {
        entry["month"]
        for entry in told["history"][1:]
        if entry["code"] is not None and entry["month"] != last["month"]
    }
    stories = (story.of_node(side.film, side.witness, node, month + 1) for month in sorted(earlier))
    return [*(each["decision"] for each in stories), last]


def providers(side: "Side", look: "Callable[[], None]") -> dict[str, list[dict[str, Any]]]:
    """Story of each provider before the first month and after each one."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in side.market.supply.providers:
        look()
        months = range(side.film.seen + 1)
        found[name] = [side.placed(story.of_provider(side.film, name, done)) for done in months]
    return found


def rounded(content: Any) -> Any:
    """Content with as many digits as somebody reads."""
    if isinstance(content, dict):
        return {key: rounded(value) for key, value in content.items()}
    if isinstance(content, list):
        return [rounded(value) for value in content]
    return float(f"{content:.{DIGITS}g}") if isinstance(content, float) else content
