"""The figure of distress: bars, strips and marks are those of the tables, for any run."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from drawn_words import clashes, figure_of, outside
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from synthetic_money import grid, money_records
from synthetic_rounds import rounds_records
from test_capital_plots import CASES

from experiments.plots import distress, palette


@pytest.mark.parametrize("case", CASES)
def test_words_do_not_overlap(case: str, drawn: Callable[[Figure], list[Any]]) -> None:
    boxes = drawn(figure_of("distress", rounds_records(**CASES[case])))
    assert clashes(boxes) == [] and outside(boxes) == []


def test_a_place_that_nobody_took_has_no_row() -> None:
    records = rounds_records(names=("A", "B", "Nobody yet", "OPEN"), fails=False)
    grid(records, "status")[:, 2] = "pre_entry"
    assert distress.shown(records) == ["A", "B"]


def check_bars(records: Any) -> None:
    """Bars of each status are together as long as the table has months of it."""
    bars, strips = figure_of("distress", records).axes[0].collections[:2]
    names = distress.shown(records)
    codes = [records.providers.index(name) for name in names]
    for parts, words, columns in (
        (bars, distress.STATUS, distress.status(records)),
        (strips, distress.STAGES, distress.stage(records)),
    ):
        long = {palette.STAGES[word]: 0.0 for word in words}
        for path, colour in zip(parts.get_paths(), parts.get_facecolors(), strict=True):
            long[to_hex(colour)] += float(np.ptp(path.vertices[:, 0]))
        for place, word in enumerate(words):
            assert long[palette.STAGES[word]] == (columns[:, codes] == place).sum()
    status = grid(records, "status")[:, codes]
    assert (distress.status(records)[:, codes] == 1).sum() == (status == "stressed").sum() > 0
    staged = grid(records, "distress_stage")[:, codes]
    assert (distress.stage(records)[:, codes] == 2).sum() == (staged == 3).sum() > 0


def test_bars_are_as_long_as_months_of_the_table() -> None:
    check_bars(rounds_records())


def test_bars_of_another_stage_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distress, "stage", distress.status)
    with pytest.raises((AssertionError, KeyError)):
        check_bars(rounds_records())


def test_marks_are_the_events_of_the_table() -> None:
    records = rounds_records()
    rounds = records.tables["rounds"]
    down = np.flatnonzero(rounds["lead"])[2]
    rounds["kind"][down] = "down_round"
    found = distress.moments(records)
    kinds = [moment.kind for moment in found]
    assert kinds.count("failure") == kinds.count("acquisition") == kinds.count("renegotiation") == 1
    assert kinds.count("entry") == 6 and kinds.count("listing") == 1
    marks = figure_of("distress", records).axes[0].collections[2:]
    drawn = sorted(tuple(place) for part in marks for place in part.get_offsets())
    row = {name: i for i, name in enumerate(distress.shown(records))}
    expected = sorted(
        (float(moment.month), row[moment.provider] + distress.MARKS[moment.kind].at)
        for moment in found
        if moment.provider in row
    )
    assert np.array(drawn) == pytest.approx(np.array(expected))


def test_what_became_of_providers_is_said() -> None:
    records = rounds_records()
    found = distress.moments(records)
    assert distress.title(records, found) == (
        "Of 7 providers with payments to make, 1 failed and 1 was sold"
    )
    assert distress.summary(records, found).endswith("founders who could only build an app 1")
    calm = money_records(fails=False)
    assert distress.title(calm, []) == ("Nobody failed, nobody was sold, and nobody was distressed")
    grid(calm, "status")[3:5, 2] = "distressed"
    assert distress.title(calm, []) == (
        "Nobody failed or was sold; Anthropic was distressed for 2 months"
    )


@pytest.mark.parametrize(
    ("value", "said"), [(0.756, "0.76"), (63.04, "63.04"), (4_021.0, "4,021"), (9.3e11, "9×10¹¹")]
)
def test_pressure_is_short_whatever_its_size(value: float, said: str) -> None:
    assert distress.ratio(value) == said
