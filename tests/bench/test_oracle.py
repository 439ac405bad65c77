"""The engine against a plain Mesa model of the same equations, one month ahead from its own state.

Every choice of every developer, consumer and enterprise, every contract, and the sums of utility
terms, tokens and money must agree; only options closer than 1e-5 util may be taken for each other.
"""

from pathlib import Path

import pytest
from oracle import Verdict, side_by_side
from small_markets import TRYING, lively, on_offers, on_record, start_on, trying, without

BUSY = "developers.reconsideration_probability=0.5"

# Settings laid over the recorded market, from March 2023 on.
ON_RECORD: dict[str, list[str]] = {
    "clusters, small world and industries": ["enterprises.innovation=0.05"],
    "hubs, blocks, product walk and adoption on the market": [
        "networks.developers={family: ring_hubs, degree: 10, hub_links: 2}",
        "networks.consumers={family: complete, blocks: 4}",
        "networks.enterprises={family: ring, degree: 6}",
        "choice.product_step=0.1",
        "developers.adoption_reference=market",
        "consumers.adoption_reference=market",
        "enterprises.adoption_reference=market",
    ],
}
# Settings laid over constant offers, which many already use.
ON_OFFERS: dict[str, list[str]] = {
    "log peers in blocks, strong peers, min-max scores": [
        BUSY,
        "choice.nest_dissimilarity=0.4",
        "developers.peer_form=log",
        "developers.peer_weight=1",
        "developers.taste_spread=0",
        "consumers.peer_weight=12",
        "consumers.reconsideration_base=0.3",
        "enterprises.scaling=min_max",
        "enterprises.peer_weight=3",
        "networks.developers={family: complete, blocks: 5}",
        "networks.consumers={family: stochastic_block, industries: 4, degree: 6}",
        "networks.enterprises={family: complete, blocks: 3}",
    ],
    "log peers among few neighbours": [
        BUSY,
        "developers.peer_form=log",
        "developers.peer_weight=1",
        "networks.developers={family: ring, degree: 4}",
    ],
    "usage pull with few staff, a safety rule, nobody knows anybody": [
        BUSY,
        "enterprises.usage_pull=4",
        "enterprises.pull_minimum=20",
        "enterprises.safety_minimum=0.35",
        "enterprises.dual_share=0.8",
        "enterprises.shortlist=all",
        "networks.employment.employed_share=0.1",
        "networks.developers={family: none}",
        "networks.consumers={family: none}",
        "networks.enterprises={family: none}",
    ],
    "frozen tenures, advertising, and events that change the rules": [
        "choice.nest_dissimilarity=1",
        "freeze={developers.tenure: 6, enterprises.tenure: 12, supply.capability.A: 0.5}",
        "consumers.spend_spread=1",
        "consumers.bundled=[B]",
        "consumers.advertisers=[A]",
        "consumers.ad_revenue=1",
        "consumers.switching_cost_factor=0.2",
        "events={rule: {month: 6, set: {enterprises.safety_minimum: 0.5,"
        " developers.peer_weight: 4, choice.upgrade_share: 0.2,"
        " developers.trial_probability: 0.8, developers.second_share: 0.5,"
        " consumers.leaving_hazard: 0.02, consumers.arrival: one_per_month,"
        " enterprises.terms: {6: 0.5, 18: 0.5}}}}",
    ],
    "hundreds of neighbours": [
        BUSY,
        "months=4",
        "developers.peer_weight=6",
        "networks.developers={family: ring, degree: 280}",
        "networks.consumers={family: stochastic_block, industries: 1, degree: 80, within: 1}",
    ],
    "thousands of developers": [BUSY, "months=2", "developers.count=5000"],
    "everybody tries first, and uses the second alone": [
        BUSY,
        "developers.trial_probability=1",
        "developers.second_share=1",
        "consumers.second_share=0",
        "consumers.trial_probability=0.9",
        "consumers.reconsideration_probability=0.5",
    ],
    "some leave, and others come one by one": [
        BUSY,
        "developers.leaving_hazard=0.05",
        "consumers.leaving_hazard=0.1",
        "consumers.arrival=one_per_month",
        "consumers.peer_form=log",
        "consumers.peer_weight=1",
    ],
    "every firm under contract from the start": ["initial.enterprises.adopted=1"],
    "contracts signed just before the start": ["initial.enterprises.tenure=0"],
}


def agree(verdict: Verdict) -> None:
    """Nothing differs but a tie or two, and a good deal happened."""
    assert verdict.misplaced[:9] == []
    assert verdict.apart[:9] == []
    assert len(verdict.ties) <= verdict.decisions * 1e-3
    assert verdict.moves > 100
    assert verdict.numbers > 500


@pytest.mark.parametrize("name", ON_RECORD)
def test_the_engine_takes_the_twins_choices_on_the_record(name: str) -> None:
    verdict = side_by_side(on_record(*ON_RECORD[name]))
    agree(verdict)
    assert verdict.tenders > 100 and verdict.switched > 5


@pytest.mark.parametrize("name", ON_OFFERS)
def test_the_engine_takes_the_twins_choices_on_constant_offers(name: str) -> None:
    agree(side_by_side(on_offers(*ON_OFFERS[name])))


def test_users_of_a_provider_that_leaves_move_and_it_may_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gap = without(
        lambda row: (
            not (
                (row[1] == "OpenAI" and "2023-09" <= row[0] <= "2023-11")
                or (row[1:3] == ["Anthropic", "enterprise"] and "2024-05" <= row[0] <= "2024-06")
            )
        )
    )
    verdict = side_by_side(on_record(gap, *start_on("OpenAI"), "consumers.peer_weight=0"))
    agree(verdict)
    assert verdict.switched > 30


def test_firms_wait_where_nobody_offers_and_keep_their_provider_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gap = without(lambda row: not (row[2] == "enterprise" and "2023-09" <= row[0] <= "2023-11"))
    verdict = side_by_side(on_record(gap, *start_on("OpenAI")))
    agree(verdict)
    assert verdict.tenders > 150


def test_a_lively_market_agrees_too() -> None:
    agree(side_by_side(lively()))


def test_they_agree_where_people_try_promote_drop_leave_and_come_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    verdict = side_by_side(trying())
    agree(verdict)
    assert verdict.trials > 500 and verdict.promotions > 100 and verdict.left > 100


def test_people_may_leave_where_nobody_offers_and_nobody_comes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gap = without(lambda row: not (row[2] == "coding" and "2023-09" <= row[0] <= "2023-11"))
    only_developers = ["consumers.leaving_hazard=0", "consumers.reconsideration_base=5"]
    dark = ["start=2023-09", "months=3", *start_on("OpenAI"), *TRYING, *only_developers]
    verdict = side_by_side(on_record(gap, *dark))
    assert verdict.misplaced + verdict.apart == []
    assert verdict.left > 5
    agree(side_by_side(on_record(gap, *dark, "months=20")))
