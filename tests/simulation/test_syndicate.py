"""Who joins a round, and why: the lead, those who follow, and those who must not (E38)."""

from collections.abc import Callable

import numpy as np
import pytest

from experiments.verification.case import Z
from experiments.verification.trial import settings
from simulation.config import with_changes
from simulation.config_change import changed
from simulation.config_text import plain
from simulation.market import Market
from simulation.syndicate import LEAST, readiness, syndicate

MONTHS = 8  # done before a round is looked at
DRAWS = 1500
OWNERS = {"Microsoft": "Azure", "Amazon": "AWS", "Alphabet": "GCP"}


@pytest.fixture(scope="module")
def made() -> Market:
    """A market of thirteen investors in which providers have revenue."""
    market = Market(settings("v17_baseline", ("months=24",)), observe=False)
    while market.month < MONTHS:
        market.step()
    return market


@pytest.fixture
def market(made: Market, monkeypatch: pytest.MonkeyPatch) -> Market:
    """The same with a config and equity that a test may change."""
    equity = made.equity
    for name in ("config", "equity"):
        monkeypatch.setattr(made, name, getattr(made, name))
    for name in ("powder", "ties", "stakes"):
        monkeypatch.setattr(equity, name, getattr(equity, name).copy())
    return made


def set_up(market: Market, **values: float) -> None:
    """Other parameters of investment."""
    paths = {f"investment.{name}": value for name, value in values.items()}
    market.config = changed(market.config, paths)


def code_of(market: Market, name: str) -> int:
    return market.supply.names.index(name)


def rounds(market: Market, provider: str = "xAI", draws: int = DRAWS) -> list[list[str]]:
    """Syndicates of many rounds that differ in their luck alone."""
    code, names = code_of(market, provider), market.equity.names
    return [
        [names[one] for one in syndicate(market, code, f"luck {draw}")] for draw in range(draws)
    ]


# --- Who is asked --------------------------------------------------------------------------------


def test_the_ready_all_join_and_the_unready_never(market: Market) -> None:
    set_up(market, acceptance=50)
    assert all(set(found) == set(market.equity.names) for found in rounds(market, draws=50))
    set_up(market, acceptance=-50, herding=50)
    assert rounds(market, draws=50) == [[]] * 50, "nobody leads, whatever the others would do"


@pytest.mark.parametrize("powder", [0.0, 1e-300, LEAST])
def test_who_has_next_to_nothing_is_not_asked(market: Market, powder: float) -> None:
    set_up(market, acceptance=50)
    market.equity.powder[2:] = powder
    assert all(len(found) == 2 for found in rounds(market, draws=20))
    market.equity.powder[:] = powder
    assert rounds(market, draws=3) == [[]] * 3


def test_each_investor_is_asked_once_and_the_first_one_leads(market: Market) -> None:
    for found in rounds(market, draws=200):
        assert len(found) == len(set(found))


def leads(market: Market) -> np.ndarray:
    """How often each investor leads rounds of several providers where all would join."""
    found = [
        names[0]
        for provider in ("Anthropic", "xAI", "Mistral", "DeepSeek", "Meta")
        for names in rounds(market, provider)
    ]
    return np.array([found.count(name) for name in market.equity.names])


def far(counts: np.ndarray, weights: np.ndarray) -> float:
    """Largest distance of counts from what weights say, in standard errors."""
    share = weights / weights.sum()
    error = np.sqrt(counts.sum() * share * (1.0 - share))
    return float(np.max(np.abs(counts - counts.sum() * share) / error))


def test_the_lead_is_drawn_by_powder_and_degree(market: Market) -> None:
    """As the theory says; and power: it is not drawn by powder alone, nor by degree alone."""
    set_up(market, acceptance=50)
    equity, counts = market.equity, leads(market)
    assert far(counts, equity.powder * (1.0 + equity.degree)) < Z
    assert far(counts, equity.powder) > Z
    assert far(counts, 1.0 + equity.degree) > Z


def test_a_candidate_who_declines_to_lead_is_not_asked_again(market: Market) -> None:
    """Without others in it declined; herding would bring it in, were it asked once more."""
    set_up(market, acceptance=0, herding=50, conflict_weight=0, holder_weight=0)
    set_up(market, strategic_weight=0, growth_weight=0)
    market.equity.ties[:] = 1.0 - np.eye(len(market.equity.names))
    sizes = np.array([len(found) for found in rounds(market)])
    size = len(market.equity.names)
    # With j candidates who decline before one accepts, all others join: size - j of them.
    theory = np.array([0.5 ** (j + 1) for j in range(size)])
    found = np.bincount(size - sizes[sizes > 0], minlength=size)
    assert far(found[:8], theory[:8]) < Z
    assert far(found[:8], np.full(8, 0.125)) > Z


# --- Why they join -------------------------------------------------------------------------------


def herding_effect(market: Market, weight: float) -> float:
    """Mean growth of a syndicate by herding, in standard errors, with the same luck."""
    set_up(market, herding=0)
    without = np.array([len(found) for found in rounds(market)])
    set_up(market, herding=weight)
    more = np.array([len(found) for found in rounds(market)]) - without
    error = more.std(ddof=1) / np.sqrt(len(more))
    return float(more.mean() / error) if error > 0.0 else 0.0


def test_herding_makes_syndicates_larger(market: Market) -> None:
    assert herding_effect(market, 4.0) > Z
    assert herding_effect(market, 0.0) == 0.0, "the test has power: equal weights are equal"


def test_herding_follows_ties_alone(market: Market) -> None:
    """Who knows nobody does not herd."""
    market.equity.ties[:] = 0.0
    assert herding_effect(market, 4.0) == 0.0


