"""Each strategy keeps the contract, and decides otherwise than the others from the same facts."""

import inspect
import math
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import strategies, strategy_catalogue
from agents.codes import CODES
from agents.compute_parameters import ComputeParameters
from agents.finance_parameters import FinanceParameters
from agents.kernels import write_down
from agents.kernels.routine import Rules, routine
from agents.kernels.situations import ALLOCATION, COLUMNS, FOCUS, LIQUID, NUMBERS, REVENUE_MIX
from agents.parameters import declarations
from agents.provider_parameters import PlanningParameters, ProviderParameters, ResearchParameters
from agents.strategy import Parts, Situation, Spending, Strategy
from agents.strategy_catalogue import STRATEGIES, found
from simulation.decisions import CLAUSES, WHERE, StrategyError, asked_of, deal_of, own_questions

FAMILIES = sorted(STRATEGIES)
# A stressed provider with a parent, in a market where rivals are safe, compute is dear and its own
# share grows.  Every strategy is asked with these facts and settings.
SITUATION = Situation(
    month=30,
    own=ProviderParameters(leverage=1.0, optimism=0.25),
    planning=PlanningParameters(),
    compute=ComputeParameters(),
    research=ResearchParameters(),
    finance=FinanceParameters(),
    liquid=600.0,
    cash=600.0,
    gross_profit=20.0,
    revenue=50.0,
    revenue_before=40.0,
    revenue_share=0.15,
    share_before=0.12,
    pressure=0.8,
    parent_flow=10.0,
    need=30.0,
    contracted=1.0,
    rent=4.0,
    usual_rent=3.0,
    capability=1.0,
    best_capability=1.5,
    open_capability=0.8,
    efficiency=0.4,
    safety=0.4,
    rival_safety=0.75,
    safety_rule=0.35,
    markup=1.0,
    allocation=Spending(0.55, 0.20, 0.05, 0.20),
    focus=(0.4, 0.3, 0.3),
    revenue_mix=(0.5, 0.3, 0.2),
    token_mix=(0.1, 0.1, 0.8),
    market_mix=(0.4, 0.4, 0.2),
    consumer_share=0.1,
    open_share=0.2,
)


def decisions(strategy: Strategy, situation: Situation = SITUATION) -> dict[str, Any]:
    """Everything that a strategy decides, as the market asks and looks at it."""
    asked = asked_of("A", strategy, situation)._asdict()
    return asked | {"deal": deal_of("A", strategy, situation)}


def of(family: str, **settings: Any) -> Strategy:
    """A strategy by its name."""
    return STRATEGIES[family](**settings)


# --- The contract, for every file that is found --------------------------------------------------


def amounts(highest: float = 1e9) -> st.SearchStrategy[float]:
    return st.floats(0.0, highest)


def divisions(number: int) -> st.SearchStrategy[tuple[float, ...]]:
    """Parts that sum to 1, zeros and wholes among them."""
    return (
        st.lists(st.floats(0.0, 1.0), min_size=number, max_size=number)
        .filter(lambda weights: sum(weights) > 1e-3)
        .map(lambda weights: tuple(weight / math.fsum(weights) for weight in weights))
    )


@st.composite
def settings_of(draw: Callable[..., Any], kind: type, skip: tuple[str, ...] = ()) -> Any:
    """Legal settings of a section: numbers anywhere within their bounds."""
    values = {}
    for row in declarations(kind):
        if row.about.bounds is None or "." in row.path or row.path in skip:
            continue
        low, high = row.about.bounds
        whole = isinstance(row.default, int) and float(low).is_integer()
        if draw(st.booleans()):
            values[row.path] = draw(
                st.integers(int(low), int(high)) if whole else st.floats(low, high)
            )
    return kind(**values)


