"""axe-core finds nothing in any state of the page, at any width, in the light and in the dark."""

from pathlib import Path
from typing import Any

import pytest
from browser import Served, Watcher
from states import wrong_by_state

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WIDTHS = (1024, 1440, 1920)
SCHEMES = ("light", "dark")
# What is wrong, where, and in the words of axe what would mend it.
FIND = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.flatMap(
  ({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`))"""


def wrong(watcher: Watcher) -> list[str]:
    """What axe finds."""
    return list(watcher.page.evaluate(FIND))


def opened(browser: Any, server: Served, width: int, scheme: str, **options: Any) -> Watcher:
    """A page in which axe waits; the policy of the page would not let it in by itself."""
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, **options)
    page = context.new_page()
    page.add_init_script(path=AXE)
    return Watcher(page).open(server.address)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_in_any_state(
    browser: Any, server: Served, width: int, scheme: str
) -> None:
    watcher = opened(browser, server, width, scheme)
    assert wrong_by_state(watcher, wrong) == {}


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ("document.querySelector('[data-measure]').textContent = ''", "button-name"),
        ("document.querySelector('#date').style.color = '#c8c8c8'", "color-contrast"),
        ("document.getElementById('scrubber').removeAttribute('aria-label')", "label"),
        ("document.querySelector('.tools').setAttribute('role', 'nothing')", "aria-roles"),
    ],
)
def test_axe_finds_what_is_spoiled(browser: Any, server: Served, spoil: str, rule: str) -> None:
    watcher = opened(browser, server, 1440, "light")
    assert wrong(watcher) == []
    watcher.page.evaluate(f"() => {{ {spoil} }}")
    assert {words.split(":")[0] for words in wrong(watcher)} == {rule}
    watcher.page.context.close()
