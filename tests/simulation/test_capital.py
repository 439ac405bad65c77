"""Rounds in a market: who raises, what moves how much, and what must never happen (E35-E40)."""

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from agents.investor import NEVER
from experiments.verification.trial import settings
from simulation.checkpoint import restore, save
from simulation.config import ConfigError
from simulation.identities import IdentityError
from simulation.market import Market
from simulation.phases import resolve
from simulation.rounds import raising

MONTHS = 30
Table = dict[str, np.ndarray]


def run(*sets: str, case: str = "v17_baseline", months: int = MONTHS, threads: int = 1) -> Market:
    """A market of a verification case with other settings, at its end."""
    market = Market(settings(case, (f"months={months}", *sets)), threads)
    while market.running:
        market.step()
    return market


@lru_cache(maxsize=32)
def seen(*sets: str) -> Market:
    return run(*sets)


def table(market: Market, name: str) -> Table:
    return dict(market.records.tables[name])


def same(one: Market, other: Market, names: tuple[str, ...]) -> bool:
    """Whether two runs left the same bytes in some tables."""
    return all(
        (column.tolist() if column.dtype.kind == "O" else column.tobytes())
        == (found.tolist() if found.dtype.kind == "O" else found.tobytes())
        for name in names
        for column, found in zip(
            table(one, name).values(), table(other, name).values(), strict=True
        )
    )


EQUITY = ("rounds", "cap_tables", "investors", "providers", "market")

# --- Directions ----------------------------------------------------------------------------------


def raised(market: Market) -> float:
    return float(table(market, "market")["raised"].sum())


def total(column: str) -> Any:
    """Metric: sum of a column of the rounds table."""
    return lambda market: float(np.sum(table(market, "rounds")[column], dtype=np.float64))


def part(column: str) -> Any:
    """Metric: the same over all that was paid."""
    return lambda market: total(column)(market) / total("ticket")(market)


def investors_in_a_round(market: Market) -> float:
    rounds = table(market, "rounds")["round"]
    return len(rounds) / len(np.unique(rounds))


def failed(market: Market) -> float:
    return float(table(market, "market")["rounds_failed"].sum())


def sold(market: Market) -> float:
    """Mean part that a round sells."""
    rounds = table(market, "rounds")
    return float(rounds["dilution"][rounds["lead"].astype(bool)].mean())


def first_value(market: Market) -> float:
    return float(np.nansum(table(market, "providers")["valuation"][:4]))


def last_powder(market: Market) -> float:
    return float(table(market, "market")["dry_powder"][-1])


NO_CLOUD = "who has no cloud has no credits to give"
DIRECTIONS = [
    ("investment.ticket_share", ".1", ".6", raised, 1, "who offers more of its powder pays more"),
    ("investment.dilution_limit", ".02", ".25", sold, 1, "rounds sell up to the limit"),
    ("investment.acceptance", "-5", "3", investors_in_a_round, 1, "the ready join"),
    ("investment.acceptance", "-8", "3", failed, -1, "somebody leads"),
    ("investment.herding", "0", "4", investors_in_a_round, 1, "investors follow their partners"),
    (
        "investment.conflict_weight",
        "0",
        "4",
        investors_in_a_round,
        -1,
        "holders of rivals stay out",
    ),
    ("investment.holder_weight", "0", "4", investors_in_a_round, 1, "holders come back"),
    ("investment.growth_weight", "0", "3", investors_in_a_round, 1, "growth attracts"),
    ("investment.strategic_weight", "0", "4", part("commitment"), 1, "sellers of compute join"),
    ("investment.commitment", "0", "3", part("commitment"), 1, "more compute for a ticket"),
    ("finance.credit_share", "0", ".9", part("credits"), 1, "a larger part comes as credits"),
    ("investment.option_value", "2000", "60000", first_value, 1, "the frontier is worth more"),
    ("investment.gap_scale", ".3", "1.5", first_value, 1, "those behind are worth more"),
    ("investment.interval", "12", "3", raised, 1, "providers raise more often"),
    ("investors.SoftBank.inflow", "0", "5000", last_powder, 1, "new money stays or is paid in"),
]


@pytest.mark.parametrize(
    ("path", "low", "high", "metric", "sign", "why"),
    DIRECTIONS,
    ids=[f"{path.partition('.')[2]} {metric.__name__}" for path, _, _, metric, *_ in DIRECTIONS],
)
def test_a_parameter_moves_what_it_should(
    path: str, low: str, high: str, metric: Any, sign: int, why: str
) -> None:
    less, more = (metric(seen(f"{path}={value}")) for value in (low, high))
    assert (more - less) * sign > 0.0, why


