"""Who came near its end: how hard payments press each provider, and what followed (E34, E42)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.plots import amounts, palette, series, style

LEFT, WIDE, TOP, TALL = 176, 1070, 218, 592
KEY_ROWS = 122, 152
HEAD_ROW = 192
MOST_ROW = 74.0  # pixels of a row
NAME_ROOM = 120.0
COLUMNS = (1338, 1448, 1544)  # right ends of the columns of numbers
HEADS = (("stressed", "months"), ("distressed", "months"), ("pressure", "highest"))
BAR, STRIP, STRIP_AT = 0.34, 0.12, 0.25  # heights of status and stage, parts of a row
LANE = -0.30  # where marks stand that are no ends
SIGN = 9.0  # pixels across, at least
ABSURD = 1e5  # pressure from which on only the power fits its column

STATUS = ("healthy", "stressed", "distressed")
STAGES = ("renegotiated", "down round", "for sale")


class Mark(NamedTuple):
    """How a kind of event is drawn: words, sign, whether hollow, and how high in its row."""

    words: str
    sign: str
    hollow: bool = False
    at: float = LANE


MARKS: Mapping[str, Mark] = {
    "entry": Mark("entry", ">", at=0.0),
    "renegotiation": Mark("new terms for dues", "s"),
    "failed_round": Mark("no lead for a round", "o", hollow=True),
    "down_round": Mark("down round", "v"),
    "blocked_sale": Mark("sale blocked", "D", hollow=True),
    "acquisition": Mark("sold", "D", at=0.0),
    "failure": Mark("failed", "X", at=0.0),
    "listing": Mark("listed", "^"),
}
SAME = {"failed_down_round": "failed_round"}


class Moment(NamedTuple):
    """An event of a provider, of a kind in MARKS."""

    month: int
    provider: str
    kind: str


def applies(records: series.RunLike) -> bool:
    """Only providers who decide can be short of money."""
    return series.decided(records)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """A row for each provider: status in a bar, stage in a strip below, marks on and above it."""
    found, names = moments(records), shown(records)
    figure = style.canvas(
        records,
        title(records, found),
        summary(records, found),
        "A row for each provider from its entry to its end: the bar is its status by payment "
        "pressure, the strip below the worst stage of distress it has been through in the last "
        "twelve months; marks are what happened. Right: months in which payments pressed it, and "
        "the highest payment pressure, a ratio without unit.",
    )
    axes = style.panel(figure, LEFT, TOP, WIDE, TALL)
    days = series.dates(records)
    style.time_axis(axes, days[0], len(days))
    rows = max(len(names), int(np.ceil(TALL / MOST_ROW)))
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    if not names:
        style.say(axes, "nobody had payments to make")
    codes = [records.providers.index(name) for name in names]
    bars(axes, status(records)[:, codes], STATUS, 0.0, BAR)
    bars(axes, stage(records)[:, codes], STAGES, STRIP_AT, STRIP)
    marks(axes, found, names)
    key(figure, found)
    words(figure, records, names, rows)
    return figure


def shown(records: series.RunLike) -> list[str]:
    """Providers with payments that were ever in the market, in the order of their codes."""
    paying = np.isfinite(series.while_there(records, "payment_pressure"))
    return [name for name, pays in zip(records.providers, paying.T, strict=True) if pays.any()]


def status(records: series.RunLike) -> NDArray[np.int64]:
    """Place in STATUS of each provider and month, (T, P); -1 where it is not in the market."""
    place = {name: i for i, name in enumerate(STATUS)}
    words = records.tables["providers"]["status"]
    codes = np.array([place.get(word, -1) for word in words], np.int64)
    return codes.reshape(series.month_count(records), len(records.providers))


def stage(records: series.RunLike) -> NDArray[np.int64]:
    """Place in STAGES of each provider and month, (T, P); -1 without distress."""
    codes = np.nan_to_num(series.while_there(records, "distress_stage")).astype(np.int64) - 1
    return np.where(codes < len(STAGES), codes, -1)


def moments(records: series.RunLike) -> list[Moment]:
    """Entries, and events of the kinds of MARKS; down rounds are in the table of rounds too."""
    paying = np.array([name in set(shown(records)) for name in records.providers], np.bool_)
    there = series.on_market(records) & paying
    months, codes = np.nonzero(there[1:] & ~there[:-1])
    found = [
        Moment(int(month) + 1, records.providers[code], "entry")
        for month, code in zip(months, codes, strict=True)
    ]
    events = records.tables["events"]
    rows = zip(events["month"], events["provider"], events["kind"], strict=True)
    told = [(month, provider, SAME.get(kind, kind)) for month, provider, kind in rows]
    found += [
        Moment(int(month), str(provider), kind)
        for month, provider, kind in told
        if kind in MARKS and kind != "entry"
    ]
    rounds = records.tables["rounds"]
    down = np.asarray(rounds["lead"], np.bool_) & (rounds["kind"] == "down_round")
    found += [
        Moment(int(month), str(provider), "down_round")
        for month, provider in zip(rounds["month"][down], rounds["provider"][down], strict=True)
    ]
    return list(dict.fromkeys(found))


def title(records: series.RunLike, found: Sequence[Moment]) -> str:
    """How many failed or were sold, or who came nearest to it."""
    failed, sold = (
        len({moment.provider for moment in found if moment.kind == kind})
        for kind in ("failure", "acquisition")
    )
    if failed or sold:
        ends = [f"{failed} failed" if failed else "nobody failed"]
        ends.append(f"{sold} {'was' if sold == 1 else 'were'} sold" if sold else "nobody was sold")
        return f"Of {len(shown(records))} providers with payments to make, {' and '.join(ends)}"
    months = (status(records) == STATUS.index("distressed")).sum(axis=0)
    if not months.any():
        return "Nobody failed, nobody was sold, and nobody was distressed"
    worst = int(months.argmax())
    longest = int(months[worst])
    return (
        f"Nobody failed or was sold; {style.printable(records.providers[worst])} was distressed "
        f"for {longest} month{'s' * (longest != 1)}"
    )


def summary(records: series.RunLike, found: Sequence[Moment]) -> str:
    """How often each thing happened, and what became of founders who tried to enter."""
    kinds = [moment.kind for moment in found]
    said = [
        f"{words} {kinds.count(kind):,}"
        for kind, words in (
            ("renegotiation", "new terms for dues"),
            ("failed_round", "rounds without a lead"),
            ("down_round", "down rounds"),
            ("blocked_sale", "sales blocked"),
            ("listing", "listings"),
            ("entry", "entries"),
        )
        if kind in kinds
    ]
    events = np.asarray(records.tables["events"]["kind"], object)
    apps = int((events == "entry_as_app").sum())
    if apps:
        said.append(f"founders who could only build an app {apps:,}")
    return f"How often: {', '.join(said)}" if said else "No new terms, no failed round, no entry"


def bars(
    axes: Axes, codes: NDArray[np.int64], names: Sequence[str], at: float, tall: float
) -> None:
    """Bars of all rows: one rectangle for each run of months with one code, (T, rows)."""
    edges = []
    colours = []
    for row, line in enumerate(codes.T):
        starts = np.flatnonzero(np.diff(line, prepend=-2))
        ends = np.append(starts[1:], len(line))
        for start, end in zip(starts, ends, strict=True):
            if line[start] < 0:
                continue
            low, high, left, right = (
                row + at - tall / 2,
                row + at + tall / 2,
                start - 0.5,
                end - 0.5,
            )
            edges.append([(left, low), (right, low), (right, high), (left, high)])
            colours.append(palette.STAGES[names[line[start]]])
    axes.add_collection(PolyCollection(edges, facecolors=colours, linewidths=0), autolim=False)


def marks(axes: Axes, found: Sequence[Moment], names: Sequence[str]) -> None:
    """Signs of all events in the rows of their providers."""
    row = {name: i for i, name in enumerate(names)}
    for kind, mark in MARKS.items():
        own = [moment for moment in found if moment.kind == kind and moment.provider in row]
        heights = [row[moment.provider] + mark.at for moment in own]
        signs(axes, [float(moment.month) for moment in own], heights, mark)


def signs(axes: Axes, across: Sequence[float], up: Sequence[float], mark: Mark) -> None:
    """Signs of one kind, which are one artist; those on a bar are larger."""
    size = SIGN * (1.35 if mark.at == 0.0 else 1.0)
    axes.scatter(
        across,
        up,
        s=(1.2 * size / style.POINT) ** 2,
        marker=mark.sign,
        facecolors=palette.PAPER if mark.hollow else palette.INK,
        edgecolors=palette.INK if mark.hollow else palette.PAPER,
        linewidths=1.4 if mark.hollow else 0.9,
        clip_on=False,
        zorder=3,
    )


def key(figure: Figure, found: Sequence[Moment]) -> None:
    """Colours of bar and strip in one row, marks that there are in the next."""
    at = float(LEFT)
    for words_of, names in (("bar", STATUS), ("strip, last twelve months", STAGES)):
        style.write(figure, (at, KEY_ROWS[0]), f"{words_of}:", style.QUIET, "left center")
        at += style.words_width(f"{words_of}:", style.QUIET) + 16
        for name in names:
            square = style.LABEL._replace(colour=palette.STAGES[name])
            style.write(figure, (at, KEY_ROWS[0]), "■", square, "left center")
            style.write(figure, (at + 19, KEY_ROWS[0]), name, style.QUIET, "left center")
            at += 40 + style.words_width(name, style.QUIET)
        at += 26
    axes = style.panel(figure, LEFT, KEY_ROWS[1] - 12, WIDE, 24)
    axes.set_axis_off()
    axes.set_xlim(0, WIDE)
    axes.set_ylim(-1, 1)
    at, there = 8.0, {moment.kind for moment in found}
    for kind, mark in MARKS.items():
        if kind in there:
            signs(axes, [at], [0.0], mark)
            style.write(axes, (at + 15, 0), mark.words, style.QUIET, "left center", "data")
            at += 44 + style.words_width(mark.words, style.QUIET)


def words(figure: Figure, records: series.RunLike, names: Sequence[str], rows: int) -> None:
    """Names at the left of their rows, months under pressure and its peak at the right."""
    for at, (head, unit) in zip(COLUMNS, HEADS, strict=True):
        voice = style.FOOT._replace(colour=palette.INK, weight="bold")
        style.write(figure, (at, HEAD_ROW - 18), head, voice, "right center")
        style.write(figure, (at, HEAD_ROW), unit, style.FOOT, "right center")
    colours = palette.provider_colours(records.providers)
    codes, pressure = status(records), series.while_there(records, "payment_pressure")
    for row, name in enumerate(names):
        code = records.providers.index(name)
        y = TOP + TALL * (row + 0.5) / rows
        voice = style.LABEL._replace(colour=palette.lettering(colours[name]), weight="bold")
        style.write(
            figure, (LEFT - 18, y), style.cut(name, voice, NAME_ROOM), voice, "right center"
        )
        highest = float(np.nanmax(pressure[:, code]))
        cells = [f"{(codes[:, code] == place).sum():,}" for place in (1, 2)]
        cells.append(ratio(highest))
        for at, cell in zip(COLUMNS, cells, strict=True):
            style.write(figure, (at, y), cell, style.QUIET, "right center")


def ratio(value: float) -> str:
    """A ratio with the digits that count, an absurd one as a power."""
    if value < 99.95:
        return f"{value:.2f}"
    return f"{value:,.0f}" if value < ABSURD else amounts.power(value, 0)
