"""Distress before exit: new terms for contracts, down rounds, and whom providers belong to."""

from collections.abc import Callable

import numpy as np
import pytest

import simulation.distress as distress
import simulation.phases.resolve as resolve
from agents.codes import CODES, FOUNDERS, OTHERS
from agents.compute_parameters import LONGEST_TERM, SupplierParameters
from agents.kernels.distress import RENEGOTIATED
from agents.strategy import Deal
from agents.supplier import ComputeMarket, Contract, Terms
from simulation.config import Config, load
from simulation.config_layers import CHECKOUT
from simulation.contracts import sign
from simulation.identities import IdentityError
from simulation.market import Market
from simulation.rounds import raise_round

BASELINE = CHECKOUT / "configs" / "baseline.yaml"
SIZES = ["developers.count=300", "consumers.count=300", "enterprises.count=60", "apps.count=20"]
MONTH = 5
Patch = pytest.MonkeyPatch


def config_of(*sets: str, months: int = 12) -> Config:
    return load(BASELINE, [*SIZES, f"months={months}", "events=null", *sets])


def after(config: Config, months: int | None = None) -> Market:
    market = Market(config)
    while market.running and market.month != months:
        market.step()
    return market


def kinds(market: Market, kind: str) -> list[int]:
    return [row.month for row in market.recorder.events if row.kind == kind]  # type: ignore[union-attr]


@pytest.fixture
def clouds() -> ComputeMarket:
    """Two clouds with contracts of provider 3, of 100 months at the first and 10 at the second."""
    compute = ComputeMarket({"A": cloud(), "B": cloud()}, 36)
    compute.sign(Contract(3, 0, 0, 2, 102, 5.0, 7.0))
    compute.sign(Contract(3, 1, 0, 2, 12, 5.0, 11.0))
    compute.sign(Contract(4, 1, 0, 2, 12, 5.0, 11.0))
    return compute


def cloud() -> SupplierParameters:
    return SupplierParameters(capacity_share=0.5)


# --- Stage i -------------------------------------------------------------------------------------


def test_new_terms_move_a_part_of_the_dues_behind_them_with_a_fee(clouds: ComputeMarket) -> None:
    before, signed = clouds.due.copy(), clouds.signed.copy()
    moved = clouds.put_off(3, 4, Terms(0.3, 24, 0.1))
    ahead = slice(4, 28)
    assert moved == pytest.approx(0.3 * (24 * 7.0 + 8 * 11.0))
    np.testing.assert_allclose(clouds.due[ahead, 3], 0.7 * before[ahead, 3])
    back = clouds.due[28:, 3] - before[28:, 3]
    # The first cloud until its last due month, the second one over as many months as were eased.
    np.testing.assert_allclose(back[:74, 0], 1.1 * 0.3 * 24 * 7.0 / 74)
    np.testing.assert_allclose(back[:24, 1], 1.1 * 0.3 * 8 * 11.0 / 24)
    assert not back[74:, 0].any() and not back[24:, 1].any()
    assert back.sum() == pytest.approx(1.1 * moved)
    assert clouds.signed[3] - signed[3] == pytest.approx(0.1 * moved)
    assert clouds.still_due(0)[3] == pytest.approx(clouds.signed[3])
    np.testing.assert_array_equal(clouds.due[:, 4], before[:, 4])


def test_all_that_is_due_may_be_put_off(clouds: ComputeMarket) -> None:
    """Where nothing is left of dues, they come back in the months after those that were eased."""
    assert clouds.put_off(4, 2, Terms(1.0, 24, 0.1)) == pytest.approx(10 * 11.0)
    assert not clouds.due[:26, 4].any() and not clouds.due[50:, 4].any()
    np.testing.assert_allclose(clouds.due[26:50, 4, 1], 1.1 * 10 * 11.0 / 24)


def test_all_dues_lie_within_the_months_that_are_kept(clouds: ComputeMarket) -> None:
    last = len(clouds.due)
    clouds.sign(Contract(5, 0, 35, 36 + 60, 36 + 60 + LONGEST_TERM, 1.0, 1.0))
    assert clouds.until <= last
    assert clouds.still_due(0)[5] == LONGEST_TERM == clouds.signed[5]
    clouds.put_off(3, 36, Terms(0.5, 120, 0.0))
    assert clouds.until <= last
    assert clouds.still_due(0)[3] == pytest.approx(clouds.signed[3])


def test_nobody_signs_for_longer_than_is_kept() -> None:
    market = after(config_of(), 2)
    dues = sign(market, 0, 1, Deal(1.0, 10 * LONGEST_TERM), market.month + 3)
    assert market.compute.contracts[-1, 4] - market.compute.contracts[-1, 3] == LONGEST_TERM
    assert dues == pytest.approx(LONGEST_TERM * market.compute.contracts[-1, 6])


def test_new_terms_come_under_pressure_and_keep_the_books() -> None:
    pressed = ("distress.renegotiation=1", "finance.distressed=.01", "finance.stressed=0")
    market = after(config_of(*pressed, months=24))
    rows = [row for row in market.recorder.events if row.kind == "renegotiation"]  # type: ignore[union-attr]
    assert len(rows) > 5
    for row in rows:
        assert row.after == pytest.approx(1.1 * row.before)
    assert (market.labs.stage == RENEGOTIATED).any()
    never = after(config_of(*pressed, "distress.renegotiation=0", months=24))
    assert not kinds(never, "renegotiation")
    calm = after(config_of("distress.renegotiation=1", "finance.distressed=1e6", months=24))
    assert not kinds(calm, "renegotiation")


