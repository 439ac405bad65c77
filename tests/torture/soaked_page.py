"""Row 22: a page is watched for ten minutes: memory of server and page stay, and nothing lags.

The market runs from start to end without a limit, again and again, while a visitor pauses, scrubs,
moves a slider, hovers, and opens stories and drawers.
"""

import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import harness

ROW = 22
REDUCED, FULL = 5, 600  # seconds
WHOLE = 60  # seconds from which on the market is the shipped one
PARTS = 4
MOST_SERVER, MOST_RENDERER, MOST_HEAP = 40e6, 60e6, 4e6  # bytes more in the last quarter
MOST_NODES = 400  # more elements and texts
SLOWER, SLACK = 1.5, 150.0  # of the pause; ms.  Judged in `make torture` only
FASTEST = "(() => { const i = document.getElementById('speed'); i.value = 8;"
FASTEST += " i.dispatchEvent(new Event('input')); })()"
PAUSE = """() => new Promise((done) => {
  const begun = performance.now();
  const now = () => performance.now() - begun;
  const look = () => (window.__state.playing ? setTimeout(look, 1) : done(now()));
  document.getElementById("play").click();
  look();
})"""


class Sample(NamedTuple):
    """What is measured between two runs: s, months, ms, bytes."""

    at: float
    months: int
    pause: float
    server: int
    renderer: int
    heap: int
    nodes: int


def run(seed: int, count: int) -> list[str]:
    """Watch for `count` seconds, in a process of its own: two of Playwright's cannot share one."""
    paths = os.pathsep.join(map(str, (harness.ROOT, harness.ROOT / "tests" / "watch")))
    ended = subprocess.run(
        [sys.executable, __file__, str(seed), str(count)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        return [ended.stderr[-1500:]]
    told = json.loads(ended.stdout)
    if "skipped" in told:
        import pytest

        pytest.skip(told["skipped"])
    seen = [Sample(*values) for values in told["samples"]]
    found = [f"the page: {words}" for words in told["wrong"]]
    found += [] if told["exit"] == 143 else [f"exit {told['exit']} after SIGTERM"]
    return found + flat(seen)


def flat(seen: list[Sample]) -> list[str]:
    """What grew, or became slower, from the second quarter of the time to the last."""
    if not seen:
        return ["nothing was measured"]
    end = seen[-1].at
    early = [sample for sample in seen if end / PARTS <= sample.at < 2 * end / PARTS]
    late = [sample for sample in seen if sample.at >= (PARTS - 1) * end / PARTS]
    for name, sample in (("start", seen[0]), ("end", seen[-1])):
        harness.say(
            f"{name}: {sample.at:.0f} s, {sample.months} months, server {sample.server / 1e6:.0f} "
            f"MB, renderer {sample.renderer / 1e6:.0f} MB, heap {sample.heap / 1e6:.1f} MB, "
            f"{sample.nodes} nodes, pause {sample.pause:.0f} ms"
        )
    if len(early) < 2 or len(late) < 2:
        return []  # too short to see anything
    bounds = {
        "server": MOST_SERVER,
        "renderer": MOST_RENDERER,
        "heap": MOST_HEAP,
        "nodes": MOST_NODES,
    }
    grown = {name: middle(late, name) - middle(early, name) for name in bounds}
    found = [
        f"{name}: {grown[name]:.0f} more" for name, most in bounds.items() if grown[name] > most
    ]
    slow = middle(late, "pause") > SLOWER * middle(early, "pause") + SLACK
    return found + (["a pause takes longer and longer"] if harness.TIMED and slow else [])


def middle(seen: list[Sample], name: str) -> float:
    """Median of one measure."""
    return median(getattr(sample, name) for sample in seen)


def resident(number: int) -> int:
    """Bytes of memory of a process."""
    try:
        status = Path(f"/proc/{number}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found.group(1)) * 1024 if found else 0


def renderers(number: int) -> list[int]:
    """Processes below one that draw pages."""
    found = []
    for thread in Path(f"/proc/{number}/task").iterdir():
        for child in map(int, (thread / "children").read_text(encoding="ascii").split()):
            words = Path(f"/proc/{child}/cmdline").read_bytes()
            found += [child] if b"--type=renderer" in words else []
            found += renderers(child)
    return found


class Visitor:
    """Who watches, and does what visitors do, by chance."""

    def __init__(self, watcher: Any, devtools: Any, server: Any, chance: random.Random) -> None:
        self.watcher, self.page, self.devtools = watcher, watcher.page, devtools
        self.server, self.chance = server, chance
        self.begun, self.months = time.monotonic(), 0

    def one_run(self) -> Sample:
        """From the first month to the last, with a pause on the way, then some visits."""
        months = self.watcher.page.evaluate("Number(document.getElementById('scrubber').max)")
        self.page.evaluate(FASTEST)
        self.page.click("#play")
        self.watcher.until(f"window.__state.month >= {self.chance.randrange(1, months - 1)}")
        pause = self.page.evaluate(PAUSE)
        if self.watcher.state()["month"] < months:
            self.page.click("#play")
        self.watcher.until(f"!window.__state.playing && window.__state.month >= {months}")
        self.visit()
        self.months += months
        self.page.keyboard.press("r")
        self.watcher.until("window.__state.month === 0 && window.__state.seen === 0")
        return self.sample(pause)

    def visit(self) -> None:
        """Look at this and that."""
        page, names = self.page, ("OpenAI", "Google", "Anthropic")
        page.hover(f"#legend button:has-text('{self.chance.choice(names)}')")
        page.click(f"#legend button:has-text('{self.chance.choice(names)}')")
        page.click("#open-flows")
        self.watcher.slide("#scrubber", self.chance.randrange(1, 20))
        page.click("#open-parameters")
        key = "slider-developers.peer_weight"
        self.watcher.slide(f"[id='{key}']", round(self.chance.uniform(0.0, 3.0), 2))
        page.click("#parameters .all")
        self.watcher.until("Object.keys(window.__state.values).length === 0")
        page.keyboard.press("Escape")

    def sample(self, pause: float) -> Sample:
        """Measure, after the page has cleaned up."""
        self.devtools.send("HeapProfiler.collectGarbage")
        measures = self.devtools.send("Performance.getMetrics")["metrics"]
        told = {measure["name"]: measure["value"] for measure in measures}
        return Sample(
            round(time.monotonic() - self.begun, 1),
            self.months,
            round(pause, 1),
            resident(self.server.process.pid),
            sum(map(resident, renderers(os.getpid()))),
            int(told["JSHeapUsedSize"]),
            int(told["Nodes"]),
        )


def main(seed: int, seconds: int) -> dict[str, Any]:
    """Watch for some seconds; what was measured."""
    from browser import FLAGS, Watcher, chromium, served, small
    from playwright.sync_api import sync_playwright

    path, seen = chromium(), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        options = () if seconds >= WHOLE else tuple(small())
        with served("configs/baseline.yaml", *options) as server:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            watcher = Watcher(context.new_page()).open(server.address)
            devtools = context.new_cdp_session(watcher.page)
            devtools.send("Performance.enable")
            visitor = Visitor(watcher, devtools, server, random.Random(seed))
            while not seen or seen[-1].at < seconds:
                seen.append(visitor.one_run())
            context.close()
            return {"samples": seen, "wrong": watcher.wrong, "exit": server.end()}


if __name__ == "__main__":
    try:
        harness.say(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
    except BaseException as ended:
        if type(ended).__name__ != "Skipped":
            raise
        harness.say(json.dumps({"skipped": str(ended)}))
