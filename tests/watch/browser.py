"""A server of the watched market and a page of Debian's Chromium, and what a page must never do."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HELD_BY = ("127.0.0.1", "localhost")
LIMIT = 60.0  # seconds; a guard against waiting for ever, no figure
SMALL = ("months=24", "developers.count=300", "consumers.count=300", "enterprises.count=160")


def chromium() -> str:
    """Path of the browser; a laptop without it skips, continuous integration fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        words = "no chromium on PATH: install Debian's package chromium to test the watched page"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return found


def cli(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "experiments.cli", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


class Served:
    """A running `shareshift watch`."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process, self.address = process, address
        parts = urlsplit(address)
        self.port, self.token = parts.port, parts.path.strip("/")

    def sessions(self) -> int:
        """Pages that watch now."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
            return int(json.load(answer)["sessions"])

    def left_with(self, pages: int, seconds: float = LIMIT) -> None:
        """Wait until no more than so many pages watch: a line is closed before it is counted."""
        end = time.monotonic() + seconds
        while self.sessions() > pages:
            assert time.monotonic() < end
            time.sleep(0.05)

    def end(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=LIMIT)


@contextmanager
def served(source: str | Path = "configs/baseline.yaml", *options: str) -> Iterator[Served]:
    """Watch a source on a free port until the block ends."""
    command = [sys.executable, "-m", "experiments.cli", "watch", str(source), *options]
    process = subprocess.Popen(
        [*command, "--no-browser"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = process.stdout.readline()
        found = re.search(r"http://\S+", first)
        assert found, first + process.stderr.read()
        yield Served(process, found[0])
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=LIMIT)
        process.stdout.close()
        process.stderr.close()


def small() -> list[str]:
    """Options that make the market small."""
    return [word for change in SMALL for word in ("--set", change)]


class Watcher:
    """A page that writes down whatever it must not do."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("request", self.look)
        page.on("websocket", self.look)
        page.on("response", lambda answer: self.note(answer.status >= 400, answer.url))
        page.on("console", lambda said: self.note(said.type in ("error", "warning"), said.text))
        page.on("pageerror", lambda error: self.note(True, str(error)))

    def look(self, request: Any) -> None:
        """Note a request that leaves this machine."""
        parts = urlsplit(request.url)
        self.note(
            parts.scheme not in ("data", "blob") and parts.hostname not in HELD_BY, request.url
        )

    def note(self, is_wrong: bool, words: str) -> None:
        """Keep what is wrong."""
        if is_wrong:
            self.wrong.append(words)

    def until(self, condition: str) -> None:
        """Wait for a condition; the page's policy forbids what Playwright's own waiting does."""
        end = time.monotonic() + LIMIT
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, (condition, self.state(), self.wrong)
            time.sleep(0.02)

    def state(self) -> dict[str, Any]:
        """What the page shows."""
        return self.page.evaluate("window.__state")

    def open(self, address: str) -> "Watcher":
        """Load the page and wait for its first frame."""
        self.page.goto(address)
        self.until("Boolean(window.__state && window.__state.ready)")
        return self

    def slide(self, selector: str, value: float) -> None:
        """Put a range input to a value, as a hand does."""
        self.page.locator(selector).evaluate(
            "(input, value) => { input.value = value;"
            " for (const name of ['input', 'change'])"
            " input.dispatchEvent(new Event(name, {bubbles: true})); }",
            value,
        )
