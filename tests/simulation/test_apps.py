"""Application companies in the market: closed forms, conservation, and corners."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import pareto

from agents.apps import API, COHORT
from agents.codes import CODING, CONSUMER, ENTERPRISE, NONE, OPEN
from agents.equations.app_market import chance
from agents.equations.choice import nested_shares
from simulation.columns import SEGMENTS
from simulation.config import Config, load
from simulation.identities import IdentityError
from simulation.market import Market, run
from simulation.metrics.apps import hill, ranked
from simulation.phases import apps as phase
from simulation.phases import serve_bill
from simulation.phases.serve_bill import Bills

RECORDED = Path(__file__).parents[2] / "configs" / "recorded.yaml"
SMALL = ["developers.count=1500", "consumers.count=1000", "enterprises.count=200"]
Z = 3.9
OFFERS: dict[str, Any] = {
    "A": {"capability": 0.9, "price": 8},
    "B": {"capability": 0.6, "price": 4},
    "C": {"capability": 0.5, "price": 2, "open_weights": True},
    "OPEN": {"capability": 0.4, "price": 1, "open_weights": True},
}
EQUAL: dict[str, Any] = {name: {} for name in "ABCD"}
# Apps that do nothing but choose once and use tokens.
QUIET: dict[str, Any] = {
    "count": 300,
    "size_spread": 0,
    "entry_rate": 0,
    "absorption": 0,
    "reconsideration": 0,
    "switching_cost_base": 0,
    "switching_cost_growth": 0,
}
PEOPLE = ("developers", "consumers", "enterprises")


def settings(
    months: int = 12,
    offers: dict[str, Any] = OFFERS,
    lam: float = 0.6,
    users: tuple[str, ...] = PEOPLE,
    **apps: object,
) -> Config:
    """A market in which half of all `users` are on A from the start and nobody else adopts."""
    still = {"count": 60, "innovation": 0, "imitation": 0}
    return load(
        {
            "months": months,
            "supply": {"offers": offers},
            "choice": {"nest_dissimilarity": lam},
            **dict.fromkeys(PEOPLE, still),
            "networks": {name: {"family": "none"} for name in PEOPLE},
            "initial": {
                name: {"adopted": 0.5, "shares": {"A": 1.0}, "tenure": 6} for name in users
            },
            "apps": QUIET | apps,
        }
    )


def after(months: int, config: Config) -> Market:
    """The market after some months."""
    market = Market(config)
    for _ in range(months):
        market.step()
    return market


def switched(months: int, config: Config) -> float:
    """Share of apps that change their provider in a month, after the first."""
    market, moves = after(1, config), 0
    for _ in range(months):
        market.step()
        moves += market.apps.turnover.switched
    return moves / (months * len(market.apps))


def far(found: float, theory: float, trials: float) -> bool:
    """Whether a frequency lies further from theory than chance would have it."""
    return abs(found - theory) > Z * np.sqrt(theory * (1 - theory) / trials)


# --- Closed forms, each with a power twin --------------------------------------------------------


def choice_z(config: Config, lam: float, price_weight: float) -> float:
    """Largest deviation of the shares of choices from the nested logit, in standard errors."""
    market = after(1, config)
    offers, apps = market.offers, market.apps
    worst = 0.0
    for segment in range(len(SEGMENTS)):
        live = np.flatnonzero(offers.live[API[segment]])
        at = (API[segment], live)
        utility = 2.0 * offers.capability[at] - price_weight * np.log(offers.price[at])
        theory = nested_shares(utility, offers.nested[at] > 0, lam)
        chosen = apps.get("provider")[apps.get("segment") == segment]
        seen = np.bincount(chosen, minlength=16)[live] / len(chosen)
        z = (seen - theory) / np.sqrt(theory * (1 - theory) / len(chosen))
        worst = max(worst, float(np.abs(z).max()))
    return worst


@pytest.mark.parametrize("lam", [0.6, 1.0])
def test_choices_are_those_of_the_nested_logit(lam: float) -> None:
    config = settings(count=60_000, lam=lam)
    assert choice_z(config, lam, 1.2) < Z
    assert choice_z(config, 0.8, 1.2) > Z
    assert choice_z(config, lam, 1.3) > Z


def test_apps_leave_as_often_as_they_look_around() -> None:
    config = settings(13, EQUAL, 1.0, count=5000, reconsideration=0.05)
    theory = float(chance(0.05)) * 3 / 4
    found = switched(12, config)
    assert not far(found, theory, 60_000)
    assert far(found, float(chance(0.06)) * 3 / 4, 60_000)


def test_lock_in_keeps_apps_and_grows_with_tenure() -> None:
    sure = {"count": 20_000, "reconsideration": 1000, "limit": 0}
    held = switched(3, settings(4, EQUAL, 1.0, switching_cost_base=1.5, **sure))
    assert not far(held, 3 / (3 + np.exp(1.5)), 60_000)
    assert far(held, 3 / (3 + np.exp(1.4)), 60_000)
    cost = {"switching_cost_growth": 2.0, "switching_cost_months": 3}
    found = switched(1, settings(2, EQUAL, 1.0, **cost, **sure))
    assert not far(found, 3 / (3 + np.exp(2.0 * (1 - np.exp(-1 / 3)))), 20_000)


def test_log_size_spreads_as_gibrats_law_says() -> None:
    market = after(12, settings(count=30_000, size_spread=0.1))
    apps = market.apps
    logs = np.log(apps.get("share"))
    for segment in range(len(SEGMENTS)):
        variance = logs[apps.get("segment") == segment].var()
        error = np.sqrt(2 / 10_000)
        assert abs(variance / (12 * 0.1**2) - 1) < Z * error
        assert abs(variance / (12 * 0.105**2) - 1) > Z * error


def test_a_common_drift_cancels_in_shares() -> None:
    slow, fast = (
        after(12, settings(size_spread=0.1, size_drift=drift, absorption=0.5, entry_rate=30))
        for drift in (0.0, 0.5)
    )
    assert np.array_equal(slow.apps.get("app"), fast.apps.get("app"))
    assert np.allclose(slow.apps.get("share"), fast.apps.get("share"), rtol=1e-9)
    assert np.allclose(slow.apps.in_house, fast.apps.in_house, rtol=1e-9)
    assert slow.apps.in_house.sum() > 0.0


def test_entry_is_a_poisson_number_of_small_companies_where_users_are() -> None:
    months, rate = 60, 100.0
    market = after(months, settings(months, entry_rate=rate, count=3, limit=9000))
    entrants = market.apps.select(market.apps.get("app") >= COHORT)
    mean = months * rate * 0.5
    assert abs(len(entrants) - mean) < Z * np.sqrt(mean)
    assert abs(len(entrants) - 1.2 * mean) > Z * np.sqrt(mean)
    for share in np.bincount(entrants.get("segment")) / len(entrants):
        assert not far(share, 1 / 3, len(entrants))
    assert np.array_equal(entrants.get("app") // COHORT - 1, entrants.get("entered"))
    first = after(1, settings(1, entry_rate=1000, count=3000, limit=9000)).apps
    new = first.get("app") >= COHORT
    coding = first.get("segment") == CODING
    assert new.sum() > 300
    old, young = (first.get("share")[coding & part] for part in (~new, new))
    assert young == pytest.approx(0.1 * old[0], rel=1e-12)


def test_entrants_go_where_users_have_adopted() -> None:
    market = after(6, settings(6, users=("developers",), entry_rate=100))
    entrants = market.apps.get("segment")[market.apps.get("app") >= COHORT]
    assert len(entrants) > 50
    assert (entrants == CODING).all()


def test_a_provider_absorbs_its_apps_in_proportion_to_its_share() -> None:
    config = settings(2, count=30_000, absorption=0.4)
    before, market = after(1, config).apps, after(2, config)
    apps = market.apps
    on, segment = before.get("provider"), before.get("segment")
    kept = np.isin(before.get("app"), apps.get("app"))
    reach = before.reach[segment, on]
    for code in (0, 1, 2):
        at = (on == code) & (segment == CODING)
        theory = float(chance(0.4 * reach[at][0]))
        assert not far(1 - kept[at].mean(), theory, at.sum())
        assert code or far(1 - kept[at].mean(), 1.3 * theory, at.sum())
    assert kept[on == OPEN].all()
    assert apps.turnover.absorbed == np.count_nonzero(~kept)
    taken = np.bincount(segment[~kept] * 16 + on[~kept], before.get("share")[~kept], 48)
    assert np.allclose(apps.in_house, taken.reshape(3, 16), rtol=1e-9)
    whole = market.bills.app_tokens.sum(axis=1)
    assert np.allclose(whole, 0.15 * market.bills.tokens.sum(axis=1), rtol=1e-12)


def test_too_small_companies_give_up_and_others_share_their_use() -> None:
    market = after(24, settings(24, size_spread=0.2, exit_size=0.3))
    apps = market.apps
    assert 0 < len(apps) < 300
    heads = np.bincount(apps.get("segment"))
    relative = apps.get("share") * heads[apps.get("segment")]
    assert relative.min() > 0.2
    unbound = after(24, settings(24, size_spread=0.2, exit_size=0))
    assert len(unbound.apps) == 300


# --- Coupling ------------------------------------------------------------------------------------


def paths(config: Config, months: int) -> dict[int, tuple[int, ...]]:
    """Provider and month of choice of each company, by serial number."""
    apps = after(months, config).apps
    return {row.app: (row.provider, row.since, row.segment) for row in apps}


def test_an_entrant_moves_nobody_elses_draw() -> None:
    busy = {"reconsideration": 0.5, "size_spread": 0.2, "months": 12}
    few, more = (paths(settings(entry_rate=rate, **busy), 12) for rate in (5, 50))
    assert len(more) > len(few) + 100
    assert all(more[app] == path for app, path in few.items())


def test_those_who_leave_move_nobody_elses_draw() -> None:
    busy = {"reconsideration": 0.5, "size_spread": 0.2, "months": 12}
    every, left = (paths(settings(exit_size=size, **busy), 12) for size in (0, 0.5))
    assert 100 < len(left) < 290
    assert list(left) != list(range(len(left)))  # rows have moved
    assert all(every[app] == path for app, path in left.items())


def test_rows_instead_of_serial_numbers_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: after each month companies are known by the row they stand in."""
    kernel = phase.app_month

    def renumbering(room: Any, *rest: Any) -> int:
        count = int(kernel(room, *rest))
        room.app[:count] = np.arange(count)
        return count

    monkeypatch.setattr(phase, "app_month", renumbering)
    busy = {"reconsideration": 0.5, "size_spread": 0.2, "months": 12}
    every, left = (paths(settings(exit_size=size, **busy), 12) for size in (0, 0.5))
    assert any(every[app] != path for app, path in left.items())


