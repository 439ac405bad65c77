"""A stored run is shown as it was: simulated again, checked, and closed to changes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from browser import ROOT, Watcher, cli, served

from experiments.fork import origin_of
from experiments.watch.scene import Scene
from experiments.watch.session import Session
from simulation.records import Records


def test_all_months_of_a_stored_run_are_there_at_once(browser: Any, stored: Path) -> None:
    records = Records.load(stored)
    table = records.table("segments")
    rows = (table["month"] == 23) & (table["segment"] == "coding")
    with served(stored) as server:
        context = browser.new_context()
        watcher = Watcher(context.new_page()).open(f"{server.address}#24")
        watcher.until("window.__state.month === 24")
        shown = watcher.state()["shares"]["coding"]
        shares = zip(table["provider"][rows], table["spend_share"][rows], strict=True)
        assert shown == pytest.approx(dict(shares))
        assert "stored run" in watcher.page.text_content("#identity")
        for name in ("#open-parameters", "#open-events", "#scenario-label"):
            assert not watcher.page.is_visible(name)
        watcher.page.keyboard.press("r")
        watcher.until("window.__state.month === 0 && window.__state.seen === 24")
        context.close()
        assert watcher.wrong == []
        assert server.end() == 143


def test_a_run_that_is_not_what_its_config_gives_is_not_shown(browser: Any, stored: Path) -> None:
    """What another machine or library has made differs, and must not pass for the stored run."""
    path = stored / "segments.parquet"
    content = path.read_bytes()
    table = pyarrow.parquet.read_table(path)
    place = table.column_names.index("accounts")
    moved = pyarrow.array(table.column("accounts").to_numpy()[::-1].copy())
    pyarrow.parquet.write_table(table.set_column(place, table.schema.field(place), moved), path)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "experiments.cli", "watch", str(stored), "--no-browser"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        path.write_bytes(content)
    assert done.returncode == 4
    assert "segments.parquet" in done.stderr


@pytest.mark.parametrize("option", [["--seed", "3"], ["--set", "months=3"]])
def test_a_stored_run_takes_no_changes(stored: Path, option: list[str]) -> None:
    done = cli("watch", str(stored), "--no-browser", *option)
    assert done.returncode == 2
    assert "stored run" in done.stderr


def test_an_empty_folder_is_no_run(tmp_path: Path) -> None:
    assert cli("watch", str(tmp_path), "--no-browser").returncode == 4


def test_another_past_is_told_and_nothing_is_shown(stored: Path) -> None:
    """The check of the months themselves, behind that of the file."""
    origin = origin_of(f"{stored}@0")
    past = dict(origin.past)
    past["accounts"] = past["accounts"][::-1].copy()
    scene = Scene("small", origin.plan.config, "0" * 64, "config.yaml", {}, (), origin)
    right, wrong = (
        Session(each, lambda: None)
        for each in (scene, scene._replace(origin=origin._replace(past=past)))
    )
    right.open()
    assert right.film.seen == 24
    wrong.run()
    told = [wrong.messages.get() for _ in range(wrong.messages.qsize())][-1]
    assert wrong.failed
    assert "not the same" in json.loads(told)["text"]
