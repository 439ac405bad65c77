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

DIGITS = 5  # significant ones of a number; the page shows three
# What of an agent's story the page works out itself, from the states and the edges.
MOVING = frozenset({"node", "month", "history", "neighbours", "decision", "tenders"})


def archive(session: "Session", look: "Callable[[], None]") -> bytes:
    """The run of a session that has seen its end, compressed; `look` is called now and then."""
    points = positions(session.drawn, session.market.config.seed)
    parts = {
        "init": as_text(json.loads(introduction(session)) | {"offline": True}),
        "graph": protocol.graph(points, session.drawn.edges),
        "frame": last_frame(session),
        "states": states(session),
        "flows": as_text(moves(session)),
        "agents": as_text(agents(session, look)),
        "providers": as_text(providers(session, look)),
    }
    arrays: list[NDArray[Any]] = [np.frombuffer(part, np.uint8) for part in parts.values()]
    return gzip.compress(protocol.packed("archive", {}, arrays), 9, mtime=0)


def as_text(content: Any) -> bytes:
    """Content as JSON."""
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def last_frame(session: "Session") -> bytes:
    """The frame of the last month, which brings the rows and events of all."""
    found = session.film.frame(session.film.seen, 0)
    found = found._replace(happened=session.placed(found.happened))
    told = {"epoch": session.epoch, "playing": False, "speed": session.speed, "pace": 0.0}
    return protocol.frame(found, session.place, told)


def states(session: "Session") -> bytes:
    """States of all months, one agent after the other, for so they compress best."""
    found = session.place[np.array(session.film.states)].T
    return protocol.packed("states", {}, [found])


def moves(session: "Session") -> list[list[dict[str, Any]]]:
    """Moves between providers, month by month."""
    market, months = session.market, session.film.seen
    found: list[list[dict[str, Any]]] = [
        session.placed(flows.between(market, month, month + 1)) for month in range(months)
    ]
    return found


def agents(session: "Session", look: "Callable[[], None]") -> list[dict[str, Any]]:
    """Of each drawn agent what never changes, and each of its decisions or tenders."""
    found = []
    for node in range(session.drawn.nodes):
        look()
        told = story.of_node(session.film, session.witness, node, session.film.seen)
        kept = {key: value for key, value in told.items() if key not in MOVING}
        if "tenders" in told:
            kept["tenders"] = told["tenders"]
        if "decision" in told:
            kept["decisions"] = decisions(session, node, told)
        found.append(rounded(session.placed(kept)))
    return found


def decisions(session: "Session", node: int, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Every decision of a developer, in order; `told` is its story at the end."""
    last = told["decision"]
    earlier = {
        entry["month"]
        for entry in told["history"][1:]
        if entry["code"] is not None and entry["month"] != last["month"]
    }
    stories = (
        story.of_node(session.film, session.witness, node, month + 1) for month in sorted(earlier)
    )
    return [*(each["decision"] for each in stories), last]


def providers(session: "Session", look: "Callable[[], None]") -> dict[str, list[dict[str, Any]]]:
    """Story of each provider before the first month and after each one."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in session.market.supply.providers:
        look()
        months = range(session.film.seen + 1)
        found[name] = [
            session.placed(story.of_provider(session.film, name, done)) for done in months
        ]
    return found


def rounded(content: Any) -> Any:
    """Content with as many digits as somebody reads."""
    if isinstance(content, dict):
        return {key: rounded(value) for key, value in content.items()}
    if isinstance(content, list):
        return [rounded(value) for value in content]
    return float(f"{content:.{DIGITS}g}") if isinstance(content, float) else content
