"""Sales: who bids, whom the regulator blocks, and what a buyer has then."""

import numpy as np
import pytest

import simulation.merger as merger
import simulation.sale as sale
from agents.codes import CODES, FOUNDERS, NONE
from agents.distress_parameters import DistressParameters
from agents.equations.antitrust import Merger, merged
from agents.individuals import TASTE_TYPES
from simulation.checkpoint import restore, save
from simulation.config import Config, load
from simulation.config_layers import CHECKOUT
from simulation.history import History
from simulation.identities import IdentityError
from simulation.market import Market
from simulation.metrics.choosing_developers import developers_held
from simulation.takeover import pay_holders

BASELINE = CHECKOUT / "configs" / "baseline.yaml"
SIZES = ["developers.count=900", "consumers.count=600", "enterprises.count=80", "apps.count=60"]
MANY = ["developers.trial_probability=.7", "distress.blocking_probability=0"]
MANY += [
    "investment.multiple=.2",
    "investment.option_value=500",
    "investment.option_share=0",
]  # so that Google can pay
POOR = ["investors.Microsoft.dry_powder=0", "investors.Amazon.dry_powder=0"]
POOR += ["investors.Alphabet.dry_powder=0", "investors.Nvidia.dry_powder=0"]
POOR += [f"investors.{name}.inflow=0" for name in ("Microsoft", "Amazon", "Alphabet", "Nvidia")]
OPENAI, GOOGLE, ANTHROPIC, META = range(4)
MONTH = 14  # of the sale
Patch = pytest.MonkeyPatch


def config_of(*sets: str, months: int = 30) -> Config:
    return load(BASELINE, [*SIZES, *MANY, f"months={months}", "events=null", *sets])


def after(config: Config, months: int | None = None) -> Market:
    market = Market(config)
    while market.running and market.month != months:
        market.step()
    return market


def offer(monkeypatch: Patch, code: int) -> None:
    """Put one provider up for sale in one month."""

    def for_sale(market: Market) -> np.ndarray:
        flags = np.zeros(CODES, np.bool_)
        flags[code] = market.month == MONTH
        return flags

    monkeypatch.setattr(sale, "for_sale", for_sale)


def rows(market: Market, kind: str) -> list:  # type: ignore[type-arg]
    return [row for row in market.recorder.events if row.kind == kind]  # type: ignore[union-attr]


def crowded(market: Market) -> dict[str, int]:
    """Users of Anthropic and Google together, by population; of firms and apps too."""
    both = [GOOGLE, ANTHROPIC]
    found = {name: int(totals.accounts[both].sum()) for name, totals in market.totals.items()}
    found["firms"] = int(np.isin(market.enterprises.provider, both).sum())
    found["apps"] = int(np.isin(market.apps.columns["provider"], both).sum())
    return found


# --- Who may buy ---------------------------------------------------------------------------------


def test_a_merger_adds_twice_the_product_of_the_shares() -> None:
    shares = np.array([0.5, 0.3, 0.2])
    found = merged(shares, 0, 2)
    assert found == pytest.approx(Merger(0.49 + 0.09, 0.2, 0.7))
    assert found.concentration == pytest.approx(np.square([0.7, 0.3]).sum())


@pytest.mark.parametrize(
    ("case", "blocked"),
    [
        (Merger(0.19, 0.011, 0.1), True),  # concentrated
        (Merger(0.17, 0.011, 0.31), True),  # large
        (Merger(0.17, 0.011, 0.30), False),  # neither
        (Merger(0.9, 0.01, 0.9), False),  # hardly more than before
    ],
)
def test_the_regulator_follows_its_rule(case: Merger, blocked: bool) -> None:
    regulator, rule = after(config_of(), 0).regulator, DistressParameters()
    assert regulator.blocks(case, rule, 0.79) is blocked
    assert not regulator.blocks(case, rule, 0.81)
    assert (regulator.looked_at, regulator.blocked) == (2, int(blocked))


def test_bids_lie_between_half_and_all_of_the_value_and_the_highest_comes_first() -> None:
    market = after(config_of(), MONTH)
    market.equity.valuation[ANTHROPIC] = value = 900.0
    found = sale.bids(market, ANTHROPIC)
    amounts = [bid.amount for bid in found]
    assert amounts == sorted(amounts, reverse=True)
    assert 0.5 * value <= min(amounts) and max(amounts) <= value
    names = {bid.name for bid in found}
    assert {"Microsoft", "OpenAI", "Google"} <= names  # investor, provider, and by its parent
    assert "Anthropic" not in names and "VC1" not in names
    assert sale.bids(market, ANTHROPIC) == found


