"""Listings: who may, what is sold and by whom, and what a fall costs (E41)."""

from functools import lru_cache

import numpy as np
import pytest

from agents.codes import FOUNDERS, PUBLIC
from experiments.verification.trial import settings
from simulation.config_change import changed
from simulation.listing import go_public, list_providers, ready
from simulation.market import Market
from simulation.rounds import raise_round

OPEN_WINDOW = ("investment.listing_open=true", "investment.listing_revenue=100")


@lru_cache(maxsize=8)
def run(*sets: str) -> Market:
    """The market of V17 after four years."""
    market = Market(settings("v17_baseline", ("months=48", *sets)))
    while market.running:
        market.step()
    return market


def listings(market: Market) -> list[tuple[int, int]]:
    """Month and provider of every listing."""
    return [(e.month, e.code) for e in market.recorder.events if e.kind == "listing"]  # type: ignore[union-attr]


@pytest.fixture
def market() -> Market:
    """A market of V16 whose window is open, and in which nobody earns anything yet."""
    rules = ("investment.listing_open=true", "investment.dilution_limit=.15")
    market = Market(settings("v16_limit", rules))
    market.month = 20
    market.ledger.open()
    market.equity.valuation[:2] = 1000.0
    market.labs.revenue[:2] = 10_000 / 12
    market.equity.last_round[:2] = 20 - 13
    return market


def test_nobody_is_listed_before_the_window_opens() -> None:
    """An event opens it in month 20; another one closes it for good."""
    assert listings(run()) == []
    assert listings(run("investment.listing_revenue=0")) == []
    opened = run(*OPEN_WINDOW[1:], "events.window={month: 20, ipo_window: {}}")
    first = min(month for month, _ in listings(opened))
    assert first >= 20
    shut = "events.shut={month: 20, ipo_window: {open: false}}"
    always = listings(run(*OPEN_WINDOW))
    assert [one for one in always if one[0] < 20] == listings(run(*OPEN_WINDOW, shut))
    assert any(month >= 20 for month, _ in always)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("all is there", True),
        ("revenue a dollar short", False),
        ("last round a year ago", False),
        ("last round a year ago, old funds", True),
        ("last round a year ago, funds of 84 months", False),
        ("listed already", False),
        ("parent", False),
        ("gone", False),
        ("worth nothing", False),
    ],
)
def test_who_can_be_listed(market: Market, what: str, expected: bool) -> None:
    """10,000 M$ a year, and 13 months without a round or a venture fund of 85 months."""
    equity, labs, third = market.equity, market.labs, market.equity.names.index("Third")
    if what == "revenue a dollar short":
        labs.revenue[0] -= 1e-6
    elif what.startswith("last round"):
        equity.last_round[0] = 20 - 12
        equity.since[0] = -1000.0  # of others than venture funds it does not matter
        equity.since[0, third] = 20 - (85 if "old" in what else 84)
    elif what == "listed already":
        equity.listed[0] = True
    elif what == "parent":
        market.config = changed(market.config, {"providers.Alpha.raises": False})
    elif what == "gone":
        labs.exited[0] = True
    elif what == "worth nothing":
        equity.valuation[0] = 0.0
    assert bool(ready(market)[0]) is expected


@pytest.mark.parametrize("mood", [0.999, 1.0])
def test_nobody_is_listed_in_a_bad_mood(market: Market, mood: float) -> None:
    market.equity.sentiment = mood
    list_providers(market)
    assert market.equity.listed[:2].tolist() == [mood >= 1.0] * 2


def test_a_listing_sells_new_shares_and_those_of_venture_funds(market: Market) -> None:
    """12 % are new; the venture fund's tenth, diluted, is paid at the value after money."""
    equity, third = market.equity, market.equity.names.index("Third")
    before, powder = equity.stakes[0].copy(), equity.powder.copy()
    cash = float(market.labs.cash[0])
    go_public(market, 0)
    value = 1000.0 / 0.88
    assert market.labs.cash[0] - cash == pytest.approx(0.12 * value)
    assert equity.stakes[0, PUBLIC] == pytest.approx(0.12 + 0.88 * before[third])
    assert equity.stakes[0, FOUNDERS] == pytest.approx(0.88 * before[FOUNDERS])
    assert equity.stakes[0, third] == 0.0 and equity.since[0, third] == np.inf
    assert equity.powder[third] - powder[third] == pytest.approx(0.88 * before[third] * value)
    assert equity.powder[third] - powder[third] == pytest.approx(100.0)
    others = np.arange(len(powder)) != third
    assert equity.powder[others].tolist() == powder[others].tolist()
    paid = market.ledger.received(market.ledger.funds, "shares")
    assert paid[third] == pytest.approx(100.0) and paid.sum() == pytest.approx(100.0)
    assert equity.mark[0] == pytest.approx(value) and equity.last_post[0] == equity.mark[0]


def test_a_listing_without_venture_funds_or_new_shares(market: Market) -> None:
    market.equity.stakes[0] = 0.0
    market.equity.stakes[0, FOUNDERS] = 1.0
    market.config = changed(market.config, {"investment.listing_share": 0.0})
    go_public(market, 0)
    assert market.equity.stakes[0, FOUNDERS] == 1.0
    assert market.equity.listed[0] and market.equity.tickets == []


def test_a_fall_below_half_costs_sentiment_once(market: Market) -> None:
    equity = market.equity
    for code in (0, 1):
        go_public(market, code)
    equity.valuation[0] = 0.5 * equity.mark[0]
    list_providers(market)
    assert equity.sentiment == 1.0, "half is not below half"
    equity.valuation[0] *= 0.999
    for _ in range(3):
        list_providers(market)
    assert equity.sentiment == pytest.approx(0.9)
    equity.valuation[1] = 0.0
    market.labs.exited[1] = True
    list_providers(market)
    assert equity.sentiment == pytest.approx(0.9), "who is gone does not fall"


@pytest.mark.parametrize(
    ("window", "mood", "closes"), [(True, 1.0, True), (True, 0.99, False), (False, 1.0, False)]
)
def test_who_is_listed_sells_to_the_public(
    market: Market, window: bool, mood: float, closes: bool
) -> None:
    """New shares for 15 % after money, without a syndicate; no investor is asked."""
    equity = market.equity
    go_public(market, 0)
    market.config = changed(market.config, {"investment.listing_open": window})
    equity.sentiment, equity.tickets = mood, []
    public = float(equity.stakes[0, PUBLIC])
    assert raise_round(market, 0, "round", 0.15, 1e9) is closes
    assert [(t.kind, t.investor) for t in equity.tickets] == [("placement", PUBLIC)] * closes
    expected = 0.85 * public + 0.15 if closes else public
    assert equity.stakes[0, PUBLIC] == pytest.approx(expected)


def test_shares_of_the_public_stand_in_the_tables() -> None:
    """From the month of a listing on, and not before."""
    market = run(*OPEN_WINDOW)
    caps = market.records.table("cap_tables")
    public = caps["holder"] == "public"
    first = {}
    for month, code in listings(market):
        first.setdefault(market.supply.names[code], month)
    assert first
    for name, month in first.items():
        assert caps["month"][public & (caps["provider"] == name)].min() == month
    assert set(caps["provider"][public]) == set(first)
