"""Figures: they draw whatever a run holds, no words overlap, colours can be told apart."""

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from drawn_words import clashes, figure_of, outside
from matplotlib.figure import Figure
from PIL import Image
from synthetic_records import NAMES, PANEL, synthetic_records

from agents.graph import from_edges
from experiments.plots import (
    channels,
    labels,
    layout,
    network,
    palette,
    retention,
    series,
    share_river,
    style,
    substitution,
)
from experiments.plots.divergence import draw_paths
from experiments.report import written_in
from simulation.columns import NOBODY, SEGMENTS

RUN_FIGURES = (
    "share_river",
    "concentration",
    "flows",
    "substitution",
    "retention",
    "supply",
    "channels",
    "prices",
    "regime",
)
UNITS = ("per cent", "0 to 1", "OOM", "util", "dollars")
MANY = (*(f"Firm {letter}" for letter in "ABCDEFGHIJKLMN"), "OPEN")
HOSTILE = ("<b>$\\frac{1}{0}$</b>", "a\nb\tc", "名前 \U0001f600", "x" * 300, "OPEN")
CASES: dict[str, dict[str, Any]] = {
    "a usual run": {},
    "one month": {"months": 1},
    "two months": {"months": 2},
    "nobody adopts": {"adopt": False},
    "one provider": {"names": ("Solo",)},
    "fourteen providers and OPEN": {"names": MANY},
    "hostile names": {"names": HOSTILE},
    "fifty years": {"months": 600},
    "product terms": {"product_step": 0.1},
}


# --- Every figure, whatever the run ---------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", RUN_FIGURES)
def test_words_do_not_overlap_and_stay_on_the_canvas(
    name: str, case: str, drawn: Callable[[Figure], list[Any]]
) -> None:
    boxes = drawn(figure_of(name, synthetic_records(**CASES[case])))
    assert clashes(boxes) == []
    assert outside(boxes) == []


def test_overlap_is_found_when_labels_are_not_spread(
    monkeypatch: pytest.MonkeyPatch, drawn: Callable[[Figure], list[Any]]
) -> None:
    monkeypatch.setattr(labels, "spread", lambda wanted, *_: np.asarray(wanted, float))
    assert clashes(drawn(figure_of("share_river", synthetic_records())))


@pytest.mark.parametrize("name", RUN_FIGURES)
def test_png_has_its_size_and_tells_title_and_caption(name: str) -> None:
    png = style.png(figure_of(name, synthetic_records()))
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert np.frombuffer(png[16:24], ">u4").tolist() == [style.WIDTH, style.HEIGHT]
    words = written_in(png)
    assert len(words["Title"]) > 10 and words["Description"].endswith(".")
    assert any(unit in words["Description"] for unit in UNITS)


def test_the_same_run_gives_the_same_bytes() -> None:
    first, second = (style.png(figure_of("share_river", synthetic_records())) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("case", "said"), [("a usual run", False), ("product terms", True)])
def test_footnote_names_run_and_seed_and_product_terms(
    case: str, said: bool, drawn: Callable[[Figure], list[Any]]
) -> None:
    boxes = drawn(figure_of("concentration", synthetic_records(**CASES[case])))
    note = next(words for words, _ in boxes if words.startswith("run synthetic, seed 1"))
    assert "stylised paths of named firms, not forecasts" in note
    assert ("product terms" in note) == said


def test_a_recorded_product_term_is_said_as_well() -> None:
    records = synthetic_records()
    assert not series.uses_product_terms(records)
    records.tables["segments"]["product_term"][5] = 0.3
    assert series.uses_product_terms(records)


# --- What single figures compute -----------------------------------------------------------------


def test_survival_of_pooled_cohorts_is_kaplan_meier() -> None:
    # Two start months, observed for 3 and 2 ages: 8 of 10 and 4 of 5 stay, then 4 of 8.
    left = np.array([[10.0, 8.0, 4.0], [5.0, 4.0, 0.0]])
    curve = retention.survival(left, first=0)
    assert curve == pytest.approx([1.0, 12 / 15, 12 / 15 * 4 / 8])


def test_survival_ends_where_nobody_is_observed() -> None:
    curve = retention.survival(np.array([[10.0, 9.0, 0.0]]), first=1)
    assert curve[:2] == pytest.approx([1.0, 0.9]) and np.isnan(curve[2])


def test_moves_add_up_to_the_flows_table() -> None:
    records = synthetic_records()
    flows = records.tables["flows"]
    for segment in SEGMENTS:
        rows = flows["segment"] == segment
        found = series.moves(records, segment)
        assert found.sum() == flows["agents"][rows].sum()
        first = found[-1].sum()
        assert first == flows["agents"][rows & (flows["from"] == NOBODY)].sum()


