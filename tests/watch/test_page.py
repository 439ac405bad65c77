"""The page in a browser: what it shows is what the market does, and it never leaves loopback."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from browser import ROOT, Served, Watcher, served, small

from simulation.config import load
from simulation.market import run

WIDTHS = (1024, 1440, 1920)
CHANGES = [word for word in small() if word != "--set"]


@pytest.fixture(scope="module")
def records() -> Any:
    """The same small market, without a page."""
    return run(load(ROOT / "configs/baseline.yaml", CHANGES))


def shares_of(records: Any, month: int, segment: str, column: str) -> dict[str, float]:
    """Shares of the segments table."""
    table = records.table("segments")
    rows = (table["month"] == month) & (table["segment"] == segment)
    return dict(zip(table["provider"][rows], table[column][rows], strict=True))


def test_it_opens_before_the_first_month(watcher: Watcher) -> None:
    state = watcher.state()
    assert (state["month"], state["seen"], state["playing"]) == (0, 0, False)


def test_it_shows_the_shares_of_the_run(watcher: Watcher, records: Any) -> None:
    watcher.page.keyboard.press("ArrowRight")
    watcher.until("window.__state.month === 1")
    watcher.slide("#scrubber", 9)
    watcher.until("window.__state.month === 9")
    shown = watcher.state()["shares"]
    measures = {"coding": "spend_share", "enterprise": "spend_share", "consumer": "user_share"}
    for segment, column in measures.items():
        for name, share in shares_of(records, 8, segment, column).items():
            assert shown[segment][name] == pytest.approx(0.0 if share != share else share)


def test_play_runs_to_the_end_and_stops(watcher: Watcher) -> None:
    watcher.slide("#speed", 8)
    watcher.page.click("#play")
    watcher.until("window.__state.month === 24 && !window.__state.playing")
    assert watcher.page.text_content("#date") == "Dec 2024"
    assert watcher.page.evaluate("location.hash") == "#24"


def test_space_pauses_and_the_months_stand_still(watcher: Watcher) -> None:
    watcher.page.keyboard.press("[")
    watcher.page.keyboard.press(" ")
    watcher.until("window.__state.playing && window.__state.month >= 2")
    watcher.page.keyboard.press(" ")
    watcher.until("!window.__state.playing")
    month = watcher.state()["month"]
    time.sleep(0.6)
    assert watcher.state()["month"] == month < 24


def test_keys_step_reset_home_and_end(watcher: Watcher) -> None:
    for _ in range(3):
        watcher.page.keyboard.press("ArrowRight")
    watcher.until("window.__state.month === 3")
    watcher.page.keyboard.press("Home")
    watcher.until("window.__state.month === 0")
    watcher.page.keyboard.press("End")
    watcher.until("window.__state.month === 3")
    watcher.page.keyboard.press("r")
    watcher.until("window.__state.month === 0 && window.__state.seen === 0")


def test_a_past_month_looks_as_it_did(watcher: Watcher) -> None:
    watcher.slide("#scrubber", 6)
    watcher.until("window.__state.month === 6")
    before = watcher.state()
    watcher.slide("#scrubber", 12)
    watcher.until("window.__state.month === 12")
    watcher.slide("#scrubber", 6)
    watcher.until("window.__state.month === 6")
    after = watcher.state()
    assert (after["shares"], after["moved"], after["seen"]) == (
        before["shares"],
        before["moved"],
        12,
    )


def test_the_address_names_the_month(browser: Any, server: Served) -> None:
    context = browser.new_context()
    watcher = Watcher(context.new_page()).open(f"{server.address}#7")
    watcher.until("window.__state.month === 7")
    context.close()
    assert watcher.wrong == []


def test_a_slider_changes_the_market_and_can_be_restored(watcher: Watcher) -> None:
    watcher.page.click("#open-parameters")
    watcher.slide("[id='slider-developers.peer_weight']", 6)
    watcher.until("window.__state.values['developers.peer_weight'] === 6")
    assert watcher.page.text_content("#changed-count") == "1"
    watcher.page.click("#parameters .all")
    watcher.until("Object.keys(window.__state.values).length === 0")
    assert not watcher.page.is_visible("#changed-count")


def test_what_is_saved_runs_to_what_was_shown(watcher: Watcher, tmp_path: Path) -> None:
    watcher.slide("#scrubber", 4)
    watcher.until("window.__state.month === 4")
    watcher.slide("[id='slider-developers.peer_weight']", 6)
    watcher.page.click("#open-events")
    watcher.page.click("#events button.main")
    watcher.until("window.__state.dropped.length === 2")
    watcher.slide("#scrubber", 20)
    watcher.until("window.__state.month === 20")
    watcher.page.click("#open-parameters")
    with watcher.page.expect_download() as download:
        watcher.page.click("#parameters .save")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    beside = ROOT / "configs" / "baseline.yaml"
    saved = tmp_path / "saved.yaml"
    saved.write_text(text.replace("extends: baseline.yaml", f"extends: {beside}"), encoding="utf-8")
    again = run(load(saved, CHANGES))
    shown = watcher.state()["shares"]["coding"]
    table = shares_of(again, 19, "coding", "spend_share")
    assert shown == pytest.approx(table)


def test_an_event_is_pinned_where_it_happens(watcher: Watcher) -> None:
    watcher.page.click("#open-events")
    watcher.page.select_option("#event-kind", "incident")
    watcher.page.click("#events button.main")
    watcher.until("window.__state.dropped.length === 1")
    assert watcher.state()["dropped"][0]["kind"] == "incident"


def test_hovering_a_provider_lights_it_up(watcher: Watcher) -> None:
    watcher.slide("#scrubber", 3)
    watcher.until("window.__state.month === 3")
    watcher.page.hover("#legend button:has-text('Google')")
    watcher.until("window.__state.hovered === 'Google'")
    watcher.page.mouse.move(5, 5)
    watcher.until("window.__state.hovered === null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_width_scrolls_sideways(browser: Any, server: Served, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    watcher = Watcher(context.new_page()).open(server.address)
    watcher.until("Boolean(document.querySelector('#lines canvas'))")
    assert watcher.page.evaluate("document.documentElement.scrollWidth") <= width
    assert watcher.page.evaluate("document.documentElement.dataset.theme") == scheme
    context.close()
    assert watcher.wrong == []


def test_two_tabs_are_two_markets(browser: Any, server: Served) -> None:
    context = browser.new_context()
    one, other = (Watcher(context.new_page()).open(server.address) for _ in range(2))
    one.slide("#scrubber", 10)
    one.slide("[id='slider-developers.peer_weight']", 6)
    one.until("window.__state.month === 10 && 'developers.peer_weight' in window.__state.values")
    assert (other.state()["month"], other.state()["values"]) == (0, {})
    context.close()
    assert one.wrong == other.wrong == []


def node_under(watcher: Watcher, part: tuple[float, float]) -> None:
    """Click on the network."""
    box = watcher.page.locator("#network").bounding_box()
    place = {"x": box["width"] * part[0], "y": box["height"] * part[1]}
    watcher.page.locator("#network").click(position=place)


def test_a_click_on_an_agent_tells_its_story(watcher: Watcher) -> None:
    watcher.slide("#scrubber", 20)
    watcher.until("window.__state.month === 20")
    # Nodes lie all over the square: some place of a few has one under it.
    for part in ((0.5, 0.5), (0.45, 0.5), (0.5, 0.45), (0.55, 0.5), (0.4, 0.4), (0.6, 0.6)):
        node_under(watcher, part)
        time.sleep(0.3)
        if watcher.page.evaluate("Boolean(window.__state.story)"):
            break
    story = watcher.state()["story"]
    assert story["who"] in ("developer", "enterprise")
    title = watcher.page.text_content("#story h2")
    assert title == f"{story['who'].capitalize()} {story['row']}"
    assert watcher.state()["selected"] == story["node"]
    watcher.page.keyboard.press("Escape")
    watcher.until("window.__state.selected === null")
    assert not watcher.page.is_visible("#story")


def test_a_click_on_a_provider_tells_its_story(watcher: Watcher) -> None:
    watcher.slide("#scrubber", 12)
    watcher.until("window.__state.month === 12")
    watcher.page.click("#legend button:has-text('Anthropic')")
    watcher.until("window.__state.story && window.__state.story.who === 'provider'")
    text = watcher.page.text_content("#story")
    assert "safety first" in text
    assert "Plan and means" in text


def test_a_brush_over_the_river_gives_the_moves_of_those_months(
    watcher: Watcher, records: Any
) -> None:
    watcher.slide("#scrubber", 24)
    watcher.until("window.__state.month === 24")
    box = watcher.page.locator("#river canvas").bounding_box()
    mouse = watcher.page.mouse
    mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.45, steps=4)
    mouse.up()
    watcher.until("Boolean(window.__state.flows)")
    found = watcher.state()["flows"]
    table = records.table("flows")
    rows = (table["month"] >= found["first"]) & (table["month"] < found["last"])
    assert 0 < found["first"] < found["last"] < 24
    assert sum(flow["agents"] for flow in found["flows"]) == table["agents"][rows].sum()
    shown = watcher.page.locator("#flows tbody tr td:nth-child(3)").all_text_contents()
    moved = rows & (table["segment"] == "coding") & (table["from"] != "none")
    assert sum(map(int, shown)) == table["agents"][moved & (table["to"] != "none")].sum()


def test_shares_or_amounts(watcher: Watcher) -> None:
    watcher.page.click("[data-measure=absolute]")
    watcher.until("window.__state.measure === 'absolute'")
    assert watcher.page.get_attribute("[data-measure=share]", "aria-pressed") == "false"


def test_another_scenario_begins_anew(watcher: Watcher) -> None:
    watcher.slide("#scrubber", 5)
    watcher.until("window.__state.month === 5")
    watcher.page.select_option("#scenario", "s05_capital_drought")
    watcher.until("window.__state.month === 0 && window.__state.epoch === 1")
    assert watcher.page.text_content("#name") == "s05_capital_drought"
    watcher.page.keyboard.press("ArrowRight")
    watcher.until("window.__state.month === 1 && window.__state.seen === 1")


def test_many_fast_clicks_leave_it_alive(watcher: Watcher) -> None:
    watcher.page.evaluate(
        "for (let i = 0; i < 10000; i += 1)"
        " document.getElementById(['play', 'step', 'theme'][i % 3]).click()"
    )
    watcher.page.click("#reset")
    watcher.until("window.__state.month === 0 && window.__state.seen === 0")
    watcher.slide("#scrubber", 2)
    watcher.until("window.__state.month === 2")


def test_a_page_that_is_closed_or_killed_frees_its_market(browser: Any) -> None:
    with served("configs/baseline.yaml", *small()) as server:
        context = browser.new_context()
        watcher = Watcher(context.new_page()).open(server.address)
        assert server.sessions() == 1
        watcher.page.reload()
        watcher.until("Boolean(window.__state && window.__state.ready)")
        watcher.page.evaluate("document.getElementById('play').click()")
        context.close()
        server.left_with(0, 5.0)  # the promise of the reliability table, row 19
        assert server.end() == 143


def test_sigterm_ends_it_with_a_page_that_plays(browser: Any) -> None:
    with served("configs/baseline.yaml", *small()) as server:
        context = browser.new_context()
        watcher = Watcher(context.new_page()).open(server.address)
        watcher.page.click("#play")
        started = time.monotonic()
        assert server.end() == 143
        assert time.monotonic() - started < 4.0  # 2 s and what a busy machine adds
        watcher.until("window.__state.lost === true")
        assert watcher.page.is_visible("#notice")
        context.close()


def test_ctrl_c_says_interrupted() -> None:
    with served("configs/baseline.yaml", *small()) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=60) == 130
        assert "interrupted" in server.process.stderr.read()


def test_a_wrong_config_says_so_and_serves_nothing() -> None:
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "experiments.cli",
                "watch",
                "configs/baseline.yaml",
                "--no-browser",
            ),
            *("--set", "developers.peer_wieght=1"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "peer_weight" in done.stderr
