"""What events do to a market: each kind by itself, when it comes, and what it leaves behind."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents import catalogue
from agents.codes import NONE, OPEN
from simulation import event_catalogue, events
from simulation.checkpoint import restore, save
from simulation.config import Config, load
from simulation.config_layers import CHECKOUT
from simulation.event import Action
from simulation.event_catalogue import KINDS
from simulation.lasting import capacity_factor, demand_factors, price_factors
from simulation.market import Market

BASELINE = CHECKOUT / "configs" / "baseline.yaml"
SIZES = ["developers.count=300", "consumers.count=300", "enterprises.count=60", "apps.count=20"]
MONTH = 7  # in which the event of a test fires
EVERY = {
    "antitrust": "{probability: 1}",
    "capital_shock": "{shift: -.5, months: 3}",
    "demand_shock": "{segment: coding, factor: 2, months: 3}",
    "efficiency_shock": "{provider: OpenAI, gain: .3, public: .5}",
    "export_control": "{region: US, cap: .01, surcharge: 1}",
    "incident": "{provider: OpenAI}",
    "ipo_window": "{open: true}",
    "mega_round": "{provider: OpenAI, amount: 1000, investor: Amazon}",
    "open_release": "{gain: 1}",
    "price_war": "{provider: OpenAI, factor: .5, months: 3}",
    "safety_rule": "{minimum: .99}",
    "supply_shock": "{factor: .1, months: 3}",
}
IDLE = {"antitrust"}  # where nobody is for sale: test_sales.py has who is
Tables = dict[tuple[str, str], np.ndarray]


def config_of(*sets: str, months: int = 12) -> Config:
    """The baseline, small and short, with no event but Llama's licence in month 6."""
    # Small markets earn little, and whoever earns anything is listed once the window opens.
    alone = ["investment.listing_revenue=1", "investment.listing_wait=0", "events=null"]
    alone += ["events.llama={month: 6, set: {providers.Meta.open_weights: true}}"]
    return load(BASELINE, [*SIZES, f"months={months}", *alone, *sets])


def after(config: Config, months: int | None = None) -> Market:
    """The market of a config after some months, or at its end."""
    market = Market(config)
    while market.running and market.month != months:
        market.step()
    return market


def event(kind: str, settings: str = "", month: int = MONTH) -> str:
    """Setting of one event."""
    return f"events.test={{month: {month}, {kind}: {settings or EVERY[kind]}}}"


def tables(market: Market) -> Tables:
    """Every column of every table but that of the events."""
    return {
        (table, name): column
        for table, columns in market.records.tables.items()
        if table != "events"
        for name, column in columns.items()
    }


def same(one: Tables, other: Tables) -> bool:
    return all(
        column.dtype == other[key].dtype and column.tobytes() == other[key].tobytes()
        if column.dtype.kind != "O"
        else column.tolist() == other[key].tolist()
        for key, column in one.items()
    )


@pytest.fixture(scope="module")
def plain() -> Market:
    """A year without an event but the licence."""
    return after(config_of())


@pytest.fixture(scope="module")
def eve() -> Callable[[], Market]:
    """Make the market of the month before the event."""
    return lambda: after(config_of(), MONTH)


def row_of(market: Market, name: str = "test") -> Any:
    """The first row of the events table with this name."""
    return next(row for row in market.recorder.events if row.kind == name)  # type: ignore[union-attr]


# --- Contract of every kind ----------------------------------------------------------------------


def test_every_kind_is_tested_here() -> None:
    assert set(EVERY) == set(KINDS)


@pytest.mark.parametrize("kind", EVERY)
def test_an_event_leaves_a_row_and_changes_nothing_before(kind: str, plain: Market) -> None:
    market = after(config_of(event(kind)))
    row = row_of(market)
    assert row.month == MONTH
    assert row.detail.startswith(f"{kind}: ")
    said = row.detail + str(row.after)  # a number, or whom it concerns
    assert any(character.isdigit() for character in said) or row.code != NONE
    before, now = tables(plain), tables(market)
    assert same(before, now) == (kind in IDLE), "the event has no effect at all"
    size = np.searchsorted(before["segments", "month"], MONTH)
    for name in ("tokens", "spend", "users", "revenue"):
        key = ("segments", name)
        assert before[key][:size].tobytes() == now[key][:size].tobytes()


@pytest.mark.parametrize("kind", EVERY)
def test_a_run_with_an_event_is_resumed_to_the_same_bytes(kind: str) -> None:
    config = config_of(event(kind))
    whole = tables(after(config))
    for months in (MONTH, MONTH + 1, MONTH + 2):
        market = restore(save(after(config, months), "run"), config, "run")
        while market.running:
            market.step()
        assert same(tables(market), whole), months


