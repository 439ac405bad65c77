"""What happened: a row for each provider with rounds, contracts, releases, incidents and ends."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from agents.codes import OPEN_NAME
from experiments.plots import amounts, labels, palette, race, series, style

LEFT, WIDE, TOP, TALL = 176, 1250, 204, 606
EVENT_ROW, KEY_ROW = 188, 118
MOST_ROW = 84.0  # pixels of a row
LARGEST, LARGEST_SIDE = 30.0, 18.0  # of the largest round and contract, pixels
SMALLEST = 3.0
MOST_EVENTS = 9
HIGHER, LOWER = 0.30, 0.30
NAME_ROOM = 120.0
FARTHEST = 260.0
OF_THE_MODEL = frozenset(
    {
        "entry",
        "exit",
        "release",
        "price_change",
        "training_run",
        "round",
        "contract",
        "failure",
        "incident",
        "absorbed",
        "acquisition",
        "blocked_sale",
        "down_round",
        "entry_as_app",
        "entry_refused",
        "failed_down_round",
        "failed_round",
        "failed_sale",
        "founding",
        "listing",
        "listing_fall",
        "renegotiation",
    }
)


class Happening(NamedTuple):
    """An event of the table: month, name of the provider or none, size, and its kind."""

    month: int
    provider: str
    size: float
    kind: str


def applies(records: series.RunLike) -> bool:
    """Rounds, contracts and failures are those of providers who decide."""
    return series.decided(records)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Rows of providers with their marks, dated events above, what was raised on the right."""
    figure = style.canvas(
        records,
        title(records),
        summary(records),
        "Each row is a provider from its entry to its exit: circles are rounds (area: dollars), "
        "squares below are contracts for compute (area: per cent of all compute there is), "
        "ticks above are releases, stars those of a new most capable model, triangles incidents, "
        "crosses failures; lines across are dated events of the config.",
    )
    axes = style.panel(figure, LEFT, TOP, WIDE, TALL)
    days, names = series.dates(records), shown(records)
    style.time_axis(axes, days[0], len(days))
    rows = max(len(names), int(np.ceil(TALL / MOST_ROW)))
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    key(figure, records)
    dated(axes, records)
    colours = palette.provider_colours(records.providers)
    for row, name in enumerate(names):
        life(axes, records, row, name, colours[name])
    return figure


def happenings(records: series.RunLike, kind: str) -> list[Happening]:
    """Events of one kind in the order of the table; the size is what stands in `after`."""
    events = records.tables["events"]
    rows = np.flatnonzero(np.asarray(events["kind"], object) == kind)
    return [
        Happening(
            int(events["month"][row]),
            str(events["provider"][row]),
            float(events["after"][row]),
            kind,
        )
        for row in rows
    ]


def dated_events(records: series.RunLike) -> list[Happening]:
    """Events of the config that happened, by month; two of one name in a month are one."""
    kinds = dict.fromkeys(map(str, records.tables["events"]["kind"]))
    found = [e for kind in kinds if kind not in OF_THE_MODEL for e in happenings(records, kind)]
    once = {(event.month, event.kind): event for event in found}
    return [once[key] for key in sorted(once)]


def shown(records: series.RunLike) -> list[str]:
    """Providers that were ever in the market, in the order of their codes, OPEN last."""
    ever = zip(records.providers, series.ever(records), strict=True)
    names = [name for name, there in ever if there]
    return sorted(names, key=lambda name: name == OPEN_NAME)


def title(records: series.RunLike) -> str:
    """How much of what happened."""
    rounds = happenings(records, "round")
    raised = sum(e.size for e in rounds)
    told = [
        counted(len(rounds), "round") + (f" of {amounts.money(raised)}" if rounds else ""),
        counted(len(happenings(records, "contract")), "contract") + " for compute",
        counted(len(happenings(records, "failure")), "failure"),
    ]
    return f"What happened: {', '.join(told)}"


def counted(count: int, name: str) -> str:
    """A number of things: no failures, 1 round, 3 rounds."""
    return f"{count or 'no'} {name}{'s' * (count != 1)}"


def summary(records: series.RunLike) -> str:
    """How many entered, got a new leader's model out, had an incident, and left."""
    there = series.on_market(records)
    entered = int((there[1:] & ~there[:-1]).sum())
    told = (
        counted(len(dated_events(records)), "dated event"),
        f"{counted(int(there[0].sum()), 'provider')} at the start, {entered} entered later, "
        f"{series.left(records).sum()} left",
        counted(int(race.record_runs(records).sum()), "release") + " of a new best model",
        counted(len(happenings(records, "incident")), "incident"),
    )
    return "; ".join(told)


MARKS: Mapping[str, tuple[str, float]] = {
    "round": ("o", 13.0),
    "contract": ("s", 10.0),
    "release": ("|", 10.0),
    "new best model": ("*", 14.0),
    "incident": ("^", 10.0),
    "failure": ("X", 12.0),
}


def key(figure: Figure, records: series.RunLike) -> None:
    """What each mark means, in a row, with the largest of those whose area says something."""
    rounds, contracts = largest(records)
    axes = style.panel(figure, LEFT, KEY_ROW - 12, WIDE, 24)
    axes.set_axis_off()
    axes.set_xlim(0, WIDE)
    axes.set_ylim(-1, 1)
    at = 6.0
    meanings = {
        "round": f"round, largest {amounts.money(rounds)}" if rounds else "round",
        "contract": (
            f"contract, largest {series.percent(contracts)} of compute" if contracts else "contract"
        ),
        "new best model": "a new best model",
    }
    for kind, (mark, size) in MARKS.items():
        axes.plot(at, 0, mark, color=palette.MUTED, markersize=size / style.POINT * 1.2)
        words = meanings.get(kind, kind)
        style.write(axes, (at + 14, 0), words, style.QUIET, "left center", "data")
        at += 46 + style.words_width(words, style.QUIET)


