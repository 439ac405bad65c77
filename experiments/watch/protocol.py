"""The messages between a page and a session, version 1; live and replayed runs speak the same.

To the page, text (JSON) with a `type`:

    init      the run, its providers, series, sliders, scenarios, kinds of events, what is drawn
    values    values of the sliders and names of the events dropped, after each change
    saved     a YAML that extends the base: name and text
    story     of an agent or a provider, as asked for
    flows     moves between providers over a window of months
    comparison  what stands beside what: names, seeds, what the configs do not share; null if alone
    notice    something to tell the user; `level` is info or error

and binary, each with a head: length of a JSON text (uint32), the text, blanks up to a multiple of
eight, then arrays end to end, little-endian, each padded to a multiple of eight bytes:

    graph     positions float32 (nodes, 2), edges uint32 (edges, 2)
    frame     state uint8 (nodes), movers uint32, left uint8 (movers),
              rows float64 (months, columns)

A code is that of a provider's place in `providers`, 255 for none.  The next frame is sent after the
`ack` of the one before, and only the latest.

Two markets side by side run on one clock.  The second one has an `init` and a `graph` of its own:
`side` in their heads and in that of a `frame` is 0 or 1, and where it is missing 0.  The frames of
all `sides` of a month are sent one after the other, and acknowledged once, after the last one.
Changes, stories and flows are of the side that is in `focus`.

From the page, text (JSON), as the classes below: ack, play, pause, step, reset, speed, seek, set,
restore, event, scenario, compare, focus, save, inspect, flows.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from experiments.watch.frames import Frame

VERSION = 1
NOBODY = 255  # in states and moves: no provider
LONGEST_COMMAND = 16_384  # bytes
FASTEST = 1000.0
Word = Annotated[str, Field(max_length=200)]
Month = Annotated[int, Field(ge=0, le=600)]
Row = Annotated[int, Field(ge=0, le=2**32)]


class Said(BaseModel):
    """A command: strict, and nothing in it is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Plain(Said):
    """A command without anything to add."""

    type: Literal["ack", "play", "pause", "step", "reset", "save"]


class Speed(Said):
    """Months per second; 0 is as fast as possible."""

    type: Literal["speed"]
    value: Annotated[float, Field(ge=0, le=FASTEST)]


class Seek(Said):
    """Show the state after so many months."""

    type: Literal["seek"]
    month: Month


class Set(Said):
    """Set a slider, from the next month on."""

    type: Literal["set"]
    key: Word
    value: float


class Restore(Said):
    """Give a slider, or all of them, the value of the base."""

    type: Literal["restore"]
    key: Word | None = None


class Drop(Said):
    """Drop an event on the next month."""

    type: Literal["event"]
    kind: Word
    settings: Annotated[dict[Word, bool | int | float | Word], Field(max_length=12)]


class Scenario(Said):
    """Begin anew with a scenario of the list."""

    type: Literal["scenario"]
    name: Word


class Compare(Said):
    """Put another market beside this one, or take it away again.

    It is the config without changes, a scenario or a stored run of the list, or a fork of this
    market, which is the same up to the month shown.
    """

    type: Literal["compare"]
    against: Literal["base", "scenario", "run", "fork", "nothing"]
    name: Word | None = None


class Focus(Said):
    """Look at one of two sides: what is asked and changed from now on is of that market."""

    type: Literal["focus"]
    side: Annotated[int, Field(ge=0, le=1)]


class Inspect(Said):
    """Tell the story of a node of the network, of an agent by its row, or of a provider."""

    type: Literal["inspect"]
    node: Row | None = None
    developer: Row | None = None
    enterprise: Row | None = None
    provider: Word | None = None


class Window(Said):
    """Sum the moves of the months from `first` up to, not including, `last`."""

    type: Literal["flows"]
    first: Month
    last: Month


Command = (
    Plain | Speed | Seek | Set | Restore | Drop | Scenario | Compare | Focus | Inspect | Window
)
COMMANDS: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="type")])


def read(text: str | bytes) -> Command:
    """Command in a message.

    Raises
    ------
    ValueError
    """
    return COMMANDS.validate_json(text)


def text(kind: str, **entries: Any) -> str:
    """A text message."""
    return json.dumps({"type": kind, **entries}, allow_nan=False, separators=(",", ":"))


def packed(kind: str, head: Mapping[str, Any], arrays: list[NDArray[Any]]) -> bytes:
    """A binary message; the head says the length of each array."""
    lengths = [array.size for array in arrays]
    told = text(kind, lengths=lengths, **head).encode()
    told += b" " * (-(len(told) + 4) % 8)
    parts = [len(told).to_bytes(4, "little"), told]
    for array in arrays:
        content = np.ascontiguousarray(array).tobytes()
        parts += [content, b"\0" * (-len(content) % 8)]
    return b"".join(parts)


def graph(positions: NDArray[np.float32], edges: NDArray[np.uint32], side: int = 0) -> bytes:
    """The network: sent once."""
    return packed("graph", {"side": side}, [positions, edges])


def frame(shown: Frame, place: NDArray[np.uint8], told: Mapping[str, Any]) -> bytes:
    """One frame; `place` of each code among the providers, `told` how the session stands."""
    head = {
        "month": shown.done,
        "seen": shown.seen,
        "first": shown.first,
        "events": shown.happened,
        "news": shown.news,
        **told,
    }
    arrays: list[NDArray[Any]] = [place[shown.state], shown.movers, place[shown.left], shown.rows]
    return packed("frame", head, arrays)
