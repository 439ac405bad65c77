"""The share river: who serves each segment, month by month, with releases pinned above."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from agents.codes import CODING, CONSUMER, ENTERPRISE
from experiments.plots import labels, palette, series, style
from simulation.columns import SEGMENTS

LEFT, RIGHT = 118, 218
LANE = (134, 84)
TOPS, TALL = (254, 452, 650), 159
FEWEST = 0.005
NAMED_RELEASES = 7
FARTHEST = 300.0  # pixels from a dot to its name
MOST_PINS = 80
RISES_IN = (CONSUMER, ENTERPRISE, CODING)
PIN = 11.0
END_SIZE = 12.5
RELEASE_ROOM = 205.0
ADOPTED = {
    "coding": "developers who have adopted",
    "enterprise": "enterprises under contract",
    "consumer": "consumers who have adopted",
}


class Release(NamedTuple):
    """A pin: a provider's best model gets better, or the provider enters (`jump` is NaN)."""

    month: int
    provider: int
    jump: float


@style.styled
def draw(records: series.RunLike) -> Figure:
    """Stacked shares of each segment, the release lane above, names and numbers at the end."""
    days = series.dates(records)
    shares = series.shares(records)
    figure = style.canvas(
        records,
        f"Market shares by segment, {span(days)}",
        leaders(records, shares, days[-1]),
        "Share of each provider in per cent: of spend for coding and enterprise, of users for "
        "consumers; a dot above is a release, its area the rise of capability in OOM "
        "(of the offer to consumers, where there is one).",
    )
    width = style.WIDTH - LEFT - RIGHT
    colours = list(palette.provider_colours(records.providers).values())
    panels = [style.panel(figure, LEFT, top, width, TALL) for top in TOPS]
    order = np.argsort(-shares.mean(axis=(0, 1)), kind="stable")
    for i, axes in enumerate(panels):
        river(axes, shares[:, i], order, colours, records.providers)
        title_panel(axes, records, i)
        style.time_axis(axes, days[0], len(days))
        axes.tick_params(axis="x", labelbottom=i == len(panels) - 1)
    lane = style.panel(figure, LEFT, LANE[0], width, LANE[1])
    style.time_axis(lane, days[0], len(days))
    pin_releases(lane, releases(records), records.providers, colours)
    return figure


def span(days: Sequence[str]) -> str:
    """First and last month in words."""
    first, last = series.spoken_date(days[0]), series.spoken_date(days[-1])
    return first if first == last else f"{first} to {last}"


def leaders(records: series.RunLike, shares: series.Numbers, day: str) -> str:
    """Who leads each segment at the end."""
    found = []
    for i, segment in enumerate(SEGMENTS):
        best = int(shares[-1, i].argmax())
        if shares[-1, i, best] > 0:
            name = style.printable(records.providers[best])
            told = series.percent(shares[-1, i, best])
            if (second := series.near_tie(shares[-1, i])) is not None:
                told += f", near tie with {style.printable(records.providers[second])}"
            found.append(f"{name} in {segment} ({told})")
    return f"Largest in {series.spoken_date(day)}: " + (", ".join(found) or "nobody has adopted")


def title_panel(axes: Axes, records: series.RunLike, segment: int) -> None:
    """Name the segment, its measure, and how many have adopted."""
    name = SEGMENTS[segment]
    adopted = series.market(records, f"adopted_{name}")
    known = adopted[[0, -1]] if len(adopted) > 1 else adopted
    change = " → ".join(series.percent(share) for share in known)
    style.heading(
        axes, name.capitalize(), f"{series.SHARE_WORDS[name]} · {ADOPTED[name]}: {change}"
    )


def river(
    axes: Axes,
    shares: series.Numbers,
    order: NDArray[np.int64],
    colours: Sequence[str],
    names: Sequence[str],
) -> None:
    """Stack the shares (T, P) of one segment in `order`; name the bands at the right end."""
    months, stacked = style.for_bands(np.cumsum(shares[:, order], axis=1))
    lower = np.concatenate([np.zeros((len(stacked), 1)), stacked[:, :-1]], axis=1)
    style.percent_axis(axes)
    there = stacked[:, -1] > 0
    for place, provider in enumerate(order):
        if (stacked[:, place] > lower[:, place]).any():
            axes.fill_between(
                months,
                lower[:, place],
                stacked[:, place],
                where=there,
                color=colours[provider],
                edgecolor=palette.PAPER,
                linewidth=0.9,
            )
    if not there.any():
        style.say(axes, "nobody has adopted")
    for place, provider in enumerate(order):
        if shares[-1, provider] == 0 and len(months) == len(shares):
            gone = labels.Label(0.0, names[provider], colours[provider])
            labels.inside(axes, lower[:, place], stacked[:, place], gone)
    middle = (stacked[-1] + lower[-1]) / 2
    ends = [
        labels.Label(float(middle[i]), names[p], colours[p], float(shares[-1, p]))
        for i, p in enumerate(order)
        if shares[-1, p] > 0
    ]
    labels.end_labels(axes, fitted(axes, ends), END_SIZE)