@st.composite
def situations(draw: Callable[..., Any]) -> Situation:
    """Any situation that a market can bring about."""
    share, planning = st.floats(0.0, 1.0), draw(settings_of(PlanningParameters))
    limit = max(planning.markup_limit, planning.markup_floor)
    compute = draw(settings_of(ComputeParameters, skip=("slack_limit",)))
    finance = draw(settings_of(FinanceParameters))
    own = ProviderParameters(
        leverage=draw(st.none() | st.floats(0.0, 1e6)),
        optimism=draw(st.floats(-1.0, 100.0)),
        open_weights=draw(st.booleans()),
    )
    level, rent = st.floats(-20.0, 40.0), st.floats(1e-6, 1e6)
    return SITUATION._replace(
        own=own, planning=planning, compute=compute, finance=finance,
        research=draw(settings_of(ResearchParameters)),
        liquid=draw(st.floats(-1e9, 1e9)), cash=draw(st.floats(-1e9, 1e9)),
        gross_profit=draw(st.floats(-1e9, 1e9)), revenue=draw(amounts()),
        revenue_before=draw(amounts()), revenue_share=draw(share), share_before=draw(share),
        pressure=draw(amounts()), parent_flow=draw(amounts()), need=draw(amounts(1e6)),
        contracted=draw(amounts(1e6)), rent=draw(rent), usual_rent=draw(rent),
        capability=draw(level), open_capability=draw(level | st.just(math.nan)),
        safety=draw(share), rival_safety=draw(share), safety_rule=draw(share),
        markup=draw(st.floats(0.0, limit)), allocation=Spending(*draw(divisions(4))),
        focus=draw(divisions(3)), token_mix=draw(divisions(3)), revenue_mix=draw(divisions(3)),
        market_mix=draw(divisions(3)), consumer_share=draw(share), open_share=draw(share),
    )  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.data())
def test_every_decision_is_one_that_can_be_done(family: str, data: Any) -> None:
    """Whatever the situation and its own settings; asked twice it says the same."""
    strategy = data.draw(settings_of(STRATEGIES[family]))
    situation = data.draw(situations())
    before = strategy.model_dump(), repr(situation)
    first = decisions(strategy, situation)
    assert decisions(strategy, situation) == first
    assert (strategy.model_dump(), repr(situation)) == before
    assert first["markup"] <= max(situation.planning.markup_limit, situation.planning.markup_floor)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("need", [0.0, 1e-300, 1e6])
@pytest.mark.parametrize("discount", [0.0, 1.0])
def test_growth_beyond_all_numbers_and_free_compute_can_be_decided_on(
    family: str, need: float, discount: float
) -> None:
    """Legal extremes together: a thousandfold a month for ten years, at no price."""
    long = {"horizon": 120} if family == "capital_driven_platform" else {}
    situation = SITUATION._replace(
        own=ProviderParameters(leverage=1e6, optimism=100.0),
        planning=PlanningParameters(growth_limit=10, contract_horizon=120, contract_cover=10),
        compute=ComputeParameters(contract_discount=discount),
        revenue=1e9, revenue_before=1e-9, need=need,
    )  # fmt: skip
    deal = decisions(of(family, **long), situation)["deal"]
    assert need > 0.0 or deal.capacity == 0.0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_strategy_is_a_frozen_section_that_says_what_it_does(family: str) -> None:
    kind = STRATEGIES[family]
    assert kind.model_config["frozen"] and kind().family == family
    assert Path(inspect.getfile(kind)).stem == family
    assert sys.modules[kind.__module__].__doc__ and kind.__doc__
    for name, method in vars(kind).items():
        if inspect.isfunction(method) and not name.startswith("__"):
            assert method.__doc__, f"{family}.{name}"
            assert name in vars(Strategy), f"{family}.{name} replaces no routine"
    with pytest.raises(ValueError, match="frozen"):
        kind().family = "other"


def test_every_clause_is_a_method_of_a_strategy() -> None:
    assert [name for name in CLAUSES if not hasattr(Strategy, name)] == []


# --- The power of the contract -------------------------------------------------------------------