def test_direct_users_do_not_notice_apps() -> None:
    """The power twin is revenue, which apps are part of."""
    with_apps, without = (
        run(load(RECORDED, [*SMALL, f"apps.count={count}", "months=12"])) for count in (200, 0)
    )
    left, right = with_apps.table("segments"), without.table("segments")
    for column in ("accounts", "users", "tokens", "spend", "fees", "spend_share"):
        assert np.array_equal(left[column], right[column], equal_nan=True)
    assert not np.array_equal(left["revenue"], right["revenue"])
    for table in ("flows", "contracts", "cohorts", "agents", "events"):
        assert with_apps.parquet(table) == without.parquet(table)


# --- Corners -------------------------------------------------------------------------------------


def test_a_market_without_apps_runs_and_says_so() -> None:
    records = run(settings(count=0, entry_rate=50))
    assert len(records.table("apps")["app"]) == 0
    market = records.table("market")
    assert not market["apps"].any() and not market["apps_entered"].any()
    assert not market["app_tokens"].any() and not market["app_spend"].any()
    assert np.isnan(market["app_tail"]).all() and np.isnan(market["app_top_ten"]).all()


def test_use_can_be_switched_off() -> None:
    market = run(settings(usage_share=0)).table("market")
    assert (market["apps"] == 300).all()
    assert not market["app_tokens"].any()