def test_nobody_bids_who_could_not_pay_half() -> None:
    market = after(config_of(), MONTH)
    market.equity.valuation[ANTHROPIC] = value = 2.0 * float(market.equity.powder[0]) * 1.001
    assert "Microsoft" not in {bid.name for bid in sale.bids(market, ANTHROPIC)}
    market.equity.valuation[ANTHROPIC] = value / 1.002
    able = next(bid for bid in sale.bids(market, ANTHROPIC) if bid.name == "Microsoft")
    assert able.amount <= market.equity.powder[0]


def test_who_has_nothing_does_not_bid_whatever_the_rule() -> None:
    market = after(config_of("distress.bidder_means=0", "distress.lowest_bid=0"), MONTH)
    market.labs.cash[OPENAI] = 0.0
    assert "OpenAI" not in {bid.name for bid in sale.bids(market, ANTHROPIC)}
    assert min(bid.amount for bid in sale.bids(market, ANTHROPIC)) >= 0.0


def test_who_owns_all_of_it_does_not_bid() -> None:
    market = after(config_of(), MONTH)
    market.equity.valuation[ANTHROPIC] = 100.0
    market.equity.stakes[ANTHROPIC] = 0.0
    market.equity.stakes[ANTHROPIC, 0] = 1.0
    assert "Microsoft" not in {bid.name for bid in sale.bids(market, ANTHROPIC)}


@pytest.mark.parametrize(
    ("liquid", "burn", "failure", "found"),
    [
        (299.0, 100.0, MONTH, True),
        (301.0, 100.0, MONTH, False),  # there is money
        (299.0, 100.0, MONTH - 7, False),  # the down round failed long ago
    ],
)
def test_who_is_for_sale(liquid: float, burn: float, failure: int, found: bool) -> None:
    market = after(config_of(), MONTH)
    labs, equity = market.labs, market.equity
    labs.credits[:], labs.deferred[:], labs.owed[:] = 0.0, 0.0, 0.0
    labs.cash[:], labs.burn[:] = liquid, burn
    equity.last_round[:], equity.failed_rescue[ANTHROPIC] = -100.0, failure
    equity.failed_rescue[GOOGLE] = failure  # whose parent covers it
    flags = sale.for_sale(market)
    assert flags[ANTHROPIC] == found and flags.sum() == found


# --- A provider buys -----------------------------------------------------------------------------


def test_a_buyer_has_all_that_both_had(monkeypatch: Patch) -> None:
    offer(monkeypatch, ANTHROPIC)
    seen = {}
    honest = merger.take_users

    def take_users(market: Market, code: int, buyer: int) -> str:
        seen["before"], seen["who"] = crowded(market), (code, buyer)
        seen["cohorts"] = {
            name: totals.cohort[:, [code, buyer]].sum(axis=1)
            for name, totals in market.totals.items()
        }
        moved = honest(market, code, buyer)
        seen["after"] = crowded(market)
        for name, totals in market.totals.items():
            np.testing.assert_array_equal(totals.cohort[:, buyer], seen["cohorts"][name])
            assert totals.accounts[code] == totals.seconds[code] == 0
            assert not (market.developers.crowd.second == code).any()
            people = getattr(market, name).crowd
            both = (people.second == people.choice) & (people.choice != NONE)
            assert not both.any()
        return moved

    monkeypatch.setattr(merger, "take_users", take_users)
    only_google(monkeypatch)
    market = after(config_of(*POOR, months=MONTH + 14))
    assert seen["who"] == (ANTHROPIC, GOOGLE)
    assert seen["after"] == seen["before"]
    assert min(seen["before"].values()) > 0
    (row,) = rows(market, "acquisition")
    assert row.month == MONTH and row.code == ANTHROPIC
    assert 0.5 * row.before <= row.after <= row.before
    assert rows(market, "absorbed")
    labs = market.labs
    assert labs.acquired[ANTHROPIC] and labs.exited[ANTHROPIC]
    assert not market.equity.stakes[ANTHROPIC].any()
    assert labs.cash[ANTHROPIC] == labs.debt[ANTHROPIC] == market.compute.signed[ANTHROPIC] == 0.0
    assert not (market.compute.contracts[:, 0] == ANTHROPIC).any()
    status = {provider.name: provider.status for provider in market.providers}
    assert status["Anthropic"] == "acquired"
    kept = market.records.table("providers")["retention_coding"]
    assert np.nanmax(kept) <= 1.0


