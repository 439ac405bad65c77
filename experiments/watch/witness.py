"""What has to be kept of each month to say later why a drawn developer moved.

The month's tables, which are small; and of the drawn developers and their neighbours the choice
and the second provider before the month.  With them the kernel that moved an agent moves it again,
alone, by the same keyed draws: the terms of its decision are those of the run, to the last digit.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, NONE
from agents.graph import COMPLETE, EDGES
from agents.individuals import empty_tally, no_moves
from agents.kernels.migrate import migrate_range
from agents.kernels.neighbours import block_counts
from experiments.watch.drawn import Drawn
from simulation.columns import TERMS
from simulation.flows import flows_of_people
from simulation.recorder import Recorder

if TYPE_CHECKING:
    from agents.kernels.migrate import Tables
    from simulation.market import Market


class WatchRecorder(Recorder):
    """A recorder that also keeps the tables of developers of each month."""

    def __init__(self, market: "Market") -> None:
        super().__init__(market)
        self.decisions: dict[int, tuple[Tables, Any]] = {}

    def moves(self, segment: int, moves: Any, terms: Any, tables: "Tables") -> None:
        """Keep the tables, beside what every recorder keeps."""
        super().moves(segment, moves, terms, tables)
        if segment == CODING:
            self.decisions[self.market.month] = (tables, terms)


class Before(NamedTuple):
    """Choice and second provider of the rows that are known, before a month."""

    choice: NDArray[np.uint8]
    second: NDArray[np.uint8]


class Witness:
    """Who remembers the months of a market for the drawn developers."""

    def __init__(self, market: "Market", drawn: Drawn) -> None:
        """Watch a market before its first month."""
        self.market, self.drawn = market, drawn
        self.recorder = market.recorder = WatchRecorder(market)
        self.rows = known_rows(market, drawn)
        self.months: list[Before] = []

    def look(self) -> None:
        """Remember the state before the month that comes."""
        crowd = self.market.developers.crowd
        self.months.append(Before(crowd.choice[self.rows], crowd.second[self.rows]))

    def terms(self, agent: int, month: int, since: int) -> dict[str, float] | None:
        """Terms of the move of a developer in a month, util; None where it decided nothing.

        Who is moved by the sale of its provider has not decided.  since : month of its choice
        before.
        """
        tables, terms = self.recorder.decisions[month]
        crowd = self.crowd_before(month, agent, since, tables)
        graph, people = self.market.graphs["developers"], self.market.developers
        totals = self.market.totals["developers"]
        tally = empty_tally(len(totals.group), len(totals.cohort))
        moves = no_moves()
        blocks = block_counts(graph, crowd.seen)
        migrate_range(agent, agent + 1, crowd, graph, blocks, tables, tally, moves)
        flows, _ = flows_of_people((month, CODING), moves, terms, tables.live, people.people)
        if not len(flows.agents):
            return None
        return {name: float(value) for (name, _), value in zip(TERMS, flows.sums[0], strict=True)}

    def crowd_before(self, month: int, agent: int, since: int, tables: "Tables") -> Any:
        """The crowd as it was before a month, as far as an agent can see it."""
        crowd, before = self.market.developers.crowd, self.months[month]
        choice, second = crowd.choice.copy(), crowd.second.copy()
        choice[self.rows], second[self.rows] = before.choice, before.second
        lost = second[agent] != NONE and not tables.live[second[agent]]
        second[agent] = NONE if lost else second[agent]
        then = crowd.since.copy()
        then[agent] = since
        return crowd._replace(choice=choice, seen=choice.copy(), second=second, since=then)


def known_rows(market: "Market", drawn: Drawn) -> NDArray[np.int64]:
    """Rows of the drawn developers and of all their neighbours, ascending."""
    graph, rows = market.graphs["developers"], drawn.developers
    if len(rows) == graph.size or graph.kind == COMPLETE:
        return np.arange(graph.size)
    if graph.kind != EDGES:
        return rows
    known = np.zeros(graph.size, np.bool_)
    known[rows] = True
    for row in rows:
        known[graph.neighbours[graph.offsets[row] : graph.offsets[row + 1]]] = True
    return np.flatnonzero(known)
