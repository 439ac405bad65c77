"""The phase diagram of a sweep: over which two factors, and of what."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.phases import Phases, phases
from experiments.plots import factor_names

if TYPE_CHECKING:
    from pandas import DataFrame

    from experiments.sweep_labels import Labels

LABEL = "label of the run"
CONCENTRATION = "hhi_revenue"
SPARSE = ("morris", "fast")


def phases_of(
    study: Any, frame: "DataFrame", labels: "Labels | str", ranked: Sequence[str]
) -> Phases | str:
    """The map over the two factors that vary, or else over the two that matter most.

    ranked : factors, the one that matters most first
    """
    if isinstance(labels, str):
        return labels
    if study.sweep.design.kind in SPARSE:
        return (
            f"a {study.sweep.design.kind} design visits too few pairs of values; a grid, lhs or "
            "sobol design shows phases"
        )
    with_label = frame.assign(**{LABEL: labels.words})
    vary = [name for name in study.factors if frame[name].nunique() > 1]
    if len(vary) < 2:
        return "a phase diagram needs two factors that vary"
    chosen = [name for name in ranked if name in vary][:2]
    first, second = sorted(chosen, key=list(study.factors).index)
    others = [name for name in vary if name not in chosen]
    found = phases(with_label, (first, second), LABEL, contour_of(study), others)
    if isinstance(found, str):
        return found
    # Short among all factors, not only among these two.
    short = factor_names.short_names(study.factors)
    return found._replace(factors=(short[first], short[second]))


def contour_of(study: Any) -> str:
    """The outcome whose mean is drawn as lines: concentration, else the first number."""
    plain = [name for name in study.sweep.outcomes if not study.sweep.labels(name)]
    return CONCENTRATION if CONCENTRATION in plain else (plain[0] if plain else "")
