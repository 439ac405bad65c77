"""Sentences on where a sweep tips: boxes of regions, ends of runs, phases, and histories."""

import numpy as np

from experiments.analysis import Analysis
from experiments.phases import NO_LABEL, Phases
from experiments.phrases import listed
from experiments.plots import factor_names, series
from experiments.plots.divergence_map import Histories, ends_between
from experiments.sweep_boxes import Box
from simulation.metrics.frequency import frequency_interval

HALF = 0.5  # of the runs of a cell; with no more, the alphabet may decide which label is named


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