def test_more_powder_raises_more_where_tickets_bind_and_nothing_where_they_do_not() -> None:
    """In the first market a round takes all that is offered, in the other the most it may sell."""
    more = "investors.Second.dry_powder={}"
    offered = [raised(run(more.format(m), case="v16_tickets")) for m in (4e3, 8e3)]
    assert offered[1] == pytest.approx(offered[0] * 9500 / 5500)
    sold_out = [raised(run(more.format(m), case="v16_limit")) for m in (2e6, 4e6)]
    assert sold_out[1] == pytest.approx(sold_out[0])


def test_nothing_signed_where_nothing_is_asked() -> None:
    assert total("commitment")(seen("investment.commitment=0")) == 0.0
    assert total("credits")(seen("finance.credit_share=0")) == 0.0
    rounds = table(seen("finance.credit_share=.9"), "rounds")
    owner = np.isin(rounds["investor"], ["Microsoft", "Amazon", "Alphabet"])
    assert owner.any() and not owner.all()
    np.testing.assert_allclose(rounds["credits"], np.where(owner, 0.9 * rounds["ticket"], 0.0))


def test_nobody_ready_means_that_every_round_fails() -> None:
    market = seen("investment.acceptance=-50", "entry.hazard=0")
    assert len(table(market, "rounds")["round"]) == 0
    assert failed(market) > 10.0 and raised(market) == 0.0
    assert total("ticket")(seen("investment.acceptance=50")) > 0.0
    assert failed(seen("investment.acceptance=50")) == 0.0


# --- Luck ----------------------------------------------------------------------------------------


def test_scenarios_of_one_seed_share_their_luck_until_they_part() -> None:
    """Powder that comes in month 13 leaves all before as it was, and something after it not."""
    alone = "entry.hazard=0"
    event = "events.rich={month: 13, set: {investors.VC5.inflow: 90000}}"
    plain, rich = table(seen(alone), "rounds"), table(seen(alone, event), "rounds")
    assert 0 < np.sum(plain["month"] < 13) < len(plain["month"])
    for name, column in plain.items():
        before = column[plain["month"] < 13]
        assert before.tolist() == rich[name][rich["month"] < 13].tolist(), name
    late = "ticket"
    assert plain[late].tolist() != rich[late].tolist()


def test_threads_move_nothing() -> None:
    assert same(run(months=14), run(months=14, threads=3), EQUITY)


@pytest.mark.parametrize("month", [6, 7, 13, 14])
def test_a_run_is_resumed_between_rounds_to_the_same_bytes(month: int) -> None:
    config = settings("v17_hardship", ("months=20",))
    market = Market(config)
    while market.month < month:
        market.step()
    resumed = restore(save(market, "run"), config, "run")
    for one in (market, resumed):
        while one.running:
            one.step()
    assert len(table(market, "rounds")["round"]) > 5
    assert same(market, resumed, EQUITY)


# --- Who raises ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "lasting", "liquid", "value", "expected"),
    [
        (6, 11.9, 1e9, 100.0, True),
        (6, 12.0, 1e9, 100.0, False),
        (5, 1.0, -1.0, 900.0, False),
        (6, 60.0, -1.0, 100.0, True),
        (6, 60.0, 239.0, 151.0, True),
        (6, 60.0, 240.0, 151.0, False),
        (6, 60.0, 239.0, 150.0, False),
        (6, 1.0, -1.0, 0.0, False),
    ],
)
def test_who_raises(
    since: int, lasting: float, liquid: float, value: float, expected: bool
) -> None:
    """E36 term by term: rested, and short of time, of means, or dear and behind its ambition."""
    market = Market(settings("v16_tickets"), observe=False)
    labs, equity = market.labs, market.equity
    market.month = 20
    equity.last_round[0], equity.last_post[0], equity.valuation[0] = 20 - since, 100.0, value
    labs.cash[0], labs.credits[0] = liquid, 0.0
    market.config = market.config.model_copy(
        update={"investment": type(market.config.investment)()}
    )
    labs.burn[0] = max(liquid, 1.0) / lasting if lasting < 60.0 else 0.0
    found = raising(market, np.full(16, 10.0))
    assert bool(found[0]) is expected
    assert not found[1:].any()


# --- Sentiment -----------------------------------------------------------------------------------


