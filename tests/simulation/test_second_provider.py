"""E21 in the engine: trial, promotion and loss of a second provider, leaving, arrivals, starts.

Without peers and lock-in an agent's draw does not depend on what it has, so a market of pure
switching (`trial_probability` 0) shows what everybody drew, month by month, and the market under
test can be held against the rule agent by agent.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.codes import CODING, NONE
from agents.equations import usage
from agents.individuals import UNGROUPED, WEIGHT_UNIT, Crowd
from simulation.config import load
from simulation.identities import IdentityError
from simulation.market import Market
from simulation.phases import migrate
from simulation.phases.serve_bill import serve_bill

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "configs" / "recorded.yaml"
LIMIT = 3.9  # z; two-sided chance 1e-4
PEOPLE = 4000
OFFERS = {"A": {}, "B": {"price": 8}, "C": {"capability": 0.2}}


def restless(*sets: str, adopted: float = 1.0) -> Market:
    """Everybody draws anew each month among three offers, bound by nothing."""
    shares = {"A": 0.5, "B": 0.25, "C": 0.25}
    source: dict[str, Any] = {
        "months": 8,
        "supply": {"offers": OFFERS},
        "choice": {"nest_dissimilarity": 1},
        "networks": {"developers": {"family": "none"}, "employment": {"employed_share": 0.5}},
        "initial": {"developers": {"adopted": adopted, "shares": shares}},
    }
    free = [
        "consumers.count=50",
        "enterprises.count=100",
        f"developers.count={PEOPLE}",
        "developers.peer_weight=0",
        "developers.switching_cost_factor=0",
        "developers.reconsideration_probability=1",
        "developers.innovation=0",
        "developers.imitation=0",
    ]
    return Market(load(source, [*free, *sets]))


def copied(crowd: Crowd) -> Crowd:
    """The columns as they are now."""
    return Crowd(*(column.copy() for column in crowd))


def months(*sets: str) -> Iterator[tuple[Crowd, NDArray[np.uint8], Crowd]]:
    """State before each month, what everybody draws in it, and the state after it."""
    switching, market = restless(*sets, "developers.trial_probability=0"), restless(*sets)
    while market.running:
        before = copied(market.developers.crowd)
        switching.step()
        market.step()
        yield before, switching.developers.crowd.choice, copied(market.developers.crowd)


def z_of(happened: NDArray[np.bool_], probability: float) -> float:
    """Standard errors between the share of `happened` and its probability."""
    error = math.sqrt(probability * (1 - probability) / len(happened))
    return (float(happened.mean()) - probability) / error


def coins(*sets: str) -> dict[str, NDArray[np.bool_]]:
    """Outcomes of the three coins of E21, after checking that nothing else can have happened."""
    tossed: dict[str, list[NDArray[np.bool_]]] = {"tried": [], "kept": [], "demoted": []}
    for before, drawn, after in months(*sets):
        again = drawn == before.choice
        promoted = ~again & (drawn == before.second)
        new = ~again & ~promoted
        assert (after.choice[again] == before.choice[again]).all()
        had = again & (before.second != NONE)
        tossed["kept"].append(after.second[had] == before.second[had])
        assert (after.second[had & (after.second != before.second)] == NONE).all()
        assert (after.choice[promoted] == drawn[promoted]).all()
        tossed["demoted"].append(after.second[promoted] == before.choice[promoted])
        lost = promoted & (after.second != before.choice)
        assert (after.second[lost] == NONE).all()
        tried = new & (after.choice == before.choice)
        assert (after.second[tried] == drawn[tried]).all()
        moved = new & ~tried
        assert (after.choice[moved] == drawn[moved]).all()
        assert (after.second[moved] == before.second[moved]).all()
        tossed["tried"].append(tried[new])
    return {name: np.concatenate(parts) for name, parts in tossed.items()}


def test_every_move_follows_the_rule_and_its_coins_are_fair() -> None:
    tossed = coins("developers.trial_probability=0.3")
    assert all(len(outcomes) > 1000 for outcomes in tossed.values())
    assert abs(z_of(tossed["tried"], 0.3)) < LIMIT
    assert abs(z_of(tossed["kept"], 0.5)) < LIMIT
    assert abs(z_of(tossed["demoted"], 0.5)) < LIMIT


def test_the_coin_check_sees_another_probability() -> None:
    """The power twin."""
    assert abs(z_of(coins("developers.trial_probability=0.36")["tried"], 0.3)) > LIMIT


def test_a_higher_trial_probability_only_adds_trials() -> None:
    few, many = (next(months(f"developers.trial_probability={p}"))[2] for p in (0.2, 0.5))
    assert (many.second[few.second != NONE] == few.second[few.second != NONE]).all()
    assert (many.second != NONE).sum() > (few.second != NONE).sum()


def test_pure_switching_has_no_second_provider() -> None:
    market = restless("developers.trial_probability=0")
    while market.running:
        market.step()
    assert (market.developers.get("second") == NONE).all()
    assert not market.records.table("market")["dual_coding"].any()


def test_an_adopter_starts_with_one_provider() -> None:
    market = restless("developers.trial_probability=1", "developers.innovation=100", adopted=0.0)
    market.step()
    assert (market.developers.get("provider") != NONE).all()
    assert (market.developers.get("second") == NONE).all()


def test_a_promoted_provider_starts_with_no_tenure() -> None:
    for month, (before, drawn, after) in enumerate(months("developers.trial_probability=0.6")):
        promoted = (drawn != before.choice) & (drawn == before.second)
        assert (after.since[promoted] == month).all()
        tried = (after.choice == before.choice) & (after.second != before.second)
        assert (after.since[tried] == before.since[tried]).all()


def with_exit(month: int) -> Market:
    """A market that A leaves in `month`."""
    market = restless("developers.trial_probability=0.5")
    available = market.supply.available.copy()
    available[month:, :, 0] = False
    market.supply = market.supply._replace(available=available)
    return market


def test_a_second_provider_that_dies_is_dropped_and_a_first_one_is_never_kept() -> None:
    market = with_exit(3)
    for _ in range(3):
        market.step()
    assert (market.developers.get("second") == 0).any()
    market.step()
    assert not (market.developers.get("second") == 0).any()
    assert not (market.developers.get("provider") == 0).any()


def test_dropping_the_dead_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: second providers are left as they are."""
    monkeypatch.setattr(migrate, "drop_dead_seconds", lambda *_: None)
    market = with_exit(3)
    for _ in range(4):
        market.step()
    assert (market.developers.get("second") == 0).any()


