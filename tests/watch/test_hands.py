"""Hands on the page, tabs that die, and whether the tests would see what a page must not do."""

from pathlib import Path
from types import SimpleNamespace as Named
from typing import Any

import pytest
from browser import Served, Watcher, served, small

FREED = 5.0  # seconds: the promise of the reliability table, row 19


def drag(watcher: Watcher, selector: str, begin: float, end: float) -> None:
    """Drag from one part of the width of an element to another."""
    box = watcher.page.locator(selector).bounding_box()
    mouse, y = watcher.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * begin, y)
    mouse.down()
    mouse.move(box["x"] + box["width"] * (begin + end) / 2, y, steps=3)
    mouse.move(box["x"] + box["width"] * end, y, steps=3)
    mouse.up()


def test_a_drag_of_the_scrubber_shows_the_month_under_it(watcher: Watcher) -> None:
    drag(watcher, "#scrubber", 0.01, 0.5)
    watcher.until("window.__state.month === 12")
    drag(watcher, "#scrubber", 0.5, 0.25)
    watcher.until("window.__state.month === 6 && window.__state.seen === 12")


def test_a_drag_of_a_slider_changes_the_market(watcher: Watcher) -> None:
    watcher.page.click("#open-parameters")
    key = "developers.peer_weight"
    slider = watcher.page.locator(f"[id='slider-{key}']")
    low, high = (float(slider.get_attribute(name)) for name in ("min", "max"))
    drag(watcher, f"[id='slider-{key}']", 0.1, 1.0)
    watcher.until(f"window.__state.values['{key}'] === {high}")
    drag(watcher, f"[id='slider-{key}']", 0.99, 0.0)
    watcher.until(f"window.__state.values['{key}'] === {low}")


def test_what_is_typed_happens_and_is_no_shortcut(watcher: Watcher) -> None:
    page = watcher.page
    watcher.slide("#scrubber", 2)
    watcher.until("window.__state.month === 2")
    page.click("#open-events")
    page.select_option("#event-kind", "capital_shock")
    page.click("#event-shift")
    page.keyboard.press("Control+a")
    page.keyboard.type("-0.375")
    page.click("#event-months")
    page.keyboard.press("Control+a")
    page.keyboard.type("7")
    page.keyboard.press("Home")  # in a field it is no seek
    page.keyboard.press("Enter")
    watcher.until("window.__state.dropped.length === 1")
    assert watcher.state()["month"] == 2
    page.click("#open-parameters")
    page.click("#parameters .save")
    watcher.until("Boolean(window.__state.saved)")
    saved = watcher.state()["saved"]
    assert "shift: -0.375" in saved
    assert "months: 7" in saved


def test_every_control_is_reached_by_the_keyboard(watcher: Watcher) -> None:
    wanted = set(
        watcher.page.evaluate(
            "[...document.querySelectorAll('header button, header select, header input, #scrubber,"
            " #network, [data-measure]')].filter((each) => each.checkVisibility())"
            ".map((each) => each.id || each.dataset.measure)"
        )
    )
    reached = set()
    for _ in range(60):
        watcher.page.keyboard.press("Tab")
        reached.add(
            watcher.page.evaluate(
                "document.activeElement.id || document.activeElement.dataset.measure || ''"
            )
        )
    assert len(wanted) >= 12
    assert wanted - reached == set()


def test_tabs_that_crash_or_are_closed_leave_nothing_behind(browser: Any) -> None:
    with served("configs/baseline.yaml", *small()) as server:
        tasks = Path(f"/proc/{server.process.pid}/task")
        most = 0
        for turn in range(14):
            context = browser.new_context()
            watcher = Watcher(context.new_page()).open(server.address)
            watcher.page.click("#play")
            watcher.until("window.__state.month >= 2")
            if turn % 2:
                with pytest.raises(Exception, match="crash"):
                    watcher.page.goto("chrome://crash")
            context.close()
            server.left_with(0, FREED)
            threads = len(list(tasks.iterdir()))
            if turn == 1:  # those that hand out files may become a few more
                most = threads + 5
        assert threads <= most
        assert server.end() == 143


def test_a_story_that_comes_late_does_not_take_the_place_of_another_drawer(
    watcher: Watcher,
) -> None:
    click = "document.querySelector('{}').click();"
    late = [click.format(name) for name in ("#legend button", "#open-parameters", "#step")]
    watcher.slide("#scrubber", 2)
    watcher.until("window.__state.month === 2")
    watcher.page.evaluate("".join(late))
    watcher.until("window.__state.month === 3")  # the answer came before it
    assert watcher.page.is_visible("#parameters")
    assert not watcher.page.is_visible("#story")
    watcher.page.evaluate(click.format("#legend button"))
    watcher.until("!document.getElementById('story').hidden")


def test_whatever_a_page_must_not_do_is_seen(browser: Any, server: Served) -> None:
    """The guards of all tests here: with them blind, nothing else would fail."""
    context = browser.new_context()
    watcher = Watcher(context.new_page()).open(server.address)
    page = watcher.page
    page.evaluate("console.error('a slip')")
    assert watcher.wrong == ["a slip"]
    page.evaluate("fetch('missing.js').then((answer) => answer.status)")
    watched = f"{server.address}missing.js"
    assert watcher.wrong.count(watched) == 1
    page.evaluate("setTimeout(() => { throw new Error('a fault'); })")
    page.wait_for_timeout(100)
    assert "a fault" in watcher.wrong
    before = len(watcher.wrong)
    page.evaluate("fetch('http://192.0.2.1/').catch(() => 'refused')")
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in words for words in watcher.wrong[before:])
    context.close()


@pytest.mark.parametrize(
    ("address", "leaves"),
    [
        ("http://127.0.0.1:1/x/app.js", False),
        ("ws://127.0.0.1:1/x/socket", False),
        ("data:image/png;base64,", False),
        ("https://example.org/font.woff2", True),
        ("ws://example.org/socket", True),
        ("http://127.0.0.1.example.org/", True),
    ],
)
def test_a_request_that_leaves_loopback_is_seen(address: str, leaves: bool) -> None:
    watcher = Watcher(Named(on=lambda *_: None))
    watcher.look(Named(url=address))
    assert bool(watcher.wrong) is leaves
