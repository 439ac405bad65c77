"""What a sweep says so far: effects, main effects, shares of variance, phases, histories, boxes.

Whatever cannot be said is a sentence that tells why, in place of the numbers.  Which estimators
run depends on the design: each kind has its own.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from experiments.plots import factor_names
from experiments.sensitivity.effects import Effects, Shares
from experiments.sensitivity.floors import floor_of, ranked_by
from experiments.sensitivity.swings import Swings, ends_along, of_slopes, swings
from experiments.sweep_histories import histories_of
from experiments.sweep_labels import Labels, labels_of

if TYPE_CHECKING:
    from pandas import DataFrame

    from experiments.discovery.cart import Tree
    from experiments.phases import Phases
    from experiments.plots.divergence_map import Histories
    from experiments.sweep_boxes import Box

Numbers = NDArray[np.float64]
Found = TypeVar("Found")
METHODS: Mapping[str, tuple[str, ...]] = {
    "morris": ("morris",),
    "sobol": ("sobol",),
    "fast": ("fast",),
    "lhs": ("delta", "pawn"),
}
BLOCKS = {"morris": "trajectories", "sobol": "base points"}
MEAN, SPREAD = "mean", "spread"
NO_SPREAD = 1e-20
FEW_VALUES = 2
FEWEST_SEEDS = {MEAN: 1, SPREAD: 3}


class Question(NamedTuple):
    """What is asked about: an outcome, and its mean at a point or its spread between seeds."""

    outcome: str
    statistic: str

    @property
    def words(self) -> str:
        """The question's subject in words: the divergence is the variance between seeds."""
        return self.outcome if self.statistic == MEAN else f"divergence of {self.outcome}"


class Finding(NamedTuple):
    """What is found about one question; a sentence in place of what cannot be said.

    effects : by method; floors : what a factor without effect reaches by each
    numbers : of all runs: count, mean, standard deviation, lowest, highest; of a divergence, which
        single runs do not have, the mean alone
    """

    question: Question
    effects: Mapping[str, Effects | str]
    swings: Swings | str
    shares: Shares | str
    numbers: tuple[int, float, float, float, float]
    floors: Mapping[str, float] = MappingProxyType({})


class Progress(NamedTuple):
    """How far a sweep is: runs, blocks of the design, and why runs failed.

    blocks : with all their runs; where seeds are added as needed, with the `least` of them
    failures : reason, how often, and the number of the first such run, the most frequent first
    """

    done: int
    failed: int
    left: int
    ends: bool
    blocks: int
    blocks_planned: int
    block_name: str
    least: int | None
    failures: Sequence[tuple[str, int, int]]

    @property
    def whole(self) -> str:
        """How many blocks have what they need, in words."""
        runs = "all their runs" if self.least is None else f"{self.least} runs or more"
        return f"{self.blocks:,} of {self.blocks_planned:,} {self.block_name} have {runs}"


class Analysis(NamedTuple):
    """All that is said about a sweep.

    leading : the finding that figures of the whole sweep are about; None without any outcome
    labels : what phases are coloured by
    """

    study: Any
    frame: "DataFrame"
    progress: Progress
    findings: Sequence[Finding]
    labels: "Labels | str"
    phases: "Phases | str"
    histories: "Histories | str"
    boxes: Mapping[str, "Box | str"]
    trees: Mapping[str, "Tree | str"]

    @property
    def leading(self) -> Finding | None:
        """The first finding."""
        return self.findings[0] if self.findings else None


def analyse(study: Any) -> Analysis:
    """Everything that the results of a sweep say so far."""
    from experiments.sweep_boxes import boxes_of, trees_of
    from experiments.sweep_phases import phases_of

    frame = study.frame().sort_values("run", kind="stable").reset_index(drop=True)
    findings = [finding_of(study, question) for question in questions(study)]
    labels = attempt(lambda: labels_of(study, frame))
    ranked = ranking(findings, study)
    return Analysis(
        study,
        frame,
        progress_of(study, frame),
        findings,
        labels,
        attempt(lambda: phases_of(study, frame, labels, ranked)),
        attempt(lambda: histories_of(study, frame)),
        boxes_of(study),
        trees_of(study),
    )