def test_entrants_beyond_the_limit_are_turned_away() -> None:
    market = after(3, settings(3, entry_rate=1000, limit=310))
    assert len(market.apps) == market.apps.number == 310


def test_without_adopters_nobody_enters_and_nobody_uses_anything() -> None:
    market = after(6, settings(6, users=(), entry_rate=60))
    assert len(market.apps) == 300
    assert not market.bills.app_tokens.any()
    assert (market.apps.get("provider") != NONE).all()


def test_where_nothing_is_offered_apps_wait_and_use_nothing() -> None:
    market = Market(settings(9, absorption=0.3))
    code = market.supply.names.index("A")
    market.supply.available[3:, :, code] = False  # A leaves ...
    market.supply.available[5:7] = False  # ... then all do, for two months
    for month in range(9):
        market.step()
        apps, provider = market.apps, market.apps.get("provider")
        if month == 2:
            assert (provider == code).any()
            assert apps.in_house[:, code].sum() > 0.0
        elif month in (5, 6):
            assert (provider == NONE).all()
            assert not market.bills.app_tokens.any() and not apps.in_house.any()
        elif month > 2:
            assert not (provider == code).any()
            assert (provider != NONE).all()
            assert not apps.in_house[:, code].any()
    assert market.bills.app_tokens.sum() > 0.0  # who came back is served again


