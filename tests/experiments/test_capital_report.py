"""Rounds and holders in words and tables: printed and in the report, true to the tables."""

import re
from typing import Any

import numpy as np
import pytest
from synthetic_money import grid, money_records
from synthetic_records import synthetic_records
from synthetic_rounds import INVESTORS, rounds_records

from experiments import report_capital, watch_metrics
from experiments.plots import funding
from experiments.report import write_report
from experiments.report_capital import capital_tables
from experiments.summary import run_summary
from experiments.watch_metrics import watch_lines

WIDEST = 80
CELL = re.compile(r'<data value="([^"]+)">')


def rows_of(table: str) -> list[list[str]]:
    """Cells of the body of a table, as HTML."""
    body = table[table.index("<tbody>") :]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


def exact(cell: str) -> float:
    """The number in a cell, with all its digits."""
    found = CELL.search(cell)
    assert found
    return float(found[1])


# --- The report -----------------------------------------------------------------------------------


def check_rounds(records: Any) -> None:
    """Every round is a row with the numbers of its tickets."""
    table = records.tables["rounds"]
    leads = np.flatnonzero(table["lead"])
    rows = rows_of(report_capital.rounds_table(records))
    assert len(rows) == len(leads) > 3
    for row, lead in zip(rows, leads, strict=True):
        assert row[:4] == [
            str(table[name][lead]) for name in ("date", "provider", "kind", "investor")
        ]
        inside = table["round"] == table["round"][lead]
        others = set(table["investor"][inside]) - {table["investor"][lead]}
        assert set(re.sub("<.*?>", "", row[4]).split(", ")) == (others or {"alone"})
        names = ("amount", "post_money", "multiple", "dilution")
        assert [exact(cell) for cell in row[5:]] == [float(table[name][lead]) for name in names]


def test_rounds_are_those_of_the_table() -> None:
    check_rounds(rounds_records())


def test_a_round_under_another_lead_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = funding.rounds

    def turned(records: Any) -> list[funding.Round]:
        return [
            each._replace(lead=each.others[0], others=(each.lead, *each.others[1:]))
            for each in right(records)
        ]

    monkeypatch.setattr(funding, "rounds", turned)
    with pytest.raises(AssertionError):
        check_rounds(rounds_records())


def test_holders_are_those_of_the_last_month_and_own_all() -> None:
    records = rounds_records(fails=False, names=("A", "B", "OPEN"), months=24)
    rows = rows_of(report_capital.holders_table(records))
    assert {row[0] for row in rows} == {*INVESTORS, "founders"}
    for column in (2, 3):
        assert sum(exact(row[column]) for row in rows) == pytest.approx(1.0)
    table = records.tables["cap_tables"]
    last = (table["month"] == 23) & (table["provider"] == "A")
    told = dict(zip(table["holder"][last], table["share"][last], strict=True))
    assert {row[0]: exact(row[2]) for row in rows} == pytest.approx(told)
    worth = grid(records, "valuation")[-1]
    founders = next(row for row in rows if row[0] == "founders")
    assert exact(founders[-1]) == pytest.approx(
        exact(founders[2]) * worth[0] + exact(founders[3]) * worth[1]
    )


def test_runs_without_rounds_have_no_tables_of_them() -> None:
    assert capital_tables(synthetic_records()) == capital_tables(money_records()) == ""
    assert "every round" in write_report(rounds_records(), {}, {})


def test_names_are_escaped() -> None:
    records = rounds_records({"<b>": "venture", "&co": "growth"}, names=("<i>", "B"))
    page = capital_tables(records)
    assert "<b>" not in page and "<i>" not in page and "&lt;b&gt;" in page and "&amp;co" in page


# --- What a run prints ----------------------------------------------------------------------------


def test_capital_of_those_who_raised_is_printed() -> None:
    records = rounds_records(fails=False, names=("A", "B", "OPEN"))
    for name, value in (
        ("valuation", 2_500.0),
        ("revenue_multiple", 31.4),
        ("rounds", 4.0),
        ("raised", 820.0),
        ("founder_share", 0.61),
    ):
        grid(records, name)[-1, 1] = value
    grid(records, "rounds")[-1, 0] = 0.0
    lines = watch_lines(records)
    start = next(i for i, line in enumerate(lines) if line.startswith("capital, 2025-12"))
    assert lines[start].split()[2:] == ["value", "x", "revenue", "rounds", "raised", "founder,%"]
    assert lines[start + 2].split() == ["B", "$2.5bn", "31.4", "4", "$820m", "61"]
    assert lines[start + 3] == ""


def test_rounds_and_mood_are_printed_in_a_line_each() -> None:
    records = rounds_records()
    records.tables["market"]["sentiment"][-1] = 0.914
    records.tables["market"]["dry_powder"] = np.full(36, 279_000.0)
    lines = watch_lines(records)
    said = next(line for line in lines if line.startswith("rounds "))
    assert said.split(maxsplit=1)[1] == (
        "8 closed, $3.3bn raised, up to 80x revenue (OpenAI 2023-01)"
    )
    mood = next(line for line in lines if line.startswith("investors "))
    assert mood.split(maxsplit=1)[1] == "sentiment 0.91, $279bn to invest"


def test_the_highest_multiple_is_that_of_a_round() -> None:
    records = rounds_records()
    leads = np.flatnonzero(records.tables["rounds"]["lead"])
    records.tables["rounds"]["multiple"][leads[3]] = 512.0
    assert "up to 512x revenue (Meta 2024-01)" in watch_metrics.rounds_line(records)[1]
    records.tables["rounds"]["multiple"][leads[3]] = 3e9
    assert "up to 3e+09x revenue" in watch_metrics.rounds_line(records)[1]
    records.tables["rounds"]["multiple"][:] = np.nan
    assert watch_metrics.rounds_line(records)[1] == "8 closed, $3.3bn raised"


@pytest.mark.parametrize("names", [("x" * 300, "B"), ("A", "B", "OPEN")])
def test_lines_of_capital_fit_a_terminal(names: tuple[str, ...]) -> None:
    records = rounds_records(names=names)
    records.table = records.tables.__getitem__
    lines = run_summary(records).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("capital"))
    ours = [*lines[start : lines.index("", start)]]
    ours += [line for line in lines if line.startswith(("rounds ", "investors "))]
    assert len(ours) > 3 and max(map(len, ours)) <= WIDEST


def test_without_rounds_and_investors_nothing_is_said() -> None:
    lines = watch_lines(money_records())
    assert not any(line.startswith(("capital", "rounds ", "investors ")) for line in lines)
