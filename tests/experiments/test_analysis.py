"""What is said of a sweep: planted drivers, words that match numbers, reasons for gaps."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic_sweeps import Numbers, Synthetic, sweep_text

from experiments import sweep_figures, sweep_tables, sweep_words, sweep_words_drivers
from experiments.analysis import MEAN, SPREAD, Analysis, analyse, questions
from experiments.phases import Phases, phases
from experiments.plots.divergence_map import Histories
from experiments.sensitivity.effects import Effects, Shares
from experiments.sensitivity.swings import Swings
from experiments.sweep_boxes import Box
from experiments.sweep_headlines import headlines
from experiments.sweep_report import write_sweep_report

GRID = sweep_text("{kind: grid, levels: 6}", 2, "6")


def made(folder: Path, text: str = GRID, **options: Any) -> Synthetic:
    """A finished synthetic sweep."""
    return Synthetic(folder, text, **options)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """A finished grid over two factors that tips where both are high."""
    return analyse(made(tmp_path_factory.mktemp("grid")))


def said(found: Analysis) -> str:
    """All sentences."""
    return " ".join(line for answer in sweep_words.answers(found) for line in answer.sentences)


# --- A finished sweep ----------------------------------------------------------------------------


def test_a_planted_region_is_found_and_told_with_its_numbers(grid: Analysis) -> None:
    box = grid.boxes["tipped"]
    assert isinstance(box, Box)
    assert {limit.factor for limit in box.limits} == {"peer weight", "switching cost factor"}
    hhi = grid.frame.hhi_revenue
    inside = np.ones(len(grid.frame), bool)
    for limit in box.cut.limits:
        inside &= grid.frame[limit.factor].between(limit.low, limit.high).to_numpy()
    density = (hhi[inside] > 0.5).mean()
    assert density == pytest.approx(box.cut.density.value)
    text = said(grid)
    assert f"Runs are tipped where {box.where}: {100 * density:.0f} % (" in text
    assert f"against {100 * (hhi > 0.5).mean():.0f} % of all" in text


def test_runs_at_one_point_of_a_grid_are_drawn_beside_each_other_and_on_their_side(
    grid: Analysis,
) -> None:
    box = grid.boxes["tipped"]
    assert isinstance(box, Box)
    spots = np.stack([box.runs.across, box.runs.up], axis=1)
    assert len(np.unique(spots, axis=0)) == len(spots) == 216
    inside = np.ones(len(spots), bool)
    for limit, place in zip(box.limits, spots.T, strict=True):
        edge = limit.high >= limit.highest
        inside &= (place >= limit.low) & ((place <= limit.high) | edge)
    assert (box.runs.inside[inside] == 1).mean() == pytest.approx(box.cut.density.value)


def test_main_effects_in_words_are_those_of_the_table(grid: Analysis) -> None:
    found = grid.findings[0].swings
    assert isinstance(found, Swings) and (found.swing.low > 0).all()
    best = int(np.argmax(found.swing.value))
    assert f"peer weight from {found.ends[best][0]} to {found.ends[best][1]} +" in said(grid)
    unit = grid.study.sweep.matrix()
    means = grid.study.hhi.mean(axis=(1, 2))
    low, high = unit[:, best] <= 0.2, unit[:, best] >= 0.8
    assert found.swing.value[best] == pytest.approx(means[high].mean() - means[low].mean())


def test_luck_in_words_is_the_share_of_the_seed(grid: Analysis) -> None:
    shares = grid.findings[0].shares
    assert isinstance(shares, Shares)
    seed = shares.components.index("seed")
    value, low, high = (100 * float(part[seed]) for part in shares.share)
    assert f"luck alone {value:.0f} % ({low:.0f} to {high:.0f})" in said(grid)
    assert 0.5 < sum(shares.share.value) <= 1.0001


def test_phases_take_both_factors_and_the_regimes_of_outcomes_or_tables(grid: Analysis) -> None:
    assert isinstance(grid.phases, Phases)
    assert grid.phases.label.shape == (6, 6) and grid.phases.runs.sum() == 216
    cell = grid.frame[grid.frame.point == 35]
    word = "monopoly" if (cell.hhi_revenue > 0.5).mean() > 0.5 else "other"
    assert grid.phases.label[5, 5] == word == "monopoly"
    assert "most runs end as" in said(grid)


def test_histories_are_those_of_the_point_whose_runs_differ_most(grid: Analysis) -> None:
    assert isinstance(grid.histories, Histories)
    spread = grid.frame.groupby("point").hhi_revenue.std()
    assert f"point {int(spread.idxmax())}," in grid.histories.point
    assert grid.histories.values.shape == (6, 24)


def test_cards_repeat_the_answers(grid: Analysis) -> None:
    cards = {card.name: card for card in headlines(grid)}
    assert cards["drives hhi_revenue most"].large == "peer weight"
    assert cards["runs done"].large == "216 of 216"
    assert cards["runs failed"].large == "0"


def test_divergence_is_asked_about_right_after_the_first_outcome(tmp_path: Path) -> None:
    asked = [(one.outcome, one.statistic) for one in questions(made(tmp_path))]
    assert asked == [("hhi_revenue", MEAN), ("shares", SPREAD), ("monopoly", MEAN)]


def test_names_are_short_among_all_factors_and_not_among_those_shown(tmp_path: Path) -> None:
    found = analyse(made(tmp_path, sweep_text("{kind: lhs, points: 150}", 5, "2")))
    assert isinstance(found.phases, Phases)
    # `consumers.peer_weight` is a factor too, though it moves nothing.
    assert found.phases.factors == ("developers · peer weight", "switching cost factor")
    box = found.boxes["tipped"]
    assert isinstance(box, Box) and "developers · peer weight above" in box.where
    assert box.limits[0].factor in found.phases.factors


# --- Designs and their methods -------------------------------------------------------------------

METHODS = [
    ("{kind: morris, trajectories: 8}", ["morris"]),
    ("{kind: sobol, base_points: 16}", ["sobol"]),
    ("{kind: fast, samples: 65}", ["fast"]),
    ("{kind: lhs, points: 80}", ["delta", "pawn"]),
    ("{kind: grid, levels: 3}", []),
]


@pytest.mark.parametrize(("design", "methods"), METHODS)
def test_which_methods_run_follows_from_the_design(
    tmp_path: Path, design: str, methods: list[str]
) -> None:
    found = analyse(made(tmp_path, sweep_text(design, 3, "2")))
    first = found.findings[0]
    assert list(first.effects) == methods
    for effects in first.effects.values():
        assert isinstance(effects, Effects)
    figures = sweep_figures.figures_of(found)
    assert [name for name in figures if name.endswith("_hhi_revenue")] == [
        *(f"{method}_hhi_revenue" for method in methods),
        "tornado_hhi_revenue",
    ]
    drawn = {name for name, draw in figures.items() if not isinstance(draw, str)}
    assert {"tornado_hhi_revenue", "parallel_coordinates"} <= drawn
    boxed = design.split()[1].rstrip(",") in ("lhs", "sobol", "grid")
    assert ("does not fill" in str(found.boxes["tipped"])) != boxed
    for draw in figures.values():
        if not isinstance(draw, str):
            draw()


def test_a_factor_without_effect_is_no_driver_by_any_method(tmp_path: Path) -> None:
    for design in ("{kind: lhs, points: 120}", "{kind: sobol, base_points: 32}"):
        found = analyse(made(tmp_path, sweep_text(design, 4, "3")))
        sentence = sweep_words_drivers.what_drives(found.findings[0])[0]
        assert "peer weight" in sentence and "2 of 4 factors" in sentence
        assert "spillover" not in sentence and "capability weight" not in sentence


def test_a_grid_of_choices_tells_which_and_which_pairs_matter(tmp_path: Path) -> None:
    choices = {
        "developers.peer_form": "{values: [linear, log]}",
        "graph": "{choices: {a: {networks.developers: ring}, b: {networks.developers: none}}}",
    }

    def answer(unit: Numbers, luck: Numbers, network: Numbers) -> Numbers:
        first, second = (np.sign(unit[:, i] - 0.5)[:, None, None] for i in (0, 1))
        return 0.5 + 0.02 * first + 0.04 * first * second + 0.001 * luck + 0 * network

    found = analyse(made(tmp_path, sweep_text("{kind: grid}", choices, "6"), answer=answer))
    effects = found.findings[0].effects["structure"]
    assert isinstance(effects, Effects)
    shares = dict(zip(effects.factors, effects.measures["share"].value, strict=True))
    # .02^2 and .04^2 of their sum.
    assert shares["developers.peer_form"] == pytest.approx(0.2, abs=0.03)
    assert shares["developers.peer_form x graph"] == pytest.approx(0.8, abs=0.03)
    assert "driven most by peer form × graph (80 %" in said(found)
    draw = sweep_figures.figures_of(found)["structure_hhi_revenue"]
    assert not isinstance(draw, str) and draw() is not None


# --- Unfinished, failed, flat, without numbers ---------------------------------------------------


def test_an_unfinished_sweep_says_how_unfinished(tmp_path: Path) -> None:
    study = made(tmp_path, sweep_text("{kind: sobol, base_points: 8}", 2, "2")).unfinished(0.75)
    found = analyse(study)
    progress = found.progress
    assert (progress.done, progress.failed, progress.left) == (48, 0, 16)
    # All of the first seed and half of the second: half of the blocks have all their runs.
    assert (progress.blocks, progress.blocks_planned, progress.block_name) == (4, 8, "base points")
    assert "48 of 64 runs have ended: 48 done, 0 failed, 16 left." in said(found)
    assert "4 of 8 base points have all their runs." in said(found)
    report = write_sweep_report(found, {}, {}, {}, "")
    assert "Unfinished: 48 of 64 runs have ended" in report
    assert "sweep made: 48 of 64 runs done" in sweep_figures.footnote(found)


def test_where_seeds_are_added_as_needed_nobody_knows_all_the_runs_of_a_point(
    tmp_path: Path,
) -> None:
    until = "{until: {outcome: hhi_revenue, half_width: .001}, least: 3, most: 6}"
    study = made(tmp_path, sweep_text("{kind: lhs, points: 8}", 2, until))
    progress = analyse(study).progress
    assert progress.whole == f"{progress.blocks} of 8 points have 3 runs or more"


def test_failures_are_counted_by_reason_the_most_frequent_first(tmp_path: Path) -> None:
    study = made(tmp_path).failing(0.1, "took over 60 s").failing(0.05, "<b>no</b> market")
    study.reasons[0, 0, 0], study.status_of[0, 0, 0] = "took over 60 s", "failed"
    found = analyse(study)
    counted = found.frame[found.frame.status == "failed"].reason.value_counts()
    assert [(reason, count) for reason, count, _ in found.progress.failures] == list(
        counted.items()
    )
    assert sum(counted) == found.progress.failed
    text = sweep_tables.summary(found)
    assert "Failed runs" in text and counted.index[0] in text
    report = write_sweep_report(found, {}, {}, {}, "")
    assert "&lt;b&gt;no&lt;/b&gt; market" in report and "<b>no" not in report


CASES = {
    "all failed": lambda study: study.failing(1.1),
    "nothing done": lambda study: study.unfinished(0.0),
    "one run": lambda study: study.unfinished(0.01),
}


@pytest.mark.parametrize("case", CASES)
def test_where_nothing_can_be_said_there_are_reasons_and_no_figures(
    tmp_path: Path, case: str
) -> None:
    found = analyse(CASES[case](made(tmp_path, sweep_text("{kind: grid, levels: 3}", 2, "2"))))
    figures = sweep_figures.figures_of(found)
    drawn = [name for name, draw in figures.items() if not isinstance(draw, str)]
    assert drawn == (["parallel_coordinates"] if case == "one run" else [])
    missing = sweep_figures.why_not(figures)
    assert all(len(reason) > 10 for reason in missing.values())
    report = write_sweep_report(found, {}, missing, {}, "")
    assert all(reason.split("'")[0] in report for reason in missing.values())
    assert sweep_tables.summary(found)


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.4, "hhi_revenue: is 0.4 in every run."), (np.nan, "hhi_revenue: no run has a number.")],
)
def test_an_outcome_without_variance_or_numbers_is_said_to_have_none(
    tmp_path: Path, value: float, word: str
) -> None:
    def answer(unit: Numbers, luck: Numbers, network: Numbers) -> Numbers:
        return np.full(np.broadcast_shapes(luck.shape, network.shape), value)

    found = analyse(
        made(tmp_path, sweep_text("{kind: sobol, base_points: 8}", 2, "3"), answer=answer)
    )
    assert word in said(found)
    assert isinstance(sweep_figures.figures_of(found)["tornado_hhi_revenue"], str)


def test_one_seed_cannot_tell_luck(tmp_path: Path) -> None:
    found = analyse(made(tmp_path, sweep_text("{kind: lhs, points: 40}", 2, "1")))
    assert "one run a point cannot tell luck from parameters" in said(found)
    assert "needs three seeds a point, the sweep has 1" in said(found)
    assert "more seeds are needed" in str(found.histories)


def test_without_the_table_histories_are_missed_and_regions_colour_the_phases(
    tmp_path: Path,
) -> None:
    found = analyse(made(tmp_path, sweep_text("{kind: grid, levels: 4}", 2, "3", keep="[]")))
    assert "keep the table `market`" in str(found.histories)
    assert isinstance(found.phases, Phases)
    assert set(found.phases.label.ravel()) == {"tipped", "not tipped"}


def test_the_same_results_give_the_same_words_and_tables(tmp_path: Path) -> None:
    one, other = (sweep_tables.summary(analyse(made(tmp_path))) for _ in range(2))
    assert one == other
    assert max(map(len, one.splitlines())) <= sweep_tables.WIDTH


# --- Phases of frames ----------------------------------------------------------------------------


def test_points_on_no_grid_are_boxed_and_said_to_be(grid: Analysis) -> None:
    rng = np.random.default_rng(1)
    frame = grid.frame.iloc[:200].assign(a=rng.random(200), b=rng.random(200), c=rng.random(200))
    frame = frame.assign(word=np.where(frame.a > 0.5, "open", "monopoly"))
    found = phases(frame, ("a", "b"), "word", "a", ["c"])
    assert isinstance(found, Phases)
    assert found.label.shape == (6, 6) and found.runs.sum() == 200
    assert "points lie on no grid" in found.note and "one other factor varies" in found.note
    assert (found.label[:, :3] == "monopoly").all() and (found.label[:, 3:] == "open").all()
    few = phases(frame.iloc[:40], ("a", "b"), "word", "a")
    assert isinstance(few, str) and "too few" in few


def test_a_factor_with_one_value_makes_no_map(grid: Analysis) -> None:
    frame = grid.frame.assign(word="open", one=1.0)
    assert (
        phases(frame, ("one", grid.study.factors[0]), "word", "")
        == "one has one value in the finished runs"
    )
    assert (
        phases(frame.assign(word=""), grid.study.factors, "word", "")
        == "no finished run has a label"
    )