def test_sentiment_goes_to_the_level_of_a_shock_and_comes_back() -> None:
    """Without news: 1 + dS + .9^t, then back; new money follows it."""
    shock = "events.bust={month: 5, capital_shock: {shift: -.5, months: 20}}"
    market = seen("investment.sentiment_response=0", shock)
    found = table(market, "market")["sentiment"]
    np.testing.assert_allclose(found[:5], 1.0)
    np.testing.assert_allclose(found[5:25], 0.5 + 0.5 * 0.9 ** np.arange(1, 21))
    np.testing.assert_allclose(found[25:], 1.0 - (1.0 - found[24]) * 0.9 ** np.arange(1, 6))
    ledger = table(market, "ledger")
    mine = (ledger["payee"] == "VC1") & (ledger["kind"] == "inflow")
    np.testing.assert_allclose(ledger["amount"][mine], 150.0 * np.append(1.0, found[:-1]))


@pytest.mark.parametrize(("shift", "bound"), [(-10, 0.3), (10, 2.0)])
def test_sentiment_is_held_within_its_limits(shift: float, bound: float) -> None:
    shock = f"events.news={{month: 3, capital_shock: {{shift: {shift}, months: 27}}}}"
    found = table(seen(shock), "market")["sentiment"]
    assert found[10] == bound
    assert found.min() >= 0.3 and found.max() <= 2.0


# --- Cap tables ----------------------------------------------------------------------------------


def test_every_provider_belongs_to_its_holders_once() -> None:
    market = run(case="v17_hardship", months=100)
    caps = table(market, "cap_tables")
    assert {"other investors", "founders", "public"} & set(caps["holder"]) >= {"founders", "public"}
    rows: dict[Any, float] = {}
    for key in zip(caps["month"], caps["provider"], caps["share"], strict=True):
        rows[key[:2]] = rows.get(key[:2], 0.0) + key[2]
    np.testing.assert_allclose(list(rows.values()), 1.0, rtol=1e-12)
    assert caps["share"].min() > 0.0


def money_lost(market: Market) -> None:
    market.equity.powder[0] -= 7.0


def credits_made(market: Market) -> None:
    market.labs.credits[0, 0] += 7.0
    market.labs.retained[0] += 7.0


def shares_made(market: Market) -> None:
    market.equity.stakes[0, 1] += 0.01


def share_below_zero(market: Market) -> None:
    market.equity.stakes[0, 1] -= 0.5
    market.equity.stakes[0, 2] += 0.5


def share_unknown(market: Market) -> None:
    market.equity.stakes[0, 1] = np.nan


@pytest.mark.parametrize(
    ("bug", "account"),
    [
        (money_lost, "dry powder.*Microsoft"),
        (credits_made, "credits.*Microsoft"),
        (shares_made, "OpenAI"),
        (share_below_zero, "OpenAI"),
        (share_unknown, "OpenAI"),
    ],
)
def test_a_planted_bug_in_the_books_of_owners_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, bug: Any, account: str
) -> None:
    honest = resolve.leave

    def leave(market: Market) -> None:
        honest(market)
        if market.month == 4:
            bug(market)

    monkeypatch.setattr(resolve, "leave", leave)
    with pytest.raises(IdentityError, match=rf"month 4: .*{account}"):
        run(months=6)


# --- Edges ---------------------------------------------------------------------------------------

ALONE = ("investors=null", "providers.OpenAI.holders=null", "providers.Anthropic.holders=null")
EDGES = {
    "no investor": ALONE,
    "one investor": (*ALONE, "investors={Solo: {dry_powder: 1000}}"),
    "only the owner of a cloud": (*ALONE, "investors={Microsoft: {kind: strategic}}"),
    "nothing to invest": (
        "investment.ticket_share=0",
        "events.m={month: 2, mega_round: {provider: xAI, amount: 5, investor: VC1}}",
    ),
    "tickets of nothing": ("investment.ticket_share=1e-300",),
    "all of the powder": ("investment.ticket_share=1", "investment.acceptance=50"),
    "nothing may be sold": ("investment.dilution_limit=0",),
    "almost all may be sold": ("investment.dilution_limit=.999999", "investment.acceptance=50"),
    "worth nothing": ("investment.option_value=0", "investment.multiple=0"),
    "worth little": ("investment.option_value=0", "investment.option_share=0"),
    "steep frontier": ("investment.gap_scale=1e-3", "investment.multiple=0"),
    "no compute to sign": ("compute.capacity=1e-6", "investment.commitment=100"),
    "sentiment at its floor": ("investment.sentiment_floor=1", "investment.sentiment_limit=1"),
    "listing of nothing": (
        "investment.listing_open=true",
        "investment.listing_share=0",
        "investment.listing_revenue=0",
        "investment.listing_wait=0",
    ),
    "lonely event": (
        *ALONE,
        "events.m={month: 2, mega_round: {provider: Meta, amount: 1e9, investor: Stranger}}",
    ),
}


