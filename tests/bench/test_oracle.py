"""The engine against a plain Mesa model of the same equations, one month ahead from its own state.

Every choice of every developer, consumer and enterprise, every contract, and the sums of utility
terms, tokens and money must agree; only options closer than 1e-5 util may be taken for each other.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from oracle import Verdict, side_by_side
from small_markets import ROOT, lively, on_offers, on_record

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


def without(keep: Callable[[list[str]], bool]) -> str:
    """Write the recorded supply without some rows here; returns the setting that names it."""
    lines = (ROOT / "configs" / "data" / "supply_recorded.csv").read_text().splitlines()
    kept = [line for line in lines if line.startswith("#") or keep(line.split(","))]
    Path("gap.csv").write_text("\n".join(kept) + "\n")
    return "supply.recorded=gap.csv"


def start_on(name: str) -> list[str]:
    """Half of everybody starts on one provider."""
    return [
        f"initial.{people}={{adopted: 0.5, shares: {{{name}: 1}}, tenure: 3}}"
        for people in ("developers", "consumers", "enterprises")
    ]


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
