"""Charts that are taken away hold the numbers of the run: as a table, as vectors, as a picture."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import ROOT, Watcher, small
from PIL import Image

from simulation.config import load
from simulation.market import run

CHANGES = [word for word in small() if word != "--set"]
SVG = "{http://www.w3.org/2000/svg}"
SEEN = 12
SHARP, MARGIN, HEAD_AND_FOOT = 2, 24, 96
RIVER, LINES = (900, 640), (760, 400)


@pytest.fixture(scope="module")
def records() -> Any:
    """The same small market, without a page."""
    return run(load(ROOT / "configs/baseline.yaml", CHANGES))


@pytest.fixture
def seen(watcher: Watcher) -> Watcher:
    """A page that has seen a year."""
    watcher.slide("#scrubber", SEEN)
    watcher.until(f"window.__state.month === {SEEN}")
    return watcher


def taken(watcher: Watcher, panel: str, kind: str) -> tuple[str, bytes]:
    """Name and content of what the menu of a panel hands out."""
    watcher.page.click(f"{panel} .take > button")
    with watcher.page.expect_download() as download:
        watcher.page.click(f"{panel} .take [data-kind={kind}]")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def table(content: bytes) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def chart(title: str) -> str:
    """Selector of the panel of a chart."""
    return f".chart:has(h2:text-is('{title}'))"


def test_the_river_as_numbers_is_the_segments_table(seen: Watcher, records: Any) -> None:
    name, content = taken(seen, ".panel.river", "csv")
    rows = table(content)
    assert [row["month"] for row in rows] == [str(month) for month in range(SEEN)]
    assert (rows[0]["date"], rows[-1]["date"]) == ("2023-01", "2023-12")
    identity = seen.page.text_content("#identity").split(" · ")[1]
    assert name == f"baseline-seed1-{identity}-shares.csv"
    kept = records.table("segments")
    compared = 0
    for title, segment, column, unit in (
        ("Developers", "coding", "spend", "spend, M$ a month"),
        ("Enterprises", "enterprise", "spend", "spend, M$ a month"),
        ("Consumers", "consumer", "users", "users, million"),
    ):
        share = "user_share" if column == "users" else "spend_share"
        for at in np.flatnonzero((kept["segment"] == segment) & (kept["month"] < SEEN)):
            row, provider = rows[kept["month"][at]], kept["provider"][at]
            if f"{title}: {provider} ({unit})" not in row:
                assert not kept["users"][at] > 0
                continue
            amount, part = (row[f"{title}: {provider} ({words})"] for words in (unit, "share"))
            assert float(amount) == pytest.approx(kept[column][at], abs=1e-12)
            expected = kept[share][at]
            assert float(part) == pytest.approx(0.0 if np.isnan(expected) else expected)
            compared += 1
    assert compared > 5 * SEEN


def test_a_line_chart_as_numbers_holds_every_month_whatever_its_axis(
    seen: Watcher, records: Any
) -> None:
    _, content = taken(seen, chart("Revenue"), "csv")
    plain = table(content)
    seen.page.click(f"{chart('Revenue')} button[aria-label*='log axis']")
    assert table(taken(seen, chart("Revenue"), "csv")[1]) == plain
    kept = records.table("segments")
    for month, row in enumerate(plain):
        rows = (kept["month"] == month) & (kept["provider"] == "OpenAI")
        revenue = np.nansum(kept["revenue"][rows])
        assert float(row["OpenAI (M$ a month)"]) == pytest.approx(revenue)
    assert len(plain) == SEEN


def test_the_network_as_numbers_is_who_uses_whom(seen: Watcher) -> None:
    rows = table(taken(seen, ".panel.network", "csv")[1])
    assert len(rows) == 460
    assert [row["kind"] for row in rows] == ["developer"] * 300 + ["enterprise"] * 160
    legend = seen.page.locator("#legend button span").all_text_contents()
    for name, part in zip(legend[::2], legend[1::2], strict=True):
        found = sum(row["provider"] == name for row in rows)
        assert part == f"{int(100 * found / 460 + 0.5)}%"
    assert len(legend) > 10


def colours(watcher: Watcher) -> dict[str, str]:
    """Colour of each provider of the legend, as the style has it."""
    return watcher.page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#legend button')].map((b) =>"
        " [b.children[1].textContent, b.children[0].style.background]))"
    )


def hexadecimal(colour: str) -> str:
    """`rgb(1, 2, 3)` as #010203."""
    numbers = colour.removeprefix("rgb(").removesuffix(")").split(",")
    return "#" + "".join(f"{int(number):02x}" for number in numbers)


def vectors(content: bytes) -> ElementTree.Element:
    """The root of an SVG file, which holds no picture of pixels and no way out."""
    root = ElementTree.fromstring(content)  # noqa: S314  # our own page wrote it
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert tags <= {"svg", "title", "g", "path", "rect", "text"}
    assert b"href" not in content
    return root


