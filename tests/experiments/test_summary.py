"""The printed tables say what the records hold, in lines that fit a terminal."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.divergence import (
    LEADER,
    Paths,
    account_shares,
    columns_for,
    divergence_table,
    paths_of,
)
from experiments.histories_summary import cut, digits, histories_summary
from experiments.summary import run_summary
from simulation.columns import (
    FLOWS_TABLE,
    MARKET_TABLE,
    PROVIDERS_TABLE,
    SEGMENTS,
    SEGMENTS_TABLE,
    TERMS,
)

NAMES = ("Alpha", "Beta", "Gamma", "OPEN")
FEW = SimpleNamespace(count=50)
CONFIG = SimpleNamespace(
    name="tiny", seed=5, developers=SimpleNamespace(count=1_000), enterprises=FEW, consumers=FEW
)


class Market:
    """Records of a market whose shares are set by hand; it has only what the tables need."""

    def __init__(self, dates: list[str], shares: np.ndarray) -> None:
        """`shares` (months, providers) holds for every segment."""
        self.config, self.providers = CONFIG, NAMES
        months, providers = shares.shape
        rows = np.indices((months, len(SEGMENTS), providers)).reshape(3, -1)
        segments: dict[str, Any] = {
            column.name: np.full(rows.shape[1], np.nan) for column in SEGMENTS_TABLE
        }
        values = np.repeat(shares[:, None], len(SEGMENTS), axis=1).ravel()
        segments |= dict.fromkeys(("account_share", "user_share", "spend_share"), values)
        segments["accounts"] = np.nan_to_num(values) * 1_000
        market: dict[str, Any] = {column.name: np.full(months, np.nan) for column in MARKET_TABLE}
        market |= {"month": np.arange(months), "date": np.array(dates, object)}
        market["hhi_coding"][:] = 0.4321
        market["regime"] = np.array(["oligopoly"] * months, object)
        market["renewal_rate"][-1] = 0.875
        flows: dict[str, Any] = {column.name: np.zeros(0) for column in FLOWS_TABLE}
        flows |= {name: np.zeros(0, object) for name in ("segment", "from", "to", "date")}
        providers: dict[str, Any] = {
            column.name: np.full(shares.size, np.nan) for column in PROVIDERS_TABLE
        }
        providers["status"] = np.array(["healthy"] * shares.size, object)
        providers["revenue"] = np.ravel(100 * shares)
        self.tables = {
            "segments": segments,
            "market": market,
            "flows": flows,
            "providers": providers,
        }

    def table(self, name: str) -> dict[str, Any]:
        """Columns of a table."""
        return self.tables[name]

    def move(
        self, month: int, segment: str, pair: tuple[str, str], agents: int, **terms: float
    ) -> None:
        """Add a flow with the sums of its utility terms."""
        flows = self.tables["flows"]
        row = {
            "month": month,
            "segment": segment,
            "from": pair[0],
            "to": pair[1],
            "agents": agents,
        } | {name: terms.get(name, 0.0) for name, _ in TERMS}
        for name, value in row.items():
            flows[name] = np.append(flows[name], [value])


def calendar(months: int) -> list[str]:
    """Months from 2023-01 on."""
    return [f"{2023 + month // 12}-{month % 12 + 1:02d}" for month in range(months)]


@pytest.fixture
def market() -> Market:
    """Fourteen months in which Beta overtakes Alpha, and Gamma is next to nothing."""
    beta = np.linspace(0.2, 0.7, 14)
    shares = np.stack([0.797 - beta, beta, np.full(14, 0.003), np.full(14, 0.2)], axis=1)
    shares[0] = np.nan
    return Market(calendar(14), shares)


def rows(text: str) -> dict[str, list[str]]:
    """Cells of each line, by its first word."""
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}


def test_shares_are_those_of_january_2024_and_of_the_last_month(market: Market) -> None:
    cells = rows(run_summary(market))  # type: ignore[arg-type]
    assert cells["share,"][1:] == ["coding,", "spend", "enterprise,", "spend", "consumer,", "users"]
    assert cells["2024-01"] == ["2024-02"] + ["2024-01", "2024-02"] * 2
    assert cells["Beta"] == ["66.2", "70.0"] * 3
    assert cells["Alpha"] == ["13.5", "9.7"] * 3
    assert cells["HHI"] == ["0.432", "0.432", "-", "-", "-", "-"]
    assert cells["renewal"][-2:] == ["-", "87.5"]


def test_the_regime_is_that_of_the_end_and_of_its_last_change(market: Market) -> None:
    table = market.table("market")
    names = ("hhi_revenue", "openness", "openness_shares", "openness_weights", "openness_frontier")
    for name, value in zip(names, (0.31, 0.52, 0.69, 0.47, 0.4), strict=True):
        table[name][-1] = value
    text = run_summary(market)  # type: ignore[arg-type]
    assert "regime          oligopoly all the time; HHI of revenue 0.31\n" in text
    assert (
        "openness        0.52, the mean of even shares 0.69, open weights 0.47, frontier 0.40\n"
    ) in text
    table["regime"][:] = ["none", "monopoly", *["open"] * 3, *["oligopoly"] * 3, *["open"] * 6]
    text = run_summary(market)  # type: ignore[arg-type]
    assert "regime          open since 2023-09 (oligopoly before); HHI of revenue 0.31\n" in text


def test_a_month_without_revenue_has_no_regime_and_no_openness(market: Market) -> None:
    market.table("market")["regime"][-2:] = "none"
    text = run_summary(market)  # type: ignore[arg-type]
    assert "regime          none since 2024-01 (oligopoly before)\n" in text
    assert "openness" not in text


def test_the_largest_provider_comes_first(market: Market) -> None:
    lines = run_summary(market).splitlines()  # type: ignore[arg-type]
    named = [line.split()[0] for line in lines if line.split() and line.split()[0] in NAMES]
    assert named == ["Beta", "OPEN", "Alpha", "Gamma"]


def test_a_run_that_ends_early_starts_with_its_first_adopters(market: Market) -> None:
    short = Market(calendar(5), np.array([[np.nan] * 4] * 2 + [[0.5, 0.5, 0, 0]] * 3))
    assert rows(run_summary(short))["2023-03"][0] == "2023-05"  # type: ignore[arg-type]


def test_flows_are_ranked_and_explained_over_the_last_twelve_months(market: Market) -> None:
    market.move(0, "coding", ("Alpha", "Gamma"), 900)  # fourteen months ago: not counted
    market.move(5, "coding", ("Alpha", "Beta"), 30, product=60.0, price=-15.0)
    market.move(9, "coding", ("Alpha", "Beta"), 10, product=20.0, capability=4.0)
    market.move(9, "coding", ("Beta", "Alpha"), 12, taste=3.0)
    market.move(9, "coding", ("none", "Beta"), 200)
    text = run_summary(market)  # type: ignore[arg-type]
    assert "coding      new       Beta 200\n" in text
    assert "switched  Alpha > Beta 40, Beta > Alpha 12\n" in text
    assert "terms     product term +2.00, price -0.38, capability +0.10 util each\n" in text
    assert "consumer    new       nobody\n" in text and "Gamma 900" not in text


def test_lines_fit_a_terminal(market: Market) -> None:
    market.move(9, "enterprise", ("Alpha", "Beta"), 30, product=60.0)
    assert max(map(len, run_summary(market).splitlines())) <= 80  # type: ignore[arg-type]


def histories(spread: float) -> list[Paths]:
    """Four histories; in half of them Alpha leads if there is any spread."""
    found = []
    for sign in (1, 1, -1, -1):
        alpha = 0.4 + sign * spread * np.linspace(0, 1, 3)
        shares = np.stack([alpha, 0.8 - alpha, np.zeros(3), np.full(3, 0.2)], axis=1)
        found.append(paths_of(Market(calendar(3), shares)))  # type: ignore[arg-type]
    return found


def test_the_divergence_table_has_its_declared_columns_and_a_row_a_month_and_segment() -> None:
    table = divergence_table(histories(0.2), histories(0.0), NAMES)
    assert list(table) == [column.name for column in columns_for(NAMES)]
    assert {len(values) for values in table.values()} == {9}
    assert table["segment"].tolist() == list(SEGMENTS) * 3
    assert table["date"].tolist() == [date for date in calendar(3) for _ in SEGMENTS]


def test_divergence_grows_with_the_spread_and_leaders_are_counted() -> None:
    table = divergence_table(histories(0.2), histories(0.0), NAMES)
    values = np.asarray(table["d_run"], float)
    assert values[0] == pytest.approx(0, abs=1e-12) and 0 < values[3] < values[6]
    assert np.asarray(table["d_run_peers_off"], float).max() < 1e-12
    assert (table["d_run_low"] <= table["d_run"]).all()
    assert (table["d_run_high"] >= table["d_run"]).all()
    assert table[LEADER + "Alpha"][-1] == table[LEADER + "Beta"][-1] == 0.5
    assert table["accounts"].tolist() == pytest.approx([1_000] * 9)


def test_histories_without_adopters_have_no_shares_and_no_divergence() -> None:
    empty = paths_of(Market(calendar(1), np.full((1, 4), np.nan)))  # type: ignore[arg-type]
    assert account_shares([empty]).max() == 0
    table = divergence_table([empty, empty], [empty, empty], NAMES)
    for name in ("d_run", "d_run_low", "d_run_independent", LEADER + "Alpha"):
        assert np.isnan(np.asarray(table[name], float)).all(), name


def test_the_histories_table_shows_spread_leaders_and_divergence() -> None:
    several, off = histories(0.2), histories(0.0)
    table = divergence_table(several, off, NAMES)
    market = Market(calendar(3), np.full((3, 4), 0.25))
    text = histories_summary(market, several, table, range(1, 5))  # type: ignore[arg-type]
    cells = rows(text)
    assert "4 histories, seeds 1-4" in text.splitlines()[0]
    assert cells["Alpha"][:5] == ["40.0", "20.0", "-", "60.0", "50"]
    assert "Gamma" not in cells
    d_run = np.asarray(table["d_run"], float)[-1]
    assert f"of accounts{digits(d_run):>35}" in text
    assert max(map(len, text.splitlines())) <= 100
    assert "  independent draws  " in text
    assert cells["oligopoly"] == ["4", "100", "%", "51", "-", "100", "%", "1", "2", "3", "4"]
    assert cells["open"] == ["0", "0", "%", "0", "-", "49", "%"]
    assert "led by Alpha                  2    50 %        15 - 85 %   1 2\n" in text


def test_many_seeds_of_a_basin_are_cut_at_a_whole_one() -> None:
    assert cut("1 2 30", 6) == "1 2 30"
    assert cut("1 2 30 40", 8) == "1 2 30 …"
    assert cut("1 2 300 40", 8) == "1 2 …"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.123, "0.12"), (0.00146, "0.0015"), (0.0, "0"), (np.nan, "-"), (1.0, "1.0")],
)
def test_divergences_keep_two_digits(value: float, text: str) -> None:
    assert digits(value) == text
