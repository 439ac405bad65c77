"""Figures of regimes: what they say is what the tables hold, whatever the runs look like."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from drawn_words import clashes, outside
from matplotlib.figure import Figure
from synthetic_money import money_records
from synthetic_records import NAMES, synthetic_records

from experiments import redraw
from experiments.basins import WHOEVER, basins_table
from experiments.divergence import paths_of
from experiments.plots import basins, regime, series, style
from experiments.plots.basins import Ends, draw_basins
from experiments.report import written_in

MANY = (*(f"Firm {letter}" for letter in "ABCDEFGHIJKLMN"), "OPEN")
HOSTILE = ("<b>$\\frac{1}{0}$</b>", "a\nb\tc", "名前 \U0001f600", "x" * 300, "OPEN")


def with_regimes(records: Any, *labels: str) -> Any:
    """The same run with these regimes of its months, the last one until its end."""
    regimes = records.tables["market"]["regime"]
    regimes[:] = labels[-1]
    regimes[: len(labels)] = labels
    return records


# --- One run --------------------------------------------------------------------------------------


def test_spells_are_runs_of_equal_words() -> None:
    words = np.array(["a", "a", "b", "a", "c"], object)
    assert list(regime.spells(words)) == [(0, 2, "a"), (2, 3, "b"), (3, 4, "a"), (4, 5, "c")]
    assert list(regime.spells(words[:1])) == [(0, 1, "a")]


@pytest.mark.parametrize(
    ("labels", "month"), [("a", 0), ("aaa", 0), ("aab", 2), ("aba", 2), ("abb", 1)]
)
def test_the_last_change_begins_the_last_spell(labels: str, month: int) -> None:
    words = np.array(list(labels), object)
    assert series.last_change(words) == month == list(regime.spells(words))[-1][0]


def test_title_and_subtitle_say_the_end_and_what_was_before() -> None:
    records = with_regimes(
        synthetic_records(months=6), "none", "monopoly", "open", "oligopoly", "open"
    )
    records.tables["providers"]["revenue"].reshape(6, -1)[-1] = np.arange(len(NAMES))
    assert regime.title(records) == "Open since May 2023, led by OPEN"
    assert regime.summary(records).startswith(
        "Months: monopoly 1, open 3, oligopoly 1; 4 changes of regime; Jun 2023: HHI of revenue "
    )
    always = with_regimes(synthetic_records(months=6), "oligopoly")
    assert regime.title(always).startswith("Oligopoly in every month, led by ")
    assert "; 0 changes of regime" in regime.summary(always)


def test_nobody_leads_a_month_without_revenue() -> None:
    records = with_regimes(synthetic_records(months=4), "open", "none")
    records.tables["providers"]["revenue"].reshape(4, -1)[1:] = 0
    assert regime.leaders(records)[1:].tolist() == ["none"] * 3
    assert regime.title(records) == "No revenue and no regime since Feb 2023"


def test_a_run_with_a_regime_is_drawn_on_any_supply_and_one_without_is_not() -> None:
    for records in (synthetic_records(), money_records()):
        assert "regime" in redraw.drawings_of(records)
        with_regimes(records, "none")
        assert "regime" not in redraw.drawings_of(records)


def test_regimes_are_named_in_their_strip(drawn: Callable[[Figure], list[Any]]) -> None:
    records = with_regimes(synthetic_records(), *["monopoly"] * 20, "open", "oligopoly")
    words = [words for words, _ in drawn(regime.draw(records))]
    assert words.count("monopoly") == 2 and words.count("oligopoly") == 2  # in the key as well
    assert words.count("open") == 1  # a month is too short


# --- Several histories ----------------------------------------------------------------------------


def ends_of(runs: int, labels: tuple[str, ...], **story: Any) -> tuple[Any, Ends]:
    """The first of several made-up runs, and how they end; each has one of the labels."""
    records = [
        with_regimes(synthetic_records(seed=seed, **story), labels[seed % len(labels)])
        for seed in range(1, runs + 1)
    ]
    histories = [paths_of(run) for run in records]
    table = basins_table(histories, records[0].providers, range(1, runs + 1))
    regimes = np.stack([history.regimes for history in histories])
    return records[0], Ends(regimes, np.stack([history.revenue for history in histories]), table)


THREE = ("monopoly", "open", "oligopoly")


@pytest.mark.parametrize(
    ("runs", "labels", "story"),
    [
        (6, THREE, {}),
        (1, ("open",), {}),
        (6, THREE, {"months": 1}),
        (6, THREE, {"months": 2}),
        (4, ("none",), {"adopt": False}),
        (5, ("none", "open"), {}),
        (40, THREE, {"names": MANY, "months": 60}),
        (5, THREE, {"names": ("Solo",)}),
        (9, THREE, {"names": HOSTILE}),
        (3, THREE, {"months": 300}),
    ],
)
def test_basins_are_drawn_without_overlap(
    runs: int, labels: tuple[str, ...], story: dict[str, Any], drawn: Callable[[Figure], list[Any]]
) -> None:
    records, ends = ends_of(runs, labels, **story)
    boxes = drawn(draw_basins(records, ends, range(1, runs + 1)))
    assert clashes(boxes) == [] and outside(boxes) == []
    seeds = f"seeds 1 to {runs}" if runs > 1 else "seed 1"
    assert any(words.startswith(f"run synthetic, {seeds} ·") for words, _ in boxes)


def test_words_of_basins_are_the_numbers_of_the_table() -> None:
    records, ends = ends_of(3, ("oligopoly", "oligopoly", "open"))
    ends.regimes[:, :10] = "monopoly"
    ends.basins["leader"][ends.basins["leader"] != WHOEVER] = "OpenAI"
    assert basins.title(ends.basins).startswith("2 of 3 runs end as an oligopoly, ")
    said = basins.summary(records, ends)
    assert said.startswith("At the end monopoly 0 % (0 to 56), open 33 % (6 to 79), ")
    assert said.endswith("the median run is in its last regime from Nov 2023 on")
    words = written_in(style.png(draw_basins(records, ends, range(1, 4))))
    assert words["Title"] == basins.title(ends.basins)
    assert "per cent" in words["Description"]


def test_bands_reach_the_share_of_runs_in_a_regime(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heights of each tint over the months, and all of them together, are the frequencies."""
    heights: dict[str, Any] = {}

    def note(_: Any, lower: Any, upper: Any, tint: str, words: str) -> None:
        heights[tint] = heights.get(tint, 0) + (upper - lower)

    monkeypatch.setattr(basins, "band", note)
    records, ends = ends_of(8, ("monopoly", "open", "open", "oligopoly"))
    ends.regimes[:3, :5] = "none"
    draw_basins(records, ends, range(1, 9))
    for name, tint in basins.palette.REGIME_TINTS.items():
        assert heights[tint] == pytest.approx((ends.regimes == name).mean(axis=0))
    assert sum(heights.values()) == pytest.approx(1)


def test_rows_beyond_the_room_are_the_rarest_leaders() -> None:
    count = 3 + 30
    runs = np.array([20, *range(10, 0, -1), 5, *range(10, 0, -1), 1, *range(10, 0, -1)])
    leader = np.array(["", *"ABCDEFGHIJ"] * 3, object)
    rows = basins.shown({"runs": runs, "leader": leader})
    assert len(rows) == basins.MOST_ROWS < count and rows == sorted(rows)
    assert {0, 11, 22} <= set(rows)
    left_out = set(range(count)) - set(rows)
    assert max(runs[list(left_out)]) <= min(runs[[row for row in rows if leader[row]]])
