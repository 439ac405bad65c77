"""Who holds which part of each provider that raised money, month by month."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from experiments.plots import amounts, funding, labels, palette, series, style

FIRST_LEFT, LAST_RIGHT = 92, 1544
TOP, BOTTOM, KEY_ROW = 202, 806, 124
GAP = 92  # pixels between rows of panels, for dates and the name of the next
TICK_ROOM = 58  # of the axis of the next panel, which has one in the wide shapes only
FEW = 2  # columns up to which each panel has ticks of its own
SHAPES = ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (4, 3), (4, 4))  # columns, rows
NAME_ROOM = {1: 240, 2: 232, 3: 192, 4: 172}  # right of a panel, by columns
BESIDE = 25.0  # of that, what leads to the words
EDGE, LOW_EDGE, LOW = 0.7, 0.2, 200  # width of the edges of bands, also in panels that are low
NAMED = 0.015  # smaller shares have no name


class Share(NamedTuple):
    """Shares of one provider from its first month with holders to the last: (T', H)."""

    name: str
    first: int
    parts: series.Numbers


def applies(records: series.RunLike) -> bool:
    """Who raised nothing belongs to its founders."""
    return funding.any_rounds(records)


@style.styled
def draw(records: series.RunLike) -> Figure:
    """A panel for each provider that raised, the one that raised most first."""
    kinds = funding.kinds(records)
    order = [funding.FOUNDERS, *(name for name in kinds if name != funding.FOUNDERS)]
    found = shares(records, order)
    figure = style.canvas(
        records,
        title(found),
        summary(found, order),
        "Share of each holder in each provider that raised money, in per cent of it, by month: "
        "founders at the bottom, then strategic investors, growth funds and venture capital, each "
        "kind in shades of one colour. A step is a round, in which all who pay nothing are "
        "diluted alike.",
    )
    key(figure, [kinds[name] for name in order], found)
    colours = funding.holder_colours(kinds)
    columns, rows = next(shape for shape in SHAPES if shape[0] * shape[1] >= len(found))
    for place, share in enumerate(found):
        axes = place_of(figure, place, columns, rows)
        bands(axes, records, share, [colours[name] for name in order])
        if columns > FEW and place % columns:
            axes.set_yticklabels([])
        name_panel(axes, records, share)
        beside = NAME_ROOM[columns] - BESIDE - TICK_ROOM * (columns <= FEW) - 8
        name_holders(axes, share, order, colours, beside)
    return figure


def shares(records: series.RunLike, order: Sequence[str]) -> list[Share]:
    """Providers that raised money, the most first, with the months in which they have holders."""
    held = funding.holdings(records, order)
    raised = raised_by(records)
    found = []
    for name in sorted(raised, key=lambda name: -raised[name]):
        parts = held[:, records.providers.index(name)]
        months = np.flatnonzero(parts.sum(axis=1) > 0)
        if len(months):
            found.append(Share(name, int(months[0]), parts[months[0] : months[-1] + 1]))
    return found[: SHAPES[-1][0] * SHAPES[-1][1]]


def raised_by(records: series.RunLike) -> dict[str, float]:
    """What each provider raised over the run, M$, in the order of their first rounds."""
    raised: dict[str, float] = {}
    for each in funding.rounds(records):
        raised[each.provider] = raised.get(each.provider, 0.0) + each.amount
    return raised


def title(found: Sequence[Share]) -> str:
    """Whose founders kept most and least."""
    kept = {share.name: float(share.parts[-1, 0]) for share in found}
    if not kept:
        return "Nobody who raised money has holders"
    most, least = max(kept, key=lambda name: kept[name]), min(kept, key=lambda name: kept[name])
    said = f"Founders end with {series.percent(kept[most])} of {style.printable(most)}"
    if most == least:
        return said
    return f"{said}, and {series.percent(kept[least])} of {style.printable(least)}"


def summary(found: Sequence[Share], order: Sequence[str]) -> str:
    """The largest holder of each that is no founder, the largest stakes first."""
    stakes = []
    for share in found:
        last = share.parts[-1, 1:]
        if last.size and last.max() > 0:
            holder = order[1 + int(np.argmax(last))]
            stakes.append((float(last.max()), holder, share.name))
    said = [
        f"{style.printable(holder)} {series.percent(part)} of {style.printable(name)}"
        for part, holder, name in sorted(stakes, key=lambda stake: -stake[0])[:4]
    ]
    return "Largest holders: " + (", ".join(said) or "founders everywhere")


def key(figure: Figure, kinds: Sequence[str], found: Sequence[Share]) -> None:
    """What the colours are, of those kinds that hold anything."""
    held = np.any([share.parts.any(axis=0) for share in found], axis=0) if found else []
    shown = dict.fromkeys(kind for kind, any_part in zip(kinds, held, strict=False) if any_part)
    at = float(FIRST_LEFT)
    for kind in shown:
        colour = palette.HOLDER_KINDS.get(kind, palette.OF_SPEND)
        mark = style.LABEL._replace(colour=colour)
        style.write(figure, (at, KEY_ROW), "■", mark, "left center")
        style.write(figure, (at + 20, KEY_ROW), kind, style.QUIET, "left center")
        at += 52 + style.words_width(kind, style.QUIET)


def place_of(figure: Figure, place: int, columns: int, rows: int) -> Axes:
    """The panel at a place, counted by rows, with room for names at its right."""
    step = (LAST_RIGHT - FIRST_LEFT) / columns
    wide = step - NAME_ROOM[columns]
    tall = (BOTTOM - TOP - GAP * (rows - 1)) / rows
    left = FIRST_LEFT + step * (place % columns)
    return style.panel(figure, left, TOP + (tall + GAP) * (place // columns), wide, tall)


def bands(axes: Axes, records: series.RunLike, share: Share, colours: Sequence[str]) -> None:
    """One band for each holder, stacked to the whole; the bands of a panel are one artist."""
    days = series.dates(records)
    style.time_axis(axes, days[0], len(days))
    style.percent_axis(axes)
    if style.height_in(axes) < 120:
        axes.set_yticks([0, 0.5, 1])
    months, parts = style.for_bands(share.parts)
    edges = np.concatenate([np.zeros((len(parts), 1)), np.cumsum(parts, axis=1)], axis=1)
    there = np.flatnonzero(share.parts.any(axis=0)).tolist()
    around = np.concatenate([months, months[::-1]]) + share.first
    outlines = [
        np.stack([around, np.concatenate([edges[:, i], edges[::-1, i + 1]])], axis=1) for i in there
    ]
    axes.add_collection(
        PolyCollection(
            outlines,
            facecolors=[colours[i] for i in there],
            edgecolors=palette.PAPER,
            linewidths=EDGE if style.height_in(axes) > LOW else LOW_EDGE,
        ),
        autolim=False,
    )


def name_panel(axes: Axes, records: series.RunLike, share: Share) -> None:
    """The provider in its colour, and what it raised, above its panel."""
    own = [each for each in funding.rounds(records) if each.provider == share.name]
    colour = palette.provider_colours(records.providers)[share.name]
    box = axes.get_position()
    left, base = box.x0 * style.WIDTH, (1 - box.y1) * style.HEIGHT - 19
    voice = style.HEADING._replace(colour=palette.lettering(colour))
    room = style.width_in(axes) + NAME_ROOM[4] - BESIDE
    raised = amounts.money(sum(each.amount for each in own))
    last, days = share.first + len(share.parts) - 1, series.dates(records)
    more = f"{raised} in {len(own)} round{'s' * (len(own) != 1)}"
    if last < len(days) - 1:
        more = f"{raised}, until {series.spoken_date(days[last])}"
    name = style.cut(share.name, voice, room - 12 - style.words_width(more, style.QUIET))
    style.write(axes, (left, base), name, voice)
    at = left + style.words_width(name, voice) + 12
    style.write(axes, (at, base), more, style.QUIET)


def name_holders(
    axes: Axes, share: Share, order: Sequence[str], colours: Mapping[str, str], room: float
) -> None:
    """Names with last shares, level with their bands, the largest where there is little room."""
    last = share.parts[-1]
    middle = np.cumsum(last) - last / 2
    ends = [
        labels.Label(float(middle[i]), name, colours[name], float(last[i]), tail(float(last[i])))
        for i, name in enumerate(order)
        if last[i] >= NAMED
    ]
    labels.end_labels(axes, ends, style.FOOT.size, room=room)


def tail(part: float) -> str:
    """A share after a name."""
    return f" {series.percent(part)}"
