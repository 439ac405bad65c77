"""The shortest answers of a sweep, for the cards that its report begins with."""

import numpy as np

from experiments.analysis import MEAN, Analysis, Finding
from experiments.headlines import Card
from experiments.phases import NO_LABEL
from experiments.phrases import one_line
from experiments.plots import factor_names
from experiments.sensitivity.effects import Effects
from experiments.sensitivity.floors import ranked_by
from experiments.sensitivity.swings import Swings
from experiments.sweep_words_drivers import surely
from experiments.sweep_words_luck import LUCK


def headlines(found: Analysis) -> list[Card]:
    """Drivers and luck of the first outcomes, how runs end, and how finished the sweep is."""
    cards = [driver(finding) for finding in found.findings[:2]]
    cards += [luck(one) for one in found.findings[:1] if one.question.statistic == MEAN]
    return [*cards, ends(found), finished(found), failed(found)]


def driver(finding: Finding) -> Card:
    """The factor that moves an outcome most, with its number."""
    name = f"drives {finding.question.words} most"
    for method, effects in finding.effects.items():
        if isinstance(effects, Effects):
            return by_index(name, effects, finding.floors.get(method, 0.0))
    swings = finding.swings
    if isinstance(swings, Swings):
        sure = (swings.swing.low > 0) | (swings.swing.high < 0)
        if sure.any():
            best = int(np.argmax(np.where(sure, np.abs(swings.swing.value), -np.inf)))
            row = [float(side[best]) for side in swings.swing]
            short = factor_names.short_names(swings.factors)[swings.factors[best]]
            return Card(name, short, f"swing {factor_names.with_interval(*row)}")
        return Card(name, "no factor", "none whose interval leaves out zero")
    return Card(name, "not known", swings)


def by_index(name: str, effects: Effects, floor: float) -> Card:
    """The leading factor of a method."""
    sure, measure = np.array(surely(effects, floor)), effects.measures[ranked_by(effects)]
    if not sure.any():
        return Card(name, "no factor", f"told apart from one without effect ({effects.method})")
    best = int(np.argmax(np.where(sure, measure.value, -np.inf)))
    row = [float(side[best]) for side in measure]
    short = factor_names.short_names(effects.factors)[effects.factors[best]]
    words = factor_names.with_interval(*row)
    return Card(name, short, f"{effects.method}, {ranked_by(effects)} {words}")


def luck(finding: Finding) -> Card:
    """The share of luck in the variance of an outcome, whatever it acts through."""
    name = f"luck in {finding.question.words}"
    if isinstance(finding.shares, str):
        return Card(name, "not known", finding.shares)
    parts = dict(zip(finding.shares.components, finding.shares.share.value, strict=True))
    whole = sum(float(value) for part, value in parts.items() if part in LUCK)
    alone = list(parts).index("seed") if "seed" in parts else 0
    row = [float(side[alone]) for side in finding.shares.share]
    said = f"of the variance of one run; luck alone {factor_names.percent_interval(*row)}"
    return Card(name, f"{100 * whole:.0f} %", said)


def ends(found: Analysis) -> Card:
    """How most runs end."""
    if isinstance(found.labels, str):
        return Card("most runs end", "not known", found.labels)
    words = [str(word) for word in found.labels.words if word != NO_LABEL]
    names, counts = np.unique(words, return_counts=True)
    best = int(counts.argmax())
    part = f"{100 * counts[best] / len(words):.0f} %"
    return Card("most runs end", f"{names[best]} {part}", f"{found.labels.of}, whole design")


def finished(found: Analysis) -> Card:
    """Runs and blocks that have ended."""
    progress = found.progress
    total = progress.done + progress.failed + progress.left
    return Card("runs done", f"{progress.done:,} of {total:,}", progress.whole)


def failed(found: Analysis) -> Card:
    """Runs that failed, with the most frequent reason."""
    failures = found.progress.failures
    reason = one_line(failures[0][0]) if failures else "no run failed"
    return Card("runs failed", f"{found.progress.failed:,}", reason)
