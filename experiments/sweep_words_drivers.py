"""Sentences on what drives an outcome of a sweep: leading factors and which way they move it."""

import numpy as np

from experiments.analysis import Finding
from experiments.phrases import listed, named
from experiments.plots import factor_names, morris_plane, tornado
from experiments.plots.sobol_bars import UNITS
from experiments.sensitivity.effects import Effects
from experiments.sensitivity.floors import ranked_by, told_apart
from experiments.sensitivity.swings import Swings

MOST_DRIVERS = 3
# What an index of a method is a share of, in a sentence.
INDEX_WORDS = {
    "sobol": "{number} of its variance together with the others",
    "fast": "{number} of its variance together with the others",
    "delta": "delta {number}",
    "pawn": "median distance {number}",
    "structure": "{number} of the variance over the cells",
    "morris": "moves it by {number} over its range",
}
SHARES_OF_VARIANCE = ("sobol", "fast", "structure")


def what_drives(finding: Finding) -> list[str]:
    """Which factors move an outcome, by each method that the design has, and which way."""
    name = finding.question.words
    said = []
    for method, effects in finding.effects.items():
        if not isinstance(effects, str):
            said = [by_index(name, effects, finding.floors.get(method, 0.0))]
            break
        said.append(f"{name}: {effects} ({method}).")
    if isinstance(finding.swings, Swings):
        said.append(by_swing(name, finding.swings))
    elif not said:
        said.append(named(finding, finding.swings))
    return list(dict.fromkeys(said))


def by_index(name: str, effects: Effects, floor: float) -> str:
    """The leading factors of a method with their numbers."""
    sure = surely(effects, floor)
    measure = effects.measures[ranked_by(effects)]
    order = np.argsort(-np.nan_to_num(measure.value, nan=-1.0), kind="stable")
    leaders = [int(i) for i in order if sure[i]][:MOST_DRIVERS]
    known = sum(map(bool, sure))
    part = part_used(effects)
    if not (np.isfinite(measure.low) & np.isfinite(measure.high)).any():
        return f"{name}: no interval can be made of so few points and seeds ({part})."
    if not leaders:
        return f"{name}: no factor is told apart from one without effect ({part})."
    short = factor_names.short_names(effects.factors)
    told = []
    for i in leaders:
        row = [float(side[i]) for side in measure]
        number = (
            factor_names.percent_interval(*row)
            if effects.method in SHARES_OF_VARIANCE
            else factor_names.with_interval(*row)
        )
        words = INDEX_WORDS[effects.method].format(number=number)
        told.append(f"{short[effects.factors[i]]} ({words})")
    what = "factors and combinations" if effects.method == "structure" else "factors"
    count = f"{known} of {len(effects.factors)} {what} are told apart from one without effect"
    count += factor_names.by_chance(len(effects.factors))
    return f"{name} is driven most by {listed(told)}; {count} ({part})."


def part_used(effects: Effects) -> str:
    """Method, blocks used of those planned, and that one seed cannot tell luck from effects."""
    unit = UNITS.get(effects.method, "points")
    alone = "" if np.isfinite(effects.noise) else "; one seed: luck counts as effect"
    return f"{effects.method}, {effects.used:,} of {effects.planned:,} {unit}{alone}"


def surely(effects: Effects, floor: float) -> list[bool]:
    """Which factors are told apart from one without effect, by the rule of the method's figure."""
    found = morris_plane.sure(effects) if effects.method == "morris" else told_apart(effects, floor)
    return [bool(flag) for flag in found]


def by_swing(name: str, found: Swings) -> str:
    """Which way the strongest factors move the outcome."""
    sure = tornado.sure(found)
    order = np.argsort(-np.nan_to_num(np.abs(found.swing.value), nan=-1.0), kind="stable")
    short = factor_names.short_names(found.factors)
    told = []
    for i in [int(i) for i in order if sure[i]][:MOST_DRIVERS]:
        low, high = found.ends[i]
        size = factor_names.with_interval(*(float(side[i]) for side in found.swing))
        sign = "+" if found.swing.value[i] > 0 else ""
        told.append(f"{short[found.factors[i]]} from {low} to {high} {sign}{size}")
    if not np.isfinite(found.swing.low).any():
        return f"Main effects on {name}: of too few points for intervals."
    if not told:
        return f"Main effects on {name}: none whose interval leaves out zero."
    return f"Main effects on {name}: {listed(told)}."
