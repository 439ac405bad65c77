"""What a person feels at the watched page, in headless Chromium: pictures, months, clicks.

Times are of the clock, with the browser and the server on the same cores: they are those of a
quiet machine only.  The processors' time for a picture and for a month is measured beside them.
"""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring import ROOT, Figure, figure
from workloads import MILLION

WATCH = ROOT / "tests" / "watch"
TURNS = 3
LONGEST = 15_000.0  # ms that one play is watched
KERNELS = 3.0  # seconds in which a fresh server has read its kernels
SIZE = {"width": 1440, "height": 900}
SLIDER = "developers.peer_weight"
MARKETS = {
    "2,000 drawn agents": ({"developers.count": 1_800, "enterprises.count": 200}, "50 ms", "17 ms"),
    "baseline.yaml, 11,000 drawn": ({}, "", ""),
    "20,000 drawn agents": ({"developers.count": 18_000, "enterprises.count": 2_000}, "100 ms", ""),
    "1,000,000 developers, a sample drawn": ({"developers.count": MILLION}, "", ""),
}
# Time, ms, pictures and months, from the first month shown on.
PLAY = """(longest) => new Promise((done) => {
  const state = window.__state;
  let begun = 0, frames = 0, month = 0;
  const look = () => {
    const now = performance.now();
    const { playing } = state;
    if (!begun && playing && state.month) [begun, frames, month] = [now, state.frames, state.month];
    const spent = now - begun;
    if (!begun || (playing && spent < longest)) setTimeout(look, 8);
    else done([spent, state.frames - frames, state.month - month]);
  };
  document.getElementById("play").click();
  look();
})"""
# Time from a click on Pause until the page stands, ms.
PAUSE = """() => new Promise((done) => {
  const begun = performance.now();
  const look = () => {
    if (window.__state.playing) setTimeout(look, 1);
    else requestAnimationFrame(() => done(performance.now() - begun));
  };
  document.getElementById("play").click();
  look();
})"""
# Time from the end of a drag until the first picture of the market with the new value, ms.
SLIDE = """([key, value]) => new Promise((done) => {
  const input = document.getElementById(`slider-${key}`);
  const begun = performance.now();
  let frames = null;
  const look = () => {
    if (window.__state.values[key] === Number(input.value)) frames ??= window.__state.frames;
    if (frames === null || window.__state.frames === frames) setTimeout(look, 1);
    else requestAnimationFrame(() => done(performance.now() - begun));
  };
  input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  look();
})"""
SPEED = """(place) => { const input = document.getElementById("speed"); input.value = place;
  input.dispatchEvent(new Event("input")); }"""
NO_LIMIT, SLOW = 8, 4


def page_figures() -> Iterator[Figure]:
    """The watched page in headless Chromium, by the clock; the server runs on the same cores."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        yield Figure("not measured: needs chromium", "-")
        return
    sys.path.insert(0, str(WATCH))
    from browser import FLAGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for name, (changes, picture, month) in MARKETS.items():
            yield from market_figures(browser, name, changes, (picture, month))
        browser.close()


@contextmanager
def page_of(browser: Any, server: Any) -> Iterator[Any]:
    """A fresh page, with its first picture drawn."""
    from browser import Watcher

    context = browser.new_context(viewport=SIZE)
    yield Watcher(context.new_page()).open(server.address)
    context.close()


def market_figures(
    browser: Any, name: str, changes: dict[str, int], targets: tuple[str, str]
) -> Iterator[Figure]:
    """First picture, pictures, months, pause and slider of one market."""
    from browser import served

    words = [word for key, value in changes.items() for word in ("--set", f"{key}={value}")]
    is_large = changes.get("developers.count", 0) >= MILLION
    firsts: list[float] = []
    plays: list[list[float]] = []
    pauses: list[float] = []
    slides: list[float] = []
    for _ in range(1 if is_large else TURNS):
        with served("configs/baseline.yaml", *words) as server, page_of(browser, server) as watcher:
            firsts.append(watcher.state()["firstFrame"] / 1e3)
            time.sleep(KERNELS)
            plays.append(play(watcher, server.process.pid, pauses))
            slides += moved(watcher, pauses)
    pictures, months, drawn, stepped = ([each[place] for each in plays] for place in range(4))
    yield figure(f"{name}: first picture of a new server", firsts, "s", "" if is_large else "2 s")
    yield figure(
        "- a picture, as fast as possible", pictures, "ms", targets[0], rate(pictures, "pictures")
    )
    yield figure("- a month, as fast as possible", months, "ms", targets[1], rate(months, "months"))
    yield figure("- processors for a picture: all of the browser", drawn, "ms")
    yield figure("- processors for a month: all of the server", stepped, "ms")
    yield figure("- pause, from click to stillness", pauses, "ms", "200 ms")
    yield figure("- slider, from drag to picture", slides, "ms", "250 ms")


def play(watcher: Any, server: int, pauses: list[float]) -> list[float]:
    """Play without a limit: ms by the clock for a picture and a month, then of processors."""
    page = watcher.page
    page.evaluate(SPEED, NO_LIMIT)
    before = [processors(server), sum(map(processors, browsers(os.getpid())))]
    spent, frames, months = page.evaluate(PLAY, LONGEST)
    after = [processors(server), sum(map(processors, browsers(os.getpid())))]
    if watcher.state()["playing"]:
        pauses.append(page.evaluate(PAUSE))
    stepped, drawn = (late - early for early, late in zip(before, after, strict=True))
    return [spent / frames, spent / months, drawn / frames, stepped / months]


def moved(watcher: Any, pauses: list[float]) -> list[float]:
    """Begin anew, move a slider twice on the way, then pause; ms of the slider."""
    page = watcher.page
    page.keyboard.press("r")
    watcher.until("window.__state.month === 0 && window.__state.seen === 0")
    page.evaluate(SPEED, SLOW)
    page.click("#play")
    watcher.until("window.__state.month >= 2")
    page.click("#open-parameters")
    slides = [page.evaluate(SLIDE, [SLIDER, value]) for value in (1.0, 2.0)]
    if watcher.state()["playing"]:
        pauses.append(page.evaluate(PAUSE))
    return slides


def processors(number: int) -> float:
    """Time that a process has had of the processors, ms."""
    words = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) * 1e3 / os.sysconf("SC_CLK_TCK")


def browsers(number: int) -> list[int]:
    """Processes of Chromium below one."""
    found = []
    for thread in Path(f"/proc/{number}/task").iterdir():
        for child in map(int, (thread / "children").read_text(encoding="ascii").split()):
            found += [child] if b"chrom" in Path(f"/proc/{child}/cmdline").read_bytes() else []
            found += browsers(child)
    return found


def rate(times: list[float], what: str) -> str:
    """The best time, in ms, as so many a second."""
    return f"{1e3 / min(times):.0f} {what} a second"
