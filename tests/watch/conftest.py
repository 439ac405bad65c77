"""One server of a small market and one browser for all tests of a file."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import FLAGS, Served, Watcher, chromium, cli, served, small


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a screen."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A watched market that is small."""
    with served("configs/baseline.yaml", *small()) as running:
        yield running


@pytest.fixture
def watcher(browser: Any, server: Served) -> Iterator[Watcher]:
    """A page on the small market; whatever it must not do fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    found = Watcher(context.new_page())
    yield found.open(server.address)
    context.close()
    assert found.wrong == []


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A finished run directory of the small market."""
    path = tmp_path_factory.mktemp("runs") / "small"
    made = cli("run", "configs/baseline.yaml", *small(), "--no-figures", "--out", str(path))
    assert made.returncode == 0, made.stderr
    return path