@pytest.mark.parametrize("sets", EDGES.values(), ids=list(EDGES))
def test_edges_run_and_leave_numbers(sets: tuple[str, ...]) -> None:
    market = run(*sets, months=14)
    for name in ("rounds", "cap_tables", "investors"):
        for column in table(market, name).values():
            if column.dtype.kind == "f":
                assert np.all(np.isfinite(column) | (column != column)), name
    assert np.all(market.equity.powder >= 0.0)
    assert np.all(np.isfinite(market.equity.valuation))
    assert np.all(np.isfinite(table(market, "market")["sentiment"]))


@pytest.mark.parametrize("months", [1, 2])
def test_a_run_of_a_month_has_its_tables(months: int) -> None:
    market = run(months=months)
    assert set(table(market, "investors")["month"]) == set(range(months))


def test_where_nobody_is_named_nobody_tries_to_raise() -> None:
    """Owners of clouds stand in the tables, but do not fund."""
    market = run(*ALONE, months=14)
    assert "Microsoft" in market.equity.names
    assert failed(market) == 0.0


def test_who_lacks_powder_for_a_given_round_gets_it_and_has_none_left() -> None:
    mega = "events.m={month: 2, mega_round: {provider: xAI, amount: 77777.7, investor: VC1}}"
    market = run(mega, "providers.xAI.entry=0", "investors.VC1.inflow=0", months=3)
    rounds = table(market, "rounds")
    mine = rounds["kind"] == "mega_round"
    assert rounds["ticket"][mine].tolist() == [77777.7]
    assert rounds["investor"][mine].tolist() == ["VC1"]
    assert market.equity.powder[market.equity.names.index("VC1")] == 0.0


def test_records_and_investors_fund_side_by_side() -> None:
    file = "finance.rounds=configs/data/funding_rounds.csv"
    kinds = table(run(file, months=24), "rounds")["kind"]
    assert {"scheduled", "round"} <= set(kinds)


def test_who_owns_two_clouds_signs_at_the_exclusive_one() -> None:
    """Credits and contracts of its round are those of the home cloud, not of the freest one."""
    both = ("suppliers.Azure.capacity_share=.05", "suppliers.AWS.capacity_share=.50")
    market = run(*both, "suppliers.AWS.owner=Microsoft", "investment.acceptance=50", months=14)
    code = market.supply.names.index("OpenAI")
    rounds = table(market, "rounds")
    assert ((rounds["provider"] == "OpenAI") & (rounds["investor"] == "Microsoft")).any()
    assert market.labs.credits[code, market.compute.names.index("AWS")] == 0.0
    contracts = [e for e in market.recorder.events if e.kind == "contract" and e.code == code]  # type: ignore[union-attr]
    assert contracts and all(event.detail.startswith("Azure: ") for event in contracts)


def test_who_gives_up_in_the_month_of_its_round_leaves_its_holders_nothing() -> None:
    """The round is paid in, does not suffice, and its shares are gone with the company."""
    market = Market(settings("v17_baseline", ("months=8", "investment.acceptance=50")))
    while market.month < 7:
        market.step()
    labs, code = market.labs, market.supply.names.index("Anthropic")
    market.equity.last_round[code] = NEVER
    labs.owed[code, -1] += 1e7
    labs.retained[code] -= 1e7
    labs.overdue[code] = market.config.finance.grace
    market.step()
    rounds, caps = table(market, "rounds"), table(market, "cap_tables")
    mine = (rounds["provider"] == "Anthropic") & (rounds["month"] == 7)
    assert mine.sum() > 1 and labs.exited[code]
    assert not ((caps["provider"] == "Anthropic") & (caps["month"] == 7)).any()
    assert not market.equity.stakes[code].any()
    assert (labs.credits[code] == 0.0).all()


@pytest.mark.parametrize("name", ["public", "founders", "other investors", "savers"])
def test_a_holder_of_everybody_is_no_name_for_an_investor(name: str) -> None:
    with pytest.raises(ConfigError, match="has a meaning of its own"):
        settings("v17_baseline", (f"investors.{name}={{}}",))


def test_holders_of_all_and_a_rounding_more_leave_founders_nothing() -> None:
    """Shares that sum to 1 and a little more are parts of the whole."""
    shares = {"VC1": 1 / 3, "VC2": 1 / 3, "VC3": 1 / 3 + 5e-10}
    market = Market(settings("v17_baseline", (f"providers.xAI.holders={shares}",)), observe=False)
    equity, code = market.equity, market.supply.names.index("xAI")
    equity.found(code, shares, 0.0, 0)
    assert equity.stakes[code, -2] == 0.0
    assert equity.stakes[code].sum() == pytest.approx(1.0, abs=1e-15)
    assert equity.last_round[code] == NEVER
