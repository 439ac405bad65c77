"""Figures of sweeps: bars, whiskers, cells and lines are the numbers given; no words overlap."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas
import pytest
from drawn_words import clashes, outside
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from test_plot_style import EYES, lab, nearest

from experiments import forks, sweep_histories, sweep_words_tipping
from experiments.phases import Phases, phases
from experiments.plots import (
    divergence_map,
    factor_names,
    morris_plane,
    palette,
    parallel_coordinates,
    phase_diagram,
    placed_labels,
    prim_box,
    ranked_rows,
    sobol_bars,
    style,
    tornado,
    variance_shares,
)
from experiments.report import written_in
from experiments.sensitivity.effects import Effects, Measure
from experiments.sensitivity.swings import Swings

FOOT = "sweep made: 12 of 40 runs done"
LONG = "investors.Sovereign funds of a very long name.herding_of_a_parameter_that_is_long"
NAMES = (
    "developers.peer_weight",
    "enterprises.peer_weight",
    LONG,
    "providers.OpenAI.strategy.markup",
    "providers.Google.strategy.markup",
    "graph",
    "$\\frac{1}{0}$",
    *(f"section_{i}.parameter_{i}" for i in range(60)),
)
Drawn = Callable[[Figure], list[Any]]


def measure(count: int, seed: int = 1, low: float = 0.01, high: float = 0.07) -> Measure:
    """Numbers that fall from factor to factor, with intervals that are not symmetric."""
    rng = np.random.default_rng(seed)
    value = rng.normal(0, 0.3, count) / np.arange(1, count + 1) ** 0.7
    return Measure(
        value, value - rng.uniform(low, high, count), value + rng.uniform(low, high, count)
    )


def swings(count: int, unknown: bool = False) -> Swings:
    """Main effects about a mean of .4."""
    swing = measure(count)
    if unknown:
        swing = Measure(swing.value, np.full(count, np.nan), np.full(count, np.nan))
    ends = [("ring", "none")] + [("≤ 0.8", "≥ 3.2")] * (count - 1)
    half = swing.value / 2
    return Swings(NAMES[:count], ends, 0.4 - half, 0.4 + half, swing, 0.4)


def screen(count: int) -> Effects:
    """A Morris screen."""
    mu = measure(count)
    size = np.abs(mu.value)
    star = Measure(size, size * 0.7, size * 1.4)
    sigma = Measure(size * 0.6, size * 0.3, size * 1.1)
    return Effects("morris", NAMES[:count], {"mu_star": star, "mu": mu, "sigma": sigma}, 9, 10, 0.3)


def indices(count: int, method: str = "sobol") -> Effects:
    """Two measures of a method."""
    total = measure(count, 2)
    total = Measure(*(np.abs(part) for part in total))
    first = Measure(*(0.6 * part for part in total))
    pair = sobol_bars.PAIRS[method]
    return Effects(method, NAMES[:count], {pair.dark: first, pair.pale: total}, 90, 128, np.nan)


def flat(effects: Effects) -> Effects:
    """The same without a number."""
    nothing = np.full(len(effects.factors), np.nan)
    lost = {name: Measure(nothing, nothing, nothing) for name in effects.measures}
    return effects._replace(measures=lost)


def grid_frame(levels: int, seeds: int, drop: int = 0) -> pandas.DataFrame:
    """Runs on a grid of two factors, whose regime follows from both."""
    rng = np.random.default_rng(1)
    rows = [
        (a, b, 0.2 + 0.1 * a * b + rng.normal(0, 0.05))
        for a in np.linspace(0, 4, levels)
        for b in np.linspace(0, 0.9, levels)
        for _ in range(seeds)
    ]
    frame = pandas.DataFrame(rows, columns=["developers.peer_weight", "cost", "hhi"])
    frame["regime"] = np.where(
        frame.hhi > 0.4, "monopoly", np.where(frame.hhi < 0.25, "open", "oligopoly")
    )
    return frame.iloc[drop:]


def mapped(levels: int, seeds: int, drop: int = 0) -> Phases:
    """Phases of these runs."""
    found = phases(
        grid_frame(levels, seeds, drop), ("developers.peer_weight", "cost"), "regime", "hhi"
    )
    assert isinstance(found, Phases)
    return found


def histories(
    count: int, kinds: int, months: int = 60, start: int = 20
) -> divergence_map.Histories:
    """Histories that part into `kinds` from month `start` on."""
    rng = np.random.default_rng(2)
    kind = np.arange(count) % kinds
    part = np.clip((np.arange(months) - start) / 10, 0, 1)
    walk = 0.005 * rng.normal(size=(count, months)).cumsum(axis=1)
    values = 0.3 + walk + np.outer(kind, part) * 0.2
    states = np.stack([values, 1 - values], axis=2)
    basins = forks.basins_of(states[:, -1])
    names = [f"HHI of revenue 0.{code}, oligopoly" for code in range(int(basins.max()) + 1)]
    dates = [f"{2023 + m // 12}-{m % 12 + 1:02d}" for m in range(months)]
    return divergence_map.Histories(
        dates,
        "HHI of revenue",
        values,
        False,
        basins,
        names,
        forks.fork_of(states, basins),
        "point 3",
        int(basins.max()) > 0,
    )


def columns(count: int, runs: int) -> list[parallel_coordinates.Column]:
    """Factors of runs, the first a choice."""
    rng = np.random.default_rng(1)
    values: dict[str, Any] = {name: rng.uniform(0, 4, runs) for name in NAMES[:count]}
    values[NAMES[0]] = rng.choice(["ring", "none", "a family with a long name"], runs)
    return parallel_coordinates.columns_of(NAMES[:count], values)


def box(limits: int) -> Figure:
    """A box with one or two limits."""
    rng = np.random.default_rng(1)
    across, up = rng.uniform(0, 4, 300), rng.uniform(0, 1, 300)
    inside = ((across > 2) & (up > 0.5)).astype(float)
    steps = np.linspace(0, 1, 20)
    peeling = prim_box.Peeling(1 - 0.5 * steps, 0.25 + 0.7 * steps, (3 * steps).astype(int), 12)
    named = [
        prim_box.Limits("developers.peer_weight", 2.0, 4.0, 0.0, 4.0),
        prim_box.Limits(LONG, 0.5, 0.8, 0.0, 1.0),
    ]
    runs = prim_box.BoxRuns(across, up, inside)
    return prim_box.draw_box("tipped", peeling, named[:limits], runs, FOOT)


def parts(count: int) -> dict[str, list[variance_shares.Part]]:
    """Shares of the variance of several outcomes, the second unknown."""
    causes = ("parameters", "seed", "seed × parameters", "network")
    nan = float("nan")
    made = {
        f"outcome_{i}": [
            variance_shares.Part(c, s, s - 0.05, s + 0.04)
            for c, s in zip(causes, (0.6, 0.25, 0.1, 0.05), strict=True)
        ]
        for i in range(count)
    }
    if count > 1:
        made["outcome_1"] = [variance_shares.Part(cause, nan, nan, nan) for cause in causes]
    return made


CASES: dict[str, Callable[[], Figure]] = {
    **{
        f"tornado {k}": lambda k=k: tornado.draw_tornado(swings(k), "hhi_revenue", FOOT)  # type: ignore[misc]
        for k in (1, 2, 8, 45)
    },
    "tornado without intervals": lambda: tornado.draw_tornado(swings(3, True), "hhi", FOOT),
    **{
        f"{method} {k}": lambda k=k, method=method: sobol_bars.draw_indices(  # type: ignore[misc]
            indices(k, method), "hhi_revenue", FOOT, 0.05
        )
        for k in (1, 2, 8, 45)
        for method in ("sobol", "delta")
    },
    "pawn": lambda: sobol_bars.draw_indices(indices(8, "pawn"), "hhi_revenue", FOOT),
    "sobol without a number": lambda: sobol_bars.draw_indices(flat(indices(3)), "hhi", FOOT),
    **{
        f"morris {k}": lambda k=k: morris_plane.draw_morris(screen(k), "hhi_revenue", FOOT)  # type: ignore[misc]
        for k in (1, 2, 8, 45)
    },
    "morris without a number": lambda: morris_plane.draw_morris(flat(screen(3)), "hhi", FOOT),
    **{
        f"phases {k}": lambda k=k: phase_diagram.draw_phases(
            mapped(k, 3, k), "regime at the end", "hhi", FOOT
        )  # type: ignore[misc]
        for k in (2, 5, 13)
    },
    **{
        f"map {n} {k}": lambda n=n, k=k: divergence_map.draw_map(histories(n, k), FOOT)  # type: ignore[misc]
        for n, k in ((4, 1), (12, 2), (50, 3))
    },
    "map of one month": lambda: divergence_map.draw_map(histories(8, 1, 1), FOOT),
    **{
        f"lines {k}": lambda k=k: parallel_coordinates.draw_lines(  # type: ignore[misc]
            columns(k, 900), "hhi_revenue", np.linspace(0.1, 0.9, 900), FOOT, 45
        )
        for k in (1, 2, 9)
    },
    "lines of one outcome": lambda: parallel_coordinates.draw_lines(
        columns(3, 9), "hhi", np.full(9, 0.3), FOOT
    ),
    **{f"box {k}": lambda k=k: box(k) for k in (1, 2)},  # type: ignore[misc]
    **{
        f"variance {k}": lambda k=k: variance_shares.draw_shares(parts(k), FOOT)  # type: ignore[misc]
        for k in (1, 3, 11)
    },
}


# --- Every figure, small and large ---------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_words_do_not_overlap_and_stay_on_the_canvas(case: str, drawn: Drawn) -> None:
    figure = CASES[case]()
    boxes = drawn(figure)
    assert clashes(boxes) == []
    assert outside(boxes) == []
    assert FOOT in [words for words, _ in boxes]


@pytest.mark.parametrize("case", ["tornado 8", "sobol 8", "morris 8", "map 12 2", "variance 3"])
def test_captions_say_what_intervals_are_and_pictures_are_the_same_each_time(case: str) -> None:
    one, other = (style.png(CASES[case]()) for _ in range(2))
    words = written_in(one)
    assert one == other and len(words["Title"]) > 10
    assert "95 per cent interval" in words["Description"] and words["Description"].endswith(".")
    assert len(one) < 150_000


def test_overlap_is_found_where_names_are_not_kept_apart(
    monkeypatch: pytest.MonkeyPatch, drawn: Drawn
) -> None:
    monkeypatch.setattr(placed_labels, "overlap", lambda *_: False)
    assert clashes(drawn(morris_plane.draw_morris(screen(45), "hhi_revenue", FOOT)))


# --- The numbers in the pictures -----------------------------------------------------------------


def intervals(figure: Figure) -> list[tuple[float, float]]:
    """Ends of the whiskers of the first panel, in the order drawn."""
    lines = [line for line in figure.axes[0].lines if line.get_gid() == "interval"]
    return [tuple(np.asarray(line.get_xdata(), float).tolist()) for line in lines]  # type: ignore[misc]


def bars(figure: Figure) -> list[Rectangle]:
    """Bars of the first panel."""
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def test_bars_and_whiskers_of_a_tornado_are_the_swings_longest_first() -> None:
    found = swings(8)
    figure = tornado.draw_tornado(found, "hhi", FOOT)
    order = np.argsort(-np.abs(found.swing.value), kind="stable")
    drawn_bars, whiskers = bars(figure), intervals(figure)
    assert len(drawn_bars) == 16 and len(whiskers) == 8
    for row, i in enumerate(order):
        low, high = drawn_bars[2 * row : 2 * row + 2]
        wide = low.get_width() + high.get_width()
        assert wide == pytest.approx(abs(found.swing.value[i]))
        assert to_rgba(low.get_facecolor())[:3] == to_rgba(tornado.LOW_END)[:3]
        assert to_rgba(high.get_facecolor())[:3] == to_rgba(tornado.HIGH_END)[:3]
        start = found.at_low[i]
        assert whiskers[row] == pytest.approx(
            (start + found.swing.low[i], start + found.swing.high[i])
        )
        holds_zero = found.swing.low[i] <= 0 <= found.swing.high[i]
        assert low.get_alpha() == (tornado.UNSURE if holds_zero else tornado.SURE)


def test_a_factor_whose_interval_holds_zero_is_not_called_a_driver() -> None:
    found = swings(2)
    wide = found._replace(
        swing=Measure(found.swing.value, found.swing.value - 9, found.swing.value + 9)
    )
    assert tornado.title(wide, "hhi") == "No factor surely moves hhi"
    assert tornado.title(found, "hhi").endswith("hhi most")


def test_the_largest_uncertain_swing_gives_way_to_a_certain_one() -> None:
    swing = Measure(np.array([0.5, -0.1]), np.array([-0.2, -0.2]), np.array([0.9, -0.05]))
    found = swings(2)._replace(swing=swing, factors=("a.first", "b.second"))
    assert tornado.title(found, "hhi") == "Second lowers hhi most"


def test_one_interval_that_is_very_long_hides_no_bar() -> None:
    found = swings(3)
    high = found.swing.high.copy()
    high[1] = 1e6
    figure = tornado.draw_tornado(
        found._replace(swing=found.swing._replace(high=high)), "hhi", FOOT
    )
    low, top = figure.axes[0].get_xlim()
    assert top - low < 10 * np.abs(found.swing.value).max()
    assert any(line.get_marker() == ">" for line in figure.axes[0].lines)


@pytest.mark.parametrize("method", ["sobol", "delta", "pawn"])
def test_bars_and_whiskers_of_indices_are_both_measures(method: str) -> None:
    effects = indices(4, method)
    pair = sobol_bars.PAIRS[method]
    figure = sobol_bars.draw_indices(effects, "hhi", FOOT)
    pale, dark = effects.measures[pair.pale], effects.measures[pair.dark]
    order = np.argsort(-effects.measures["median" if method == "pawn" else pair.pale].value)
    widths = [bar.get_width() for bar in bars(figure)]
    assert widths == pytest.approx([m.value[i] for i in order for m in (pale, dark)])
    assert intervals(figure) == [
        pytest.approx((m.low[i], m.high[i])) for i in order for m in (pale, dark)
    ]


def test_a_yardstick_is_drawn_and_who_does_not_pass_it_is_no_driver() -> None:
    effects = indices(3, "delta")
    figure = sobol_bars.draw_indices(effects, "hhi", FOOT, 0.05)
    (floor,) = [line for line in figure.axes[0].lines if line.get_gid() == "floor"]
    assert floor.get_xdata()[0] == 0.05  # type: ignore[index]
    assert sobol_bars.title(effects, "hhi", 9.0) == "No factor is sure to drive hhi"
    assert sobol_bars.title(effects, "hhi", 0.0).endswith("drives hhi most")


def test_the_morris_plane_has_a_dot_for_each_factor_and_three_lines() -> None:
    effects = screen(8)
    axes = morris_plane.draw_morris(effects, "hhi", FOOT).axes[0]
    dots = [
        (float(x), float(y))
        for line in axes.lines
        if line.get_marker() == "o"
        for x, y in zip(*line.get_data(), strict=True)
    ]
    star, sigma = effects.measures["mu_star"].value, effects.measures["sigma"].value
    order = np.argsort(-star, kind="stable")
    assert dots == [pytest.approx((star[i], sigma[i])) for i in order]
    slopes = [
        y[1] / x[1]
        for x, y in (line.get_data() for line in axes.lines if line.get_linestyle() == "--")
    ]
    assert slopes == pytest.approx([1.0, 0.5, 0.1])


def test_a_cell_has_the_colour_of_its_regime_and_the_opacity_of_agreement() -> None:
    found = mapped(5, 4)
    axes = phase_diagram.draw_phases(found, "regime at the end", "hhi", FOOT).axes[0]
    cells = {patch.get_gid(): patch for patch in axes.patches}
    frame = grid_frame(5, 4)
    levels = [sorted(frame[name].unique()) for name in ("developers.peer_weight", "cost")]
    for y, x in np.ndindex(5, 5):
        here = frame[
            (frame["developers.peer_weight"] == levels[0][x]) & (frame.cost == levels[1][y])
        ]
        counts = here.regime.value_counts()
        cell = cells[f"cell {y} {x}"]
        assert cell.get_alpha() == pytest.approx(counts.max() / 4)
        of = [name for name in counts.index if counts[name] == counts.max()]
        assert cell.get_facecolor()[:3] in [to_rgba(phase_diagram.COLOURS[name])[:3] for name in of]
        assert found.value[y, x] == pytest.approx(here.hhi.mean())


def test_cells_without_runs_are_hatched_and_counted() -> None:
    found = mapped(5, 2, 4)
    axes = phase_diagram.draw_phases(found, "regime at the end", "", FOOT).axes[0]
    assert sum(patch.get_hatch() is not None for patch in axes.patches) == 2
    assert "2 cells without a finished run" in phase_diagram.summary(found)


def test_borders_part_different_regimes_and_no_others() -> None:
    label = np.array([["open", "open"], ["open", "monopoly"]], object)
    ones = np.ones((2, 2))
    found = Phases(("a", "b"), (("0", "1"), ("0", "1")), label, ones, ones.astype(int), ones, "")
    axes = phase_diagram.draw_phases(found, "regime", "", FOOT).axes[0]
    lines = [(tuple(x), tuple(y)) for x, y in (line.get_data() for line in axes.lines)]
    assert sorted(lines) == [((0.5, 0.5), (0.5, 1.5)), ((0.5, 1.5), (0.5, 0.5))]


@pytest.mark.parametrize("eyes", EYES)
def test_regimes_of_a_phase_diagram_differ_for_all_eyes_also_when_half_agree(eyes: str) -> None:
    strong = [phase_diagram.COLOURS[name] for name in ("monopoly", "oligopoly", "open")]
    pale = [palette.mixed(palette.PAPER, colour, 0.6) for colour in strong]
    assert nearest(lab([*strong, *pale], eyes)) > 12


def test_bars_of_a_variance_are_its_parts_and_sum_to_the_whole() -> None:
    figure = variance_shares.draw_shares(parts(1), FOOT)
    found = {bar.get_gid(): bar.get_width() for bar in bars(figure)}
    assert found == pytest.approx(
        {"parameters": 0.6, "seed": 0.25, "seed × parameters": 0.1, "network": 0.05}
    )
    assert sum(found.values()) == pytest.approx(1.0)
    whiskers = [
        tuple(line.get_xdata()) for line in figure.axes[1].lines if line.get_gid() == "interval"
    ]
    assert whiskers[0] == pytest.approx((0.55, 0.64))


def test_the_box_is_drawn_where_its_limits_are() -> None:
    figure = box(2)
    (drawn_box,) = [patch for patch in figure.axes[1].patches if patch.get_gid() == "box"]
    left, bottom, wide, tall = drawn_box.get_bbox().bounds  # type: ignore[attr-defined]
    assert (left, bottom, tall) == pytest.approx((2.0, 0.5, 0.3))
    # Its upper end across is open, so that it goes on to the edge.
    assert left + wide == pytest.approx(figure.axes[1].get_xlim()[1])
    (ring,) = [line for line in figure.axes[0].lines if line.get_gid() == "chosen"]
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == pytest.approx(
        (1 - 6 / 19, 0.25 + 0.7 * 12 / 19)
    )  # type: ignore[index]


def test_lines_are_thinned_evenly_over_the_outcome_and_pass_their_values() -> None:
    values = np.linspace(1, 0, 1000)
    kept = parallel_coordinates.thinned(values, np.arange(1000))
    assert len(kept) == parallel_coordinates.MOST_LINES
    assert values[kept][0] == 0 and values[kept][-1] == 1
    assert np.diff(values[kept]).max() < 0.006
    curve = parallel_coordinates.curve(np.array([0.2, 0.9, 0.4]))
    for axis, level in enumerate((0.2, 0.9, 0.4)):
        assert curve[curve[:, 0] == axis][:, 1] == pytest.approx(level)


def test_the_fork_is_drawn_in_its_month_and_basins_with_wilson_intervals() -> None:
    found = histories(50, 2)
    figure = divergence_map.draw_map(found, FOOT)
    lines = [line for line in figure.axes[0].lines if line.get_gid() == "fork"]
    assert [line.get_xdata()[0] for line in lines] == [found.fork.month]  # type: ignore[index]
    whisker = next(line for line in figure.axes[2].lines if line.get_gid() == "interval")
    # Wilson's interval of 25 in 50.
    assert tuple(whisker.get_xdata()) == pytest.approx((0.3664, 0.6336), abs=1e-4)


def test_one_broad_cloud_is_no_basin_and_its_ends_are_told_by_regime() -> None:
    found = histories(50, 1)
    codes, names = sweep_histories.by_regime(["oligopoly"] * 20 + ["monopoly"] * 30)
    found = found._replace(basins=codes, names=names)
    figure = divergence_map.draw_map(found, FOOT)
    ends = found.values[:, -1]
    said = f"No separate basins: HHI of revenue ends between {ends.min():.2g} and {ends.max():.2g}"
    assert (figure.get_gid(), names) == (said, ["monopoly", "oligopoly"])
    whisker = next(line for line in figure.axes[2].lines if line.get_gid() == "interval")
    # Wilson's interval of 30 in 50.
    assert tuple(whisker.get_xdata()) == pytest.approx((0.4618, 0.7239), abs=1e-4)
    assert "30 monopoly and 20 oligopoly" in sweep_words_tipping.fork_words(found)


# --- Names and numbers in words ------------------------------------------------------------------


def test_names_are_the_shortest_endings_that_tell_them_apart() -> None:
    short = factor_names.short_names(
        [
            "developers.peer_weight",
            "enterprises.peer_weight",
            "choice.product_step",
            "a.b.c",
            "x.b.c",
        ]
    )
    assert list(short.values()) == [
        "developers · peer weight",
        "enterprises · peer weight",
        "product step",
        "a · b · c",
        "x · b · c",
    ]
    assert len(set(factor_names.short_names(NAMES).values())) == len(NAMES)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((0.213, 0.15, 0.27), "0.21 (0.15 to 0.27)"),
        ((-0.0412, -0.0662, -0.0111), "−0.041 (−0.066 to −0.011)"),
        ((1200.0, 900.0, 1500.0), "1,200 (900 to 1,500)"),
        ((0.5, np.nan, np.nan), "0.50"),
        ((np.nan, np.nan, np.nan), "no number"),
        ((0.0, 0.0, 0.0), "0.00 (0.00 to 0.00)"),
    ],
)
def test_numbers_have_the_decimals_that_their_interval_earns(
    row: tuple[float, float, float], said: str
) -> None:
    assert factor_names.with_interval(*row) == said


def test_of_many_factors_it_is_said_how_many_would_be_sure_by_chance() -> None:
    assert factor_names.by_chance(160).endswith("about 8 would be by chance)")
    assert factor_names.by_chance(5) == ""
    assert "by chance" in tornado.summary(swings(45)) and "by chance" not in tornado.summary(
        swings(8)
    )


def test_names_are_cut_at_their_beginning_and_fit() -> None:
    cut = factor_names.fitted_name(LONG, style.LABEL, 150)
    assert cut.startswith("…") and LONG.endswith(cut[1:])
    assert style.words_width(cut, style.LABEL) <= 150


def test_rows_that_have_no_place_are_counted_and_none_is_left_out_alone() -> None:
    order, rest = ranked_rows.ranked(np.arange(30.0))
    assert len(order) == ranked_rows.MOST_ROWS - 1 and len(rest) == 7 and order[0] == 29
    order, rest = ranked_rows.ranked(np.arange(float(ranked_rows.MOST_ROWS)))
    assert len(order) == ranked_rows.MOST_ROWS and len(rest) == 0