def counted_use(market: Market) -> NDArray[np.float64]:
    """Tokens by code from the columns, agent by agent, trillion."""
    settings, people, offers = market.config.developers, market.developers, market.offers
    growth = usage.usage_growth(
        offers.in_use[CODING], settings.usage_slope, settings.usage_saturation
    )
    tokens = np.zeros(NONE + 1)
    for agent in people:
        for code, share in (
            (agent.provider, 1 - settings.second_share if agent.second != NONE else 1.0),
            (agent.second, settings.second_share),
        ):
            if code != NONE:
                price = offers.price[CODING, code] / settings.reference_price
                each = settings.tokens_per_user * growth[code] * price**-settings.price_elasticity
                tokens[code] += share * agent.weight * WEIGHT_UNIT * people.people * each
    return tokens


def test_use_is_split_between_first_and_second() -> None:
    market = restless("developers.second_share=0.4", "developers.count=800")
    for _ in range(4):
        market.step()
    assert (market.developers.get("second") != NONE).mean() > 0.1
    assert market.bills.tokens[CODING] == pytest.approx(counted_use(market), rel=1e-12)
    market.totals["developers"].lent[:] = 0  # the planted bug: all is billed to the first
    serve_bill(market)
    assert market.bills.tokens[CODING] != pytest.approx(counted_use(market), rel=1e-3)


def recounted(market: Market) -> bool:
    """Whether the weights of agents with two providers are those of the columns."""
    crowd, totals = market.developers.crowd, market.totals["developers"]
    dual, lent = crowd.second != NONE, np.zeros((2, NONE + 1), np.int64)
    for row, members in enumerate((dual, dual & (crowd.group != UNGROUPED))):
        weight = crowd.weight[members].astype(np.int64)
        np.subtract.at(lent[row], crowd.choice[members], weight)
        np.add.at(lent[row], crowd.second[members], weight)
    return bool((totals.lent == lent).all()) and bool(dual.any())


def test_running_weights_are_those_of_the_columns() -> None:
    market = with_exit(5)
    while market.running:
        market.step()
        assert recounted(market)
    market.developers.crowd.second[np.flatnonzero(market.developers.crowd.second == 1)[0]] = 2
    assert not recounted(market)


