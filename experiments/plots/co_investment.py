"""Who invests with whom, who funds whom, and how central each investor is."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from experiments.plots import amounts, funding, palette, series, style
from experiments.plots.layout import force_layout
from experiments.plots.node_names import name_nodes
from experiments.syndicates import Measures, measures, paid, shared_rounds

TOP, TALL = 172, 622
LEFT, WIDE = 56, 590
FROM, TO = 812, 940  # where the lines of money begin and end, pixels
NAMES_AT, NAME_ROOM = 958, 150
HEADS = ("invested", "shared", "between", "central")
COLUMNS = (1246, 1342, 1444, 1544)  # right ends of the columns of numbers
SMALLEST, LARGEST = 9.0, 46.0  # pixels across, of an investor
FAINT, THICK = 0.5, 7.0  # width of a tie
BAND, THREAD = 16.0, 0.8  # width of the largest and least line of money
PULLS = 3  # how many springs the strongest tie has
MOST_ROWS = 22
MARKS = {"strategic": "o", "growth": "s", "venture": "D"}
REACH = 1.12  # of the square in which nodes lie


class Syndicate(NamedTuple):
    """What is drawn: V investors by money, most first, and P providers that they funded.

    money : (V, P), M$.  shared : (V, V), rounds.
    """

    names: list[str]
    kinds: list[str]
    providers: list[str]
    money: series.Numbers
    shared: series.Numbers
    measures: Measures

    def invested(self) -> series.Numbers:
        """Paid by each investor, M$, (V,)."""
        return np.asarray(self.money.sum(axis=1), np.float64)


def applies(records: series.RunLike) -> bool:
    """A network needs an investor with a name who paid for something."""
    named = set(records.tables["investors"]["investor"])
    return any(name in named for name in records.tables["rounds"]["investor"])


@style.styled
def draw(records: series.RunLike) -> Figure:
    """The network at the left; money from investors to providers, and a table, at the right."""
    found = syndicate(records)
    figure = style.canvas(
        records,
        title(found),
        summary(found),
        "Left: investors (area: dollars paid in rounds; colour and shape: kind), joined by the "
        "rounds that they shared in this run (width: number of rounds). Right: dollars from "
        "investors to providers (width), and for each investor what it paid, rounds shared with "
        "others, betweenness (per cent of shortest paths through it, strong ties are short) and "
        "eigenvector centrality from 0 to 1. Ties from before the run do not count.",
    )
    axes = style.panel(figure, LEFT, TOP, WIDE, TALL)
    network(axes, records, found)
    key(figure, found)
    money(figure, records, found)
    return figure


def syndicate(records: series.RunLike) -> Syndicate:
    """Investors of the run and the providers that got money of them."""
    kinds = funding.kinds(records)
    names = [name for name, kind in kinds.items() if kind != name]
    rounds = records.tables["rounds"]
    money = paid(rounds, names, records.providers)
    order = np.argsort(-money.sum(axis=1), kind="stable")
    names, money = [names[i] for i in order], money[order]
    funded = [i for i in np.argsort(-money.sum(axis=0), kind="stable") if money[:, i].any()]
    shared = shared_rounds(rounds, names)
    return Syndicate(
        names,
        [kinds[name] for name in names],
        [records.providers[i] for i in funded],
        money[:, funded],
        shared,
        measures(shared),
    )


def title(found: Syndicate) -> str:
    """Who paid most, and who is most central."""
    invested = found.invested()
    first = style.printable(found.names[0])
    said = f"{first} put in most, {amounts.money(float(invested[0]))}"
    if not found.shared.any():
        return f"{said}; nobody invested together"
    central = found.names[int(np.nanargmax(found.measures.eigenvector))]
    if central == found.names[0]:
        return f"{said}, and is most central"
    return f"{said}; {style.printable(central)} is most central"


def summary(found: Syndicate) -> str:
    """Size, density and inequality of the network."""
    active = int((found.invested() > 0).sum())
    measured = found.measures
    funded = f"{len(found.providers)} provider{'s' * (len(found.providers) != 1)}"
    said = [f"{active} of {len(found.names)} investors paid into {funded}"]
    numbers = (
        ("of pairs shared a round", series.percent(measured.density), measured.density),
        ("Gini of shared rounds", f"{measured.gini:.2f}", measured.gini),
        ("skew", f"{measured.skew:+.1f}".replace("-", "−"), measured.skew),
    )
    for words, value, number in numbers:
        if np.isfinite(number):
            said.append(f"{value} {words}" if words.startswith("of") else f"{words} {value}")
    return "; ".join(said)


def network(axes: Axes, records: series.RunLike, found: Syndicate) -> None:
    """Investors and their ties, strong ones thick and dark."""
    axes.set_axis_off()
    axes.set_xlim(-REACH, REACH)
    axes.set_ylim(-REACH, REACH)
    style.heading(axes, "Who invests with whom", "area: $ paid; line: rounds shared", lines=2)
    pairs = np.argwhere(np.triu(found.shared) > 0)
    rounds = found.shared[pairs[:, 0], pairs[:, 1]]
    part = rounds / max(float(rounds.max(initial=0.0)), 1.0)
    pulls = np.repeat(pairs, np.ceil(PULLS * part).astype(int), axis=0)
    at = force_layout(len(found.names), pulls.astype(np.int64), records.config.seed)
    order = np.argsort(rounds, kind="stable")
    axes.add_collection(
        LineCollection(
            list(at[pairs[order]]),
            linewidths=(FAINT + (THICK - FAINT) * part[order] ** 2) / style.POINT,
            colors=[palette.mixed(palette.LINK, palette.MUTED, 0.8 * p**2) for p in part[order]],
            zorder=1,
        ),
        autolim=False,
    )
    across = sizes(found.invested())
    for kind in dict.fromkeys(found.kinds):
        own = [i for i, other in enumerate(found.kinds) if other == kind]
        axes.scatter(
            at[own, 0],
            at[own, 1],
            s=(across[own] / style.POINT) ** 2,
            marker=MARKS.get(kind, "o"),
            color=colour_of(kind),
            edgecolors=palette.PAPER,
            linewidths=1.2,
            zorder=3,
        )
    colours = [colour_of(kind) for kind in found.kinds]
    name_nodes(axes, at, across, found.names, colours)


def sizes(invested: series.Numbers) -> series.Numbers:
    """Pixels across of nodes of which the area is money."""
    most = max(float(invested.max(initial=0.0)), 1e-9)
    return np.maximum(LARGEST * np.sqrt(invested / most), SMALLEST)


def colour_of(kind: str) -> str:
    """The colour of a kind of investors."""
    return palette.HOLDER_KINDS.get(kind, palette.OF_SPEND)


def key(figure: Figure, found: Syndicate) -> None:
    """Shape and colour of each kind, below the network."""
    axes = style.panel(figure, LEFT, TOP + TALL + 8, WIDE, 28)
    axes.set_axis_off()
    axes.set_xlim(0, WIDE)
    axes.set_ylim(-1, 1)
    at = 14.0
    for kind in dict.fromkeys(sorted(found.kinds, key=list(palette.HOLDER_KINDS).index)):
        axes.plot(at, 0, MARKS.get(kind, "o"), color=colour_of(kind), markersize=9)
        style.write(axes, (at + 14, 0), kind, style.QUIET, "left center", "data")
        at += 46 + style.words_width(kind, style.QUIET)


def money(figure: Figure, records: series.RunLike, found: Syndicate) -> None:
    """Lines from providers to investors, whose rows go on as a table."""
    shown = int(min((found.invested() > 0).sum(), MOST_ROWS))
    rows = spaced(shown)
    funded = spaced(len(found.providers))
    axes = style.panel(figure, FROM, TOP, TO - FROM, TALL)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(TOP + TALL, TOP)
    colours = palette.provider_colours(records.providers)
    heads(figure)
    for name, y in zip(found.providers, funded, strict=True):
        voice = style.LABEL._replace(colour=palette.lettering(colours[name]), weight="bold")
        words = style.cut(name, voice, NAME_ROOM)
        style.write(figure, (FROM - 14, y), words, voice, "right center")
    lines(axes, found, rows, funded, [colours[name] for name in found.providers])
    for i, y in enumerate(rows):
        table_row(figure, found, i, y)
    left_out = len(found.names) - shown
    if left_out:
        words = f"and {left_out} more, with less or nothing"
        style.write(figure, (NAMES_AT, TOP + TALL + 22), words, style.FOOT, "left center")


def spaced(count: int) -> series.Numbers:
    """Heights of rows spread over the panel, pixels from the top of the figure."""
    return TOP + TALL * (np.arange(count) + 0.5) / max(count, 1)


def lines(
    axes: Axes,
    found: Syndicate,
    rows: series.Numbers,
    funded: series.Numbers,
    colours: Sequence[str],
) -> None:
    """Curves of which the width is money, the thin ones on top."""
    pairs = np.argwhere(found.money[: len(rows)] > 0)
    paid_in = found.money[pairs[:, 0], pairs[:, 1]]
    pairs, paid_in = pairs[np.argsort(-paid_in)], -np.sort(-paid_in)
    along = np.linspace(0, 1, 25)
    bend = along**2 * (3 - 2 * along)
    start, end = funded[pairs[:, 1], None], rows[pairs[:, 0], None]
    curves = np.stack(np.broadcast_arrays(along, start + (end - start) * bend), axis=2)
    widths = np.maximum(BAND * paid_in / max(float(paid_in.max(initial=0.0)), 1e-9), THREAD)
    shades = [palette.mixed(colours[code], palette.PAPER, 0.35) for code in pairs[:, 1]]
    axes.add_collection(
        LineCollection(list(curves), linewidths=widths / style.POINT, colors=shades), autolim=False
    )


def heads(figure: Figure) -> None:
    """What the columns are."""
    top = TOP - 14
    style.write(figure, (FROM - 14, top - 21), "Who funds whom", style.HEADING, "right baseline")
    style.write(figure, (FROM - 14, top), "line: $ paid", style.QUIET, "right baseline")
    for at, head, unit in zip(COLUMNS, HEADS, ("$", "rounds", "%", "0 to 1"), strict=True):
        voice = style.QUIET._replace(colour=palette.INK, weight="bold")
        style.write(figure, (at, top - 21), head, voice, "right baseline")
        style.write(figure, (at, top), unit, style.QUIET, "right baseline")


def table_row(figure: Figure, found: Syndicate, place: int, y: float) -> None:
    """Name and numbers of one investor."""
    colour = colour_of(found.kinds[place])
    voice = style.LABEL._replace(colour=palette.lettering(colour), weight="bold")
    name = style.cut(found.names[place], voice, NAME_ROOM)
    style.write(figure, (NAMES_AT, y), name, voice, "left center")
    measured = found.measures
    central = measured.eigenvector[place]
    cells = (
        amounts.money(float(found.invested()[place])),
        f"{measured.degree[place]:,.0f}",
        f"{100 * measured.betweenness[place]:.0f}",
        f"{central:.2f}" if np.isfinite(central) else "–",
    )
    for at, cell in zip(COLUMNS, cells, strict=True):
        style.write(figure, (at, y), cell, style.QUIET, "right center")