@pytest.mark.parametrize("kind", EVERY)
def test_an_event_runs_without_anybody_watching(kind: str) -> None:
    market = Market(config_of(event(kind)), observe=False)
    while market.running:
        market.step()
    seen = after(config_of(event(kind)))
    np.testing.assert_array_equal(
        market.developers.columns["provider"], seen.developers.columns["provider"]
    )
    np.testing.assert_array_equal(market.labs.cash, seen.labs.cash)


@pytest.mark.parametrize("kind", ["efficiency_shock", "incident", "mega_round", "price_war"])
@pytest.mark.parametrize("when", ["before its entry", "after its exit"])
def test_nothing_happens_to_who_is_not_on_the_market(
    kind: str, when: str, plain: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = event(kind, EVERY[kind].replace("OpenAI", "DeepSeek"), month=5)  # it enters in month 7
    if when == "before its entry":
        market = after(config_of(late))
        assert same(tables(market), tables(plain))
        assert row_of(market).detail == (f"{kind}: DeepSeek is not on the market; nothing happens")
        return
    market = after(config_of(event(kind, month=11)), 10)
    market.labs.exited[0] = True
    market.step()
    market.step()
    assert row_of(market).detail == f"{kind}: OpenAI is not on the market; nothing happens"


# --- Each kind -----------------------------------------------------------------------------------


def action(kind: str, settings: str = "") -> Action:
    found: Action = config_of(event(kind, settings)).events["test"].action
    return found


def test_an_efficiency_shock_reaches_one_all_others_and_open_weights(
    eve: Callable[[], Market],
) -> None:
    market = eve()
    labs = market.labs
    training, serving = labs.efficiency.copy(), labs.serving_efficiency.copy()
    note = action("efficiency_shock").act(market)
    active = labs.active
    for old, new in ((training, labs.efficiency), (serving, labs.serving_efficiency)):
        gained = new - old
        assert gained[0] == pytest.approx(0.3)
        np.testing.assert_allclose(gained[1:][active[1:]], 0.15)
        assert (gained[~active] == 0.0).all()
    assert (note.code, note.before, note.after) == (0, training[0], labs.efficiency[0])
    held = market.open_models.efficiency[0]
    market.step()
    assert market.open_models.efficiency[0] > held + 0.14  # Meta gained .15
    market = eve()
    action("efficiency_shock", "{provider: all, gain: .2}").act(market)
    np.testing.assert_allclose((market.labs.efficiency - training)[active], 0.2)


def test_an_incident_takes_safety_and_brand(plain: Market) -> None:
    market = after(config_of(event("incident")))
    (struck,) = [
        row
        for row in market.recorder.events  # type: ignore[union-attr]
        if row.kind == "incident" and row.month == MONTH and row.code == 0
    ]
    assert struck.after == pytest.approx(struck.before - 0.15)
    assert not market.labs.incident.any()  # it is over


def test_an_incident_wakes_the_users_of_the_provider() -> None:
    market = after(config_of(event("incident")), MONTH)
    market.step()
    assert market.offers.shock[0] == 1.0


def test_an_open_release_is_better_and_new_and_its_source_stays(eve: Callable[[], Market]) -> None:
    market = eve()
    opened = market.open_models
    before, size, source = opened.capability.copy(), opened.size.copy(), opened.source.copy()
    note = action("open_release").act(market)
    np.testing.assert_allclose(opened.capability - before, [1.0, 1.0])
    np.testing.assert_allclose(opened.size - size, [1.0, 1.0])
    np.testing.assert_array_equal(opened.source, source)
    assert (note.code, note.after - note.before) == (OPEN, pytest.approx(1.0))
    market.step()
    assert market.offers.released[0, OPEN]
    assert not opened.released.any()  # next month it is no news
    market = after(config_of(event("open_release", month=2)))
    assert "there are no open weights yet" in row_of(market).detail


def test_a_mega_round_is_paid_in_its_month() -> None:
    base, market = after(config_of(), MONTH + 1), after(config_of(event("mega_round")), MONTH + 1)
    assert market.labs.paid_in[0] - base.labs.paid_in[0] == pytest.approx(1000.0)
    cloud = list(market.config.suppliers).index("AWS")
    assert market.labs.credits[0, cloud] == pytest.approx(500.0)
    assert market.pledged == []


def test_a_price_war_holds_as_long_as_it_lasts(plain: Market) -> None:
    config = config_of(event("price_war"))
    market, base = after(config, MONTH), after(config_of(), MONTH)
    market.step()
    base.step()
    assert market.offers.price[0, 0] == pytest.approx(base.offers.price[0, 0] / 2)
    np.testing.assert_array_equal(market.offers.price[0, 1:4], base.offers.price[0, 1:4])
    ends = [row for row in after(config).recorder.events if row.detail == "price_war: ends"]  # type: ignore[union-attr]
    assert [row.month for row in ends] == [MONTH + 3]


def test_a_supply_shock_takes_capacity_and_gives_it_back() -> None:
    config = config_of(event("supply_shock"))
    base = config_of()
    shares = [
        after(config, months).compute.capacity / after(base, months).compute.capacity
        for months in (MONTH, MONTH + 1, MONTH + 3, MONTH + 4)
    ]
    np.testing.assert_allclose(shares, [1.0, 0.1, 0.1, 1.0])


@pytest.mark.parametrize("supply", ["endogenous", "recorded"])
def test_a_demand_shock_multiplies_the_tokens_of_a_segment(supply: str) -> None:
    sets = ["apps.count=0", "compute.capacity=1e6"]
    if supply == "recorded":
        path = CHECKOUT / "configs" / "data" / "supply_recorded.csv"
        sets += ["events=null", "supply={endogenous: null, recorded: %s}" % path]  # noqa: UP031
    base = after(config_of(*sets), MONTH + 1)
    market = after(config_of(*sets, event("demand_shock")), MONTH + 1)
    ratio = market.bills.demanded.sum(axis=1) / base.bills.demanded.sum(axis=1)
    np.testing.assert_allclose(ratio, [2.0, 1.0, 1.0])


# --- What lasts is read off the config -----------------------------------------------------------


def config_with(*events_of: str) -> Config:
    return config_of(*[f"events.e{number}={text}" for number, text in enumerate(events_of)])


def test_factors_hold_from_the_first_to_the_last_month_and_multiply() -> None:
    config = config_with(
        "{month: 2, supply_shock: {factor: .5, months: 3}}",
        "{month: 4, supply_shock: {factor: .2, months: 1}}",
    )
    factors = [capacity_factor(config, month) for month in range(7)]
    assert factors == pytest.approx([1, 1, 0.5, 0.5, 0.1, 1, 1])


def test_prices_and_demand_have_factors_by_provider_and_segment() -> None:
    config = config_with(
        "{month: 2, price_war: {provider: Google, factor: .5, months: 2}}",
        "{month: 2, price_war: {provider: DeepSeek, factor: .1, months: 20}}",  # enters in month 7
        "{month: 3, demand_shock: {segment: consumer, factor: 3, months: 1}}",
    )
    names = ("OpenAI", "Google", "", "", "", "", "DeepSeek")
    assert price_factors(config, 1, names) is None
    found = price_factors(config, 3, names)
    assert found is not None
    assert found.tolist() == [1.0, 0.5, *[1.0] * 14]
    assert price_factors(config, 4, names) is None
    assert price_factors(config, 8, names) is None
    assert price_factors(config, 3, ("OpenAI",)) is None
    assert demand_factors(config, 2) is None
    segments = demand_factors(config, 3)
    assert segments is not None
    assert segments.tolist() == [1.0, 1.0, 3.0]


# --- Neutrality ----------------------------------------------------------------------------------

NEUTRAL = [
    "{month: 7, set: {compute.rent_response: .35, providers.Anthropic.execution: 1.1, "
    "providers.Google.strategy: endogenous_ecosystem, research.spillover: .04, "
    "planning.contract_cover: .7, finance.stressed: .6}}",
    "{month: 7, safety_rule: {minimum: 0}}",
    "{month: 7, supply_shock: {factor: 1, months: 3}}",
    "{month: 7, price_war: {provider: Google, factor: 1, months: 3}}",
    "{month: 7, demand_shock: {segment: coding, factor: 1, months: 3}}",
    "{month: 7, efficiency_shock: {provider: all, gain: 0}}",
    "{month: 7, mega_round: {provider: Google, amount: 0}}",
]


@pytest.mark.parametrize("text", NEUTRAL)
def test_an_event_that_changes_nothing_leaves_the_same_bytes(text: str, plain: Market) -> None:
    assert same(tables(plain), tables(after(config_with(text))))


@pytest.mark.parametrize(
    "text",
    [
        "{month: 7, set: {compute.rent_response: .36}}",
        "{month: 7, set: {providers.Anthropic.execution: 1.2}}",
        "{month: 7, set: {providers.Google.strategy: routine}}",
        "{month: 7, set: {research.spillover: .05}}",
        "{month: 7, set: {planning.contract_cover: .71}}",
    ],
)
def test_an_event_that_changes_a_little_does_not(text: str, plain: Market) -> None:
    assert not same(tables(plain), tables(after(config_with(text))))


# --- The catalogue -------------------------------------------------------------------------------


def test_a_file_without_an_event_or_with_two_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class One(Action):
        """One kind."""

    class Two(Action):
        """Another."""

    for kinds, count in (((), 0), ((One, Two), 2)):
        module = SimpleNamespace(__name__=__name__, **{kind.__name__: kind for kind in kinds})
        with monkeypatch.context() as patch:
            patch.setattr(
                catalogue.pkgutil, "iter_modules", lambda _: [SimpleNamespace(name="odd")]
            )
            patch.setattr(catalogue, "import_module", lambda _, found=module: found)
            with pytest.raises(TypeError, match=f"odd.py must hold one kind .* it holds {count}"):
                event_catalogue.found()
    assert set(event_catalogue.found()) == set(KINDS)
    assert events.__doc__ is None  # the package itself is empty