def test_a_lost_second_provider_breaks_an_identity() -> None:
    market = restless()
    market.step()
    crowd = market.developers.crowd
    crowd.second[np.flatnonzero(crowd.second != NONE)[0]] = NONE
    with pytest.raises(IdentityError, match="month 1: developers: second accounts of"):
        market.step()


@pytest.mark.parametrize(
    ("field", "account"), [("weight", "spending weights"), ("lent", "weights of second accounts")]
)
def test_weight_at_the_wrong_provider_breaks_an_identity(field: str, account: str) -> None:
    """Though the sum over providers is right."""
    market = restless()
    market.step()
    getattr(market.totals["developers"], field)[0, :2] += (-7, 7)
    with pytest.raises(IdentityError, match=f"developers: {account} of .* is off by 7"):
        market.step()


def test_leavers_come_at_their_hazard_and_disturb_nobody() -> None:
    hazard = 0.2
    stay, leave = restless(), restless(f"developers.leaving_hazard={hazard}")
    stay.step()
    leave.step()
    left = leave.developers.get("provider") == NONE
    assert abs(z_of(left, 1 - math.exp(-hazard))) < LIMIT
    assert abs(z_of(left, 1 - math.exp(-1.3 * hazard))) > LIMIT  # the power twin
    for name in ("provider", "second", "since"):
        assert (leave.developers.get(name)[~left] == stay.developers.get(name)[~left]).all()
    assert (leave.developers.get("second")[left] == NONE).all()


def test_those_who_left_may_come_back_but_not_in_the_same_month() -> None:
    market = restless("developers.leaving_hazard=100", "developers.innovation=100")
    market.step()
    assert (market.developers.get("provider") == NONE).all()
    market.step()
    assert (market.developers.get("provider") != NONE).all()


def test_leaving_is_no_choice_and_no_switch() -> None:
    market = restless("developers.leaving_hazard=0.5", "developers.trial_probability=1")
    market.step()
    flows, table = market.records.frame("flows"), market.records.table("market")
    left = flows[flows["to"] == "none"]
    assert left["agents"].sum() == (market.developers.get("provider") == NONE).sum() > 0
    assert (left[["utility", "capability", "price", "taste", "lock_in"]] == 0).all(axis=None)
    assert table["switched_coding"][0] == 0


def test_one_adopter_arrives_each_month_in_each_clique_until_all_have_come() -> None:
    market = restless(
        "developers.arrival=one_per_month",
        "developers.count=60",
        "developers.reconsideration_probability=0",
        "networks.developers={family: complete, blocks: 10}",
        adopted=0.5,
    )
    for arrived in (4, 5, 6, 6, 6):
        market.step()
        adopted = market.developers.get("provider").reshape(10, 6) != NONE
        assert (adopted.sum(axis=1) == arrived).all()


def test_starters_are_spread_evenly_over_the_cliques() -> None:
    def starters(blocks: int) -> NDArray[np.uint8]:
        graph = f"networks.developers={{family: complete, blocks: {blocks}}}"
        market = restless(graph, "developers.count=800", adopted=0.5)
        return market.developers.get("provider").reshape(20, 40)

    counts = [(starters(20) == code).sum(axis=1) for code in (0, 1, 2, NONE)]
    assert [set(count.tolist()) for count in counts] == [{10}, {5}, {5}, {20}]
    assert len(set((starters(1) == 0).sum(axis=1).tolist())) > 1  # by luck where nobody is apart
    assert len({row.tobytes() for row in starters(20)}) > 15  # who it is differs


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "BLOCK", 500)
    sets = ["developers.leaving_hazard=0.05", "developers.innovation=0.2"]
    one, many = restless(*sets), restless(*sets)
    many.threads = threads
    while one.running:
        one.step()
        many.step()
    for name in ("provider", "second", "since"):
        assert (one.developers.get(name) == many.developers.get(name)).all()
    for left, right in zip(one.totals["developers"], many.totals["developers"], strict=True):
        assert (left == right).all()


def test_those_who_switch_in_the_first_month_are_a_share_of_the_starters() -> None:
    market = restless("developers.trial_probability=0", adopted=0.5)
    moved = market.developers.get("provider")
    market.step()
    switched = (moved != market.developers.get("provider")).sum() / (0.5 * PEOPLE)
    assert market.records.table("market")["switched_coding"][0] == pytest.approx(switched)
    assert switched > 0.4