def words_of(root: ElementTree.Element) -> list[str]:
    """Every text of a drawing."""
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def test_lines_as_vectors_are_a_line_for_each_series(seen: Watcher) -> None:
    rows = table(taken(seen, chart("Revenue"), "csv")[1])
    root = vectors(taken(seen, chart("Revenue"), "svg")[1])
    lines = [node for node in root.iter(f"{SVG}path") if node.get("data-name")]
    names = {key.removesuffix(" (M$ a month)") for key in rows[0] if key.endswith("(M$ a month)")}
    assert {line.get("data-name") for line in lines} == names
    for line in lines:
        numbers = [row[f"{line.get('data-name')} (M$ a month)"] for row in rows]
        assert sum(map(line.get("d").count, "ML")) == sum(bool(number) for number in numbers)
        if line.get("data-name") in colours(seen):
            assert line.get("stroke") == hexadecimal(colours(seen)[line.get("data-name")])
    words = words_of(root)
    assert {"Revenue", "M$ a month", "Shareshift", "2024"} <= set(words)
    assert any(w.startswith("baseline · seed 1 · ") for w in words)


def test_the_river_as_vectors_is_a_band_for_each_provider_and_segment(seen: Watcher) -> None:
    root = vectors(taken(seen, ".panel.river", "svg")[1])
    fills = [node.get("fill") for node in root.iter(f"{SVG}path")]
    for name, colour in colours(seen).items():
        assert fills.count(hexadecimal(colour)) == 3, name
    text = " ".join(words_of(root))
    assert "Market shares" in text
    assert all(title in text for title in ("Developers", "Enterprises", "Consumers", "100%"))


def test_the_network_as_vectors_is_a_dot_for_each_agent(seen: Watcher) -> None:
    root = vectors(taken(seen, ".panel.network", "svg")[1])
    dots = [node for node in root.iter(f"{SVG}path") if node.get("data-name")]
    assert sum(node.get("d").count("M") for node in dots) == 460
    assert "Dec 2023" in words_of(root)


def test_moves_as_vectors_and_numbers_are_those_beside_them(seen: Watcher) -> None:
    seen.page.click("#open-flows")
    seen.until("Boolean(window.__state.flows)")
    seen.page.check("#flows input[type=checkbox]")
    rows = table(taken(seen, "#flows", "csv")[1])
    shown = seen.page.locator("#flows tbody tr td:nth-child(3)").all_text_contents()
    assert [row["agents"] for row in rows] == shown
    root = vectors(taken(seen, "#flows", "svg")[1])
    assert len(list(root.iter(f"{SVG}path"))) == len(rows) > 3


@pytest.mark.parametrize(("panel", "size"), [(".panel.river", RIVER), (chart("Capability"), LINES)])
def test_a_picture_is_twice_as_sharp_as_its_vectors(
    seen: Watcher, panel: str, size: tuple[int, int]
) -> None:
    sheet = (size[0] + 2 * MARGIN, size[1] + HEAD_AND_FOOT)
    root = vectors(taken(seen, panel, "svg")[1])
    assert (int(root.get("width")), int(root.get("height"))) == sheet
    picture = Image.open(io.BytesIO(taken(seen, panel, "png")[1])).convert("RGB")
    assert picture.size == (SHARP * sheet[0], SHARP * sheet[1])
    inked = {colour for count, colour in picture.getcolors(2**20) if count > 200}
    fill = hexadecimal(colours(seen)["OpenAI"])
    assert tuple(bytes.fromhex(fill[1:])) in inked


def test_what_was_changed_by_hand_is_said_on_the_picture(seen: Watcher) -> None:
    seen.slide("[id='slider-developers.peer_weight']", 6)
    seen.until("window.__state.values['developers.peer_weight'] === 6")
    words = words_of(vectors(taken(seen, chart("Revenue"), "svg")[1]))
    assert any(w.endswith("changed: 1 parameter") for w in words)


def test_every_panel_has_its_menu_and_keys_open_it(watcher: Watcher) -> None:
    watcher.page.click("#open-flows")
    alone = ".panel.river:not(#panel-b, #panel-difference)"  # without a comparison
    heads = watcher.page.locator(f".panel.network, {alone}, .chart, #flows").count()
    assert watcher.page.locator(".take > button").count() == heads > 9
    watcher.page.focus(f"{chart('Price')} .take > button")
    watcher.page.keyboard.press("Enter")
    assert watcher.page.is_visible(f"{chart('Price')} .menu")
    watcher.page.keyboard.press("Escape")
    assert not watcher.page.is_visible(f"{chart('Price')} .menu")


def test_before_the_first_month_there_is_a_picture_without_lines(watcher: Watcher) -> None:
    assert table(taken(watcher, ".panel.river", "csv")[1]) == []
    root = vectors(taken(watcher, chart("Revenue"), "svg")[1])
    assert not [node for node in root.iter(f"{SVG}path") if node.get("data-name")]
    assert taken(watcher, ".panel.network", "png")[1].startswith(b"\x89PNG")
