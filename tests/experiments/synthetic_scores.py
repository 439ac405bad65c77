"""Rows of an ensemble whose numbers lie in every band, or in none."""

import numpy as np

from experiments import scoring
from experiments.facts.history import ALL, CRITERIA


def rows(inside=True, seeds=10, **columns):
    """Rows whose numbers lie in every band, or outside every one; `columns` replaces some."""
    found = {}
    for fact in scoring.every_fact():
        for part in fact.parts:
            low, high = (np.clip(end, -1e3, 1e3) for end in (part.low, part.high))
            good = (low + high) / 2
            bad = high + 1.0 if part.high < 1e3 else low - 1.0
            found[part.key] = str(good if inside else bad)
    found |= {criterion.key: "1" for criterion in (*CRITERIA, ALL)}
    return [found | {"seed": str(seed)} | columns for seed in range(1, seeds + 1)]
