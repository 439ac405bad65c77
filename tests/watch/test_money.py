"""The tabs of money and of metrics in a browser: what they show is what the tables say."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from browser import ROOT, Served, Watcher, small

from experiments.plots import retention
from simulation.config import load
from simulation.market import run

CHANGES = [word for word in small() if word != "--set"]
SEEN = 24
TABS = ("market", "money", "metrics")
FOLDS = ((1024, 768), (1440, 900), (1920, 1080))
LEAST_TALL = 40  # pixels of a picture that can be read


@pytest.fixture(scope="module")
def records() -> Any:
    """The same small market, without a page."""
    return run(load(ROOT / "configs/baseline.yaml", CHANGES))


@pytest.fixture(scope="module")
def seen(browser: Any, server: Served) -> Iterator[Watcher]:
    """A page at the end of the run; each test says which month it wants."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    watcher = Watcher(context.new_page()).open(server.address)
    watcher.slide("#scrubber", SEEN)
    watcher.until(f"window.__state.month === {SEEN}")
    yield watcher
    context.close()
    assert watcher.wrong == []


def picture(watcher: Watcher, tab: str, name: str, month: int = SEEN) -> Any:
    """What a picture shows in a month."""
    watcher.page.click(f"#tab-{tab}")
    watcher.slide("#scrubber", month)
    watcher.until(f"window.__state.month === {month} && window.__state.tab === '{tab}'")
    return watcher.state()["pictures"][name]


def of_month(records: Any, month: int, *columns: str, table: str = "providers") -> Any:
    """Rows of a table of one month: by provider, the columns."""
    found = records.table(table)
    rows = np.flatnonzero(found["month"] == month - 1)
    return {
        str(found["provider"][row]): [float(found[column][row]) for column in columns]
        for row in rows
    }


def test_who_can_pay_is_that_of_the_month_shown(seen: Watcher, records: Any) -> None:
    for month in (SEEN, 9):
        shown = picture(seen, "money", "solvency", month)
        table = of_month(records, month, "runway", "payment_pressure")
        assert len(shown["pressure"]) > 4
        for name, pressure in shown["pressure"].items():
            assert pressure == pytest.approx(table[name][1])
            if shown["runway"][name] is not None and np.isfinite(table[name][0]):
                assert shown["runway"][name] == pytest.approx(table[name][0])


def test_commitments_are_dues_against_revenue(seen: Watcher, records: Any) -> None:
    shown = picture(seen, "money", "commitments")
    table = of_month(records, SEEN, "commitments", "revenue")
    options = seen.page.locator("#provider-shown option").all_text_contents()
    names = [options[code + 1] for code in shown["codes"]]
    assert shown["dues"] == pytest.approx(sum(table[name][0] for name in names))
    assert sum(shown["years"]) == pytest.approx(shown["dues"])
    assert shown["revenue"] == pytest.approx(12 * sum(table[name][1] for name in names))
    assert min(shown["dues"], shown["revenue"]) > 0


def test_a_chosen_provider_shows_its_own_dues_and_owners(seen: Watcher, records: Any) -> None:
    picture(seen, "money", "owners")
    seen.page.select_option("#provider-shown", label="Anthropic")
    for month in (SEEN, 5):
        owners = picture(seen, "money", "owners", month)["providers"]
        table = records.table("cap_tables")
        rows = (table["month"] == month - 1) & (table["provider"] == "Anthropic")
        expected = dict(zip(table["holder"][rows], table["share"][rows], strict=True))
        (shown,) = owners
        found = {holder["name"]: holder["share"] for holder in shown["holders"]}
        assert found == pytest.approx(expected)
        assert sum(found.values()) == pytest.approx(1.0)
        dues = seen.state()["pictures"]["commitments"]["dues"]
        value = of_month(records, month, "commitments")["Anthropic"][0]
        assert dues == pytest.approx(value)
    assert seen.page.text_content("[data-id=owners] h2") == "Owners of Anthropic"
    seen.page.select_option("#provider-shown", label="all providers")
    assert seen.page.text_content("[data-id=owners] h2") == "Owners"


def test_all_owners_are_as_large_as_what_they_own(seen: Watcher, records: Any) -> None:
    shown = picture(seen, "money", "owners")["providers"]
    table = of_month(records, SEEN, "valuation")
    values = [provider["value"] for provider in shown]
    assert values == sorted(values, reverse=True)
    assert len(values) > 4
    assert values == [pytest.approx(table[provider["name"]][0]) for provider in shown]
    backed = {provider["name"]: provider["holders"][0]["name"] for provider in shown}
    assert backed["Google"] == "parent"


