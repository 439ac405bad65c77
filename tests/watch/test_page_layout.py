"""At each width, in the light and in the dark: nothing overlaps, is cut or scrolls sideways."""

import re
from pathlib import Path
from typing import Any

import pytest
from browser import Served, Watcher
from states import STATES, wrong_by_state

MEASURED = Path(__file__).parent / "measured.js"
WIDTHS = (1024, 1440, 1920)
SCHEMES = ("light", "dark")
CONTRAST = 4.5  # of words against what lies below them, WCAG 2.1 AA


def opened(browser: Any, server: Served, width: int, scheme: str, **options: Any) -> Watcher:
    """A page that is measured."""
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, **options)
    page = context.new_page()
    page.add_init_script(path=MEASURED)
    return Watcher(page).open(server.address)


def wrong(watcher: Watcher) -> list[str]:
    """What lies over something else, is cut, or scrolls."""
    return list(watcher.page.evaluate("window.__measured()"))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overlaps_or_is_cut(browser: Any, server: Served, width: int, scheme: str) -> None:
    watcher = opened(browser, server, width, scheme)
    assert watcher.page.evaluate("document.documentElement.dataset.theme") == scheme
    assert wrong_by_state(watcher, wrong) == {}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("document.getElementById('step').style.marginLeft = '-30px'", "lies over"),
        ("document.getElementById('play').style.cssText = 'min-width:0;width:30px'", "is cut"),
        ("document.querySelector('.bar').style.width = '2000px'", "scrolls sideways"),
        ("document.getElementById('theme').style.marginRight = '-40px'", "is cut"),
        (
            "(() => { const pen = document.querySelector('#river canvas').getContext('2d');"
            " pen.fillText('here', 60, 60); pen.fillText('there', 62, 60); })()",
            "on canvas 'here' lies over",
        ),
    ],
)
def test_what_is_spoiled_is_found(browser: Any, server: Served, spoil: str, words: str) -> None:
    watcher = opened(browser, server, 1440, "light")
    assert wrong(watcher) == []
    watcher.page.evaluate(f"() => {{ {spoil} }}")
    assert any(words in line for line in wrong(watcher)), wrong(watcher)
    watcher.page.context.close()


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` or `rgb(...)`, as WCAG defines it."""
    if colour.startswith("#"):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    else:
        parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "rgb(255, 255, 255)") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_on_canvases_stand_out(browser: Any, server: Served, scheme: str) -> None:
    """What axe cannot see: names and numbers that are drawn."""
    watcher = opened(browser, server, 1440, scheme)
    STATES["paused"](watcher)
    written = watcher.page.evaluate("window.__written()")
    style = "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    paper = watcher.page.evaluate(style)
    watcher.page.context.close()
    words = [each for each in written if len(each["words"].strip()) > 1]
    assert len({each["colour"] for each in words}) >= 5  # ink, muted and several providers
    faint = {each["words"] for each in words if contrast(each["colour"], paper) < CONTRAST}
    assert faint == set()


def test_who_wants_no_motion_sees_the_same_months(browser: Any, server: Served) -> None:
    watcher = opened(browser, server, 1440, "light", reduced_motion="reduce")
    STATES["paused"](watcher)
    still = watcher.page.evaluate(
        "[...document.querySelectorAll('*')].filter((each) =>"
        " getComputedStyle(each).animationName !== 'none').length"
    )
    assert still == 0
    assert wrong(watcher) == []
    watcher.page.context.close()
    assert watcher.wrong == []
