"""Every state that the page can be in, by name, and how a person gets there from the one before."""

from collections.abc import Callable

from browser import Watcher

MONTH = 16


def start(watcher: Watcher) -> None:
    """Before the first month."""
    watcher.until("window.__state.month === 0")


def playing(watcher: Watcher) -> None:
    """On the way, at one month a second."""
    watcher.slide("#speed", 0)
    watcher.page.click("#play")
    watcher.until("window.__state.playing && window.__state.month >= 1")


def paused(watcher: Watcher) -> None:
    """Standing at a month in which something has happened."""
    watcher.slide("#scrubber", MONTH)
    watcher.until(f"!window.__state.playing && window.__state.month === {MONTH}")


def amounts(watcher: Watcher) -> None:
    """Amounts in place of shares."""
    watcher.page.click("[data-measure=absolute]")


def money(watcher: Watcher) -> None:
    """Who can pay, owes, owns and is worth what."""
    watcher.page.click("#tab-money")
    watcher.until("window.__state.tab === 'money'")


def one_provider(watcher: Watcher) -> None:
    """The dues and owners of one provider."""
    watcher.page.select_option("#provider-shown", label="OpenAI")
    watcher.until("document.querySelector('[data-id=owners] h2').textContent.includes('OpenAI')")


def metrics(watcher: Watcher) -> None:
    """Who stays, who signs, what compute earns."""
    watcher.page.click("#tab-metrics")
    watcher.until("window.__state.tab === 'metrics'")


def parameters(watcher: Watcher) -> None:
    """The sliders, one of them changed."""
    watcher.page.click("[data-measure=share]")
    watcher.page.click("#open-parameters")
    watcher.slide("[id='slider-developers.peer_weight']", 6)
    watcher.until("'developers.peer_weight' in window.__state.values")


def events(watcher: Watcher) -> None:
    """The events, one of them dropped."""
    watcher.page.click("#open-events")
    watcher.page.click("#events button.main")
    watcher.until("window.__state.dropped.length === 2")


def moves(watcher: Watcher) -> None:
    """Who went where in all months seen."""
    watcher.page.click("#open-flows")
    watcher.until("Boolean(window.__state.flows)")


def provider(watcher: Watcher) -> None:
    """The story of a provider, which lights up under the pointer."""
    watcher.page.click("#legend button:has-text('Google')")
    watcher.until("window.__state.story?.who === 'provider'")


def agent(watcher: Watcher) -> None:
    """The story of an enterprise: it has the most to tell."""
    box = watcher.page.locator("#network").bounding_box()
    for across in range(30, 70, 3):
        place = {"x": box["width"] * across / 100, "y": box["height"] / 2}
        watcher.page.locator("#network").click(position=place)
        watcher.page.wait_for_timeout(60)
        if watcher.state().get("story", {}).get("who") == "enterprise":
            return
    watcher.until("window.__state.story?.who in {developer: 1, enterprise: 1}")


def taken(watcher: Watcher) -> None:
    """The menu of what can be taken away of a chart."""
    watcher.page.keyboard.press("Escape")
    watcher.page.click("#tab-market")
    watcher.page.click(".panel.river .take > button")


def search(watcher: Watcher) -> None:
    """The search, with what it finds."""
    watcher.page.keyboard.press("Escape")
    watcher.page.keyboard.press("/")
    watcher.until("document.activeElement.id === 'search-field'")
    watcher.page.keyboard.type("an")


def compare(watcher: Watcher) -> None:
    """What there is to compare with."""
    watcher.page.keyboard.press("Escape")
    watcher.page.click("#open-compare")


def pair(watcher: Watcher) -> None:
    """Two markets beside each other, and their difference."""
    watcher.page.click("#compare [data-against=fork]")
    watcher.until("Boolean(window.__state.comparison) && window.__state.months.length === 2")
    watcher.page.keyboard.press("Escape")


ORDER = (
    *(start, playing, paused, amounts, money, one_provider, metrics),
    *(parameters, events, moves, provider, agent, taken, search, compare, pair),
)
STATES: dict[str, Callable[[Watcher], None]] = {made.__name__: made for made in ORDER}


def wrong_by_state(watcher: Watcher, wrong: Callable[[Watcher], list[str]]) -> dict[str, list[str]]:
    """What a look finds wrong in each state of the page, one after the other; then close it."""
    found = {}
    for name, reach in STATES.items():
        reach(watcher)
        found[name] = wrong(watcher)
    watcher.page.context.close()
    found["the whole"] = watcher.wrong
    assert len(found) > len(ORDER)
    return {name: words for name, words in found.items() if words}