def test_areas_of_a_treemap_are_its_amounts(seen: Watcher) -> None:
    """Each lies in the room, none over another, and no amount is stretched without need."""
    amounts = [0.3, 0.25, 0.2, 0.1, 0.08, 0.04, 0.02, 0.01]
    room = {"x": 10, "y": 20, "wide": 300, "tall": 140}
    places = seen.page.evaluate(
        "([amounts, room]) => import('./treemap.js').then(({ squarified }) =>"
        " squarified(amounts, room))",
        [amounts, room],
    )
    areas = np.array([place["wide"] * place["tall"] for place in places])
    np.testing.assert_allclose(areas, np.array(amounts) * 300 * 140)
    grid = np.zeros((1400, 3000), int)
    for place in places:
        left, top = round(10 * (place["x"] - 10)), round(10 * (place["y"] - 20))
        wide, tall = round(10 * place["wide"]), round(10 * place["tall"])
        assert left >= 0
        assert top >= 0
        grid[top : top + tall, left : left + wide] += 1
    assert (grid == 1).mean() > 0.99  # all but rounding at the edges
    stretched = [max(p["wide"] / p["tall"], p["tall"] / p["wide"]) for p in places]
    assert max(stretched) < 4


def test_cohorts_are_those_of_the_figure(seen: Watcher, records: Any) -> None:
    shown = picture(seen, "metrics", "cohorts")["cohorts"]
    expected = retention.cohorts(records, "coding")
    assert [cohort["words"] for cohort in shown] == [cohort.words for cohort in expected]
    assert len(shown) > 4
    for cohort, figure in zip(shown, expected, strict=True):
        assert cohort["size"] == figure.size
        curve = figure.survival[np.isfinite(figure.survival)]
        np.testing.assert_allclose(cohort["survival"], curve)
    assert min(cohort["survival"][-1] for cohort in shown) < 1


def test_cohorts_of_a_month_know_nothing_of_later_ones(seen: Watcher) -> None:
    latest = picture(seen, "metrics", "cohorts")["cohorts"]
    early = picture(seen, "metrics", "cohorts", 8)["cohorts"]
    assert len(early[0]["survival"]) == 8
    np.testing.assert_allclose(early[0]["survival"][:6], latest[0]["survival"][:6])
    assert len(early) < len(latest)


def test_contracts_are_those_of_the_market_table(seen: Watcher, records: Any) -> None:
    shown = picture(seen, "metrics", "contracts")
    table = records.table("market")
    for key, column in (("signed", "signings"), ("renewed", "renewals_won")):
        assert [month["sums"][key] for month in shown["months"]] == list(table[column])
    lost = np.array(table["renewals_held"]) - table["renewals_won"]
    assert [month["sums"]["lost"] for month in shown["months"]] == list(lost)
    assert shown["rate"] == pytest.approx(table["renewal_rate"][-1])
    assert sum(table["signings"]) > 20


def test_a_provider_under_the_pointer_lights_up(seen: Watcher) -> None:
    picture(seen, "money", "solvency")
    box = seen.page.locator("[data-id=solvency] canvas").bounding_box()
    seen.page.mouse.move(box["x"] + 30, box["y"] + 22)
    seen.until("window.__state.hovered === 'OpenAI'")
    words = seen.page.text_content("#tip-solvency")
    assert words.startswith("OpenAI: runway of ")
    assert "payment pressure" in words
    seen.page.mouse.move(5, 5)
    seen.until("window.__state.hovered === null")


def test_a_click_on_a_bar_chooses_the_provider(seen: Watcher) -> None:
    picture(seen, "money", "solvency")
    box = seen.page.locator("[data-id=solvency] canvas").bounding_box()
    for chosen in ("OpenAI", "all providers"):
        seen.page.mouse.click(box["x"] + 30, box["y"] + 22)
        menu = seen.page.locator("#provider-shown")
        assert menu.evaluate("(menu) => menu.selectedOptions[0].textContent") == chosen


def test_axes_and_measures_can_be_changed(seen: Watcher) -> None:
    picture(seen, "money", "solvency")
    for tab, chart, key in (
        ("money", "solvency", "log"),
        ("money", "commitments", "relative"),
        ("metrics", "contracts", "share"),
    ):
        seen.page.click(f"#tab-{tab}")
        button = seen.page.locator(f"[data-id={chart}] [data-toggle={key}]")
        look = f"document.querySelector('[data-id={chart}] canvas').toDataURL()"
        before = seen.page.evaluate(look)
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        assert seen.page.evaluate(look) != before
        button.click()
        assert seen.page.evaluate(look) == before