def only_google(monkeypatch: Patch) -> None:
    honest = sale.providers
    monkeypatch.setattr(
        sale,
        "providers",
        lambda market, code: [bid for bid in honest(market, code) if bid.code == GOOGLE],
    )
    monkeypatch.setattr(sale, "investors", lambda *_: [])


def test_holders_are_paid_by_their_stakes(monkeypatch: Patch) -> None:
    offer(monkeypatch, ANTHROPIC)
    only_google(monkeypatch)
    config = config_of(months=MONTH + 2)
    market = after(config, MONTH)
    market.step()
    (row,) = rows(market, "acquisition")
    ledger, paid = market.ledger, market.ledger.payments
    of_sale = (paid.kind == _kind("shares")) & (paid.payer == ledger.account("parents"))
    assert paid.amount[of_sale].sum() == pytest.approx(row.after)
    founders = paid.payee == ledger.account("founders")
    monkeypatch.undo()
    stakes = after(config, MONTH + 1).equity.stakes[ANTHROPIC]
    assert paid.amount[of_sale & founders].sum() == pytest.approx(row.after * stakes[FOUNDERS])


def test_tables_keep_what_was_planned_and_spent_in_the_last_month(monkeypatch: Patch) -> None:
    """The month of a sale is one like others: its bills are paid before it."""
    offer(monkeypatch, ANTHROPIC)
    only_google(monkeypatch)
    table = after(config_of(months=MONTH + 2)).records.table("providers")
    own = table["provider"] == "Anthropic"
    spent = np.array([table[f"spent_{use}"][own] for use in ("efficiency", "safety", "sales")])
    monkeypatch.undo()
    alone = after(config_of(months=MONTH + 1)).records.table("providers")
    kept = alone["provider"] == "Anthropic"
    for name in ("budget", "compute_ordered", "payment_pressure", "burn", "spent_sales"):
        assert table[name][own][MONTH] == alone[name][kept][MONTH], name
    assert (spent[:, MONTH] > 0.0).all() and (spent[:, MONTH + 1] == 0.0).all()
    assert table["budget"][own][MONTH + 1] == table["payment_pressure"][own][MONTH + 1] == 0.0


def _kind(name: str) -> int:
    from agents.accounts import KINDS

    return KINDS.index(name)


def test_the_better_model_and_a_part_of_the_brand_stay() -> None:
    market = after(config_of(), MONTH)
    labs = market.labs
    labs.capability[[GOOGLE, ANTHROPIC]] = 1.0, 2.0
    labs.size[[GOOGLE, ANTHROPIC]] = 0.7, 1.4
    labs.efficiency[[GOOGLE, ANTHROPIC]] = 0.3, 0.2
    labs.brand[:, [GOOGLE, ANTHROPIC]] = 1.0, 3.0
    merger.take_model(market, ANTHROPIC, GOOGLE)
    assert (labs.capability[GOOGLE], labs.size[GOOGLE]) == (2.0, 1.4)
    assert labs.efficiency[GOOGLE] == 0.3
    np.testing.assert_allclose(labs.brand[:, GOOGLE], 1.0 + 0.5 * 3.0)


def test_a_blocked_buyer_is_followed_by_the_next_or_the_sale_fails(monkeypatch: Patch) -> None:
    offer(monkeypatch, ANTHROPIC)
    only_google(monkeypatch)
    strict = ["distress.blocking_probability=1", "distress.blocking_rise=0"]
    market = after(config_of(*strict, "distress.blocking_share=0", months=MONTH + 2))
    assert not rows(market, "acquisition")
    assert len(rows(market, "blocked_sale")) == len(rows(market, "failed_sale")) == 1
    assert market.labs.active[ANTHROPIC]
    loose = after(config_of("distress.blocking_probability=0", months=MONTH + 2))
    assert rows(loose, "acquisition") and not rows(loose, "blocked_sale")


def test_an_event_changes_what_is_blocked(monkeypatch: Patch) -> None:
    offer(monkeypatch, ANTHROPIC)
    only_google(monkeypatch)
    rule = "{month: 3, antitrust: {probability: 1, rise: 0, share: 0}}"
    market = after(config_of(f"events.rule={rule}", months=MONTH + 1))
    assert rows(market, "blocked_sale") and not rows(market, "acquisition")


# --- An investor buys ----------------------------------------------------------------------------


