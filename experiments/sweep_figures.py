"""The figures of a sweep, by name: how to draw each, or why it cannot be drawn."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis import Analysis, Finding, ranking
from experiments.plots import factor_names, sobol_bars
from experiments.sensitivity.effects import Effects
from experiments.sensitivity.swings import Swings
from experiments.sweep_labels import Labels
from experiments.sweep_phases import contour_of
from experiments.sweep_words_luck import parts_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[], "Figure"]
MOST_OUTCOMES = 6
NOT_FORECASTS = "stylised paths of named firms, not forecasts"
ORDER = ("phase_diagram", "divergence_map", "variance_shares", "parallel_coordinates", "box_")


def figures_of(found: Analysis) -> dict[str, Draw | str]:
    """Every figure by name: a function that draws it, or a sentence that says why there is none."""
    foot = footnote(found)
    made: dict[str, Draw | str] = {}
    for finding in found.findings[:MOST_OUTCOMES]:
        made |= of_outcome(finding, foot)
    more = len(found.findings) - MOST_OUTCOMES
    if more > 0:
        made["more_outcomes"] = f"numbers of the other {more} outcomes are in the tables"
    made["variance_shares"] = variance(found, foot)
    made["phase_diagram"] = phase_diagram(found, foot)
    made["divergence_map"] = divergence_map(found, foot)
    made["parallel_coordinates"] = lines(found, foot)
    return made | {f"box_{region}": box(found, region, foot) for region in found.boxes}


def footnote(found: Analysis) -> str:
    """Which sweep it is, and how finished."""
    from experiments.plots import style

    progress = found.progress
    total = progress.done + progress.failed + progress.left
    name = style.printable(found.study.sweep.name, 60)
    return f"sweep {name}: {progress.done:,} of {total:,} runs done · {NOT_FORECASTS}"


def of_outcome(finding: Finding, foot: str) -> dict[str, Draw | str]:
    """Main effects and the figure of each method, of one outcome."""
    name, words = finding.question.outcome, finding.question.words
    made: dict[str, Draw | str] = {}
    for method, effects in finding.effects.items():
        made[f"{method}_{name}"] = by_method(effects, words, foot, finding.floors.get(method, 0.0))
    made[f"tornado_{name}"] = tornado(finding.swings, words, foot)
    return made


def by_method(effects: Effects | str, words: str, foot: str, floor: float) -> Draw | str:
    """The plane of a Morris screen, else bars."""
    if isinstance(effects, str):
        return effects
    if effects.method == "morris":
        return partial(draw_screen, effects, words, foot)
    if not sobol_bars.applies(effects):
        return f"{effects.method} has no figure; its numbers are in the tables"
    return partial(sobol_bars.draw_indices, effects, words, foot, floor)


def draw_screen(effects: Effects, words: str, foot: str) -> "Figure":
    """The plane of mu* and sigma."""
    from experiments.plots.morris_plane import draw_morris

    return draw_morris(effects, words, foot)


def tornado(found: Swings | str, words: str, foot: str) -> Draw | str:
    """Main effects."""
    from experiments.plots.tornado import draw_tornado

    if isinstance(found, str):
        return found
    if not np.isfinite(found.swing.value).any():
        return f"{words}: no factor has done runs at both ends"
    return partial(draw_tornado, found, words, foot)


def variance(found: Analysis, foot: str) -> Draw | str:
    """Shares of the variance of each outcome."""
    from experiments.plots.variance_shares import Part, draw_shares

    parts = {
        finding.question.words: [Part(*part) for part in parts_of(finding.shares)]
        for finding in found.findings
        if not isinstance(finding.shares, str)
    }
    if not parts:
        reasons = [str(finding.shares) for finding in found.findings]
        return reasons[0] if reasons else "the sweep file names no outcome"
    longest = max(len(row) for row in parts.values())
    return partial(draw_shares, {k: row for k, row in parts.items() if len(row) == longest}, foot)


def phase_diagram(found: Analysis, foot: str) -> Draw | str:
    """The map of labels over two factors."""
    from experiments.plots.phase_diagram import draw_phases

    if isinstance(found.phases, str):
        return found.phases
    of = found.labels.of if isinstance(found.labels, Labels) else ""
    return partial(draw_phases, found.phases, of, contour_of(found.study), foot)


def divergence_map(found: Analysis, foot: str) -> Draw | str:
    """Histories of one point."""
    from experiments.plots.divergence_map import draw_map

    if isinstance(found.histories, str):
        return found.histories
    return partial(draw_map, found.histories, foot)


def lines(found: Analysis, foot: str) -> Draw | str:
    """Runs as lines, coloured by the first outcome that is a number."""
    from experiments.plots.parallel_coordinates import MOST_AXES, columns_of, draw_lines

    frame = found.frame[found.frame.status == "done"]
    plain = [name for name in found.study.sweep.outcomes if not found.study.sweep.labels(name)]
    known = [name for name in plain if frame[name].notna().any()]
    if not known:
        return "no done run has an outcome that is a number"
    ranked = ranking(
        [finding for finding in found.findings if finding.question.outcome == known[0]], found.study
    )
    # The factors that matter most stand next to the outcome, at the right.
    shown = ranked[:MOST_AXES][::-1]
    logs = [factor.name for factor in found.study.sweep.factors if factor.kind == "log"]
    columns = columns_of(shown, {name: frame[name].to_numpy() for name in shown}, logs)
    short = factor_names.short_names(found.study.factors)
    columns = [column._replace(name=short[column.name]) for column in columns]
    values = frame[known[0]].to_numpy(np.float64)
    return partial(draw_lines, columns, known[0], values, foot, len(ranked))


def box(found: Analysis, region: str, foot: str) -> Draw | str:
    """The box of a region."""
    from experiments.plots.prim_box import draw_box

    cut = found.boxes[region]
    if isinstance(cut, str):
        return cut
    if not cut.limits:
        return f"{region}: the box restricts no number, only choices: {cut.where}"
    return partial(draw_box, region, cut.peeling, cut.limits, cut.runs, foot)


def in_order(names: Sequence[str]) -> list[str]:
    """Names of figures as the report has them: drivers first, then the whole sweep."""

    def rank(name: str) -> int:
        return next((i for i, start in enumerate(ORDER) if name.startswith(start)), -1)

    return sorted(names, key=rank)


def why_not(figures: Mapping[str, Draw | str]) -> dict[str, str]:
    """Figures that cannot be drawn, with their reasons."""
    return {name: reason for name, reason in figures.items() if isinstance(reason, str)}