def largest(records: series.RunLike) -> tuple[float, float]:
    """The largest round, M$, and the largest contract, share of all compute; 0 without one."""
    held = series.market(records, "compute_capacity")
    rounds = max((e.size for e in happenings(records, "round")), default=0.0)
    shares = [e.size / held[e.month] for e in happenings(records, "contract") if held[e.month] > 0]
    return rounds, max(shares, default=0.0)


def dated(axes: Axes, records: series.RunLike) -> None:
    """Lines across all rows at dated events, named above where there is room."""
    found, days = dated_events(records), series.dates(records)
    for event in found:
        axes.axvline(event.month, color=palette.MUTED, linewidth=1.2, dashes=(3, 3), zorder=0)
    voice = style.FOOT._replace(colour=palette.INK, weight="bold")
    named = found[:MOST_EVENTS]
    said = [
        f"{style.printable(event.kind.replace('_', ' '))} {series.spoken_date(days[event.month])}"
        for event in named
    ]
    low, high = axes.get_xlim()
    wide = style.width_in(axes)
    wanted = [(event.month - low) / (high - low) * wide for event in named]
    room = [style.words_width(words, voice) + 18 for words in said]
    while sum(room) > wide + FARTHEST / 2:
        named, said, room, wanted = named[:-1], said[:-1], room[:-1], wanted[:-1]
    for words, at, want in zip(
        said, labels.spread(wanted, room, -LEFT / 2, wide + LEFT / 2), wanted, strict=True
    ):
        style.write(axes, (LEFT + at, EVENT_ROW - 28), words, voice, "center center")
        axes.plot(
            [at / wide, want / wide],
            [1 + (TOP - EVENT_ROW + 18) / TALL, 1.0],
            color=palette.MUTED,
            linewidth=1.0,
            transform=axes.transAxes,
            clip_on=False,
        )


def life(axes: Axes, records: series.RunLike, row: int, name: str, colour: str) -> None:
    """One row: the provider's time in the market and all that happened to it."""
    there = np.flatnonzero(series.on_market(records)[:, records.providers.index(name)])
    half = 0.5 * (len(there) == 1)
    ends = [there[0] - half, there[-1] + half]
    axes.plot(ends, [row, row], color=colour, linewidth=3, zorder=1)
    place = style.LABEL._replace(colour=palette.lettering(colour), weight="bold")
    y = TOP + style.height_in(axes) * (row + 0.5) / (axes.get_ylim()[0] + 0.5)
    style.write(axes, (LEFT - 18, y), style.cut(name, place, NAME_ROOM), place, "right center")
    rounds = [e for e in happenings(records, "round") if e.provider == name]
    if rounds:
        raised = amounts.money(sum(e.size for e in rounds))
        style.write(axes, (LEFT + WIDE + 20, y), f"raised {raised}", style.FOOT, "left center")
    release_marks(axes, records, row, name, colour)
    contract_marks(axes, records, row, name, colour)
    round_marks(axes, records, row, rounds, colour)
    for kind, higher in (("incident", HIGHER), ("failure", 0.0)):
        mark, size = MARKS[kind]
        for event in happenings(records, kind):
            if event.provider == name:
                points(axes, [event.month], row - higher, mark, colour, size * 1.3)


def points(
    axes: Axes, months: Sequence[int], row: float, mark: str, colour: str, size: float
) -> None:
    """Marks of one size (pixels) at the height of a row, with a thin edge."""
    axes.plot(
        months,
        np.full(len(months), row),
        mark,
        color=colour,
        markersize=size / style.POINT * 1.2,
        markeredgecolor=colour if mark == "|" else palette.PAPER,
        markeredgewidth=1.6 if mark == "|" else 0.8,
        clip_on=False,
        zorder=3,
    )


def release_marks(axes: Axes, records: series.RunLike, row: int, name: str, colour: str) -> None:
    """Ticks above the line for releases, stars for those of a new most capable model."""
    code = records.providers.index(name)
    released = series.released(records)[:, code]
    best: NDArray[np.bool_] = race.record_runs(records)[:, code]
    points(axes, np.flatnonzero(released & ~best).tolist(), row - HIGHER, "|", colour, 10.0)
    points(axes, np.flatnonzero(best).tolist(), row - HIGHER, "*", colour, 15.0)


def contract_marks(axes: Axes, records: series.RunLike, row: int, name: str, colour: str) -> None:
    """Squares below the line: what part of all compute a contract takes."""
    held, (_, most) = series.market(records, "compute_capacity"), largest(records)
    for event in happenings(records, "contract"):
        if event.provider == name and held[event.month] > 0:
            side = LARGEST_SIDE * float(np.sqrt(event.size / held[event.month] / most))
            points(axes, [event.month], row + LOWER, "s", colour, max(side, SMALLEST))


def round_marks(
    axes: Axes, records: series.RunLike, row: int, rounds: Sequence[Happening], colour: str
) -> None:
    """Circles on the line, of which area is money."""
    most = max(largest(records)[0], 1e-9)
    for event in sorted(rounds, key=lambda e: -e.size):
        size = max(LARGEST * float(np.sqrt(event.size / most)), SMALLEST)
        points(axes, [event.month], row, "o", colour, size)