def fitted(axes: Axes, ends: Sequence[labels.Label]) -> list[labels.Label]:
    """Add the share to each name; pool the smallest where there are more than the panel holds."""
    room = int(style.height_in(axes) // labels.line_height(END_SIZE)) + 1
    small = [end for end in ends if end.weight < FEWEST]
    large = [end for end in ends if end.weight >= FEWEST]
    if len(ends) <= room and len(small) <= 1:
        large, small = list(ends), []
    large = sorted(large, key=lambda end: -end.weight)
    over = len(large) + (len(small) > 0) - room
    if over > 0:
        keep = len(large) - over - (not small)
        large, small = large[:keep], [*large[keep:], *small]
    told = [end._replace(tail=f" {series.percent(end.weight)}") for end in large]
    if small:
        rest = sum(end.weight for end in small)
        told.append(
            labels.Label(1.0, f"{len(small)} others {series.percent(rest)}", palette.MUTED, 1.0)
        )
    return told


def releases(records: series.RunLike) -> list[Release]:
    """Entries, and releases with the rise of the offer to consumers, else to enterprises.

    Consumers get the best model; developers and enterprises the workhorse, whose list price
    stands, so that a change of workhorse would look like a jump of the best model.
    """
    capability = preferred(series.cube(records, "capability"))
    offered = np.asarray(series.cube(records, "available").astype(bool).any(axis=1))
    released = series.released(records)
    risen = np.full(released.shape, -np.inf)
    rise = np.diff(capability, axis=0)
    risen[1:] = np.where(np.isfinite(rise), rise, -np.inf)
    before = np.concatenate([offered[:1], offered[:-1]])
    entered = np.asarray(offered & ~before)
    found = [Release(int(t), int(p), float("nan")) for t, p in np.argwhere(entered)]
    found += [
        Release(int(t), int(p), float(risen[t, p]))
        for t, p in np.argwhere(released & ~entered & (risen > 0))
    ]
    return sorted(found, key=lambda pin: (pin.month, np.nan_to_num(pin.jump), pin.provider))


def preferred(values: series.Numbers) -> series.Numbers:
    """Of values (T, 3, P), those of the first segment of `RISES_IN` a provider serves: (T, P)."""
    found = np.full((len(values), values.shape[2]), np.nan)
    for segment in RISES_IN:
        unserved = ~np.isfinite(found).any(axis=0)
        found[:, unserved] = values[:, segment][:, unserved]
    return found


def pin_releases(
    axes: Axes, found: Sequence[Release], names: Sequence[str], colours: Sequence[str]
) -> None:
    """Dots by month, stacked where they meet; the largest rises are named, without overlap."""
    axes.set_ylim(0, LANE[1])
    axes.tick_params(labelbottom=False, labelleft=False)
    axes.set_yticks([])
    shown = sorted(found, key=lambda pin: -np.nan_to_num(pin.jump, nan=9.0))[:MOST_PINS]
    heights: dict[int, float] = {}
    tops: dict[Release, float] = {}
    for pin in sorted(shown, key=found.index):
        size = PIN if np.isnan(pin.jump) else PIN * float(np.clip(np.sqrt(pin.jump / 0.2), 0.5, 2))
        tops[pin] = heights.get(pin.month, 3.0) + size / 2
        heights[pin.month] = min(tops[pin] + size / 2 + 1, LANE[1] - 42)
        hollow = np.isnan(pin.jump)
        axes.plot(
            pin.month,
            tops[pin],
            "o",
            markersize=size / style.POINT,
            markerfacecolor=palette.PAPER if hollow else colours[pin.provider],
            markeredgecolor=colours[pin.provider] if hollow else palette.PAPER,
            markeredgewidth=2.0 if hollow else 0.8,
            clip_on=False,
        )
    counted = f"; {len(shown)} of {len(found)}" if len(shown) < len(found) else ""
    style.heading(
        axes,
        "Releases",
        "area of a dot: rise of capability for consumers, else for enterprises (OOM: compute "
        f"times ten); ring: entry{counted}",
    )
    named = [pin for pin in shown if np.isfinite(pin.jump)][:NAMED_RELEASES]
    name_releases(axes, sorted(named, key=found.index), names, colours, tops)


def name_releases(
    axes: Axes,
    named: Sequence[Release],
    names: Sequence[str],
    colours: Sequence[str],
    tops: dict[Release, float],
) -> None:
    """Write the named releases in one row above the dots, joined to them by a line.

    Where a name would stand too far from its dot, the smallest rise is left without one.
    """
    wide = style.width_in(axes)
    voice = style.QUIET._replace(weight="bold")
    low, high = axes.get_xlim()
    said = [
        style.cut(names[pin.provider], voice, RELEASE_ROOM, f" +{pin.jump:.1f} OOM")
        for pin in named
    ]
    room = [style.words_width(words, voice) + 16 for words in said]
    wanted = [(pin.month - low) / (high - low) * wide for pin in named]
    places = labels.spread(wanted, room, 0, wide + RIGHT - 8)
    if len(named) > 1 and np.abs(places - wanted).max() > FARTHEST:
        least = min(range(len(named)), key=lambda i: named[i].jump)
        fewer = [pin for i, pin in enumerate(named) if i != least]
        name_releases(axes, fewer, names, colours, tops)
        return
    for pin, words, at, want in zip(named, said, places, wanted, strict=True):
        colour = palette.lettering(colours[pin.provider])
        y = LANE[1] - 10
        style.write(
            axes,
            (at / wide, y / LANE[1]),
            words,
            voice._replace(colour=colour),
            "center center",
            "axes",
        )
        axes.plot(
            [at / wide, want / wide, want / wide],
            [(y - 11) / LANE[1], (y - 26) / LANE[1], (tops[pin] + 5) / LANE[1]],
            color=colours[pin.provider],
            linewidth=1.1,
            transform=axes.transAxes,
            clip_on=False,
            zorder=1,
        )