def test_sample_keeps_the_links_inside_it_once_each() -> None:
    graph = from_edges(5, [0, 1, 4, 2], [1, 4, 2, 3])
    edges = network.among(graph, np.array([1, 2, 4]))
    assert edges.tolist() == [[0, 2], [1, 2]]


@pytest.mark.parametrize("months", [1, 2, 36])
@pytest.mark.parametrize("linked", [True, False])
def test_network_draws_a_sample_without_overlap(
    months: int, linked: bool, monkeypatch: pytest.MonkeyPatch, drawn: Callable[[Figure], list[Any]]
) -> None:
    records = synthetic_records(months=months, names=MANY)
    edges = np.stack([np.arange(PANEL - 1), np.arange(1, PANEL)], 1)[: PANEL * linked]
    monkeypatch.setattr(network, "links", lambda *_: (edges, "and the links among them"))
    boxes = drawn(network.draw(records))
    assert clashes(boxes) == []
    assert any(f"{PANEL:,} of 2,000 developers" in words for words, _ in boxes)


def test_network_without_a_sample_says_so(drawn: Callable[[Figure], list[Any]]) -> None:
    records = synthetic_records()
    records.tables["agents"] = {
        name: column[:0] for name, column in records.tables["agents"].items()
    }
    assert "no sample was recorded" in [words for words, _ in drawn(network.draw(records))]


def test_agreement_compares_links_with_chance() -> None:
    users = np.array([[0, 0, 1, 1, 2]])
    panel = network.Panel(np.arange(5), users, np.array([[0, 1], [2, 3], [1, 2], [3, 4]]), 2, "")
    # Of three links between users two join equals; ends are split evenly, so half by chance.
    assert network.agreement(panel, 0) == "links within one provider 67 %, 50 % by chance"


def test_layout_is_seeded_and_puts_neighbours_near() -> None:
    ring = np.stack([np.arange(60), (np.arange(60) + 1) % 60], 1)
    at = layout.force_layout(60, ring, seed=1)
    assert np.array_equal(at, layout.force_layout(60, ring, seed=1))
    assert not np.array_equal(at, layout.force_layout(60, ring, seed=2))
    assert np.abs(at).max() <= 1
    near = np.sqrt(((at[ring[:, 0]] - at[ring[:, 1]]) ** 2).sum(axis=1)).mean()
    apart = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=-1)).mean()
    assert near < apart / 3


def test_a_change_of_workhorse_is_no_jump_of_the_best_model() -> None:
    """The rise of a pin is that of the offer to consumers; to enterprises where there is none."""
    records = synthetic_records(months=3, names=("Both", "Firms", "OPEN"))
    capability = series.cube(records, "capability")
    capability[:] = 1.0
    capability[2, 2, 0], capability[2, :2, 0] = 1.3, 2.4
    capability[:, 2, 1] = np.nan
    capability[2, 1, 1] = 1.5
    segments = records.tables["segments"]
    segments["capability"] = capability.ravel()
    segments["released"] = np.isfinite(segments["capability"])
    jumps = {pin.provider: pin.jump for pin in share_river.releases(records) if pin.month == 2}
    assert jumps == {0: pytest.approx(0.3), 1: pytest.approx(0.5)}


def test_chance_is_called_chance(drawn: Callable[[Figure], list[Any]]) -> None:
    words = [words for words, _ in drawn(figure_of("flows", synthetic_records()))]
    assert "chance" in words and "taste" not in words
    assert any("movers are those whom chance favoured" in text for text in words)


def test_substitution_shows_each_number_of_the_last_month_in_its_place(
    drawn: Callable[[Figure], list[Any]],
) -> None:
    records = synthetic_records()
    table = records.tables["substitution"]
    matrix = substitution.at_the_end(records, "coding")
    last = (table["month"] == 35) & (table["segment"] == "coding")
    assert len(matrix.names) ** 2 == last.sum() and (np.diff(matrix.share) <= 0).all()
    for row in np.flatnonzero(last):
        at = tuple([matrix.names.index(table[end][row]) for end in ("priced", "provider")])
        assert matrix.diversion[at] == table["diversion"][row]
        assert matrix.elasticity[at] == table["elasticity"][row]
    left = [words for words, box in drawn(figure_of("substitution", records)) if box.x1 < 800]
    own = np.eye(len(matrix.names), dtype=bool)
    wanted = Counter(f"{value:.2f}".replace("-", "−") for value in matrix.elasticity.ravel())
    wanted += Counter(f"{100 * part:.0f}" for part in matrix.diversion[~own])
    assert not wanted - Counter(left)