def test_apps_for_consumers_buy_what_enterprises_are_offered() -> None:
    offers = OFFERS | {
        "A": {"capability": 0.9, "price": {"coding": 8, "enterprise": 5}},
        "Chat": {"capability": 3, "segments": ["consumer"]},
        "OPEN": {"capability": 0.4, "price": 1, "segments": ["coding", "enterprise"]},
    }
    market = after(1, settings(1, offers, count=3000))
    bills, names = market.bills, market.supply.names
    paid = (
        bills.app_spend[CONSUMER, names.index("A")] / bills.app_tokens[CONSUMER, names.index("A")]
    )
    assert paid == pytest.approx(5.0)
    assert bills.app_tokens[CONSUMER, OPEN] > 0.0
    assert bills.app_tokens[CONSUMER, names.index("Chat")] == 0.0
    assert bills.revenue[ENTERPRISE, OPEN] == bills.app_spend[ENTERPRISE, OPEN] > 0.0


# --- Identities, each proven by a planted bug ----------------------------------------------------


def double_bills(bills: Bills) -> None:
    bills.app_tokens[CODING] *= 2


def lose_bills(bills: Bills) -> None:
    bills.tokens[CODING] *= 0.5


def serve_too_much(bills: Bills) -> None:
    bills.tokens[CODING, 0] += 1.0
    bills.served[CODING, 0] += 1.0


def use_too_much(bills: Bills) -> None:
    for part in (bills.demanded, bills.served):
        part[CODING] += bills.app_tokens[CODING]
    bills.app_tokens[CODING] *= 2


def serve_users_nowhere(bills: Bills) -> None:
    for part in (bills.demanded, bills.served, bills.tokens):
        part[CODING, 9] += 1.0


def serve_apps_nowhere(bills: Bills) -> None:
    for part in (bills.demanded, bills.served, bills.app_tokens):
        part[CODING, 9] += 1.0


def receive_too_much(bills: Bills) -> None:
    bills.app_spend[CODING, 0] += 1.0


def keep_back(bills: Bills) -> None:
    bills.revenue[ENTERPRISE] -= bills.app_spend[ENTERPRISE]