def attempt(work: Callable[[], Found | str]) -> Found | str:
    """What the work returns, or why there is nothing to return, in its own words."""
    try:
        return work()
    except (KeyError, ValueError) as refused:
        return str(refused.args[0]) if refused.args else type(refused).__name__


def questions(study: Any) -> list[Question]:
    """The first number, then how far histories diverge, then the other numbers.

    Of an outcome with many entries, such as the shares of all providers, it is the spread between
    seeds that is asked about.
    """
    labels = {name: bool(study.sweep.labels(name)) for name in study.sweep.outcomes}
    numbers = [Question(name, MEAN) for name, vector in labels.items() if not vector]
    spreads = [Question(name, SPREAD) for name, vector in labels.items() if vector]
    return [*numbers[:1], *spreads, *numbers[1:]]


def finding_of(study: Any, question: Question) -> Finding:
    """Everything about one question."""
    from experiments.sensitivity.luck import runs_of

    values = study.values(question.outcome)
    reason = too_few(values, question)
    if reason:
        runs = values if question.statistic == MEAN else np.zeros(0)
        return Finding(question, {}, reason, reason, numbers_of(runs))
    runs = runs_of(values, question.statistic)
    if question.statistic == SPREAD and np.nanmax(np.abs(runs), initial=0.0) < NO_SPREAD:
        reason = f"{question.words}: seeds make no difference"
        return Finding(question, {}, reason, reason, numbers_of(runs))
    options = {} if question.statistic == MEAN else {"statistic": question.statistic}
    kind = study.sweep.design.kind
    effects: dict[str, Effects | str] = {
        method: attempt(partial(asked, study, method, question.outcome, options))
        for method in METHODS.get(kind, ())
    }
    if kind == "grid" and all(factor.kind == "choice" for factor in study.sweep.factors):
        effects["structure"] = attempt(
            partial(asked, study, "structure", question.outcome, options)
        )
    if "delta" in effects and len(np.unique(runs[np.isfinite(runs)])) <= FEW_VALUES:
        effects["delta"] = "has two values only, of which delta makes no density"
    shares: Shares | str = "luck is what a divergence between seeds measures"
    if question.statistic == MEAN:
        shares = attempt(partial(asked, study, "shares", question.outcome, {}))
    main = attempt(lambda: swings_of(study, runs, effects))
    floors = {
        method: floor_of(method, estimators().get(method), values, **options)
        for method, found in effects.items()
        if isinstance(found, Effects)
    }
    numbers = numbers_of(runs)
    if question.statistic == SPREAD:
        numbers = (*numbers[:2], np.nan, np.nan, np.nan)
    return Finding(question, effects, main, shares, numbers, floors)


def estimators() -> dict[str, Any]:
    """Functions behind the methods whose floor is found by asking them about dummies."""
    from experiments.sensitivity.delta import delta
    from experiments.sensitivity.pawn import pawn

    return {"delta": delta, "pawn": pawn}


def asked(study: Any, method: str, outcome: str, options: Mapping[str, Any]) -> Any:
    """What the study says by a method, or the reason that the answer carries for being none."""
    found = getattr(study, method)(outcome, **options)
    return found.reason or found


def too_few(values: Numbers, question: Question) -> str:
    """Why nothing can be said of these runs; empty where something can."""
    there = np.isfinite(values)
    if not there.any():
        return f"{question.outcome}: no run has a number"
    seeds = values.shape[1]
    if seeds < FEWEST_SEEDS[question.statistic]:
        return f"{question.words}: needs three seeds a point, the sweep has {seeds}"
    inside = values[there]
    if np.ptp(inside) <= 1e-12 * np.abs(inside).max(initial=0.0):
        return f"{question.outcome}: is {factor_names.level(float(inside[0]))} in every run"
    return ""