PLANTED = '''"""Planted."""
from typing import Literal
from agents.parameters import param
from agents.strategy import Deal, Strategy
class Planted(Strategy):
    """Planted."""
    family: Literal["{family}"] = param("{family}", unit="", source="", doc="planted")
    def {name}(self, situation):
        """Planted."""
        return {value}
'''
BROKEN = [
    ("support", "-1.0"), ("support", "None"), ("budget", "float('nan')"), ("budget", "1 / 0"),
    ("budget", "float('inf')"), ("markup", "-0.5"), ("markup", "'1'"),
    ("allocation", "(0.5, 0.5, 0.5, -0.5)"), ("allocation", "(0.3, 0.3, 0.3, 0.0)"),
    ("allocation", "(0.5, 0.5)"), ("sales_mix", "(0.5, 0.5, float('nan'))"),
    ("sales_mix", "(1.0, 1.0, 1.0)"), ("focus", "(0.0, 0.0, 0.0)"), ("focus", "0.5"),
    ("sells", "(True, True)"), ("sells", "(1.0, 0.0, 0.0)"), ("opens_weights", "None"),
    ("bundles", "0.3"), ("deal", "Deal(-1.0, 12)"), ("deal", "Deal(1.0, 0)"),
    ("deal", "Deal(1.0, 12.5)"), ("deal", "Deal(float('nan'), 12)"), ("deal", "1.0"),
]  # fmt: skip


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a file beside the strategies that are there."""
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    known = set(sys.modules)

    def plant(text: str, name: str = "planted") -> None:
        (tmp_path / f"{name}.py").write_text(text)

    yield plant
    for name in set(sys.modules) - known:
        if name.startswith(strategies.__name__):
            del sys.modules[name]
            vars(strategies).pop(name.rpartition(".")[2], None)


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_a_file_that_breaks_a_clause_is_found(
    name: str, value: str, plant: Callable[..., None]
) -> None:
    plant(PLANTED.format(family="planted", name=name, value=value))
    with pytest.raises(StrategyError, match=rf"month 30: A: Planted\.{name} returned .*must"):
        decisions(found()["planted"]())


def test_a_planted_file_that_keeps_the_contract_is_taken(plant: Callable[..., None]) -> None:
    plant(PLANTED.format(family="planted", name="budget", value="1.0"))
    assert decisions(found()["planted"]())["budget"] == 1.0
    assert set(found()) == {*FAMILIES, "planted"}


@pytest.mark.parametrize("text", [
    PLANTED.format(family="other", name="budget", value="1.0"),
    '"""Empty."""\n',
    PLANTED.format(family="planted", name="budget", value="1.0") + "class Two(Planted): ...\n",
])  # fmt: skip
def test_a_file_without_the_one_strategy_of_its_name_is_refused(
    text: str, plant: Callable[..., None]
) -> None:
    plant(text)
    with pytest.raises(TypeError, match=r"strategies/planted\.py must hold one strategy"):
        found()


def test_the_catalogue_is_what_is_found() -> None:
    assert found() == STRATEGIES == strategy_catalogue.STRATEGIES


# --- What each decides otherwise -----------------------------------------------------------------

# By family and decision: a number of the decision, the sign of its difference to the routine's from
# the same situation and settings, and why.
DIRECTIONS: dict[str, dict[str, tuple[Callable[[Any], float], int, str]]] = {
    "capital_driven_platform": {
        "allocation": (lambda parts: parts.scale, 1, "compute is cut last"),
        "sales_mix": (lambda mix: mix[1], 1, "sells to enterprises"),
        "deal": (lambda deal: deal.months, 1, "signs for long"),
    },
    "efficiency_first": {
        "allocation": (lambda parts: parts.efficiency, 1, "algorithms instead of dear compute"),
        "markup": (lambda markup: markup, -1, "buyers get the gain"),
    },
    "endogenous_ecosystem": {
        "budget": (lambda budget: budget, -1, "liquid means are the parent's"),
        "bundles": (float, 1, "its products carry the assistant"),
        "deal": (lambda deal: deal.capacity, -1, "builds for itself"),
    },
    "open_weights": {
        "support": (lambda support: support, 1, "the parent gains from openness"),
        "budget": (lambda budget: budget, 1, "and what it pays is spent"),
        "sells": (sum, -1, "firms and developers take the weights"),
        "bundles": (float, 1, "the parent's products carry the assistant"),
        "deal": (lambda deal: deal.capacity, -1, "the parent's machines are there"),
    },
    "platform_integration": {
        "sales_mix": (lambda mix: mix[2], 1, "the audience is captive, firms are an afterthought"),
        "focus": (lambda focus: focus[2], 1, "data of its users draw post-training"),
    },
    "routine": {},
    "safety_first": {
        "allocation": (lambda parts: parts.safety, 1, "safer than rivals"),
        "sales_mix": (lambda mix: mix[0], 1, "developers and firms are the market"),
    },
}  # fmt: skip


def apart(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """Decisions in which two differ."""
    return {name for name in one if one[name] != other[name]}


@pytest.mark.parametrize("family", sorted(DIRECTIONS))
def test_a_strategy_departs_from_the_routine_where_and_whither_it_says(family: str) -> None:
    """These decisions and no others; a new built-in strategy writes its line into the table."""
    routine, own = decisions(of("routine")), decisions(of(family))
    assert apart(routine, own) == set(DIRECTIONS[family])
    for name, (number, sign, why) in DIRECTIONS[family].items():
        assert (number(own[name]) - number(routine[name])) * sign > 0.0, f"{name}: {why}"


def test_the_table_has_every_strategy() -> None:
    assert sorted(DIRECTIONS) == FAMILIES


@pytest.mark.parametrize(("one", "other"), list(combinations(FAMILIES, 2)))
def test_every_two_decide_otherwise_from_the_same_facts(one: str, other: str) -> None:
    differing = apart(decisions(of(one)), decisions(of(other)))
    assert differing
    assert differing >= DIRECTIONS[one].keys() ^ DIRECTIONS[other].keys()
    assert differing <= DIRECTIONS[one].keys() | DIRECTIONS[other].keys()


def test_two_names_for_one_behaviour_would_be_found() -> None:
    class Again(Strategy):
        """The routine by another name."""

    assert apart(decisions(of("routine")), decisions(Again())) == set()


# --- What moves a decision, and whither ----------------------------------------------------------


def changed(family: str, name: str, **facts: Any) -> tuple[Any, Any]:
    """A decision before and after some facts change."""
    strategy = of(family)
    after = SITUATION._replace(**facts)
    return decisions(strategy)[name], decisions(strategy, after)[name]


@pytest.mark.parametrize("family", FAMILIES)
def test_pressure_cuts_and_profit_and_parent_raise_every_budget(family: str) -> None:
    for facts, sign in (
        ({"pressure": 0.95}, -1),
        ({"pressure": 0.0}, 1),
        ({"gross_profit": 40.0}, 1),
        ({"parent_flow": 20.0}, 1),
    ):
        before, after = changed(family, "budget", **facts)
        assert (after - before) * sign > 0.0


@pytest.mark.parametrize("family", FAMILIES)
def test_liquid_means_are_spent_by_all_but_the_ecosystem(family: str) -> None:
    before, after = changed(family, "budget", liquid=1200.0)
    assert (after > before) == (family != "endogenous_ecosystem")
    assert changed(family, "budget", liquid=-5.0)[1] > 0.0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_budget_without_leverage_is_not_cut(family: str) -> None:
    alone = SITUATION._replace(own=ProviderParameters())
    calm = alone._replace(pressure=0.0)
    assert decisions(of(family), alone) == decisions(of(family), calm)


@pytest.mark.parametrize("pressure", [0.0, 0.6, 0.7, 0.9, 1.0, 5.0])
def test_the_cut_spares_what_capital_driven_spends_on_compute(pressure: float) -> None:
    """M$ for compute are those of no pressure; the rest bears the cut, with a parent as without."""
    strategy = of("capital_driven_platform")
    for parent in (0.0, 10.0):
        calm = SITUATION._replace(pressure=0.0, parent_flow=parent)
        pressed = calm._replace(pressure=pressure)
        budget = strategy.budget(pressed)
        parts = strategy.allocation(pressed)
        wanted = strategy.budget(calm) * calm.allocation.scale
        assert parts.scale * budget == pytest.approx(min(wanted, budget))
        assert parts.sales * budget <= calm.allocation.sales * strategy.budget(calm) + 1e-12


def test_capital_driven_signs_the_further_ahead_the_more_it_grows() -> None:
    """Of what both can bear: the longer horizon counts with growth, and not without."""
    rich = SITUATION._replace(liquid=1e6, contracted=0.0)
    for revenue, more in ((40.0, False), (50.0, True)):
        facts = rich._replace(revenue=revenue)
        deals = [
            decisions(of(name), facts)["deal"] for name in ("capital_driven_platform", "routine")
        ]
        assert (deals[0].capacity > deals[1].capacity) == more
    ratios = []
    for revenue in (45.0, 60.0):
        facts = rich._replace(revenue=revenue)
        pair = [
            decisions(of(name), facts)["deal"] for name in ("capital_driven_platform", "routine")
        ]
        ratios.append(pair[0].capacity / pair[1].capacity)
    assert ratios[1] > ratios[0]


@pytest.mark.parametrize("family", ["capital_driven_platform", "routine", "safety_first"])
def test_deals_follow_need_and_means_and_stop_at_what_is_contracted(family: str) -> None:
    rich = {"liquid": 1e6}
    after = changed(family, "deal", **rich)[1]
    assert (
        after.capacity
        > changed(family, "deal", liquid=9.0, revenue=1.0, contracted=0.0)[1].capacity
        > 0.0
    )
    more = changed(family, "deal", need=60.0, **rich)[1]
    assert more.capacity > after.capacity
    assert changed(family, "deal", contracted=1e4)[1].capacity == 0.0
    assert changed(family, "deal", own=ProviderParameters())[1].capacity == 0.0


def test_dear_compute_moves_money_to_algorithms_the_more_the_dearer() -> None:
    """Continuously: no jump where rent is that of the last year, and none below it."""
    before = SITUATION.allocation
    for rent, kept in ((2.0, 1.0), (3.0, 1.0), (3.3, 1 / 1.1), (6.0, 0.5)):
        parts = changed("efficiency_first", "allocation", rent=rent)[1]
        assert parts.scale == pytest.approx(kept * before.scale)
        assert parts.scale + parts.efficiency == pytest.approx(before.scale + before.efficiency)
        assert (parts.safety, parts.sales) == (before.safety, before.sales)


def test_efficiency_first_never_asks_more_and_keeps_to_the_floor() -> None:
    assert changed("routine", "markup", revenue_share=0.2)[1] > SITUATION.markup
    assert changed("efficiency_first", "markup", revenue_share=0.2)[1] == SITUATION.markup
    assert changed("efficiency_first", "markup", revenue_share=0.1)[1] < SITUATION.markup
    assert (
        changed("efficiency_first", "markup", markup=0.01)[1] == PlanningParameters().markup_floor
    )


def test_safety_first_spends_more_the_safer_rivals_and_the_stricter_the_rule() -> None:
    """As much as leads to its aim in the long run (E14), out of scale and no more than that has."""
    strategy, half = of("safety_first"), ResearchParameters().safety_half
    for facts in ({"rival_safety": 0.6}, {"rival_safety": 0.1, "safety_rule": 0.6}):
        parts = changed("safety_first", "allocation", **facts)[1]
        assert parts.safety / (parts.safety + half) == pytest.approx(0.7)
        assert parts.scale + parts.safety == pytest.approx(0.60)
    aims = [changed("safety_first", "allocation", rival_safety=level)[1] for level in (0.7, 0.75)]
    assert aims[1].safety > aims[0].safety
    calm = SITUATION._replace(rival_safety=0.0, safety_rule=0.0)
    assert strategy.allocation(calm) == calm.allocation
    poor = SITUATION._replace(allocation=Spending(0.01, 0.5, 0.05, 0.44), rival_safety=0.8)
    assert strategy.allocation(poor).scale == 0.0


def test_the_parent_of_open_weights_pays_more_the_more_they_are_used() -> None:
    """E16: times 1 + half of their share."""
    for share in (0.0, 0.2, 1.0):
        after = changed("open_weights", "support", open_share=share)[1]
        assert after == SITUATION.parent_flow * (1.0 + 0.5 * share)


def test_the_ecosystem_stops_bundling_where_most_use_it() -> None:
    strategy = of("endogenous_ecosystem", reach=0.3)
    bundled = [
        strategy.bundles(SITUATION._replace(consumer_share=share)) for share in (0.0, 0.29, 0.3, 1)
    ]
    assert bundled == [True, True, False, False]


def test_the_data_loop_moves_focus_to_where_tokens_are_used() -> None:
    """By half the gap in a year; where use is as the focus, nothing moves."""
    used: Parts = (0.7, 0.2, 0.1)
    before, after = SITUATION.focus, changed("platform_integration", "focus", token_mix=used)[1]
    moved = [(new - old) * 24.0 for old, new in zip(before, after, strict=True)]
    assert moved == pytest.approx([aim - old for aim, old in zip(used, before, strict=True)])
    assert changed("platform_integration", "focus", token_mix=before)[1] == before


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_are_opened_as_the_config_says(family: str) -> None:
    for opened in (False, True):
        own = ProviderParameters(open_weights=opened)
        assert changed(family, "opens_weights", own=own)[1] is opened


# --- The routine of all providers at once ---------------------------------------------------------


def decided_at_once(known: Any, leverage: Any, opens: Any, rules: Rules) -> tuple[Any, Any]:
    """What the kernel decides, and whose could be done."""
    decided, sound = np.zeros((CODES, write_down.COLUMNS)), np.zeros(CODES, np.bool_)
    routine(known, leverage, opens, rules, decided, sound)
    return decided, sound


@given(data=st.data(), leverage=st.none() | st.floats(0.0, 3.0), opens=st.booleans())
def test_the_kernel_decides_as_the_routine(data: Any, leverage: float | None, opens: bool) -> None:
    situation = data.draw(situations())
    own = ProviderParameters(leverage=leverage, open_weights=opens)
    asked = asked_of("A", of("routine"), situation._replace(own=own))
    known = np.zeros((CODES, COLUMNS))
    known[0, :ALLOCATION] = [getattr(situation, name) for name in NUMBERS]
    known[0, ALLOCATION:REVENUE_MIX] = [*situation.allocation, *situation.focus]
    sections = situation.planning, situation.finance
    rules = Rules(
        *(
            next(getattr(section, name) for section in sections if hasattr(section, name))
            for name in Rules._fields
        )
    )
    limits = np.full(CODES, math.nan if leverage is None else leverage)
    decided, sound = decided_at_once(known, limits, np.full(CODES, opens), rules)
    assert sound[0]
    for name, where in WHERE.items():
        assert np.array_equal(decided[0, where], getattr(asked, name))


def test_a_routine_that_cannot_be_done_is_no_answer() -> None:
    known = np.zeros((CODES, COLUMNS))
    known[:, ALLOCATION:FOCUS], known[:, FOCUS:REVENUE_MIX] = 1 / 4, 1 / 3
    known[1, LIQUID], known[2, ALLOCATION], known[3, FOCUS] = math.inf, 0.5, -0.1
    rules = Rules(0.5, 12.0, 1.0, 0.1, 0.0, 9.0, 0.5, 1.0, 0.5)
    sound = decided_at_once(known, np.ones(CODES), np.zeros(CODES, np.bool_), rules)[1]
    assert sound[:4].tolist() == [True, False, False, False]


def test_strategies_are_asked_for_what_they_decide_otherwise() -> None:
    asked = {family: {name for name, _ in own_questions(STRATEGIES[family])} for family in FAMILIES}
    assert asked["routine"] == set()
    assert asked["endogenous_ecosystem"] == {"budget", "bundles"}  # by its means
    assert asked["open_weights"] == {"support", "budget", "sells", "bundles"}
