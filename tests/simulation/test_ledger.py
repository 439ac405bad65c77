"""Double-entry cash, and what must hold of money and compute: each guard finds a planted bug."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simulation.phases.resolve as resolve
import simulation.phases.settle as settle
from agents.accounts import KINDS, OTHERS
from agents.codes import CODES
from simulation.config import Config, load
from simulation.identities import IdentityError
from simulation.ledger import Ledger
from simulation.market import Market

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("months=8",)
MONTH = 4  # of the planted bug
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def config() -> Config:
    """The baseline with few agents, for a few months."""
    return load(ROOT / "configs" / "verification" / "v17_baseline.yaml", SMALL)


@pytest.fixture
def ledger() -> Ledger:
    """Cash of providers, two clouds and the others."""
    return Ledger(2)


# --- Cash ----------------------------------------------------------------------------------------


def test_every_payment_has_a_payer_and_a_payee(ledger: Ledger) -> None:
    staff = ledger.account("staff")
    ledger.post(3, staff, "operations", 2.5)
    ledger.post(ledger.account("consumers"), 3, "usage", 4.0)
    ledger.close()
    assert ledger.balance[3] == 1.5
    assert ledger.balance[staff] == 2.5
    assert ledger.balance.sum() == 0.0
    paid = ledger.payments
    named = zip(paid.payer, paid.payee, paid.kind, paid.amount, strict=True)
    assert {(int(a), int(b), KINDS[k], float(m)) for a, b, k, m in named} == {
        (3, staff, "operations", 2.5),
        (ledger.account("consumers"), 3, "usage", 4.0),
    }


def test_payments_of_one_kind_between_two_accounts_add_up(ledger: Ledger) -> None:
    for amount in (1.0, 2.0):
        ledger.post(0, 1, "spot", amount)
    ledger.post(0, 1, "debt", 5.0)
    assert ledger.received(1, "spot") == 3.0
    ledger.close()
    assert (ledger.balance[1], ledger.balance[0]) == (8.0, -8.0)


def test_many_providers_pay_many_clouds_at_once(ledger: Ledger) -> None:
    amount = np.arange(CODES * 2, dtype=np.float64).reshape(CODES, 2)
    ledger.post(np.arange(CODES)[:, None], ledger.clouds, "contracts", amount)
    assert list(ledger.received(ledger.clouds, "contracts")) == list(amount.sum(axis=0))
    ledger.close()
    assert list(ledger.balance[ledger.clouds]) == list(amount.sum(axis=0))
    assert list(ledger.balance[:CODES]) == list(-amount.sum(axis=1))


def test_a_month_begins_with_nothing_moved_and_balances_stay(ledger: Ledger) -> None:
    ledger.post(0, 1, "spot", 1.0)
    ledger.close()
    ledger.open()
    assert ledger.received(1, "spot") == 0.0
    ledger.close()
    assert ledger.balance[1] == 1.0
    assert len(ledger.payments.amount) == 0


def test_what_an_account_comes_with_is_from_investors(ledger: Ledger) -> None:
    ledger.bring(2, 7.0)
    assert ledger.balance[2] == 7.0
    assert ledger.balance[ledger.account("investors")] == -7.0
    assert ledger.balance.sum() == 0.0


def test_every_account_has_a_place_of_its_own(ledger: Ledger) -> None:
    places = [*range(CODES), *ledger.clouds.tolist(), *map(ledger.account, OTHERS)]
    assert places == list(range(len(ledger.balance)))


# --- Guards --------------------------------------------------------------------------------------


def plant(monkeypatch: Patch, bug: Callable[[Market], None]) -> None:
    """Let something go wrong in one month between the last payment and the checks."""
    honest = resolve.check_money

    def check(market: Market) -> None:
        if market.month == MONTH:
            bug(market)
        honest(market)

    monkeypatch.setattr(resolve, "check_money", check)


def cash_made(market: Market) -> None:
    market.labs.cash[0] += 7.0


def cash_of_the_ledger_made(market: Market) -> None:
    market.ledger.balance[-1] += 7.0


def payment_negative(market: Market) -> None:
    market.ledger.payments.amount[0] = -7.0


def payment_missing(market: Market) -> None:
    market.ledger.payments.amount[0] = np.nan


def profit_made(market: Market) -> None:
    market.labs.retained[0] -= 7.0


def cash_unknown(market: Market) -> None:
    market.labs.cash[0] = np.nan


def credits_below_zero(market: Market) -> None:
    """Credits that were spent twice; what was earned is bent so that the books balance."""
    held = market.labs.credits[0, 1]
    market.labs.credits[0, 1] = -7.0
    market.labs.retained[0] -= 7.0 + held


def deferred_below_zero(market: Market) -> None:
    market.labs.deferred[0, 0] -= 7.0
    market.labs.retained[0] += 7.0
    market.compute.signed[0] -= 7.0


def other_debts_below_zero(market: Market) -> None:
    market.labs.owed[0, -1] -= 7.0
    market.labs.retained[0] += 7.0


def loan_below_zero(market: Market) -> None:
    market.labs.debt[0] -= 7.0
    market.labs.retained[0] += 7.0


def revenue_not_booked(market: Market) -> None:
    market.bills.revenue[0, 0] += 7.0


def dues_forgotten(market: Market) -> None:
    market.compute.paid[0] -= 7.0


def write_off_forgotten(market: Market) -> None:
    """Contracts are struck off, and nobody writes off what they would have asked."""
    who = int(market.compute.contracts[0, 0])
    assert market.compute.cancel(who, market.month + 1) > 0.0


def contract_lost(market: Market) -> None:
    market.compute.due[market.month + 1 :, int(market.compute.contracts[0, 0])] = 0.0


def compute_made(market: Market) -> None:
    market.compute.capacity = float(market.compute.served.inference.sum()) - 7.0


def compute_unasked(market: Market) -> None:
    market.compute.served.research[0] += 7.0
    market.compute.capacity += 7.0


@pytest.mark.parametrize(
    ("bug", "account", "amount"),
    [
        (cash_made, "cash that the ledger lacks, M$, OpenAI", "7"),
        (cash_unknown, "cash that the ledger lacks, M$, OpenAI", "nan"),
        (cash_of_the_ledger_made, "ledger: cash of all accounts, M$", "7"),
        (payment_negative, "ledger: a negative or missing payment, M$", "-7"),
        (payment_missing, "ledger: a negative or missing payment, M$", "nan"),
        (profit_made, "balance sheet, M$, OpenAI", "7"),
        (credits_below_zero, "cash, credits or debts below 0, M$, OpenAI", "-7"),
        (deferred_below_zero, "cash, credits or debts below 0, M$, OpenAI", "-7"),
        (other_debts_below_zero, "cash, credits or debts below 0, M$, OpenAI", "-7"),
        (loan_below_zero, "cash, credits or debts below 0, M$, OpenAI", "-7"),
        (revenue_not_booked, "revenue received and not billed, M$, OpenAI", "-7"),
        (dues_forgotten, "dues signed and not accounted for, M$, OpenAI", "7"),
        (write_off_forgotten, "dues signed and not accounted for, M$, ", ""),
        (contract_lost, "dues signed and not accounted for, M$, ", ""),
        (compute_unasked, "compute served and not wanted, OpenAI", "7"),
        (compute_made, "compute used beyond capacity, OpenAI", ""),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_planted_bug_ends_the_run_with_month_account_and_amount(
    config: Config, monkeypatch: Patch, bug: Callable[[Market], None], account: str, amount: str
) -> None:
    plant(monkeypatch, bug)
    market = Market(config, observe=False)
    with pytest.raises(IdentityError) as caught:
        while market.running:
            market.step()
    error = caught.value
    assert error.month == market.month == MONTH
    assert error.account.startswith(account)
    assert amount == "" or f"{error.amount:.6g}" == amount
    assert str(error) == f"month {MONTH}: {error.account} is off by {error.amount:g}"
    assert not abs(error.amount) <= 1e-6


def test_without_a_bug_the_same_run_ends(config: Config, monkeypatch: Patch) -> None:
    looked: list[Any] = []
    plant(monkeypatch, looked.append)
    market = Market(config, observe=False)
    while market.running:
        market.step()
    assert len(looked) == 1


def test_a_payment_that_nobody_owes_is_found_in_the_month_in_which_it_is_made(
    config: Config, monkeypatch: Patch
) -> None:
    """Payments are checked as they are posted, and not only when somebody bends a balance."""
    honest = settle.pay

    def pay(market: Market) -> None:
        honest(market)
        if market.month == MONTH:
            market.ledger.post(0, market.ledger.account("staff"), "operations", 7.0)

    monkeypatch.setattr(settle, "pay", pay)
    market = Market(config, observe=False)
    with pytest.raises(IdentityError, match=r"month 4: cash that the ledger lacks.*OpenAI.* 7"):
        while market.running:
            market.step()
