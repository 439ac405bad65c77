"""Rules of the supply side that no limit case can reach by its config alone."""

import pytest

from experiments.verification.trial import settings
from simulation.exit import close_down
from simulation.market import Market
from simulation.phases import resolve


def test_nothing_leaks_from_a_provider_that_has_left() -> None:
    """E11: the best is the best of who is there; what the leader knew leaves with it."""
    market = Market(settings("v13_spillover"), observe=False)
    for _ in range(3):
        market.step()
    labs = market.labs
    first, second, third = labs.efficiency[:3]
    assert first > second > third
    labs.exited[0] = True
    market.step()
    rate = market.config.research.spillover
    assert labs.efficiency[0] == first
    assert labs.efficiency[1] == second
    assert labs.efficiency[2] == pytest.approx(third + rate * (second - third), rel=1e-12)


def test_who_recovers_begins_to_count_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """E42: three months in a row without liquid means, and not three in all."""
    market = Market(settings("v15_spending"), observe=False)
    short = iter([True, True, False, True, True, True])
    honest = resolve.leave

    def leave(market: Market) -> None:
        owed = 1e6 if next(short) else 0.0
        market.labs.owed[0, -1] += owed
        market.labs.retained[0] -= owed  # the books balance, whoever looks at them
        honest(market)
        if not market.labs.exited[0]:
            market.labs.owed[0, -1] -= owed
            market.labs.retained[0] += owed

    monkeypatch.setattr(resolve, "leave", leave)
    gone = []
    for _ in range(6):
        market.labs.written_off[:] = 0.0
        if not market.labs.exited[0]:
            market.step()
        gone.append(bool(market.labs.exited[0]))
    assert gone == [False] * 5 + [True]


def test_who_has_a_parent_that_covers_it_never_gives_up() -> None:
    """E42: a deficit that the parent pays is no distress; the same one ends its neighbour."""
    covered = ("providers.Bravo.parent_flow=1", "providers.Bravo.raises=false")
    market = Market(settings("v15_spending", covered), observe=False)
    labs = market.labs
    labs.owed[:2, -1] = 1e6
    labs.retained[:2] -= 1e6
    for _ in range(market.config.finance.grace):
        assert not labs.exited.any()
        market.step()
    assert list(labs.exited[:2]) == [True, False]
    assert labs.owed[1].sum() < 1e-12


def test_who_can_borrow_what_it_is_short_of_goes_on() -> None:
    """E33, E42: a bill that a loan pays in full leaves nothing owed, to the last digit or not."""
    market = Market(settings("v17_hardship", ("finance.debt_limit=1200", "finance.interest=0")))
    while market.running:
        market.step()
    assert market.labs.debt.max() > 100.0
    failures = [event for event in market.recorder.events if event.kind == "failure"]
    assert all(event.before > 1.0 for event in failures)


def test_cash_that_is_a_rounding_below_zero_is_not_paid_out_at_an_exit() -> None:
    """Bills that took all the cash leave a rounding; a payment of less than nothing is none."""
    market = Market(settings("v15_spending"))
    market.step()
    for cash, paid in ((-9e-13, 0.0), (2.5, 2.5)):
        market.ledger.open()
        market.labs.cash[0] = cash
        close_down(market, 0)
        market.ledger.close()
        assert market.ledger.payments.amount.sum() == paid
