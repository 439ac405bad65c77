"""The outsider where companies are founded, rescued, sold and given up: what it must find."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import simulation.merger as merger
import simulation.sale as sale
import simulation.takeover as takeover
from agents.supplier import ComputeMarket
from experiments import verify
from experiments.verification.books import Books
from experiments.verification.case import Row
from experiments.verification.happenings import MERGER, TAKEOVER, TERMS
from experiments.verification.trial import settings, trial_of
from simulation.market import Market
from simulation.market import run as run_market

CASES = [case for case in verify.every_case() if case.config == "v17_sales"]
Patch = pytest.MonkeyPatch


def broken(*sets: str, theory: tuple[str, ...] = ()) -> list[Row]:
    """Rows that do not hold of a run with `sets`, by the theory of the config and `theory`."""
    trial_of.cache_clear()
    config = settings("v17_sales", theory)
    trial = trial_of(settings("v17_sales", (*theory, *sets)))
    return [row for case in CASES for row in case.check(config, trial) if not row.holds]


def test_everything_that_can_become_of_a_company_does() -> None:
    books = Books(settings("v17_sales"), run_market(settings("v17_sales")))
    kinds = Counter(one.kind for one in books.happenings)
    assert kinds[TERMS] > 10
    assert min(kinds[kind] for kind in (MERGER, TAKEOVER, "listing")) >= 1
    assert "down_round" in books.records.table("rounds")["kind"]
    founded = Counter(one.place for one in books.happenings if one.kind == "founding")
    assert sum(founded.values()) > 7 and max(founded.values()) > 1  # a place is had again
    assert kinds["failure"] >= 1 and books.held("written_off").max() > 1.0
    buyers = {one.other for one in books.happenings if one.kind == MERGER}
    assert buyers & {"Google", "Meta"}, "no parent buys"
    merged = [one for one in books.happenings if one.kind == MERGER]
    assert any(books.held("commitments")[one.month - 1, one.place] > 1.0 for one in merged)
    assert Counter(books.records.table("events")["kind"])["blocked_sale"] >= 1


ODD = {
    "all dues are put off every month": (
        *("distress.moved_share=1", "distress.moved_months=1", "distress.moved_fee=10"),
        *("distress.renegotiation=1", "finance.stressed=0", "finance.distressed=0"),
    ),
    "no dues are put off": ("distress.moved_share=0", "distress.moved_fee=0"),
    "places change hands": ("entry.hazard=20", "entry.seed_spread=3", "finance.grace=1"),
    "founders sell nothing": ("entry.seed_share=0",),
    "all for sale, none blocked": (
        *("investment.acceptance=-50", "distress.memory=1200", "distress.down_round_runway=1200"),
        *("distress.sale_months=1200", "distress.bidder_means=0", "distress.lowest_bid=0"),
        *("distress.blocking_probability=0", "entry.hazard=5"),
    ),
    "all for sale to funds": (
        *("investment.acceptance=-50", "distress.memory=1200", "distress.down_round_runway=1200"),
        *("distress.sale_months=1200", "distress.blocking_probability=1"),
        *("distress.blocking_concentration=0", "distress.blocking_rise=0"),
        *("investors.Amazon.kind=strategic", "investors.VC1.kind=strategic"),
    ),
    "nobody may merge and nobody has the money": (
        *("distress.bidder_means=1", "investors.Microsoft.dry_powder=0", "finance.grace=1"),
        *("investors.Microsoft.inflow=0", "investment.acceptance=-50"),
    ),
    "all is credits": ("finance.credit_share=1", "providers.OpenAI.credits=1"),
    "lenders without end": ("finance.debt_limit=1200", "finance.interest=2"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_counted_holds_in_odd_markets(odd: str) -> None:
    assert broken(theory=ODD[odd]) == []


@pytest.mark.parametrize(
    "planted",
    [
        *("distress.moved_share=.30001", "distress.moved_months=25", "distress.moved_fee=.10001"),
        *("investment.ticket_share=.35001", "investment.listing_share=.12001"),
        *("finance.credit_share=.90001", "compute.contract_discount=.15001"),
        "providers.OpenAI.holders={Microsoft: .35001, VC1: .14}",
    ],
)
def test_a_small_difference_of_settings_is_found(planted: str) -> None:
    assert broken(planted)


# --- An engine that is wrong, in ways that its own identities do not mind ------------------------


def dues_back_a_month_early(monkeypatch: Patch) -> None:
    """Clouds have what is put off back a month too early."""
    honest = ComputeMarket.put_off

    def early(self: ComputeMarket, provider: int, month: int, terms: Any) -> float:
        moved = honest(self, provider, month, terms)
        first = month + terms.months
        self.due[first - 1, provider] += self.due[first, provider]
        self.due[first, provider] = 0.0
        return moved

    monkeypatch.setattr(ComputeMarket, "put_off", early)


def fee_a_little_higher(monkeypatch: Patch) -> None:
    """The fee is a hundredth of itself too high, in dues and in what is signed."""
    honest = ComputeMarket.put_off

    def dear(self: ComputeMarket, provider: int, month: int, terms: Any) -> float:
        return honest(self, provider, month, terms._replace(fee=1.01 * terms.fee))

    monkeypatch.setattr(ComputeMarket, "put_off", dear)


def before_a_merger(monkeypatch: Patch, bend: Callable[[Market, int, int], None]) -> None:
    """Bend the books of who is absorbed before its buyer gets them."""
    honest = merger.take_books

    def bent(market: Market, code: int, buyer: int) -> None:
        bend(market, code, buyer)
        honest(market, code, buyer)

    monkeypatch.setattr(merger, "take_books", bent)


def cash_goes_to_people(market: Market, code: int, buyer: int) -> None:
    """A tenth of the cash."""
    labs, ledger = market.labs, market.ledger
    part = 0.1 * max(float(labs.cash[code]), 0.0)
    ledger.post(code, ledger.account("staff"), "operations", part)
    labs.cash[code] -= part
    labs.retained[code] -= part


def paid_in_counts_as_earned(market: Market, code: int, buyer: int) -> None:
    labs = market.labs
    labs.retained[code] += labs.paid_in[code]
    labs.paid_in[code] = 0.0


def credits_are_lost(market: Market, code: int, buyer: int) -> None:
    """A tenth of them, which their owners need not redeem."""
    labs, equity = market.labs, market.equity
    lost = 0.1 * labs.credits[code]
    labs.credits[code] -= lost
    labs.retained[code] -= lost.sum()
    equity.powder += equity.owned @ lost


def dues_are_cut(market: Market, code: int, buyer: int) -> None:
    """A hundredth of those to come."""
    compute, later = market.compute, market.month + 1
    cut = 0.01 * compute.due[later:, code]
    compute.due[later:, code] -= cut
    compute.signed[code] -= cut.sum()


def arrears_are_forgiven(market: Market, code: int, buyer: int) -> None:
    """A tenth of those beside dues."""
    labs = market.labs
    labs.retained[code] += 0.1 * labs.owed[code].sum()
    labs.owed[code] *= 0.9


def debts_are_forgiven(market: Market, code: int, buyer: int) -> None:
    labs = market.labs
    labs.retained[code] += 0.1 * labs.debt[code]
    labs.debt[code] *= 0.9


def price_cuts_what_was_paid_in(monkeypatch: Patch) -> None:
    """The price of a merger is money given back to owners, and no loss."""
    honest = merger.pay

    def bent(market: Market, buyer: int, price: float) -> None:
        honest(market, buyer, price)
        market.labs.retained[buyer] += price
        market.labs.paid_in[buyer] -= price

    monkeypatch.setattr(merger, "pay", bent)


def founders_get_a_little_less(monkeypatch: Patch) -> None:
    """A thousandth of their part of a price goes to other investors."""
    honest = takeover.pay_holders

    def bent(market: Market, code: int, payer: int, price: float) -> None:
        stakes = market.equity.stakes[code]
        part = 1e-3 * stakes[-2]
        stakes[-2] -= part
        stakes[-3] += part
        honest(market, code, payer, price)

    monkeypatch.setattr(sale, "pay_holders", bent)


def ticket_out_of_all_powder(monkeypatch: Patch) -> None:
    """Who takes over forgets what is overdue."""
    honest = takeover.take_over

    def bent(market: Market, code: int, investor: int, price: float) -> str:
        labs = market.labs
        kept = labs.owed[code].copy(), labs.deferred[code].copy()
        labs.owed[code], labs.deferred[code] = 0.0, 0.0
        told = honest(market, code, investor, price)
        labs.owed[code], labs.deferred[code] = kept
        return told

    monkeypatch.setattr(sale, "take_over", bent)


MERGERS = (
    cash_goes_to_people,
    paid_in_counts_as_earned,
    credits_are_lost,
    dues_are_cut,
    arrears_are_forgiven,
)


@pytest.mark.parametrize(
    "bend",
    [
        dues_back_a_month_early,
        fee_a_little_higher,
        price_cuts_what_was_paid_in,
        founders_get_a_little_less,
        ticket_out_of_all_powder,
        *(partial(before_a_merger, bend=bend) for bend in MERGERS),
    ],
    ids=lambda bend: getattr(bend, "keywords", {"bend": bend})["bend"].__name__,
)
def test_a_wrong_engine_is_found(bend: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bend(monkeypatch)
    found = broken(theory=ODD["all for sale to funds"] if bend is ticket_out_of_all_powder else ())
    assert found
    assert all(np.isfinite(row.result) for row in found)