def test_an_investor_goes_on_with_all_shares_and_pays_what_is_overdue(monkeypatch: Patch) -> None:
    offer(monkeypatch, ANTHROPIC)
    monkeypatch.setattr(sale, "providers", lambda *_: [])
    rich = "investors.Nvidia.dry_powder=100000"
    market = after(config_of(rich, months=MONTH + 3))
    (row,) = rows(market, "acquisition")
    assert "it goes on" in row.detail
    nvidia = market.equity.names.index("Nvidia")
    assert market.labs.active[ANTHROPIC]
    buyer = next(n for n in market.equity.names if row.detail.startswith(n))
    place = market.equity.names.index(buyer)
    assert market.equity.stakes[ANTHROPIC, place] == 1.0
    assert market.equity.stakes[ANTHROPIC, FOUNDERS] == 0.0
    assert market.equity.powder[nvidia] >= 0.0


def test_who_pays_all_it_has_is_left_with_nothing_and_not_with_less() -> None:
    """Parts of a price, summed, may round above it: by 4e-6 M$ of 1e10."""
    market = after(config_of(), MONTH)
    equity, funds = market.equity, market.ledger.funds
    draws = np.random.default_rng(5)
    left = []
    for _ in range(200):
        parts = draws.random(equity.stakes.shape[1])
        parts[0] = 0.0
        equity.stakes[ANTHROPIC] = parts / parts.sum()
        equity.powder[0] = price = 1e10 * draws.random()
        pay_holders(market, ANTHROPIC, int(funds[0]), price)
        left.append(float(equity.powder[0]))
    assert min(left) == 0.0
    assert max(left) < 1e-5


# --- The same however it is run ------------------------------------------------------------------


def test_developers_of_an_absorbed_provider_are_counted_by_taste_at_its_buyer(
    monkeypatch: Patch,
) -> None:
    """What elasticities and diversion are of: who was there at the start of the last month."""
    offer(monkeypatch, ANTHROPIC)
    only_google(monkeypatch)
    market = after(config_of(months=MONTH + 4), MONTH + 3)
    assert market.recorder.mergers  # type: ignore[union-attr]
    crowd = market.developers.crowd
    there = np.zeros((TASTE_TYPES, CODES), np.int64)
    np.add.at(there, (crowd.taste, crowd.choice), 1)
    market.step()
    history = History(market.recorder)  # type: ignore[arg-type]
    np.testing.assert_array_equal(developers_held(history)[-1], there[:, history.codes])
    market.recorder.mergers.clear()  # type: ignore[union-attr]  # the planted bug
    assert (developers_held(history)[-1] != there[:, history.codes]).any()


@pytest.mark.parametrize("investor", [False, True])
def test_a_run_with_a_sale_is_resumed_to_the_same_bytes(monkeypatch: Patch, investor: bool) -> None:
    offer(monkeypatch, ANTHROPIC)
    if investor:
        monkeypatch.setattr(sale, "providers", lambda *_: [])
    else:
        only_google(monkeypatch)
    config = config_of(months=MONTH + 5)
    whole = after(config)
    assert rows(whole, "acquisition")
    for months in (MONTH, MONTH + 1, MONTH + 3):
        market = restore(save(after(config, months), "run"), config, "run", threads=2)
        while market.running:
            market.step()
        assert save(market, "run") == save(whole, "run"), months


@pytest.mark.parametrize("forgotten", ["seconds", "lent", "cohort", "weight"])
def test_totals_that_a_merger_forgets_end_the_run(monkeypatch: Patch, forgotten: str) -> None:
    offer(monkeypatch, ANTHROPIC)
    only_google(monkeypatch)
    honest = merger.rename

    def rename(crowd: object, totals: object, left: object, taken: object) -> None:
        kept = getattr(totals, forgotten).copy()
        honest(crowd, totals, left, taken)
        getattr(totals, forgotten)[:] = kept

    monkeypatch.setattr(merger, "rename", rename)
    with pytest.raises(IdentityError, match=r"developers|consumers"):
        after(config_of())


@pytest.mark.parametrize("forgotten", ["cash", "credits", "paid_in", "deferred"])
def test_books_that_a_merger_forgets_end_the_run(monkeypatch: Patch, forgotten: str) -> None:
    offer(monkeypatch, ANTHROPIC)
    only_google(monkeypatch)
    kept = tuple(name for name in merger.BOOKS if name != forgotten)
    monkeypatch.setattr(merger, "BOOKS", kept)
    honest = merger.take_books

    def take_books(market: Market, code: int, buyer: int) -> None:
        column = getattr(market.labs, forgotten)
        if forgotten in ("credits", "deferred"):
            column[code] += 7.0  # there is something to forget
        honest(market, code, buyer)

    monkeypatch.setattr(merger, "take_books", take_books)
    with pytest.raises(IdentityError) as caught:
        after(config_of())
    assert caught.value.month == MONTH