BUGS: dict[Callable[[Bills], None], str] = {
    double_bills: "coding: tokens billed and not served, ",
    lose_bills: "coding: tokens served and not billed, A",
    serve_too_much: "coding: tokens served and not demanded, A is off by 1",
    use_too_much: "coding: tokens of apps, trillion",
    serve_users_nowhere: "coding: tokens of users without an offer",
    serve_apps_nowhere: "coding: tokens of apps without an offer",
    receive_too_much: "apps: bills, M[$] is off by 1",
    keep_back: "enterprise: bills, M[$]",
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_wrong_bills_end_the_run(
    bug: Callable[[Bills], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = serve_bill.bill_served

    def wrong(*arguments: Any) -> None:
        honest(*arguments)
        bug(next(one for one in arguments if isinstance(one, Bills)))

    market = after(2, settings())
    monkeypatch.setattr(serve_bill, "bill_served", wrong)
    with pytest.raises(IdentityError, match=f"month 2: {BUGS[bug]}"):
        market.step()


def test_a_lost_company_is_noticed() -> None:
    market = after(2, settings())
    market.apps.hold(299)
    with pytest.raises(IdentityError, match="month 2: apps: companies is off by -1"):
        market.step()


def test_sizes_that_make_no_whole_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = phase.app_month

    def shrinking(room: Any, *rest: Any) -> int:
        count = int(kernel(room, *rest))
        room.share[room.segment == ENTERPRISE] *= 0.9
        return count

    monkeypatch.setattr(phase, "app_month", shrinking)
    with pytest.raises(IdentityError, match=r"enterprise: size shares of apps is off by -0\.1"):
        after(1, settings())


# --- Tables --------------------------------------------------------------------------------------


def test_tables_agree_with_each_other() -> None:
    """Everything at once: apps grow, enter, give up, are absorbed and switch."""
    sets = ["apps.absorption=0.3", "apps.exit_size=0.3", "apps.size_spread=0.2", "months=24"]
    records = run(load(RECORDED, [*SMALL, *sets]))
    market, providers = records.frame("market"), records.frame("providers")
    segments, apps = records.frame("segments"), records.frame("apps")
    came, went = market["apps_entered"], market["apps_exited"] + market["apps_absorbed"]
    assert market["apps_exited"].sum() > 0 and market["apps_absorbed"].sum() > 0
    assert (200 + (came - went).cumsum() == market["apps"]).all()
    assert (apps.groupby("month").size() == market["apps"]).all()
    for column in ("app_tokens", "app_spend"):
        whole = market[column].to_numpy()
        assert segments.groupby("month")[column].sum().to_numpy() == pytest.approx(whole)
        assert providers.groupby("month")[column].sum().to_numpy() == pytest.approx(whole)
    assert (apps["age"] >= 0).all()
    assert not apps.duplicated(["month", "app"]).any()
    last = apps[apps["month"] == 23]
    sums = last.groupby("segment")["size_share"].sum()
    assert (sums <= 1 + 1e-12).all()
    assert market["app_absorbed_use"].iloc[-1] > 0.0


def test_the_survey_channel_holds_what_apps_pay() -> None:
    with_apps, without = (
        run(load(RECORDED, [*SMALL, f"apps.count={count}", "months=18"])).table("providers")
        for count in (200, 0)
    )
    apart = with_apps["enterprise_api_spend"] - without["enterprise_api_spend"]
    assert apart == pytest.approx(with_apps["app_spend"], rel=1e-9)
    assert apart.max() > 0.0


def tail(*months: np.ndarray) -> np.ndarray:
    """Tail exponent of the sizes of each month."""
    lengths = np.array([len(sizes) for sizes in months])
    return hill(ranked(np.concatenate(months), lengths), lengths)


def test_the_tail_exponent_is_hills() -> None:
    sizes = pareto.ppf((np.arange(20_000) + 0.5) / 20_000, 1.3)
    found = tail(sizes, sizes[::-1] * 7.0, sizes[:99], np.ones(500), np.ones(0), sizes[::40])
    assert found[0] == pytest.approx(1.3, rel=0.01)
    assert found[1] == pytest.approx(found[0], rel=1e-12)
    assert np.isnan(found[2:5]).all()  # too few, alike, and none
    largest = np.sort(sizes[::40])[::-1][:51]
    assert found[5] == pytest.approx(50 / np.log(largest[:50] / largest[50]).sum(), rel=1e-12)


def test_companies_of_each_month_are_ranked_by_themselves() -> None:
    found = ranked(np.array([1.0, 3.0, 2.0, 9.0, 5.0]), np.array([3, 0, 2]))
    assert found.shape == (3, 10)
    assert found[:, :4].tolist() == [[3.0, 2.0, 1.0, 0.0], [0.0] * 4, [9.0, 5.0, 0.0, 0.0]]
    assert not found[:, 4:].any()