def test_a_matrix_of_another_month_would_be_seen() -> None:
    """The planted bug: the table is read without regard to the month."""
    records = synthetic_records()
    honest = substitution.at_the_end(records, "coding").diversion
    records.tables["substitution"]["month"][:] = 35
    assert not np.array_equal(substitution.at_the_end(records, "coding").diversion, honest)


def test_numbers_can_be_read_on_every_tint() -> None:
    for part in (*np.linspace(0, 0.6, 200), np.nan):
        shade = substitution.shade_of(float(part))
        assert palette.contrast(substitution.lettered(shade), shade) >= palette.READABLE
    tints = [palette.luminance(substitution.shade_of(part)) for part in np.linspace(0, 0.5, 50)]
    assert (np.diff(tints) < 0).all()


def test_concentration_says_how_open_counts(drawn: Callable[[Figure], list[Any]]) -> None:
    words = [words for words, _ in drawn(figure_of("concentration", synthetic_records()))]
    assert any(text.startswith("OPEN counts as one provider") for text in words)
    assert "Jensen-Shannon divergence, at most 0.53" in words


def test_an_untracked_provider_is_not_compared_with_its_channel() -> None:
    records = synthetic_records()
    accounts = records.tables["segments"]["account_share"]
    meta = records.tables["segments"]["provider"] == "Meta"
    accounts[meta] = 0.9
    traffic = channels.summary(records).split("; ")[1]
    assert not traffic.startswith("Meta") and traffic.endswith("(Meta not tracked)")
    records.config.consumers.untracked = ()
    assert channels.summary(records).split("; ")[1].startswith("Meta 0 % of consumer traffic")


def test_renewal_is_not_called_retention_and_the_axis_starts_at_nothing() -> None:
    records = synthetic_records()
    said = retention.summary(records)
    assert said.startswith("At the end: after twelve months 72 % of developers and 81 % of")
    assert "firms renew in" in said
    bottoms = {axes.get_ylim()[0] for axes in figure_of("retention", records).axes[:3]}
    assert bottoms == {0.0}


# --- Several histories ---------------------------------------------------------------------------


def divergence_of(months: int, value: float) -> dict[str, np.ndarray]:
    """A made-up table of divergence: one row for each month and segment."""
    rows = 3 * months
    days = synthetic_records(months=months).tables["market"]["date"]
    grown = value * (1 + np.repeat(np.arange(months), 3))
    return {
        "month": np.repeat(np.arange(months), 3),
        "date": np.repeat(days, 3),
        "segment": np.tile(np.array(SEGMENTS, object), months),
        "d_run": grown,
        "d_run_low": grown * 0.5,
        "d_run_high": grown * 2,
        "d_run_peers_off": grown * 0.7,
        "d_run_spend": grown * 9,
        "d_run_spend_peers_off": grown * 8,
        "d_run_independent": np.full(rows, value),
    }


@pytest.mark.parametrize(
    ("runs", "months", "value", "names"),
    [
        (6, 36, 1e-4, NAMES),
        (2, 36, 1e-4, NAMES),
        (1, 36, 0.0, NAMES),
        (6, 1, 1e-3, NAMES),
        (3, 24, np.nan, NAMES),
        (6, 36, 1e-3, MANY),
        (5, 120, 1e-5, ("Solo",)),
    ],
)
def test_divergence_draws_histories_without_overlap(
    runs: int,
    months: int,
    value: float,
    names: tuple[str, ...],
    drawn: Callable[[Figure], list[Any]],
) -> None:
    histories = [
        synthetic_records(months=months, names=names, seed=seed) for seed in range(1, runs + 1)
    ]
    shares = np.stack([series.shares(records) for records in histories])
    figure = draw_paths(histories[0], shares, divergence_of(months, value), range(1, runs + 1))
    boxes = drawn(figure)
    assert clashes(boxes) == []
    subtitle = next(words for words, _ in boxes if words.startswith(f"{runs} runs; "))
    assert "…" not in subtitle and "floor" not in subtitle
    assert ("D_run of accounts and of spend" in subtitle) == bool(np.isfinite(value))
    cut = [words for words, _ in boxes if "…" in words]
    assert names is not NAMES or cut == []
    seeds = f"seeds 1 to {runs}" if runs > 1 else "seed 1"
    assert any(words.startswith(f"run synthetic, {seeds} ·") for words, _ in boxes)


def test_a_png_of_few_colours_looks_like_the_figure() -> None:
    figure = figure_of("share_river", synthetic_records())
    small = np.asarray(Image.open(io.BytesIO(style.png(figure))).convert("RGB"), int)
    whole = np.asarray(figure.canvas.buffer_rgba(), int)[..., :3]  # type: ignore[attr-defined]
    assert np.abs(small - whole).max() <= 13
    assert (small[0, 0] == 255).all()  # paper stays white
