"""The developer network coloured by provider at three dates: a stated sample, one layout."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from agents.graph import COMPLETE, EDGES, Graph, edges
from experiments.plots import palette, series, style
from experiments.plots.layout import Edges, Places, force_layout, sunflower
from simulation.columns import NOBODY

TOP, TALL, WIDE = 144, 504, 504
LEFTS = (44, 548, 1052)
TABLE_TOP, TABLE_STEP, TABLE_WIDE, TABLE_COLUMNS = 738, 62, 166, 9
DATES = 3
MOST_DEVELOPERS = 1_000_000


class Panel(NamedTuple):
    """The keyed sample of developers.

    agents : (N,), row numbers of the developers
    users : (T, N), code of the provider of each at each month end
    edges : (E, 2), links between places in the sample
    nobody : the code that stands for no provider
    told : what the links are, in words
    """

    agents: NDArray[np.int64]
    users: NDArray[np.int64]
    edges: Edges
    nobody: int
    told: str


@style.styled
def draw(records: series.RunLike) -> Figure:
    """The sample at up to three dates, its shares, and how often neighbours agree."""
    return draw_panel(records, sampled(records))


def draw_panel(records: series.RunLike, panel: Panel) -> Figure:
    """The figure of a given sample."""
    count, days = len(panel.agents), series.dates(records)
    of = f"{count:,} of {records.config.developers.count:,} developers"
    figure = style.canvas(
        records,
        "Developers and their neighbours, coloured by provider",
        f"Sample of {of}, {panel.told}",
        f"A keyed sample of {of} and the links among them at up to three dates, one layout "
        "throughout; shares are per cent of the sample, a coloured link joins two users of one "
        "provider.",
    )
    if count == 0:
        centre = (style.WIDTH / 2, style.HEIGHT / 2)
        style.write(figure, centre, "no sample was recorded", style.QUIET, "center center")
        return figure
    linked = len(panel.edges) > 0
    at = force_layout(count, panel.edges, records.config.seed) if linked else sunflower(count)
    months = sorted({max(len(days) * (k + 1) // DATES - 1, 0) for k in range(DATES)})
    colours = [*palette.provider_colours(records.providers).values(), palette.NOT_YET]
    first = (len(LEFTS) - len(months)) // 2
    for left, month in zip(LEFTS[first:], months, strict=False):
        middle, day = left + WIDE / 2, series.spoken_date(days[month])
        axes = style.panel(figure, left, TOP, WIDE, TALL)
        snapshot(axes, at, panel, month, colours)
        style.write(axes, (middle, TOP - 12), day, style.HEADING, "center baseline")
        told = agreement(panel, month)
        style.write(axes, (middle, TOP + TALL + 16), told, style.QUIET, "center center")
    share_table(figure, records, panel, months)
    return figure


def sampled(records: series.RunLike) -> Panel:
    """The sample from the table of agents, and its links from the network built again."""
    table, months = records.tables["agents"], series.month_count(records)
    count = len(table["agent"]) // months
    agents = np.asarray(table["agent"][:count], np.int64)
    codes = {name: i for i, name in enumerate((*records.providers, NOBODY))}
    users = np.fromiter((codes[name] for name in table["provider"]), np.int64, months * count)
    if count == 0 or records.config.developers.count > MOST_DEVELOPERS:
        pairs, told = np.zeros((0, 2), np.int64), "links not drawn in a market of this size"
    else:
        pairs, told = links(records, agents)
    return Panel(agents, users.reshape(months, count), pairs, codes[NOBODY], told)


def links(records: series.RunLike, agents: NDArray[np.int64]) -> tuple[Edges, str]:
    """Links among the sampled developers, each once, and what the network is, in words."""
    from simulation.network import build

    config = records.config
    settings, count = config.networks.developers, config.developers.count
    graph = build(settings, count, config.network_seed, "developers")
    if graph.kind == COMPLETE:
        return np.zeros((0, 2), np.int64), "who know everybody in their block"
    if graph.kind != EDGES:
        return np.zeros((0, 2), np.int64), "who have no network"
    return among(graph, agents), "and the links among them"


def among(graph: Graph, agents: NDArray[np.int64]) -> Edges:
    """Pairs (E, 2) of places in `agents`, ascending rows, that the graph links, each once."""
    place = np.full(graph.size, -1, np.int64)
    place[agents] = np.arange(len(agents))
    pairs = np.stack([place[ends] for ends in edges(graph)], axis=1)
    return np.asarray(pairs[(pairs >= 0).all(axis=1)], np.int64)


def snapshot(axes: Axes, at: Places, panel: Panel, month: int, colours: Sequence[str]) -> None:
    """One date: links, links between users of one provider in its colour, developers on top."""
    axes.set_axis_off()
    axes.set_xlim(-1.06, 1.06)
    axes.set_ylim(-1.06, 1.06)
    users = panel.users[month]
    ends = users[panel.edges]
    same = (ends[:, 0] == ends[:, 1]) & (ends[:, 0] != panel.nobody)
    plain = LineCollection(at[panel.edges[~same]], colors=palette.LINK, linewidths=0.6, zorder=1)
    axes.add_collection(plain, autolim=False)
    shades = [palette.mixed(colour, palette.PAPER, 0.45) for colour in colours]
    axes.add_collection(
        LineCollection(
            at[panel.edges[same]],
            colors=[shades[code] for code in ends[same, 0]],
            linewidths=0.9,
            zorder=2,
        ),
        autolim=False,
    )
    degree = np.bincount(panel.edges.ravel(), minlength=len(users))
    sizes = 20 + 7 * np.minimum(degree, 20)
    order = np.argsort(users == panel.nobody, kind="stable")[::-1]
    axes.scatter(
        at[order, 0],
        at[order, 1],
        s=sizes[order],
        zorder=3,
        linewidths=0.6,
        color=[colours[code] for code in users[order]],
        edgecolors=palette.PAPER,
    )


def agreement(panel: Panel, month: int) -> str:
    """How many links join users of one provider, and how many would by chance."""
    ends = panel.users[month][panel.edges]
    both = ends[(ends != panel.nobody).all(axis=1)]
    if len(both) < 2:
        return ""
    part = np.bincount(both.ravel()) / both.size
    same = float((both[:, 0] == both[:, 1]).mean())
    return (
        f"links within one provider {series.percent(same)}, "
        f"{series.percent(float((part**2).sum()))} by chance"
    )


def share_table(
    figure: Figure, records: series.RunLike, panel: Panel, months: Sequence[int]
) -> None:
    """Shares of the sample at the dates, each provider in its colour: the key to the dots."""
    counts = [np.bincount(panel.users[month], minlength=panel.nobody + 1) for month in months]
    share = np.stack(counts, axis=1) / len(panel.agents)
    colours = palette.provider_colours(records.providers)
    order = [i for i in np.argsort(-share[:-1, -1], kind="stable") if share[i].any()]
    bold = style.QUIET._replace(weight="bold")
    cells = [
        (
            style.cut(records.providers[i], bold, TABLE_WIDE - 32),
            colours[records.providers[i]],
            share[i],
        )
        for i in order
    ]
    cells.append(("none yet", palette.NOT_YET, share[-1]))
    style.write(
        figure,
        (style.MARGIN, TABLE_TOP - 30),
        "Share of the sample, per cent, at these dates",
        style.QUIET,
    )
    for place, (name, colour, values) in enumerate(cells):
        x = style.MARGIN + TABLE_WIDE * (place % TABLE_COLUMNS)
        y = TABLE_TOP + TABLE_STEP * (place // TABLE_COLUMNS)
        ink = palette.MUTED if colour == palette.NOT_YET else palette.lettering(colour)
        style.write(figure, (x, y), "●", style.LABEL._replace(colour=colour), "left center")
        style.write(figure, (x + 20, y), name, bold._replace(colour=ink), "left center")
        said = " → ".join(f"{100 * value:.0f}" for value in values)
        style.write(figure, (x + 20, y + 23), said, style.QUIET, "left center")
