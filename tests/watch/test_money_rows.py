"""What frames tell of money and of loyalty is what the tables of the run say, month by month."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from browser import ROOT

from agents.codes import CODES, HOLDERS
from experiments.watch import money
from experiments.watch.drawn import drawn_of
from experiments.watch.frames import Film
from experiments.watch.metrics import FEWEST
from simulation import sale
from simulation.config import load
from simulation.market import Market

MONTHS, SALE = 40, 14
GOOGLE, ANTHROPIC = 1, 2
SIZES = ("developers.count=1500", "consumers.count=600", "enterprises.count=300", "apps.count=60")
# Google alone can pay for Anthropic, which is for sale in one month, and nobody forbids it.
RICH = (
    *(f"investors.{name}.dry_powder=0" for name in ("Microsoft", "Amazon", "Alphabet", "Nvidia")),
    *(f"investors.{name}.inflow=0" for name in ("Microsoft", "Amazon", "Alphabet", "Nvidia")),
    "distress.blocking_probability=0",
    "investment.multiple=.2",
    "investment.option_value=500",
    "investment.option_share=0",
    "events=null",
)


class Watched(NamedTuple):
    """A film at the end of its run, and the tables of that run."""

    film: Film
    records: Any

    def series(self, key: str) -> np.ndarray:
        """Values of a series: (months, providers), or (months,)."""
        rows, at = np.array(self.film.rows), 0
        for series in self.film.series:
            wide = len(self.film.market.supply.codes) if series.by_provider else 1
            if series.key == key:
                return rows[:, at : at + wide] if series.by_provider else rows[:, at]
            at += wide
        raise KeyError(key)

    def column(self, name: str) -> np.ndarray:
        """A column of the providers table, (months, providers)."""
        return np.asarray(self.records.table("providers")[name]).reshape(MONTHS, -1)

    def news(self, kind: str) -> list[Any]:
        """News of all months."""
        return list(self.film.reporter.between(0, MONTHS)[kind])


@pytest.fixture(scope="module")
def watched() -> Watched:
    """A run in which one provider absorbs another."""

    def for_sale(market: Market) -> np.ndarray:
        flags = np.zeros(CODES, np.bool_)
        flags[ANTHROPIC] = market.month == SALE
        return flags

    def bidders(market: Market, code: int) -> list[Any]:
        return [bid for bid in honest(market, code) if bid.code == GOOGLE]

    honest = sale.providers
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sale, "for_sale", for_sale)
        patch.setattr(sale, "providers", bidders)
        patch.setattr(sale, "investors", lambda *_: [])
        config = load(ROOT / "configs/baseline.yaml", [*SIZES, *RICH, f"months={MONTHS}"])
        market = Market(config)
        film = Film(market, drawn_of(market))
        while market.running:
            market.step()
            film.expose()
    assert market.observer().mergers == [(SALE, ANTHROPIC, GOOGLE)]
    return Watched(film, market.records)


def there(watched: Watched) -> np.ndarray:
    """Who has a value to show: has entered, and not left."""
    found: np.ndarray = np.isfinite(watched.series("pressure"))
    return found


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("valuation", "valuation"),
        ("pressure", "payment_pressure"),
        ("runway", "runway"),
        ("revenue", "revenue"),
    ],
)
def test_money_is_that_of_the_providers_table(watched: Watched, key: str, column: str) -> None:
    shown, table = watched.series(key), watched.column(column)
    seen = there(watched)
    assert seen.sum() > MONTHS
    np.testing.assert_array_equal(shown[seen], table[seen])
    assert not seen[SALE:, ANTHROPIC].any()  # who was absorbed has no money any more


def test_dues_of_all_years_are_the_commitments(watched: Watched) -> None:
    dues = [watched.series(f"due_{year}") for year in range(money.YEARS)]
    seen = there(watched)
    table = watched.column("commitments")[seen]
    assert (table > 0).sum() > MONTHS
    np.testing.assert_allclose(np.sum(dues, axis=0)[seen], table, rtol=1e-12, atol=1e-9)


def test_dues_of_a_year_are_those_that_fall_due_in_it(watched: Watched) -> None:
    """In the last month the books still hold all that is to come, by month."""
    market, places = watched.film.market, list(watched.film.market.supply.codes)
    due = market.compute.due[:, places].sum(axis=2)
    for year in range(money.YEARS - 1):
        first = MONTHS + 12 * year
        shown = np.nan_to_num(watched.series(f"due_{year}")[-1])
        active = market.labs.active[places]
        np.testing.assert_allclose(shown, due[first : first + 12].sum(axis=0) * active)


@pytest.mark.parametrize("column", ["signings", "renewals_held", "renewals_won"])
def test_contracts_are_those_of_the_providers_table(watched: Watched, column: str) -> None:
    table = watched.column(column)
    assert table.sum() > 20
    np.testing.assert_array_equal(watched.series(column), table)


@pytest.mark.parametrize(
    ("key", "column"), [("retention", "retention_coding"), ("renewal_rate", "renewal_rate")]
)
def test_rates_of_enough_are_those_of_the_providers_table(
    watched: Watched, key: str, column: str
) -> None:
    shown, table = watched.series(key), watched.column(column)
    seen = np.isfinite(shown)
    assert seen.sum() > 20
    np.testing.assert_allclose(shown[seen], table[seen], rtol=1e-12)
    assert seen.sum() < np.isfinite(table).sum()  # of few agents there is a rate, but none is shown


def test_renewal_rates_of_few_are_not_shown(watched: Watched) -> None:
    held = watched.column("renewals_held")
    year = np.array([held[max(month - 11, 0) : month + 1].sum(axis=0) for month in range(MONTHS)])
    np.testing.assert_array_equal(np.isfinite(watched.series("renewal_rate")), year >= FEWEST)


def test_the_users_of_who_was_absorbed_count_for_the_buyer(watched: Watched) -> None:
    """The retention of the buyer after the merger has the cohorts of both."""
    table, shown = watched.column("retention_coding"), watched.series("retention")
    after = slice(SALE + 1, SALE + 12)
    assert np.isnan(shown[after, ANTHROPIC]).all()
    seen = np.isfinite(shown[after, GOOGLE])
    assert seen.any()
    np.testing.assert_allclose(shown[after, GOOGLE][seen], table[after, GOOGLE][seen], rtol=1e-12)


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("retention_all", "retention_coding"),
        ("renewal_rate_all", "renewal_rate"),
        ("per_compute_all", "revenue_per_compute"),
    ],
)
def test_the_whole_market_is_that_of_the_market_table(
    watched: Watched, key: str, column: str
) -> None:
    shown, table = watched.series(key), np.asarray(watched.records.table("market")[column])
    assert np.isfinite(table).sum() > 20
    np.testing.assert_allclose(shown, table, rtol=1e-12)


def test_revenue_per_compute_is_that_of_the_providers_table(watched: Watched) -> None:
    shown, table = watched.series("per_compute"), watched.column("revenue_per_compute")
    assert np.isfinite(table).sum() > MONTHS
    np.testing.assert_allclose(shown, table, rtol=1e-12)


def test_the_latest_news_of_owners_is_the_cap_table_of_the_month(watched: Watched) -> None:
    names = [*watched.film.market.equity.names, *HOLDERS]
    providers = watched.film.market.supply.providers
    table = watched.records.table("cap_tables")
    news = watched.news("owners")
    held: dict[str, dict[str, float]] = {}
    for month in range(MONTHS):
        for entry in news:
            if entry["month"] == month:
                stakes = {names[at]: share for at, share in entry["stakes"]}
                held[providers[entry["provider"]]] = stakes
        rows = table["month"] == month
        expected: dict[str, dict[str, float]] = {}
        keys = (table[key][rows] for key in ("provider", "holder", "share"))
        for provider, holder, share in zip(*keys, strict=True):
            expected.setdefault(provider, {})[holder] = share
        assert {name: stakes for name, stakes in held.items() if stakes} == expected


def test_cap_tables_are_told_only_when_they_change(watched: Watched) -> None:
    news = watched.news("owners")
    latest: dict[int, list[Any]] = {}
    for entry in news:
        assert latest.get(entry["provider"]) != entry["stakes"]
        latest[entry["provider"]] = entry["stakes"]
    assert 0 < len(news) < MONTHS * 4


def test_rounds_are_those_of_the_table(watched: Watched) -> None:
    table = watched.records.table("rounds")
    leads = np.asarray(table["lead"], bool)
    names = watched.film.market.supply.providers
    told = [
        (each["month"], names[each["provider"]], each["kind"], each["amount"], each["post_money"])
        for each in watched.news("rounds")
    ]
    columns = (table[key][leads] for key in ("month", "provider", "kind", "amount", "post_money"))
    assert told == list(zip(*columns, strict=True))
    holders = [*watched.film.market.equity.names, *HOLDERS]
    assert [holders[each["lead"]] for each in watched.news("rounds")] == list(
        table["investor"][leads]
    )
    assert len(told) > 5


def test_cohorts_are_those_of_the_table(watched: Watched) -> None:
    table = watched.records.table("cohorts")
    coding = np.asarray(table["segment"] == "coding")
    for month, sizes in enumerate(watched.news("cohorts")):
        rows = coding & (table["month"] == month)
        since = np.maximum(table["cohort"][rows], 0)
        np.testing.assert_array_equal(sizes, np.bincount(since, table["agents"][rows], month + 1))


def test_on_recorded_supply_there_is_no_money() -> None:
    recorded = ROOT / "configs" / "recorded.yaml"
    market = Market(load(recorded, ["months=3"]))
    film = Film(market, drawn_of(market))
    market.step()
    film.expose()
    assert money.introduced(market) is None
    assert film.reporter.between(0, 1)["owners"] == film.reporter.between(0, 1)["rounds"] == []
    assert "valuation" not in {series.key for series in film.series}
    assert "signings" in {series.key for series in film.series}
