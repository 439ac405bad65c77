"""Facts of an ensemble: its median with an interval beside the band, and pass or miss.

A fact that a parameter has seen is read but not scored: see `experiments.facts.seen`.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.facts.fact import SHARE, Fact, Numbers, Part
from experiments.facts.history import friendly
from experiments.facts.seen import REPEATED, sources_of
from experiments.studies.cells import numbers

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

FOLDER = Path(__file__).resolve().parent / "facts"
PASS, MISS, NOT_SCORABLE = "pass", "miss", "not scorable"
CALIBRATION = "calibration, not validation"
RESAMPLES = 4000
ENDS = (0.025, 0.975)
ENOUGH = 0.5  # of the seeds must have a reading


class Reading(NamedTuple):
    """A number of an ensemble: statistic over the seeds, ends of its 95 % interval, how many."""

    part: Part
    value: float
    low: float
    high: float
    seeds: int

    @property
    def inside(self) -> bool:
        """Whether it lies in the band; no number does not."""
        return self.part.low <= self.value <= self.part.high


class Score(NamedTuple):
    """What an ensemble says of a fact.

    why : it is not scorable, or empty.  sources : that have seen it, with their parameters.
    """

    fact: Fact
    readings: tuple[Reading, ...]
    why: str
    sources: Mapping[str, tuple[str, ...]]

    @property
    def inside(self) -> bool:
        """Whether every number lies in its band."""
        return all(reading.inside for reading in self.readings)

    @property
    def verdict(self) -> str:
        """Pass, miss or not scorable."""
        if self.why:
            return NOT_SCORABLE
        return PASS if self.inside else MISS

    @property
    def known(self) -> bool:
        """Whether there are numbers at all."""
        return all(np.isfinite(reading.value) for reading in self.readings)


def every_fact() -> list[Fact]:
    """All facts, by number."""
    modules = sorted(path.stem for path in FOLDER.glob("f[0-9]*.py"))
    found = [
        fact for module in modules for fact in import_module(f"experiments.facts.{module}").FACTS
    ]
    return sorted(found, key=lambda fact: fact.number)


def readings(records: "Records") -> dict[str, float]:
    """What a run has for every fact and for the criteria of section 12, by key."""
    found = friendly(records, records.config.finance.stressed)
    for fact in every_fact():
        found |= fact.measure(records)
    return found


def scores(rows: Sequence[Mapping[str, str]], config: "Config") -> list[Score]:
    """Every fact of an ensemble; `rows` hold the readings of one seed each, in words."""
    return [scored(fact, rows, config) for fact in every_fact()]


def scored(fact: Fact, rows: Sequence[Mapping[str, str]], config: "Config") -> Score:
    """One fact."""
    found = tuple(read(part, numbers(rows, part.key)) for part in fact.parts)
    sources = sources_of(fact.name)
    why = why_not(fact, found, len(rows), config) or (CALIBRATION if sources else "")
    return Score(fact, found, why, sources)


def why_not(fact: Fact, found: Sequence[Reading], seeds: int, config: "Config") -> str:
    """Why a fact has no result here; empty if it has one."""
    missing = [reading.part.what for reading in found if reading.seeds < ENOUGH * seeds]
    if missing:
        return f"no reading in most seeds ({', '.join(missing)})"
    if fact.name in REPEATED and not config.supply.endogenous:
        return "supply is given, so that it is the record's"
    return ""


def read(part: Part, values: Numbers) -> Reading:
    """Statistic of the seeds that have a number, and its interval by the bootstrap over seeds.

    values : (seeds,).  The same seeds are drawn for every number, whatever it is.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return Reading(part, np.nan, np.nan, np.nan, 0)
    statistic = np.mean if part.over == SHARE else np.median
    drawn = np.random.default_rng(1).integers(0, len(known), (RESAMPLES, len(known)))
    low, high = np.quantile(statistic(known[drawn], axis=1), ENDS)
    return Reading(part, float(statistic(known)), float(low), float(high), len(known))
