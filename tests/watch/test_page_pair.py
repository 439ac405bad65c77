"""Two markets on one page: rivers, the difference in numbers, the address, and the keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from browser import ROOT, Served, Watcher, served, small

from simulation.config import load
from simulation.market import run

CHANGES = [word for word in small() if word != "--set"]
OTHER = "configs/scenarios/s01_no_network.yaml"
SHARES = {"coding": "spend_share", "enterprise": "spend_share", "consumer": "user_share"}
PAIRED = "Boolean(window.__state.comparison) && window.__state.months.length === 2"


@pytest.fixture(scope="module")
def both() -> Any:
    """Both markets, without a page."""
    return [run(load(ROOT / path, CHANGES)) for path in ("configs/baseline.yaml", OTHER)]


def share(records: Any, month: int, segment: str, provider: str) -> float:
    """A share of the segments table; 0 for who is not there."""
    table = records.table("segments")
    rows = (table["month"] == month) & (table["segment"] == segment)
    found = table[SHARES[segment]][rows & (table["provider"] == provider)]
    return float(found[0]) if len(found) and found[0] == found[0] else 0.0


def at(watcher: Watcher, month: int) -> None:
    """Go to a month with the scrubber."""
    watcher.slide("#scrubber", month)
    watcher.until(f"window.__state.month === {month}")


def compare(watcher: Watcher, against: str) -> None:
    """Put something beside the market, with the mouse."""
    watcher.page.click("#open-compare")
    watcher.page.click(f"#compare [data-against={against}]")
    watcher.until(PAIRED)


def test_the_difference_is_that_of_two_separate_runs(watcher: Watcher, both: Any) -> None:
    watcher.page.click("#open-compare")
    watcher.page.select_option("#compare-scenario", "s01_no_network")
    watcher.page.click("#compare [data-against=scenario]")
    watcher.until(PAIRED)
    at(watcher, 20)
    watcher.until("window.__state.months[1] === 20")
    shown = watcher.state()["difference"]
    apart = 0.0
    for segment in SHARES:
        for provider, change in shown[segment].items():
            one, two = (share(records, 19, segment, provider) for records in both)
            assert change == pytest.approx(two - one, abs=1e-12)
            apart += abs(change)
    assert apart > 0.01
    assert watcher.page.text_content("#river-b-title") == "B · s01_no_network"
    assert "Same seed 1" in watcher.page.text_content("#difference-note")


def test_one_config_beside_itself_differs_by_nothing(watcher: Watcher) -> None:
    compare(watcher, "base")
    at(watcher, 24)
    shown = watcher.state()["difference"]
    assert {change for segment in shown.values() for change in segment.values()} == {0}
    assert "no difference" in watcher.page.text_content("#difference-text")
    assert watcher.page.text_content("#network-note").startswith("0 of")


def test_play_pause_and_step_hold_for_both(watcher: Watcher) -> None:
    compare(watcher, "base")
    watcher.page.click("#play")
    watcher.until("window.__state.month >= 3")
    watcher.page.click("#play")
    watcher.until("!window.__state.playing")
    month = watcher.state()["month"]
    watcher.page.click("#step")
    watcher.until(f"window.__state.month === {month + 1}")
    assert watcher.state()["months"] == [month + 1, month + 1]


def test_a_fork_takes_the_sliders_and_leaves_the_market_alone(watcher: Watcher) -> None:
    at(watcher, 8)
    compare(watcher, "fork")
    watcher.until("window.__state.focus === 1")
    watcher.slide("[id='slider-developers.peer_weight']", 6)
    watcher.until("window.__state.values['developers.peer_weight'] === 6")
    at(watcher, 16)
    watcher.until("Object.values(window.__state.difference.coding).some((change) => change !== 0)")
    assert "peer_weight" in watcher.page.text_content("#difference-note")
    at(watcher, 8)
    shown = watcher.state()["difference"]
    assert {change for segment in shown.values() for change in segment.values()} == {0}
    watcher.page.keyboard.press("b")
    watcher.until("window.__state.focus === 0 && Object.keys(window.__state.values).length === 0")
    watcher.page.keyboard.press("b")
    watcher.until("window.__state.focus === 1")
    watcher.until("window.__state.values['developers.peer_weight'] === 6")
    assert watcher.page.text_content("#changed-count") == "1"


def test_the_address_holds_the_comparison(browser: Any, server: Served) -> None:
    context = browser.new_context()
    address = f"{server.address}#6&compare=scenario:s01_no_network"
    watcher = Watcher(context.new_page()).open(address)
    watcher.until(f"{PAIRED} && window.__state.month === 6")
    assert watcher.page.evaluate("location.hash") == "#6&compare=scenario:s01_no_network"
    watcher.page.click("#open-compare")
    watcher.page.click("#compare [data-against=nothing]")
    watcher.until("!window.__state.comparison && window.__state.months.length === 1")
    watcher.until("location.hash === '#6'")
    assert not watcher.page.is_visible("#panel-difference")
    context.close()
    assert watcher.wrong == []


@pytest.fixture(scope="module")
def other_luck(tmp_path_factory: Any) -> Iterator[Served]:
    """Two arguments on the command line, of two seeds."""
    other = tmp_path_factory.mktemp("configs") / "other_luck.yaml"
    base = ROOT / "configs" / "baseline.yaml"
    text = f"schema_version: 1\nextends: {base}\nname: other_luck\nseed: 9\n"
    other.write_text(text, encoding="utf-8")
    with served("configs/baseline.yaml", str(other), *small()) as running:
        yield running


def test_two_arguments_of_two_seeds_say_so(browser: Any, other_luck: Served) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 800})
    watcher = Watcher(context.new_page()).open(other_luck.address)
    watcher.until(PAIRED)
    at(watcher, 3)
    assert watcher.state()["months"] == [3, 3]
    assert "Seeds differ (1 and 9)" in watcher.page.text_content("#difference-note")
    assert watcher.page.evaluate("document.documentElement.scrollWidth") <= 1024
    context.close()
    assert watcher.wrong == []


def test_numbers_stand_at_the_cursor_and_for_the_keyboard(watcher: Watcher) -> None:
    compare(watcher, "base")
    at(watcher, 12)
    box = watcher.page.locator("#difference canvas").bounding_box()
    watcher.page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.3)
    watcher.until("Boolean(document.querySelector('#difference .tip td'))")
    watcher.page.mouse.move(5, 5)
    watcher.until("!document.querySelector('#difference .tip')")
    watcher.page.focus("#river-log")
    for _ in range(8):  # buttons lie between
        watcher.page.keyboard.press("Tab")
        if watcher.page.evaluate("document.activeElement.closest('#difference') !== null"):
            break
    assert watcher.page.locator("#difference .tip th").count() == 12  # three tables of four heads


@pytest.mark.parametrize("measure", ["share", "absolute"])
def test_a_logarithmic_river_has_lines_pins_and_names(watcher: Watcher, measure: str) -> None:
    at(watcher, 20)
    watcher.page.click(f"[data-measure={measure}]")
    watcher.page.click("#river-log")
    watcher.until("window.__state.log")
    found = set()
    box = watcher.page.locator("#river canvas").bounding_box()
    x = box["x"] + 38 + (box["width"] - 134) * 19 / 23
    for part in range(4, 100):
        watcher.page.mouse.move(x, box["y"] + box["height"] * part / 100)
        found.add(watcher.state()["hovered"])
    assert {"OpenAI", "Google", "Anthropic"} <= found
    watcher.page.click("#open-events")
    watcher.page.select_option("#event-kind", "incident")
    watcher.page.click("#events button.main")
    watcher.until("window.__state.dropped.length === 1")
    at(watcher, 21)
    x = box["x"] + 38 + (box["width"] - 134) * 20 / 23
    watcher.page.mouse.move(x, box["y"] + 8)
    watcher.until("Boolean(document.querySelector('#tip-river'))")
    assert "watch" in watcher.page.text_content("#tip-river")


def search(watcher: Watcher, words: str) -> None:
    """Open the search, type, and take what comes first."""
    watcher.page.keyboard.press("/")
    watcher.until("document.activeElement.id === 'search-field'")
    watcher.page.keyboard.type(words)
    watcher.page.keyboard.press("Enter")


def test_the_search_goes_to_agents_providers_parameters_and_months(watcher: Watcher) -> None:
    search(watcher, "month 9")
    watcher.until("window.__state.month === 9")
    search(watcher, "Mar 2023")
    watcher.until("window.__state.month === 3")
    search(watcher, "developer 123")
    watcher.until("window.__state.story && window.__state.story.row === 123")
    search(watcher, "ent 7")
    watcher.until("window.__state.story.who === 'enterprise' && window.__state.story.row === 7")
    search(watcher, "anthr")
    watcher.until("window.__state.story.name === 'Anthropic'")
    watcher.page.keyboard.press("Escape")
    watcher.until("document.querySelector('#story').hidden")
    search(watcher, "brand")
    watcher.until("document.activeElement.id === 'slider-consumers.brand_weight'")
    watcher.page.keyboard.press("Escape")
    search(watcher, "drop price war")
    watcher.until("document.querySelector('#event-kind').value === 'price_war'")
    assert not watcher.page.is_hidden("#events")


def test_the_search_finds_what_happened_and_says_when_nothing_is_there(watcher: Watcher) -> None:
    at(watcher, 24)
    at(watcher, 2)
    watcher.page.keyboard.press("/")
    watcher.page.keyboard.type("entry")
    watcher.page.keyboard.press("ArrowDown")
    watcher.page.keyboard.press("ArrowUp")
    date = watcher.page.text_content("#search-list li[aria-selected=true] > :last-child")
    watcher.page.keyboard.press("Enter")
    watcher.until(f"document.querySelector('#date').textContent === '{date}'")
    watcher.page.keyboard.press("/")
    watcher.page.fill("#search-field", "zzz")
    assert watcher.page.text_content("#search-list") == "nothing of that name"
    watcher.page.keyboard.press("Escape")
    watcher.until("!document.querySelector('#search').open")
    search(watcher, "developer 99999")
    watcher.until("window.__state.notice.includes('99999')")


def test_a_drawer_takes_the_keyboard_and_gives_it_back(watcher: Watcher) -> None:
    watcher.page.focus("#open-compare")
    watcher.page.keyboard.press("Enter")
    watcher.until("document.activeElement.id === 'compare'")
    watcher.page.keyboard.press("Tab")
    watcher.until("document.activeElement.closest('#compare') !== null")
    watcher.page.keyboard.press("Escape")
    watcher.until("document.activeElement.id === 'open-compare'")


def test_the_months_of_the_moves_are_chosen_by_the_keyboard(watcher: Watcher, both: Any) -> None:
    at(watcher, 24)
    watcher.page.focus("#open-flows")
    watcher.page.keyboard.press("Enter")
    watcher.until("document.querySelector('#flows-from').options.length === 24")
    watcher.page.select_option("#flows-from", "5")
    watcher.until("window.__state.flows.first === 5 && window.__state.flows.last === 24")
    watcher.page.select_option("#flows-to", "14")
    watcher.until("window.__state.flows.first === 5 && window.__state.flows.last === 15")
    table = both[0].table("flows")
    rows = (table["month"] >= 5) & (table["month"] < 15)
    told = sum(flow["agents"] for flow in watcher.state()["flows"]["flows"])
    assert told == table["agents"][rows].sum() > 0
    assert watcher.page.evaluate("document.activeElement.closest('#flows') !== null")
