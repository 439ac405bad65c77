"""One HTML file holds a stored run: from the disk, it shows and tells what a session does."""

import base64
import gzip
import os
import re
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import ROOT, Watcher, cli, small

from experiments.cli import main
from experiments.interrupts import Stop
from experiments.watch import flows, story
from experiments.watch.archive import archive
from experiments.watch.bundle import BundleError, bundled
from experiments.watch.offline import offline_page
from experiments.watch.replay import scene_of_run
from experiments.watch.scene import scene_of
from experiments.watch.session import Session
from simulation.records import Records

MEGABYTE = 1e6
PLACES = ((0.5, 0.5), (0.45, 0.4), (0.4, 0.55), (0.55, 0.45), (0.6, 0.6), (0.35, 0.5), (0.5, 0.35))
MEASURES = {"coding": "spend_share", "enterprise": "spend_share", "consumer": "user_share"}


@pytest.fixture(scope="module")
def replay(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small run as one file, in a folder without anything else."""
    path = tmp_path_factory.mktemp("taken") / "replay.html"
    done = cli("export", str(stored), "--html", str(path))
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"html: {re.escape(str(path))} \([\d.]+ MB\)\n", done.stdout)
    return path


@pytest.fixture(scope="module")
def session(stored: Path) -> Session:
    """What a server would answer about the same run."""
    found = Session(scene_of_run(stored), lambda: None)
    found.open()
    return found


class Reader(Watcher):
    """A page from the disk: any request but for the file itself is wrong."""

    def look(self, request: Any) -> None:
        """Note a request."""
        self.note(not request.url.startswith(("file:///", "blob:", "data:")), request.url)
        if request.url.startswith("file:"):
            self.files = getattr(self, "files", 0) + 1


@pytest.fixture
def open_file(browser: Any) -> Iterator[Callable[[Path], Reader]]:
    """Open a file in a browser that has no network."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)

    def opened(path: Path) -> Reader:
        reader = Reader(context.new_page())
        reader.page.goto(path.as_uri())
        return reader

    yield opened
    context.close()


@pytest.fixture
def reader(open_file: Callable[[Path], Reader], replay: Path) -> Iterator[Reader]:
    """The replay, opened; whatever it must not do fails the test."""
    found = open_file(replay)
    found.until("Boolean(window.__state && window.__state.ready)")
    yield found
    assert found.wrong == []
    assert found.files == 1


def show(reader: Reader, month: int) -> None:
    """Go to a month."""
    reader.slide("#scrubber", month)
    reader.until(f"window.__state.month === {month}")


def close(one: Any, other: Any, least: float = 1e-12) -> bool:
    """Whether two messages are the same but for the digits that nobody reads."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key], least) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            close(*pair, least) for pair in zip(one, other, strict=True)
        )
    if isinstance(one, float) or isinstance(other, float):
        return one == pytest.approx(other, rel=1e-4, abs=least)
    return bool(one == other)


# --- What it shows -------------------------------------------------------------------------------


def test_it_plays_to_the_end_and_shows_the_stored_shares(reader: Reader, stored: Path) -> None:
    assert (reader.state()["month"], reader.state()["seen"]) == (0, 24)
    reader.slide("#speed", 7)
    reader.page.keyboard.press(" ")
    reader.until("window.__state.month === 24 && !window.__state.playing")
    table = Records.load(stored).table("segments")
    for month in (24, 7):
        show(reader, month)
        for segment, column in MEASURES.items():
            rows = (table["month"] == month - 1) & (table["segment"] == segment)
            shown = reader.state()["shares"][segment]
            kept = dict(zip(table["provider"][rows], table[column][rows], strict=True))
            for name, share in kept.items():
                assert shown[name] == pytest.approx(0.0 if share != share else share)


def test_keys_pause_step_and_go_back(reader: Reader) -> None:
    reader.page.keyboard.press("ArrowRight")
    reader.until("window.__state.month === 1 && !window.__state.playing")
    reader.page.keyboard.press(" ")
    reader.until("window.__state.month >= 3")
    reader.page.keyboard.press(" ")
    reader.until("!window.__state.playing")
    assert reader.state()["month"] < 24
    reader.page.keyboard.press("r")
    reader.until("window.__state.month === 0")
    reader.page.keyboard.press("End")
    reader.until("window.__state.month === 24")
    reader.page.keyboard.press(" ")
    reader.until("window.__state.playing && window.__state.month < 24")


def test_it_offers_nothing_that_it_cannot_do(reader: Reader) -> None:
    for name in ("#open-parameters", "#open-events", "#scenario-label", "#open-compare"):
        assert not reader.page.is_visible(name)
    assert "stored run" in reader.page.text_content("#identity")


def test_the_months_moves_flash_as_they_do_from_a_server(reader: Reader, session: Session) -> None:
    for month in (5, 20):
        show(reader, month)
        assert reader.state()["moved"] == len(session.film.frame(month, 0).movers) > 0


def compared(found: dict[str, Any], session: Session, month: int) -> tuple[str, int, bool]:
    """Who told which story, after it was compared with what a session tells."""
    asked = story.of_node(session.film, session.witness, found["node"], month)
    assert close(found, session.side.placed(asked))
    return found["who"], month, "decision" in found


# --- What it tells -------------------------------------------------------------------------------


def test_agents_tell_the_stories_that_a_session_tells(reader: Reader, session: Session) -> None:
    told = set()
    for month in (6, 15, 24):
        show(reader, month)
        for across, down in PLACES:
            reader.page.keyboard.press("Escape")
            box = reader.page.locator("#network").bounding_box()
            place = {"x": box["width"] * across, "y": box["height"] * down}
            reader.page.evaluate("delete window.__state.story")
            reader.page.locator("#network").click(position=place)
            found = reader.state().get("story")
            if found is None:
                continue
            told.add(compared(found, session, month))
            employer = reader.page.locator("#story .link:has-text('Enterprise')")
            if employer.count():
                employer.click()
                told.add(compared(reader.state()["story"], session, month))
    assert {month for _, month, _ in told} == {6, 15, 24}
    assert {who for who, _, _ in told} == {"developer", "enterprise"}
    assert any(decided for _, _, decided in told)


def test_every_decision_is_in_the_file(replay: Path, session: Session) -> None:
    """Of each drawn developer, and not only of those that somebody clicks on."""
    import json

    kept = json.loads(parts(replay)["agents"])
    moved = [
        sum(entry["code"] is not None for entry in story.history(session.film, node, 24)[1:])
        for node in range(300)
    ]
    assert [len(kept[node].get("decisions", [])) for node in range(300)] == moved
    assert sum(moved) > 100
    terms = [each["terms"] for node in range(300) for each in kept[node].get("decisions", [])]
    assert sum(each is not None for each in terms) > 100


def test_a_provider_tells_its_story_of_the_month(reader: Reader, session: Session) -> None:
    for month in (3, 18):
        show(reader, month)
        reader.page.click("#legend button:has-text('Anthropic')")
        reader.until(f"window.__state.story && window.__state.story.month === {month}")
        told = session.side.placed(story.of_provider(session.film, "Anthropic", month))
        assert close(reader.state()["story"], told)
        reader.page.keyboard.press("Escape")


def test_a_brush_gives_the_moves_of_those_months(reader: Reader, session: Session) -> None:
    box = reader.page.locator("#river canvas").bounding_box()
    mouse = reader.page.mouse
    mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.45, steps=4)
    mouse.up()
    reader.until("Boolean(window.__state.flows)")
    found = reader.state()["flows"]
    assert 0 < found["first"] < found["last"] < 24
    told = session.side.placed(flows.between(session.market, found["first"], found["last"]))

    def order(flow: dict[str, Any]) -> tuple[Any, ...]:
        return (flow["segment"], str(flow["from"]), str(flow["to"]))

    assert close(sorted(found["flows"], key=order), sorted(told, key=order), 1e-4)


def test_a_chart_can_be_taken_from_the_file(reader: Reader) -> None:
    reader.page.click(".panel.river .take > button")
    with reader.page.expect_download() as download:
        reader.page.click(".panel.river .take [data-kind=csv]")
    assert Path(download.value.path()).read_bytes().count(b"\r\n") == 25


# --- The file itself -----------------------------------------------------------------------------


def parts(replay: Path) -> dict[str, bytes]:
    """The parts of the archive in a file."""
    import json

    content = gzip.decompress(base64.b64decode(embedded(replay)))
    length = int.from_bytes(content[:4], "little")
    head, at = json.loads(content[4 : 4 + length]), 4 + length
    found = {}
    for name, size in zip(
        ("init", "graph", "frame", "states", "flows", "agents", "providers"),
        head["lengths"],
        strict=True,
    ):
        found[name] = content[at : at + size]
        at += -(-size // 8) * 8
    return found


def embedded(replay: Path) -> str:
    """The archive as it stands in a file."""
    found = re.search(r' id="run">([^<]*)</script>', replay.read_text(encoding="utf-8"))
    assert found
    return found[1]


def test_the_same_run_gives_the_same_bytes(replay: Path, session: Session) -> None:
    again = offline_page(archive(session, lambda: None), "baseline · Shareshift")
    assert again == replay.read_bytes()


def test_it_names_no_file_and_no_address(replay: Path) -> None:
    text = replay.read_text(encoding="utf-8").replace(embedded(replay), "")
    assert not re.search(r'(?:src|href)="(?!data:)', text)
    assert str(ROOT) not in text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy[1]
    assert "http" not in policy[1]


def test_a_script_that_was_tampered_with_does_not_run(
    open_file: Callable[[Path], Reader], replay: Path, tmp_path: Path
) -> None:
    bent = tmp_path / "bent.html"
    bent.write_text(replay.read_text(encoding="utf-8").replace("const modules", "let modules"))
    found = open_file(bent)
    assert found.page.evaluate("window.__state === undefined")
    assert any("Content Security Policy" in words for words in found.wrong)


def test_a_file_that_was_cut_says_so(
    open_file: Callable[[Path], Reader], replay: Path, tmp_path: Path
) -> None:
    text, run = replay.read_text(encoding="utf-8"), embedded(replay)
    cut = tmp_path / "cut.html"
    cut.write_text(text.replace(run, run[: len(run) // 8 * 4]))
    found = open_file(cut)
    found.until("window.__state && window.__state.notice !== ''")
    assert "cannot be shown" in found.state()["notice"]
    assert found.page.is_visible("#notice")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("export default class {}", "cannot be bundled"),
        ('export * from "./b.js";', "cannot be bundled"),
        ('import * as b from "./b.js";', "cannot be bundled"),
        ("export let count = 0;", "cannot be bundled"),
        ('import { b } from "./c.js";', "no module"),
        ('import { a } from "./a.js";', "import each other"),
    ],
)
def test_a_module_that_the_bundle_does_not_know_is_refused(text: str, words: str) -> None:
    with pytest.raises(BundleError, match=words):
        bundled({"a.js": text, "b.js": ""}, "a.js")


def test_the_baseline_fits_into_five_megabytes() -> None:
    market = Session(scene_of(ROOT / "configs/baseline.yaml"), lambda: None)
    market.open()
    while market.market.running:
        market.side.step()
    size = len(offline_page(archive(market, lambda: None), "baseline")) / MEGABYTE
    assert 1.0 < size <= 5.0


# --- The command ---------------------------------------------------------------------------------


def test_what_cannot_be_exported_is_refused(stored: Path, tmp_path: Path) -> None:
    made = str(tmp_path / "new.html")
    there = tmp_path / "there.html"
    there.write_text("mine")
    refused = {
        (str(tmp_path / "nowhere"), "--html", made): (4, "no such run directory"),
        (str(tmp_path), "--html", made): (4, str(tmp_path)),
        ("configs/baseline.yaml", "--html", made): (2, "shareshift run configs/baseline.yaml"),
        (str(stored),): (2, "--html FILE"),
        (str(stored), "--html", str(there)): (4, "--force"),
        (str(stored), "--html", str(tmp_path)): (2, "is a folder"),
        (str(stored), "--html", str(tmp_path / "no" / "x.html")): (4, "no such folder"),
        (str(stored), "--html", made, "--gif", made): (2, "of its own"),
        (str(stored), "--gif", made, "--speed", "0"): (2, "[1, 30]"),
    }
    for words, (code, reason) in refused.items():
        done = cli("export", *words)
        assert (done.returncode, done.stdout) == (code, ""), (words, done.stderr)
        assert reason in done.stderr
        assert "Traceback" not in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["there.html"]
    assert there.read_text() == "mine"


def test_an_unfinished_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "unfinished"
    tiny = ["--set", "developers.count=300", "--set", "consumers.count=300", *small()]
    done = cli("run", "configs/baseline.yaml", *tiny, "--no-figures", "--out", str(path))
    assert done.returncode == 0
    manifest = path / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"finished"', '"interrupted"'))
    done = cli("export", str(path), "--html", str(tmp_path / "x.html"))
    assert (done.returncode, "not finished" in done.stderr) == (4, True), done.stderr


def test_a_full_disk_leaves_nothing_behind(stored: Path, tmp_path: Path) -> None:
    path = tmp_path / "replay.html"
    path.write_text("before")
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        code = main(["export", str(stored), "--html", str(path), "--force", "--quiet"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert code == 4
    assert os.listdir(tmp_path) == ["replay.html"]
    assert path.read_text() == "before"


@pytest.mark.parametrize("checks", [3, 200])
def test_an_interrupted_export_leaves_nothing_behind(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checks: int
) -> None:
    """While the market is simulated, and while stories are told."""
    left = [checks]
    check = Stop.check

    def counted(stop: Stop) -> None:
        left[0] -= 1
        if left[0] == 0:
            stop.note(15, None)
        check(stop)

    monkeypatch.setattr(Stop, "check", counted)
    code = main(["export", str(stored), "--html", str(tmp_path / "x.html"), "--quiet"])
    assert code == 143
    assert os.listdir(tmp_path) == []
