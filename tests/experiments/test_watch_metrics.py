"""What to watch: printed and in the report, true to the tables, silent where there is nothing."""

import re
from typing import Any

import numpy as np
import pytest
from synthetic_money import grid, money_records
from synthetic_records import synthetic_records

from experiments import report, watch_metrics
from experiments.plots import series
from experiments.report import write_report
from experiments.summary import run_summary
from experiments.watch_metrics import CUSTOMERS, MONEY, Watch, at_the_end, watch_lines

WIDEST = 90
MANY = (*(f"Firm {letter}" for letter in "ABCDEFGHIJKLMN"), "OPEN")


def records_of(**story: Any) -> Any:
    """A made-up run that a summary can read."""
    records = money_records(**story)
    records.table = records.tables.__getitem__
    return records


def line_of(lines: list[str], name: str) -> list[str]:
    """Words of the first line that begins with a name, without the name."""
    return next(line for line in lines if line.startswith(name)).split()[len(name.split()) :]


def test_money_of_a_provider_is_that_of_the_last_month() -> None:
    records = records_of(fails=False, names=("A", "B", "OPEN"))
    for name, value in (
        ("revenue", 100.0),
        ("cash", 2_500.0),
        ("burn", 10.0),
        ("commitments", 216_000.0),
        ("commitments_to_revenue", 7.94),
        ("payment_pressure", 1.234),
        ("runway", 14.4),
    ):
        grid(records, name)[-1, 1] = value
    cells = line_of(watch_lines(records), "B")
    assert cells == ["$1.2bn", "$2.5bn", "$120m", "$216bn", "7.9", "1.23", "14"]


def test_customers_are_those_of_the_last_twelve_months() -> None:
    records = records_of(months=36, fails=False, names=("A", "B", "OPEN"))
    grid(records, "signings")[:, 1] = np.arange(36)
    grid(records, "retention_coding")[:, 1] = np.nan
    grid(records, "retention_coding")[30, 1] = 0.625
    lines = watch_lines(records)
    start = next(i for i, line in enumerate(lines) if line.startswith("last 12 months"))
    cells = line_of(lines[start:], "B")
    assert cells[:2] == ["62", f"{sum(range(24, 36))}"]
    grid(records, "retention_coding")[:, 1] = np.nan
    grid(records, "retention_coding")[10, 1] = 0.625  # more than a year ago: no news
    assert line_of(watch_lines(records)[start:], "B")[0] == watch_metrics.MISSING


def test_who_left_is_named_with_date_and_losses_and_has_no_row() -> None:
    records = records_of(months=36)
    grid(records, "written_off")[-1, 0] = 219_700.0
    lines = watch_lines(records)
    named = [line for line in lines if line.startswith("OpenAI")]
    assert named == ["OpenAI          left after 2025-01, $220bn written off"]
    grid(records, "written_off")[-1, 0] = 0.0
    assert "OpenAI          left after 2025-01" in watch_lines(records)


def test_lines_of_the_market_say_prices_race_and_runs() -> None:
    text = "\n".join(watch_lines(records_of(months=36)))
    assert "price, $/Mtok   GPT-4 level 6.81 > 0.012" in text
    assert "(-90 %/y), best 20.00 > 2.65 (-50 %/y)" in text
    assert "best model      0.45 OOM ahead of the second, 3 lead changes\n" in text
    assert "open weights    8 months and 0.55 OOM behind the best offer\n" in text
    assert "record runs     7, the first and last cost $48m > $843m\n" in text
    assert "in use" in text and "$/PFLOP-h" in text and "highest pressure" in text


def test_recorded_supply_has_no_money_but_customers() -> None:
    records = synthetic_records()
    records.tables["providers"]["retention_coding"][:] = 0.75
    text = "\n".join(watch_lines(records))
    assert "kept, %" in text and "75" in text
    for word in ("money,", "pressure", "PFLOP", "record runs", "rent", "nan", "no data"):
        assert word not in text


@pytest.mark.parametrize(
    "story",
    [
        {"months": 1},
        {"months": 120, "names": MANY},
        {"adopt": False},
        {"names": ("Solo",)},
        {"names": ("x" * 60, "y" * 60, "OPEN")},
        {"months": 600},
    ],
)
def test_lines_fit_a_terminal_whatever_the_run(story: dict[str, Any]) -> None:
    records = records_of(**story)
    assert max(map(len, watch_lines(records))) <= WIDEST
    assert not any("nan" in line for line in watch_lines(records))


def test_everybody_gone_is_told_and_not_drawn_up() -> None:
    records = records_of()
    grid(records, "status")[6:] = "exited"
    lines = watch_lines(records)
    assert sum("left after 2023-06" in line for line in lines) == series.ever(records).sum() > 0


def test_the_printed_table_holds_the_part_to_watch() -> None:
    records = records_of(months=36)
    text = run_summary(records)
    assert all(line in text for line in watch_lines(records))


def test_a_column_that_a_run_lacks_is_no_column() -> None:
    records = records_of(fails=False)
    records.tables["providers"]["utilisation"][:] = np.nan
    heads = [watch.head for watch in watch_metrics.known(records, CUSTOMERS)]
    assert "used, %" not in heads and "signed" in heads


def test_a_sum_over_a_shorter_run_is_that_of_its_months() -> None:
    records = records_of(months=3, fails=False, names=("A",))
    signed = Watch("signed", "", "signings", str, "sum")
    assert at_the_end(records, signed).tolist() == [9.0]


# --- The report ---------------------------------------------------------------------------------


def test_the_report_has_the_same_numbers_with_all_their_digits() -> None:
    records = money_records(months=36)
    text = write_report(records, {}, {})
    start = text.index("Money of each provider in 2025-12")
    row = re.search(r'<tr><th scope="row">Google</th>(.*?)</tr>', text[start:], re.S)
    assert row is not None
    found = [float(value) for value in re.findall(r'<data value="([^"]+)">', row[1])]
    assert found == [at_the_end(records, watch)[1] for watch in MONEY]
    assert "Not there any more: OpenAI left after 2025-01" in text
    assert "Lag of open weights" in text and "Rent of compute" in text


def test_the_report_of_recorded_supply_speaks_of_no_money() -> None:
    text = write_report(synthetic_records(), {}, {})
    assert "Money of each provider" not in text and "Rent of compute" not in text


def test_the_note_on_named_firms_fits_the_supply() -> None:
    recorded = write_report(synthetic_records(), {}, {})
    decided = write_report(money_records(), {}, {})
    assert report.DISCLAIMER in recorded and report.DECIDED not in recorded
    assert report.DECIDED in decided and report.DISCLAIMER not in decided
    assert "record that ships" not in decided
