"""The numbers that a report begins with: the end of one run, or medians over the runs of a study.

One seed is one history, so that a study never puts its first seed in the headline.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from experiments.plots import series
from experiments.report_tables import number, safe
from simulation.columns import SEGMENTS
from simulation.metrics.divergence import leader_frequency

Numbers = series.Numbers


class HistoryLike(Protocol):
    """What headlines need of a history; `experiments.divergence.Paths` has it."""

    @property
    def shares(self) -> Numbers:
        """(months, segments, providers), share."""
        ...

    @property
    def ends(self) -> Mapping[str, float]:
        """Last numbers, by the names in `series.HEADLINES`."""
        ...


class Ends(NamedTuple):
    """Where runs ended: shares (R, 3, P), and numbers (R,) by the names in `series.HEADLINES`."""

    shares: Numbers
    numbers: Mapping[str, Numbers]


class Card(NamedTuple):
    """One headline: what it is of, its words in large letters as HTML, and what it is measured in.

    name : of whom or what; large : HTML; unit : words
    """

    name: str
    large: str
    unit: str


# What the numbers of `series.HEADLINES` are called, how they are printed and what they are of.
CARDS = (
    ("market revenue", "money", "in the last month"),
    ("developers retained", "percent", "after twelve months"),
    ("contracts renewed", "percent", "of tenders in twelve months"),
)


def ends_of(histories: Sequence[HistoryLike]) -> Ends:
    """Where the histories ended."""
    numbers = {
        name: np.array([history.ends[name] for history in histories]) for name in series.HEADLINES
    }
    return Ends(np.stack([history.shares[-1] for history in histories]), numbers)


def end_of(records: series.RunLike) -> Ends:
    """Where a single run ended."""
    numbers = {name: np.array([end]) for name, end in series.headline_numbers(records).items()}
    return Ends(series.shares(records)[-1:], numbers)


def headlines(names: Sequence[str], ends: Ends) -> str:
    """The cards as HTML; `names` are those of the providers."""
    cards = [leader(names, ends, i) for i in range(len(SEGMENTS))]
    median = median_of(ends)
    for column, (name, pattern, unit) in zip(series.HEADLINES, CARDS, strict=True):
        cards.append(Card(name, number(middle(ends.numbers[column]), pattern), unit + median))
    return (
        '<div class="cards">'
        + "".join(
            f'<div class="card"><p>{safe(card.name)}</p><p class="big">{card.large}</p>'
            f"<p>{safe(card.unit)}</p></div>\n"
            for card in cards
        )
        + "</div>\n"
    )


def leader(names: Sequence[str], ends: Ends, segment: int) -> Card:
    """Who leads a segment: in a study by the median, with how often; else with a near tie."""
    name, words = f"largest in {SEGMENTS[segment]}", series.SHARE_WORDS[SEGMENTS[segment]]
    shares = ends.shares[:, segment]
    present = shares[shares.sum(axis=1) > 0]
    if len(present) == 0:
        return Card(name, "nobody –", words)
    medians = np.median(present, axis=0)
    best = int(medians.argmax())
    large = f"{safe(names[best])} {number(float(medians[best]), 'percent')}"
    if len(ends.shares) > 1:
        often = series.percent(float(leader_frequency(present)[best]))
        return Card(name, large, f"{words}{median_of(ends)}; leads in {often} of runs")
    if (second := series.near_tie(medians)) is not None:
        words += f"; near tie with {names[second]}, {100 * medians[second]:.1f} %"
    return Card(name, large, words)


def median_of(ends: Ends) -> str:
    """That a number is a median, where there are several runs."""
    return f", median of {len(ends.shares)} runs" if len(ends.shares) > 1 else ""


def middle(values: Numbers) -> float:
    """Median of the numbers that are one; NaN if none is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