def test_every_picture_is_told_in_words(seen: Watcher) -> None:
    for tab in TABS:
        seen.page.click(f"#tab-{tab}")
        words = seen.page.locator(f"#board-{tab} .chart .spoken").all_text_contents()
        assert len(words) >= 4
        assert all(len(each) > 5 for each in words), words
    solvency = seen.page.text_content("#solvency-spoken")
    assert "OpenAI" in solvency
    assert "spending is cut" in solvency


def test_arrows_walk_through_tabs_and_not_through_months(seen: Watcher) -> None:
    picture(seen, "market", "solvency", 10)
    seen.page.focus("#tab-market")
    for tab in ("money", "metrics", "market"):
        seen.page.keyboard.press("ArrowRight")
        assert seen.state()["tab"] == tab
        assert seen.page.evaluate("document.activeElement.id") == f"tab-{tab}"
        assert seen.page.get_attribute(f"#tab-{tab}", "aria-selected") == "true"
        shown = seen.page.locator(".board:visible").evaluate_all("(all) => all.map((b) => b.id)")
        assert shown == [f"board-{tab}"]
    seen.page.keyboard.press("ArrowLeft")
    assert (seen.state()["tab"], seen.state()["month"]) == ("metrics", 10)


def test_only_the_open_tab_is_painted(watcher: Watcher) -> None:
    watcher.slide("#scrubber", 6)
    watcher.until("window.__state.month === 6")
    assert "pictures" not in watcher.state()
    watcher.page.click("#tab-money")
    assert set(watcher.state()["pictures"]) == {"solvency", "commitments", "owners"}


def taken(watcher: Watcher, name: str, kind: str) -> bytes:
    """What the menu of a picture hands out."""
    panel = f"[data-id={name}]"
    watcher.page.click(f"{panel} .take > button")
    with watcher.page.expect_download() as download:
        watcher.page.click(f"{panel} .take [data-kind={kind}]")
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize(
    ("tab", "name", "word"),
    [
        ("money", "solvency", "runway, months of cash"),
        ("money", "commitments", "all dues"),
        ("money", "owners", "founders"),
        ("money", "valuations", "Google"),
        ("metrics", "cohorts", "2023 Q1"),
        ("metrics", "contracts", "signed"),
    ],
)
def test_pictures_can_be_taken_away(seen: Watcher, tab: str, name: str, word: str) -> None:
    seen.page.click(f"#tab-{tab}")
    seen.slide("#scrubber", SEEN)
    seen.until(f"window.__state.month === {SEEN}")
    drawing = ElementTree.fromstring(taken(seen, name, "svg"))  # noqa: S314  # our own page wrote it
    words = [node.text or "" for node in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert word in " ".join(words)
    assert len(list(drawing.iter())) > 20
    assert taken(seen, name, "png").startswith(b"\x89PNG")


def test_owners_are_taken_away_as_numbers(seen: Watcher, records: Any) -> None:
    picture(seen, "money", "owners")
    text = taken(seen, "owners", "csv").decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    table = records.table("cap_tables")
    kept = (table["month"] == SEEN - 1) & (table["provider"] == "OpenAI")
    shares = [float(row["share"]) for row in rows if row["provider"] == "OpenAI"]
    assert sorted(shares) == pytest.approx(sorted(table["share"][kept]))
    value = of_month(records, SEEN, "valuation")["OpenAI"][0]
    worth = sum(float(row["worth (M$)"]) for row in rows if row["provider"] == "OpenAI")
    assert worth == pytest.approx(value)


@pytest.mark.parametrize(("width", "height"), FOLDS)
def test_nothing_lies_below_a_fold(browser: Any, server: Served, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    watcher = Watcher(context.new_page()).open(server.address)
    watcher.slide("#scrubber", SEEN)
    watcher.until(f"window.__state.month === {SEEN}")
    for tab in TABS:
        watcher.page.click(f"#tab-{tab}")
        board = watcher.page.locator(f"#board-{tab}")
        room = board.evaluate(
            "(b) => [b.scrollHeight - b.clientHeight, b.scrollWidth - b.clientWidth]"
        )
        assert room == [0, 0], (tab, room)
        tall = board.locator(".stage").evaluate_all("(all) => all.map((s) => s.clientHeight)")
        assert min(tall) > LEAST_TALL, (tab, tall)
        assert watcher.page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert watcher.wrong == []
