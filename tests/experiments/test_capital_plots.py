"""Figures of rounds, holders and investors: true to the tables, whole for any run."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from drawn_words import clashes, figure_of, outside
from matplotlib.figure import Figure
from synthetic_money import grid, money_records
from synthetic_records import synthetic_records
from synthetic_rounds import INVESTORS, rounds_records

from agents.codes import HOLDERS
from experiments import redraw
from experiments.plots import (
    cap_tables,
    co_investment,
    funding,
    node_names,
    palette,
    series,
    style,
    timeline,
    valuations,
)
from experiments.report import written_in

FUNDED = ("valuations", "cap_tables", "co_investment")
MANY = (*(f"Firm {letter}" for letter in "ABCDEFGHIJKLMN"), "OPEN")
HOSTILE = ("<b>$\\frac{1}{0}$</b>", "a\nb\tc", "名前 \U0001f600", "x" * 300, "OPEN")
FUNDS = {f"Fund {i}": ("strategic", "growth", "venture")[i % 3] for i in range(30)}
CASES: dict[str, dict[str, Any]] = {
    "ten years": {"months": 120},
    "a usual run": {},
    "one month": {"months": 1},
    "three months": {"months": 3},
    "one provider": {"names": ("Solo",)},
    "fourteen providers, thirty funds": {"names": MANY, "months": 120, "investors": FUNDS},
    "hostile names": {
        "names": HOSTILE,
        "investors": dict.fromkeys(HOSTILE[:4], "venture") | {"y" * 300: "growth"},
    },
    "one investor": {"investors": {"Ann": "strategic"}},
}


# --- Every figure, whatever the run ---------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FUNDED)
def test_words_do_not_overlap(name: str, case: str, drawn: Callable[[Figure], list[Any]]) -> None:
    boxes = drawn(figure_of(name, rounds_records(**CASES[case])))
    assert clashes(boxes) == [] and outside(boxes) == []


@pytest.mark.parametrize("name", FUNDED)
def test_title_caption_and_unit_are_told(name: str) -> None:
    words = written_in(style.png(figure_of(name, rounds_records())))
    assert len(words["Title"]) > 10 and words["Description"].endswith(".")
    assert any(unit in words["Description"] for unit in ("dollars", "per cent"))


def test_runs_without_rounds_have_no_figures_of_them() -> None:
    assert not set(redraw.drawings_of(synthetic_records())) & set(FUNDED)
    without = set(redraw.drawings_of(money_records()))
    assert not without & set(FUNDED)
    assert set(redraw.drawings_of(rounds_records())) - without == set(FUNDED)


def test_rounds_of_a_record_have_no_network_of_investors() -> None:
    records = rounds_records()
    records.tables["rounds"]["investor"][:] = HOLDERS[0]
    records.tables["investors"] = {
        name: column[:0] for name, column in records.tables["investors"].items()
    }
    held = records.tables["cap_tables"]
    keep = np.array([holder in HOLDERS for holder in held["holder"]])
    records.tables["cap_tables"] = {name: column[keep] for name, column in held.items()}
    found = set(redraw.drawings_of(records))
    assert "co_investment" not in found and {"valuations", "cap_tables"} <= found
    assert figure_of("cap_tables", records) is not None


def test_a_place_that_nobody_took_is_nowhere(drawn: Callable[[Figure], list[Any]]) -> None:
    records = rounds_records(names=("A", "B", "Nobody yet", "OPEN"), fails=False)
    grid(records, "status")[:, 2] = "pre_entry"
    grid(records, "valuation")[:, 2] = np.nan
    for table in ("rounds", "cap_tables"):
        columns = records.tables[table]
        keep = columns["provider"] != "Nobody yet"
        records.tables[table] = {name: column[keep] for name, column in columns.items()}
    for name in FUNDED:
        assert not any("Nobody yet" in words for words, _ in drawn(figure_of(name, records)))


def test_events_of_the_model_are_no_dated_events() -> None:
    kinds = {event.kind for event in timeline.dated_events(rounds_records())}
    assert kinds == {"chip_rule", "a_much_longer_name"}


# --- Valuations -----------------------------------------------------------------------------------


def points(axes: Any) -> np.ndarray:
    """Places (N, 2) of all circles on axes."""
    return np.concatenate([np.asarray(part.get_offsets()) for part in axes.collections])


def check_circles(records: Any) -> None:
    """Every round is a circle at its month and value, and another at its revenue and multiple."""
    table = records.tables["rounds"]
    leads = np.asarray(table["lead"], bool)
    left, right = figure_of("valuations", records).axes
    expected = np.stack([table["month"][leads], table["post_money"][leads]], axis=1)
    order = np.lexsort(points(left).T)
    assert points(left)[order] == pytest.approx(expected[np.lexsort(expected.T)])
    multiple = table["multiple"][leads]
    expected = np.stack([table["post_money"][leads] / multiple, multiple], axis=1)
    order = np.lexsort(points(right).T)
    assert points(right)[order] == pytest.approx(expected[np.lexsort(expected.T)])


def test_rounds_stand_where_the_table_says() -> None:
    check_circles(rounds_records())


def test_rounds_at_the_wrong_value_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = funding.rounds

    def before_money(records: Any) -> list[funding.Round]:
        return [each._replace(post_money=0.9 * each.post_money) for each in right(records)]

    monkeypatch.setattr(funding, "rounds", before_money)
    with pytest.raises(AssertionError):
        check_circles(rounds_records())


def test_area_of_a_circle_is_money() -> None:
    across = funding.across(np.array([400.0, 100.0, 0.0]))
    assert across == pytest.approx([funding.LARGEST, funding.LARGEST / 2, funding.SMALLEST])


def test_lines_of_value_are_those_of_the_table() -> None:
    records = rounds_records(fails=False, names=("A", "B"))
    left = figure_of("valuations", records).axes[0]
    worth = series.while_there(records, "valuation")
    for code in range(2):
        assert np.array_equal(left.lines[code].get_ydata(), worth[:, code], equal_nan=True)


def test_rounds_are_said_in_words() -> None:
    records = rounds_records()
    found = funding.rounds(records)
    table = records.tables["rounds"]
    assert len(found) == len(set(table["round"]))
    for each in found:
        rows = (table["month"] == each.month) & (table["provider"] == each.provider)
        assert {each.lead, *each.others} == set(table["investor"][rows])
        assert table["investor"][rows & table["lead"]].tolist() == [each.lead]
    assert valuations.title(found).startswith(f"{len(found)} rounds of $3.3bn; ")
    assert "a round sells 10 % in the median" in valuations.summary(records, found)
    assert "multiples 80 to " in valuations.summary(records, found)
    assert valuations.summary(records, found).endswith("rank correlation with revenue −1.00")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3, 9], [2, 4, 8, 9], 1.0),
        ([1, 2, 3], [9, 5, 1], -1.0),
        ([1, 1, 2, 2], [1, 2, 1, 2], 0.0),
        ([1, 2], [1, 2], np.nan),
        ([1, 1, 1], [1, 2, 3], np.nan),
    ],
)
def test_rank_correlation(one: list[float], other: list[float], expected: float) -> None:
    found = funding.rank_correlation(np.array(one, float), np.array(other, float))
    assert found == pytest.approx(expected, nan_ok=True)


def test_without_revenue_there_is_no_multiple(drawn: Callable[[Figure], list[Any]]) -> None:
    records = rounds_records()
    records.tables["rounds"]["multiple"][:] = np.nan
    words = [words for words, _ in drawn(figure_of("valuations", records))]
    assert "nobody who raised had revenue" in words
    assert "multiples" not in valuations.summary(records, funding.rounds(records))


# --- Cap tables -----------------------------------------------------------------------------------


def check_bands(records: Any) -> None:
    """In every panel the bands at the last month are as high as the shares of the table."""
    kinds = funding.kinds(records)
    order = [funding.FOUNDERS, *(name for name in kinds if name != funding.FOUNDERS)]
    found = cap_tables.shares(records, order)
    table = records.tables["cap_tables"]
    panels = figure_of("cap_tables", records).axes
    assert len(panels) == len(found) > 1
    for axes, share in zip(panels, found, strict=True):
        last = share.first + len(share.parts) - 1
        rows = (table["month"] == last) & (table["provider"] == share.name)
        told = dict(zip(table["holder"][rows], table["share"][rows], strict=True))
        heights = []
        for path in axes.collections[0].get_paths():
            at_end = path.vertices[path.vertices[:, 0] == last][:, 1]
            heights.append(float(np.ptp(at_end)))
        assert sorted(heights) == pytest.approx(sorted(told.values()))


def test_bands_are_as_high_as_shares() -> None:
    check_bands(rounds_records())


def test_bands_of_the_wrong_month_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = funding.holdings
    monkeypatch.setattr(
        funding, "holdings", lambda records, names: np.roll(right(records, names), 9, axis=0)
    )
    with pytest.raises(AssertionError):
        check_bands(rounds_records(fails=False))


def test_holders_are_named_with_their_last_share(drawn: Callable[[Figure], list[Any]]) -> None:
    records = rounds_records(names=("A",), months=24)
    words = [words for words, _ in drawn(figure_of("cap_tables", records))]
    table = records.tables["cap_tables"]
    for holder, part in zip(table["holder"], table["share"], strict=True):
        last = f"{holder} {series.percent(part)}"
        if table["month"][-1] == 23 and part == table["share"][-1]:
            assert last in words
    assert "$1.2bn in 6 rounds" in words or any("in 6 rounds" in text for text in words)


def test_kinds_have_one_colour_each_and_founders_a_grey() -> None:
    colours = funding.holder_colours(funding.kinds(rounds_records()))
    assert colours[funding.FOUNDERS] == palette.HOLDER_KINDS["founders"]
    assert colours["Microsoft"] == palette.HOLDER_KINDS["strategic"]
    assert len(set(colours.values())) == len(INVESTORS) + len(HOLDERS)
    again = funding.holder_colours(funding.kinds(rounds_records(months=80)))
    assert again == colours


# --- The network of investors ---------------------------------------------------------------------


def check_network(records: Any) -> None:
    """One line for each pair that shared a round, one node each, one curve for each funding."""
    table = records.tables["rounds"]
    pairs, fundings = set(), set()
    for serial in set(table["round"]):
        rows = table["round"] == serial
        payers = sorted(set(table["investor"][rows]))
        pairs |= {(one, two) for one in payers for two in payers if one < two}
        fundings |= {(payer, table["provider"][rows][0]) for payer in payers}
    axes = figure_of("co_investment", records).axes
    ties, *nodes = axes[0].collections
    assert len(ties.get_segments()) == len(pairs)
    assert sum(len(part.get_offsets()) for part in nodes) == len(INVESTORS)
    assert len(axes[-1].collections[0].get_segments()) == len(fundings)


def test_network_has_the_ties_and_the_money_of_the_table() -> None:
    check_network(rounds_records())


def test_ties_of_those_who_never_met_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        co_investment, "shared_rounds", lambda rounds, names: 1.0 - np.eye(len(names))
    )
    with pytest.raises(AssertionError):
        check_network(rounds_records())


def test_table_beside_the_network_says_what_it_measures(
    drawn: Callable[[Figure], list[Any]],
) -> None:
    records = rounds_records()
    found = co_investment.syndicate(records)
    words = [words for words, _ in drawn(figure_of("co_investment", records))]
    assert set(found.names) <= set(words)
    assert found.invested().sum() == pytest.approx(records.tables["rounds"]["ticket"].sum())
    for central in found.measures.eigenvector:
        assert f"{central:.2f}" in words
    assert co_investment.title(found).startswith(f"{found.names[0]} put in most, ")
    assert co_investment.summary(found).startswith("7 of 7 investors paid into 7 providers; ")


def test_layout_of_the_network_is_the_same_each_time() -> None:
    one, two = (figure_of("co_investment", rounds_records()) for _ in range(2))
    assert np.array_equal(points(one.axes[0]), points(two.axes[0]))


def test_a_name_that_finds_no_room_is_not_written() -> None:
    figure = style.sheet("title", "subtitle", "caption", "foot")
    axes = style.panel(figure, 400, 200, 200, 200)
    axes.set_xlim(-1, 1)
    axes.set_ylim(-1, 1)
    crowd = np.zeros((40, 2))
    node_names.name_nodes(axes, crowd, np.full(40, 12.0), ["Sovereign"] * 40, ["#27407a"] * 40)
    assert 1 < len(axes.texts) < 10
    far = np.array([[-0.5, 0.5], [0.5, -0.5]])
    before = len(axes.texts)
    node_names.name_nodes(axes, far, np.full(2, 12.0), ["One", "Two"], ["#27407a"] * 2)
    assert len(axes.texts) == before + 2


def test_boxes_that_touch_do_not_cover() -> None:
    assert node_names.cover((0, 0, 2, 2), (1, 1, 3, 3))
    assert not node_names.cover((0, 0, 2, 2), (2, 0, 3, 2))
    assert node_names.inside((1, 1, 2, 2), (0, 0, 2, 2))
    assert not node_names.inside((1, 1, 2, 3), (0, 0, 2, 2))
