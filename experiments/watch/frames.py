"""What was seen of a market, kept compactly, and any month of it as one frame.

Of each month the film keeps one byte for each drawn agent (the code of its provider), the row of
the charts, and what happened.  State 0 is that before the first month; state k that after k months.
"""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import NONE
from experiments.watch.drawn import Drawn
from experiments.watch.news import Reporter
from experiments.watch.series import Series, row_of, series_of
from simulation.columns import SEGMENTS

if TYPE_CHECKING:
    from simulation.market import Market

UNSEEN = frozenset({"price_change", "training_run"})  # too many to be pins; they stand in tables
State = NDArray[np.uint8]


class Frame(NamedTuple):
    """One month as it is shown.

    done : months done.  seen : of the film.  state : (nodes,) codes.  movers : nodes whose
    provider changed in this month, and `left`, whom they left.  first, rows : rows from month
    `first` on, (months, columns).  happened : events of those months.  news : of those months.
    """

    done: int
    seen: int
    state: State
    movers: NDArray[np.uint32]
    left: State
    first: int
    rows: NDArray[np.float64]
    happened: list[dict[str, Any]]
    news: dict[str, Any]


class Film:
    """A market's months so far, as they are drawn."""

    def __init__(self, market: "Market", drawn: Drawn) -> None:
        """Keep the state before the first month, or before the next one."""
        self.market, self.drawn = market, drawn
        self.series: tuple[Series, ...] = series_of(market)
        self.states: list[State] = [state_of(market, drawn)]
        self.rows: list[NDArray[np.float64]] = []
        self.events: list[list[dict[str, Any]]] = []
        self.reporter = Reporter(market)
        self._known = 0

    @property
    def seen(self) -> int:
        """Months seen."""
        return len(self.rows)

    def expose(self) -> None:
        """Keep the month that the market has just done."""
        events: list[Any] = getattr(self.market.recorder, "events", [])
        found = [event for event in events[self._known :] if event.kind not in UNSEEN]
        self._known = len(events)
        self.events.append([told(event) for event in found])
        self.states.append(state_of(self.market, self.drawn))
        self.reporter.report()
        self.rows.append(row_of(self.market, self.series))

    def frame(self, done: int, first: int) -> Frame:
        """The state after `done` months, with the rows of all months seen from `first` on."""
        seen = self.seen
        state = self.states[done]
        before = self.states[max(done - 1, 0)]
        movers = np.flatnonzero(state != before).astype(np.uint32)
        rows = np.array(self.rows[first:seen], np.float64)
        happened = [event for month in self.events[first:seen] for event in month]
        news = self.reporter.between(first, seen)
        return Frame(done, seen, state, movers, before[movers], first, rows, happened, news)


def state_of(market: "Market", drawn: Drawn) -> State:
    """Code of the provider of each node."""
    choice, provider = market.developers.crowd.choice, market.enterprises.provider
    return np.concatenate([choice[drawn.developers], provider[drawn.enterprises]])


def told(event: Any) -> dict[str, Any]:
    """An event as a message tells it; what is missing is null."""
    return {
        "month": int(event.month),
        "kind": event.kind,
        "provider": int(event.code) if event.code != NONE else None,
        "segment": SEGMENTS[event.segment] if event.segment >= 0 else None,
        "before": number(event.before),
        "after": number(event.after),
        "detail": event.detail,
    }


def number(value: float) -> float | None:
    """A number as JSON has it."""
    return float(value) if math.isfinite(value) else None
