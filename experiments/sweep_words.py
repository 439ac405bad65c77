"""What a sweep says, in sentences: drivers, luck, tipping, progress.  Numbers with intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from experiments.analysis import MEAN, Analysis, Finding, Progress
from experiments.phases import NO_LABEL, Phases
from experiments.plots import factor_names, morris_plane, series, tornado
from experiments.plots.divergence_map import Histories, ends_between
from experiments.plots.sobol_bars import UNITS
from experiments.sensitivity.effects import Effects, Shares
from experiments.sensitivity.floors import ranked_by, told_apart
from experiments.sensitivity.swings import Swings
from experiments.sweep_boxes import Box
from simulation.metrics.frequency import frequency_interval

# Components of a variance that are chance.
LUCK = ("seed", "seed x parameters", "network", "network x parameters", "rest")
MOST_QUESTIONS, MOST_DRIVERS = 4, 3
HALF = 0.5  # of the runs of a cell; with no more, the alphabet may decide which label is named
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


class Answer(NamedTuple):
    """A question that a reader has, and sentences that answer it."""

    question: str
    sentences: Sequence[str]


def answers(found: Analysis) -> list[Answer]:
    """The answers of a sweep, the most asked first."""
    shown = found.findings[:MOST_QUESTIONS]
    more = len(found.findings) - len(shown)
    drivers = [sentence for finding in shown for sentence in what_drives(finding)]
    if more > 0:
        drivers.append(f"{more} more outcome{'s' * (more > 1)} stand in the tables.")
    luck = [how_much_luck(one) for one in shown if one.question.statistic == MEAN]
    return [
        Answer("What drives the outcome?", drivers or ["The sweep file names no outcome."]),
        Answer("How much of it is luck?", luck or ["The sweep file names no outcome."]),
        Answer("Under which conditions does it tip?", when_it_tips(found)),
        Answer("How finished is it?", how_finished(found.progress)),
    ]


# --- Drivers -------------------------------------------------------------------------------------


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


def named(finding: Finding, reason: str) -> str:
    """A reason as a sentence that begins with the outcome."""
    if reason.startswith((finding.question.outcome, finding.question.words)):
        return f"{reason}."
    return f"{finding.question.words}: {reason}."


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


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


# --- Luck ----------------------------------------------------------------------------------------


def how_much_luck(finding: Finding) -> str:
    """What the variance of an outcome is made of."""
    name, shares = finding.question.words, finding.shares
    if isinstance(shares, str):
        return named(finding, shares)
    told = []
    for i, part in enumerate(shares.components):
        row = [float(side[i]) for side in shares.share]
        told.append(f"{cause_words(part)} {factor_names.percent_interval(*row)}")
    return f"The variance of {name} over runs comes from {listed(told)}."


def cause_words(component: str) -> str:
    """A component of the variance in words."""
    return {
        "seed": "luck alone",
        "seed x parameters": "luck that acts differently at different points",
        "network": "the realisation of the network",
        "network x parameters": "networks that act differently at different points",
        "rest": "seed and network acting together",
    }.get(component, component)


def parts_of(shares: Shares) -> list[tuple[str, float, float, float]]:
    """Cause, share and interval of each component."""
    told = []
    for i, part in enumerate(shares.components):
        value, low, high = (float(side[i]) for side in shares.share)
        told.append((part.replace(" x ", " × "), value, low, high))
    return told


# --- Tipping -------------------------------------------------------------------------------------


def when_it_tips(found: Analysis) -> list[str]:
    """Boxes of regions, how often runs end how, and when histories part."""
    said = []
    for region, box in found.boxes.items():
        said.append(f"{region}: {box}." if isinstance(box, str) else box_words(region, box))
    if not found.boxes:
        said.append("The sweep file names no region to look for.")
    said.append(end_words(found))
    if isinstance(found.phases, Phases):
        said.append(phase_words(found.phases))
    if isinstance(found.histories, Histories):
        said.append(fork_words(found.histories))
    return [sentence for sentence in said if sentence]


def box_words(region: str, box: Box) -> str:
    """A box with its density beside that of all runs, and its coverage."""
    density, coverage, unseen = box.cut.density, box.cut.coverage, box.cut.density_outside
    outside = ""
    if np.isfinite(unseen.value):
        outside = (
            f" ({factor_names.percent_interval(*unseen)} on points that did not help to find it)"
        )
    return (
        f"Runs are {region} where {box.where}: {factor_names.percent_interval(*density)} of the "
        f"runs there{outside}, against {100 * box.base:.0f} % of all; the box holds "
        f"{factor_names.percent_interval(*coverage)} of the runs that are {region}."
    )


def end_words(found: Analysis) -> str:
    """How many runs end with each label: of a design, not of a sample, so without intervals."""
    if isinstance(found.labels, str):
        return f"{found.labels[0].upper()}{found.labels[1:]}."
    words = [str(word) for word in found.labels.words if word != NO_LABEL]
    names, counts = np.unique(words, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    told = [f"{names[i]} {100 * counts[i] / len(words):.0f} %" for i in order]
    return f"Of {len(words):,} runs over the whole design ({found.labels.of}): {', '.join(told)}."


def phase_words(found: Phases) -> str:
    """Where labels change over the map."""
    there = found.label[found.label != NO_LABEL].astype(str)
    names, counts = np.unique(there, return_counts=True)
    short = factor_names.short_names(found.factors)
    over = f"{short[found.factors[0]]} and {short[found.factors[1]]}"
    split = int((found.agreement <= HALF).sum())
    doubt = f"; in {split} of them no more than half of the runs agree" if split else ""
    if len(names) == 1:
        return (
            f"Over {over}, {names[0]} is most frequent at all {len(there)} pairs of values{doubt}."
        )
    told = [f"{names[i]} in {counts[i]}" for i in np.argsort(-counts, kind="stable")]
    return f"Over {over}, of {len(there)} pairs of values, most runs end as {listed(told)}{doubt}."


def fork_words(found: Histories) -> str:
    """Basins of one point, and the month they part."""
    runs, count = np.bincount(found.basins), len(found.basins)
    if not found.separate:
        lowest, highest = ends_between(found)
        regimes = listed([f"{runs[code]} {name}" for code, name in enumerate(found.names)])
        return (
            f"At {found.point}, {count} histories do not fall into separate basins: {found.what} "
            f"ends between {lowest} and {highest} ({regimes})."
        )
    told = []
    for name, of_basin in zip(found.names, runs, strict=True):
        low, high = frequency_interval(of_basin, count)
        row = (of_basin / count, float(low), float(high))
        told.append(f"{name}: {factor_names.percent_interval(*row)}")
    when = "they are not told apart before the end"
    if found.fork.month is not None:
        when = f"they can be told apart from {series.spoken_date(found.dates[found.fork.month])} on"
    ends = f"{count} histories end in {len(runs)} basins ({'; '.join(told)})"
    return f"At {found.point}, {ends}; {when}."


# --- Progress ------------------------------------------------------------------------------------


def one_line(reason: str, longest: int = 60) -> str:
    """A reason on one short line."""
    line = " ".join(reason.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def how_finished(found: Progress) -> list[str]:
    """Runs and blocks of those planned, and failures."""
    total = found.done + found.failed + found.left
    whole = "all" if found.left == 0 and found.ends else f"{found.done + found.failed:,} of"
    more = "" if found.ends else ", and more may follow as intervals ask for them"
    said = [
        f"{whole} {total:,} runs have ended: {found.done:,} done, {found.failed:,} failed, "
        f"{found.left:,} left{more}.".capitalize(),
        f"{found.blocks:,} of {found.blocks_planned:,} {found.block_name} have all their runs.",
    ]
    if found.failures:
        reason, count, first = found.failures[0]
        said.append(
            f"The most frequent reason of a failure, {count:,} times, first in run {first}: "
            f"{reason.rstrip('.')}."
        )
    return said