def moved(market: Market, provider: str, **values: float) -> dict[str, float]:
    """By how much a weight moves the readiness of each investor, without those it leaves alone."""
    code = code_of(market, provider)
    before = readiness(market, code)
    set_up(market, **values)
    change = readiness(market, code) - before
    return {
        name: round(float(by), 9)
        for name, by in zip(market.equity.names, change, strict=True)
        if abs(by) > 1e-9
    }


def hold(market: Market, **stakes: tuple[str, float]) -> None:
    """Give nobody but these a stake: {investor: (provider, share)}."""
    market.equity.stakes[:] = 0.0
    for name, (provider, share) in stakes.items():
        place = market.equity.names.index(name)
        market.equity.stakes[code_of(market, provider), place] = share


def test_a_stake_in_a_leading_rival_keeps_away_who_minds(market: Market) -> None:
    """Not a small one, not one in the provider itself; pools and the chip maker do not mind."""
    hold(
        market,
        Microsoft=("OpenAI", 0.3),
        VC1=("OpenAI", 0.051),
        VC2=("OpenAI", 0.05),
        VC3=("xAI", 0.5),
        SoftBank=("OpenAI", 0.2),
        Nvidia=("OpenAI", 0.2),
    )
    assert moved(market, "xAI", conflict_weight=3.0) == {"Microsoft": -1.0, "VC1": -1.0}
    assert moved(market, "OpenAI", conflict_weight=4.0) == {}, "it is no rival of itself"


def test_only_the_largest_rivals_count(market: Market) -> None:
    labs = market.labs
    order = np.argsort(-np.where(labs.active, labs.revenue, -1.0))
    names = [market.supply.names[code] for code in order if labs.active[code]]
    hold(market, VC1=(names[0], 0.5), VC2=(names[1], 0.5), VC3=(names[2], 0.5))
    away = moved(market, names[-1], conflict_rivals=2, conflict_weight=3.0)
    assert set(away) == {"VC1", "VC2", "VC3"} and away["VC3"] == 2.0  # 2 before, 0 now
    assert moved(market, names[-1], conflict_rivals=0) == {"VC1": 3.0, "VC2": 3.0}


def test_holders_come_back(market: Market) -> None:
    hold(market, VC4=("xAI", 0.01), VC5=("OpenAI", 0.01))
    assert moved(market, "xAI", holder_weight=2.5) == {"VC4": 1.5}


def test_sellers_of_compute_want_in_where_they_sell_little(market: Market) -> None:
    """An owner of a cloud with most of the contracts does not; the chip maker always does."""
    compute, code = market.compute, code_of(market, "xAI")
    ahead = market.month + market.config.compute.contract_lead
    before = compute.contracted[ahead, code].copy()
    try:
        compute.contracted[ahead, code] = [8.0, 1.0, 1.0, 0.0]
        found = moved(market, "xAI", strategic_weight=2.5)
        assert found == {"Amazon": 1.0, "Alphabet": 1.0, "Nvidia": 1.0}
        compute.contracted[ahead, code] = 0.0
        assert moved(market, "xAI", strategic_weight=3.5) == dict.fromkeys(
            ("Microsoft", "Amazon", "Alphabet", "Nvidia"), 1.0
        )
    finally:
        compute.contracted[ahead, code] = before


def test_growth_attracts_all_alike(market: Market) -> None:
    growth = float(market.equity.growth[code_of(market, "xAI")])
    found = moved(market, "xAI", growth_weight=1.5)
    assert set(found) == set(market.equity.names) and growth != 0.0
    assert set(found.values()) == {round(growth, 9)}


def test_other_clouds_stay_out_while_one_is_exclusive(market: Market) -> None:
    """OpenAI is bound to Azure until month 24; afterwards everybody may join."""
    set_up(market, acceptance=50)
    assert all(
        set(market.equity.names) - set(found) == {"Amazon", "Alphabet"}
        for found in rounds(market, "OpenAI", 20)
    )
    market.config = changed(market.config, {"providers.OpenAI.exclusive_until": market.month})
    assert all(len(found) == 13 for found in rounds(market, "OpenAI", 20))


# --- Luck ----------------------------------------------------------------------------------------


def first_month(order: Callable[[list[str]], list[str]]) -> Market:
    """The market of thirteen investors, named in another order, after its first month."""
    config = settings("v17_baseline", ("months=12",))
    holders = dict.fromkeys(("providers.OpenAI.holders", "providers.Anthropic.holders"))
    emptied = with_changes(config, {"investors": None, **holders})
    known = {name: plain(config.investors[name]) for name in order(list(config.investors))}
    market = Market(with_changes(emptied, {"investors": known}), observe=False)
    market.step()
    return market


def test_the_order_of_investors_in_the_config_moves_nothing() -> None:
    straight, turned = first_month(list), first_month(lambda names: names[::-1])
    assert straight.equity.names == turned.equity.names[::-1]
    assert rounds(straight, draws=300) == rounds(turned, draws=300)


def test_an_investor_more_moves_nobody_who_does_not_know_it(market: Market) -> None:
    """Without herding everybody joins, or not, whatever others do and have."""
    set_up(market, herding=0)
    everybody = rounds(market, draws=300)
    market.equity.powder[-1] = 0.0
    market.equity.powder[:5] *= 7.0
    name = market.equity.names[-1]
    fewer = rounds(market, draws=300)
    assert [set(found) - {name} for found in everybody] == [set(found) for found in fewer]
    assert any(name in found for found in everybody)
