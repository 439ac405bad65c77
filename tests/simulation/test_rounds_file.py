"""Reading rounds: what a run uses of a file, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation.config import load
from simulation.csv_table import TableError
from simulation.rounds_file import COLUMNS, Rounds, rounds, rounds_of, unused

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = CHECKOUT / "configs" / "data" / "funding_rounds.csv"
ROUND = {
    "date": "2023-04-30",
    "provider": "Alpha",
    "round": "A",
    "amount": "100",
    "status": "closed",
    "confidence": "seen",
}
Lines = Callable[..., bytes]


def table(*rows: dict[str, str], header: tuple[str, ...] = COLUMNS) -> bytes:
    """A file of these rows, each of which says only how it differs from ROUND."""
    lines = [",".join((ROUND | row).get(name, "") for name in header) for row in rows]
    return "\n".join(["# a comment", ",".join(header), *lines, ""]).encode()


def used(*rows: dict[str, str], months: int = 12, **entries: int) -> Rounds:
    """Rounds of a run that begins in 2023-01."""
    return rounds(Path("r.csv"), table(*rows), "2023-01", months, entries or {"Alpha": 0})


def complaints(content: bytes) -> list[str]:
    with pytest.raises(TableError) as caught:
        rounds(Path("r.csv"), content, "2023-01", 12, {"Alpha": 0})
    return caught.value.messages


def test_rounds_stand_in_the_order_of_their_months() -> None:
    found = used(
        {"date": "2023-09-01", "provider": "Beta", "valuation_post": "1e3", "investor": "Fund"},
        {"date": "2023-04-30", "debt": "50"},
        {"date": "2023-09-30", "amount": "7.5"},
        Beta=0,
        Alpha=0,
    )
    assert found.month.tolist() == [3, 8, 8]
    assert found.provider.tolist() == ["Alpha", "Beta", "Alpha"]
    assert found.amount.tolist() == [100.0, 100.0, 7.5]
    np.testing.assert_array_equal(found.valuation, [np.nan, 1000.0, np.nan])
    assert found.investor.tolist() == ["", "Fund", ""]


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ({"date": "2022-12-31"}, 0),  # before the run
        ({"date": "2023-02-28"}, 0),  # before the entry: its cash holds it
        ({"date": "2023-03-01"}, 1),
        ({"amount": "0"}, 0),
        ({"date": "2023-12-31"}, 1),
        ({"date": "2024-01-01"}, 0),  # after the run
        ({"status": "announced"}, 0),
        ({"provider": "Beta"}, 0),  # nobody of this name decides
    ],
)
def test_only_what_closes_from_the_entry_on_and_in_the_run_is_used(
    row: dict[str, str], count: int
) -> None:
    assert len(used(row, Alpha=2).month) == count


def test_what_cash_at_entry_holds_is_not_paid_again() -> None:
    parts = ("", "0", "30", "100")
    rows = [{"round": f"R{part}", "at_entry": part} for part in parts]
    assert used(*rows).amount.tolist() == [100, 100, 70]


def test_no_rounds_are_empty_arrays() -> None:
    found = used({"status": "announced"})
    assert [len(column) for column in found] == [0] * 5
    assert found.month.dtype == np.int64
    none = rounds_of(load({"supply": {"offers": {"A": {}}}}))
    assert [len(column) for column in none] == [0] * 5


def test_providers_that_a_config_lacks_are_named() -> None:
    content = table({}, {"provider": "Beta"}, {"provider": "Aleph"})
    assert unused(Path("r.csv"), content, {"Alpha"}) == ["Aleph", "Beta"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"date": "2023-4-30"}, "r.csv:3: date '2023-4-30' is not a date YYYY-MM-DD"),
        ({"date": "2023-04"}, "r.csv:3: date '2023-04' is not a date"),
        ({"provider": "a/b"}, "r.csv:3: provider 'a/b' is not a name"),
        ({"provider": ""}, "r.csv:3: provider '' is not a name"),
        ({"round": ""}, "r.csv:3: round '' is not a title"),
        ({"amount": ""}, "r.csv:3: amount is missing (M$)"),
        ({"amount": "nan"}, "r.csv:3: amount 'nan' is not a finite number (M$)"),
        ({"amount": "-1"}, "r.csv:3: amount -1 M$ is not in [0, 1e+09]"),
        ({"at_entry": "101"}, "r.csv:3: at_entry 101 M$ is more than amount 100 M$"),
        ({"debt": "x"}, "r.csv:3: debt 'x' is not a finite number (M$)"),
        ({"valuation_post": "2e9"}, "r.csv:3: valuation_post 2e9 M$ is not in [0, 1e+09]"),
        ({"status": "Closed"}, "r.csv:3: status 'Closed' is not one of closed, announced"),
        ({"note": "a,b"}, "r.csv:3: 15 fields, but the header names 14"),
    ],
)
def test_a_round_is_refused(row: dict[str, str], message: str) -> None:
    (found,) = complaints(table(row))
    assert found.startswith(message)


def test_a_file_is_refused_as_a_whole() -> None:
    assert complaints(table({}, {})) == ["r.csv:4: second row for Alpha, A (first on line 3)"]
    assert complaints(table({}, header=COLUMNS[:-1])) == ["r.csv:2: missing column 'note'"]
    assert complaints(table()) == ["r.csv: no row of data"]
    assert complaints(b"\xff") == ["r.csv:1: byte 0xff is not UTF-8; save the file as UTF-8"]
    assert len(complaints(table(*[{"amount": "x"}] * 30))) == 21


def test_the_variant_uses_what_closed_and_is_not_in_the_cash_at_entry() -> None:
    config = load(CHECKOUT / "configs" / "recorded_rounds.yaml")
    assert config.finance.rounds == DATA
    found = rounds_of(config)
    totals = {
        str(name): found.amount[found.provider == name].sum() for name in np.unique(found.provider)
    }
    assert totals == {"OpenAI": 32_200, "Anthropic": 28_700, "xAI": 17_000, "Mistral": 2_905}
    assert found.month.max() == 32  # September 2025
    owners = {cloud.owner for cloud in config.suppliers.values()} - {None}
    assert set(found.investor.tolist()) & owners == {"Amazon", "Alphabet", "Microsoft"}
    raised = {name for name, provider in config.providers.items() if provider.raises}
    assert set(totals) == raised