def numbers_of(values: Numbers) -> tuple[int, float, float, float, float]:
    """Count, mean, standard deviation, lowest and highest of the runs that have a number."""
    inside = values[np.isfinite(values)]
    if not len(inside):
        return 0, np.nan, np.nan, np.nan, np.nan
    spread = float(inside.std(ddof=1)) if len(inside) > 1 else np.nan
    return len(inside), float(inside.mean()), spread, float(inside.min()), float(inside.max())


def swings_of(study: Any, runs: Numbers, effects: Mapping[str, Effects | str]) -> Swings:
    """Main effects: of a Morris screen its mean elementary effects, else means at both ends."""
    matrix, names = study.sweep.matrix(), study.factors
    words = [
        words_of(factor, column)
        for factor, column in zip(study.sweep.factors, matrix.T, strict=True)
    ]
    screen = effects.get("morris")
    if isinstance(screen, Effects):
        middle = float(np.nanmean(runs))
        ends = [(said[1], said[-1]) if said[0] == "" else (said[0], said[1]) for said in words]
        return of_slopes(names, ends, screen.measures["mu"], middle)
    if not np.isfinite(runs).any():
        raise ValueError("no point has seeds enough yet")
    return swings(runs, matrix, names, words, study.sweep.block)


def words_of(factor: Any, column: Numbers) -> list[str]:
    """What stands at the two ends of a factor; of a choice, all labels after an empty one."""
    if factor.kind == "choice":
        return ["", *(factor_names.level(label) for label in factor.labels)]
    low, high = (np.unique(column[side]) for side in ends_along(column))
    first, last = (factor_names.level(factor.value(float(unit))) for unit in (low[-1], high[0]))
    if len(low) == 1 and len(high) == 1:
        return [first, last]
    return [f"≤ {first}", f"≥ {last}"]


def ranking(findings: Sequence[Finding], study: Any) -> list[str]:
    """Factors by how much they move the first outcome that some factor moves; else as they come."""
    for finding in findings:
        for found in finding.effects.values():
            if isinstance(found, Effects):
                ranked = by_size(found.factors, found.measures[ranked_by(found)].value)
                return [name for name in ranked if name in study.factors]
        if isinstance(finding.swings, Swings):
            return by_size(finding.swings.factors, np.abs(finding.swings.swing.value))
    return list(study.factors)


def by_size(names: Sequence[str], sizes: Numbers) -> list[str]:
    """Names, the largest first, nan last."""
    order = np.argsort(-np.nan_to_num(sizes, nan=-np.inf), kind="stable")
    return [names[i] for i in order]


def progress_of(study: Any, frame: "DataFrame") -> Progress:
    """How far the sweep is, and what failed."""
    counts, sweep = study.status(), study.sweep
    points, size = len(sweep.points()), sweep.block
    asked = (sweep.rule.least if sweep.rule else sweep.seeds) * (sweep.networks or 1)
    done = np.bincount(frame.point[frame.status == "done"].to_numpy(np.int64), minlength=points)
    blocks = (done[: points // size * size].reshape(-1, size) >= asked).all(axis=1)
    failed = frame[frame.status == "failed"]
    reasons = failed.groupby("reason", sort=True).run.agg(["count", "min"])
    ranked = sorted(reasons.itertuples(), key=lambda row: (-row.count, row.Index))
    failures = [(str(row.Index), int(row.count), int(row.min)) for row in ranked]
    return Progress(
        int(counts.done),
        int(counts.failed),
        int(counts.left),
        bool(counts.complete),
        int(blocks.sum()),
        points // size,
        BLOCKS.get(sweep.design.kind, "points"),
        sweep.rule.least if sweep.rule else None,
        failures,
    )