def test_dues_put_off_press_less() -> None:
    market = after(config_of("distress.renegotiation=0", months=24), 20)
    code = int(np.argmax(market.compute.still_due(21)))
    year = slice(21, 33)
    before = market.compute.due[year, code].sum()
    market.compute.put_off(code, 21, Terms(0.3, 24, 0.1))
    assert market.compute.due[year, code].sum() == pytest.approx(0.7 * before)


# --- Stage ii ------------------------------------------------------------------------------------


def test_a_down_round_sells_at_most_its_limit_and_dilutes_all_alike() -> None:
    market = after(config_of("distress.down_round_limit=.35", "investment.acceptance=50"), MONTH)
    equity, code = market.equity, 2
    before, value = equity.stakes[code].copy(), float(equity.valuation[code])
    equity.powder[:] = 1e6
    market.ledger.open()
    assert raise_round(market, code, "down_round", 0.35, 1e6)
    sold = equity.raised[code] and equity.tickets[-1].dilution
    assert sold == pytest.approx(0.35)
    assert equity.tickets[-1].amount == pytest.approx(0.35 / 0.65 * value)
    assert equity.stakes[code, FOUNDERS] == pytest.approx(0.65 * before[FOUNDERS])
    assert equity.stakes[code].sum() == pytest.approx(1.0)


def lent(market: Market, code: int) -> float:
    """Liquid means of a provider but its cash, M$."""
    return float(market.labs.liquid[code] - market.labs.cash[code])


def failed(market: Market, month: int, runway: float, code: int = 2) -> list[str]:
    """What a rescue does to a provider whose round failed in `month`."""
    market.equity.failed_round[code] = month
    market.labs.cash[code], market.labs.burn[code] = 1e3 - lent(market, code), 1e3 / runway
    size = len(market.recorder.events)  # type: ignore[union-attr]
    distress.rescue(market)
    events = market.recorder.events[size:]  # type: ignore[union-attr]
    return [row.kind for row in events if row.code == code and row.kind != "contract"]


@pytest.mark.parametrize(
    ("month", "runway", "found"),
    [
        (MONTH, 5.9, ["round"]),
        (MONTH, 6.0, []),  # there is time
        (MONTH - 7, 5.9, []),  # long ago
    ],
)
def test_who_rescues_whom(month: int, runway: float, found: list[str]) -> None:
    market = after(config_of("investment.acceptance=50"), MONTH)
    market.equity.last_round[:] = -100.0
    market.equity.powder[:] = 1e5
    market.ledger.open()
    assert failed(market, month, runway) == found


def test_a_round_that_closed_makes_up_for_one_that_failed_before() -> None:
    market = after(config_of("investment.acceptance=50"), MONTH)
    market.equity.last_round[2] = MONTH - 1
    market.ledger.open()
    assert failed(market, MONTH - 1, 1.0) == []


def test_a_down_round_that_nobody_leads_is_noted() -> None:
    market = after(config_of("investment.acceptance=-50"), MONTH)
    market.equity.last_round[:] = -100.0
    market.ledger.open()
    assert failed(market, MONTH, 1.0) == ["failed_down_round"]
    assert market.equity.failed_rescue[2] == MONTH
    assert market.labs.rescued[2] < 0


# --- Whom providers belong to --------------------------------------------------------------------


def powder_made(market: Market) -> None:
    market.equity.powder[0] += 7.0


def stake_lost(market: Market) -> None:
    market.equity.stakes[0, FOUNDERS] -= 0.1


def stake_below_zero(market: Market) -> None:
    market.equity.stakes[0, OTHERS] -= 0.1
    market.equity.stakes[0, FOUNDERS] += 0.1


def stake_unknown(market: Market) -> None:
    market.equity.stakes[0, FOUNDERS] = np.nan


@pytest.mark.parametrize(
    ("bug", "account", "amount"),
    [
        (powder_made, "cash, less dry powder and credits, M$, Microsoft", "-7"),
        (stake_lost, "parts of a provider that belong to nobody, OpenAI", "0.1"),
        (stake_below_zero, "parts of a provider that belong to nobody, OpenAI", "0.1"),
        (stake_unknown, "parts of a provider that belong to nobody, OpenAI", "nan"),
    ],
)
def test_a_planted_bug_in_what_owners_have_ends_the_run(
    monkeypatch: Patch, bug: Callable[[Market], None], account: str, amount: str
) -> None:
    honest = resolve.check_money

    def check(market: Market) -> None:
        if market.month == MONTH:
            bug(market)
        honest(market)

    monkeypatch.setattr(resolve, "check_money", check)
    market = Market(config_of(), observe=False)
    with pytest.raises(IdentityError) as caught:
        while market.running:
            market.step()
    assert caught.value.month == MONTH
    assert caught.value.account == account
    assert f"{caught.value.amount:.6g}" == amount


def test_stages_are_those_of_the_last_year() -> None:
    market = after(config_of(), MONTH)
    labs, offered = market.labs, np.zeros(CODES, np.bool_)
    market.month = 40
    labs.renegotiated[:4], labs.rescued[1:4], offered[2] = 29, 28, True
    labs.rescued[3] = 29
    distress.take_stage(market, offered)
    assert labs.stage[:4].tolist() == [1.0, 1.0, 3.0, 2.0]
    labs.exited[3] = True
    labs.exited[2] = labs.acquired[2] = True
    distress.take_stage(market, offered)
    assert labs.stage[:4].tolist() == [1.0, 1.0, 0.0, 4.0]
