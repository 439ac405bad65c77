"""A part of the space of factors, what share of the runs there lie in a region, and in words."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.sensitivity.effects import Numbers
from experiments.sensitivity.resample import LEVEL, weights

Flags = NDArray[np.bool_]


class Limit(NamedTuple):
    """What a box asks of one factor.

    low, high : ends, both included; infinite where open; NaN for a factor with labels
    labels : allowed ones; empty for a factor with numbers
    quasi_p : chance of so high a density without the low and the high limit (Bryant and Lempert
        2010), each point counted once; NaN for a limit that is open.  Labels use the first
    """

    factor: str
    low: float
    high: float
    labels: tuple[str, ...] = ()
    quasi_p: tuple[float, float] = (float("nan"), float("nan"))


class Figure(NamedTuple):
    """A share with its 95 % interval, from a bootstrap over points."""

    value: float
    low: float
    high: float


class Box(NamedTuple):
    """A box: its limits, and what it holds.

    density : share of the runs in the box that lie in the region
    coverage : share of the runs in the region that lie in the box
    mass : share of all runs that lie in the box
    density_outside, coverage_outside : the same on points that did not help to find the box; NaN
        where that was not tried
    words : all of this in a sentence
    """

    limits: tuple[Limit, ...]
    density: Figure
    coverage: Figure
    mass: float
    density_outside: Figure
    coverage_outside: Figure
    words: str


class Runs(NamedTuple):
    """Runs of a sweep one below the other.

    places : their factors; hits : whether each lies in the region; points : where each was made
    """

    places: pd.DataFrame
    hits: Flags
    points: NDArray[np.int64]

    def of(self, keep: Flags) -> "Runs":
        """Some of the runs."""
        return Runs(self.places[keep].reset_index(drop=True), self.hits[keep], self.points[keep])


NOTHING = Figure(float("nan"), float("nan"), float("nan"))


def runs_in(places: pd.DataFrame, region: NDArray[np.float64]) -> Runs:
    """Runs from points: (points, k) factors and (points, seeds, networks) 1, 0 or NaN (no run).

    Raises
    ------
    ValueError
        Lengths that differ, or numbers other than 0 and 1.

    """
    flags = np.asarray(region, np.float64).reshape(len(region), -1)
    if len(places) != len(flags):
        raise ValueError(f"{len(places)} points, but a region of {len(flags)}")
    there = ~np.isnan(flags)
    if not np.isin(flags[there], (0.0, 1.0)).all():
        raise ValueError("a region is 1 for runs inside, 0 outside, NaN where there is no run")
    points = np.nonzero(there)[0]
    return Runs(places.iloc[points].reset_index(drop=True), flags[there] == 1.0, points)


def inside(places: pd.DataFrame, limits: Sequence[Limit]) -> Flags:
    """Rows that meet all limits."""
    kept: Flags = np.ones(len(places), bool)
    for limit in limits:
        column = places[limit.factor]
        if limit.labels:
            kept &= column.astype(str).isin(limit.labels).to_numpy()
        else:
            numbers = column.to_numpy(np.float64)
            kept &= (numbers >= limit.low) & (numbers <= limit.high)
    return kept


def figures(runs: Runs, kept: Flags, resamples: int, seed: int) -> tuple[Figure, Figure]:
    """Density and coverage with intervals: runs of a point are not independent, points are."""
    row = np.unique(runs.points, return_inverse=True)[1]
    both, box, hits = (
        np.bincount(row, which).astype(np.float64) for which in (kept & runs.hits, kept, runs.hits)
    )
    drawn = weights(len(both), resamples, np.random.default_rng(seed))
    return _ratio(both, box, drawn), _ratio(both, hits, drawn)


def _ratio(above: Numbers, below: Numbers, drawn: Numbers) -> Figure:
    """Ratio of two sums over points, with its interval; NaN over nothing."""
    if below.sum() == 0:
        return NOTHING
    again = drawn @ below
    again = (drawn @ above)[again > 0] / again[again > 0]
    low, high = np.quantile(again, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return Figure(float(above.sum() / below.sum()), float(low), float(high))


def sentence(
    limits: Sequence[Limit],
    density: float,
    coverage: float,
    region: str,
    titles: Mapping[str, str] | None = None,
) -> str:
    """The box in words: its limits, its density and its coverage."""
    named = titles or {}
    parts = [one for limit in limits for one in limit_words(limit, named.get(limit.factor))]
    where = " and ".join(parts) if parts else "anywhere"
    return (
        f"{where}: {density:.0%} of the runs in this box are {region}, and it holds "
        f"{coverage:.0%} of all that are"
    ).replace("%", " %")


def limit_words(limit: Limit, title: str | None = None) -> list[str]:
    """What a limit asks: "switching cost below 1.2"."""
    name = title or limit.factor.rsplit(".", 1)[-1].replace("_", " ")
    if limit.labels:
        return [f"{name} {' or '.join(limit.labels)}"]
    closed = np.isfinite([limit.low, limit.high])
    if closed.all():
        return [f"{name} between {limit.low:.3g} and {limit.high:.3g}"]
    words = [f"{name} above {limit.low:.3g}"] if closed[0] else []
    return words + ([f"{name} below {limit.high:.3g}"] if closed[1] else [])
